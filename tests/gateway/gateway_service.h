#ifndef TESTS_GATEWAY_SERVICE_H
#define TESTS_GATEWAY_SERVICE_H

#include "common/base/arena.h"
#include "common/runtime/service.h"

/** The gateway as its main.c declares it. */
extern const struct service gateway_service;

/** Its settings, with drop folder and archive under `root` and the project's layouts. The text is the arena's. */
const char *gateway_service_setting(struct arena *arena, const char *institution, const char *root,
                                    const char *name);

#endif
