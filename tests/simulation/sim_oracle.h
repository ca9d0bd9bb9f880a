#ifndef TESTS_SIM_ORACLE_H
#define TESTS_SIM_ORACLE_H

#include "tests/simulation/sim_world.h"

/* What must have come out, found from the reported facts alone by code of its own. Every function tells sim_fail what
 * is wrong. */

/** All of it. */
MUST_CHECK bool sim_oracle_agrees(struct sim_world *world);

/** sim_oracle_protocol.c: outputs are dense and sent again unchanged, inputs are read to their ends, what was heard is
 *  what was said, days went on. */
MUST_CHECK bool sim_oracle_protocol(struct sim_world *world);

/** sim_oracle_aside.c: exactly what had to be set aside is, once, with one event. */
MUST_CHECK bool sim_oracle_aside(struct sim_world *world, const struct service *service,
                                 const struct fake_shard *shard);

/** sim_oracle_judgements.c: what stands on every topic follows from the facts. */
MUST_CHECK bool sim_oracle_judgements(struct sim_world *world);

/** sim_oracle_tables.c: the facts that the services keep, and their sums. */
MUST_CHECK bool sim_oracle_tables(struct sim_world *world);

/** sim_oracle_findings.c: exactly the findings that the facts call for are open. */
MUST_CHECK bool sim_oracle_findings(struct sim_world *world);

#endif
