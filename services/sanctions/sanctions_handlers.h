#ifndef SERVICES_SANCTIONS_HANDLERS_H
#define SERVICES_SANCTIONS_HANDLERS_H

#include "common/runtime/service.h"

/** ContractRegistered, OrderIssued, DeliveryRecorded, DecisionReported, ReportWithdrawn, and the agenda items
 *  sanctions.rejudge (terms changed, or a day closed on which missing goods grow or are found); ends with a zeroed one. */
extern const struct handler sanctions_handlers[];

/** Of its own events: what it says in them was said last. As struct service.recalls wants it. */
extern const struct handler sanctions_recalls[];

/** Every order line and contract that anything is known of, when rules change or the state was made anew; ends with a zeroed one. */
extern const struct rejudge sanctions_rejudge[];

#endif
