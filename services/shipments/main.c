#include "common/runtime/service.h"
#include "services/shipments/shipments_handlers.h"
#include "services/shipments/shipments_tables.h"

static const struct service shipments = {
    .name = "shipments",
    .inputs = (const char *const[]){"orders", "reported.shipments", NULL},
    .outputs = (const char *const[]){"shipments", "findings", NULL},
    .tables = shipments_tables,
    .handlers = shipments_handlers,
    .recalls = shipments_recalls,
    .rule_version = 1,
    .rejudge = shipments_rejudge,
};

int main(int argc, char **argv)
{
    return service_main(&shipments, argc, argv);
}
