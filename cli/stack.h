#ifndef CLI_STACK_H
#define CLI_STACK_H

#include "common/base/arena.h"
#include "common/bus/bus_kafka.h"
#include "common/store/server_list.h"

#include <stdbool.h>
#include <stdint.h>

/** Where the broker, the database and the folders are. */
struct stack {
    const char *brokers;
    struct server_list databases; /**< none in it: nobody knows where they are */
    const char *drop;             /**< folder with one folder per institution */
    const char *archive;
    const char *formats; /**< folder of the layouts; NULL: nobody knows */
    const char *tls_ca;
    const char *tls_certificate;
    const char *tls_key;
    const char *sasl_mechanism;
    const char *sasl_user;
    const char *sasl_password; /**< never printed */
    bool insecure;
    int32_t shards;
    const char *file; /**< stack.env it was read from, or NULL */
};

/**
 * Finds the running stack. Variables ABASTO_* of the environment count first; what they do not say is
 * read from `$ABASTO_STACK/stack.env`, or else from var/demo/stack.env in `from_folder` or a folder
 * above it, or above `program_folder`. ABASTO_DATABASE, ABASTO_DATABASES and ABASTO_SASL_PASSWORD may stand in the files that
 * these names with _FILE name. FATAL for numbers that are none and a secret's file that cannot be read; what is not found
 * stays NULL.
 */
bool stack_find(const char *from_folder, const char *program_folder, struct arena *arena,
                struct stack *out, struct error *err) MUST_CHECK;

/** The value of a NAME=value line of a file's text; owned by the arena; NULL when it has none. */
const char *stack_value(const char *text, const char *name, struct arena *arena);

/** How a bus of the command line is to be made. */
struct bus_kafka_options stack_bus(const struct stack *stack);

#endif
