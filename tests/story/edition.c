#include "common/runtime/service.h"
#include "services/sanctions/sanctions_handlers.h"
#include "services/sanctions/sanctions_tables.h"

/* `sanctions` in another edition than the one that is built, for upgrade_story.py: with an input less, or with newer
 * rules. EDITION_DECISIONS is the input, or NULL; EDITION_RULE the rule version. */
static const struct service edition = {
    .name = "sanctions",
    .inputs = (const char *const[]){"contracts", "orders", "deliveries", EDITION_DECISIONS, NULL},
    .outputs = (const char *const[]){"sanctions", "findings", NULL},
    .tables = sanctions_tables,
    .handlers = sanctions_handlers,
    .recalls = sanctions_recalls,
    .rule_version = EDITION_RULE,
    .rejudge = sanctions_rejudge,
};

int main(int argc, char **argv)
{
    return service_main(&edition, argc, argv);
}
