#ifndef SERVICES_MONITOR_HANDLERS_H
#define SERVICES_MONITOR_HANDLERS_H

#include "common/runtime/service.h"

/** ContractRegistered, ContractLineRegistered, OrderIssued, DeliveryRecorded, PenaltyCalculated, FindingRaised
 *  and MessageQuarantined; ends with a zeroed one. Each event fills its own columns, so that the order in
 *  which topics are read decides nothing. */
extern const struct handler monitor_handlers[];

#endif
