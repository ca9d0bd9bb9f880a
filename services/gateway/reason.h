#ifndef SERVICES_GATEWAY_REASON_H
#define SERVICES_GATEWAY_REASON_H

#include "common/base/arena.h"

/**
 * Everything that a gateway says of what it does not take as it came: of a cell, a row, a report, a whole file. What is
 * not in this list cannot be said, and each has its example in {row,inbox,file}_reasons_test.c or act_test.c,
 * which fail where one is missing.
 */
enum reason {
    REASON_NONE,

    /* a cell without a value */
    REASON_MISSING,
    REASON_BLANK,
    REASON_BLANK_MEANS, /* about: what the layout says of it */
    REASON_SAYS_NONE,
    REASON_NO_LOT,
    REASON_NO_EXPIRY,

    /* a cell that cannot be read */
    REASON_NOT_UTF8,
    REASON_NO_IDENTIFIER,
    REASON_NO_CONTRACT,
    REASON_NO_ORDER,
    REASON_BAR_IN_CLAVE,
    REASON_BAR_IN_RFC,
    REASON_NO_SUCH_WORD,
    REASON_NO_DATE,
    REASON_SERIAL_DATE,
    REASON_NO_NUMBER,
    REASON_PIECES_NOT_WHOLE,
    REASON_PIECES_NEGATIVE,
    REASON_PIECES_IMPOSSIBLE,
    REASON_NOT_WHOLE,
    REASON_OUT_OF_RANGE,
    REASON_PERCENT_OUT_OF_RANGE,
    REASON_MONEY_NEGATIVE,

    /* a cell that was read, with a doubt */
    REASON_TEXT_NOT_UTF8,
    REASON_TEXT_CUT,
    REASON_CONTRACT_ODD,
    REASON_ORDER_ODD,
    REASON_CLAVE_CUCOP,
    REASON_CLAVE_MALFORMED,
    REASON_CLAVE_UNKNOWN,
    REASON_RFC_LENGTH,
    REASON_RFC_CHARACTERS,
    REASON_RFC_DATE,
    REASON_RFC_CHECK_DIGIT,
    REASON_CLUES_ODD,
    REASON_PROCEDURE_ODD,
    REASON_LOT_LONG,
    REASON_DATE_WITH_TIME,
    REASON_DAY_FIRST,
    REASON_YEAR_UNLIKELY,
    REASON_FIRST_COUNTS,
    REASON_LAST_COUNTS,
    REASON_OLDEST_COUNTS,
    REASON_NEWEST_COUNTS,
    REASON_THOUSANDS,
    REASON_FLOAT_NOISE,
    REASON_PIECES_WITH_DECIMALS,
    REASON_PIECES_ZERO,
    REASON_PIECES_UNLIKELY,
    REASON_PERCENT_ROUNDED,
    REASON_MONEY_ROUNDED,
    REASON_PRICE_UNLIKELY,
    REASON_MONEY_SIGN,

    /* a row */
    REASON_DIFFERS, /* about: the column that counts */
    REASON_IS_RETURN,
    REASON_IS_SUBTRACTED,
    REASON_MORE_REJECTED,
    REASON_CANCELLED_UNDATED,
    REASON_SHORT_LIFE, /* about: months */
    REASON_FILE_UNDATED,
    REASON_REPORT_UNDATED,
    REASON_FILLER,
    REASON_LINE_TOO_LONG,
    REASON_OPEN_QUOTE,
    REASON_OTHER_CELLS,

    /* a report of the inbox */
    REASON_NO_HEADER,
    REASON_HEADER_UNREADABLE,
    REASON_TIME_UNREADABLE,
    REASON_UNKNOWN_TYPE,
    REASON_OTHER_TYPE,
    REASON_NOT_YOURS, /* about: institution, layout */
    REASON_EMPTY,
    REASON_NO_JSON,      /* about: line, column */
    REASON_MEMBER_TWICE, /* about: line */
    REASON_NO_OBJECT,
    REASON_JSON_TYPE,
    REASON_MONEY_AS_NUMBER,
    REASON_UNKNOWN_MEMBER,
    REASON_AVRO_UNREADABLE,
    REASON_SCHEMA_UNKNOWN,
    REASON_SCHEMA_FOREIGN,
    REASON_ID_REUSED, /* about: offset of the message that was taken */
    REASON_NOT_STORED,

    /* an act on what was set aside */
    REASON_ACT_UNREADABLE,
    REASON_ACT_UNKNOWN,
    REASON_ACT_UNSIGNED,
    REASON_ACT_UNDATED,
    REASON_ACT_TIME,
    REASON_ACT_NO_LAYOUT, /* about: why */
    REASON_ACT_NOTHING,
    REASON_ACT_NO_ROW,
    REASON_ACT_OTHER_ROW,
    REASON_ACT_HELD,
    REASON_ACT_NOT_OPEN,
    REASON_ACT_NO_CHANGE,
    REASON_ACT_CHANGE,

    /* a whole file: sentences that say what to do as well */
    REASON_FILE_EMPTY,
    REASON_FILE_UNKNOWN,
    REASON_FILE_AMBIGUOUS, /* about: the layouts that it fits */
    REASON_FILE_OTHER,     /* about: layout, titles that it knows, titles of the file */
    REASON_FILE_FORM,      /* about: delimiter and encoding found, layout, its delimiter */
    REASON_FILE_NOT_UTF8,  /* about: layout */
    REASON_HEADER_QUOTES,
    REASON_HEADER_NOT_UTF8, /* about: number of the column */
    REASON_COLUMNS_MISSING, /* about: layout, columns */
    REASON_COLUMN_TWICE,    /* about: column */
    REASON_NO_SUCH_LAYOUT,  /* about: its name */
    REASON_LAYOUT_OF_OTHER, /* about: layout, its institution, who delivered it */
    REASON_LAYOUT_NOT_DUE,  /* about: institution, layout */
    REASON_WORKBOOK_OLD,
    REASON_WORKBOOK_OTHER,
    REASON_WORKBOOK_BROKEN,
    REASON_WORKBOOK_LARGE,
    REASON_WORKBOOK_ENTITIES,
    REASON_WORKBOOK_FORMULA, /* about: sheet, cell */
    REASON_WORKBOOK_SHEETS,  /* about: layout, sheets */
    REASON_SIDECAR_ODD,      /* about: its name; the same of those below */
    REASON_SIDECAR_NO_JSON,
    REASON_SIDECAR_NO_OBJECT,
    REASON_SIDECAR_NO_TEXTS,
    REASON_SIDECAR_AS_OF,  /* about: its name, the date */
    REASON_SIDECAR_NATURE, /* about: its name, the word */

    REASON_COUNT
};

enum { REASON_ABOUT_MAX = 3 };

/** A reason and what it speaks of. Texts live as long as what it was said of. */
struct reason_said {
    enum reason why;
    const char *about[REASON_ABOUT_MAX];
};

/** The stable word for programs: "falta", "ilegible", "dudoso" … (docs/integration.md); a static string. */
const char *reason_code(enum reason why);

/** The reason as people read it, in Spanish; static, or the arena's. NULL for REASON_NONE. */
const char *reason_text(struct arena *arena, const struct reason_said *said);

#endif
