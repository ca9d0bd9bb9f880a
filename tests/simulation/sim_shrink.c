#include "tests/simulation/sim_shrink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *sim_part_text(const struct sim_part_of *part, struct arena *arena)
{
    const char *text = "";

    for (size_t first = 0; first < part->count; first++) {
        const char *comma = text[0] == '\0' ? "" : ",";
        size_t last = first;

        if (!part->kept[first]) {
            continue;
        }
        while (last + 1 < part->count && part->kept[last + 1]) {
            last++;
        }
        text = first == last ? arena_format(arena, "%s%s%zu", text, comma, first)
                             : arena_format(arena, "%s%s%zu-%zu", text, comma, first, last);
        first = last;
    }
    return text[0] == '\0' ? "none" : text;
}

static bool read_place(const char **text, size_t *out)
{
    char *end;
    const unsigned long long value = strtoull(*text, &end, 10);
    const bool good = **text >= '0' && **text <= '9';

    *out = (size_t)value;
    *text = end;
    return good;
}

bool sim_part_read(const char *text, size_t count, struct sim_part_of *out, struct arena *arena)
{
    out->kept = arena_array(arena, count + 1, sizeof *out->kept);
    out->count = count;
    text = strcmp(text, "none") == 0 ? "" : text;
    while (*text != '\0') {
        size_t first;
        size_t last;

        if (!read_place(&text, &first)) {
            return false;
        }
        last = first;
        if (*text == '-') {
            text++;
            if (!read_place(&text, &last)) {
                return false;
            }
        }
        if (last >= count || first > last || (*text != '\0' && *text++ != ',')) {
            return false;
        }
        for (size_t i = first; i <= last; i++) {
            out->kept[i] = true;
        }
    }
    return true;
}

size_t sim_part_size(const struct sim_part_of *part)
{
    size_t size = 0;

    for (size_t i = 0; i < part->count; i++) {
        size += part->kept[i] ? 1 : 0;
    }
    return size;
}

struct shrinking {
    struct sim_part_of *part;
    const bool *faults;
    size_t tried;
    size_t tries;
    bool (*fails)(void *context, const struct sim_part_of *part);
    void *context;
};

static bool fails_still(struct shrinking *shrinking)
{
    shrinking->tried++;
    return shrinking->fails(shrinking->context, shrinking->part);
}

/* The kept items of one kind. */
static size_t list(const struct shrinking *shrinking, bool faults, size_t *places)
{
    size_t count = 0;

    for (size_t i = 0; i < shrinking->part->count; i++) {
        if (shrinking->part->kept[i] && shrinking->faults[i] == faults) {
            places[count++] = i;
        }
    }
    return count;
}

static void keep(struct shrinking *shrinking, const size_t *places, size_t count, bool kept)
{
    for (size_t i = 0; i < count; i++) {
        shrinking->part->kept[places[i]] = kept;
    }
}

/* One round of leaving out so many at a time; whether some went. */
static bool leave_out(struct shrinking *shrinking, bool faults, size_t chunk, size_t *places)
{
    const size_t count = list(shrinking, faults, places);
    bool any = false;

    for (size_t first = 0; first < count && shrinking->tried < shrinking->tries; first += chunk) {
        const size_t size = count - first < chunk ? count - first : chunk;

        keep(shrinking, places + first, size, false);
        if (fails_still(shrinking)) {
            any = true;
        } else {
            keep(shrinking, places + first, size, true);
        }
    }
    return any;
}

static bool leave_out_all(struct shrinking *shrinking, bool faults, size_t *places)
{
    bool any = false;

    for (size_t chunk = list(shrinking, faults, places); chunk > 0; chunk /= 2) {
        any = leave_out(shrinking, faults, chunk, places) || any;
    }
    return any;
}

static bool hurry(struct shrinking *shrinking)
{
    const int64_t pace = shrinking->part->pace;

    shrinking->part->pace = pace / 2;
    if (pace > 0 && shrinking->tried < shrinking->tries && fails_still(shrinking)) {
        return true;
    }
    shrinking->part->pace = pace;
    return false;
}

size_t sim_shrink(struct sim_part_of *part, const bool *faults, size_t tries,
                  bool (*fails)(void *context, const struct sim_part_of *part), void *context)
{
    struct shrinking shrinking = {
        .part = part, .faults = faults, .tries = tries, .fails = fails, .context = context};
    struct arena arena = {0};
    size_t *places = arena_array(&arena, part->count + 1, sizeof *places);
    bool smaller = true;

    while (smaller && shrinking.tried < tries) {
        const bool less = leave_out_all(&shrinking, true, places);

        smaller = leave_out_all(&shrinking, false, places) || less;
        while (hurry(&shrinking)) {
            smaller = true;
        }
    }
    arena_finish(&arena);
    return shrinking.tried;
}
