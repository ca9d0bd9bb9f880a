#include "services/gateway/cell.h"

#include "common/base/buffer.h"
#include "common/base/date.h"
#include "common/base/text.h"
#include "common/domain/clave.h"
#include "common/domain/contract_number.h"
#include "common/domain/identifier.h"
#include "common/domain/order_number.h"
#include "common/domain/rfc.h"
#include "services/gateway/cell_number.h"

#include <ctype.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

const char *cell_shown(struct arena *arena, const char *text)
{
    struct buffer shown = {0};
    const char *out;

    for (size_t at = 0; text[at] != '\0' && shown.size <= CELL_SHOWN_BYTES;) {
        const size_t plain = strcspn(text + at, "\r\n\t");
        const size_t breaks = strspn(text + at + plain, "\r\n");

        buffer_append(&shown, text + at, plain);
        at += plain + breaks;
        if (breaks > 0) {
            buffer_append_text(&shown, "\xE2\x86\xB5");
        } else if (text[at] == '\t') {
            buffer_append_text(&shown, " ");
            at++;
        }
    }
    out = text_clean(arena, shown.data, shown.size, CELL_SHOWN_BYTES);
    buffer_finish(&shown);
    return out;
}

static struct cell unreadable(enum reason doubt)
{
    return (struct cell){.state = CELL_UNREADABLE, .doubt = doubt};
}

static struct cell read_text(const char *trimmed, struct arena *arena)
{
    const size_t size = strlen(trimmed);

    if (size > CELL_TEXT_BYTES_MAX) {
        return (struct cell){.state = CELL_READ,
                             .text = text_clean(arena, trimmed, size, CELL_TEXT_BYTES_MAX),
                             .doubt = REASON_TEXT_CUT};
    }
    return (struct cell){.state = CELL_READ, .text = trimmed};
}

static struct cell read_identifier(const char *trimmed, struct arena *arena)
{
    char canonical[IDENTITY_BYTES_MAX + 1];

    if (identifier_read(trimmed, canonical, sizeof canonical) != IDENTIFIER_PRESENT) {
        return unreadable(REASON_NO_IDENTIFIER);
    }
    return (struct cell){.state = CELL_READ, .text = arena_copy(arena, canonical)};
}

static struct cell read_contract(const char *trimmed, struct arena *arena)
{
    const struct contract_number number = contract_number_read(trimmed);
    bool digit = false;

    if (number.form != CONTRACT_NUMBER_PRESENT) {
        return unreadable(REASON_NO_CONTRACT);
    }
    for (const char *at = number.text; *at != '\0'; at++) {
        digit = digit || isdigit((unsigned char)*at) != 0;
    }
    return (struct cell){.state = CELL_READ,
                         .text = arena_copy(arena, number.text),
                         .doubt = digit ? REASON_NONE : REASON_CONTRACT_ODD};
}

static struct cell read_order(const char *trimmed, const char *institution, struct arena *arena)
{
    const struct order_number number = order_number_read(trimmed);

    if (number.form == ORDER_NUMBER_UNREADABLE || number.form == ORDER_NUMBER_MISSING) {
        return unreadable(REASON_NO_ORDER);
    }
    return (struct cell){
        .state = CELL_READ,
        .text = arena_copy(arena, number.text),
        .doubt = number.form == ORDER_NUMBER_OTHER && text_equal(institution, "imss-bienestar")
                     ? REASON_ORDER_ODD
                     : REASON_NONE,
    };
}

static enum reason clave_doubt(enum clave_form form)
{
    switch (form) {
    case CLAVE_MISSING:
    case CLAVE_CNIS:
        break;
    case CLAVE_CUCOP:
        return REASON_CLAVE_CUCOP;
    case CLAVE_MALFORMED:
        return REASON_CLAVE_MALFORMED;
    }
    return REASON_NONE;
}

static struct cell read_clave(const struct layout_column *column, const char *trimmed,
                              struct arena *arena)
{
    const struct clave clave = clave_read(trimmed);

    if (clave.form == CLAVE_MISSING) {
        return (struct cell){.state = CELL_MISSING, .word = true};
    }
    if (strchr(clave.text, '|') != NULL) {
        return unreadable(REASON_BAR_IN_CLAVE);
    }
    return (struct cell){.state = CELL_READ,
                         .text = arena_copy(arena, clave.text),
                         .doubt = column->any_text ? REASON_NONE : clave_doubt(clave.form),
                         .well_formed = clave.form == CLAVE_CNIS};
}

static enum reason rfc_doubt(enum rfc_fault fault)
{
    switch (fault) {
    case RFC_FAULT_NONE:
    case RFC_FAULT_MISSING:
        break;
    case RFC_FAULT_LENGTH:
        return REASON_RFC_LENGTH;
    case RFC_FAULT_CHARACTERS:
        return REASON_RFC_CHARACTERS;
    case RFC_FAULT_DATE:
        return REASON_RFC_DATE;
    case RFC_FAULT_CHECK_DIGIT:
        return REASON_RFC_CHECK_DIGIT;
    }
    return REASON_NONE;
}

static struct cell read_rfc(const char *trimmed, struct arena *arena)
{
    const struct rfc rfc = rfc_read(trimmed);

    if (rfc.fault == RFC_FAULT_MISSING) {
        return (struct cell){.state = CELL_MISSING, .word = true};
    }
    if (strchr(rfc.text, '|') != NULL) {
        return unreadable(REASON_BAR_IN_RFC);
    }
    return (struct cell){
        .state = CELL_READ, .text = arena_copy(arena, rfc.text), .doubt = rfc_doubt(rfc.fault)};
}

/* Five letters (state and institution) and six digits: DFIMS000230. */
static struct cell read_clues(const char *trimmed, struct arena *arena)
{
    char *upper = text_upper(arena, trimmed);
    bool known = strlen(upper) == 11;

    for (size_t i = 0; known && i < 11; i++) {
        known =
            i < 5 ? isupper((unsigned char)upper[i]) != 0 : isdigit((unsigned char)upper[i]) != 0;
    }
    return (struct cell){
        .state = CELL_READ, .text = upper, .doubt = known ? REASON_NONE : REASON_CLUES_ODD};
}

/* LA-12-NEF-…-2025 since 2023, LA-050GYR019-E123-2024 before: two letters first, the year last. */
static struct cell read_procedure(const char *trimmed, struct arena *arena)
{
    char *upper = text_upper(arena, trimmed);
    const size_t length = strlen(upper);
    bool known = length >= 12 && isupper((unsigned char)upper[0]) != 0 &&
                 isupper((unsigned char)upper[1]) != 0 && upper[2] == '-' &&
                 upper[length - 5] == '-';

    for (size_t i = 1; known && i <= 4; i++) {
        known = isdigit((unsigned char)upper[length - i]) != 0;
    }
    return (struct cell){
        .state = CELL_READ, .text = upper, .doubt = known ? REASON_NONE : REASON_PROCEDURE_ODD};
}

/* A '|' separates identities, and a lot is part of a shipment's. */
static struct cell read_lot(const char *trimmed, struct arena *arena)
{
    char *upper = text_upper(arena, trimmed);

    for (char *at = strchr(upper, '|'); at != NULL; at = strchr(at, '|')) {
        *at = '/';
    }
    return (struct cell){.state = CELL_READ,
                         .text = strlen(upper) > IDENTITY_BYTES_MAX
                                     ? text_clean(arena, upper, strlen(upper), IDENTITY_BYTES_MAX)
                                     : upper,
                         .doubt =
                             strlen(upper) > CELL_LOT_BYTES_MAX ? REASON_LOT_LONG : REASON_NONE};
}

static bool word_fits(const struct column_word *word, const char *folded)
{
    const size_t length = strlen(word->folded);
    const size_t size = strlen(folded);

    if (word->any_before && word->any_after) {
        return strstr(folded, word->folded) != NULL;
    }
    if (word->any_before) {
        return size >= length && strcmp(folded + size - length, word->folded) == 0;
    }
    return word->any_after ? strncmp(folded, word->folded, length) == 0
                           : strcmp(folded, word->folded) == 0;
}

static struct cell read_word(const struct layout_column *column, const char *trimmed,
                             struct arena *arena)
{
    const char *folded = column_fold(arena, trimmed);

    for (size_t i = 0; i < column->word_count; i++) {
        if (word_fits(&column->words[i], folded)) {
            return (struct cell){.state = CELL_READ,
                                 .text = column->words[i].symbol,
                                 .number = column->words[i].number};
        }
    }
    return unreadable(REASON_NO_SUCH_WORD);
}

bool cell_day(const char *text, int32_t *out)
{
    return date_parse_iso(text, out) || date_parse_dmy(text, out);
}

/* 2000-01-01 and 2079-12-31: nothing of the purchase is dated outside. */
static const int32_t first_likely_day = 10957;
static const int32_t last_likely_day = 40176;
enum { EXCEL_EPOCH = 25569 }; /* 1970-01-01 as a serial number */

/* What Excel keeps of those days, counted from 1900; counted from 1904 it would be four years more. */
static bool is_serial(const char *trimmed)
{
    int64_t serial;

    return text_to_int64(trimmed, &serial) && serial >= first_likely_day + EXCEL_EPOCH &&
           serial <= last_likely_day + EXCEL_EPOCH;
}

static struct cell read_date(const struct layout_column *column, const char *trimmed)
{
    int32_t day;
    enum reason doubt = REASON_NONE;

    if (date_parse_iso(trimmed, &day)) {
        if (strlen(trimmed) >= DATE_TEXT_BYTES && column->form != DATE_FORM_EXCEL) {
            doubt = REASON_DATE_WITH_TIME;
        }
    } else if (date_parse_dmy(trimmed, &day)) {
        if (column->form != DATE_FORM_DMY) {
            doubt = REASON_DAY_FIRST;
        }
    } else {
        return unreadable(is_serial(trimmed) ? REASON_SERIAL_DATE : REASON_NO_DATE);
    }
    if (doubt == REASON_NONE && (day < first_likely_day || day > last_likely_day)) {
        doubt = REASON_YEAR_UNLIKELY;
    }
    return (struct cell){.state = CELL_READ, .number = day, .doubt = doubt};
}

static struct cell read_typed(const struct layout_column *column, const char *trimmed,
                              const char *institution, struct arena *arena)
{
    switch (column->type) {
    case COLUMN_TEXT:
        return read_text(trimmed, arena);
    case COLUMN_IDENTIFIER:
        return read_identifier(trimmed, arena);
    case COLUMN_CLAVE:
        return read_clave(column, trimmed, arena);
    case COLUMN_RFC:
        return read_rfc(trimmed, arena);
    case COLUMN_CONTRACT:
        return read_contract(trimmed, arena);
    case COLUMN_ORDER:
        return read_order(trimmed, institution, arena);
    case COLUMN_CLUES:
        return read_clues(trimmed, arena);
    case COLUMN_PROCEDURE:
        return read_procedure(trimmed, arena);
    case COLUMN_DATE:
    case COLUMN_EXPIRY:
        return read_date(column, trimmed);
    case COLUMN_QUANTITY:
        return cell_quantity(column, trimmed, arena);
    case COLUMN_INTEGER:
        return cell_integer(column, trimmed, arena);
    case COLUMN_PERCENT:
        return cell_percent(column, trimmed, arena);
    case COLUMN_MONEY:
        return cell_money(column, trimmed, arena);
    case COLUMN_LOT:
        return read_lot(trimmed, arena);
    case COLUMN_WORDS:
        return read_word(column, trimmed, arena);
    }
    return unreadable(REASON_NO_SUCH_WORD);
}

static struct cell read_one(const struct layout_column *column, const char *text,
                            const char *institution, struct arena *arena)
{
    const size_t size = strlen(text);
    const bool plain = text_is_utf8(text, size);
    const bool damaged = !plain || strstr(text, replacement) != NULL;
    const char *trimmed = text_trim(arena, text);
    struct cell cell;

    if (trimmed[0] == '\0') {
        return (struct cell){.state = CELL_MISSING};
    }
    if (damaged && column->type != COLUMN_TEXT) {
        return (struct cell){.state = CELL_UNREADABLE, .doubt = REASON_NOT_UTF8, .damaged = true};
    }
    if (!plain) {
        trimmed = text_clean(arena, trimmed, strlen(trimmed), size * 3 + 4);
    }
    if (strlen(trimmed) < 16 && identifier_is_missing(text_upper(arena, trimmed))) {
        return (struct cell){.state = CELL_MISSING, .word = true};
    }
    cell = read_typed(column, trimmed, institution, arena);
    if (damaged && cell.doubt == REASON_NONE) {
        cell.doubt = REASON_TEXT_NOT_UTF8;
    }
    return cell;
}

/* Whether `next` takes the place of what was chosen before. */
static bool is_chosen(enum column_several several, const struct cell *chosen,
                      const struct cell *next)
{
    switch (several) {
    case SEVERAL_NONE:
    case SEVERAL_FIRST:
        return false;
    case SEVERAL_LAST:
        return true;
    case SEVERAL_OLDEST:
        return next->number < chosen->number;
    case SEVERAL_NEWEST:
        return next->number > chosen->number;
    }
    return false;
}

static enum reason choice_told(enum column_several several)
{
    switch (several) {
    case SEVERAL_NONE:
        break;
    case SEVERAL_FIRST:
        return REASON_FIRST_COUNTS;
    case SEVERAL_LAST:
        return REASON_LAST_COUNTS;
    case SEVERAL_OLDEST:
        return REASON_OLDEST_COUNTS;
    case SEVERAL_NEWEST:
        return REASON_NEWEST_COUNTS;
    }
    return REASON_NONE;
}

struct cell cell_read(const struct layout_column *column, const char *text, const char *institution,
                      struct arena *arena)
{
    struct cell chosen = {.state = CELL_MISSING};
    size_t count = 0;

    if (column->several == SEVERAL_NONE || strpbrk(text, column->separators) == NULL) {
        return read_one(column, text, institution, arena);
    }
    while (*text != '\0') {
        const size_t length = strcspn(text, column->separators);
        const struct cell next =
            read_one(column, arena_text(arena, text, length), institution, arena);

        if (next.state == CELL_UNREADABLE) {
            return next;
        }
        if (next.state == CELL_READ &&
            (count++ == 0 || is_chosen(column->several, &chosen, &next))) {
            chosen = next;
        }
        text += length + (text[length] == '\0' ? 0 : 1);
    }
    chosen.doubt = count > 1 ? choice_told(column->several) : chosen.doubt;
    return chosen;
}
