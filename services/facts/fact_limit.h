#ifndef SERVICES_FACTS_FACT_LIMIT_H
#define SERVICES_FACTS_FACT_LIMIT_H

#include "services/facts/fact.h"

/** Facts of one order: none is received or shipped in a thousand parts. What comes beyond is a slip of somebody's
 *  pen, and would make all that is said of the order too large to be said. */
enum { FACTS_PER_ORDER_MAX = 1000 };

/** Whether there is room for a fact among those of `owner`, which have been needed, or it is there already. */
bool fact_has_room(struct work *work, const struct table *table, const char *owner,
                   const struct fact *fact);

/** Sets the message aside, for there is none. */
bool fact_set_aside(struct work *work, const struct message *message, const char *institution,
                    const char *order_number, const struct fact *fact,
                    struct error *err) MUST_CHECK;

#endif
