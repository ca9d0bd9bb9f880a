#include "common/domain/shard.h"
#include "services/facts/fact.h"
#include "tests/simulation/sim_model.h"
#include "tests/simulation/sim_oracle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the services keep: of each fact its newest version and no other, and the sums that are moved by (new - old). */

enum { CONTRACTS, SHIPMENTS, DELIVERIES, SANCTIONS }; /* in the order of sim_services */

static const struct table *table_named(int service, const char *name)
{
    const struct table *const *tables = sim_services()[service]->tables;

    while (*tables != NULL && strcmp((*tables)->name, name) != 0) {
        tables++;
    }
    if (*tables == NULL) {
        abort();
    }
    return *tables;
}

static const struct fake_row *rows_of(struct sim_world *world, int service,
                                      const struct table *table, const char *owner, size_t *count)
{
    const char *contract = arena_text(&world->arena, owner, strcspn(owner, "|"));
    const struct fake_shard *shard =
        &world->databases[service].shards[shard_of(contract, SIM_SHARDS)];

    return fake_shard_rows(shard, table, owner, count);
}

/* --- facts --- */

static bool is_kept(struct sim_world *world, const struct sim_row *row, const struct fact_row *kept)
{
    const char *key = arena_format(&world->arena, "%s|%s", row->fact->source, row->fact->fact_id);

    return strcmp(kept->key, key) == 0 && kept->fact.as_of == row->fact->as_of &&
           kept->fact.sequence == row->fact->sequence && kept->withdrawn == (row->event == NULL);
}

static bool check_facts_of(struct sim_world *world, int service, const struct table *table,
                           enum sim_entity entity, const char *owner)
{
    struct sim_rows expected;
    size_t count;
    const struct fake_row *rows = rows_of(world, service, table, owner, &count);

    sim_rows_of(world, entity, owner, &expected);
    if (count != expected.count) {
        return sim_fail(world, "%s of %s has %zu rows and must have %zu", table->name, owner, count,
                        expected.count);
    }
    for (size_t i = 0; i < expected.count; i++) {
        size_t at = 0;

        while (at < count && !is_kept(world, &expected.items[i], rows[at].row)) {
            at++;
        }
        if (at == count) {
            return sim_fail(world, "%s of %s has not the newest version of %s", table->name, owner,
                            expected.items[i].fact->fact_id);
        }
    }
    return true;
}

static bool check_facts(struct sim_world *world)
{
    const struct {
        int service;
        const char *table;
        enum sim_entity entity;
    } kept[] = {
        {CONTRACTS, "contract_fact", SIM_CONTRACT}, {CONTRACTS, "line_fact", SIM_LINE},
        {CONTRACTS, "order_fact", SIM_ORDER},       {SHIPMENTS, "lot_fact", SIM_SHIPMENT},
        {DELIVERIES, "receipt_fact", SIM_RECEIPT},  {SANCTIONS, "decision_fact", SIM_DECISION}};

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        size_t count;
        const char **ids = sim_ids(world, kept[i].entity, &count);

        for (size_t j = 0; j < count; j++) {
            if (!check_facts_of(world, kept[i].service, table_named(kept[i].service, kept[i].table),
                                kept[i].entity, ids[j])) {
                return false;
            }
        }
    }
    return true;
}

/* --- sums --- */

/* A number that the one row of an owner holds; 0: there is no row. */
static int64_t number_of(struct sim_world *world, int service, const char *name, const char *column,
                         const char *owner)
{
    const struct table *table = table_named(service, name);
    size_t count;
    const struct fake_row *rows = rows_of(world, service, table, owner, &count);

    for (size_t i = 0; count > 0 && i < table->column_count; i++) {
        if (strcmp(table->columns[i].name, column) == 0) {
            int64_t value;

            memcpy(&value, (const unsigned char *)rows[0].row + table->columns[i].offset,
                   sizeof value);
            return value;
        }
    }
    return count == 0 ? 0 : sim_fail(world, "%s has no column %s", name, column);
}

static bool same(struct sim_world *world, int service, const char *table, const char *column,
                 const char *owner, int64_t expected)
{
    const int64_t kept = number_of(world, service, table, column, owner);

    return expected == kept || sim_fail(world, "%s.%s of %s is %" PRId64 " and must be %" PRId64,
                                        table, column, owner, kept, expected);
}

static bool check_order(struct sim_world *world, const struct sim_order *order)
{
    const bool counts = order->order != NULL && order->order->status == ORDER_STATUS_OPEN;
    const char *id = order->order_id;
    struct sim_line line;

    sim_line_judge(world, order->line_id, &line);
    return same(world, CONTRACTS, "order_state", "counted_orders", id, counts ? 1 : 0) &&
           same(world, CONTRACTS, "order_state", "counted_pieces", id,
                counts ? order->order->pieces : 0) &&
           same(world, CONTRACTS, "line_state", "orders", order->line_id, line.orders) &&
           same(world, CONTRACTS, "line_state", "ordered_pieces", order->line_id, line.pieces) &&
           same(world, SANCTIONS, "sanction_state", "amount_centavos", id, order->amount_centavos);
}

static bool check_contract(struct sim_world *world, const char *contract_id, const char **orders,
                           size_t count)
{
    int64_t owed = 0;

    for (size_t i = 0; i < count; i++) {
        struct sim_order order;

        sim_order_judge(world, orders[i], &order);
        owed += strcmp(order.contract_id, contract_id) == 0 ? order.amount_centavos : 0;
    }
    return same(world, SANCTIONS, "contract_sum", "amount_centavos", contract_id, owed);
}

bool sim_oracle_tables(struct sim_world *world)
{
    size_t count;
    const char **orders = sim_ids(world, SIM_ORDER, &count);
    bool good = check_facts(world);

    for (size_t i = 0; good && i < count; i++) {
        struct sim_order order;

        sim_order_judge(world, orders[i], &order);
        good =
            check_order(world, &order) && check_contract(world, order.contract_id, orders, count);
    }
    return good;
}
