#ifndef CLI_FRESHNESS_H
#define CLI_FRESHNESS_H

#include "cli/stack.h"

#include <stdbool.h>
#include <stdio.h>

/** What a service's /metrics says it has not applied or passed on yet: messages of its inputs, batches of its outbox.
 *  False: the text says neither. */
bool freshness_read(const char *metrics, int64_t *out) MUST_CHECK;

/** The service of a line of services.env, ABASTO_HTTP_GATEWAY_IMSS=20001, as `gateway-imss`; NULL for another line. */
const char *freshness_service(const char *line, struct arena *arena, int *port);

/** Says on `out` which services of the stack do not answer, and how much is not applied yet: what is shown is that much
 *  behind. Asks those of services.env beside the stack's file, says nothing without one. */
void freshness_tell(const struct stack *stack, struct arena *arena, FILE *out);

#endif
