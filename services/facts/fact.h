#ifndef SERVICES_FACTS_FACT_H
#define SERVICES_FACTS_FACT_H

#include "common/base/arena.h"
#include "common/runtime/work.h"
#include "common/store/table.h"
#include "events.h"

/* Reported facts as the services keep them: one row per fact, the newest version of it. Shared by
 * contracts, shipments, deliveries and sanctions. */

/** The head of every row that holds a reported fact. A withdrawn fact stays as a row, so that an older
 *  version that comes later is still known to be older; what it said is blank. */
struct fact_row {
    const char *owner; /**< entity the fact speaks of: order_id, contract_id ... */
    const char *key;   /**< `<source>|<fact_id>` */
    bool withdrawn;
    struct fact fact; /**< without `file` and `row` */
};

/** Columns of the head; `row_type` has it as member `row`. */
#define FACT_COLUMNS(row_type, owner_name)                                                         \
    {.name = (owner_name), .type = COLUMN_TEXT, .offset = offsetof(row_type, row.owner)},          \
        {.name = "fact_key", .type = COLUMN_TEXT, .offset = offsetof(row_type, row.key)},          \
        {.name = "withdrawn", .type = COLUMN_BOOL, .offset = offsetof(row_type, row.withdrawn)},   \
        {.name = "fact_id", .type = COLUMN_TEXT, .offset = offsetof(row_type, row.fact.fact_id)},  \
        {.name = "source", .type = COLUMN_TEXT, .offset = offsetof(row_type, row.fact.source)},    \
        {.name = "as_of", .type = COLUMN_INT64, .offset = offsetof(row_type, row.fact.as_of)},     \
        {.name = "sequence",                                                                       \
         .type = COLUMN_INT64,                                                                     \
         .offset = offsetof(row_type, row.fact.sequence)},                                         \
    {                                                                                              \
        .name = "invented", .type = COLUMN_BOOL, .offset = offsetof(row_type, row.fact.invented)   \
    }

/** Columns of a struct judgement at `member` of a row. */
#define JUDGED_COLUMNS(row_type, member)                                                           \
    {.name = "digest", .type = COLUMN_TEXT, .offset = offsetof(row_type, member.digest)},          \
    {                                                                                              \
        .name = "revision", .type = COLUMN_INT64, .offset = offsetof(row_type, member.revision)    \
    }

/** A column that is a member of the event embedded in a row as `said`. */
#define COLUMN_SAID(row, member, kind)                                                             \
    {                                                                                              \
        .name = #member, .type = (kind), .offset = offsetof(row, said.member)                      \
    }
#define COLUMN_SAID_OPTIONAL(row, member, kind)                                                    \
    {                                                                                              \
        .name = #member, .type = (kind), .offset = offsetof(row, said.member), .nullable = true,   \
        .presence_offset = offsetof(row, said.has_##member)                                        \
    }

/** Columns of a struct penalty_terms at `member` of a row. */
#define TERMS_COLUMN(row_type, member, field, kind)                                                \
    {                                                                                              \
        .name = "terms_" #field, .type = (kind), .offset = offsetof(row_type, member.field)        \
    }
#define TERMS_COLUMN_OPTIONAL(row_type, member, field, kind)                                       \
    {                                                                                              \
        .name = "terms_" #field, .type = (kind), .offset = offsetof(row_type, member.field),       \
        .nullable = true, .presence_offset = offsetof(row_type, member.has_##field)                \
    }
#define TERMS_COLUMNS(row_type, member)                                                            \
    TERMS_COLUMN(row_type, member, stated, COLUMN_BOOL),                                           \
        TERMS_COLUMN(row_type, member, origin, COLUMN_TEXT),                                       \
        TERMS_COLUMN(row_type, member, clause, COLUMN_TEXT),                                       \
        TERMS_COLUMN(row_type, member, rate_bp, COLUMN_INT32),                                     \
        TERMS_COLUMN(row_type, member, day_type, COLUMN_INT32),                                    \
        TERMS_COLUMN(row_type, member, grace_days, COLUMN_INT32),                                  \
        TERMS_COLUMN_OPTIONAL(row_type, member, cap_days, COLUMN_INT32),                           \
        TERMS_COLUMN_OPTIONAL(row_type, member, cap_bp, COLUMN_INT32),                             \
        TERMS_COLUMN(row_type, member, counting_date, COLUMN_INT32),                               \
        TERMS_COLUMN(row_type, member, missing_goods, COLUMN_INT32),                               \
        TERMS_COLUMN(row_type, member, due_moves, COLUMN_BOOL)

/** What a fact is kept under: `<source>|<fact_id>`; owned by the arena. */
char *fact_key(struct arena *arena, const struct fact *fact);

/** Keeps a version of a fact among those of `owner`. The row, saved, when it is later than what the row
 *  held: what it said is blank, for the caller to fill unless the fact is withdrawn. NULL: no news, and
 *  nothing to judge again. Rows of `table` are a struct fact_row and what was said; those of `owner` have been
 *  needed. A new version that speaks of another owner reaches this one as a withdrawal. */
void *fact_put(struct work *work, const struct table *table, const char *owner,
               const struct fact *fact, bool withdrawn);

/** Negative when `a` is to be believed before `b`, when several sources speak of one thing: what stands
 *  before what was withdrawn, native layouts before the plain template and before copies, then the newer version,
 *  then the name of the source, then the id. Never 0 for two rows. */
int fact_precedence(const struct fact_row *a, const struct fact_row *b);

/** Whether the source is a copy that somebody keeps of what other systems say: its name begins with "copia.". */
bool fact_is_copy(const struct fact *fact);

/** The row to be believed among rows that begin with a struct fact_row; NULL when there is none. Look at
 *  `withdrawn`: nothing stands when the best is withdrawn. */
const void *fact_choose(struct rows rows);

/** Ids and versions of the facts a judgement rests on: `<fact_id>@<as_of>.<sequence>`. */
struct fact_list {
    struct arena *arena;
    const char **items;
    size_t count;
    size_t capacity;
};

void fact_list_add(struct fact_list *list, const struct fact *fact);

/** Adds those of an event, or what fact_list_join made of them; NULL is none. */
void fact_list_add_all(struct fact_list *list, const char *const *facts, size_t count);
void fact_list_add_joined(struct fact_list *list, const char *joined);

/** Sorts bytewise and drops repetitions: the same facts give the same list, whatever the order. */
void fact_list_close(struct fact_list *list);

/** One text to be kept in a column; NULL for none; owned by the arena. */
char *fact_list_join(struct arena *arena, const char *const *facts, size_t count);

/** What an order_id (`<contract_id>|<order number>|<clave>`) is made of; owned by the arena. Parts that
 *  are missing are "". A clave may hold '|', the others cannot. */
struct order_key {
    const char *institution;
    const char *contract_id;
    const char *order_number;
    const char *clave;
};
struct order_key fact_order_key(struct arena *arena, const char *order_id);

/** What stands before the first '/' of an id that begins with a contract_id; owned by the arena. */
char *fact_institution(struct arena *arena, const char *id);

#endif
