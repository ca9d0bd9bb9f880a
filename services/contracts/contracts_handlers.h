#ifndef SERVICES_CONTRACTS_HANDLERS_H
#define SERVICES_CONTRACTS_HANDLERS_H

#include "common/runtime/service.h"

/** ContractReported, ContractLineReported, OrderReported, ReportWithdrawn and the agenda item
 *  contracts.rejudge (an order whose line has another price); ends with a zeroed one. */
extern const struct handler contracts_handlers[];

/** What is judged anew when the service's rules change. */
extern const struct rejudge contracts_rejudge[];

/** Of its own events: what it says in them was said last. As struct service.recalls wants it. */
extern const struct handler contracts_recalls[];

#endif
