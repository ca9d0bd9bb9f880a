#include "common/avro/binder.h"
#include "events.h"
#include "tests/avro/filler.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <string.h>

/* See golden/README.md. */

static char *golden_path(struct arena *arena, const struct event_schema *schema)
{
    const char *root = getenv("ABASTO_SOURCE_DIR");
    const char *name = strrchr(schema->full_name, '.');

    return arena_format(arena, "%s/tests/avro/golden/%s.v%d.hex", root == NULL ? "." : root,
                        name == NULL ? schema->full_name : name + 1, schema->version);
}

static void append_hex(struct buffer *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        buffer_format(out, "%02x", bytes.data[i]);
    }
    buffer_append_text(out, "\n");
}

/* The text of the golden file as the program would write it now. */
static void expected_text(const struct record_type *type, struct arena *arena, struct buffer *out)
{
    static const enum filling lines[] = {FILLING_FULL, FILLING_BARE};
    struct record_encoder *encoder = NULL;
    struct buffer bytes = {0};
    struct error err = {0};

    ck_assert_msg(record_encoder_create(type, &encoder, &err), "%s", err.message);
    for (size_t i = 0; i < 2; i++) {
        buffer_clear(&bytes);
        ck_assert_msg(record_encode(encoder, filler_record(type, lines[i], arena), &bytes, &err),
                      "%s", err.message);
        append_hex(out, buffer_view(&bytes));
    }
    buffer_finish(&bytes);
    record_encoder_destroy(encoder);
}

static bool read_golden(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    char chunk[4096];
    size_t got;

    if (file == NULL) {
        return false;
    }
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        buffer_append(out, chunk, got);
    }
    (void)fclose(file);
    return true;
}

static void write_golden(const char *path, const struct buffer *text)
{
    FILE *file = fopen(path, "wb");

    ck_assert_msg(file != NULL, "%s cannot be written", path);
    ck_assert_uint_eq(fwrite(text->data, 1, text->size, file), text->size);
    ck_assert_int_eq(fclose(file), 0);
}

static const struct event_schema *newest_schema(const struct record_type *type)
{
    for (size_t i = 0; i < event_schema_count; i++) {
        if (event_schemas[i].version == type->version &&
            strcmp(event_schemas[i].full_name, type->full_name) == 0) {
            return &event_schemas[i];
        }
    }
    ck_abort_msg("%s has no schema", type->full_name);
    return NULL;
}

START_TEST(an_event_is_written_in_the_bytes_of_its_golden_file)
{
    const struct record_type *type = event_types[_i];
    struct arena arena = {0};
    struct buffer now = {0};
    struct buffer golden = {0};
    const char *path = golden_path(&arena, newest_schema(type));

    expected_text(type, &arena, &now);
    if (!read_golden(path, &golden)) {
        ck_assert_msg(getenv("ABASTO_GOLDEN_WRITE") != NULL,
                      "%s is missing: see tests/avro/golden/README.md", path);
        write_golden(path, &now);
        buffer_append(&golden, now.data, now.size);
    }
    ck_assert_str_eq(buffer_text(&golden), buffer_text(&now));
    buffer_finish(&golden);
    buffer_finish(&now);
    arena_finish(&arena);
}
END_TEST

static void unhex(const char *line, size_t length, struct buffer *out)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        const char digits[3] = {line[i], line[i + 1], '\0'};

        buffer_append_u8(out, (uint8_t)strtoul(digits, NULL, 16));
    }
}

START_TEST(golden_bytes_of_every_version_are_read_by_the_newest)
{
    const struct event_schema *schema = &event_schemas[_i];
    const struct record_type *type = event_type_by_name(schema->full_name);
    struct record_decoder *decoder = NULL;
    struct arena arena = {0};
    struct buffer golden = {0};
    struct error err = {0};
    const char *line;

    ck_assert_msg(record_decoder_create(type, schema->schema_json, &decoder, &err), "%s",
                  err.message);
    ck_assert_msg(read_golden(golden_path(&arena, schema), &golden), "%s v%d has no golden file",
                  schema->full_name, schema->version);
    line = buffer_text(&golden);
    for (int lines = 0; lines < 2; lines++) {
        const size_t length = strcspn(line, "\n");
        struct buffer bytes = {0};
        const void *record = NULL;

        unhex(line, length, &bytes);
        ck_assert_msg(record_decode(decoder, buffer_view(&bytes), &arena, &record, &err), "%s",
                      err.message);
        buffer_finish(&bytes);
        line += length + 1;
    }
    buffer_finish(&golden);
    record_decoder_destroy(decoder);
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_event_is_written_in_the_bytes_of_its_golden_file, 0,
                        (int)event_type_count);
    tcase_add_loop_test(tcase, golden_bytes_of_every_version_are_read_by_the_newest, 0,
                        (int)event_schema_count);
}

int main(void)
{
    return unit_run("avro_golden", fill);
}
