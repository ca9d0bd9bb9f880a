#ifndef SERVICES_SHIPMENTS_HANDLERS_H
#define SERVICES_SHIPMENTS_HANDLERS_H

#include "common/runtime/service.h"

/** ShipmentReported, ReportWithdrawn and OrderIssued; ends with a zeroed one. */
extern const struct handler shipments_handlers[];

#endif
