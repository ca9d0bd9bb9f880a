#ifndef CLI_TAIL_H
#define CLI_TAIL_H

#include "cli/broker.h"
#include "cli/options.h"

#include <signal.h>
#include <stdio.h>

/** What is to be shown of a topic. */
struct tail_wish {
    const char *topic;
    enum options_from from;
    int64_t from_offset; /**< in every partition */
    int64_t last;        /**< of OPTIONS_FROM_LAST: over all partitions, of those that are wanted */
    bool follow;         /**< goes on until `*stop` */
    const char *type;    /**< from here on: NULL is any */
    const char *key;
    const char *contract;
    const char *institution;
};

/** Writes the wanted records, a JSON object per line: partition by partition from a given place, or the last
 *  ones by the broker's time. REJECT when there is no such topic. */
bool tail_run(struct broker *broker, const struct tail_wish *wish,
              const volatile sig_atomic_t *stop, FILE *out, struct error *err) MUST_CHECK;

#endif
