#ifndef SERVICES_GATEWAY_INBOX_H
#define SERVICES_GATEWAY_INBOX_H

#include "common/runtime/inbox_message.h"
#include "common/runtime/metrics.h"
#include "events.h"
#include "services/gateway/aside.h"
#include "services/gateway/feed_record.h"
#include "services/gateway/inbox_kind.h"

/* A message of the inbox, read as the row of a template that it reports. */

#define INBOX_AGAIN "publique el reporte otra vez con otro ce_id"

enum { INBOX_HEADER_BYTES_MAX = 255, INBOX_UNKNOWN_MEMBERS_MAX = 20 };

enum inbox_act_kind { INBOX_ACT_CORRECTION, INBOX_ACT_RETRY, INBOX_ACT_DISCARD };

/** What a person does about something that was set aside. */
struct inbox_act {
    enum inbox_act_kind kind;
    const struct quarantine_act *event;
    struct aside_content content; /**< the row that it carries; of a discard, nothing */
    int64_t time;                 /**< microseconds */
};

/** Event of INBOX_MESSAGE. */
struct inbox_report {
    const struct inbox_message *message;
    const char *id;     /**< printable, shortened; "" when the message has none */
    const char *source; /**< the same */
    const char *key;    /**< of inbox_answer_table; NULL: nothing tells this report from others */
    const char *digest; /**< of what it says, however it is written */
    const struct inbox_kind *kind; /**< NULL: none of ours, or an act */
    const struct inbox_act *act;   /**< one that can be read; else NULL */
    bool readable; /**< `row` is there; else, unless it is a discard, `remarks` are the faults */
    struct feed_row_record row;
    const struct row_remark *remarks; /**< of the message: headers, members, bytes */
    size_t remark_count;
    enum aside_class aside; /**< what it is set aside for when it is not readable */
};

/** Never fails: what cannot be read is said. Pure; all memory is the arena's. */
const struct inbox_report *inbox_read(const struct inbox_kinds *kinds,
                                      const struct layout_set *layouts, const char *institution,
                                      const struct inbox_message *message, struct arena *arena);

#endif
