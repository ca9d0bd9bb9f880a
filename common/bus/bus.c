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

static bool scan_tail(struct bus *bus, const struct bus_start *start,
                      bool (*visit)(void *context, const struct bus_message *message,
                                    struct error *err),
                      void *context, struct error *err)
{
    int64_t end;

    return bus->operations->end_offset(bus, start->topic, start->partition, &end, err) &&
           (end <= start->offset || bus->operations->scan(bus, start->topic, start->partition,
                                                          start->offset, visit, context, err));
}

bool bus_scan_tails(struct bus *bus, const struct bus_start *starts, size_t count,
                    bool (*visit)(void *context, const struct bus_message *message,
                                  struct error *err),
                    void *context, struct error *err)
{
    if (bus->operations->scan_tails != NULL) {
        return bus->operations->scan_tails(bus, starts, count, visit, context, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!scan_tail(bus, &starts[i], visit, context, err)) {
            return false;
        }
    }
    return true;
}
