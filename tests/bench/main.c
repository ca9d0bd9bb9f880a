#include "tests/bench/bench.h"

#include "common/base/text.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* abasto-bench: what the benchmark needs beside the services. tests/bench/bench.py calls it; docs/performance.md tells
 * of what it measures. */

static const struct {
    const char *name;
    bool broker;
    bool (*run)(struct bench *bench, struct error *err);
    const char *help;
} tasks[] = {
    {"prepare", false, bench_prepare, "makes topics, schemas and the shards of the plain stage"},
    {"empty", false, bench_empty, "takes TOPIC away, for prepare to make anew"},
    {"plain", true, bench_write_plain, "writes COUNT receipts for the plain stage and its rivals"},
    {"year", true, bench_write_year, "writes COUNT orders of a year, as events, into the topics"},
    {"files", false, bench_write_files, "writes the same year as files of the plain template"},
    {"copy", false, bench_copy, "COPY of COUNT rows of the plain stage into TABLE"},
    {"consume", true, bench_consume, "reads COUNT messages of TOPIC with librdkafka alone"},
    {"produce", true, bench_produce, "writes COUNT messages into TOPIC with librdkafka alone"},
    {"replay", false, bench_replay, "sends the statements of TAPE again, as SCHEMA"},
    {"watch", true, bench_watch, "tells when TABLE, TOPIC or the positions of SCHEMA hold COUNT"},
    {"latency", true, bench_latency, "reports at RATE a second; how long until each sanction"},
};

enum option_key {
    OPTION_COUNT = 256,
    OPTION_FIRST,
    OPTION_ORDERS,
    OPTION_RATE,
    OPTION_SECONDS,
    OPTION_PER_CONTRACT,
    OPTION_SEED,
    OPTION_TOPIC,
    OPTION_TABLE,
    OPTION_SCHEMA,
    OPTION_FOLDER,
    OPTION_TAPE,
};

static const struct argp_option options[] = {
    {"count", OPTION_COUNT, "N", 0, "events, rows or orders", 0},
    {"first", OPTION_FIRST, "N", 0, "number of the first order", 0},
    {"orders", OPTION_ORDERS, "N", 0, "of the year that is in the system", 0},
    {"orders-per-contract", OPTION_PER_CONTRACT, "N", 0, "640 unless said", 0},
    {"rate", OPTION_RATE, "N", 0, "reports a second", 0},
    {"seconds", OPTION_SECONDS, "N", 0, "how long reports are made, or is waited", 0},
    {"seed", OPTION_SEED, "N", 0, "another year", 0},
    {"topic", OPTION_TOPIC, "NAME", 0, NULL, 0},
    {"table", OPTION_TABLE, "NAME", 0, NULL, 0},
    {"schema", OPTION_SCHEMA, "NAME", 0, NULL, 0},
    {"folder", OPTION_FOLDER, "PATH", 0, NULL, 0},
    {"tape", OPTION_TAPE, "PATH", 0, NULL, 0},
    {0},
};

struct reading {
    struct bench *bench;
    const char *command;
};

static error_t take_number(struct argp_state *state, const char *text, int64_t *out)
{
    if (!text_to_int64(text, out) || *out < 0) {
        argp_error(state, "%s is no number", text);
    }
    return 0;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
    struct reading *reading = state->input;
    struct bench *bench = reading->bench;
    int64_t seed = 0;

    switch (key) {
    case OPTION_COUNT:
        return take_number(state, argument, &bench->count);
    case OPTION_FIRST:
        return take_number(state, argument, &bench->first);
    case OPTION_ORDERS:
        return take_number(state, argument, &bench->orders);
    case OPTION_RATE:
        return take_number(state, argument, &bench->rate);
    case OPTION_SECONDS:
        return take_number(state, argument, &bench->seconds);
    case OPTION_PER_CONTRACT:
        return take_number(state, argument, &bench->orders_per_contract);
    case OPTION_SEED:
        (void)take_number(state, argument, &seed);
        bench->seed = (uint64_t)seed;
        return 0;
    case OPTION_TOPIC:
        bench->topic = argument;
        return 0;
    case OPTION_TABLE:
        bench->table = argument;
        return 0;
    case OPTION_SCHEMA:
        bench->schema = argument;
        return 0;
    case OPTION_FOLDER:
        bench->folder = argument;
        return 0;
    case OPTION_TAPE:
        bench->tape = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (reading->command != NULL) {
            return ARGP_ERR_UNKNOWN;
        }
        reading->command = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

enum exit_status command_failed(const struct error *err)
{
    (void)fprintf(stderr, "abasto-bench: %s\n", err->message);
    return EXIT_PROBLEM;
}

const char *bench_database(const struct bench *bench)
{
    return bench->cli.stack.databases.items[0].conninfo;
}

static char *commands_text(struct arena *arena)
{
    char *text = arena_copy(arena, "\v");

    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        text = arena_format(arena, "%s%-9s %s\n", text, tasks[i].name, tasks[i].help);
    }
    return text;
}

static bool run(struct bench *bench, const char *name, struct error *err)
{
    if (bench->cli.stack.databases.count == 0) {
        return error_set(err, ERROR_FATAL, "no stack: ABASTO_STACK says where it is");
    }
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (name != NULL && strcmp(tasks[i].name, name) == 0) {
            return (!tasks[i].broker || broker_open(&bench->broker, &bench->cli.stack, err)) &&
                   tasks[i].run(bench, err);
        }
    }
    return error_set(err, ERROR_FATAL, "no such command; see --help");
}

int main(int argc, char **argv)
{
    struct bench bench = {.count = 1000, .orders_per_contract = 640, .seconds = 60, .seed = 1};
    struct reading reading = {.bench = &bench};
    struct argp argp = {.options = options, .parser = take_option, .args_doc = "COMMAND"};
    struct error err = {0};
    int status = EXIT_SUCCESS;

    argp.doc = commands_text(&bench.cli.arena);
    (void)argp_parse(&argp, argc, argv, 0, NULL, &reading);
    if (!stack_find(".", ".", &bench.cli.arena, &bench.cli.stack, &err) ||
        !run(&bench, reading.command, &err)) {
        (void)command_failed(&err);
        status = EXIT_FAILURE;
    }
    broker_close(&bench.broker);
    arena_finish(&bench.cli.arena);
    return status;
}
