#ifndef CLI_QUARANTINE_PLAN_H
#define CLI_QUARANTINE_PLAN_H

#include "cli/command.h"
#include "cli/quarantine_row.h"

/* What an act would do, row by row, before anything is sent. */

enum quarantine_act_kind { QUARANTINE_FIX, QUARANTINE_RETRY, QUARANTINE_DISCARD };

struct quarantine_item {
    const char *id;
    const char *institution;
    const char *schema; /**< of its gateway; NULL: nobody's */
    bool is_row;        /**< `before` and `after` are there */
    struct aside_content before;
    struct aside_content after;
    int64_t tries;
    const char *state;
    bool sent; /**< the act will be sent */
    const char *changes;
    const char *outcome; /**< what would come of it, and later what came */
};

struct quarantine_plan {
    enum quarantine_act_kind kind;
    struct quarantine_item *items;
    size_t count;
    bool more; /**< the filters let more through than --max */
};

/** Reads what the ids or the filters speak of and says of each what would come. */
bool quarantine_plan_make(struct cli *cli, enum quarantine_act_kind kind,
                          struct quarantine_plan *out, struct error *err) MUST_CHECK;

#endif
