#ifndef SERVICES_CONTRACTS_JUDGE_H
#define SERVICES_CONTRACTS_JUDGE_H

#include "services/contracts/contracts_tables.h"
#include "services/facts/fact_merge.h"
#include "services/facts/finding_list.h"

/* Pure judgements of the contracts service: facts in, value out. The memory is the caller's arena.
 *
 * Who is believed when sources disagree: fact_precedence. Both facts stay, and the finding
 * `fuentes-discrepan` says so. Where the believed one is silent the next speaks (fact_merge, ADR 15). */

/** A contract as it stands. False: nothing was ever reported of it. */
bool contracts_judge_contract(const char *contract_id, struct rows facts, struct arena *arena,
                              struct contract_registered *out);

/** An order as it stands; its price is the order's own, or else that of `line`, of contracts_line. False: nothing
 *  was ever reported of it. */
bool contracts_judge_order(const char *order_id, struct rows facts, const struct fact_merged *line,
                           struct arena *arena, struct order_issued *out);

/** A line with its balance: pieces ordered, and free up to the maximum. The sums are over its orders, whose
 *  facts are not listed: only the line's own. Withdrawn where none stands; with `facts_count` 0 where nothing
 *  was ever reported of it but orders. */
struct contract_line_registered contracts_judge_line(const char *line_id, struct rows facts,
                                                     const struct line_state *sums,
                                                     struct arena *arena);

/** The order (struct order_fact), or the line (struct line_fact), that stands; `row` is NULL where none does. */
struct fact_merged contracts_order(struct rows facts, struct arena *arena);
struct fact_merged contracts_line(struct rows facts, struct arena *arena);

/** What an order adds to its line: nothing when it was withdrawn or cancelled (a cancelled order frees
 *  its pieces, received or not), else one order and its pieces. `own_price`: it needs no line. */
struct order_share {
    int64_t orders;
    int64_t pieces;
    int64_t invented;
    int64_t unpriced;
};
struct order_share contracts_share(const struct order_issued *order, bool own_price);

/** Moves the sums of the line (orders, pieces, invented, unpriced) by what the order adds now less what
 *  `order` says it added before, and `order` with them. REJECT when the pieces are beyond 64 bits: nothing
 *  has moved then. */
MUST_CHECK bool contracts_move(struct line_state *line, struct order_state *order,
                               const struct order_share *share, struct error *err);

/** `fuentes-discrepan`: standing facts of several sources that say different things. */
void contracts_contract_findings(const char *contract_id, struct rows facts,
                                 struct finding_list *findings);

/** `fuentes-discrepan` and `precio-distinto`: an open order's own price is not that of its `line`. */
void contracts_order_findings(const char *order_id, struct rows facts,
                              const struct fact_merged *line, struct finding_list *findings);

/** What they rest on: the order's facts, and the line's where the prices differ. Memory is the arena's. */
struct finding_ground contracts_order_ground(const struct order_issued *event, struct rows facts,
                                             const struct fact_merged *line, struct arena *arena);

/** `orden-sobre-maximo` (ordered beyond the maximum), `clave-sin-partida` (orders for a clave that the
 *  contract lacks) and `fuentes-discrepan`. An order over the maximum stands: it is raised, not refused. */
void contracts_line_findings(const char *line_id, struct rows facts, const struct line_state *sums,
                             struct finding_list *findings);

#endif
