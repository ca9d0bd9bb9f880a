#include "tests/bench/tape.h"

#include <string.h>

/* Where a walk over the tape stands; `torn` once it would leave it. */
struct walk {
    const uint8_t *at;
    const uint8_t *end;
    bool torn;
};

static const uint8_t *take(struct walk *walk, size_t bytes)
{
    const uint8_t *here = walk->at;

    if (walk->torn || bytes > (size_t)(walk->end - walk->at)) {
        walk->torn = true;
        return NULL;
    }
    walk->at += bytes;
    return here;
}

static uint32_t take_number(struct walk *walk)
{
    const uint8_t *bytes = take(walk, sizeof(uint32_t));
    uint32_t value = 0;

    if (bytes != NULL) {
        memcpy(&value, bytes, sizeof value);
    }
    return value;
}

static const char *take_text(struct walk *walk)
{
    const uint8_t *nul = walk->torn ? NULL : memchr(walk->at, 0, (size_t)(walk->end - walk->at));

    if (nul == NULL) {
        walk->torn = true;
        return NULL;
    }
    return (const char *)take(walk, (size_t)(nul - walk->at) + 1);
}

static void take_parameters(struct walk *walk, struct tape_entry *out)
{
    out->parameter_count = take_number(walk);
    out->parameters = walk->at;
    for (uint32_t i = 0; i < out->parameter_count && !walk->torn; i++) {
        const int32_t bytes = (int32_t)take_number(walk);

        if (bytes > 0) {
            (void)take(walk, (size_t)bytes);
        }
    }
}

bool tape_next(const uint8_t *tape, size_t bytes, size_t *at, struct tape_entry *out,
               struct error *err)
{
    struct walk walk = {tape + *at, tape + bytes, false};
    const uint8_t *kind;

    if (*at == bytes) {
        return false;
    }
    kind = take(&walk, 1);
    *out = (struct tape_entry){.kind = (enum tape_kind) * kind, .connection = take_number(&walk)};
    switch (out->kind) {
    case TAPE_PREPARE:
        out->name = take_text(&walk);
        out->sql = take_text(&walk);
        break;
    case TAPE_QUERY:
        out->name = take_text(&walk);
        take_parameters(&walk, out);
        break;
    case TAPE_SYNC:
        break;
    }
    if (walk.torn) {
        return error_set(err, ERROR_FATAL, "the tape is torn at byte %zu", *at);
    }
    *at = (size_t)(walk.at - tape);
    return true;
}
