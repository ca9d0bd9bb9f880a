#ifndef COMMON_ACCESS_H
#define COMMON_ACCESS_H

#include "common/avro/topic.h"
#include "common/base/arena.h"

#include <librdkafka/rdkafka.h>

#include <stdbool.h>
#include <stddef.h>

/* Who may do what with topics and groups: the rules that deploy/topics.json asks for, and how those of a
 * broker differ from them. Pure.
 *
 * A principal is "User:" and a name: a service ("contracts"), a gateway ("gateway.imss"), an institution ("imss"), or a
 * client of topics.json ("clock"). Rules only allow; what no rule allows, the broker refuses. */

/** One rule of a broker: an ACL binding. Texts are of the arena, or of the declarations. */
struct access_rule {
    const char *principal;
    const char *host; /**< "*": from anywhere, as all declared rules */
    rd_kafka_ResourceType_t resource;
    rd_kafka_ResourcePatternType_t pattern;
    const char *name; /**< of the resource */
    rd_kafka_AclOperation_t operation;
    rd_kafka_AclPermissionType_t permission;
};

/** In an order of their own, each once. */
struct access_rules {
    struct access_rule *items;
    size_t count;
};

struct access_declaration {
    const struct topic_declaration *topics;
    size_t topic_count;
    const struct topic_client *clients;
    size_t client_count;
};

enum access_standing {
    ACCESS_MISSING, /**< declared, and the broker has it not */
    ACCESS_EXTRA, /**< of one of our principals, or on one of our topics or groups, and not declared */
    ACCESS_FOREIGN, /**< somebody else's, on a pattern that one of our topics or groups falls under */
};

struct access_difference {
    enum access_standing standing;
    struct access_rule rule;
};

struct access_differences {
    struct access_difference
        *items; /**< missing, extra, foreign; rules in their order within each */
    size_t count;
    size_t missing;
    size_t extra;
    size_t foreign;
};

/** What is declared, as rules:
 *  - a service writes the topics that it owns and reads them too, for a takeover looks at their ends; it reads those that it
 *    is a reader of, and is in the group of its name. Of a service that reads inboxes there is one per institution: it
 *    touches no other institution's inbox and outcomes, and writes a topic of one institution only if it is that one's;
 *  - an institution writes its inbox, reads its outcomes, and uses groups that begin with its name and a point;
 *  - a client reads and writes what is said of it, and uses such groups if it reads. */
struct access_rules access_declared(const struct access_declaration *declaration,
                                    struct arena *arena);

/** How what a broker has (in any order) differs from what is declared. Rules of others that reach nothing of ours are
 *  passed over. */
struct access_differences access_compare(const struct access_rules *declared,
                                         const struct access_rules *present, struct arena *arena);

/** "User:imss WRITE topic inbox.imss"; of the arena. A prefix ends with "…"; DENY and a host are said. */
const char *access_text(const struct access_rule *rule, struct arena *arena);

#endif
