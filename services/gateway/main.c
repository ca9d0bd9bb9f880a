#include "common/runtime/service.h"
#include "services/gateway/feed.h"
#include "services/gateway/gateway_handlers.h"
#include "services/gateway/gateway_tables.h"

static const struct service gateway = {
    .name = "gateway",
    .inputs = (const char *const[]){"clock", "catalogue", "inbox.*", NULL},
    .outputs = (const char *const[]){"reported.contracts", "reported.orders", "reported.shipments",
                                     "reported.receipts", "reported.decisions", "findings",
                                     "catalogue", "outcomes.*", NULL},
    .tables = gateway_tables,
    .handlers = gateway_handlers,
    .settings = gateway_settings,
    .feed = &gateway_feed,
    .per_institution = true,
    .rule_version = 1,
};

int main(int argc, char **argv)
{
    return service_main(&gateway, argc, argv);
}
