#ifndef SERVICES_GATEWAY_LAYOUT_PARTS_H
#define SERVICES_GATEWAY_LAYOUT_PARTS_H

#include "services/gateway/ini.h"
#include "services/gateway/layout.h"

#include <stdint.h>

/* What a layout is made of. For the files of the gateway that read rows by it, and their tests. */

enum column_type {
    COLUMN_TEXT,       /**< anything; NAN, N/A and the like are none */
    COLUMN_IDENTIFIER, /**< names something: canonical spelling, up to 100 bytes, no '|' */
    COLUMN_CLAVE,
    COLUMN_RFC,
    COLUMN_CONTRACT,
    COLUMN_ORDER,
    COLUMN_CLUES,
    COLUMN_PROCEDURE,
    COLUMN_DATE,
    COLUMN_EXPIRY,   /**< a date; S/C is none */
    COLUMN_QUANTITY, /**< whole pieces; float noise and thousands are read with a warning */
    COLUMN_INTEGER,  /**< a whole number that is not pieces: days, basis points */
    COLUMN_PERCENT,  /**< "2", "2.00", "2 %": basis points */
    COLUMN_MONEY,    /**< pesos, at the scale of the member */
    COLUMN_LOT,
    COLUMN_WORDS, /**< an enumeration: words=SYMBOL */
};

enum column_need {
    COLUMN_REQUIRED, /**< unreadable: the row is set aside */
    COLUMN_EXPECTED, /**< missing or unreadable: a warning */
    COLUMN_OPTIONAL, /**< missing: nothing; unreadable: a warning */
};

enum column_role {
    ROLE_NONE,
    ROLE_CONTRACT,
    ROLE_ORDER,
    ROLE_CLAVE,
    ROLE_SHIPMENT,
    ROLE_RECEIPT,
    ROLE_SUPPLIER,
    ROLE_AS_OF,  /**< day the row speaks of */
    ROLE_NATURE, /**< true: invented data */
};

enum date_form {
    DATE_FORM_ISO,   /**< 2025-06-18; others with a warning */
    DATE_FORM_DMY,   /**< 18/06/2025 is the source's own form */
    DATE_FORM_EXCEL, /**< 2025-06-18 00:00:00 is the source's own form */
};

/** Which of several values in a cell counts. */
enum column_several {
    SEVERAL_NONE, /**< a cell holds one value */
    SEVERAL_FIRST,
    SEVERAL_LAST,
    SEVERAL_OLDEST, /**< of dates */
    SEVERAL_NEWEST,
};

enum { IDENTITY_BYTES_MAX = 100, CLAVE_PARTS_MAX = 5, BANNER_ROWS_MAX = 20 };

/** A member of the event, found by name; nested ones as `terms.rate_bp`. */
struct layout_member {
    const struct record_field *field; /**< NULL: none */
    size_t base;                      /**< offset of the record that holds it */
};

/** One word of an enumeration. */
struct column_word {
    const char *folded; /**< as column_fold gives it */
    bool any_before;    /**< '*' stood before it */
    bool any_after;
    const char *symbol; /**< what it means */
    int64_t number;     /**< index of the symbol; 0 or 1 for a boolean */
};

struct layout_column {
    const char *name;    /**< the title, as written in the layout */
    const char *section; /**< of the .ini: how other keys speak of it */
    const char **titles; /**< the title and its aliases, folded */
    size_t title_count;
    enum column_type type;
    enum column_need need;
    enum column_role role;
    struct layout_member target;
    struct layout_member states; /**< boolean that is true when the cell could be read */

    struct column_word *words; /**< COLUMN_WORDS */
    size_t word_count;
    const char *expected;             /**< Spanish: what should stand in the cell */
    const struct column_word *preset; /**< what a blank cell means; NULL: nothing */
    const struct column_word *other;  /**< what an unknown word means; NULL: nothing */
    bool has_default_number;
    int64_t default_number; /**< what a blank number means */
    const char *if_blank;   /**< reason of the warning for a blank cell; NULL: a general one */

    enum date_form form;
    int64_t minimum;       /**< COLUMN_QUANTITY, COLUMN_INTEGER, COLUMN_PERCENT */
    int64_t maximum;       /**< the same; INT64_MAX: none */
    bool unreadable_aside; /**< though not required: what cannot be read sets the row aside */
    struct layout_member unstates; /**< boolean that turns false when the cell cannot be read */
    bool negative_returns;         /**< a negative quantity is a return of as many pieces */
    bool any_text;      /**< COLUMN_CLAVE: evidence only, nothing is said about its form */
    bool decimal_comma; /**< numbers as in 1.234,56 */
    enum column_several several;
    const char *separators;             /**< between several values */
    const struct layout_column **parts; /**< COLUMN_CLAVE in parts: no title of its own */
    size_t part_count;
    const struct layout_column
        *checks; /**< the column that decides; this one only warns when it differs */
};

/** Fixed values of members that no column gives. */
struct layout_constant {
    struct layout_member target;
    const char *text;
    int64_t number; /**< of a member that is no text: symbol, yes or no, number */
};

/** Rules over several members, each off while its first member is unset. */
struct layout_rules {
    struct layout_member subtract_from; /**< pieces - rejected, not below 0 */
    struct layout_member subtract;
    struct layout_member cancelled_status; /**< CANCELLED without a date: the day of as_of */
    struct layout_member cancelled_on;
    struct layout_member expires_on; /**< warning below `shelf_life_months` without a letter */
    struct layout_member arrived_on;
    struct layout_member letter;
    int64_t shelf_life_months;
    struct layout_member return_kind; /**< what a negative quantity turns into RETURN */
    int64_t delivery_symbol;
    int64_t return_symbol;
};

struct layout {
    const char *id;
    const char *source;
    const char *institution;
    const struct record_type *event;
    const char *delimiters; /**< those that its files use, the usual one first */
    bool cp1252;            /**< a file that is not UTF-8 is in Windows' code page */
    bool decimal_comma;
    size_t banner_rows;   /**< above the header, at most */
    const char **fillers; /**< a row of nothing but one of these is none, folded */
    size_t filler_count;
    const char *reads_with; /**< the layout whose rows it reads a second time; NULL: none */
    const struct layout_column **silent_without; /**< of one that reads along: all blank, and the
                                                    row says nothing in this reading */
    size_t silent_count;
    const struct layout **also; /**< the layouts that read its rows too */
    size_t also_count;
    bool as_of_name; /**< the file's name holds its date */
    bool snapshot;   /**< a file of it holds all there is: what is missing was withdrawn */
    const struct layout_column **scope; /**< all there is under the same values of these */
    size_t scope_count;
    const struct layout_column *window; /**< and between its oldest and newest date; NULL: any */
    const char *as_of_column;
    size_t as_of_index; /**< of that column; SIZE_MAX: none */
    bool undated;       /**< rows need no as_of: only the order of arrival tells versions */
    bool duplicates;    /**< equal content under another key is a possible duplicate */

    struct layout_column *columns;
    size_t column_count;
    const struct layout_column **keys;
    size_t key_count;
    const char **ignored; /**< titles that are known and not read, folded */
    size_t ignored_count;
    struct layout_constant *constants;
    size_t constant_count;
    struct layout_rules rules;
    struct layout_member fact; /**< NULL field for the catalogue */
    struct layout_member institution_member;
    struct layout_member as_of_member; /**< of an event without `fact` */
};

struct layout_set {
    const struct layout *const *layouts; /**< by id */
    size_t count;
};

/** Reads one layout from the text of its file; `name` is the file's. */
bool layout_read(const char *name, const char *text, struct arena *arena, struct layout **out,
                 struct error *err) MUST_CHECK;

/** Reads the section [layout], but for what names columns. */
bool layout_head_read(const struct ini *ini, struct arena *arena, struct layout *layout,
                      struct error *err) MUST_CHECK;

/** Reads what [layout] says of columns, once these are read: key, as_of, scope. */
bool layout_keys_read(const struct ini *ini, struct arena *arena, struct layout *layout,
                      struct error *err) MUST_CHECK;

/** Reads the section of one column of a layout whose head is read. */
bool layout_column_read(const struct ini *ini, struct ini_section *section,
                        const struct layout *layout, struct arena *arena, struct layout_column *out,
                        struct error *err) MUST_CHECK;

/** How the dates of a column are written, for people: "dd/mm/aaaa". */
const char *layout_date_form(const struct layout_column *column);

/** Whether what such a column reads may name something: it is canonical, short and without '|'. */
bool column_identifies(enum column_type type);

/** The member of that path, `price` or `terms.rate_bp`. */
bool layout_member_find(const struct record_type *event, const char *path,
                        struct layout_member *out) MUST_CHECK;

/** Raises "<file>:<line>: ..." with a hint in Spanish. Always false. */
bool layout_fault(const struct ini *ini, int line, const char *what, const char *value,
                  struct error *err);

/** What titles and words are compared by: folded, without blanks and '_'. */
const char *column_fold(struct arena *arena, const char *text);

/** Cuts "a | b" at `separator`; the parts are trimmed, none is empty. */
size_t layout_split(struct arena *arena, const char *text, char separator, const char ***out);

/** The column of that section, or NULL. */
struct layout_column *layout_column_named(const struct layout *layout, const char *section);

static inline void *layout_member_at(const struct layout_member *member, void *event)
{
    return (char *)event + member->base;
}

#endif
