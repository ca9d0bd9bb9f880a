#ifndef TESTS_SANCTIONS_USUAL_H
#define TESTS_SANCTIONS_USUAL_H

#include "common/runtime/service.h"
#include "events.h"

/* What the tests of the sanctions handlers start from: one contract (two per cent a natural day, five days at
 * most, missing goods pay the cap), one order of a hundred pieces at a hundred pesos, its delivery. */

enum { USUAL_DUE = 20255 };

extern const struct service usual_service;
extern const char usual_contract_id[];
extern const char usual_order_id[];

struct contract_registered usual_contract(void);
struct order_issued usual_order(void);
struct delivery_recorded usual_delivery(const struct delivery_part *parts, size_t count,
                                        int64_t missing);

#endif
