#ifndef SERVICES_GATEWAY_ROW_H
#define SERVICES_GATEWAY_ROW_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "services/gateway/layout.h"
#include "services/gateway/reason.h"
#include "services/gateway/table_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a file says of itself, beside its rows. */
struct row_file {
    const char *institution;
    const char *name;   /**< as it was dropped, for messages */
    const char *sha256; /**< hex; the feed's log is "file/<sha256>" */
    int64_t
        as_of; /**< microseconds UTC; of the sidecar, of --as-of, or the newest date of the layout's
                             as_of column in the file; what rows without a `corte` get */
    bool has_as_of;
    bool invented;     /**< the sidecar says "demostracion" */
    const char *again; /**< Spanish: how a corrected row is delivered; NULL: ROW_AGAIN_FILE */
};

#define ROW_AGAIN_FILE "cargue el archivo otra vez"

enum row_verdict {
    ROW_TAKEN,
    ROW_SET_ASIDE, /**< quantity, date or identity cannot be read */
    ROW_FILLER,    /**< no row: a mark that the layout declares, "." or "TOTAL" */
    ROW_SILENT,    /**< of a layout that reads along: what it would report is not there yet */
};

/** A remark on one cell, in Spanish. */
struct row_remark {
    struct reason_said reason;
    const char *column;
    const char *found;
    const char *expected;
    const char *action; /**< the one thing to do */
};

/** A row, read. Everything belongs to the arena. */
struct reported_row {
    enum row_verdict verdict;
    const struct layout *layout;
    int64_t number; /**< data row, from 1 */

    /* What identifies it. Set whenever it could be read, also when set aside. */
    const char *fact_id; /**< natural key within institution and layout's source, canonical */
    const char *digest;  /**< hex SHA-256 of the canonical content without `corte` */
    const char *
        content; /**< digest of the content without the natural key: possible duplicates have it in common */
    int64_t as_of;
    bool invented;
    const char *scope; /**< of a layout that is a snapshot: what it shows all of; else NULL */
    int32_t day;       /**< in the layout's window; 0 without one */
    bool
        cancelled_undated; /**< an order that is cancelled without a date: it got the day of `as_of`, which is no content */

    /* Where it goes. */
    const char *contract; /**< canonical contract number as written in the row; NULL: none */
    const char *order;    /**< order number; NULL: none */
    const char *clave;    /**< canonical; NULL: none */
    const char *shipment; /**< remisión; NULL: none */
    const char *receipt;  /**< receipt id; NULL: none */
    const char *supplier; /**< RFC as read; NULL: none */

    /** The generated struct of layout->event: whole but for `contract_id`, `order_id`, `fact.sequence`, which
     *  the gateway gives. NULL when set aside. */
    const struct record_type *type;
    void *event;

    const struct row_remark *remarks; /**< warnings of what is taken, faults of what is set aside */
    size_t remark_count;
};

/** What is said of a row, over all of its readings. */
struct row_answer {
    enum row_verdict verdict; /**< set aside if one reading is */
    const struct row_remark *remarks;
    size_t remark_count;
    bool unchanged;  /**< taken, and nothing of it is new; the caller's to set */
    bool superseded; /**< the same: a newer version stands, which says something else */
};

/** Sums the readings of one row up; a remark that several make is made once. Memory is the arena's. */
struct row_answer row_answer_of(const struct reported_row *rows, size_t count, struct arena *arena);

/** Which claves exist, for the warning; may be empty (then no clave is called unknown). */
struct row_catalogue {
    bool (*knows)(const void *context, const char *clave);
    const void *context;
};

/** Reads one row. Never fails: what cannot be read is a verdict. Pure: no I/O, no clock. */
void row_read(const struct layout *layout, const struct layout_columns *columns,
              const struct row_file *file, const struct row_catalogue *catalogue,
              const struct table_row *cells, struct arena *arena, struct reported_row *out);

#endif
