#include "tests/gateway/gateway_service.h"

#include "services/gateway/feed.h"
#include "services/gateway/gateway_handlers.h"
#include "services/gateway/gateway_tables.h"

#include <stdlib.h>
#include <string.h>

const struct service gateway_service = {
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

const char *gateway_service_setting(struct arena *arena, const char *institution, const char *root,
                                    const char *name)
{
    if (strcmp(name, "ABASTO_INSTITUTION") == 0) {
        return institution;
    }
    if (strcmp(name, "ABASTO_DROP_FOLDER") == 0) {
        return arena_format(arena, "%s/drop", root);
    }
    if (strcmp(name, "ABASTO_ARCHIVE_FOLDER") == 0) {
        return arena_format(arena, "%s/archive", root);
    }
    return arena_format(arena, "%s/services/gateway/formats", getenv("ABASTO_SOURCE_DIR"));
}
