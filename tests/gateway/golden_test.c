#include "common/avro/record_json.h"
#include "common/base/text.h"
#include "tests/base/unit.h"
#include "tests/gateway/gateway_files.h"

#include <stdio.h>
#include <string.h>

/* See golden/README.md. */

static const struct {
    const char *layout;
    const char *institution;
} goldens[] = {
    {"catalogo.claves", "ssa"},
    {"imss-bienestar.citas", "imss-bienestar"},
    {"imss-bienestar.ordenes", "imss-bienestar"},
    {"imss-bienestar.recepciones-cdmx", "imss-bienestar"},
    {"imss.altas", "imss"},
    {"imss.contratos", "imss"},
    {"imss.ordenes", "imss"},
    {"plantilla.contratos", "imss"},
    {"plantilla.decisiones", "issste"},
    {"plantilla.ordenes", "imss"},
    {"plantilla.partidas", "imss"},
    {"plantilla.recepciones", "issste"},
    {"plantilla.remisiones", "imss"},
};

static void write_remarks(const struct reported_row *row, struct buffer *out)
{
    struct arena arena = {0};

    for (size_t i = 0; i < row->remark_count; i++) {
        const struct row_remark *remark = &row->remarks[i];

        buffer_format(out, "  %s «%s»: %s; se esperaba %s%s%s\n", remark->column, remark->found,
                      reason_text(&arena, &remark->reason), remark->expected,
                      remark->action == NULL ? "" : "; ",
                      remark->action == NULL ? "" : remark->action);
    }
    arena_finish(&arena);
}

static const char *const verdict_words[] = {[ROW_TAKEN] = "tomada",
                                            [ROW_SET_ASIDE] = "cuarentena",
                                            [ROW_FILLER] = "omitida",
                                            [ROW_SILENT] = "callada"};

static void write_row(const struct reported_row *row, void *context)
{
    struct buffer *out = context;

    buffer_format(out, "%d %s %s\n", (int)row->number, verdict_words[row->verdict],
                  row->fact_id == NULL ? "-" : row->fact_id);
    write_remarks(row, out);
    if (row->event != NULL) {
        json_t *json = record_json(row->type, row->event);
        char *text = json_dumps(json, JSON_INDENT(2));

        buffer_format(out, "  contrato %s\n%s\n", row->contract == NULL ? "-" : row->contract,
                      text);
        free(text);
        json_decref(json);
    }
}

static char *read_whole(const char *path, struct arena *arena)
{
    enum { GOLDEN_BYTES_MAX = 1024 * 1024 };
    FILE *stream = fopen(path, "rb");
    char *text = arena_alloc(arena, GOLDEN_BYTES_MAX);

    if (stream != NULL) {
        ck_assert_uint_lt(fread(text, 1, GOLDEN_BYTES_MAX, stream), GOLDEN_BYTES_MAX);
        (void)fclose(stream);
    }
    return text;
}

static char *golden_text(const char *layout, struct arena *arena)
{
    return read_whole(
        source_path(arena, arena_format(arena, "tests/gateway/golden/%s.txt", layout)), arena);
}

/* Leaves what was read in the build, to be looked at and copied when it is right. */
static const char *leave(const char *layout, struct buffer *out, struct arena *arena)
{
    const char *build = getenv("ABASTO_BUILD_DIR");
    const char *path = arena_format(arena, "%s/%s.golden.txt", build == NULL ? "." : build, layout);
    FILE *stream = fopen(path, "wb");

    ck_assert_ptr_nonnull(stream);
    (void)fputs(buffer_text(out), stream);
    (void)fclose(stream);
    return path;
}

START_TEST(a_layout_reads_its_sample_as_its_golden_file_says)
{
    const char *layout = goldens[_i].layout;
    struct arena arena = {0};
    struct buffer out = {0};
    const struct file_sum sum =
        read_project_file(arena_format(&arena, "tests/gateway/golden/%s.csv", layout),
                          goldens[_i].institution, NULL, &arena, write_row, &out);
    const char *golden = golden_text(layout, &arena);

    ck_assert_msg(sum.layout != NULL, "%s", sum.message);
    ck_assert_str_eq(sum.layout, layout);
    if (strcmp(golden, buffer_text(&out)) != 0) {
        ck_abort_msg("%s: another reading, see %s", layout, leave(layout, &out, &arena));
    }
    buffer_finish(&out);
    arena_finish(&arena);
}
END_TEST

START_TEST(every_layout_has_a_golden_file)
{
    struct arena arena = {0};
    const struct layout_set *set = project_layouts(&arena);

    size_t next = 0;

    for (size_t i = 0; i < set->count; i++) {
        if (!layout_is_companion(
                set->layouts[i])) { /* read in the golden of the one it goes with */
            ck_assert_uint_lt(next, sizeof goldens / sizeof goldens[0]);
            ck_assert_str_eq(layout_id(set->layouts[i]), goldens[next++].layout);
        }
    }
    ck_assert_uint_eq(next, sizeof goldens / sizeof goldens[0]);
    arena_finish(&arena);
}
END_TEST

/* --- every form that a layout declares --- */

/* How a sample is written once more: as its layout declares, and with what needs no declaration. */
struct written_form {
    char delimiter;
    bool cp1252;
    bool bom;
    bool banner; /* as many rows above the header as there may be */
    bool broken; /* titles have line breaks */
};

/* Copies a character; returns its bytes. */
static size_t append_character(struct buffer *out, const char *at, bool cp1252)
{
    uint32_t code_point = 0;
    const size_t size = text_decode(at, strlen(at), &code_point);

    ck_assert_msg(size > 0 && (!cp1252 || code_point < 0x100), "no code page has «%s»", at);
    if (cp1252) {
        buffer_append_u8(out, (uint8_t)code_point);
    } else {
        buffer_append(out, at, size);
    }
    return size;
}

static void append_cell(struct buffer *out, const char *cell, const struct written_form *form,
                        bool is_title)
{
    const size_t word = strcspn(cell, " _");

    buffer_append_text(out, "\"");
    for (size_t i = 0; cell[i] != '\0';) {
        buffer_append_text(out, form->broken && is_title && i == word ? "\n" : "");
        buffer_append_text(out, cell[i] == '"' ? "\"" : "");
        i += append_character(out, cell + i, form->cp1252);
    }
    buffer_append_text(out, "\"");
}

static void write_again(const char *path, struct table_form read, const struct layout *layout,
                        const struct written_form *form, struct buffer *out)
{
    struct arena arena = {0};
    struct table_reader *reader = table_reader_create(fopen(source_path(&arena, path), "rb"), read);
    struct table_row row;
    struct error err = {0};
    bool found;

    buffer_append_text(out, form->bom ? "\xEF\xBB\xBF" : "");
    for (size_t i = 0; form->banner && i < layout->banner_rows; i++) {
        buffer_format(out, "INSTITUTO%c\"Reporte\n%zu\"\r\n", form->delimiter, i);
    }
    while (table_reader_next(reader, &row, &found, &err) && found) {
        ck_assert_msg(!row.torn, "a torn row has one form only");
        for (size_t i = 0; i < row.count; i++) {
            buffer_append(out, &form->delimiter, i > 0 ? 1 : 0);
            append_cell(out, row.cells[i], form, row.number == 0);
        }
        buffer_append_text(out, "\r\n");
    }
    ck_assert_msg(err.action == ERROR_NONE, "%s", err.message);
    table_reader_destroy(reader);
    arena_finish(&arena);
}

static void check_form(int index, struct table_form read, const struct layout *layout,
                       const struct written_form *form)
{
    struct arena arena = {0};
    struct buffer written = {0};
    struct buffer out = {0};
    struct file_sum sum;

    write_again(arena_format(&arena, "tests/gateway/golden/%s.csv", layout->id), read, layout, form,
                &written);
    sum = read_stream(stream_of((const char *)written.data, written.size),
                      goldens[index].institution, NULL, NULL, &arena, write_row, &out);
    ck_assert_msg(text_equal(sum.layout, layout->id) &&
                      text_equal(buffer_text(&out), golden_text(layout->id, &arena)),
                  "%s, delimiter '%c'%s%s%s%s: %s", layout->id, form->delimiter,
                  form->cp1252 ? ", cp1252" : "", form->bom ? ", mark of byte order" : "",
                  form->banner ? ", banner" : "", form->broken ? ", broken titles" : "",
                  sum.layout == NULL ? sum.message : buffer_text(&out));
    buffer_finish(&written);
    buffer_finish(&out);
    arena_finish(&arena);
}

/* The sample once more with each delimiter, code page and banner that the layout declares, and with a mark of byte
 * order and line breaks in its titles, which any file may have. */
START_TEST(a_sample_reads_alike_in_every_form_that_its_layout_declares)
{
    struct arena arena = {0};
    const struct layout *layout = layout_find(project_layouts(&arena), goldens[_i].layout);
    const struct file_sum sum =
        read_project_file(arena_format(&arena, "tests/gateway/golden/%s.csv", layout->id),
                          goldens[_i].institution, NULL, &arena, NULL, NULL);

    for (const char *delimiter = layout->delimiters; *delimiter != '\0'; delimiter++) {
        for (unsigned bits = 0; bits < 8; bits++) {
            const struct written_form form = {.delimiter = *delimiter,
                                              .bom = (bits & 3U) == 1,
                                              .cp1252 = (bits & 3U) == 2,
                                              .banner = (bits & 3U) != 0,
                                              .broken = (bits & 4U) != 0};

            if ((bits & 3U) != 3 && (!form.cp1252 || layout->cp1252)) {
                check_form(_i, sum.form, layout, &form);
            }
        }
    }
    arena_finish(&arena);
}
END_TEST

START_TEST(what_a_layout_says_of_a_blank_cell_is_in_its_golden_file)
{
    struct arena arena = {0};
    const struct layout_set *set = project_layouts(&arena);

    for (size_t i = 0; i < set->count; i++) {
        const char *with = set->layouts[i]->reads_with;
        const char *golden = golden_text(with != NULL ? with : set->layouts[i]->id, &arena);

        for (size_t j = 0; j < set->layouts[i]->column_count; j++) {
            const struct layout_column *column = &set->layouts[i]->columns[j];

            ck_assert_msg(column->if_blank == NULL ||
                              strstr(golden, arena_format(&arena, "  %s «»: %s", column->name,
                                                          column->if_blank)) != NULL,
                          "%s: no row shows that %s %s", set->layouts[i]->id, column->name,
                          column->if_blank);
        }
    }
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_sample_reads_alike_in_every_form_that_its_layout_declares, 0,
                        UNIT_COUNT(goldens));
    tcase_add_test(tcase, what_a_layout_says_of_a_blank_cell_is_in_its_golden_file);
    tcase_add_loop_test(tcase, a_layout_reads_its_sample_as_its_golden_file_says, 0,
                        UNIT_COUNT(goldens));
    tcase_add_test(tcase, every_layout_has_a_golden_file);
}

int main(void)
{
    return unit_run("golden", fill);
}
