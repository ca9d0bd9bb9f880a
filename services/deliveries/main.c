#include "common/runtime/service.h"
#include "services/deliveries/deliveries_handlers.h"
#include "services/deliveries/deliveries_tables.h"

static const struct service deliveries = {
    .name = "deliveries",
    .inputs = (const char *const[]){"contracts", "orders", "shipments", "reported.receipts", NULL},
    .outputs = (const char *const[]){"deliveries", "findings", NULL},
    .tables = deliveries_tables,
    .handlers = deliveries_handlers,
    .recalls = deliveries_recalls,
    .rule_version = 1,
    .rejudge = deliveries_rejudge,
};

int main(int argc, char **argv)
{
    return service_main(&deliveries, argc, argv);
}
