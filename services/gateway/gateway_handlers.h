#ifndef SERVICES_GATEWAY_HANDLERS_H
#define SERVICES_GATEWAY_HANDLERS_H

#include "common/runtime/service.h"

/** What a gateway does with rows of its files, the end of a day and the catalogue; ends with a zeroed one. */
extern const struct handler gateway_handlers[];

#endif
