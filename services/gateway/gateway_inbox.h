#ifndef SERVICES_GATEWAY_GATEWAY_INBOX_H
#define SERVICES_GATEWAY_GATEWAY_INBOX_H

#include "common/runtime/service.h"

/* Reports of the inbox: each is taken as a row of its template is, or set aside, and answered. */

void gateway_inbox_needs(struct work *work, const struct message *message);
bool gateway_inbox_on(struct work *work, const struct message *message,
                      struct error *err) MUST_CHECK;

#endif
