#include "cli/trace_order.h"

#include "cli/connection.h"
#include "cli/event_view.h"
#include "common/domain/contract_number.h"
#include "common/domain/order_number.h"
#include "common/domain/shard.h"
#include "events.h"
#include "topics.h"

#include <stdlib.h>
#include <string.h>

enum { TRACE_AT = 3, TRACE_DIGITS = 32, SPAN_AT = 36, SPAN_DIGITS = 16, PARENT_LENGTH = 55 };

static const char *const institutions[] = {"imss", "issste", "imss-bienestar"};

struct search {
    struct broker *broker;
    struct arena *arena; /* as long as the result */
    struct arena record; /* of the record in hand */
    const char *order;   /* as it was said */
    struct order_number number;
    const char **contracts; /* contract ids it may be under */
    size_t contract_count;
    size_t contract_capacity;
    bool everywhere;        /* the contract is what is looked for */
    struct trace_hops hops; /* of those contracts, of whatever order */
};

static void *grown(struct arena *arena, const void *items, size_t count, size_t *capacity,
                   size_t item_bytes)
{
    void *out;

    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    out = arena_array(arena, *capacity, item_bytes);
    if (count > 0) {
        memcpy(out, items, count * item_bytes);
    }
    return out;
}

/* --- whose event it is --- */

/* What an event speaks of, as far as it is an order line: `<contract_id>|<order>|<clave>`. */
static const char *order_of(const struct event_view *view)
{
    static const char *const members[] = {"order_id", "entity_id", "subject"};

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *text = event_view_text(view, members[i]);
        const char *bar = text == NULL ? NULL : strchr(text, '|');

        if (bar != NULL && strchr(bar + 1, '|') != NULL) {
            return text;
        }
    }
    return NULL;
}

/* Whether an order line is of the order that was asked for: by its id, with or without the clave, or its number. */
static bool is_asked(const struct search *search, const char *order_id)
{
    const char *number = strchr(order_id, '|') + 1;
    const size_t length = strcspn(number, "|");
    const size_t whole = (size_t)(number - order_id) + length;

    return strcmp(order_id, search->order) == 0 ||
           (strlen(search->order) == whole && strncmp(order_id, search->order, whole) == 0) ||
           (strlen(search->order) == length && strncmp(number, search->order, length) == 0) ||
           (search->number.text[0] != '\0' && strlen(search->number.text) == length &&
            strncmp(number, search->number.text, length) == 0);
}

/* --- where to look --- */

static bool is_known(const struct search *search, struct bytes key)
{
    for (size_t i = 0; i < search->contract_count; i++) {
        if (strlen(search->contracts[i]) == key.size && key.size > 0 &&
            memcmp(search->contracts[i], key.data, key.size) == 0) {
            return true;
        }
    }
    return false;
}

static void add_contract(struct search *search, const char *contract_id)
{
    if (is_known(search, (struct bytes){(const uint8_t *)contract_id, strlen(contract_id)})) {
        return;
    }
    if (search->contract_count == search->contract_capacity) {
        search->contracts = grown(search->arena, search->contracts, search->contract_count,
                                  &search->contract_capacity, sizeof *search->contracts);
    }
    search->contracts[search->contract_count++] = arena_copy(search->arena, contract_id);
}

/* A number may be of any institution. */
static void read_contract(struct search *search, const char *contract)
{
    const struct contract_number number = contract_number_read(contract);

    add_contract(search, contract);
    for (size_t i = 0; i < sizeof institutions / sizeof institutions[0]; i++) {
        add_contract(search, contract_number_id(search->arena, institutions[i], number.text));
    }
}

static bool holds_known(const struct search *search, int32_t partition, int32_t partitions)
{
    for (size_t i = 0; i < search->contract_count; i++) {
        if (shard_of(search->contracts[i], partitions) == partition) {
            return true;
        }
    }
    return search->everywhere;
}

typedef bool visit_record(void *context, const struct bus_message *message, struct error *err);

/* All partitions of a topic that may hold what is looked for. */
static bool scan_topic(struct search *search, const char *topic, visit_record *visit,
                       struct error *err)
{
    const struct bus_operations *operations = search->broker->bus->operations;
    int32_t partitions;
    bool good = operations->partitions(search->broker->bus, topic, &partitions, err);

    for (int32_t i = 0; good && i < partitions; i++) {
        int64_t end = 0;

        if (holds_known(search, i, partitions)) {
            good = operations->end_offset(search->broker->bus, topic, i, &end, err) &&
                   (end == 0 ||
                    operations->scan(search->broker->bus, topic, i, 0, visit, search, err));
        }
    }
    return good;
}

static bool learn_contract(void *context, const struct bus_message *message, struct error *err)
{
    struct search *search = context;
    struct event_view view;
    const char *order_id;

    (void)err;
    event_view_read(message, search->broker->registry, &search->record, &view);
    order_id = order_of(&view);
    if (order_id != NULL && is_asked(search, order_id)) {
        add_contract(search, arena_text(&search->record, order_id, strcspn(order_id, "|")));
    }
    arena_reset(&search->record);
    return true;
}

/* Nobody has to know the contract: every partition is read once to find it. */
static bool find_contracts(struct search *search, struct error *err)
{
    search->everywhere = true;
    for (size_t i = 0; i < topic_declaration_count; i++) {
        if (topic_declarations[i].kind == TOPIC_SEQUENCED &&
            !scan_topic(search, topic_declarations[i].name, learn_contract, err)) {
            return false;
        }
    }
    search->everywhere = false;
    return true;
}

/* --- what is found --- */

static const char *short_name(const struct event_view *view)
{
    const char *name = view->event_type != NULL ? view->event_type->name : view->type;

    return name == NULL ? "?" : name;
}

static void put_trace(const struct search *search, const struct event_view *view,
                      struct trace_hop *hop)
{
    if (view->traceparent != NULL && strlen(view->traceparent) == PARENT_LENGTH) {
        hop->trace_id = arena_text(search->arena, view->traceparent + TRACE_AT, TRACE_DIGITS);
        hop->span_id = arena_text(search->arena, view->traceparent + SPAN_AT, SPAN_DIGITS);
    }
}

static void put_origin(const struct search *search, const struct event_view *view,
                       struct trace_hop *hop)
{
    const struct record_field *field =
        view->event_type == NULL ? NULL : record_field_named(view->event_type, "fact");

    if (field != NULL && field->type == FIELD_RECORD && field->record == &fact_type) {
        const struct fact *fact =
            (const void *)((const unsigned char *)view->event + field->offset);

        hop->file = arena_copy(search->arena, fact->file);
        hop->row = fact->row;
    }
}

static void add_hop(struct search *search, const struct event_view *view)
{
    struct trace_hops *hops = &search->hops;
    struct trace_hop *hop;

    if (hops->count == hops->capacity) {
        hops->items =
            grown(search->arena, hops->items, hops->count, &hops->capacity, sizeof *hops->items);
    }
    hop = &hops->items[hops->count++];
    *hop = (struct trace_hop){.topic = arena_copy(search->arena, view->topic),
                              .partition = view->partition,
                              .offset = view->offset,
                              .event = arena_copy(search->arena, short_name(view)),
                              .contract_id = arena_copy(search->arena, view->key),
                              .order_id = arena_copy(search->arena, order_of(view)),
                              .timestamp_ms = view->timestamp_ms};
    put_trace(search, view, hop);
    put_origin(search, view, hop);
}

static bool collect(void *context, const struct bus_message *message, struct error *err)
{
    struct search *search = context;
    struct event_view view;
    const char *order_id;

    (void)err;
    if (!is_known(search, message->key)) {
        return true;
    }
    event_view_read(message, search->broker->registry, &search->record, &view);
    order_id = order_of(&view);
    if (order_id == NULL || is_asked(search, order_id)) {
        add_hop(search, &view);
    }
    arena_reset(&search->record);
    return true;
}

static bool same_trace(const struct trace_hop *a, const struct trace_hop *b)
{
    return a->trace_id != NULL && b->trace_id != NULL && strcmp(a->trace_id, b->trace_id) == 0;
}

/* What names the order stays, and of the rest what is of a trace that reached it. */
static bool belongs(const struct trace_hops *all, const struct trace_hop *hop)
{
    for (size_t i = 0; i < all->count && hop->order_id == NULL; i++) {
        if (all->items[i].order_id != NULL && same_trace(&all->items[i], hop)) {
            return true;
        }
    }
    return hop->order_id != NULL;
}

static void keep_own(struct search *search, struct trace_hops *out)
{
    const struct trace_hops *all = &search->hops;

    *out = (struct trace_hops){.items =
                                   arena_array(search->arena, all->count + 1, sizeof *out->items)};
    for (size_t i = 0; i < all->count; i++) {
        if (belongs(all, &all->items[i])) {
            out->items[out->count++] = all->items[i];
        }
    }
}

/* --- their order --- */

static size_t rank_of(const char *topic)
{
    size_t rank = 0;

    while (rank < topic_declaration_count && strcmp(topic_declarations[rank].name, topic) != 0) {
        rank++;
    }
    return rank;
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

/* The broker's time; where it is the same, the way of the data, as topics are declared. */
static int by_time(const void *left, const void *right)
{
    const struct trace_hop *a = left;
    const struct trace_hop *b = right;
    const int time = compare(a->timestamp_ms, b->timestamp_ms);
    const int topic = compare((int64_t)rank_of(a->topic), (int64_t)rank_of(b->topic));
    const int partition = compare(a->partition, b->partition);

    return time != 0        ? time
           : topic != 0     ? topic
           : partition != 0 ? partition
                            : compare(a->offset, b->offset);
}

/* Moves the hops of one trace behind its first one, in their order, and numbers them. Returns how many. */
static size_t gather(struct trace_hop *hops, size_t count)
{
    size_t taken = 1;

    hops[0].number = 1;
    for (size_t i = 1; i < count; i++) {
        if (same_trace(&hops[0], &hops[i])) {
            struct trace_hop hop = hops[i];

            memmove(hops + taken + 1, hops + taken, (i - taken) * sizeof hop);
            hop.number = taken + 1;
            hop.delay_ms = hop.timestamp_ms - hops[taken - 1].timestamp_ms;
            hops[taken++] = hop;
        }
    }
    return taken;
}

static void share_origin(struct trace_hop *hops, size_t count)
{
    size_t first = 0;

    while (first < count && hops[first].file == NULL) {
        first++;
    }
    for (size_t i = 0; i < count && first < count; i++) {
        if (hops[i].file == NULL) {
            hops[i].file = hops[first].file;
            hops[i].row = hops[first].row;
        }
    }
}

static void put_in_order(struct trace_hops *hops)
{
    size_t done = 0;

    if (hops->count > 0) {
        qsort(hops->items, hops->count, sizeof *hops->items, by_time);
    }
    while (done < hops->count) {
        const size_t taken = gather(hops->items + done, hops->count - done);

        share_origin(hops->items + done, taken);
        done += taken;
    }
}

static bool collect_all(struct search *search, struct error *err)
{
    for (size_t i = 0; i < topic_declaration_count; i++) {
        const enum topic_kind kind = topic_declarations[i].kind;

        if ((kind == TOPIC_SEQUENCED || kind == TOPIC_FINDINGS) &&
            !scan_topic(search, topic_declarations[i].name, collect, err)) {
            return false;
        }
    }
    return true;
}

bool trace_order_find(struct broker *broker, const char *order, const char *const *contracts,
                      size_t contract_count, struct arena *arena, struct trace_hops *out,
                      struct error *err)
{
    struct search search = {
        .broker = broker, .arena = arena, .order = order, .number = order_number_read(order)};
    bool good;

    for (size_t i = 0; i < contract_count; i++) {
        read_contract(&search, contracts[i]);
    }
    if (strchr(order, '|') != NULL) {
        add_contract(&search, arena_text(arena, order, strcspn(order, "|")));
    }
    good = search.contract_count > 0 || find_contracts(&search, err);
    if (good && search.contract_count > 0) {
        good = collect_all(&search, err);
    }
    arena_finish(&search.record);
    if (good) {
        keep_own(&search, out);
        put_in_order(out);
    }
    return good || connection_explain(err, "Kafka");
}
