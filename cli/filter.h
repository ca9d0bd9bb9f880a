#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include "common/base/arena.h"

/* What people write of a contract, clave or order, as the read models keep it. NULL stays NULL. REJECT for what is
 * none. Texts are the arena's. */

/** A contract's number, or its id when the institution stands before it: "ib/0941/2025" is "IB/941/2025". */
bool filter_contract(const char *said, struct arena *arena, const char **out,
                     struct error *err) MUST_CHECK;

/** "010 000 0104 00" is "010.000.0104.00". */
bool filter_clave(const char *said, struct arena *arena, const char **out,
                  struct error *err) MUST_CHECK;

/** The condition of a row whose contract_id is meant by what filter_contract gave as parameter `number`. */
#define FILTER_CONTRACT_SQL(number)                                                                \
    "(" number "::text is null or contract_id = " number                                           \
    " or substr(contract_id, strpos(contract_id, '/') + 1) = " number ")"

#endif
