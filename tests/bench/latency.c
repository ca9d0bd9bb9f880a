#include "common/base/date.h"
#include "events.h"
#include "tests/bench/bench.h"
#include "tests/bench/timing.h"
#include "tests/bench/year.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reports that come at a given rate, whatever becomes of them, each a late receipt of an order of its own; and how long it
 * took from the moment a report was due to be made until its sanction could be read. Open loop: when the chain
 * stalls, those that should have come meanwhile count their waiting. */

#define INBOX "inbox." YEAR_INSTITUTION

enum { TAKE_MAX = 2000, DRAIN_S = 60, DAYS_LATE = 3 };

struct trial {
    struct bench *bench;
    struct year year;
    double started;
    double *due;      /* when each report was to be made */
    double *answered; /* when its sanction came; 0: not yet */
    int64_t sent;
    int64_t came;
};

static bool start_reading(struct trial *trial, struct error *err)
{
    struct bus *bus = trial->bench->broker.bus;
    const int32_t shards = trial->bench->cli.stack.shards;
    struct bus_start *starts =
        arena_array(&trial->bench->cli.arena, (size_t)shards, sizeof *starts);

    for (int32_t i = 0; i < shards; i++) {
        starts[i] = (struct bus_start){.topic = "sanctions", .partition = i};
        if (!bus->operations->end_offset(bus, "sanctions", i, &starts[i].offset, err)) {
            return false;
        }
    }
    return bus->operations->assign(bus, starts, (size_t)shards, err);
}

static bool send_report(struct trial *trial, int64_t n, struct error *err)
{
    struct bench *bench = trial->bench;
    struct bus *bus = bench->broker.bus;
    struct year_contract contract;
    struct year_order order;
    struct buffer payload = {0};
    char receipt[48];
    char id[64];
    struct receipt_report report = {.recepcion = receipt,
                                    .piezas_rechazadas = 0,
                                    .tipo = "entrega",
                                    .naturaleza = "demostracion"};
    struct bus_message message = {.topic = INBOX,
                                  .headers = {{"ce_specversion", "1.0"},
                                              {"ce_type", receipt_report_type.full_name},
                                              {"ce_source", "/issste/bench"},
                                              {"ce_id", id},
                                              {"ce_time", "2026-04-30T12:00:00Z"}},
                                  .header_count = 5};
    bool good;

    year_order(&trial->year, bench->first + n, &order);
    year_contract(&trial->year, order.contract, &contract);
    (void)snprintf(receipt, sizeof receipt, "LT-%09" PRId64, bench->first + n);
    (void)snprintf(id, sizeof id, "bench-%09" PRId64, bench->first + n);
    report.contrato = contract.number;
    report.orden = order.number;
    report.clave = order.clave;
    report.remision = order.remission;
    report.lote = "L1";
    report.caducidad = order.due_on + 700;
    report.has_caducidad = true;
    report.piezas = order.pieces;
    report.fecha_fisica = order.due_on + DAYS_LATE;
    report.fecha_remision = report.fecha_fisica;
    report.has_fecha_remision = true;
    good = registry_encode(bench->broker.registry, &receipt_report_type, &report, &payload, err);
    message.payload = buffer_view(&payload);
    good = good && bus->operations->send(bus, &message, (uint64_t)n, err);
    buffer_finish(&payload);
    return good;
}

/* Which report an order number belongs to; -1: none of ours. */
static int64_t report_of(const struct trial *trial, const char *order_number)
{
    const char *digits = strrchr(order_number, '-');
    const int64_t n = digits == NULL ? -1 : strtoll(digits + 1, NULL, 10) - trial->bench->first;

    return n >= 0 && n < trial->bench->count ? n : -1;
}

static bool take_sanction(struct trial *trial, const struct bus_message *message, double now,
                          struct arena *arena, struct error *err)
{
    const struct record_type *type;
    const void *event;
    int64_t n;

    if (!registry_decode(trial->bench->broker.registry, message->payload, arena, &type, &event,
                         err)) {
        return false;
    }
    if (type != &penalty_calculated_type) {
        return true;
    }
    n = report_of(trial, ((const struct penalty_calculated *)event)->order_number);
    if (n >= 0 && trial->answered[n] == 0) {
        trial->answered[n] = now;
        trial->came++;
    }
    return true;
}

static bool take_events(struct trial *trial, int timeout_ms, struct error *err)
{
    struct bus *bus = trial->bench->broker.bus;
    struct arena arena = {0};
    struct bus_events events = {0};
    bool good = bus->operations->poll(bus, TAKE_MAX, timeout_ms, &events, err);
    const double now = timing_now();

    if (good && events.send_failed) {
        good = error_set(err, ERROR_FATAL, "the broker did not take all reports");
    }
    for (size_t i = 0; good && i < events.message_count; i++) {
        good = take_sanction(trial, &events.messages[i], now, &arena, err);
    }
    arena_finish(&arena);
    return good;
}

static bool send_due(struct trial *trial, struct error *err)
{
    const struct bench *bench = trial->bench;

    while (trial->sent < bench->count) {
        const double due = trial->started + (double)trial->sent / (double)bench->rate;

        if (due > timing_now()) {
            return true;
        }
        trial->due[trial->sent] = due;
        if (!send_report(trial, trial->sent, err)) {
            return false;
        }
        trial->sent++;
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;

    return (left > right) - (left < right);
}

static double percentile(const double *sorted, int64_t count, double share)
{
    const int64_t at = (int64_t)((double)count * share);

    return sorted[at < count ? at : count - 1] * 1e3;
}

static void print_figures(struct trial *trial)
{
    int64_t count = 0;

    for (int64_t i = 0; i < trial->bench->count; i++) {
        if (trial->answered[i] > 0) {
            trial->due[count++] = trial->answered[i] - trial->due[i];
        }
    }
    printf("{\"offered_per_s\": %" PRId64 ", \"reports\": %" PRId64 ", \"sanctions\": %" PRId64,
           trial->bench->rate, trial->sent, count);
    if (count > 0) {
        qsort(trial->due, (size_t)count, sizeof *trial->due, by_size);
        printf(", \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"p999_ms\": %.2f, \"max_ms\": %.2f",
               percentile(trial->due, count, 0.5), percentile(trial->due, count, 0.99),
               percentile(trial->due, count, 0.999), trial->due[count - 1] * 1e3);
    }
    printf("}\n");
}

bool bench_latency(struct bench *bench, struct error *err)
{
    struct trial trial = {.bench = bench};
    double until;

    bench->count = bench->rate * bench->seconds;
    trial.year = (struct year){bench->seed, bench->orders, bench->orders_per_contract};
    trial.due = memory_alloc((size_t)bench->count * sizeof *trial.due);
    trial.answered = memory_alloc((size_t)bench->count * sizeof *trial.answered);
    memset(trial.answered, 0, (size_t)bench->count * sizeof *trial.answered);
    if (!start_reading(&trial, err)) {
        return false;
    }
    trial.started = timing_now() + 0.2;
    until = trial.started + (double)bench->seconds + DRAIN_S;
    while (trial.came < bench->count && timing_now() < until) {
        if (!send_due(&trial, err) || !take_events(&trial, 1, err)) {
            return false;
        }
    }
    print_figures(&trial);
    free(trial.due);
    free(trial.answered);
    return true;
}
