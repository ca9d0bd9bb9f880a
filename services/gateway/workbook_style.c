#include "common/base/date.h"
#include "common/base/text.h"
#include "services/gateway/workbook_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STYLES_MAX = 65536, /* Excel has 65,490 */
    FORMATS_MAX = 1024, /* of dates; Excel allows 250 of all kinds */
    SECONDS = 86400,
    EPOCH_1900 = 25569,    /* 1970-01-01, counted from 30 December 1899 */
    EPOCH_1904 = 24107,    /* and from 1 January 1904 */
    FICTITIOUS = 60,       /* 29 February 1900, which Lotus 1-2-3 took for a day */
    SERIAL_LAST = 2958465, /* 31 December 9999 */
    EXACT_DIGITS = 15,     /* what a double holds, and Excel shows */
};

struct formats {
    struct cell_styles *styles;
    bool within_cell_styles; /* <cellXfs>, not the <cellStyleXfs> that they derive from */
    int64_t *custom;         /* numbers of the workbook's own formats that show a date */
    size_t custom_count;
    size_t custom_capacity;
};

/* ECMA-376 part 1, 18.8.30: those without a code in the file, East Asian ones included. */
static bool is_built_in_date(int64_t format)
{
    return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) ||
           (format >= 45 && format <= 47) || (format >= 50 && format <= 58);
}

/* Whether a code has a place for days, months, years or hours, outside of literals, colours and conditions. */
static bool shows_date(const char *code)
{
    for (const char *c = code; *c != '\0'; c++) {
        if (*c == '"') {
            c = strchr(c + 1, '"');
        } else if (*c == '[' && strncmp(c, "[h", 2) != 0 && strncmp(c, "[m", 2) != 0 &&
                   strncmp(c, "[s", 2) != 0) {
            c = strchr(c, ']');
        } else if (*c == '\\' || *c == '_' || *c == '*') {
            c = c[1] == '\0' ? NULL : c + 1;
        } else if (strchr("dDmMyYhHsSaA", *c) != NULL) {
            return strncmp(c, "General", 7) != 0;
        }
        if (c == NULL) {
            return false;
        }
    }
    return false;
}

static bool is_date_format(const struct formats *formats, int64_t format)
{
    for (size_t i = 0; i < formats->custom_count; i++) {
        if (formats->custom[i] == format) {
            return true;
        }
    }
    return is_built_in_date(format);
}

static void add_format(struct formats *formats, int64_t format)
{
    if (formats->custom_count == formats->custom_capacity) {
        formats->custom_capacity =
            formats->custom_capacity == 0 ? 16 : formats->custom_capacity * 2;
        formats->custom =
            memory_resize(formats->custom, formats->custom_capacity * sizeof *formats->custom);
    }
    formats->custom[formats->custom_count++] = format;
}

static void add_style(struct part *part, struct cell_styles *styles, bool is_date)
{
    if (styles->count == STYLES_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
        return;
    }
    if (styles->dates == NULL) {
        styles->dates = memory_alloc(STYLES_MAX * sizeof *styles->dates);
    }
    styles->dates[styles->count++] = is_date;
}

static void on_start(struct part *part, const char *name, const char **attributes)
{
    struct formats *formats = part->context;
    const char *number = part_attribute(attributes, "numFmtId");
    const char *code = part_attribute(attributes, "formatCode");
    int64_t format = 0;

    if (strcmp(name, "cellXfs") == 0) {
        formats->within_cell_styles = true;
    } else if (strcmp(name, "numFmt") == 0 && number != NULL && code != NULL &&
               text_to_int64(number, &format) && shows_date(code)) {
        if (formats->custom_count == FORMATS_MAX) {
            part_refuse(part, REASON_WORKBOOK_LARGE);
            return;
        }
        add_format(formats, format);
    } else if (strcmp(name, "xf") == 0 && formats->within_cell_styles) {
        add_style(part, formats->styles,
                  number != NULL && text_to_int64(number, &format) &&
                      is_date_format(formats, format));
    }
}

static void on_end(struct part *part, const char *name)
{
    struct formats *formats = part->context;

    if (strcmp(name, "cellXfs") == 0) {
        formats->within_cell_styles = false;
    }
}

enum reason cell_styles_read(struct cell_styles *styles, zip_t *zip, const char *name)
{
    static const struct part_handlers handlers = {.start = on_start, .end = on_end};
    struct formats formats = {.styles = styles};
    const enum reason fault = part_read_whole(zip, name, &handlers, &formats);

    free(formats.custom);
    return fault;
}

bool cell_style_is_date(const struct cell_styles *styles, const char *number)
{
    int64_t style;

    return number != NULL && text_to_int64(number, &style) && style >= 0 &&
           (size_t)style < styles->count && styles->dates[style];
}

void cell_styles_finish(struct cell_styles *styles)
{
    free(styles->dates);
    *styles = (struct cell_styles){0};
}

static void append_time(struct buffer *out, int32_t seconds)
{
    buffer_format(out, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* A count of days, with the time as its fraction. */
static void append_date(struct buffer *out, double serial, bool from_1904)
{
    double whole = floor(serial);
    int32_t seconds = (int32_t)lround((serial - whole) * SECONDS);
    char text[DATE_TEXT_BYTES];
    int32_t days;

    if (seconds == SECONDS) {
        seconds = 0;
        whole += 1;
    }
    if (whole < 1 && !from_1904) {
        append_time(out, seconds);
        return;
    }
    days = (int32_t)whole - (from_1904 ? EPOCH_1904 : EPOCH_1900);
    if (!from_1904 && whole < FICTITIOUS) {
        days++;
    }
    date_format(days, text);
    buffer_append_text(out, text);
    if (seconds > 0) {
        buffer_append_text(out, " ");
        append_time(out, seconds);
    }
}

static size_t digits_of(const char *number)
{
    size_t digits = 0;

    for (const char *c = number; *c != '\0' && *c != 'e' && *c != 'E'; c++) {
        digits += *c >= '0' && *c <= '9' ? 1 : 0;
    }
    return digits;
}

/* 0.1 is kept as 0.10000000000000001, and a long clave in a number as 1.0E+12. */
static void append_double(struct buffer *out, double value)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.*g", EXACT_DIGITS, value);
    if (strchr(text, 'e') != NULL && fabs(value) < 1e15 && fabs(value) >= 1e-9) {
        (void)snprintf(text, sizeof text, "%.*f", EXACT_DIGITS, value);
    }
    buffer_append_text(out, text);
}

static bool is_day(double value, bool from_1904)
{
    return value >= 0 && value <= SERIAL_LAST - (from_1904 ? EPOCH_1900 - EPOCH_1904 : 0);
}

void cell_number_append(struct buffer *out, const char *number, bool is_date,
                        const struct sheet_values *values)
{
    const size_t begin = out->size;
    char *end;
    const double value = strtod(number, &end);
    uint8_t *point;

    if (end == number || *end != '\0' || !isfinite(value)) {
        buffer_append_text(out, number); /* whatever it is, its column will say */
        return;
    }
    if (is_date && is_day(value, values->from_1904)) {
        append_date(out, value, values->from_1904);
        return;
    }
    if (strpbrk(number, "eExX") != NULL || digits_of(number) > EXACT_DIGITS) {
        append_double(out, value);
    } else {
        buffer_append_text(out, number);
    }
    point = memchr(out->data + begin, '.', out->size - begin);
    if (point != NULL) {
        *point = (uint8_t)values->decimal;
    }
}
