#include "cli/merge.h"

#include "cli/say.h"
#include "common/base/arena.h"
#include "common/base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Type numbers of PostgreSQL, fixed for good. */
enum { OID_INT64 = 20, OID_INT32 = 23 };

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_FATAL,
                     say("no hay memoria para la respuesta", "there is no memory for the answer"));
}

static bool add_row(PGresult *to, const PGresult *from, int row)
{
    const int at = PQntuples(to);
    bool good = true;

    for (int i = 0; good && i < PQnfields(from); i++) {
        good = PQsetvalue(to, at, i, PQgetvalue(from, row, i),
                          PQgetisnull(from, row, i) ? -1 : PQgetlength(from, row, i)) != 0;
    }
    return good;
}

bool merge_append(PGresult **to, const PGresult *more, struct error *err)
{
    bool good = true;

    if (more == NULL) {
        return true;
    }
    if (*to == NULL) {
        *to = PQcopyResult(more, PG_COPYRES_ATTRS);
    }
    good = *to != NULL;
    for (int row = 0; good && row < PQntuples(more); row++) {
        good = add_row(*to, more, row);
    }
    return good || no_memory(err);
}

/* --- in order --- */

struct line {
    const PGresult *result;
    int row;
    const int *columns;
    size_t count;
};

static int compare_numbers(const char *one, const char *other)
{
    const long long a = strtoll(one, NULL, 10);
    const long long b = strtoll(other, NULL, 10);

    return (a > b) - (a < b);
}

static int compare_cell(const struct line *a, const struct line *b, int column)
{
    const char *one = connection_text(a->result, a->row, column);
    const char *other = connection_text(b->result, b->row, column);
    const Oid type = PQftype(a->result, column);

    if (one == NULL || other == NULL) {
        return (one == NULL) - (other == NULL);
    }
    return type == OID_INT64 || type == OID_INT32 ? compare_numbers(one, other)
                                                  : strcmp(one, other);
}

static int by_columns(const void *one, const void *other)
{
    const struct line *a = one;
    const struct line *b = other;
    int order = 0;

    for (size_t i = 0; order == 0 && i < a->count; i++) {
        order = compare_cell(a, b, a->columns[i]);
    }
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

bool merge_sort(const struct connection *connection, PGresult **result, const int *columns,
                size_t count, int64_t limit, struct error *err)
{
    const int rows = connection_rows(*result);
    PGresult *sorted;
    struct line *lines;
    bool good;

    if (connection_servers(connection) < 2 || *result == NULL) {
        return true;
    }
    lines = memory_alloc(((size_t)rows + 1) * sizeof *lines);
    for (int row = 0; row < rows; row++) {
        lines[row] = (struct line){*result, row, columns, count};
    }
    qsort(lines, (size_t)rows, sizeof *lines, by_columns);
    sorted = PQcopyResult(*result, PG_COPYRES_ATTRS);
    good = sorted != NULL;
    for (int row = 0; good && row < rows && (limit == 0 || row < limit); row++) {
        good = add_row(sorted, *result, lines[row].row);
    }
    free(lines);
    if (!good) {
        PQclear(sorted);
        return no_memory(err);
    }
    PQclear(*result);
    *result = sorted;
    return true;
}

/* --- added up --- */

static bool add_up(PGresult *to, int at, const PGresult *from, int row, struct error *err)
{
    for (int i = 1; i < PQnfields(from); i++) {
        char text[32];
        int64_t one;
        int64_t other;

        if (!connection_int64(to, at, i, &one, err) ||
            !connection_int64(from, row, i, &other, err)) {
            return false;
        }
        if (!text_format(text, sizeof text, "%" PRId64, one + other) ||
            PQsetvalue(to, at, i, text, (int)strlen(text)) == 0) {
            return no_memory(err);
        }
    }
    return true;
}

static int row_of(const PGresult *result, const char *name)
{
    int row = 0;

    while (row < PQntuples(result) && !text_equal(connection_text(result, row, 0), name)) {
        row++;
    }
    return row;
}

/* Everything but TOTAL, then TOTAL. */
static bool put_total_last(PGresult **result, struct error *err)
{
    const int total = row_of(*result, "TOTAL");
    PGresult *moved = PQcopyResult(*result, PG_COPYRES_ATTRS);
    bool good = moved != NULL;

    for (int row = 0; good && row < PQntuples(*result); row++) {
        good = row == total || add_row(moved, *result, row);
    }
    good = good && (total == PQntuples(*result) || add_row(moved, *result, total));
    if (!good) {
        PQclear(moved);
        return no_memory(err);
    }
    PQclear(*result);
    *result = moved;
    return true;
}

bool merge_sum(const struct connection *connection, PGresult **result, struct error *err)
{
    static const int first[] = {0};
    PGresult *sum;
    bool good;

    if (connection_servers(connection) < 2 || *result == NULL) {
        return true;
    }
    sum = PQcopyResult(*result, PG_COPYRES_ATTRS);
    good = sum != NULL || no_memory(err);
    for (int row = 0; good && row < PQntuples(*result); row++) {
        const int at = row_of(sum, connection_text(*result, row, 0));

        good = at < PQntuples(sum) ? add_up(sum, at, *result, row, err)
                                   : add_row(sum, *result, row) || no_memory(err);
    }
    if (!good) {
        PQclear(sum);
        return false;
    }
    PQclear(*result);
    *result = sum;
    return merge_sort(connection, result, first, 1, 0, err) && put_total_last(result, err);
}
