#include "common/domain/order_number.h"

#include "common/domain/identifier.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Takes up to `most` characters of a kind; returns how many. */
static size_t take(const char **text, bool (*kind)(char), size_t most)
{
    size_t count = 0;

    while (count < most && kind(**text)) {
        (*text)++;
        count++;
    }
    return count;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted) {
        return false;
    }
    (*text)++;
    return true;
}

static bool is_state(const char *digits)
{
    const int state = (digits[0] - '0') * 10 + (digits[1] - '0');

    return state >= 1 && state <= 32;
}

static bool take_prefix(const char **text)
{
    return take(text, is_letter, 4) >= 3 && take_char(text, '-');
}

/* "SS-0T-YYYY-"; `state` is left at SS. */
static bool take_place_and_year(const char **text, const char **state)
{
    *state = *text;
    if (take(text, is_digit, 2) != 2 || !is_state(*state) || !take_char(text, '-') ||
        !take_char(text, '0')) {
        return false;
    }
    if (!take_char(text, '1') && !take_char(text, '2')) {
        return false;
    }
    return take_char(text, '-') && take_char(text, '2') && take_char(text, '0') &&
           take(text, is_digit, 2) == 2 && take_char(text, '-');
}

static bool is_imss_bienestar(const char *text)
{
    const char *state;
    const char *consecutive;

    if (!take_prefix(&text) || !take_place_and_year(&text, &state)) {
        return false;
    }
    consecutive = text;
    if (take(&text, is_digit, 10) < 8 || consecutive[0] != state[0] || consecutive[1] != state[1] ||
        !take_char(&text, '-')) {
        return false;
    }
    if (take(&text, is_letter, 3) == 0) {
        return false;
    }
    (void)take(&text, is_digit, 3);
    return *text == '\0';
}

struct order_number order_number_read(const char *text)
{
    struct order_number number = {.form = ORDER_NUMBER_MISSING};

    switch (identifier_read(text, number.text, sizeof number.text)) {
    case IDENTIFIER_MISSING:
        number.form = ORDER_NUMBER_MISSING;
        return number;
    case IDENTIFIER_UNREADABLE:
        number.form = ORDER_NUMBER_UNREADABLE;
        return number;
    case IDENTIFIER_PRESENT:
        number.form =
            is_imss_bienestar(number.text) ? ORDER_NUMBER_IMSS_BIENESTAR : ORDER_NUMBER_OTHER;
        return number;
    }
    return number;
}

char *order_number_id(struct arena *arena, const char *contract_id, const char *order_number,
                      const char *clave)
{
    return arena_format(arena, "%s|%s|%s", contract_id, order_number, clave);
}
