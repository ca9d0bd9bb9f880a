#ifndef SERVICES_GATEWAY_INBOX_PARTS_H
#define SERVICES_GATEWAY_INBOX_PARTS_H

#include "services/gateway/inbox.h"

/* Between the files that read a message of the inbox. */

enum { INBOX_REMARKS_MAX = 64 };

struct inbox_reading {
    const struct inbox_kinds *kinds;
    const struct layout_set *layouts;
    const char *institution;
    struct inbox_report *report;
    struct arena *arena;
    struct row_remark *remarks; /**< those of the report */
    size_t room;
    bool faulty; /**< it cannot be taken */
};

/** Says something of the message; the first fault drops the warnings. */
void inbox_remark(struct inbox_reading *reading, bool is_fault, const struct row_remark *remark);

/** The cells of the report's row, by member of its record; NULL, or a fault, when the payload cannot be read. */
const char *const *inbox_cells(struct inbox_reading *reading);

/** Reads an act: `report->act`, and its row; or says the faults. */
void inbox_act_read(struct inbox_reading *reading);

/** Of what an act says, whether in JSON or in Avro. */
const char *inbox_digest(struct arena *arena, const char *type, const char *said);

#endif
