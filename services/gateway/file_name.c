#include "services/gateway/file_name.h"

#include "common/base/date.h"

#include <ctype.h>
#include <string.h>

enum { DIGITS = 8, FIRST_YEAR = 2000, LAST_YEAR = 2099 };

/* Eight digits in a row, or in groups of four, two and two with the same separator. Returns the bytes read. */
static size_t read_date(const char *text, int32_t *out)
{
    static const size_t lengths[] = {4, 2, 2};
    const char separator = strchr("-_.", text[4]) != NULL && text[4] != '\0' ? text[4] : '\0';
    int32_t parts[3] = {0};
    size_t used = 0;
    struct civil civil;

    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && separator != '\0' && text[used++] != separator) {
            return 0;
        }
        for (size_t j = 0; j < lengths[i]; j++, used++) {
            if (isdigit((unsigned char)text[used]) == 0) {
                return 0;
            }
            parts[i] = parts[i] * 10 + (text[used] - '0');
        }
    }
    civil = (struct civil){.year = parts[0], .month = parts[1], .day = parts[2]};
    return civil.year >= FIRST_YEAR && civil.year <= LAST_YEAR && date_from_civil(civil, out) ? used
                                                                                              : 0;
}

bool file_name_day(const char *name, int32_t *out)
{
    bool found = false;
    int32_t day = 0;

    for (size_t i = 0; name[i] != '\0'; i++) {
        const bool starts = isdigit((unsigned char)name[i]) != 0 &&
                            (i == 0 || isdigit((unsigned char)name[i - 1]) == 0);
        int32_t next;
        const size_t used = starts && strlen(name + i) >= DIGITS ? read_date(name + i, &next) : 0;

        if (used == 0 || isdigit((unsigned char)name[i + used]) != 0) {
            continue;
        }
        if (found && next != day) {
            return false;
        }
        found = true;
        day = next;
        i += used - 1;
    }
    if (found) {
        *out = day;
    }
    return found;
}
