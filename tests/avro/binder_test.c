#include "common/avro/binder.h"
#include "common/avro/record_member.h"
#include "common/base/date.h"
#include "events.h"
#include "tests/avro/filler.h"
#include "tests/base/unit.h"

#include <string.h>

/* A coder and a decoder of one event, as a service holds them. */
struct pair {
    const struct record_type *type;
    struct record_encoder *encoder;
    struct record_decoder *decoder;
    struct arena arena;
    struct buffer bytes;
    struct error err;
};

static void pair_open(struct pair *pair, const struct record_type *type)
{
    *pair = (struct pair){.type = type};
    ck_assert_msg(record_encoder_create(type, &pair->encoder, &pair->err), "%s", pair->err.message);
    ck_assert_msg(record_decoder_create(type, type->schema_json, &pair->decoder, &pair->err), "%s",
                  pair->err.message);
}

static void pair_close(struct pair *pair)
{
    record_encoder_destroy(pair->encoder);
    record_decoder_destroy(pair->decoder);
    arena_finish(&pair->arena);
    buffer_finish(&pair->bytes);
}

static void write_filled(struct pair *pair, enum filling filling)
{
    const void *record = filler_record(pair->type, filling, &pair->arena);

    buffer_clear(&pair->bytes);
    ck_assert_msg(record_encode(pair->encoder, record, &pair->bytes, &pair->err), "%s",
                  pair->err.message);
}

START_TEST(every_event_comes_back_as_it_was_written)
{
    struct pair pair;

    pair_open(&pair, event_types[_i]);
    for (int round = 0; round < 2 * FILLING_COUNT; round++) { /* twice: values are used again */
        const enum filling filling = (enum filling)(round % FILLING_COUNT);
        const void *before = filler_record(pair.type, filling, &pair.arena);
        const void *after = NULL;

        write_filled(&pair, filling);
        ck_assert_msg(
            record_decode(pair.decoder, buffer_view(&pair.bytes), &pair.arena, &after, &pair.err),
            "%s", pair.err.message);
        ck_assert_msg(record_equal(pair.type, before, after), "%s", pair.type->name);
    }
    pair_close(&pair);
}
END_TEST

START_TEST(a_message_cut_at_any_byte_is_rejected)
{
    struct pair pair;

    pair_open(&pair, event_types[_i]);
    for (int filling = 0; filling < FILLING_COUNT; filling++) {
        write_filled(&pair, (enum filling)filling);
        for (size_t size = 0; size < pair.bytes.size; size++) {
            uint8_t *cut = memory_alloc(size); /* its own block: ASan sees a read beyond it */
            const void *after = &pair;

            if (size > 0) {
                memcpy(cut, pair.bytes.data, size);
            }
            error_clear(&pair.err);
            ck_assert(!record_decode(pair.decoder, (struct bytes){cut, size}, &pair.arena, &after,
                                     &pair.err));
            ck_assert_int_eq(pair.err.action, ERROR_REJECT);
            ck_assert_ptr_eq(after, &pair);
            free(cut);
        }
    }
    pair_close(&pair);
}
END_TEST

START_TEST(a_message_with_any_byte_changed_never_crashes)
{
    struct pair pair;

    pair_open(&pair, event_types[_i]);
    write_filled(&pair, FILLING_FULL);
    for (size_t at = 0; at < pair.bytes.size; at++) {
        for (unsigned flip = 1; flip < 256; flip = flip * 2 + 1) {
            const void *after = NULL;

            pair.bytes.data[at] ^= (uint8_t)flip;
            error_clear(&pair.err);
            if (!record_decode(pair.decoder, buffer_view(&pair.bytes), &pair.arena, &after,
                               &pair.err)) {
                ck_assert_int_eq(pair.err.action, ERROR_REJECT);
            }
            pair.bytes.data[at] ^= (uint8_t)flip;
            arena_reset(&pair.arena);
        }
    }
    pair_close(&pair);
}
END_TEST

START_TEST(a_copy_is_equal_and_owes_nothing_to_the_original)
{
    const struct record_type *type = event_types[_i];
    struct arena arena = {0};

    for (int filling = 0; filling < FILLING_COUNT; filling++) {
        struct arena original = {0};
        const void *before = filler_record(type, (enum filling)filling, &original);
        const void *copy = record_copy(type, before, &arena);

        ck_assert(record_equal(type, before, copy));
        arena_finish(&original);
        ck_assert(record_equal(type, copy, filler_record(type, (enum filling)filling, &arena)));
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(records_that_differ_are_not_equal)
{
    const struct record_type *type = event_types[_i];
    struct arena arena = {0};
    const void *full = filler_record(type, FILLING_FULL, &arena);

    for (size_t i = 0; i < type->field_count; i++) {
        const struct record_field *field = &type->fields[i];
        char *changed = record_copy(type, full, &arena);

        if (field->nullable) {
            if (field->type == FIELD_TEXT) {
                *(const char **)member_of(field, changed) = NULL;
            }
            member_set_present(field, changed, false);
        } else if (field->type == FIELD_RECORDS || field->type == FIELD_TEXTS) {
            member_set_count(field, changed, 1);
        } else if (field->type == FIELD_TEXT) {
            *(const char **)member_of(field, changed) = "another";
        } else {
            *(char *)member_of(field, changed) ^= 1;
        }
        if (field->type != FIELD_RECORD) {
            ck_assert_msg(!record_equal(type, full, changed), "%s.%s", type->name, field->name);
        }
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(a_missing_text_is_refused_by_its_path_and_nothing_is_appended)
{
    struct day_closed day = {.institution = NULL, .day = 20000};
    struct pair pair;

    pair_open(&pair, &day_closed_type);
    buffer_append_text(&pair.bytes, "before");
    ck_assert(!record_encode(pair.encoder, &day, &pair.bytes, &pair.err));
    ck_assert_int_eq(pair.err.action, ERROR_REJECT);
    ck_assert_str_eq(pair.err.message, "institution: text is missing");
    ck_assert_uint_eq(pair.bytes.size, strlen("before"));

    error_clear(&pair.err);
    day.institution = "im\xffss";
    ck_assert(!record_encode(pair.encoder, &day, &pair.bytes, &pair.err));
    ck_assert_str_eq(pair.err.message, "institution: text is not UTF-8");

    error_clear(&pair.err);
    day.institution = "imss";
    ck_assert(record_encode(pair.encoder, &day, &pair.bytes, &pair.err));
    ck_assert_uint_gt(pair.bytes.size, strlen("before"));
    pair_close(&pair);
}
END_TEST

START_TEST(a_number_is_no_date)
{
    const struct penalty_calculated *after = NULL;
    struct pair pair;
    struct penalty_calculated *event;

    pair_open(&pair, &penalty_calculated_type);
    event = filler_record(pair.type, FILLING_FULL, &pair.arena);
    event->rule_version = INT32_MAX;
    ck_assert(record_encode(pair.encoder, event, &pair.bytes, &pair.err));
    ck_assert_msg(record_decode(pair.decoder, buffer_view(&pair.bytes), &pair.arena,
                                (const void **)&after, &pair.err),
                  "%s", pair.err.message);
    ck_assert_int_eq(after->rule_version, INT32_MAX);
    pair_close(&pair);
}
END_TEST

START_TEST(dates_and_instants_beyond_the_years_of_people_are_not_sent)
{
    struct pair pair;
    struct day_closed closed = {.institution = "imss", .day = DATE_MAX + 1};
    struct clave_catalogued clave = {.clave = "1", .as_of = INT64_MAX};

    pair_open(&pair, &day_closed_type);
    ck_assert(!record_encode(pair.encoder, &closed, &pair.bytes, &pair.err));
    ck_assert_int_eq(pair.err.action, ERROR_REJECT);
    pair_close(&pair);
    pair_open(&pair, &clave_catalogued_type);
    ck_assert(!record_encode(pair.encoder, &clave, &pair.bytes, &pair.err));
    ck_assert_int_eq(pair.err.action, ERROR_REJECT);
    pair_close(&pair);
}
END_TEST

static void fill(TCase *tcase)
{
    const int count = (int)event_type_count;

    tcase_add_test(tcase, a_number_is_no_date);
    tcase_add_test(tcase, dates_and_instants_beyond_the_years_of_people_are_not_sent);
    tcase_add_loop_test(tcase, every_event_comes_back_as_it_was_written, 0, count);
    tcase_add_loop_test(tcase, a_message_cut_at_any_byte_is_rejected, 0, count);
    tcase_add_loop_test(tcase, a_message_with_any_byte_changed_never_crashes, 0, count);
    tcase_add_loop_test(tcase, a_copy_is_equal_and_owes_nothing_to_the_original, 0, count);
    tcase_add_loop_test(tcase, records_that_differ_are_not_equal, 0, count);
    tcase_add_test(tcase, a_missing_text_is_refused_by_its_path_and_nothing_is_appended);
}

int main(void)
{
    return unit_run("avro_binder", fill);
}
