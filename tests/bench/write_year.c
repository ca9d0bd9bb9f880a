#include "common/base/date.h"
#include "common/domain/shard.h"
#include "events.h"
#include "tests/bench/sink.h"
#include "tests/bench/year.h"

#include <inttypes.h>
#include <stdio.h>

/* The year as `contracts`, `shipments` and a gateway would tell it to `deliveries`. */

#define SOURCE "plantilla.recepciones"
#define GATEWAY "gateway." YEAR_INSTITUTION

struct writing {
    struct bench *bench;
    struct sink sink;
    struct year year;
    int64_t sequence; /* of the gateway */
    int64_t receipts;
};

static bool put(struct writing *writing, const char *producer, const char *topic,
                const char *contract_id, const struct record_type *type, const void *event,
                struct error *err)
{
    const int32_t partition = shard_of(contract_id, writing->bench->cli.stack.shards);
    const bool of_gateway = producer[0] == 'g';
    const struct sink_event out = {.producer = producer,
                                   .producer_shard = of_gateway ? 0 : partition,
                                   .topic = topic,
                                   .partition = partition,
                                   .key = contract_id,
                                   .type = type,
                                   .event = event};

    return sink_put(&writing->sink, &out, err);
}

/* Where a judgement rests on one fact; its digest is as long as a real one. */
struct ground {
    char fact[96];
    const char *facts[1];
    char digest[65];
};

static void fill_ground(struct ground *ground, const char *id, int32_t on, int64_t sequence)
{
    (void)snprintf(ground->fact, sizeof ground->fact, "%s@%" PRId64 ".%" PRId64, id,
                   on * DATE_DAY_MICROSECONDS, sequence);
    ground->facts[0] = ground->fact;
    (void)snprintf(ground->digest, sizeof ground->digest, "%064" PRIx64,
                   (uint64_t)sequence * UINT64_C(0x9e3779b97f4a7c15));
}

static bool put_contract(struct writing *writing, int64_t number, struct error *err)
{
    struct year_contract contract;
    struct ground ground;
    struct contract_registered event = {.institution = YEAR_INSTITUTION,
                                        .legal_regime = "laassp-2025",
                                        .terms = {.stated = true,
                                                  .origin = "contrato",
                                                  .clause = "Décima Octava",
                                                  .rate_bp = 200,
                                                  .has_cap_bp = true,
                                                  .cap_bp = 1000},
                                        .invented = true,
                                        .facts_count = 1,
                                        .revision = 1};

    year_contract(&writing->year, number, &contract);
    fill_ground(&ground, contract.number, 20000, number + 1);
    event.contract_id = contract.id;
    event.contract_number = contract.number;
    event.supplier_rfc = contract.rfc;
    event.facts = ground.facts;
    event.digest = ground.digest;
    return put(writing, "contracts", "contracts", contract.id, &contract_registered_type, &event,
               err);
}

static bool put_order(struct writing *writing, const struct year_contract *contract,
                      const struct year_order *order, struct error *err)
{
    struct ground ground;
    const struct order_issued event = {.institution = YEAR_INSTITUTION,
                                       .contract_id = contract->id,
                                       .order_id = order->id,
                                       .order_number = order->number,
                                       .clave = order->clave,
                                       .supplier_rfc = contract->rfc,
                                       .pieces = order->pieces,
                                       .price_e4 = order->price_e4,
                                       .has_price_e4 = true,
                                       .issued_on = order->issued_on,
                                       .has_issued_on = true,
                                       .due_on = order->due_on,
                                       .has_due_on = true,
                                       .destination = order->clues,
                                       .status = ORDER_STATUS_OPEN,
                                       .invented = true,
                                       .facts = ground.facts,
                                       .facts_count = 1,
                                       .digest = ground.digest,
                                       .revision = 1};

    fill_ground(&ground, order->number, order->issued_on, ++writing->sequence);
    return put(writing, "contracts", "orders", contract->id, &order_issued_type, &event, err);
}

static bool put_shipment(struct writing *writing, const struct year_contract *contract,
                         const struct year_order *order, struct error *err)
{
    struct ground ground;
    char shipment_id[64];
    struct shipped_lot lots[YEAR_RECEIPTS_MAX];
    const struct shipment_dispatched event = {.institution = YEAR_INSTITUTION,
                                              .contract_id = contract->id,
                                              .order_id = order->id,
                                              .order_number = order->number,
                                              .clave = order->clave,
                                              .shipment_id = shipment_id,
                                              .supplier_rfc = contract->rfc,
                                              .remission = order->remission,
                                              .shipped_on = order->receipts[0].received_on - 2,
                                              .has_shipped_on = true,
                                              .pieces = order->pieces,
                                              .lots = lots,
                                              .lots_count = (size_t)order->receipt_count,
                                              .invented = true,
                                              .facts = ground.facts,
                                              .facts_count = 1,
                                              .digest = ground.digest,
                                              .revision = 1};

    for (int32_t i = 0; i < order->receipt_count; i++) {
        lots[i] = (struct shipped_lot){.lot = order->receipts[i].lot,
                                       .expires_on = order->receipts[i].expires_on,
                                       .has_expires_on = true,
                                       .pieces = order->receipts[i].pieces};
    }
    (void)snprintf(shipment_id, sizeof shipment_id, "%s/%s", contract->rfc, order->remission);
    fill_ground(&ground, shipment_id, event.shipped_on, ++writing->sequence);
    return put(writing, "shipments", "shipments", contract->id, &shipment_dispatched_type, &event,
               err);
}

/* `age`: days between the receipt's capture and the snapshot that tells of it. */
static bool put_receipt(struct writing *writing, const struct year_contract *contract,
                        const struct year_order *order, const struct year_receipt *receipt,
                        int32_t age, int64_t pieces, struct error *err)
{
    const struct receipt_reported event = {
        .fact = {.fact_id = receipt->id,
                 .source = SOURCE,
                 .as_of = (receipt->captured_on + age) * DATE_DAY_MICROSECONDS,
                 .sequence = ++writing->sequence,
                 .file = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
                 .row = writing->sequence,
                 .invented = true},
        .institution = YEAR_INSTITUTION,
        .contract_id = contract->id,
        .receipt_id = receipt->id,
        .order_id = order->id,
        .order_number = order->number,
        .clave = order->clave,
        .remission = order->remission,
        .lot = receipt->lot,
        .expires_on = receipt->expires_on,
        .has_expires_on = true,
        .pieces = pieces,
        .physical_on = receipt->received_on,
        .has_physical_on = true,
        .remission_on = receipt->received_on,
        .has_remission_on = true,
        .entry_on = receipt->entry_on,
        .has_entry_on = true,
        .captured_on = receipt->captured_on,
        .has_captured_on = true,
        .kind = RECEIPT_KIND_DELIVERY};

    writing->receipts++;
    return put(writing, GATEWAY, "reported.receipts", contract->id, &receipt_reported_type, &event,
               err);
}

static bool put_receipts(struct writing *writing, const struct year_contract *contract,
                         const struct year_order *order, struct error *err)
{
    for (int32_t i = 0; i < order->receipt_count; i++) {
        const struct year_receipt *receipt = &order->receipts[i];

        if (!put_receipt(writing, contract, order, receipt, 1, receipt->pieces, err) ||
            (receipt->corrected &&
             !put_receipt(writing, contract, order, receipt, 9, receipt->pieces - 1, err)) ||
            (receipt->stale &&
             !put_receipt(writing, contract, order, receipt, 0, receipt->pieces, err))) {
            return false;
        }
    }
    return true;
}

bool bench_write_year(struct bench *bench, struct error *err)
{
    struct writing writing = {.bench = bench,
                              .sink = {.bench = bench},
                              .year = {bench->seed, bench->count, bench->orders_per_contract}};
    bool good = true;

    for (int64_t i = 0; good && i < year_contracts(&writing.year); i++) {
        good = put_contract(&writing, i, err);
    }
    for (int64_t i = 0; good && i < bench->count; i++) {
        struct year_contract contract;
        struct year_order order;

        year_order(&writing.year, i, &order);
        year_contract(&writing.year, order.contract, &contract);
        good = put_order(&writing, &contract, &order, err) &&
               (order.receipt_count == 0 || put_shipment(&writing, &contract, &order, err)) &&
               put_receipts(&writing, &contract, &order, err);
    }
    if (!good || !sink_finish(&writing.sink, err)) {
        return false;
    }
    printf("{\"events\": %" PRId64 ", \"contracts\": %" PRId64 ", \"orders\": %" PRId64
           ", \"receipts\": %" PRId64 "}\n",
           writing.sink.sent, year_contracts(&writing.year), bench->count, writing.receipts);
    return true;
}
