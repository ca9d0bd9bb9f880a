#ifndef SERVICES_GATEWAY_KIND_H
#define SERVICES_GATEWAY_KIND_H

#include "common/avro/record.h"
#include "events.h"

#include <stdbool.h>

/** How a kind of reported event is routed and withdrawn. */
struct gateway_kind {
    const struct record_type *type;
    const char *topic;
    const char *name; /**< as ReportWithdrawn says it */
    bool of_order;    /**< has an order_id: may come without naming its contract */
    bool finds_twins; /**< equal content under another identity is a possible duplicate */
};

/** NULL: not a reported event. */
const struct gateway_kind *gateway_kind_of(const struct record_type *type);

/** The same by the name it has in ReportWithdrawn. */
const struct gateway_kind *gateway_kind_named(const char *name);

/** Every topic of reported events, NULL-terminated. */
extern const char *const gateway_reported_topics[];

/** Sets a text member of an event by its schema name; does nothing when it has none of that name. */
void gateway_set_text(const struct record_type *type, void *event, const char *member,
                      const char *text);

/** The event's identity and version. */
struct fact *gateway_fact(const struct record_type *type, void *event);

#endif
