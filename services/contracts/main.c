#include "common/runtime/service.h"
#include "services/contracts/contracts_handlers.h"
#include "services/contracts/contracts_tables.h"

static const struct service contracts = {
    .name = "contracts",
    .inputs = (const char *const[]){"reported.contracts", "reported.orders", NULL},
    .outputs = (const char *const[]){"contracts", "orders", "findings", NULL},
    .tables = contracts_tables,
    .handlers = contracts_handlers,
    .rule_version = 1,
};

int main(int argc, char **argv)
{
    return service_main(&contracts, argc, argv);
}
