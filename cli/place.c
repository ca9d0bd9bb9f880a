#include "cli/place.h"

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
