#include "common/store/store_pg_params.h"

#include "common/base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Array header: dimensions, has-null flag, element oid; then per dimension its length and lower bound. */
enum { HAS_NULL_AT = 4, LENGTH_AT = 12, NULL_SIZE = -1 };

static void put_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

static struct store_pg_param *begin(struct store_pg_params *params)
{
    struct store_pg_param *item;

    if (params->count == params->capacity) {
        params->capacity = params->capacity == 0 ? 32 : params->capacity * 2;
        params->items = memory_resize(params->items, params->capacity * sizeof *params->items);
    }
    item = &params->items[params->count++];
    *item = (struct store_pg_param){.start = params->bytes.size};
    return item;
}

static void close_last(struct store_pg_params *params)
{
    struct store_pg_param *item = &params->items[params->count - 1];

    item->size = params->bytes.size - item->start;
}

void store_pg_params_clear(struct store_pg_params *params)
{
    buffer_clear(&params->bytes);
    params->count = 0;
}

void store_pg_params_finish(struct store_pg_params *params)
{
    buffer_finish(&params->bytes);
    free(params->items);
    *params = (struct store_pg_params){0};
}

void store_pg_param_int32(struct store_pg_params *params, int32_t value)
{
    (void)begin(params);
    buffer_append_u32(&params->bytes, (uint32_t)value);
    close_last(params);
}

void store_pg_param_int64(struct store_pg_params *params, int64_t value)
{
    (void)begin(params);
    buffer_append_u64(&params->bytes, (uint64_t)value);
    close_last(params);
}

void store_pg_param_text(struct store_pg_params *params, const char *text)
{
    struct store_pg_param *item = begin(params);

    item->null = text == NULL;
    if (text != NULL) {
        buffer_append_text(&params->bytes, text);
    }
    close_last(params);
}

void store_pg_param_bytes(struct store_pg_params *params, struct bytes bytes)
{
    (void)begin(params);
    buffer_append(&params->bytes, bytes.data, bytes.size);
    close_last(params);
}

void store_pg_array_begin(struct store_pg_params *params, uint32_t oid, size_t count)
{
    assert(count <= INT32_MAX);
    (void)begin(params);
    buffer_append_u32(&params->bytes, count > 0 ? 1 : 0);
    buffer_append_u32(&params->bytes, 0);
    buffer_append_u32(&params->bytes, oid);
    if (count > 0) {
        buffer_append_u32(&params->bytes, (uint32_t)count);
        buffer_append_u32(&params->bytes, 1);
    }
}

void store_pg_array_end(struct store_pg_params *params)
{
    close_last(params);
}

void store_pg_array_null(struct store_pg_params *params)
{
    const size_t start = params->items[params->count - 1].start;

    put_u32(params->bytes.data + start + HAS_NULL_AT, 1);
    buffer_append_u32(&params->bytes, (uint32_t)NULL_SIZE);
}

void store_pg_array_bool(struct store_pg_params *params, bool value)
{
    uint8_t *at = buffer_reserve(&params->bytes, 5);

    put_u32(at, 1);
    at[4] = value ? 1 : 0;
    params->bytes.size += 5;
}

void store_pg_array_int32(struct store_pg_params *params, int32_t value)
{
    uint8_t *at = buffer_reserve(&params->bytes, 8);

    put_u32(at, 4);
    put_u32(at + 4, (uint32_t)value);
    params->bytes.size += 8;
}

void store_pg_array_int64(struct store_pg_params *params, int64_t value)
{
    uint8_t *at = buffer_reserve(&params->bytes, 12);

    put_u32(at, 8);
    put_u32(at + 4, (uint32_t)((uint64_t)value >> 32));
    put_u32(at + 8, (uint32_t)(uint64_t)value);
    params->bytes.size += 12;
}

void store_pg_array_date(struct store_pg_params *params, int32_t days)
{
    const int64_t since_2000 = (int64_t)days - STORE_PG_EPOCH_DAYS;

    /* INT32_MIN itself would be taken as -infinity */
    store_pg_array_int32(params, since_2000 > INT32_MIN ? (int32_t)since_2000 : INT32_MIN + 1);
}

void store_pg_array_text(struct store_pg_params *params, const char *text)
{
    if (text == NULL) {
        store_pg_array_null(params);
        return;
    }
    store_pg_array_bytes(params, (struct bytes){(const uint8_t *)text, strlen(text)});
}

void store_pg_array_bytes(struct store_pg_params *params, struct bytes bytes)
{
    uint8_t *at = buffer_reserve(&params->bytes, 4 + bytes.size);

    put_u32(at, (uint32_t)bytes.size);
    if (bytes.size > 0) {
        memcpy(at + 4, bytes.data, bytes.size);
    }
    params->bytes.size += 4 + bytes.size;
}
