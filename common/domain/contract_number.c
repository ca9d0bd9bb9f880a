#include "common/domain/contract_number.h"

#include "common/domain/identifier.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Drops leading zeros from the segments of digits only between '/'; the last digit stays. */
static void drop_leading_zeros(char *text)
{
    const char *from = text;
    char *to = text;

    while (*from != '\0') {
        const size_t segment = strcspn(from, "/");
        const size_t with_slash = segment + (from[segment] == '/' ? 1 : 0);
        size_t zeros = 0;

        if (strspn(from, "0123456789") == segment && segment > 0) {
            zeros = strspn(from, "0");
            zeros = zeros == segment ? segment - 1 : zeros;
        }
        memmove(to, from + zeros, with_slash - zeros);
        to += with_slash - zeros;
        from += with_slash;
    }
    *to = '\0';
}

struct contract_number contract_number_read(const char *text)
{
    struct contract_number number = {.form = CONTRACT_NUMBER_MISSING};

    switch (identifier_read(text, number.text, sizeof number.text)) {
    case IDENTIFIER_MISSING:
        number.form = CONTRACT_NUMBER_MISSING;
        return number;
    case IDENTIFIER_UNREADABLE:
        number.form = CONTRACT_NUMBER_UNREADABLE;
        return number;
    case IDENTIFIER_PRESENT:
        number.form = CONTRACT_NUMBER_PRESENT;
        if (strchr(number.text, '/') != NULL) {
            drop_leading_zeros(number.text);
        }
        return number;
    }
    return number;
}

char *contract_number_id(struct arena *arena, const char *institution, const char *contract_number)
{
    return arena_format(arena, "%s/%s", institution, contract_number);
}

char *contract_number_id_without(struct arena *arena, const char *institution,
                                 const char *order_or_remision)
{
    return arena_format(arena, "%s/sin-contrato/%s", institution, order_or_remision);
}
