#include "common/base/text.h"
#include "services/gateway/layout_parts.h"

#include <limits.h>
#include <string.h>

/* Of what a layout names: as much as a cell may hold. */
#define NUMBER_MAX INT64_C(1000000000000)

/* A name of the .ini and what it stands for. */
struct choice {
    const char *name;
    int value;
};

static const struct choice types[] = {
    {"text", COLUMN_TEXT},
    {"identifier", COLUMN_IDENTIFIER},
    {"clave", COLUMN_CLAVE},
    {"rfc", COLUMN_RFC},
    {"contract", COLUMN_CONTRACT},
    {"order", COLUMN_ORDER},
    {"clues", COLUMN_CLUES},
    {"procedure", COLUMN_PROCEDURE},
    {"date", COLUMN_DATE},
    {"expiry", COLUMN_EXPIRY},
    {"quantity", COLUMN_QUANTITY},
    {"integer", COLUMN_INTEGER},
    {"money", COLUMN_MONEY},
    {"lot", COLUMN_LOT},
    {"words", COLUMN_WORDS},
    {"percent", COLUMN_PERCENT},
    {NULL, 0},
};
static const struct choice needs[] = {
    {"required", COLUMN_REQUIRED},
    {"expected", COLUMN_EXPECTED},
    {"optional", COLUMN_OPTIONAL},
    {NULL, 0},
};
static const struct choice roles[] = {
    {"contract", ROLE_CONTRACT}, {"order", ROLE_ORDER},     {"clave", ROLE_CLAVE},
    {"shipment", ROLE_SHIPMENT}, {"receipt", ROLE_RECEIPT}, {"supplier", ROLE_SUPPLIER},
    {"as_of", ROLE_AS_OF},       {"invented", ROLE_NATURE}, {NULL, 0},
};
static const struct choice forms[] = {
    {"iso", DATE_FORM_ISO},
    {"dmy", DATE_FORM_DMY},
    {"excel", DATE_FORM_EXCEL},
    {NULL, 0},
};
static const struct choice severals[] = {
    {"first", SEVERAL_FIRST},
    {"last", SEVERAL_LAST},
    {"oldest", SEVERAL_OLDEST},
    {"newest", SEVERAL_NEWEST},
    {NULL, 0},
};
static const struct choice unreadables[] = {{"warn", 0}, {"aside", 1}, {NULL, 0}};
static const struct choice answers[] = {{"no", 0}, {"yes", 1}, {NULL, 0}};

const char *layout_date_form(const struct layout_column *column)
{
    return column->form == DATE_FORM_DMY ? "dd/mm/aaaa" : "AAAA-MM-DD";
}

/* Its own form first, and then what is read as well. */
static const char *date_expectation(enum date_form form)
{
    switch (form) {
    case DATE_FORM_ISO:
        return "una fecha AAAA-MM-DD (también se lee dd/mm/aaaa)";
    case DATE_FORM_DMY:
        return "una fecha dd/mm/aaaa (también se lee AAAA-MM-DD)";
    case DATE_FORM_EXCEL:
        return "una fecha AAAA-MM-DD, con hora o sin ella (también se lee dd/mm/aaaa)";
    }
    return "";
}

/* What should stand in a cell of the column, for people. */
static const char *expectation(const struct layout_column *column)
{
    switch (column->type) {
    case COLUMN_TEXT:
        return "un texto";
    case COLUMN_IDENTIFIER:
        return "un número o folio de hasta 100 caracteres, sin '|'";
    case COLUMN_CLAVE:
        return "una clave CNIS, p. ej. 010.000.2540.00";
    case COLUMN_RFC:
        return "un RFC, p. ej. XFI000101050";
    case COLUMN_CONTRACT:
        return "un número de contrato, p. ej. IB/1749/2025";
    case COLUMN_ORDER:
        return "un número de orden, p. ej. IMBB-09-02-2025-09153687-U013";
    case COLUMN_CLUES:
        return "una CLUES, p. ej. DFIMS000230";
    case COLUMN_PROCEDURE:
        return "un procedimiento, p. ej. AA-12-NEF-012NEF001-I-31-2025";
    case COLUMN_DATE:
    case COLUMN_EXPIRY:
        return date_expectation(column->form);
    case COLUMN_QUANTITY:
        return "un número entero de piezas";
    case COLUMN_INTEGER:
        return "un número entero";
    case COLUMN_PERCENT:
        return column->decimal_comma ? "un porcentaje, p. ej. 2,50" : "un porcentaje, p. ej. 2.50";
    case COLUMN_MONEY:
        return column->decimal_comma ? "un importe en pesos, p. ej. 12,2550"
                                     : "un importe en pesos, p. ej. 12.2550";
    case COLUMN_LOT:
        return "un lote de hasta 19 caracteres";
    case COLUMN_WORDS:
        return "una de las palabras del formato";
    }
    return "";
}

bool column_identifies(enum column_type type)
{
    switch (type) {
    case COLUMN_IDENTIFIER:
    case COLUMN_CLAVE:
    case COLUMN_RFC:
    case COLUMN_CONTRACT:
    case COLUMN_ORDER:
    case COLUMN_LOT:
        return true;
    case COLUMN_TEXT:
    case COLUMN_CLUES:
    case COLUMN_PROCEDURE:
    case COLUMN_DATE:
    case COLUMN_EXPIRY:
    case COLUMN_QUANTITY:
    case COLUMN_INTEGER:
    case COLUMN_PERCENT:
    case COLUMN_MONEY:
    case COLUMN_WORDS:
        break;
    }
    return false;
}

/* Whether a column of this type can play that role. */
static bool plays(enum column_type type, enum column_role role)
{
    switch (role) {
    case ROLE_NONE:
        return true;
    case ROLE_AS_OF:
        return type == COLUMN_DATE;
    case ROLE_NATURE:
        return type == COLUMN_WORDS;
    case ROLE_CONTRACT:
    case ROLE_ORDER:
    case ROLE_CLAVE:
    case ROLE_SHIPMENT:
    case ROLE_RECEIPT:
    case ROLE_SUPPLIER:
        break;
    }
    return column_identifies(type);
}

/* Reads a key that names one of a few things; absent leaves `out`. */
static bool choose(const struct ini *ini, struct ini_section *section, const char *key,
                   const struct choice *choices, int *out, struct error *err)
{
    const char *value = ini_value(section, key);

    if (value == NULL) {
        return true;
    }
    for (; choices->name != NULL; choices++) {
        if (text_equal(choices->name, value)) {
            *out = choices->value;
            return true;
        }
    }
    return layout_fault(ini, section->line, key, value, err);
}

static bool number(const struct ini *ini, struct ini_section *section, const char *key,
                   bool *present, int64_t *out, struct error *err)
{
    const char *value = ini_value(section, key);

    *present = value != NULL;
    return value == NULL || text_to_int64(value, out) ||
           layout_fault(ini, section->line, key, value, err);
}

static bool member(const struct ini *ini, struct ini_section *section, const char *key,
                   const struct record_type *event, struct layout_member *out, struct error *err)
{
    const char *path = ini_value(section, key);

    return path == NULL || layout_member_find(event, path, out) ||
           layout_fault(ini, section->line, key, path, err);
}

/* Whether a column of this type can be put into a member of that one. */
static bool fits(enum column_type type, enum field_type field)
{
    switch (type) {
    case COLUMN_DATE:
    case COLUMN_EXPIRY:
        return field == FIELD_DATE;
    case COLUMN_QUANTITY:
    case COLUMN_INTEGER:
    case COLUMN_PERCENT:
        return field == FIELD_INT64 || field == FIELD_INT32;
    case COLUMN_MONEY:
        return field == FIELD_DECIMAL;
    case COLUMN_WORDS:
        return field == FIELD_ENUM || field == FIELD_BOOL || field == FIELD_TEXT;
    case COLUMN_TEXT:
    case COLUMN_IDENTIFIER:
    case COLUMN_CLAVE:
    case COLUMN_RFC:
    case COLUMN_CONTRACT:
    case COLUMN_ORDER:
    case COLUMN_CLUES:
    case COLUMN_PROCEDURE:
    case COLUMN_LOT:
        return field == FIELD_TEXT;
    }
    return false;
}

/* What a symbol is in the member the column goes to; false: there is no such symbol. */
static bool symbol_number(const struct layout_column *column, const char *symbol, int64_t *out)
{
    const struct record_field *field = column->target.field;

    *out = 0;
    if (field == NULL || field->type == FIELD_BOOL) {
        *out = text_equal(symbol, "true") ? 1 : 0;
        return *out == 1 || text_equal(symbol, "false");
    }
    if (field->type == FIELD_ENUM) {
        for (size_t i = 0; i < field->symbol_count; i++) {
            if (text_equal(field->symbols[i], symbol)) {
                *out = (int64_t)i;
                return true;
            }
        }
        return false;
    }
    return true;
}

/* "entrega=DELIVERY": the word may stand between '*'. */
static bool read_word(struct arena *arena, const struct layout_column *column, const char *text,
                      struct column_word *out)
{
    const char *equals = strrchr(text, '=');
    const char *word = text;
    size_t length = equals == NULL ? 0 : (size_t)(equals - text);

    while (length > 0 && word[length - 1] == ' ') {
        length--;
    }
    out->any_before = length > 0 && word[0] == '*';
    word += out->any_before ? 1 : 0;
    length -= out->any_before ? 1 : 0;
    out->any_after = length > 0 && word[length - 1] == '*';
    length -= out->any_after ? 1 : 0;
    if (length == 0) {
        return false;
    }
    out->folded = column_fold(arena, arena_text(arena, word, length));
    out->symbol = text_trim(arena, equals + 1);
    return symbol_number(column, out->symbol, &out->number);
}

/* A symbol that a key names: what a blank or an unknown word means. */
static bool meaning(const struct ini *ini, struct ini_section *section, const char *key,
                    struct arena *arena, const struct layout_column *column,
                    const struct column_word **out, struct error *err)
{
    const char *symbol = ini_value(section, key);
    struct column_word *word;

    if (symbol == NULL) {
        return true;
    }
    word = arena_alloc(arena, sizeof *word);
    word->symbol = symbol;
    *out = word;
    return symbol_number(column, symbol, &word->number) ||
           layout_fault(ini, section->line, key, symbol, err);
}

/* A word as people write it; a '*' is told in words. */
static const char *shown_word(struct arena *arena, const char *part)
{
    const bool any_before = part[0] == '*';
    const char *start = part + (any_before ? 1 : 0);
    const char *word =
        text_trim(arena, arena_text(arena, start, (size_t)(strrchr(part, '=') - start)));
    const size_t length = strlen(word);
    const bool any_after = word[length - 1] == '*';

    if (!any_before && !any_after) {
        return word;
    }
    return arena_format(arena, "%s «%.*s»",
                        !any_after   ? "lo que termine en"
                        : any_before ? "lo que contenga"
                                     : "lo que empiece con",
                        (int)(length - (any_after ? 1 : 0)), word);
}

static bool read_words(const struct ini *ini, struct ini_section *section, struct arena *arena,
                       struct layout_column *column, struct error *err)
{
    const char *value = ini_value(section, "words");
    const char **parts;
    const char *expected = "";

    if (value == NULL || value[0] == '\0') {
        return layout_fault(ini, section->line, "words", "falta", err);
    }
    column->word_count = layout_split(arena, value, ',', &parts);
    if (column->word_count == 0) {
        return layout_fault(ini, section->line, "words", value, err);
    }
    column->words = arena_array(arena, column->word_count, sizeof *column->words);
    for (size_t i = 0; i < column->word_count; i++) {
        if (!read_word(arena, column, parts[i], &column->words[i])) {
            return layout_fault(ini, section->line, "words", parts[i], err);
        }
        expected = arena_format(arena, "%s%s%s", expected, i == 0 ? "" : ", ",
                                shown_word(arena, parts[i]));
    }
    column->expected = arena_format(arena, "una de: %s", expected);
    return meaning(ini, section, "default", arena, column, &column->preset, err) &&
           meaning(ini, section, "other", arena, column, &column->other, err);
}

static bool read_titles(const struct ini *ini, struct ini_section *section, struct arena *arena,
                        struct layout_column *column, struct error *err)
{
    const char *aliases = ini_value(section, "aliases");
    const char **parts = NULL;
    const size_t count = aliases == NULL ? 0 : layout_split(arena, aliases, '|', &parts);

    column->name = ini_value(section, "column");
    if (column->name == NULL && ini_value(section, "parts") != NULL) {
        return true; /* made of others: it has no title */
    }
    if (column->name == NULL || column->name[0] == '\0') {
        return layout_fault(ini, section->line, "column", "falta", err);
    }
    column->titles = arena_array(arena, count + 1, sizeof *column->titles);
    column->titles[0] = column_fold(arena, column->name);
    for (size_t i = 0; i < count; i++) {
        column->titles[i + 1] = column_fold(arena, parts[i]);
    }
    column->title_count = count + 1;
    return true;
}

/* A clave in columns of its own: which ones is known once all are read. */
static bool read_parts(const struct ini *ini, struct ini_section *section, struct arena *arena,
                       struct layout_column *column, struct error *err)
{
    const char *value = ini_value(section, "parts");
    const char **names;

    if (value == NULL) {
        return true;
    }
    column->part_count = layout_split(arena, value, ',', &names);
    if (column->type != COLUMN_CLAVE || column->part_count < 2 ||
        column->part_count > CLAVE_PARTS_MAX || column->title_count > 0) {
        return layout_fault(ini, section->line, "parts", value, err);
    }
    column->name = arena_copy(arena, value);
    return true;
}

/* Several values in one cell, and which of them counts. */
static bool read_several(const struct ini *ini, struct ini_section *section, struct arena *arena,
                         struct layout_column *column, struct error *err)
{
    const char *value = ini_value(section, "separators");
    int several = SEVERAL_NONE;

    if (!choose(ini, section, "several", severals, &several, err)) {
        return false;
    }
    column->several = (enum column_several)several;
    if ((several == SEVERAL_OLDEST || several == SEVERAL_NEWEST) && column->type != COLUMN_DATE) {
        return layout_fault(ini, section->line, "several", "sólo las fechas se ordenan", err);
    }
    if (value != NULL && (ini_is_commented(section, "separators") || strchr(value, ' ') != NULL)) {
        return layout_fault(ini, section->line, "separators",
                            "se escriben juntos, sin comentario y sin empezar con «;»: ,;|", err);
    }
    column->separators = arena_format(arena, "\n%s", value == NULL ? "" : value);
    return true;
}

/* Whether a number that a layout names fits where its column puts what it reads. */
static bool fits_member(const struct layout_column *column, int64_t value)
{
    const bool narrow = column->target.field != NULL && column->target.field->type == FIELD_INT32;

    return value >= (narrow ? INT32_MIN : -NUMBER_MAX) &&
           value <= (narrow ? INT32_MAX : NUMBER_MAX);
}

/* Keys that only numbers have. */
static bool read_numbers(const struct ini *ini, struct ini_section *section,
                         struct layout_column *column, struct error *err)
{
    bool present;
    int negative = 0;

    column->minimum = 0;
    column->maximum = INT64_MAX;
    if (!number(ini, section, "minimum", &present, &column->minimum, err) ||
        !number(ini, section, "maximum", &present, &column->maximum, err) ||
        !number(ini, section, "default", &column->has_default_number, &column->default_number,
                err) ||
        !choose(ini, section, "negative_is_return", answers, &negative, err)) {
        return false;
    }
    column->negative_returns = negative == 1;
    return (fits_member(column, column->minimum) && fits_member(column, column->default_number)) ||
           layout_fault(ini, section->line, "minimum, default", "un número que no cabe", err);
}

static bool read_kind(const struct ini *ini, struct ini_section *section,
                      struct layout_column *column, struct error *err)
{
    int type = -1;
    int need = COLUMN_OPTIONAL;
    int role = ROLE_NONE;
    int form = DATE_FORM_ISO;
    int any_text = 0;
    int aside = 0;

    if (!choose(ini, section, "type", types, &type, err) ||
        !choose(ini, section, "need", needs, &need, err) ||
        !choose(ini, section, "role", roles, &role, err) ||
        !choose(ini, section, "form", forms, &form, err) ||
        !choose(ini, section, "evidence", answers, &any_text, err) ||
        !choose(ini, section, "unreadable", unreadables, &aside, err)) {
        return false;
    }
    if (type < 0) {
        return layout_fault(ini, section->line, "type", "falta", err);
    }
    if (!plays((enum column_type)type, (enum column_role)role)) {
        return layout_fault(ini, section->line, "role", "no va con el tipo de la columna", err);
    }
    column->type = (enum column_type)type;
    column->need = (enum column_need)need;
    column->role = (enum column_role)role;
    column->form = (enum date_form)form;
    column->any_text = any_text == 1;
    column->unreadable_aside = aside == 1;
    return true;
}

bool layout_column_read(const struct ini *ini, struct ini_section *section,
                        const struct layout *layout, struct arena *arena, struct layout_column *out,
                        struct error *err)
{
    const struct record_type *event = layout->event;
    struct layout_column column = {.section = section->name,
                                   .decimal_comma = layout->decimal_comma};

    if (!read_titles(ini, section, arena, &column, err) || !read_kind(ini, section, &column, err) ||
        !member(ini, section, "target", event, &column.target, err) ||
        !member(ini, section, "states", event, &column.states, err) ||
        !member(ini, section, "unstates", event, &column.unstates, err)) {
        return false;
    }
    if (column.target.field != NULL && !fits(column.type, column.target.field->type)) {
        return layout_fault(ini, section->line, "target", "es de otro tipo que la columna", err);
    }
    if ((column.states.field != NULL && column.states.field->type != FIELD_BOOL) ||
        (column.unstates.field != NULL && column.unstates.field->type != FIELD_BOOL)) {
        return layout_fault(ini, section->line, "states", "no es un sí o no", err);
    }
    if (!read_parts(ini, section, arena, &column, err) ||
        !read_several(ini, section, arena, &column, err)) {
        return false;
    }
    column.expected = expectation(&column);
    column.if_blank = ini_value(section, "if_blank");
    if (column.type == COLUMN_WORDS && !read_words(ini, section, arena, &column, err)) {
        return false;
    }
    if ((column.type == COLUMN_QUANTITY || column.type == COLUMN_INTEGER ||
         column.type == COLUMN_PERCENT) &&
        !read_numbers(ini, section, &column, err)) {
        return false;
    }
    *out = column;
    return true;
}
