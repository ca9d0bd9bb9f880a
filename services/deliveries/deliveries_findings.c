#include "common/base/date.h"
#include "common/base/text.h"
#include "services/deliveries/deliveries_judge.h"

#include <inttypes.h>
#include <string.h>

enum {
    SHELF_LIFE_YEARS = 1
}; /* 12 months, which the purchase's technical annex asks for at arrival */

static const char *receipt_subject(const struct delivery_facts *facts, const char *receipt_id,
                                   struct finding_list *findings)
{
    return arena_format(findings->arena, "%s|%s", facts->order_id, receipt_id);
}

/* --- the order as a whole --- */

static void find_without_order(const struct delivery_facts *facts,
                               const struct delivery_judgement *judgement,
                               struct finding_list *findings)
{
    const struct delivery_recorded *event = &judgement->event;

    if (event->status == DELIVERY_STATUS_WITHOUT_ORDER &&
        judgement->receipts.deliveries.count > 0) {
        finding_list_add(findings, "recepcion-sin-orden", facts->order_id,
                         "Se recibieron %" PRId64 " piezas sin orden conocida",
                         event->accepted_pieces);
    }
}

static void find_excess(const struct delivery_facts *facts,
                        const struct delivery_judgement *judgement, struct finding_list *findings)
{
    const struct delivery_recorded *event = &judgement->event;

    if (event->excess_pieces > 0) {
        finding_list_add(findings, "entrega-excedida", facts->order_id,
                         "Se aceptaron %" PRId64 " piezas de %" PRId64 " ordenadas",
                         event->accepted_pieces, event->ordered_pieces);
    }
    if (judgement->receipts.returned_beyond > 0) {
        finding_list_add(findings, "devolucion-excedida", facts->order_id,
                         "Se devolvieron %" PRId64 " piezas más de las recibidas",
                         judgement->receipts.returned_beyond);
    }
}

/* --- remisiones --- */

static void find_shipped_differs(const struct delivery_facts *facts,
                                 const struct delivery_judgement *judgement,
                                 struct finding_list *findings)
{
    for (size_t i = 0; i < judgement->transit.count; i++) {
        const struct remission_balance *balance = &judgement->transit.remissions[i];

        if (balance->arrived > 0 && balance->arrived != balance->shipped) {
            finding_list_add(findings, "embarcado-distinto-de-recibido",
                             receipt_subject(facts, balance->remission, findings),
                             "La remisión %s embarcó %" PRId64 " piezas y llegaron %" PRId64,
                             balance->remission, balance->shipped, balance->arrived);
        }
    }
}

/* --- each receipt --- */

/* The same day of the next year; 28 February where there is no 29. */
static int32_t a_year_later(int32_t date)
{
    struct civil civil = date_to_civil(date);
    int32_t later = date;

    civil.year += SHELF_LIFE_YEARS;
    if (!date_from_civil(civil, &later)) {
        civil.day = 28;
        if (!date_from_civil(civil, &later)) {
            return INT32_MAX; /* beyond the year 9999 */
        }
    }
    return later;
}

static bool shelf_life_is_short(const struct counted_receipt *receipt, int32_t *arrived_on)
{
    const struct receipt_reported *said = &receipt->fact->said;

    *arrived_on = said->has_physical_on ? said->physical_on : receipt->counted_on;
    return said->has_expires_on && (said->has_physical_on || receipt->has_counted_on) &&
           said->expires_on < a_year_later(*arrived_on);
}

static bool has_exchange_letter(const struct counted_receipt *receipt)
{
    return receipt->fact->said.has_exchange_letter && receipt->fact->said.exchange_letter;
}

static void find_short_shelf_life(const struct delivery_facts *facts,
                                  const struct counted_receipts *receipts,
                                  struct finding_list *findings)
{
    for (size_t i = 0; i < receipts->count; i++) {
        const struct counted_receipt *receipt = &receipts->items[i];
        const struct receipt_reported *said = &receipt->fact->said;
        int32_t arrived_on;

        if (shelf_life_is_short(receipt, &arrived_on) && !has_exchange_letter(receipt)) {
            finding_list_add(findings, "caducidad-corta",
                             receipt_subject(facts, said->receipt_id, findings),
                             "Llegó el %s y caduca el %s: menos de 12 meses, sin carta de canje "
                             "conocida",
                             finding_list_date(findings, arrived_on),
                             finding_list_date(findings, said->expires_on));
            finding_list_rests_on(findings, &receipt->fact->row.fact);
        }
    }
}

static void find_missing_date(const struct delivery_facts *facts,
                              const struct counted_receipts *receipts,
                              struct finding_list *findings)
{
    for (size_t i = 0; i < receipts->count; i++) {
        const struct counted_receipt *receipt = &receipts->items[i];

        if (receipt->fell_back || !receipt->has_counted_on) {
            finding_list_add(findings, "falta-fecha-que-cuenta",
                             receipt_subject(facts, receipt->fact->said.receipt_id, findings), "%s",
                             receipt->has_counted_on
                                 ? "Falta la fecha que el contrato cuenta: se usa la física"
                                 : "Falta la fecha que el contrato cuenta, y la física");
            finding_list_rests_on(findings, &receipt->fact->row.fact);
        }
    }
}

static void find_after_cancellation(const struct delivery_facts *facts,
                                    const struct delivery_judgement *judgement,
                                    struct finding_list *findings)
{
    const struct counted_receipts *deliveries = &judgement->receipts.deliveries;

    if (judgement->event.status != DELIVERY_STATUS_CANCELLED || !facts->order->has_cancelled_on) {
        return;
    }
    for (size_t i = 0; i < deliveries->count; i++) {
        const struct counted_receipt *receipt = &deliveries->items[i];

        if (receipt->has_counted_on && receipt->counted_on > facts->order->cancelled_on) {
            finding_list_add(findings, "recepcion-tras-cancelacion",
                             receipt_subject(facts, receipt->fact->said.receipt_id, findings),
                             "Se recibió el %s una orden cancelada el %s",
                             finding_list_date(findings, receipt->counted_on),
                             finding_list_date(findings, facts->order->cancelled_on));
            finding_list_rests_on(findings, &receipt->fact->row.fact);
        }
    }
}

/* --- sources --- */

static bool tell_otherwise(const struct receipt_fact *a, const struct receipt_fact *b)
{
    return a->said.pieces != b->said.pieces || a->said.kind != b->said.kind ||
           (a->said.has_physical_on && b->said.has_physical_on &&
            a->said.physical_on != b->said.physical_on);
}

/* One finding for a receipt that several sources report differently. */
static void find_disagreement(const struct delivery_facts *facts,
                              const struct counted_receipts *receipts,
                              struct finding_list *findings)
{
    for (size_t i = 0; i < receipts->count; i++) {
        const struct receipt_fact *believed = receipts->items[i].fact;

        for (size_t j = 0; j < facts->receipts.count; j++) {
            const struct receipt_fact *other = facts->receipts.items[j];

            if (!other->row.withdrawn &&
                text_equal(other->said.receipt_id, believed->said.receipt_id) &&
                tell_otherwise(believed, other)) {
                finding_list_add(findings, "fuentes-discrepan",
                                 receipt_subject(facts, believed->said.receipt_id, findings),
                                 "Las fuentes no dicen lo mismo de la recepción %s: se toma %s",
                                 believed->said.receipt_id, believed->row.fact.source);
                finding_list_rests_on(findings, &believed->row.fact);
                break;
            }
        }
    }
}

/* A copy that says other pieces than what counts; it counts nothing itself (deliveries_sort_receipts). */
static void find_copy_differs(const struct delivery_facts *facts,
                              const struct counted_receipts *deliveries,
                              struct finding_list *findings)
{
    const struct receipt_fact *copy = NULL;
    int64_t copied = 0;
    int64_t counted = 0;

    for (size_t i = 0; i < deliveries->count; i++) {
        counted += deliveries->items[i].fact->said.pieces;
        if (fact_is_copy(&deliveries->items[i].fact->row.fact)) {
            return; /* nobody else reports any */
        }
    }
    for (size_t i = 0; i < facts->receipts.count; i++) {
        const struct receipt_fact *fact = facts->receipts.items[i];

        if (!fact->row.withdrawn && fact_is_copy(&fact->row.fact) &&
            fact->said.kind == RECEIPT_KIND_DELIVERY) {
            copied += fact->said.pieces;
            copy = fact;
        }
    }
    if (copy != NULL && copied != counted) {
        finding_list_add(findings, "fuentes-discrepan", facts->order_id,
                         "La copia %s dice %" PRId64 " piezas y lo reportado %" PRId64
                         ": vale lo reportado",
                         copy->row.fact.source, copied, counted);
        finding_list_rests_on(findings, &copy->row.fact);
    }
}

void deliveries_findings(const struct delivery_facts *facts,
                         const struct delivery_judgement *judgement, struct finding_list *findings)
{
    const struct sorted_receipts *receipts = &judgement->receipts;

    find_without_order(facts, judgement, findings);
    find_excess(facts, judgement, findings);
    find_shipped_differs(facts, judgement, findings);
    find_short_shelf_life(facts, &receipts->deliveries, findings);
    find_short_shelf_life(facts, &receipts->outside, findings);
    find_missing_date(facts, &receipts->deliveries, findings);
    find_after_cancellation(facts, judgement, findings);
    find_disagreement(facts, &receipts->deliveries, findings);
    find_disagreement(facts, &receipts->returns, findings);
    find_disagreement(facts, &receipts->outside, findings);
    find_copy_differs(facts, &receipts->deliveries, findings);
}
