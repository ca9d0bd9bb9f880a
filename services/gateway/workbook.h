#ifndef SERVICES_GATEWAY_WORKBOOK_H
#define SERVICES_GATEWAY_WORKBOOK_H

#include "services/gateway/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Workbooks as Excel, LibreOffice and Google write them (.xlsx, ECMA-376 part 1), read without anything of them
 * being kept but the shared texts. They come from outside: what is inflated is bounded, entities are refused, and a
 * fault ends the reading with a reason. */

enum {
    WORKBOOK_SHEETS_MAX = 16,                    /**< further visible sheets are not looked at */
    WORKBOOK_PART_BYTES_MAX = 256 * 1024 * 1024, /**< of one part, inflated */
    WORKBOOK_TEXT_BYTES_MAX = 32 * 1024 * 1024,  /**< of all shared texts */
    WORKBOOK_TOKEN_BYTES_MAX = 1024 * 1024,      /**< of one piece of markup or text */
};

/** The cells of a row as text, up to the last that is not empty. Valid until the next call on the workbook. */
struct workbook_row {
    const char *const
        *cells;   /**< dates as AAAA-MM-DD[ HH:MM:SS], formulas by the value that was saved
                                   with them */
    size_t count; /**< at least 1: a row without content is no row */
};

struct workbook;

/** Reads what the workbook holds; takes the stream over. Never NULL: see workbook_fault. */
struct workbook *workbook_open(FILE *stream);
void workbook_close(struct workbook *book);

/** Why it cannot be read, or not any further; REASON_NONE: it can. Texts belong to the workbook. */
struct reason_said workbook_fault(const struct workbook *book);

/** The sheets that are not hidden, in their order. */
size_t workbook_sheet_count(const struct workbook *book);
const char *workbook_sheet_name(const struct workbook *book, size_t sheet);

/** Goes to before the first row of a sheet. Cells that are numbers are written with that decimal sign. False:
 *  workbook_fault. */
bool workbook_start(struct workbook *book, size_t sheet, char decimal);

/** The next row; `found` is false behind the last. False: workbook_fault. */
bool workbook_next(struct workbook *book, struct workbook_row *row, bool *found);

/** The first cell of this sheet so far ("D5") whose formula has no value, so that it was read as empty; NULL: none. */
const char *workbook_unvalued(const struct workbook *book);

#endif
