#ifndef SERVICES_FACTS_FACT_MERGE_H
#define SERVICES_FACTS_FACT_MERGE_H

#include "common/avro/record.h"
#include "services/facts/fact.h"

/** What the sources of one thing say together. */
struct fact_merged {
    const void
        *row; /**< as the table's row type; NULL: there is none. Look at `withdrawn` of its head */
    struct fact_list used; /**< the facts that it rests on, closed */
    bool invented;         /**< one of them is */
};

/**
 * The row that fact_choose believes, and in the members on which it is silent (null, or terms that are not stated) what
 * the next to be believed says, among rows that stand. Rows are a struct fact_row followed by a struct of `said`. Members of
 * `alone`, which ends with NULL, are of the believed row only: they go with another member. Memory is the arena's.
 */
struct fact_merged fact_merge(struct rows rows, const struct record_type *said,
                              const char *const *alone, struct arena *arena);

#endif
