#include "tests/simulation/sim_facts.h"

#include "events.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_DAY = 20300,
    DAYS = 9,
    CONTRACTS_MAX = 3,
    ORDERS_MAX = 3,
    CLAVES = 2,
    VERSIONS_MAX = 3,
    AS_OF_STEP = 1000000,
    TOO_LONG_BYTES = 24000, /* more than a member sends (sim_member.c) */
};

const char *const sim_reported_topics[SIM_REPORTED_TOPICS] = {
    "reported.contracts", "reported.orders", "reported.shipments", "reported.receipts",
    "reported.decisions"};
static const char *const kinds[SIM_REPORTED_TOPICS] = {"contract", "order", "shipment", "receipt",
                                                       "decision"};
static const char *const claves[CLAVES] = {"010.000.0101.00", "010.000.0202.00"};

const char sim_refused_text[] = "lo que la base no guarda";

/* What is being made. */
struct making {
    struct sim_facts *facts;
    struct fake_random *random;
    int64_t sequences[SIM_INSTITUTIONS_MAX];
    int institution;
    const char *contract_id;
    const char *order_id;
    const char *order_number;
    const char *clave;
};

static int64_t any(struct making *making, int64_t first, int64_t last)
{
    return first + fake_random_below(making->random, last - first + 1);
}

static bool once_in(struct making *making, int64_t times)
{
    return fake_random_once_in(making->random, times);
}

/* --- messages that are to be set aside --- */

/* A text that the service which reads such a report keeps, and that nothing is judged by. */
static const struct record_field *kept_text(const struct record_type *type)
{
    const struct {
        const struct record_type *type;
        const char *field;
    } kept[] = {{&contract_reported_type, "supplier_name"},
                {&contract_line_reported_type, "description"},
                {&order_reported_type, "destination"},
                {&shipment_reported_type, "lot"},
                {&receipt_reported_type, "lot"},
                {&decision_reported_type, "document"}};

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i].type == type) {
            return record_field_named(type, kept[i].field);
        }
    }
    return NULL;
}

static void put_text(const struct record_field *field, void *event, const char *text)
{
    memcpy((unsigned char *)event + field->offset, &text, sizeof text);
}

static const char *long_text(struct arena *arena)
{
    char *text = arena_alloc(arena, TOO_LONG_BYTES + 1);

    memset(text, 'x', TOO_LONG_BYTES);
    return text;
}

static enum sim_poison poison(struct making *making, const struct record_type *type, void *event)
{
    const struct record_field *field = kept_text(type);
    const bool is_said = type == &contract_reported_type || type == &contract_line_reported_type;

    if (!making->facts->poisoned || !once_in(making, 6)) {
        return SIM_WHOLESOME;
    }
    if (field == NULL || once_in(making, 4)) {
        return SIM_UNREADABLE;
    }
    if (is_said && once_in(making, 3)) {
        put_text(field, event, long_text(&making->facts->arena));
        return SIM_TOO_LONG;
    }
    put_text(field, event, sim_refused_text);
    return SIM_REFUSED;
}

static void add(struct making *making, int topic, const struct record_type *type, const void *event)
{
    struct sim_facts *facts = making->facts;
    void *copy = record_copy(type, event, &facts->arena);

    if (facts->count == facts->capacity) {
        facts->capacity = facts->capacity == 0 ? 64 : facts->capacity * 2;
        facts->items = memory_resize(facts->items, facts->capacity * sizeof *facts->items);
    }
    facts->items[facts->count++] = (struct sim_message){.type = type,
                                                        .topic = sim_reported_topics[topic],
                                                        .key = making->contract_id,
                                                        .event = copy,
                                                        .institution = making->institution,
                                                        .poison = poison(making, type, copy)};
}

/* The next version of a fact: mostly newer, sometimes of the same moment, sometimes captured late. */
static struct fact version_of(struct making *making, const char *source, const char *fact_id)
{
    return (struct fact){.fact_id = fact_id,
                         .source = source,
                         .as_of = any(making, 1, 6) * AS_OF_STEP,
                         .sequence = ++making->sequences[making->institution]};
}

static const char *institution_of(const struct making *making)
{
    return making->facts->institutions[making->institution];
}

static void withdraw(struct making *making, int topic, const char *kind, const char *entity_id,
                     const char *source, const char *fact_id)
{
    const struct report_withdrawn event = {.fact = version_of(making, source, fact_id),
                                           .institution = institution_of(making),
                                           .contract_id = making->contract_id,
                                           .kind = kind,
                                           .entity_id = entity_id,
                                           .reason = "ya no aparece"};

    add(making, topic, &report_withdrawn_type, &event);
}

/* --- one kind of fact each --- */

static struct penalty_terms any_terms(struct making *making)
{
    static const int32_t rates[] = {0, 10, 20, 50, 100, 250};
    struct penalty_terms terms = {.stated = !once_in(making, 8),
                                  .origin = "contrato",
                                  .rate_bp = rates[any(making, 0, 5)],
                                  .grace_days = (int32_t)any(making, 0, 2),
                                  .counting_date = (enum counting_date)any(making, 0, 2),
                                  .missing_goods = (enum missing_goods)any(making, 0, 2)};

    terms.has_cap_days = once_in(making, 2);
    terms.cap_days = terms.has_cap_days ? (int32_t)any(making, 1, 5) : 0;
    terms.has_cap_bp = once_in(making, 2);
    terms.cap_bp = terms.has_cap_bp ? (int32_t)any(making, 1, 8) * 50 : 0;
    return terms;
}

static void make_contract(struct making *making)
{
    struct contract_reported event = {.fact =
                                          version_of(making, "imss.contratos", making->contract_id),
                                      .institution = institution_of(making),
                                      .contract_id = making->contract_id,
                                      .contract_number = strchr(making->contract_id, '/') + 1,
                                      .supplier_rfc = "AAA010101AAA",
                                      .supplier_name = "Proveedor inventado",
                                      .legal_regime = "laassp-2025",
                                      .terms = any_terms(making)};

    event.has_guarantee_centavos = once_in(making, 2);
    event.guarantee_centavos = event.has_guarantee_centavos ? any(making, 1, 200) * 1000 : 0;
    add(making, 0, &contract_reported_type, &event);
}

static void make_line(struct making *making, const char *clave)
{
    struct contract_line_reported event = {
        .fact =
            version_of(making, "imss.contratos-partidas",
                       arena_format(&making->facts->arena, "%s|%s", making->contract_id, clave)),
        .institution = institution_of(making),
        .contract_id = making->contract_id,
        .clave = clave,
        .description = "Medicamento inventado"};

    event.has_price_e4 = !once_in(making, 5);
    event.price_e4 = event.has_price_e4 ? any(making, 1, 900000) : 0;
    event.has_maximum_pieces = once_in(making, 2);
    event.maximum_pieces = event.has_maximum_pieces ? any(making, 50, 400) : 0;
    add(making, 0, &contract_line_reported_type, &event);
}

static void make_order(struct making *making, const char *source)
{
    struct order_reported event = {.fact = version_of(making, source, making->order_id),
                                   .institution = institution_of(making),
                                   .contract_id = making->contract_id,
                                   .order_id = making->order_id,
                                   .order_number = making->order_number,
                                   .clave = making->clave,
                                   .pieces = any(making, 0, 200),
                                   .status = once_in(making, 6) ? ORDER_STATUS_CANCELLED
                                                                : ORDER_STATUS_OPEN};

    event.has_price_e4 = once_in(making, 2);
    event.price_e4 = event.has_price_e4 ? any(making, 1, 900000) : 0;
    event.has_due_on = !once_in(making, 6);
    event.due_on = event.has_due_on ? FIRST_DAY + (int32_t)any(making, -2, DAYS) : 0;
    event.has_cancelled_on = event.status == ORDER_STATUS_CANCELLED && once_in(making, 2);
    event.cancelled_on = event.has_cancelled_on ? FIRST_DAY + (int32_t)any(making, 0, DAYS) : 0;
    add(making, 1, &order_reported_type, &event);
}

static void make_shipment(struct making *making, const char *remission, const char *fact_id)
{
    const struct shipment_reported event = {.fact =
                                                version_of(making, "plantilla.remisiones", fact_id),
                                            .institution = institution_of(making),
                                            .contract_id = making->contract_id,
                                            .order_id = making->order_id,
                                            .order_number = making->order_number,
                                            .clave = making->clave,
                                            .supplier_rfc = "AAA010101AAA",
                                            .remission = remission,
                                            .lot = "L1",
                                            .pieces = any(making, 1, 120)};

    add(making, 2, &shipment_reported_type, &event);
}

static void make_receipt(struct making *making, const char *source, const char *receipt_id,
                         const char *remission)
{
    struct receipt_reported event = {.fact = version_of(making, source, receipt_id),
                                     .institution = institution_of(making),
                                     .contract_id = making->contract_id,
                                     .receipt_id = receipt_id,
                                     .order_id = making->order_id,
                                     .order_number = making->order_number,
                                     .clave = making->clave,
                                     .remission = remission,
                                     .lot = "L1",
                                     .pieces = any(making, 1, 150),
                                     .rejected_pieces = once_in(making, 5) ? any(making, 1, 9) : 0,
                                     .kind = once_in(making, 8) ? RECEIPT_KIND_DONATION
                                                                : RECEIPT_KIND_DELIVERY};

    event.has_physical_on = !once_in(making, 8);
    event.physical_on = event.has_physical_on ? FIRST_DAY + (int32_t)any(making, -2, DAYS + 4) : 0;
    event.has_remission_on = once_in(making, 2);
    event.remission_on = event.has_remission_on ? FIRST_DAY + (int32_t)any(making, -2, DAYS) : 0;
    event.has_entry_on = once_in(making, 2);
    event.entry_on = event.has_entry_on ? FIRST_DAY + (int32_t)any(making, -2, DAYS + 4) : 0;
    add(making, 3, &receipt_reported_type, &event);
}

static void make_decision(struct making *making, const char *decision_id)
{
    const struct decision_reported event = {
        .fact = version_of(making, "plantilla.decisiones", decision_id),
        .institution = institution_of(making),
        .contract_id = making->contract_id,
        .decision_id = decision_id,
        .kind = "notificacion",
        .order_id = making->order_id,
        .decided_on = FIRST_DAY + DAYS,
        .has_decided_on = true,
        .document = "OF/1",
        .actor = "inventado",
        .ground = "art. 53",
        .evidence = "ninguna"};

    add(making, 4, &decision_reported_type, &event);
}

/* --- all of an order, all of a contract --- */

static void make_receipts(struct making *making, int64_t orders)
{
    struct arena *arena = &making->facts->arena;
    const int64_t receipts = any(making, 0, 3);

    for (int64_t i = 0; i < receipts; i++) {
        const char *id = arena_format(arena, "R%s-%d", making->order_number, (int)i);
        const char *remission =
            once_in(making, 4) ? NULL : arena_format(arena, "RM%d", (int)any(making, 1, 2));

        for (int64_t version = any(making, 1, VERSIONS_MAX); version > 0; version--) {
            make_receipt(making, "imss.altas", id, remission);
        }
        if (once_in(making, 4)) {
            make_receipt(making, "plantilla.recepciones", id, remission);
        }
        if (once_in(making, 5) && orders > 0) {
            withdraw(making, 3, kinds[3], making->order_id, "imss.altas", id);
        }
    }
}

static void make_shipments(struct making *making)
{
    struct arena *arena = &making->facts->arena;

    for (int i = 1; i <= (int)any(making, 0, 2); i++) {
        const char *remission = arena_format(arena, "RM%d", i);
        const char *id = arena_format(arena, "%s|%s", making->order_id, remission);

        for (int64_t version = any(making, 1, 2); version > 0; version--) {
            make_shipment(making, remission, id);
        }
        if (once_in(making, 6)) {
            withdraw(making, 2, kinds[2], making->order_id, "plantilla.remisiones", id);
        }
    }
}

static void make_whole_order(struct making *making, int64_t number)
{
    struct arena *arena = &making->facts->arena;

    making->order_number = arena_format(arena, "%d", (int)number);
    making->clave = claves[any(making, 0, CLAVES - 1)];
    making->order_id =
        arena_format(arena, "%s|%s|%s", making->contract_id, making->order_number, making->clave);
    if (!once_in(making, 8)) {
        for (int64_t version = any(making, 1, VERSIONS_MAX); version > 0; version--) {
            make_order(making, "imss.ordenes");
        }
    }
    if (once_in(making, 5)) {
        make_order(making, "plantilla.ordenes");
    }
    if (once_in(making, 8)) {
        withdraw(making, 1, kinds[1], making->order_id, "imss.ordenes", making->order_id);
    }
    make_shipments(making);
    make_receipts(making, number);
    if (once_in(making, 4)) {
        make_decision(making, arena_format(arena, "D%s", making->order_number));
    }
}

static void make_whole_contract(struct making *making, int64_t number)
{
    struct arena *arena = &making->facts->arena;
    const int64_t orders = any(making, 1, ORDERS_MAX);

    making->contract_id = arena_format(arena, "%s/C%d", institution_of(making), (int)number);
    if (!once_in(making, 8)) {
        for (int64_t version = any(making, 1, VERSIONS_MAX); version > 0; version--) {
            make_contract(making);
        }
    }
    if (once_in(making, 10)) {
        withdraw(making, 0, kinds[0], making->contract_id, "imss.contratos", making->contract_id);
    }
    for (int i = 0; i < CLAVES; i++) {
        for (int64_t version = any(making, 0, 2); version > 0; version--) {
            make_line(making, claves[i]);
        }
    }
    for (int64_t i = 1; i <= orders; i++) {
        make_whole_order(making, number * 10 + i);
    }
}

void sim_facts_make(struct sim_facts *facts, struct fake_random *random)
{
    struct making making = {.facts = facts, .random = random};

    *facts = (struct sim_facts){.institutions = {"imss", "issste"}, .first_day = FIRST_DAY};
    facts->institution_count = (int)any(&making, 1, SIM_INSTITUTIONS_MAX);
    facts->last_day = FIRST_DAY + (int32_t)any(&making, 3, DAYS);
    facts->poisoned = once_in(&making, 3);
    for (int64_t i = 1, contracts = any(&making, 1, CONTRACTS_MAX); i <= contracts; i++) {
        making.institution = (int)any(&making, 0, facts->institution_count - 1);
        make_whole_contract(&making, any(&making, 0, 30) * 10 + i);
    }
}

void sim_facts_finish(struct sim_facts *facts)
{
    free(facts->items);
    arena_finish(&facts->arena);
    *facts = (struct sim_facts){0};
}
