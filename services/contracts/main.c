#include "common/runtime/service.h"
#include "services/contracts/contracts_handlers.h"
#include "services/contracts/contracts_tables.h"

static const struct service contracts = {
    .name = "contracts",
    .inputs = (const char *const[]){"reported.contracts", "reported.orders", NULL},
    .outputs = (const char *const[]){"contracts", "orders", "findings", NULL},
    .tables = contracts_tables,
    .handlers = contracts_handlers,
    .recalls = contracts_recalls,
    .rule_version = 2, /* 2: where the believed source is silent, the next speaks */
    .rejudge = contracts_rejudge,
};

int main(int argc, char **argv)
{
    return service_main(&contracts, argc, argv);
}
