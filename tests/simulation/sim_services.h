#ifndef TESTS_SIM_SERVICES_H
#define TESTS_SIM_SERVICES_H

#include "common/runtime/service.h"

/* Each service's main.c is compiled with main and service_main renamed, so that the simulator runs the declarations
 * that the services run. */

int sim_main_contracts(int argc, char **argv);
int sim_main_shipments(int argc, char **argv);
int sim_main_deliveries(int argc, char **argv);
int sim_main_sanctions(int argc, char **argv);

/** What service_main becomes: `argc` is the service's place. */
int sim_take_service(const struct service *service, int argc, char **argv);

#endif
