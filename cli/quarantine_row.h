#ifndef CLI_QUARANTINE_ROW_H
#define CLI_QUARANTINE_ROW_H

#include "services/gateway/aside.h"

/* A row that was set aside: what is changed in it, and what the gateway will say of it. Pure. */

/** The row with `sets` ("column=value") put over its cells. A row that has other cells than its header was not
 *  understood: then it is made of the sets alone. REJECT for a column that the file has not. Memory is the arena's. */
bool quarantine_row_change(const struct aside_content *content, const char *const *sets,
                           size_t set_count, struct arena *arena, struct aside_content *out,
                           struct error *err) MUST_CHECK;

/** What differs, for people: "piezas: doce → 12"; "" for nothing. */
const char *quarantine_row_changes(const struct aside_content *before,
                                   const struct aside_content *after, struct arena *arena);

/** What reading the row comes to. */
struct quarantine_verdict {
    bool taken;
    const char *why;      /**< when it is not taken, or what is doubtful; may be "" */
    const char *fact_key; /**< of what would be taken */
    const char *digest;
    int64_t as_of;
    bool invented;
};
struct quarantine_verdict quarantine_row_judge(const struct layout_set *layouts,
                                               const char *institution,
                                               const struct aside_content *content,
                                               struct arena *arena);

#endif
