#include "common/runtime/service.h"
#include "events.h"

/* The smallest stage of the runtime, the one that is compared with what others would write by hand: each event is
 * one row, put by its key, and one event out. */

struct delivery {
    const char *receipt_id;
    const char *contract;
    const char *order_id;
    const char *clave;
    const char *clues;
    const char *lot;
    int32_t expiry;
    int32_t quantity;
    int64_t unit_price;
    int64_t received_at;
};

static const struct column delivery_columns[] = {
    COLUMN(struct delivery, receipt_id, COLUMN_TEXT),
    COLUMN(struct delivery, contract, COLUMN_TEXT),
    COLUMN(struct delivery, order_id, COLUMN_TEXT),
    COLUMN(struct delivery, clave, COLUMN_TEXT),
    COLUMN(struct delivery, clues, COLUMN_TEXT),
    COLUMN(struct delivery, lot, COLUMN_TEXT),
    COLUMN(struct delivery, expiry, COLUMN_INT32),
    COLUMN(struct delivery, quantity, COLUMN_INT32),
    COLUMN(struct delivery, unit_price, COLUMN_INT64),
    COLUMN(struct delivery, received_at, COLUMN_INT64),
};
static const struct table delivery_table = TABLE(struct delivery, "delivery", 1, delivery_columns);

static void needs_nothing(struct work *work, const struct message *message)
{
    (void)work;
    (void)message;
}

static bool on_receipt(struct work *work, const struct message *message, struct error *err)
{
    const struct receipt_taken *event = message->event;
    const struct delivery row = {
        event->receipt_id, event->contract, event->order_id, event->clave,      event->clues,
        event->lot,        event->expiry,   event->quantity, event->unit_price, event->received_at};
    const struct receipt_accepted out = {.receipt_id = event->receipt_id,
                                         .contract = event->contract,
                                         .amount = event->quantity * event->unit_price,
                                         .received_at = event->received_at};

    work_put(work, &delivery_table, &row);
    return work_emit(work, "bench.accepted", event->contract, &receipt_accepted_type, &out, err);
}

static const struct handler handlers[] = {
    {"mx.abasto.bench.ReceiptTaken", needs_nothing, on_receipt},
    {0},
};

static const struct service plain = {
    .name = "plain",
    .inputs = (const char *const[]){"bench.receipts", NULL},
    .outputs = (const char *const[]){"bench.accepted", NULL},
    .tables = (const struct table *const[]){&delivery_table, NULL},
    .handlers = handlers,
    .rule_version = 1,
};

int main(int argc, char **argv)
{
    return service_main(&plain, argc, argv);
}
