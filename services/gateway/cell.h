#ifndef SERVICES_GATEWAY_CELL_H
#define SERVICES_GATEWAY_CELL_H

#include "common/base/arena.h"
#include "services/gateway/layout_parts.h"
#include "services/gateway/reason.h"

#include <stdbool.h>
#include <stdint.h>

enum { CELL_SHOWN_BYTES = 160, CELL_TEXT_BYTES_MAX = 4000, CELL_LOT_BYTES_MAX = 19 };

enum cell_state {
    CELL_MISSING,    /**< blank, or a word that says so: NAN, S/L, N/A … */
    CELL_READ,       /**< `text` or `number` is what it says */
    CELL_UNREADABLE, /**< something else stands there */
};

/** One cell, read as its column wants it. */
struct cell {
    enum cell_state state;
    const char *text;  /**< canonical; of text, identities and words that go to a text member */
    int64_t number;    /**< day, pieces, number, money at the member's scale, word's number */
    enum reason doubt; /**< why it was taken with a warning, or could not be read */
    bool word;         /**< CELL_MISSING, said by a word and not by a blank */
    bool damaged;      /**< it is not UTF-8: the file's fault, not the cell's */
    bool well_formed;  /**< COLUMN_CLAVE: a CNIS clave */
};

/** Reads a cell by the type of its column. Pure; what it returns belongs to the arena or is static. */
struct cell cell_read(const struct layout_column *column, const char *text, const char *institution,
                      struct arena *arena);

/** The day of a date cell in any form it may have. */
bool cell_day(const char *text, int32_t *out);

/** A cell as people see it in a message: printable, its line breaks as "↵", cut at CELL_SHOWN_BYTES. */
const char *cell_shown(struct arena *arena, const char *text);

#endif
