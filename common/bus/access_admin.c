#include "common/bus/access_admin.h"

#include "common/bus/kafka_admin.h"
#include "common/bus/kafka_handle.h"

#include <string.h>

enum { REASON_BYTES = 160 };

/* What is asked, and where the answer goes. */
struct asking {
    struct kafka_admin *admin;
    struct arena *arena;
    rd_kafka_AclBinding_t **bindings;
    size_t count;
};

static bool refused(struct error *err, const char *doing, rd_kafka_resp_err_t code,
                    const char *reason)
{
    return error_set(err, kafka_error_is_permanent(code) ? ERROR_FATAL : ERROR_RETRY, "%s: %s",
                     doing, reason != NULL ? reason : rd_kafka_err2str(code));
}

static void ask_describe(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options,
                         rd_kafka_queue_t *queue, void *context)
{
    const struct asking *asking = context;

    rd_kafka_DescribeAcls(handle, asking->bindings[0], options, queue);
}

static void ask_create(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options,
                       rd_kafka_queue_t *queue, void *context)
{
    const struct asking *asking = context;

    rd_kafka_CreateAcls(handle, asking->bindings, asking->count, options, queue);
}

static void ask_delete(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options,
                       rd_kafka_queue_t *queue, void *context)
{
    const struct asking *asking = context;

    rd_kafka_DeleteAcls(handle, asking->bindings, asking->count, options, queue);
}

static struct access_rule rule_of(const rd_kafka_AclBinding_t *binding, struct arena *arena)
{
    return (struct access_rule){.principal =
                                    arena_copy(arena, rd_kafka_AclBinding_principal(binding)),
                                .host = arena_copy(arena, rd_kafka_AclBinding_host(binding)),
                                .resource = rd_kafka_AclBinding_restype(binding),
                                .pattern = rd_kafka_AclBinding_resource_pattern_type(binding),
                                .name = arena_copy(arena, rd_kafka_AclBinding_name(binding)),
                                .operation = rd_kafka_AclBinding_operation(binding),
                                .permission = rd_kafka_AclBinding_permission_type(binding)};
}

static bool take_present(rd_kafka_event_t *event, struct arena *arena, struct access_rules *out,
                         struct error *err)
{
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const rd_kafka_AclBinding_t **bindings;

    *out = (struct access_rules){0};
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return refused(err, "asking for access rules", code, rd_kafka_event_error_string(event));
    }
    bindings =
        rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event), &out->count);
    out->items = arena_array(arena, out->count, sizeof *out->items);
    for (size_t i = 0; i < out->count; i++) {
        out->items[i] = rule_of(bindings[i], arena);
    }
    return true;
}

static bool read_present(struct asking *asking, struct access_rules *out, struct error *err)
{
    char reason[REASON_BYTES];
    rd_kafka_AclBindingFilter_t *all = rd_kafka_AclBindingFilter_new(
        RD_KAFKA_RESOURCE_ANY, NULL, RD_KAFKA_RESOURCE_PATTERN_ANY, NULL, NULL,
        RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, reason, sizeof reason);
    rd_kafka_event_t *event;
    bool good;

    if (all == NULL) {
        return error_set(err, ERROR_FATAL, "asking for access rules: %s", reason);
    }
    asking->bindings = &all;
    good = kafka_admin_ask(asking->admin, RD_KAFKA_ADMIN_OP_DESCRIBEACLS, ask_describe, asking,
                           &event, err);
    rd_kafka_AclBinding_destroy(all);
    if (good) {
        good = take_present(event, asking->arena, out, err);
        rd_kafka_event_destroy(event);
    }
    return good;
}

static rd_kafka_AclBinding_t *binding_of(const struct access_rule *rule, char *reason)
{
    return rd_kafka_AclBinding_new(rule->resource, rule->name, rule->pattern, rule->principal,
                                   rule->host, rule->operation, rule->permission, reason,
                                   REASON_BYTES);
}

/* A filter that says everything names one rule. */
static rd_kafka_AclBindingFilter_t *filter_of(const struct access_rule *rule, char *reason)
{
    return rd_kafka_AclBindingFilter_new(rule->resource, rule->name, rule->pattern, rule->principal,
                                         rule->host, rule->operation, rule->permission, reason,
                                         REASON_BYTES);
}

static bool check_created(rd_kafka_event_t *event, struct error *err)
{
    static const char doing[] = "creating access rules";
    size_t count;
    const rd_kafka_acl_result_t **results;

    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return refused(err, doing, rd_kafka_event_error(event), rd_kafka_event_error_string(event));
    }
    results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_error_t *fault = rd_kafka_acl_result_error(results[i]);

        if (fault != NULL) {
            return refused(err, doing, rd_kafka_error_code(fault), rd_kafka_error_string(fault));
        }
    }
    return true;
}

static rd_kafka_resp_err_t deletion_error(rd_kafka_event_t *event, const char **reason)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const rd_kafka_DeleteAcls_result_response_t **results;
    size_t count;

    *reason = rd_kafka_event_error_string(event);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return code;
    }
    results = rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_error_t *fault = rd_kafka_DeleteAcls_result_response_error(results[i]);

        if (fault != NULL) {
            *reason = rd_kafka_error_string(fault);
            return rd_kafka_error_code(fault);
        }
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool check_deleted(rd_kafka_event_t *event, struct error *err)
{
    const char *reason;
    const rd_kafka_resp_err_t code = deletion_error(event, &reason);

    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           refused(err, "removing access rules", code, reason);
}

/* A broker without an authorizer, or that does not let us ask, has no rules by librdkafka 2.0: it drops the error of
 * that answer. What is asked here removes a rule that nobody has, and brings the error. */
static bool ask_enforced(struct asking *asking, bool *out, struct error *err)
{
    const struct access_rule nobodys = {.principal = "User:",
                                        .host = "*",
                                        .resource = RD_KAFKA_RESOURCE_TOPIC,
                                        .pattern = RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                        .name = "shards",
                                        .operation = RD_KAFKA_ACL_OPERATION_READ,
                                        .permission = RD_KAFKA_ACL_PERMISSION_TYPE_DENY};
    char reason[REASON_BYTES];
    rd_kafka_AclBindingFilter_t *filter = filter_of(&nobodys, reason);
    rd_kafka_resp_err_t code;
    rd_kafka_event_t *event;
    const char *why;
    bool good;

    if (filter == NULL) {
        return error_set(err, ERROR_FATAL, "asking for an authorizer: %s", reason);
    }
    asking->bindings = &filter;
    asking->count = 1;
    good = kafka_admin_ask(asking->admin, RD_KAFKA_ADMIN_OP_DELETEACLS, ask_delete, asking, &event,
                           err);
    rd_kafka_AclBinding_destroy(filter);
    if (!good) {
        return false;
    }
    code = deletion_error(event, &why);
    *out = code != RD_KAFKA_RESP_ERR_SECURITY_DISABLED;
    good = code == RD_KAFKA_RESP_ERR_NO_ERROR || !*out ||
           refused(err, "asking for access rules", code, why);
    rd_kafka_event_destroy(event);
    return good;
}

/* How the differences of one standing are done away with. */
struct remedy {
    enum access_standing standing;
    rd_kafka_AclBinding_t *(*make)(const struct access_rule *rule, char *reason);
    rd_kafka_admin_op_t operation;
    void (*ask)(rd_kafka_t *handle, const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue,
                void *context);
    bool (*check)(rd_kafka_event_t *event, struct error *err);
};

static const struct remedy creation = {ACCESS_MISSING, binding_of, RD_KAFKA_ADMIN_OP_CREATEACLS,
                                       ask_create, check_created};
static const struct remedy removal = {ACCESS_EXTRA, filter_of, RD_KAFKA_ADMIN_OP_DELETEACLS,
                                      ask_delete, check_deleted};

static bool gather(struct asking *asking, const struct access_differences *differences,
                   const struct remedy *remedy, struct error *err)
{
    char reason[REASON_BYTES];

    asking->bindings = arena_array(asking->arena, differences->count, sizeof(*asking->bindings));
    asking->count = 0;
    for (size_t i = 0; i < differences->count; i++) {
        const struct access_difference *difference = &differences->items[i];

        if (difference->standing == remedy->standing) {
            asking->bindings[asking->count] = remedy->make(&difference->rule, reason);
            if (asking->bindings[asking->count] == NULL) {
                return error_set(err, ERROR_FATAL, "access rule %s: %s",
                                 access_text(&difference->rule, asking->arena), reason);
            }
            asking->count++;
        }
    }
    return true;
}

static bool request(struct asking *asking, const struct remedy *remedy, struct error *err)
{
    rd_kafka_event_t *event;
    bool good;

    if (asking->count == 0) {
        return true;
    }
    if (!kafka_admin_ask(asking->admin, remedy->operation, remedy->ask, asking, &event, err)) {
        return false;
    }
    good = remedy->check(event, err);
    rd_kafka_event_destroy(event);
    return good;
}

static bool apply_remedy(struct asking *asking, const struct access_differences *differences,
                         const struct remedy *remedy, size_t *changed, struct error *err)
{
    const bool good = gather(asking, differences, remedy, err) && request(asking, remedy, err);

    *changed = good ? asking->count : 0;
    rd_kafka_AclBinding_destroy_array(asking->bindings, asking->count);
    return good;
}

static bool bring_nearer(struct asking *asking, const struct access_wish *wish,
                         struct access_result *result, struct error *err)
{
    const struct access_differences *differences = &result->differences;

    return (!wish->create || apply_remedy(asking, differences, &creation, &result->created, err)) &&
           (!wish->remove || apply_remedy(asking, differences, &removal, &result->removed, err));
}

bool access_apply(const struct bus_kafka_options *options,
                  const struct access_declaration *declaration, const struct access_wish *wish,
                  struct arena *arena, struct access_result *out, struct error *err)
{
    const struct access_rules declared = access_declared(declaration, arena);
    struct access_result result = {.declared = declared.count};
    struct access_rules present;
    struct kafka_admin admin;
    struct asking asking = {.admin = &admin, .arena = arena};
    bool good = kafka_admin_open(&admin, options, err) && read_present(&asking, &present, err);

    result.enforced = good && present.count > 0;
    if (good && !result.enforced) {
        good = ask_enforced(&asking, &result.enforced, err);
    }
    if (good && result.enforced) {
        result.differences = access_compare(&declared, &present, arena);
        good = bring_nearer(&asking, wish, &result, err);
    }
    if (!good) {
        (void)kafka_admin_explain(&admin, err);
    }
    kafka_admin_close(&admin);
    if (good) {
        *out = result;
    }
    return good;
}
