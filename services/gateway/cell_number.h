#ifndef SERVICES_GATEWAY_CELL_NUMBER_H
#define SERVICES_GATEWAY_CELL_NUMBER_H

#include "services/gateway/cell.h"

/* Numbers as spreadsheets write them. Each takes a trimmed text that is not blank. */

/** Whole pieces. "1,200", "312.0" and "119.99999999999999" are read with a doubt; a part of a piece is
 *  not read. Below the column's minimum: zero is doubtful, a negative number unreadable unless it is a
 *  return. */
struct cell cell_quantity(const struct layout_column *column, const char *trimmed,
                          struct arena *arena);

/** A whole number that is not pieces, within its member. */
struct cell cell_integer(const struct layout_column *column, const char *trimmed,
                         struct arena *arena);

/** A percentage as basis points: "2", "2.00" and "2 %" are 200. */
struct cell cell_percent(const struct layout_column *column, const char *trimmed,
                         struct arena *arena);

/** Pesos at the scale of the column's member; "$1,234.56" and float noise are read with a doubt. */
struct cell cell_money(const struct layout_column *column, const char *trimmed,
                       struct arena *arena);

#endif
