#include "cli/output.h"

#include "cli/connection.h"
#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/text.h"

#include <jansson.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

static json_t *json_cell(const char *text, enum output_kind kind)
{
    int64_t number;

    if (text == NULL) {
        return json_null();
    }
    if (kind == OUTPUT_BOOL) {
        return json_boolean(text[0] == 't');
    }
    if ((kind == OUTPUT_COUNT || kind == OUTPUT_MONEY) && text_to_int64(text, &number)) {
        return json_integer(number);
    }
    return json_string(text);
}

static bool print_json(const PGresult *result, const struct output_column *columns, size_t count,
                       FILE *out, struct error *err)
{
    for (int row = 0; row < connection_rows(result); row++) {
        json_t *object = json_object();
        bool good = true;

        for (size_t i = 0; i < count; i++) {
            const char *text = connection_text(result, row, (int)i);

            good = json_object_set_new(object, columns[i].name, json_cell(text, columns[i].kind)) ==
                       0 &&
                   good;
        }
        good = good && json_dumpf(object, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
        json_decref(object);
        if (!good) {
            return error_set(err, ERROR_FATAL,
                             say("no se pudo escribir el JSON", "the JSON could not be written"));
        }
    }
    return true;
}

static void format_cell(const char *text, enum output_kind kind, char shown[DECIMAL_TEXT_BYTES])
{
    int64_t number;

    shown[0] = '\0';
    if (kind == OUTPUT_BOOL) {
        (void)text_format(shown, DECIMAL_TEXT_BYTES, "%s",
                          text[0] == 't' ? say("sí", "yes") : say("no", "no"));
    } else if (!text_to_int64(text, &number)) {
        (void)text_format(shown, DECIMAL_TEXT_BYTES, "%s", text);
    } else if (kind == OUTPUT_MONEY) {
        decimal_format_money(number, shown);
    } else {
        decimal_format_count(number, shown);
    }
}

static bool add_line(struct libscols_table *table, const PGresult *result, int row,
                     const struct output_column *columns, size_t count)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    size_t shown = 0;

    for (size_t i = 0; line != NULL && i < count; i++) {
        const char *text = connection_text(result, row, (int)i);
        char number[DECIMAL_TEXT_BYTES];

        if (columns[i].title.es == NULL) {
            continue;
        }
        if (text != NULL && columns[i].kind != OUTPUT_TEXT) {
            format_cell(text, columns[i].kind, number);
            text = number;
        }
        if (scols_line_set_data(line, shown++, text == NULL ? "—" : text) != 0) {
            return false;
        }
    }
    return line != NULL;
}

static bool fill_table(struct libscols_table *table, const PGresult *result,
                       const struct output_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool right = columns[i].kind == OUTPUT_COUNT || columns[i].kind == OUTPUT_MONEY;

        if (columns[i].title.es != NULL &&
            scols_table_new_column(table, said_text(&columns[i].title), 0,
                                   right ? SCOLS_FL_RIGHT : 0) == NULL) {
            return false;
        }
    }
    for (int row = 0; row < connection_rows(result); row++) {
        if (!add_line(table, result, row, columns, count)) {
            return false;
        }
    }
    return true;
}

bool output_rows(const PGresult *result, const struct output_column *columns, size_t count,
                 bool json, FILE *out, struct error *err)
{
    struct libscols_table *table;
    bool good;

    if (json) {
        return print_json(result, columns, count, out, err);
    }
    table = scols_new_table();
    good = table != NULL && scols_table_set_stream(table, out) == 0 &&
           fill_table(table, result, columns, count) && scols_print_table(table) == 0;
    scols_unref_table(table);
    return good || error_set(err, ERROR_FATAL,
                             say("no se pudo escribir la tabla", "the table could not be written"));
}

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_FATAL,
                     say("no hay memoria para la tabla", "there is no memory for the table"));
}

bool output_table(size_t count, PGresult **out, struct error *err)
{
    static char none[] = "";
    PGresAttDesc *attributes = memory_alloc(count * sizeof *attributes);
    PGresult *table = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    bool good;

    for (size_t i = 0; i < count; i++) {
        attributes[i] = (PGresAttDesc){.name = none, .typlen = -1, .atttypmod = -1};
    }
    good = table != NULL && PQsetResultAttrs(table, (int)count, attributes) != 0;
    free(attributes);
    if (!good) {
        PQclear(table);
        return no_memory(err);
    }
    *out = table;
    return true;
}

bool output_table_add(PGresult *table, const char *const *cells, size_t count, struct error *err)
{
    static char none[] = "";
    const int row = PQntuples(table);
    bool good = true;

    for (size_t i = 0; good && i < count; i++) {
        char *copy = cells[i] == NULL ? NULL : memory_copy(cells[i]);

        good = PQsetvalue(table, row, (int)i, copy == NULL ? none : copy,
                          copy == NULL ? -1 : (int)strlen(copy)) != 0;
        free(copy);
    }
    return good || no_memory(err);
}
