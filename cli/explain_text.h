#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "common/base/arena.h"

#include <jansson.h>
#include <stdio.h>

/** Tells a PenaltyCalculated event (as JSON): whose order, under which terms, each step in words and numbers, the cap,
 *  the rounding, and the facts it rests on. `rows`: what else is known of these (explain_facts.h); may be NULL. */
void explain_text(const json_t *penalty, const json_t *rows, struct arena *arena, FILE *out);

/** Millionths of a centavo in decimal digits as pesos, all decimals kept: "547832000000" is
 *  "$5,478.32", "1" is "$0.00000001". Text that is no such number is given back as it is. */
const char *explain_units(const char *digits, struct arena *arena);

#endif
