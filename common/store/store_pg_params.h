#ifndef COMMON_STORE_PG_PARAMS_H
#define COMMON_STORE_PG_PARAMS_H

#include "common/base/buffer.h"
#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Type oids of PostgreSQL (fixed in its catalogue) that an array's header names. */
enum {
    STORE_PG_OID_BOOL = 16,
    STORE_PG_OID_BYTEA = 17,
    STORE_PG_OID_INT64 = 20,
    STORE_PG_OID_INT32 = 23,
    STORE_PG_OID_TEXT = 25,
    STORE_PG_OID_DATE = 1082,
};

enum { STORE_PG_EPOCH_DAYS = 10957 }; /**< 2000-01-01, where PostgreSQL counts from */

/** Where one parameter stands in the bytes. */
struct store_pg_param {
    size_t start;
    size_t size;
    bool null;
};

/** The parameters of one statement in PostgreSQL's binary format. Zeroed is empty; one is reused for
 *  many statements (store_pg_params_clear) and released with store_pg_params_finish. */
struct store_pg_params {
    struct buffer bytes;
    struct store_pg_param *items;
    size_t count;
    size_t capacity;
};

void store_pg_params_clear(struct store_pg_params *params);
void store_pg_params_finish(struct store_pg_params *params);

/* One parameter each. A NULL text is SQL NULL. */
void store_pg_param_int32(struct store_pg_params *params, int32_t value);
void store_pg_param_int64(struct store_pg_params *params, int64_t value);
void store_pg_param_text(struct store_pg_params *params, const char *text);
void store_pg_param_bytes(struct store_pg_params *params, struct bytes bytes);

/** Begins an array parameter of one dimension; exactly `count` elements must follow, then end. */
void store_pg_array_begin(struct store_pg_params *params, uint32_t oid, size_t count);
void store_pg_array_end(struct store_pg_params *params);

void store_pg_array_null(struct store_pg_params *params);
void store_pg_array_bool(struct store_pg_params *params, bool value);
void store_pg_array_int32(struct store_pg_params *params, int32_t value);
void store_pg_array_int64(struct store_pg_params *params, int64_t value);
/** Days since 1970. What PostgreSQL cannot hold is sent as a date that it refuses (SQLSTATE 22008), so
 *  that the message at fault is found as for any other datum. */
void store_pg_array_date(struct store_pg_params *params, int32_t days);
/** NULL is SQL NULL. */
void store_pg_array_text(struct store_pg_params *params, const char *text);
void store_pg_array_bytes(struct store_pg_params *params, struct bytes bytes);

#endif
