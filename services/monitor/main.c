#include "common/runtime/service.h"
#include "services/monitor/monitor_handlers.h"
#include "services/monitor/monitor_schemas.h"
#include "services/monitor/monitor_tables.h"

static const struct service monitor = {
    .name = "monitor",
    .inputs = (const char *const[]){"contracts", "orders", "deliveries", "sanctions", "findings",
                                    "quarantine", NULL},
    .outputs = (const char *const[]){NULL},
    .tables = monitor_tables,
    .views = monitor_views,
    .handlers = monitor_handlers,
    .routes = monitor_schema_routes,
    .rule_version = 1,
};

int main(int argc, char **argv)
{
    return service_main(&monitor, argc, argv);
}
