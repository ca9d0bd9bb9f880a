#include "tests/simulation/sim_services.h"

#include "tests/simulation/sim_world.h"

static const struct service *services[SIM_SERVICES];

int sim_take_service(const struct service *service, int argc, char **argv)
{
    (void)argv;
    services[argc] = service;
    return 0;
}

const struct service *const *sim_services(void)
{
    int (*const mains[SIM_SERVICES])(int, char **) = {sim_main_contracts, sim_main_shipments,
                                                      sim_main_deliveries, sim_main_sanctions};

    for (int i = 0; services[i] == NULL; i++) {
        (void)mains[i](i, NULL);
        if (i + 1 == SIM_SERVICES) {
            break;
        }
    }
    return services;
}
