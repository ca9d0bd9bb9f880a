#include "common/bus/access.h"

#include <stdlib.h>
#include <string.h>

enum { RULES_FIRST = 64 };

struct collecting {
    const struct access_declaration *declaration;
    struct arena *arena;
    struct access_rules rules;
    size_t capacity;
};

static void add(struct collecting *to, const char *name, rd_kafka_ResourceType_t resource,
                rd_kafka_ResourcePatternType_t pattern, const char *on,
                rd_kafka_AclOperation_t operation)
{
    if (to->rules.count == to->capacity) {
        const size_t capacity = to->capacity == 0 ? RULES_FIRST : to->capacity * 2;
        struct access_rule *items = arena_array(to->arena, capacity, sizeof *items);

        for (size_t i = 0; i < to->rules.count; i++) {
            items[i] = to->rules.items[i];
        }
        to->rules.items = items;
        to->capacity = capacity;
    }
    to->rules.items[to->rules.count++] =
        (struct access_rule){.principal = arena_format(to->arena, "User:%s", name),
                             .host = "*",
                             .resource = resource,
                             .pattern = pattern,
                             .name = on,
                             .operation = operation,
                             .permission = RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW};
}

/* To describe a topic or a group is part of reading and of writing it. */
static void add_read(struct collecting *to, const char *name, const char *topic)
{
    add(to, name, RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL, topic,
        RD_KAFKA_ACL_OPERATION_READ);
}

static void add_write(struct collecting *to, const char *name, const char *topic)
{
    add(to, name, RD_KAFKA_RESOURCE_TOPIC, RD_KAFKA_RESOURCE_PATTERN_LITERAL, topic,
        RD_KAFKA_ACL_OPERATION_WRITE);
}

static void add_groups_of(struct collecting *to, const char *name)
{
    add(to, name, RD_KAFKA_RESOURCE_GROUP, RD_KAFKA_RESOURCE_PATTERN_PREFIXED,
        arena_format(to->arena, "%s.", name), RD_KAFKA_ACL_OPERATION_READ);
}

static bool holds(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool owns(const struct topic_declaration *topic, const char *service)
{
    return topic->owner != NULL &&
           (strcmp(topic->owner, "*") == 0 || strcmp(topic->owner, service) == 0);
}

/* What one principal of a service may: `institution` is the one that it works for, NULL: for all. */
static void add_member(struct collecting *to, const char *service, const char *institution,
                       const char *principal)
{
    for (size_t i = 0; i < to->declaration->topic_count; i++) {
        const struct topic_declaration *topic = &to->declaration->topics[i];
        const bool others = institution != NULL && topic->institution != NULL &&
                            strcmp(topic->institution, institution) != 0;
        const bool reads = holds(topic->readers, topic->reader_count, service);

        if (owns(topic, service) && !others) {
            add_write(to, principal, topic->name);
            add_read(to, principal, topic->name);
        } else if (reads && !(others && topic->kind == TOPIC_INBOX)) {
            add_read(to, principal, topic->name);
        }
    }
    add(to, principal, RD_KAFKA_RESOURCE_GROUP, RD_KAFKA_RESOURCE_PATTERN_LITERAL, principal,
        RD_KAFKA_ACL_OPERATION_READ);
}

static bool is_per_institution(const struct access_declaration *declaration, const char *service)
{
    for (size_t i = 0; i < declaration->topic_count; i++) {
        const struct topic_declaration *topic = &declaration->topics[i];

        if (topic->kind == TOPIC_INBOX && holds(topic->readers, topic->reader_count, service)) {
            return true;
        }
    }
    return false;
}

static void add_service(struct collecting *to, const char *service)
{
    const struct access_declaration *declaration = to->declaration;

    if (!is_per_institution(declaration, service)) {
        add_member(to, service, NULL, service);
        return;
    }
    for (size_t i = 0; i < declaration->topic_count; i++) {
        const struct topic_declaration *topic = &declaration->topics[i];

        if (topic->kind == TOPIC_INBOX) {
            add_member(to, service, topic->institution,
                       arena_format(to->arena, "%s.%s", service, topic->institution));
        }
    }
}

/* A service is known by a topic that it owns or reads; what is added twice is there once in the end. */
static void add_services(struct collecting *to)
{
    for (size_t i = 0; i < to->declaration->topic_count; i++) {
        const struct topic_declaration *topic = &to->declaration->topics[i];

        if (topic->owner != NULL && strcmp(topic->owner, "*") != 0) {
            add_service(to, topic->owner);
        }
        for (size_t j = 0; j < topic->reader_count; j++) {
            add_service(to, topic->readers[j]);
        }
    }
}

static void add_institutions(struct collecting *to)
{
    for (size_t i = 0; i < to->declaration->topic_count; i++) {
        const struct topic_declaration *topic = &to->declaration->topics[i];

        if (topic->kind == TOPIC_INBOX) {
            add_write(to, topic->institution, topic->name);
            add_groups_of(to, topic->institution);
        } else if (topic->kind == TOPIC_OUTCOMES) {
            add_read(to, topic->institution, topic->name);
        }
    }
}

static void add_client(struct collecting *to, const struct topic_client *client)
{
    const bool all = holds(client->reads, client->read_count, "*");

    for (size_t i = 0; i < to->declaration->topic_count; i++) {
        const char *topic = to->declaration->topics[i].name;

        if (all || holds(client->reads, client->read_count, topic)) {
            add_read(to, client->name, topic);
        }
        if (holds(client->writes, client->write_count, topic)) {
            add_write(to, client->name, topic);
        }
    }
    if (client->read_count > 0) {
        add_groups_of(to, client->name);
    }
}

static int compare_rules(const void *left, const void *right)
{
    const struct access_rule *a = left;
    const struct access_rule *b = right;
    const int texts[] = {strcmp(a->principal, b->principal),
                         (int)a->resource - (int)b->resource,
                         strcmp(a->name, b->name),
                         (int)a->pattern - (int)b->pattern,
                         (int)a->operation - (int)b->operation,
                         (int)a->permission - (int)b->permission,
                         strcmp(a->host, b->host)};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i] != 0) {
            return texts[i];
        }
    }
    return 0;
}

static void sort_and_thin(struct access_rules *rules)
{
    size_t kept = 0;

    if (rules->count == 0) {
        return;
    }
    qsort(rules->items, rules->count, sizeof *rules->items, compare_rules);
    for (size_t i = 1; i < rules->count; i++) {
        if (compare_rules(&rules->items[kept], &rules->items[i]) != 0) {
            rules->items[++kept] = rules->items[i];
        }
    }
    rules->count = kept + 1;
}

struct access_rules access_declared(const struct access_declaration *declaration,
                                    struct arena *arena)
{
    struct collecting collecting = {.declaration = declaration, .arena = arena};

    add_services(&collecting);
    add_institutions(&collecting);
    for (size_t i = 0; i < declaration->client_count; i++) {
        add_client(&collecting, &declaration->clients[i]);
    }
    sort_and_thin(&collecting.rules);
    return collecting.rules;
}

static bool is_among(const struct access_rules *rules, const struct access_rule *rule)
{
    return rules->count > 0 &&
           bsearch(rule, rules->items, rules->count, sizeof *rules->items, compare_rules) != NULL;
}

static bool falls_under(const struct access_rule *rule, const struct access_rule *pattern)
{
    return rule->resource == pattern->resource &&
           (strcmp(pattern->name, "*") == 0 ||
            (pattern->pattern == RD_KAFKA_RESOURCE_PATTERN_PREFIXED &&
             strncmp(rule->name, pattern->name, strlen(pattern->name)) == 0));
}

/* Where a rule that is not declared stands. False: it is none of our business. */
static bool is_of_concern(const struct access_rules *declared, const struct access_rule *rule,
                          enum access_standing *out)
{
    bool reaches = false;

    for (size_t i = 0; i < declared->count; i++) {
        const struct access_rule *ours = &declared->items[i];

        if (strcmp(ours->principal, rule->principal) == 0 ||
            (ours->resource == rule->resource && ours->pattern == rule->pattern &&
             strcmp(ours->name, rule->name) == 0)) {
            *out = ACCESS_EXTRA;
            return true;
        }
        reaches = reaches || falls_under(ours, rule);
    }
    *out = ACCESS_FOREIGN;
    return reaches;
}

static int compare_differences(const void *left, const void *right)
{
    const struct access_difference *a = left;
    const struct access_difference *b = right;

    return a->standing != b->standing ? (int)a->standing - (int)b->standing
                                      : compare_rules(&a->rule, &b->rule);
}

struct access_differences access_compare(const struct access_rules *declared,
                                         const struct access_rules *present, struct arena *arena)
{
    struct access_differences out = {
        .items = arena_array(arena, declared->count + present->count, sizeof *out.items)};
    struct access_rules standing = {.items =
                                        arena_array(arena, present->count, sizeof *standing.items),
                                    .count = present->count};

    for (size_t i = 0; i < present->count; i++) {
        standing.items[i] = present->items[i];
    }
    sort_and_thin(&standing);
    for (size_t i = 0; i < declared->count; i++) {
        if (!is_among(&standing, &declared->items[i])) {
            out.items[out.count++] = (struct access_difference){ACCESS_MISSING, declared->items[i]};
            out.missing++;
        }
    }
    for (size_t i = 0; i < standing.count; i++) {
        enum access_standing how;

        if (!is_among(declared, &standing.items[i]) &&
            is_of_concern(declared, &standing.items[i], &how)) {
            out.items[out.count++] = (struct access_difference){how, standing.items[i]};
            out.extra += how == ACCESS_EXTRA ? 1 : 0;
            out.foreign += how == ACCESS_FOREIGN ? 1 : 0;
        }
    }
    if (out.count > 0) {
        qsort(out.items, out.count, sizeof *out.items, compare_differences);
    }
    return out;
}

static const char *resource_name(rd_kafka_ResourceType_t resource)
{
    return resource == RD_KAFKA_RESOURCE_TOPIC   ? "topic"
           : resource == RD_KAFKA_RESOURCE_GROUP ? "group"
                                                 : "cluster";
}

const char *access_text(const struct access_rule *rule, struct arena *arena)
{
    const bool anywhere = strcmp(rule->host, "*") == 0;

    return arena_format(arena, "%s%s %s %s %s%s%s%s",
                        rule->permission == RD_KAFKA_ACL_PERMISSION_TYPE_DENY ? "DENY " : "",
                        rule->principal, rd_kafka_AclOperation_name(rule->operation),
                        resource_name(rule->resource), rule->name,
                        rule->pattern == RD_KAFKA_RESOURCE_PATTERN_PREFIXED ? "…" : "",
                        anywhere ? "" : " @ ", anywhere ? "" : rule->host);
}
