#ifndef SERVICES_MONITOR_SCHEMAS_H
#define SERVICES_MONITOR_SCHEMAS_H

#include "common/runtime/route.h"

/**
 * The part of Confluent's Schema Registry REST API that readers need, over what the service has learnt of
 * `_schemas`: /schemas/ids/{id}, /schemas/types, /subjects, /subjects/{s}/versions[/{n|latest}], /config.
 * Ends with a zeroed one.
 */
extern const struct route monitor_schema_routes[];

#endif
