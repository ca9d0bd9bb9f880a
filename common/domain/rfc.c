#include "common/domain/rfc.h"

#include "common/base/arena.h"
#include "common/base/date.h"
#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/domain/identifier.h"

#include <stdint.h>
#include <string.h>

enum { COMPANY_LENGTH = 12, PERSON_LENGTH = 13, BLANK_VALUE = 37, ENYE_VALUE = 38 };

/* The characters of an RFC as SAT's values, right-aligned in 13 places; -1 is none of them. */
struct characters {
    int values[PERSON_LENGTH];
    size_t count;
};

static int value_of(uint32_t code_point)
{
    if (code_point >= '0' && code_point <= '9') {
        return (int)(code_point - '0');
    }
    if (code_point >= 'A' && code_point <= 'N') {
        return (int)(code_point - 'A') + 10;
    }
    if (code_point >= 'O' && code_point <= 'Z') {
        return (int)(code_point - 'O') + 25;
    }
    if (code_point == '&') {
        return 24;
    }
    return code_point == 0xD1 ? ENYE_VALUE : -1; /* Ñ */
}

static struct characters characters_of(const char *text)
{
    struct characters all = {.count = 0};
    int values[PERSON_LENGTH];

    while (*text != '\0') {
        uint32_t code_point = 0;
        const size_t length = text_decode(text, strnlen(text, 4), &code_point);

        if (all.count < PERSON_LENGTH) {
            values[all.count] = length == 0 ? -1 : value_of(code_point);
        }
        all.count++;
        text += length > 0 ? length : 1;
    }
    for (size_t i = 0; i < PERSON_LENGTH && all.count <= PERSON_LENGTH; i++) {
        const size_t padding = PERSON_LENGTH - all.count;

        all.values[i] = i < padding ? BLANK_VALUE : values[i - padding];
    }
    return all;
}

static bool is_digit(int value)
{
    return value >= 0 && value <= 9;
}

/* Three or four letters (& and Ñ too), six digits, two letters or digits, and a digit or an A. */
static bool has_form(const struct characters *all)
{
    const int *values = all->values;

    for (size_t i = PERSON_LENGTH - all->count; i < 4; i++) {
        if (values[i] < 10) {
            return false;
        }
    }
    for (size_t i = 4; i < 10; i++) {
        if (!is_digit(values[i])) {
            return false;
        }
    }
    for (size_t i = 10; i < 12; i++) {
        if (values[i] < 0 || values[i] == 24 || values[i] == ENYE_VALUE) {
            return false;
        }
    }
    return is_digit(values[12]) || values[12] == 10;
}

/* The century is not written: 2000 stands for it, which as a leap year lets 29 February 00 pass. */
static bool has_date(const struct characters *all)
{
    const int *values = all->values + 4;
    int32_t date;

    return date_from_civil((struct civil){.year = 2000 + values[0] * 10 + values[1],
                                          .month = values[2] * 10 + values[3],
                                          .day = values[4] * 10 + values[5]},
                           &date);
}

static bool has_check_digit(const struct characters *all)
{
    int sum = 0;
    int expected;

    for (int i = 0; i < PERSON_LENGTH - 1; i++) {
        sum += all->values[i] * (PERSON_LENGTH - i);
    }
    expected = sum % 11 == 0 ? 0 : 11 - sum % 11; /* 10 is the value of A */
    return all->values[PERSON_LENGTH - 1] == expected;
}

static bool is_generic(const char *text)
{
    return text_equal(text, "XAXX010101000") || text_equal(text, "XEXX010101000");
}

static enum rfc_fault judge(const char *text)
{
    const struct characters all = characters_of(text);

    if (identifier_is_missing(text)) {
        return RFC_FAULT_MISSING;
    }
    if (all.count != COMPANY_LENGTH && all.count != PERSON_LENGTH) {
        return RFC_FAULT_LENGTH;
    }
    if (is_generic(text)) {
        return RFC_FAULT_NONE;
    }
    if (!has_form(&all)) {
        return RFC_FAULT_CHARACTERS;
    }
    if (!has_date(&all)) {
        return RFC_FAULT_DATE;
    }
    return has_check_digit(&all) ? RFC_FAULT_NONE : RFC_FAULT_CHECK_DIGIT;
}

/* Drops what people put between the parts of an RFC. "N/A" and "S/N" keep their stroke. */
static void drop_separators(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (strchr(" -._", *from) == NULL) {
            *to++ = *from;
        }
    }
    *to = '\0';
}

struct rfc rfc_read(const char *text)
{
    struct arena arena = {0};
    struct rfc rfc = {.fault = RFC_FAULT_MISSING};
    char *all;

    if (text == NULL) {
        return rfc;
    }
    all = text_trim(&arena, text);
    all = text_clean(&arena, all, strlen(all), strlen(all) * 3);
    text_upper_in_place(all);
    drop_separators(all);
    rfc.fault = judge(all);
    rfc.person = characters_of(all).count == PERSON_LENGTH;
    if (rfc.fault != RFC_FAULT_MISSING) {
        (void)digest_shorten(all, rfc.text, sizeof rfc.text);
        text_upper_in_place(rfc.text);
    }
    arena_finish(&arena);
    return rfc;
}
