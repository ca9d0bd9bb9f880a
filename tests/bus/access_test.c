#include "common/bus/access.h"
#include "tests/base/unit.h"
#include "topics.h"

#include <stdio.h>
#include <string.h>

/* What deploy/topics.json gives to whom: the rules of the file as it is. */

struct scene {
    struct arena arena;
    struct access_rules declared;
};

static struct scene open_scene(void)
{
    const struct access_declaration declaration = {topic_declarations, topic_declaration_count,
                                                   topic_clients, topic_client_count};
    struct scene scene = {0};

    scene.declared = access_declared(&declaration, &scene.arena);
    return scene;
}

/* Every rule of a principal, a line each. */
static const char *rules_of(struct scene *scene, const char *principal)
{
    const char *text = "";

    for (size_t i = 0; i < scene->declared.count; i++) {
        const struct access_rule *rule = &scene->declared.items[i];

        if (strcmp(rule->principal, principal) == 0) {
            text = arena_format(&scene->arena, "%s%s\n", text, access_text(rule, &scene->arena));
        }
    }
    return text;
}

static const struct {
    const char *principal;
    const char *rules;
} everything[] = {
    {"User:imss", "User:imss WRITE topic inbox.imss\n"
                  "User:imss READ topic outcomes.imss\n"
                  "User:imss READ group imss.…\n"},
    {"User:clock", "User:clock READ topic _schemas\n"
                   "User:clock WRITE topic clock\n"
                   "User:clock READ group clock.…\n"},
    {"User:shipments", "User:shipments READ topic _schemas\n"
                       "User:shipments READ topic findings\n"
                       "User:shipments WRITE topic findings\n"
                       "User:shipments READ topic orders\n"
                       "User:shipments READ topic quarantine\n"
                       "User:shipments WRITE topic quarantine\n"
                       "User:shipments READ topic reported.shipments\n"
                       "User:shipments READ topic shards\n"
                       "User:shipments READ topic shipments\n"
                       "User:shipments WRITE topic shipments\n"
                       "User:shipments READ group shipments\n"},
    {"User:gateway", ""},
    {"User:*", ""},
};

START_TEST(a_principal_has_these_rules_and_no_other)
{
    struct scene scene = open_scene();

    ck_assert_str_eq(rules_of(&scene, everything[_i].principal), everything[_i].rules);
    arena_finish(&scene.arena);
}
END_TEST

static bool may(const struct scene *scene, const char *principal, rd_kafka_AclOperation_t operation,
                const char *topic)
{
    for (size_t i = 0; i < scene->declared.count; i++) {
        const struct access_rule *rule = &scene->declared.items[i];

        ck_assert_int_eq(rule->permission, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW);
        if (strcmp(rule->principal, principal) == 0 && rule->operation == operation &&
            rule->resource == RD_KAFKA_RESOURCE_TOPIC && strcmp(rule->name, topic) == 0) {
            return true;
        }
    }
    return false;
}

static const struct {
    const char *sentence;
    const char *principal;
    rd_kafka_AclOperation_t operation;
    const char *topic;
    bool allowed;
} questions[] = {
    {"an institution publishes to its inbox", "User:issste", RD_KAFKA_ACL_OPERATION_WRITE,
     "inbox.issste", true},
    {"and to no other", "User:issste", RD_KAFKA_ACL_OPERATION_WRITE, "inbox.imss", false},
    {"one whose name begins like another's is another", "User:imss-bienestar",
     RD_KAFKA_ACL_OPERATION_WRITE, "inbox.imss", false},
    {"it does not read what it wrote", "User:issste", RD_KAFKA_ACL_OPERATION_READ, "inbox.issste",
     false},
    {"nor judgements", "User:issste", RD_KAFKA_ACL_OPERATION_READ, "sanctions", false},
    {"a gateway reads its inbox", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_READ, "inbox.imss",
     true},
    {"and no other", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_READ, "inbox.issste", false},
    {"it answers its institution", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_WRITE,
     "outcomes.imss", true},
    {"and no other", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_WRITE, "outcomes.issste", false},
    {"it does not write inboxes", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_WRITE, "inbox.imss",
     false},
    {"it reports", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_WRITE, "reported.receipts", true},
    {"and looks at the end of what it reported", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_READ,
     "reported.receipts", true},
    {"it reads the catalogue", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_READ, "catalogue", true},
    {"which only one writes", "User:gateway.imss", RD_KAFKA_ACL_OPERATION_WRITE, "catalogue",
     false},
    {"the ministry's", "User:gateway.ssa", RD_KAFKA_ACL_OPERATION_WRITE, "catalogue", true},
    {"a service sets aside what it cannot read", "User:sanctions", RD_KAFKA_ACL_OPERATION_WRITE,
     "quarantine", true},
    {"it writes nobody else's judgements", "User:deliveries", RD_KAFKA_ACL_OPERATION_WRITE,
     "sanctions", false},
    {"monitor writes nothing to the chain", "User:monitor", RD_KAFKA_ACL_OPERATION_WRITE,
     "sanctions", false},
    {"nobody of the chain ends a day", "User:monitor", RD_KAFKA_ACL_OPERATION_WRITE, "clock",
     false},
    {"an operator looks at everything", "User:operator", RD_KAFKA_ACL_OPERATION_READ,
     "inbox.birmex", true},
    {"and writes nothing", "User:operator", RD_KAFKA_ACL_OPERATION_WRITE, "inbox.imss", false},
    {"who mends what was set aside acts through the inboxes", "User:repair",
     RD_KAFKA_ACL_OPERATION_WRITE, "inbox.imss", true},
    {"and through nothing else", "User:repair", RD_KAFKA_ACL_OPERATION_WRITE, "quarantine", false},
    {"who watches compliance reads penalties", "User:compliance", RD_KAFKA_ACL_OPERATION_READ,
     "sanctions", true},
    {"and no inbox", "User:compliance", RD_KAFKA_ACL_OPERATION_READ, "inbox.imss", false},
};

START_TEST(what_topics_json_says_is_what_a_principal_may)
{
    const struct scene scene = open_scene();
    struct arena arena = scene.arena;

    ck_assert_msg(may(&scene, questions[_i].principal, questions[_i].operation,
                      questions[_i].topic) == questions[_i].allowed,
                  "%s", questions[_i].sentence);
    arena_finish(&arena);
}
END_TEST

static struct access_rule stranger(const char *principal, rd_kafka_ResourceType_t resource,
                                   rd_kafka_ResourcePatternType_t pattern, const char *name)
{
    return (struct access_rule){.principal = principal,
                                .host = "*",
                                .resource = resource,
                                .pattern = pattern,
                                .name = name,
                                .operation = RD_KAFKA_ACL_OPERATION_READ,
                                .permission = RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW};
}

START_TEST(what_a_broker_has_and_nobody_declared_is_told_by_whose_it_is)
{
    struct scene scene = open_scene();
    const struct access_rule strangers[] = {
        stranger("User:other", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "*"),
        stranger("User:imss", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "orders"),
        stranger("User:other", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                 "inbox.imss"),
        stranger("User:other", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_PREFIXED,
                 "inbox"),
        stranger("User:other", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                 "warehouse"),
        stranger("User:other", RD_KAFKA_RESOURCE_GROUP, RD_KAFKA_RESOURCE_PATTERN_PREFIXED,
                 "warehouse"),
        stranger("User:other", RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL, "inbox"),
    };
    enum { STRANGERS = sizeof strangers / sizeof *strangers };
    struct access_rules present = {
        .items =
            arena_array(&scene.arena, scene.declared.count + STRANGERS, sizeof *present.items)};
    struct access_differences found;

    for (size_t i = 0; i < STRANGERS; i++) {
        present.items[present.count++] = strangers[i];
    }
    for (size_t i = scene.declared.count; i > 1; i--) { /* all but the first, backwards */
        present.items[present.count++] = scene.declared.items[i - 1];
    }
    found = access_compare(&scene.declared, &present, &scene.arena);
    ck_assert_uint_eq(found.missing, 1);
    ck_assert_uint_eq(found.extra, 2);
    ck_assert_uint_eq(found.foreign, 2);
    ck_assert_uint_eq(found.count, 5);
    ck_assert_str_eq(access_text(&found.items[0].rule, &scene.arena),
                     access_text(&scene.declared.items[0], &scene.arena));
    ck_assert_str_eq(access_text(&found.items[1].rule, &scene.arena),
                     "User:imss READ topic orders");
    ck_assert_str_eq(access_text(&found.items[2].rule, &scene.arena),
                     "User:other READ topic inbox.imss");
    ck_assert_str_eq(access_text(&found.items[3].rule, &scene.arena), "User:other READ topic *");
    ck_assert_str_eq(access_text(&found.items[4].rule, &scene.arena),
                     "User:other READ topic inbox…");
    arena_finish(&scene.arena);
}
END_TEST

START_TEST(what_is_as_declared_differs_in_nothing)
{
    struct scene scene = open_scene();
    const struct access_differences found =
        access_compare(&scene.declared, &scene.declared, &scene.arena);

    ck_assert_uint_eq(found.count, 0);
    ck_assert_uint_gt(scene.declared.count, 100);
    arena_finish(&scene.arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_principal_has_these_rules_and_no_other, 0, UNIT_COUNT(everything));
    tcase_add_loop_test(tcase, what_topics_json_says_is_what_a_principal_may, 0,
                        UNIT_COUNT(questions));
    tcase_add_test(tcase, what_a_broker_has_and_nobody_declared_is_told_by_whose_it_is);
    tcase_add_test(tcase, what_is_as_declared_differs_in_nothing);
}

int main(void)
{
    return unit_run("bus_access", fill);
}
