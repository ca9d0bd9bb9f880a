#include "common/store/store_pg_part.h"
#include "common/store/store_pg_result.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A commit on its way: what every step needs. */
struct sending {
    struct store_pg *store;
    struct store_pg_link *link;
    struct store_pg_exchange *exchange;
    const struct store_commit *commit;
    struct error *err;
};

/* Every statement names the shard first. */
static struct store_pg_params *begin(struct sending *sending)
{
    struct store_pg_params *params = &sending->store->params;

    store_pg_params_clear(params);
    store_pg_param_int32(params, sending->commit->shard);
    return params;
}

static bool add(struct sending *sending, enum store_pg_own own)
{
    return store_pg_add_own(sending->store, sending->link, sending->exchange, own, sending->err);
}

/* An array parameter of one member of a list of structs. */
#define TEXTS(params, items, count, member)                                                        \
    do {                                                                                           \
        store_pg_array_begin((params), STORE_PG_OID_TEXT, (count));                                \
        for (size_t at = 0; at < (count); at++) {                                                  \
            store_pg_array_text((params), (items)[at].member);                                     \
        }                                                                                          \
        store_pg_array_end(params);                                                                \
    } while (0)
#define INT64S(params, items, count, member)                                                       \
    do {                                                                                           \
        store_pg_array_begin((params), STORE_PG_OID_INT64, (count));                               \
        for (size_t at = 0; at < (count); at++) {                                                  \
            store_pg_array_int64((params), (items)[at].member);                                    \
        }                                                                                          \
        store_pg_array_end(params);                                                                \
    } while (0)
#define INT32S(params, items, count, member)                                                       \
    do {                                                                                           \
        store_pg_array_begin((params), STORE_PG_OID_INT32, (count));                               \
        for (size_t at = 0; at < (count); at++) {                                                  \
            store_pg_array_int32((params), (items)[at].member);                                    \
        }                                                                                          \
        store_pg_array_end(params);                                                                \
    } while (0)

static bool add_advance(struct sending *sending)
{
    const struct store_commit *commit = sending->commit;
    struct store_pg_params *params = begin(sending);

    store_pg_param_int64(params, commit->incarnation);
    store_pg_param_int64(params, commit->epoch);
    store_pg_param_int64(params, commit->batch);
    TEXTS(params, commit->advances, commit->advance_count, topic);
    INT64S(params, commit->advances, commit->advance_count, from);
    INT64S(params, commit->advances, commit->advance_count, to);
    store_pg_param_int64(params, commit->published);
    store_pg_param_int32(params, sending->store->options.rule_version);
    return add(sending, STORE_PG_ADVANCE);
}

/* --- rows of the service's tables -------------------------------------------------------------- */

static Oid array_oid(enum column_type type)
{
    switch (type) {
    case COLUMN_TEXT:
        return STORE_PG_OID_TEXT;
    case COLUMN_INT64:
        return STORE_PG_OID_INT64;
    case COLUMN_INT32:
        return STORE_PG_OID_INT32;
    case COLUMN_DATE:
        return STORE_PG_OID_DATE;
    case COLUMN_BOOL:
        return STORE_PG_OID_BOOL;
    }
    return 0;
}

static void put_member(struct store_pg_params *params, const struct column *column,
                       const unsigned char *row)
{
    const void *member = row + column->offset;

    if (column->nullable && column->type != COLUMN_TEXT &&
        !*(const bool *)(const void *)(row + column->presence_offset)) {
        store_pg_array_null(params);
        return;
    }
    switch (column->type) {
    case COLUMN_TEXT:
        store_pg_array_text(params, *(const char *const *)member);
        break;
    case COLUMN_INT64:
        store_pg_array_int64(params, *(const int64_t *)member);
        break;
    case COLUMN_INT32:
        store_pg_array_int32(params, *(const int32_t *)member);
        break;
    case COLUMN_DATE:
        store_pg_array_date(params, *(const int32_t *)member);
        break;
    case COLUMN_BOOL:
        store_pg_array_bool(params, *(const bool *)member);
        break;
    }
}

struct keyed {
    const char *owner;
    const char *id;
    const unsigned char *row;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *left = a;
    const struct keyed *right = b;
    const int order = strcmp(left->owner, right->owner);

    return order != 0 ? order : strcmp(left->id, right->id);
}

static const char *key_of(const struct table *table, const unsigned char *row, size_t column)
{
    return *(const char *const *)(const void *)(row + table->columns[column].offset);
}

static bool add_write(struct sending *sending, const struct store_write *write)
{
    const struct table *table = write->table;
    struct store_pg_params *params = begin(sending);
    struct keyed *rows = memory_alloc(write->row_count * sizeof *rows);
    const char *statement;

    for (size_t i = 0; i < write->row_count; i++) {
        const unsigned char *row = write->rows[i];

        rows[i] = (struct keyed){key_of(table, row, 0),
                                 table->key_columns > 1 ? key_of(table, row, 1) : "", row};
    }
    /* always in one order, so that two sessions never wait for each other's rows */
    qsort(rows, write->row_count, sizeof *rows, by_key);
    for (size_t i = 0; i < table->column_count; i++) {
        store_pg_array_begin(params, array_oid(table->columns[i].type), write->row_count);
        for (size_t j = 0; j < write->row_count; j++) {
            put_member(params, &table->columns[i], rows[j].row);
        }
        store_pg_array_end(params);
    }
    free(rows);
    if (!store_pg_statement_of(&sending->store->statements, table, STORE_PG_TABLE_SAVE, &statement,
                               sending->err)) {
        store_pg_link_close(sending->link, "sentencia desconocida");
        store_pg_link_drop(sending->link, sending->exchange);
        return false;
    }
    return store_pg_link_add(sending->link, sending->exchange, statement, params, sending->err);
}

static bool add_touch(struct sending *sending, const struct store_touch *touch)
{
    struct store_pg_params *params = begin(sending);
    const char *statement;

    if (!store_pg_statement_of(&sending->store->statements, touch->table, STORE_PG_TABLE_TOUCH,
                               &statement, sending->err)) {
        store_pg_link_close(sending->link, "sentencia desconocida");
        store_pg_link_drop(sending->link, sending->exchange);
        return false;
    }
    store_pg_param_int32(params, STORE_DUE_NOW);
    store_pg_param_text(params, touch->kind);
    store_pg_param_text(params, touch->prefix);
    store_pg_param_text(params, touch->traceparent);
    return store_pg_link_add(sending->link, sending->exchange, statement, params, sending->err);
}

/* --- the runtime's own ------------------------------------------------------------------------- */

static bool add_agenda(struct sending *sending, enum store_pg_own own,
                       const struct store_agenda *items, size_t count)
{
    struct store_pg_params *params;

    if (count == 0) {
        return true;
    }
    params = begin(sending);
    INT32S(params, items, count, due);
    TEXTS(params, items, count, kind);
    TEXTS(params, items, count, key);
    if (own == STORE_PG_LATER) {
        TEXTS(params, items, count, traceparent);
    }
    return add(sending, own);
}

static bool add_sequences(struct sending *sending)
{
    const struct store_sequence *items = sending->commit->sequences;
    const size_t count = sending->commit->sequence_count;
    struct store_pg_params *params = begin(sending);

    if (count == 0) {
        return true;
    }
    TEXTS(params, items, count, topic);
    INT32S(params, items, count, partition);
    INT64S(params, items, count, incarnation);
    INT64S(params, items, count, seq);
    INT64S(params, items, count, acked_offset);
    return add(sending, STORE_PG_PUT_SEQUENCES);
}

static bool add_heard(struct sending *sending)
{
    const struct store_heard *items = sending->commit->heard;
    const size_t count = sending->commit->heard_count;
    struct store_pg_params *params = begin(sending);

    if (count == 0) {
        return true;
    }
    TEXTS(params, items, count, producer);
    INT32S(params, items, count, producer_shard);
    TEXTS(params, items, count, topic);
    INT64S(params, items, count, incarnation);
    INT64S(params, items, count, seq);
    store_pg_array_begin(params, STORE_PG_OID_BOOL, count);
    for (size_t i = 0; i < count; i++) {
        store_pg_array_bool(params, items[i].gap);
    }
    store_pg_array_end(params);
    return add(sending, STORE_PG_PUT_HEARD);
}

static bool add_days(struct sending *sending)
{
    const struct store_commit *commit = sending->commit;
    struct store_pg_params *params = begin(sending);

    if (commit->watermark_count > 0) {
        TEXTS(params, commit->watermarks, commit->watermark_count, topic);
        TEXTS(params, commit->watermarks, commit->watermark_count, producer);
        TEXTS(params, commit->watermarks, commit->watermark_count, institution);
        INT32S(params, commit->watermarks, commit->watermark_count, day);
        if (!add(sending, STORE_PG_PUT_WATERMARKS)) {
            return false;
        }
    }
    if (commit->forwarded_count == 0) {
        return true;
    }
    params = begin(sending);
    TEXTS(params, commit->forwarded, commit->forwarded_count, institution);
    INT32S(params, commit->forwarded, commit->forwarded_count, day);
    return add(sending, STORE_PG_PUT_FORWARDED);
}

static bool add_quarantine(struct sending *sending)
{
    const struct store_quarantine *items = sending->commit->quarantine;
    const size_t count = sending->commit->quarantine_count;
    struct store_pg_params *params = begin(sending);

    if (count == 0) {
        return true;
    }
    TEXTS(params, items, count, id);
    TEXTS(params, items, count, institution);
    TEXTS(params, items, count, source);
    INT64S(params, items, count, position);
    TEXTS(params, items, count, column);
    TEXTS(params, items, count, found);
    TEXTS(params, items, count, expected);
    TEXTS(params, items, count, reason);
    TEXTS(params, items, count, action);
    store_pg_array_begin(params, STORE_PG_OID_BYTEA, count);
    for (size_t i = 0; i < count; i++) {
        store_pg_array_bytes(params, items[i].payload);
    }
    store_pg_array_end(params);
    return add(sending, STORE_PG_PUT_QUARANTINE);
}

static bool add_replayed(struct sending *sending)
{
    if (!sending->commit->replayed) {
        return true;
    }
    (void)begin(sending);
    return add(sending, STORE_PG_REPLAYED);
}

static bool add_outbox(struct sending *sending)
{
    const struct store_commit *commit = sending->commit;
    struct store_pg_params *params;

    if (commit->outbox.size > 0) {
        params = begin(sending);
        store_pg_param_int64(params, commit->batch);
        store_pg_param_bytes(params, commit->outbox);
        if (!add(sending, STORE_PG_PUT_OUTBOX)) {
            return false;
        }
    }
    params = begin(sending);
    store_pg_param_int64(params, commit->prune_through);
    store_pg_param_int32(params, sending->store->options.outbox_keep_s);
    return add(sending, STORE_PG_PRUNE);
}

static bool add_rows(struct sending *sending)
{
    const struct store_commit *commit = sending->commit;

    for (size_t i = 0; i < commit->write_count; i++) {
        if (!add_write(sending, &commit->writes[i])) {
            return false;
        }
    }
    if (!add_agenda(sending, STORE_PG_DONE, commit->done, commit->done_count) ||
        !add_agenda(sending, STORE_PG_LATER, commit->later, commit->later_count)) {
        return false;
    }
    for (size_t i = 0; i < commit->touch_count; i++) {
        if (!add_touch(sending, &commit->touches[i])) {
            return false;
        }
    }
    return true;
}

bool store_pg_commit_send(struct store *base, const struct store_commit *commit, struct error *err)
{
    struct store_pg *store = store_pg_of(base);
    struct sending sending = {.store = store, .commit = commit, .err = err};

    sending.link = store_pg_taken_link(store, commit->shard, err);
    if (sending.link == NULL) {
        return false;
    }
    sending.exchange = store_pg_link_begin(sending.link, STORE_PG_COMMIT, commit->shard);
    if (!add_advance(&sending) || !add_rows(&sending) || !add_sequences(&sending) ||
        !add_heard(&sending) || !add_days(&sending) || !add_quarantine(&sending) ||
        !add_replayed(&sending) || !add_outbox(&sending)) {
        return false;
    }
    store_pg_link_end(sending.link, sending.exchange);
    return true;
}

/* --- the answer -------------------------------------------------------------------------------- */

static enum store_result result_of(const PGresult *failed, struct error *err)
{
    const char *sqlstate = store_pg_sqlstate(failed);

    (void)store_pg_fail(failed, "guardar el lote", err);
    if (sqlstate != NULL && strcmp(sqlstate, STORE_PG_FENCE) == 0) {
        return STORE_FENCED;
    }
    switch (store_pg_action(sqlstate)) {
    case ERROR_RETRY:
        /* An error before the Sync undid all; without a state nobody knows. */
        return sqlstate == NULL ? STORE_UNKNOWN : STORE_RETRY;
    case ERROR_REJECT:
        return STORE_DATA_ERROR;
    case ERROR_NONE:
    case ERROR_FATAL:
        return STORE_FATAL;
    }
    return STORE_FATAL;
}

enum store_result store_pg_commit_receive(struct store *base, int32_t shard, struct error *err)
{
    struct store_pg_link *link = store_pg_link_of(store_pg_of(base), shard);
    struct store_pg_exchange *exchange = store_pg_link_find(link, STORE_PG_COMMIT, shard);
    enum store_result result = STORE_COMMITTED;
    const PGresult *failed;

    assert(exchange != NULL && "commit_receive without commit_send");
    store_pg_link_wait(link, exchange);
    failed = store_pg_exchange_error(exchange, NULL);
    if (failed != NULL) {
        result = result_of(failed, err);
    } else if (exchange->died) {
        (void)error_set(err, ERROR_RETRY, "guardar el lote: se perdió la conexión: %s",
                        link->death);
        result = STORE_UNKNOWN;
    }
    store_pg_link_drop(link, exchange);
    return result;
}
