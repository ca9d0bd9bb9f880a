#include "common/avro/record_json.h"
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

static const char *const verdict_words[] = {
    [ROW_TAKEN] = "tomada", [ROW_SET_ASIDE] = "cuarentena", [ROW_FILLER] = "omitida"};

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
        (void)fread(text, 1, GOLDEN_BYTES_MAX - 1, stream);
        (void)fclose(stream);
    }
    return text;
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
    const char *golden = read_whole(
        source_path(&arena, arena_format(&arena, "tests/gateway/golden/%s.txt", layout)), &arena);

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

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_layout_reads_its_sample_as_its_golden_file_says, 0,
                        UNIT_COUNT(goldens));
    tcase_add_test(tcase, every_layout_has_a_golden_file);
}

int main(void)
{
    return unit_run("golden", fill);
}
