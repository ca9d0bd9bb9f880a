#ifndef CLI_EXPLAIN_FACTS_H
#define CLI_EXPLAIN_FACTS_H

#include "common/base/arena.h"

#include <jansson.h>

/* What the services know of the rows behind a penalty, beside the event: an array of objects with `fact_id` and `kind`
 * (delivery, return, other, decision), and of receipts `receipt_id` and `pieces` accepted. NULL where they cannot be
 * asked: then the event alone is told. */

/** What a fact is, by its row or else by what its id is made of: contract, line, order, remisión, receipt, return, decision. */
const char *explain_fact_kind(const json_t *penalty, const json_t *rows, const char *fact,
                              struct arena *arena);

/** Pieces that a receipt brought and that were accepted, before returns; -1: unknown. */
json_int_t explain_fact_pieces(const json_t *rows, const char *receipt_id);

#endif
