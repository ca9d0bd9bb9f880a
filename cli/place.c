#include "cli/place.h"

#include <string.h>

const struct place places[] = {
    {"contracts", "contracts", true},
    {"shipments", "shipments", true},
    {"deliveries", "deliveries", true},
    {"sanctions", "sanctions", true},
    {"monitor", "monitor", true},
    {"gateway_imss", "gateway.imss", false},
    {"gateway_issste", "gateway.issste", false},
    {"gateway_imss_bienestar", "gateway.imss-bienestar", false},
    {"gateway_ssa", "gateway.ssa", false},
};
const size_t place_count = sizeof places / sizeof places[0];

bool place_reads(const struct place *place, const struct topic_declaration *topic)
{
    const size_t length = strcspn(place->producer, ".");

    for (size_t i = 0; i < topic->reader_count; i++) {
        if (strncmp(topic->readers[i], place->producer, length) == 0 &&
            topic->readers[i][length] == '\0') {
            return true;
        }
    }
    return false;
}

bool place_topic_is_sequenced(const struct topic_declaration *topic)
{
    return topic->kind == TOPIC_SEQUENCED || topic->kind == TOPIC_FINDINGS ||
           topic->kind == TOPIC_QUARANTINE;
}
