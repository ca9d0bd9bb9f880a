#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/text.h"
#include "tests/base/unit.h"

#include <stdint.h>
#include <string.h>

START_TEST(memory_is_zeroed_and_aligned_even_after_a_reset)
{
    struct arena arena = {0};

    for (int round = 0; round < 3; round++) {
        for (size_t bytes = 1; bytes < 100000; bytes = bytes * 3 + 1) {
            unsigned char *block = arena_alloc(&arena, bytes);

            ck_assert_uint_eq((uintptr_t)block % 16, 0);
            for (size_t i = 0; i < bytes; i++) {
                ck_assert_uint_eq(block[i], 0);
            }
            memset(block, 0xFF, bytes);
        }
        arena_reset(&arena);
        ck_assert_uint_eq(arena.used_bytes, 0);
    }
    arena_finish(&arena);
    arena_finish(&arena);
}
END_TEST

START_TEST(texts_are_copied_and_null_stays_null)
{
    struct arena arena = {0};

    ck_assert_str_eq(arena_text(&arena, "clave y lote", 5), "clave");
    ck_assert_str_eq(arena_text(&arena, NULL, 0), "");
    ck_assert_ptr_null(arena_copy(&arena, NULL));
    ck_assert_str_eq(arena_format(&arena, "%s-%04d", "IB", 17), "IB-0017");
    arena_finish(&arena);
}
END_TEST

START_TEST(a_buffer_grows_and_writes_big_endian)
{
    struct buffer buffer = {0};
    const uint8_t expected[] = {7, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3};

    buffer_append_u8(&buffer, 7);
    buffer_append_u32(&buffer, 0x102);
    buffer_append_u64(&buffer, 3);
    ck_assert_uint_eq(buffer_view(&buffer).size, sizeof expected);
    ck_assert_mem_eq(buffer_view(&buffer).data, expected, sizeof expected);
    buffer_clear(&buffer);
    for (int i = 0; i < 1000; i++) {
        buffer_format(&buffer, "%03d,", i);
    }
    ck_assert_uint_eq(strlen(buffer_text(&buffer)), 4000);
    ck_assert_uint_eq(buffer.size, 4000);
    buffer_finish(&buffer);
}
END_TEST

START_TEST(the_first_error_wins_and_takes_context_in_front)
{
    struct error err = {0};

    ck_assert(!error_set(&err, ERROR_REJECT, "cantidad %d", 5));
    ck_assert(!error_set(&err, ERROR_FATAL, "otro"));
    ck_assert(!error_prefix(&err, "fila %d", 12));
    ck_assert_str_eq(err.message, "fila 12: cantidad 5");
    ck_assert_str_eq(error_action_name(err.action), "REJECT");
    error_clear(&err);
    ck_assert_int_eq(err.action, ERROR_NONE);
}
END_TEST

START_TEST(a_message_too_long_is_cut_at_a_whole_character)
{
    static const char twelve[] = "ñññññññññññ-";
    struct error err = {0};
    size_t length;

    ck_assert(!error_set(&err, ERROR_REJECT, "%s%s%s%s%s%s%s%s%s%s%s%s", twelve, twelve, twelve,
                         twelve, twelve, twelve, twelve, twelve, twelve, twelve, twelve, twelve));
    for (int i = 0; i < 300; i++) {
        ck_assert(!error_prefix(&err, i % 2 == 0 ? "x" : "más"));
        length = strlen(err.message);
        ck_assert_uint_lt(length, sizeof err.message);
        ck_assert(text_is_utf8(err.message, length));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, memory_is_zeroed_and_aligned_even_after_a_reset);
    tcase_add_test(tcase, texts_are_copied_and_null_stays_null);
    tcase_add_test(tcase, a_buffer_grows_and_writes_big_endian);
    tcase_add_test(tcase, the_first_error_wins_and_takes_context_in_front);
    tcase_add_test(tcase, a_message_too_long_is_cut_at_a_whole_character);
}

int main(void)
{
    return unit_run("base.arena", fill);
}
