#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/say.h"
#include "common/base/error.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum output_kind {
    OUTPUT_TEXT,
    OUTPUT_COUNT, /**< whole number, with thousands separators for people */
    OUTPUT_MONEY, /**< centavos; pesos for people */
    OUTPUT_BOOL,
};

/** A column of a result: its name in JSON, its title for people. The same definition serves both. */
struct output_column {
    const char *name;
    struct said title; /**< zeroed: in JSON only */
    enum output_kind kind;
};

/** A result without rows that has so many columns, for what no query gives; cleared by PQclear. FATAL: no memory. */
bool output_table(size_t count, PGresult **out, struct error *err) MUST_CHECK;

/** Adds a row to it; texts are copied, NULL is SQL NULL. */
bool output_table_add(PGresult *table, const char *const *cells, size_t count,
                      struct error *err) MUST_CHECK;

/** Prints a result (NULL: no rows) whose columns are these, in order: as a table, or as JSON with one
 *  object per row and line. */
bool output_rows(const PGresult *result, const struct output_column *columns, size_t count,
                 bool json, FILE *out, struct error *err) MUST_CHECK;

#endif
