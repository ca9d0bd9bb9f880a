#include "common/base/digest.h"
#include "tests/base/unit.h"

#include <string.h>

static void hex_of(struct digest *digest, char hex[static DIGEST_HEX_BYTES])
{
    uint8_t bytes[DIGEST_BYTES];

    digest_end(digest, bytes);
    digest_hex(bytes, hex);
}

START_TEST(known_vectors_come_out)
{
    uint8_t bytes[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_sha256("abc", 3, bytes);
    digest_hex(bytes, hex);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256(NULL, 0, bytes);
    digest_hex(bytes, hex);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(a_stream_gives_the_digest_of_the_whole_and_begins_again)
{
    struct digest digest = {0};
    char hex[DIGEST_HEX_BYTES];

    for (int round = 0; round < 2; round++) {
        digest_begin(&digest);
        digest_add(&digest, "a", 1);
        digest_add(&digest, NULL, 0);
        digest_add(&digest, "bc", 2);
        hex_of(&digest, hex);
        ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        digest_begin(&digest);
        digest_add(&digest, "forgotten", 9);
    }
    digest_finish(&digest);
    digest_finish(&digest);
}
END_TEST

static void of_two_texts(const char *a, const char *b, char hex[static DIGEST_HEX_BYTES])
{
    struct digest digest = {0};

    digest_begin(&digest);
    digest_add_text(&digest, a);
    digest_add_text(&digest, b);
    hex_of(&digest, hex);
    digest_finish(&digest);
}

START_TEST(neighbouring_fields_do_not_run_together)
{
    char hex[5][DIGEST_HEX_BYTES];

    of_two_texts("ab", "c", hex[0]);
    of_two_texts("a", "bc", hex[1]);
    of_two_texts("abc", "", hex[2]);
    of_two_texts("abc", NULL, hex[3]);
    of_two_texts(NULL, "abc", hex[4]);
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < i; j++) {
            ck_assert_str_ne(hex[i], hex[j]);
        }
    }
}
END_TEST

START_TEST(numbers_have_their_own_digest)
{
    struct digest digest = {0};
    char one[DIGEST_HEX_BYTES];
    char minus_one[DIGEST_HEX_BYTES];

    digest_begin(&digest);
    digest_add_int64(&digest, 1);
    hex_of(&digest, one);
    digest_begin(&digest);
    digest_add_int64(&digest, -1);
    hex_of(&digest, minus_one);
    ck_assert_str_ne(one, minus_one);
    digest_finish(&digest);
}
END_TEST

START_TEST(long_texts_are_shortened_and_stay_two)
{
    char a[32];
    char b[32];

    ck_assert(!digest_shorten("0123456789012345678901234567890", a, sizeof a));
    ck_assert_str_eq(a, "0123456789012345678901234567890");
    ck_assert(digest_shorten("01234567890123456789012345678901", a, sizeof a));
    ck_assert(digest_shorten("01234567890123456789012345678902", b, sizeof b));
    ck_assert_uint_eq(strlen(a), 31);
    ck_assert(strncmp(a, "01234567890123~", 15) == 0);
    ck_assert_str_ne(a, b);
    ck_assert(digest_shorten("0123456789012ñ678901234567890123", a, sizeof a));
    ck_assert(strncmp(a, "0123456789012~", 14) == 0); /* the ñ is not cut in two */
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, known_vectors_come_out);
    tcase_add_test(tcase, a_stream_gives_the_digest_of_the_whole_and_begins_again);
    tcase_add_test(tcase, neighbouring_fields_do_not_run_together);
    tcase_add_test(tcase, numbers_have_their_own_digest);
    tcase_add_test(tcase, long_texts_are_shortened_and_stay_two);
}

int main(void)
{
    return unit_run("base.digest", fill);
}
