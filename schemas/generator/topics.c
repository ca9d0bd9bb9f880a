#include "schemas/generator/topics.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SERVICES = 256, MAX_TOPIC_NAME = 249 };

static const struct {
    const char *name;
    enum topic_kind kind;
} kinds[] = {
    {"sequenced", TOPIC_SEQUENCED},   {"reference", TOPIC_REFERENCE}, {"control", TOPIC_CONTROL},
    {"inbox", TOPIC_INBOX},           {"outcomes", TOPIC_OUTCOMES},   {"findings", TOPIC_FINDINGS},
    {"quarantine", TOPIC_QUARANTINE},
};

struct loading {
    struct topics *topics;
    struct error *err;
};

static void add_service(struct topics *topics, const char *name)
{
    if (name == NULL || strcmp(name, "*") == 0) {
        return;
    }
    for (size_t i = 0; i < topics->service_count; i++) {
        if (strcmp(topics->services[i], name) == 0) {
            return;
        }
    }
    if (topics->service_count < MAX_SERVICES) {
        topics->services[topics->service_count++] = name;
    }
}

/* A list of strings, ended by NULL. */
static bool read_names(const struct loading *loading, const json_t *json, const char *key,
                       const char *const **out, size_t *count)
{
    const json_t *list = json_object_get(json, key);
    const size_t size = json_array_size(list);
    const char **names = arena_array(&loading->topics->arena, size + 1, sizeof *names);

    if (list != NULL && !json_is_array(list)) {
        return error_set(loading->err, ERROR_REJECT, "\"%s\" is not a list", key);
    }
    for (size_t i = 0; i < size; i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name == NULL || *name == '\0') {
            return error_set(loading->err, ERROR_REJECT, "\"%s\" holds something without a name",
                             key);
        }
        names[i] = arena_copy(&loading->topics->arena, name);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(names[i], names[j]) == 0) {
                return error_set(loading->err, ERROR_REJECT, "\"%s\" holds %s twice", key, name);
            }
        }
    }
    *out = names;
    *count = size;
    return true;
}

static bool read_kind(const struct loading *loading, const json_t *json, enum topic_kind *out)
{
    const char *name = json_string_value(json_object_get(json, "kind"));

    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return error_set(loading->err, ERROR_REJECT, "kind %s is unknown", name == NULL ? "?" : name);
}

static bool read_partitions(const struct loading *loading, const json_t *json,
                            struct topic_declaration *topic)
{
    const json_t *partitions = json_object_get(json, "partitions");
    const json_int_t count = json_integer_value(partitions);

    if (json_is_string(partitions) && strcmp(json_string_value(partitions), "shards") == 0) {
        topic->partitions_per_shard = true;
        return true;
    }
    if (!json_is_integer(partitions) || count < 1 || count > 10000) {
        return error_set(loading->err, ERROR_REJECT, "partitions is \"shards\" or a number");
    }
    topic->partitions = (int32_t)count;
    return true;
}

static bool read_keeping(const struct loading *loading, const json_t *json,
                         struct topic_declaration *topic)
{
    const json_t *retention = json_object_get(json, "retention_ms");
    const char *cleanup = json_string_value(json_object_get(json, "cleanup"));

    if (cleanup == NULL || (strcmp(cleanup, "delete") != 0 && strcmp(cleanup, "compact") != 0)) {
        return error_set(loading->err, ERROR_REJECT, "cleanup is \"delete\" or \"compact\"");
    }
    if (!json_is_integer(retention) || json_integer_value(retention) < -1) {
        return error_set(loading->err, ERROR_REJECT, "retention_ms is a number, -1 keeps for good");
    }
    topic->compacted = strcmp(cleanup, "compact") == 0;
    topic->retention_ms = json_integer_value(retention);
    if (topic->kind == TOPIC_SEQUENCED && (topic->compacted || topic->retention_ms != -1)) {
        return error_set(loading->err, ERROR_REJECT,
                         "a sequenced topic is kept for good: receivers start at sequence 1");
    }
    return true;
}

static bool read_name(const struct loading *loading, const json_t *json,
                      struct topic_declaration *topic)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (name == NULL || *name == '\0' || strlen(name) > MAX_TOPIC_NAME ||
        strspn(name, letters) != strlen(name)) {
        return error_set(loading->err, ERROR_REJECT, "a topic without a proper name");
    }
    for (size_t i = 0; i < loading->topics->count; i++) {
        if (strcmp(loading->topics->topics[i].name, name) == 0) {
            return error_set(loading->err, ERROR_REJECT, "topic %s is declared twice", name);
        }
    }
    topic->name = arena_copy(&loading->topics->arena, name);
    return true;
}

/* The topic's name is what authenticates an institution, so the two never say different things. */
static bool read_institution(const struct loading *loading, const json_t *json,
                             struct topic_declaration *topic)
{
    const json_t *institution = json_object_get(json, "institution");
    const char *name = json_string_value(institution);
    const char *prefix = topic->kind == TOPIC_INBOX      ? "inbox."
                         : topic->kind == TOPIC_OUTCOMES ? "outcomes."
                                                         : NULL;

    if (institution != NULL && (name == NULL || *name == '\0')) {
        return error_set(loading->err, ERROR_REJECT, "institution is a name");
    }
    if (prefix != NULL && (name == NULL || strncmp(topic->name, prefix, strlen(prefix)) != 0 ||
                           strcmp(topic->name + strlen(prefix), name) != 0)) {
        return error_set(loading->err, ERROR_REJECT, "the name is %s and the institution", prefix);
    }
    topic->institution = arena_copy(&loading->topics->arena, name);
    return true;
}

static bool read_topic(const struct loading *loading, const json_t *json,
                       struct topic_declaration *topic)
{
    const json_t *owner = json_object_get(json, "owner");

    if (!read_name(loading, json, topic)) {
        return false;
    }
    if (owner != NULL && !json_is_null(owner) && !json_is_string(owner)) {
        return error_set(loading->err, ERROR_REJECT, "%s: owner is a name or null", topic->name);
    }
    topic->owner = arena_copy(&loading->topics->arena, json_string_value(owner));
    if (!read_kind(loading, json, &topic->kind) || !read_institution(loading, json, topic) ||
        !read_partitions(loading, json, topic) || !read_keeping(loading, json, topic) ||
        !read_names(loading, json, "readers", &topic->readers, &topic->reader_count) ||
        !read_names(loading, json, "events", &topic->events, &topic->event_count)) {
        return error_prefix(loading->err, "%s", topic->name);
    }
    return true;
}

static int by_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

/* "services", where given, says which names exist: as names, or as objects with a name. */
static bool check_services(const struct loading *loading, const json_t *json)
{
    const json_t *declared = json_object_get(json, "services");
    struct topics *topics = loading->topics;

    for (size_t i = 0; declared != NULL && i < topics->service_count; i++) {
        bool found = false;

        for (size_t j = 0; j < json_array_size(declared) && !found; j++) {
            const json_t *item = json_array_get(declared, j);
            const char *name =
                json_string_value(json_is_object(item) ? json_object_get(item, "name") : item);

            found = name != NULL && strcmp(name, topics->services[i]) == 0;
        }
        if (!found) {
            return error_set(loading->err, ERROR_REJECT, "service %s is not among \"services\"",
                             topics->services[i]);
        }
    }
    return true;
}

static bool check_names(const struct loading *loading, const char *client, const char *const *names,
                        size_t count, bool all_allowed)
{
    const struct topics *topics = loading->topics;

    for (size_t i = 0; i < count; i++) {
        bool found = all_allowed && count == 1 && strcmp(names[i], "*") == 0;

        for (size_t j = 0; j < topics->count && !found; j++) {
            found = strcmp(topics->topics[j].name, names[i]) == 0;
        }
        if (!found) {
            return error_set(loading->err, ERROR_REJECT, "client %s: there is no topic %s", client,
                             names[i]);
        }
    }
    return true;
}

/* A client's name is a principal: it must not be a service's or an institution's. */
static bool is_taken(const struct topics *topics, const char *name)
{
    bool taken = false;

    for (size_t i = 0; i < topics->service_count; i++) {
        taken = taken || strcmp(topics->services[i], name) == 0;
    }
    for (size_t i = 0; i < topics->count; i++) {
        const char *institution = topics->topics[i].institution;

        taken = taken || (institution != NULL && strcmp(institution, name) == 0);
    }
    for (size_t i = 0; i < topics->client_count; i++) {
        taken = taken || strcmp(topics->clients[i].name, name) == 0;
    }
    return taken;
}

static bool read_clients(const struct loading *loading, const json_t *json)
{
    const json_t *list = json_object_get(json, "clients");
    struct topics *topics = loading->topics;

    if (list != NULL && !json_is_array(list)) {
        return error_set(loading->err, ERROR_REJECT, "\"clients\" is not a list");
    }
    topics->clients =
        arena_array(&topics->arena, json_array_size(list) + 1, sizeof *topics->clients);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(item, "name"));
        struct topic_client client = {.name = arena_copy(&topics->arena, name)};

        if (name == NULL || *name == '\0' || is_taken(topics, name)) {
            return error_set(loading->err, ERROR_REJECT,
                             "a client has no name, or that of somebody else: %s",
                             name == NULL ? "?" : name);
        }
        if (!read_names(loading, item, "reads", &client.reads, &client.read_count) ||
            !read_names(loading, item, "writes", &client.writes, &client.write_count) ||
            !check_names(loading, name, client.reads, client.read_count, true) ||
            !check_names(loading, name, client.writes, client.write_count, false)) {
            return false;
        }
        topics->clients[topics->client_count++] = client;
    }
    return true;
}

static bool read_topics(const struct loading *loading, const json_t *json)
{
    const json_t *list = json_object_get(json, "topics");
    struct topics *topics = loading->topics;

    if (!json_is_array(list)) {
        return error_set(loading->err, ERROR_REJECT, "\"topics\" is not a list");
    }
    topics->topics = arena_array(&topics->arena, json_array_size(list), sizeof *topics->topics);
    topics->services = arena_array(&topics->arena, MAX_SERVICES, sizeof *topics->services);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct topic_declaration *topic = &topics->topics[i];

        if (!read_topic(loading, json_array_get(list, i), topic)) {
            return false;
        }
        topics->count++;
        add_service(topics, topic->owner);
        for (size_t j = 0; j < topic->reader_count; j++) {
            add_service(topics, topic->readers[j]);
        }
    }
    qsort(topics->services, topics->service_count, sizeof *topics->services, by_text);
    return check_services(loading, json) && read_clients(loading, json);
}

bool topics_load(struct topics *topics, const char *path, struct error *err)
{
    const struct loading loading = {topics, err};
    const char *text = NULL;
    json_error_t fault;
    json_t *json;
    bool done;

    if (!model_read_file(path, &topics->arena, &text, err)) {
        return false;
    }
    json = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    if (json == NULL) {
        return error_set(err, ERROR_REJECT, "%s: line %d: %.160s", path, fault.line, fault.text);
    }
    done = read_topics(&loading, json) || error_prefix(err, "%s", path);
    json_decref(json);
    return done;
}

bool topics_check_events(const struct topics *topics, const struct model *model, struct error *err)
{
    for (size_t i = 0; i < topics->count; i++) {
        const struct topic_declaration *topic = &topics->topics[i];

        for (size_t j = 0; j < topic->event_count; j++) {
            if (model_event(model, topic->events[j]) == NULL) {
                return error_set(err, ERROR_REJECT, "topic %s: event %s has no schema", topic->name,
                                 topic->events[j]);
            }
        }
    }
    return true;
}

void topics_finish(struct topics *topics)
{
    arena_finish(&topics->arena);
    *topics = (struct topics){0};
}
