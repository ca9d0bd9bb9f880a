#ifndef SERVICES_GATEWAY_TABLE_READER_H
#define SERVICES_GATEWAY_TABLE_READER_H

#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    TORN_SHOWN_BYTES = 200,
    TABLE_ROW_BYTES_MAX = 1024 * 1024,  /**< a line that is longer is not read */
    TABLE_QUOTED_BYTES_MAX = 64 * 1024, /**< lines of one row: more are an open quote */
    TABLE_QUOTED_LINES_MAX = 100,       /**< the same, counted */
    TABLE_CELLS_MAX = 1024,             /**< further cells of a row are counted, not kept */
};

/** One record of a delimited text. Valid until the next call on the reader. */
struct table_row {
    int64_t number;           /**< 0: the header; data from 1 */
    const char *const *cells; /**< NUL-terminated; blanks around unquoted cells are cut off; a NUL
                                   within is shown as U+FFFD */
    size_t count;
    bool torn;     /**< a line that opens a quote and does not close it, or closes it only where
                           another row opens one; cell 0 shows its beginning. The next line is read anew */
    bool too_long; /**< torn because the line passes TABLE_ROW_BYTES_MAX */
    bool not_text; /**< a cell is not UTF-8 or holds a NUL */
    size_t not_text_cell;
};

/** How a file is written: what a layout declares, and which of it a file uses. */
struct table_form {
    char delimiter;
    bool cp1252;        /**< Windows' code page instead of UTF-8 */
    size_t sheet;       /**< of a workbook, from 1; 0: delimited text */
    bool decimal_comma; /**< as cells of a workbook that are numbers are to be written */
    size_t skip_rows;   /**< rows above the header: banners */
};

/** Reads delimited text by libcsv, line by line: memory is bounded by the longest row. Quoted line breaks,
 *  CR, LF and CRLF, a byte order mark and a missing last line break are all understood; empty lines
 *  are no rows. Of a workbook (workbook.h) it reads one sheet; a row has as many cells as the header. */
struct table_reader;

/** Takes the stream over and closes it. */
struct table_reader *table_reader_create(FILE *stream, struct table_form form);
void table_reader_destroy(struct table_reader *reader);

/** The next row. `found` is false at the end. RETRY when the file cannot be read. */
bool table_reader_next(struct table_reader *reader, struct table_row *row, bool *found,
                       struct error *err) MUST_CHECK;

#endif
