#ifndef TESTS_GATEWAY_BOOK_H
#define TESTS_GATEWAY_BOOK_H

#include "common/base/arena.h"
#include "common/base/buffer.h"

/* Workbooks for tests, made from the XML of their parts. */

struct book_part {
    const char *name;
    const char *xml;
};

/** A zip archive of those parts; bytes are the arena's. */
struct bytes book_of_parts(struct arena *arena, const struct book_part *parts, size_t count);

/** A workbook of one sheet, "Hoja 1", with those rows (`<row>…`). Styles: s="1" is built-in format 14 (a date), s="2"
 *  `dd/mm/yyyy hh:mm`, s="3" `[Red]"días "0.00`; shared texts: 0 "uno", 1 "dos " in two pieces and a phonetic one. */
struct bytes book_of_rows(struct arena *arena, const char *rows);

/** The parts of that workbook, of which a test changes one. */
enum {
    BOOK_PARTS = 6,
    BOOK_ROOT = 0,
    BOOK_BOOK,
    BOOK_RELATIONS,
    BOOK_TEXTS,
    BOOK_STYLES,
    BOOK_SHEET
};
void book_parts(struct arena *arena, const char *rows, struct book_part out[BOOK_PARTS]);

/** Rows of inline texts from comma separated lines without quotes. */
const char *book_rows_of_csv(struct arena *arena, const char *csv);

#endif
