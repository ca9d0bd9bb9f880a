#include "common/store/store_pg_result.h"

#include "common/store/store_pg.h"
#include "common/store/store_pg_params.h"

#include <string.h>

static uint32_t get_u32(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

int32_t store_pg_int32(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : (int32_t)get_u32(PQgetvalue(result, row, column));
}

int64_t store_pg_int64(const PGresult *result, int row, int column)
{
    const char *at = PQgetvalue(result, row, column);

    return PQgetisnull(result, row, column)
               ? 0
               : (int64_t)((uint64_t)get_u32(at) << 32 | get_u32(at + 4));
}

const char *store_pg_text(const PGresult *result, int row, int column, struct arena *arena)
{
    return PQgetisnull(result, row, column) ? NULL
                                            : arena_text(arena, PQgetvalue(result, row, column),
                                                         (size_t)PQgetlength(result, row, column));
}

struct bytes store_pg_bytes(const PGresult *result, int row, int column, struct arena *arena)
{
    const size_t size = (size_t)PQgetlength(result, row, column);
    uint8_t *data = arena_alloc(arena, size);

    if (size > 0) {
        memcpy(data, PQgetvalue(result, row, column), size);
    }
    return (struct bytes){data, size};
}

static Oid column_oid(enum column_type type)
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

static void read_field(const PGresult *result, int row, int index, const struct column *column,
                       char *out, struct arena *arena)
{
    void *member = out + column->offset;

    switch (column->type) {
    case COLUMN_TEXT:
        *(const char **)member = store_pg_text(result, row, index, arena);
        break;
    case COLUMN_INT64:
        *(int64_t *)member = store_pg_int64(result, row, index);
        break;
    case COLUMN_INT32:
        *(int32_t *)member = store_pg_int32(result, row, index);
        break;
    case COLUMN_DATE:
        if (!PQgetisnull(result, row, index)) {
            *(int32_t *)member = store_pg_int32(result, row, index) + STORE_PG_EPOCH_DAYS;
        }
        break;
    case COLUMN_BOOL:
        *(bool *)member =
            !PQgetisnull(result, row, index) && PQgetvalue(result, row, index)[0] != 0;
        break;
    }
    if (column->nullable && column->type != COLUMN_TEXT) {
        *(bool *)(void *)(out + column->presence_offset) = !PQgetisnull(result, row, index);
    }
}

bool store_pg_rows(const PGresult *result, const struct table *table, struct arena *arena,
                   void ***rows, size_t *count, struct error *err)
{
    const int row_count = PQntuples(result);
    void **made = arena_array(arena, (size_t)row_count, sizeof *made);

    for (size_t i = 0; i < table->column_count; i++) {
        if (PQftype(result, (int)i) != column_oid(table->columns[i].type)) {
            return error_set(err, ERROR_FATAL,
                             "la columna %s.%s de la base no es del tipo declarado", table->name,
                             table->columns[i].name);
        }
    }
    for (int row = 0; row < row_count; row++) {
        made[row] = arena_alloc(arena, table->row_bytes);
        for (size_t i = 0; i < table->column_count; i++) {
            read_field(result, row, (int)i, &table->columns[i], made[row], arena);
        }
    }
    *rows = made;
    *count = (size_t)row_count;
    return true;
}

const char *store_pg_sqlstate(const PGresult *result)
{
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

bool store_pg_fail(const PGresult *result, const char *doing, struct error *err)
{
    const char *sqlstate = store_pg_sqlstate(result);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    return error_set(err, store_pg_action(sqlstate), "%s: %s (SQLSTATE %s)", doing,
                     message != NULL ? message : "la base no contestó",
                     sqlstate != NULL ? sqlstate : "ninguno");
}

/* What a caller can do about each class of SQLSTATE; what is not listed is FATAL. */
static const struct {
    char class[3];
    enum error_action action;
} actions[] = {
    {"08", ERROR_RETRY},  /* connection exception */
    {"22", ERROR_REJECT}, /* data exception */
    {"23", ERROR_REJECT}, /* integrity constraint violation */
    {"25", ERROR_RETRY},  /* invalid transaction state */
    {"40", ERROR_RETRY},  /* transaction rollback: deadlock, serialization */
    {"53", ERROR_RETRY},  /* insufficient resources */
    {"54", ERROR_REJECT}, /* program limit exceeded: a key too long for its index */
    {"55", ERROR_RETRY},  /* object not in prerequisite state: lock not available */
    {"57", ERROR_RETRY},  /* operator intervention: cancelled, shutting down */
    {"58", ERROR_RETRY},  /* system error outside of PostgreSQL */
};

enum error_action store_pg_action(const char *sqlstate)
{
    if (sqlstate == NULL) {
        return ERROR_RETRY;
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strncmp(sqlstate, actions[i].class, 2) == 0) {
            return actions[i].action;
        }
    }
    return ERROR_FATAL;
}
