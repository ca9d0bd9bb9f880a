#include "common/runtime/service.h"
#include "services/sanctions/sanctions_handlers.h"
#include "services/sanctions/sanctions_judge.h"
#include "services/sanctions/sanctions_tables.h"

static const struct service sanctions = {
    .name = "sanctions",
    .inputs =
        (const char *const[]){"contracts", "orders", "deliveries", "reported.decisions", NULL},
    .outputs = (const char *const[]){"sanctions", "findings", NULL},
    .tables = sanctions_tables,
    .handlers = sanctions_handlers,
    .recalls = sanctions_recalls,
    .rule_version = SANCTIONS_RULE_VERSION,
    .rejudge = sanctions_rejudge,
};

int main(int argc, char **argv)
{
    return service_main(&sanctions, argc, argv);
}
