#ifndef SERVICES_GATEWAY_TABLES_H
#define SERVICES_GATEWAY_TABLES_H

#include "common/store/table.h"

#include <stdbool.h>
#include <stdint.h>

/* What a gateway remembers: which version of each row it has passed on and where, which contract an order or a
 * remisión belongs to, and what became of every file. */

/** The newest version of a reported row. One per fact. */
struct row_version {
    const char *fact_key; /**< `<source>|<fact_id>` */
    const char *digest;   /**< of its content without `corte`; NULL: never seen */
    int64_t as_of;        /**< raised by equal content, without an event */
    int64_t sequence;     /**< of the last event about it */
    bool invented;
    const char *contract_id; /**< where it was routed */
    const char
        *entity_id; /**< what ReportWithdrawn would name: order_id, `<contract_id>|<clave>` ... */
    const char *content; /**< of receipts: what possible duplicates have in common; else NULL */
    const char *
        said; /**< the event as JSON while the row names no contract itself, or `cancelled_undated`; else NULL */
    const char *kind;      /**< contract, line, order, shipment, receipt, decision */
    const char *order_key; /**< with `said`: how the directory may know it; NULL: names no order */
    const char *shipment_key; /**< with `said`; NULL: names no remisión */
    bool has_day;
    int32_t day; /**< of a row of a snapshot: where in its window it stands */
    bool has_cancelled_on;
    int32_t
        cancelled_on; /**< first day of which any row said that it is cancelled, without a date */
    bool cancelled_undated; /**< so the newest row says */
};

/** A fact that some snapshot showed, by scope and month; it is missed when a later one does not. */
struct snapshot_known {
    const char *snapshot_key; /**< `<source>|<scope>|<year>-<month>` */
    const char *fact_id;
    bool known;
};

/** A complete snapshot of a scope. */
struct snapshot_mark {
    const char *mark_key; /**< `<source>|<scope>` */
    const char *file_id;
    int64_t as_of;
    int32_t oldest; /**< day */
    int32_t newest;
};

/** What speaks for an order or remisión belonging to a contract: the newest as_of of any row that said so.
 *  It only grows, so the order in which rows come does not matter. */
struct directory_claim {
    const char *directory_key; /**< `orden|<number>`, `remision|<rfc>|<number>` */
    const char *contract_id;
    int64_t as_of;
};

/** A row without a contract of its own, by what could tell its contract. */
struct directory_waiting {
    const char *directory_key;
    const char *fact_key;
    const char *order_key;    /**< NULL: it names no order */
    const char *shipment_key; /**< NULL: it names no remisión */
    bool active;              /**< false: its newest version names its contract or other keys */
};

/** A receipt under the digest of its content. */
struct content_twin {
    const char *content_key; /**< `<institution>/<source>|<content>` */
    const char *fact_id;
    const char *contract_id;
    int64_t as_of;
    int64_t sequence;
    bool invented;
    bool active; /**< false: its content has changed since */
};

/** A clave of the national catalogue. */
struct known_clave {
    const char *clave;
    int64_t as_of;
    bool withdrawn;
};

/** Numbers of the gateway itself: "sequence", the last one given to a fact; "claves", how many are catalogued. */
struct gateway_number {
    const char *name;
    int64_t value;
};

/** What became of a file: one row per content and sidecar, of its last reading.
 *  rows = taken + quarantined; warned and unchanged are parts of taken. */
struct file_account {
    const char *file_id; /**< `<sha256>`, or `<sha256>-<digest of the sidecar>` */
    const char *sha256;
    const char *institution;
    const char *name; /**< under which it was dropped last */
    const char *layout;
    bool has_as_of;
    int64_t as_of;
    const char *nature;  /**< real, demostracion */
    const char *state;   /**< reading, done, refused */
    const char *refusal; /**< why the whole file was refused; else NULL */
    int64_t rows;
    int64_t taken;
    int64_t warned;
    int64_t unchanged; /**< brought nothing new */
    int64_t quarantined;
    int64_t superseded; /**< part of unchanged: a newer version stands, which says something else */
    int64_t times_read; /**< how often it was dropped and answered */
};

/** A warning, or why a row was set aside. */
struct file_remark {
    const char *remark_block; /**< `<file_id>/<thousand>` */
    const char *remark_id;    /**< `<row>.<number>`, padded */
    int64_t row_number;
    const char *verdict; /**< aviso, cuarentena, omitida; NULL: no longer said */
    const char *column_name;
    const char *found;
    const char *expected;
    const char *reason;
    const char *action;
};

/** What was answered to a report of the inbox, so that the same one is not taken twice. A report that was rejected
 *  may come again: corrected, or once its schema is known. */
struct inbox_answer {
    const char *report_key; /**< digest of ce_source and ce_id */
    const char *ce_source;
    const char *ce_id;
    int64_t position;   /**< of the first message; of one that was rejected, of the last */
    const char *digest; /**< of what it says, however it is written */
    int64_t verdict;    /**< enum report_verdict */
};

/** What was set aside, and what became of it. Of a row also how it came, so that it can be read again. */
struct row_aside {
    const char *quarantine_id;
    const char *layout;    /**< NULL: no row: a message that could not be read at all */
    const char *file_name; /**< of the file, or the inbox's topic */
    const char *sha256;    /**< the same */
    bool has_as_of;
    int64_t as_of; /**< the file declares it */
    bool invented;
    int64_t row_number;
    const char *titles; /**< JSON arrays of text */
    const char *cells;  /**< as it came */
    const char
        *state;      /**< abierta, reparada, superada, descartada, detenida; NULL: not known here */
    int64_t tries;   /**< acts after which it still could not be taken */
    const char *act; /**< of the last act that was worked off; NULL: none */
    const char *act_id;
    const char *actor;
    const char *ground;
    const char *evidence;
    const char *reason; /**< why it still cannot be taken; NULL: the last act settled it */
    const char *fact;   /**< version that it became */
};

extern const struct table row_version_table;
extern const struct table directory_table;
extern const struct table directory_waiting_table;
extern const struct table snapshot_fact_table;
extern const struct table snapshot_mark_table;
extern const struct table content_twin_table;
extern const struct table known_clave_table;
extern const struct table gateway_number_table;
extern const struct table file_account_table;
extern const struct table file_remark_table;
extern const struct table inbox_answer_table;
extern const struct table row_aside_table;

/** All of them and that of findings, NULL-terminated. */
extern const struct table *const gateway_tables[];

#endif
