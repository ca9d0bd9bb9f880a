#ifndef SERVICES_DELIVERIES_HANDLERS_H
#define SERVICES_DELIVERIES_HANDLERS_H

#include "common/runtime/service.h"

/** ReceiptReported, ReportWithdrawn, OrderIssued, ContractRegistered, ShipmentDispatched, and the agenda
 *  item deliveries.rejudge (the contract counts by another date); ends with a zeroed one. */
extern const struct handler deliveries_handlers[];

/** Of its own events: what it says in them was said last. As struct service.recalls wants it. */
extern const struct handler deliveries_recalls[];

/** Every order line that anything is known of, when rules change or the state was made anew; ends with a zeroed one. */
extern const struct rejudge deliveries_rejudge[];

#endif
