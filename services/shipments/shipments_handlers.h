#ifndef SERVICES_SHIPMENTS_HANDLERS_H
#define SERVICES_SHIPMENTS_HANDLERS_H

#include "common/runtime/service.h"

/** ShipmentReported, ReportWithdrawn and OrderIssued; ends with a zeroed one. */
extern const struct handler shipments_handlers[];

/** Of its own events: what it says in them was said last. As struct service.recalls wants it. */
extern const struct handler shipments_recalls[];

/** Every order line that anything is known of, when rules change or the state was made anew; ends with a zeroed one. */
extern const struct rejudge shipments_rejudge[];

#endif
