#include "common/bus/bus.h"

#include <string.h>

const char *bus_header(const struct bus_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (strcmp(message->headers[i].name, name) == 0) {
            return message->headers[i].value;
        }
    }
    return NULL;
}
