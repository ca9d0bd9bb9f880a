#include "common/base/text.h"
#include "common/base/cp1252.h"
#include "common/base/digest.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Text of any bytes. What is put in order stays so when it is put in order again; bytes that come in pieces are UTF-8
 * exactly when the whole is; what is cleaned or comes from a code page can be kept by PostgreSQL.
 *
 * Input: two bytes that say where the pieces part, and the bytes. */

typedef char *text_order(struct arena *arena, const char *text);

static void check_orders(const char *text, struct arena *arena)
{
    static text_order *const orders[] = {text_trim, text_upper, text_fold};
    const bool whole = text_is_utf8(text, strlen(text));

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const char *once = orders[i](arena, text);
        const char *twice = orders[i](arena, once);

        FUZZ_CHECK((orders[i] == text_fold && !whole) || strcmp(once, twice) == 0,
                   "order %zu: \"%s\" becomes \"%s\"", i, once, twice);
        FUZZ_CHECK(strlen(once) <= strlen(text), "order %zu: longer than it was", i);
        FUZZ_CHECK(!whole || text_is_utf8(once, strlen(once)), "order %zu: no UTF-8 any more", i);
    }
    FUZZ_CHECK(text_is_blank(text) == (text_trim(arena, text)[0] == '\0'), "blank, or not?");
}

static void check_pieces(struct bytes all, size_t first, size_t second)
{
    struct text_utf8 pieces = {0};
    const size_t one = all.size == 0 ? 0 : first % (all.size + 1);
    const size_t two = one + second % (all.size - one + 1);
    const bool whole =
        all.size == 0 ||
        (memchr(all.data, 0, all.size) == NULL ? text_is_utf8(all.data, all.size) : false);

    text_utf8_add(&pieces, all.data, one);
    text_utf8_add(&pieces, all.data + one, two - one);
    text_utf8_add(&pieces, all.data + two, all.size - two);
    FUZZ_CHECK((all.size > 0 && memchr(all.data, 0, all.size) != NULL) ||
                   whole == text_utf8_is_whole(&pieces),
               "parted at %zu and %zu it is another thing", one, two);
}

static void check_cleaning(struct bytes all, size_t room, struct arena *arena)
{
    const char *clean = text_clean(arena, all.data, all.size, room);
    struct buffer page = {0};

    FUZZ_CHECK(text_is_utf8(clean, strlen(clean)), "cleaned, and no UTF-8");
    FUZZ_CHECK(strlen(clean) <= room + 3, "%zu bytes where %zu fit", strlen(clean), room);
    for (const char *at = clean; *at != '\0'; at++) {
        FUZZ_CHECK((unsigned char)*at >= 0x20 && *at != 0x7F, "a control character is left");
    }
    cp1252_append_utf8(&page, all.data, all.size);
    FUZZ_CHECK(page.size >= all.size, "a code page that loses characters");
    FUZZ_CHECK(all.size == 0 || memchr(all.data, 0, all.size) != NULL ||
                   text_is_utf8(page.data, page.size),
               "a code page that gives no UTF-8");
    buffer_finish(&page);
}

static void check_shortening(const char *text)
{
    char out[48];
    char again[48];
    const bool whole = text_is_utf8(text, strlen(text));

    FUZZ_CHECK(digest_shorten(text, out, sizeof out) == (strlen(text) >= sizeof out), "shortened?");
    FUZZ_CHECK(!digest_shorten(out, again, sizeof again) && strcmp(out, again) == 0,
               "shortened twice");
    FUZZ_CHECK(!whole || text_is_utf8(out, strlen(out)), "shortened within a character");
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const size_t first = fuzz_byte(&input);
    const size_t second = fuzz_byte(&input);
    const struct bytes all = fuzz_rest(&input);
    struct arena arena = {0};
    const char *text = fuzz_text(&input, 0, &arena);

    check_orders(text, &arena);
    check_pieces(all, first, second);
    check_cleaning(all, first + second, &arena);
    check_shortening(text);
    arena_finish(&arena);
}
