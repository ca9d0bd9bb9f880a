#include "tests/gateway/gateway_files.h"

#include "common/base/date.h"
#include "common/base/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

const char *source_path(struct arena *arena, const char *path)
{
    const char *root = getenv("ABASTO_SOURCE_DIR");

    return arena_format(arena, "%s/%s", root == NULL ? "." : root, path);
}

const struct layout_set *project_layouts(struct arena *arena)
{
    const struct layout_set *set = NULL;
    struct error err = {0};

    ck_assert_msg(
        layout_set_load(source_path(arena, "services/gateway/formats"), arena, &set, &err), "%s",
        err.message);
    return set;
}

FILE *stream_of(const char *bytes, size_t size)
{
    FILE *stream = tmpfile();

    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, size, stream), size);
    rewind(stream);
    return stream;
}

static struct table_row next(struct table_reader *reader, bool *found)
{
    struct table_row row = {0};
    struct error err = {0};

    ck_assert_msg(table_reader_next(reader, &row, found, &err), "%s", err.message);
    return row;
}

/* The same bytes under a handle of their own. */
static FILE *copy_of(FILE *stream)
{
    FILE *copy = tmpfile();
    char chunk[8192];
    size_t size;

    ck_assert_ptr_nonnull(copy);
    rewind(stream);
    while ((size = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        ck_assert_uint_eq(fwrite(chunk, 1, size, copy), size);
    }
    rewind(copy);
    return copy;
}

/* The newest date of the as_of column. */
static int64_t newest(FILE *stream, const struct layout_fit *fit)
{
    struct table_reader *reader = table_reader_create(copy_of(stream), fit->form);
    int64_t day = INT64_MIN;
    bool found = true;

    (void)next(reader, &found);
    while (found) {
        const struct table_row row = next(reader, &found);

        if (found) {
            (void)layout_newest(fit->layout, &fit->readings[0].columns, &row, &day);
        }
    }
    table_reader_destroy(reader);
    return day;
}

static bool is_utf8(FILE *stream)
{
    struct text_utf8 text = {0};
    char chunk[8192];
    size_t size;

    rewind(stream);
    while ((size = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        text_utf8_add(&text, chunk, size);
    }
    return text_utf8_is_whole(&text);
}

static struct layout_head head_of(FILE *stream, struct table_form form, struct arena *arena)
{
    struct table_row *rows = arena_array(arena, LAYOUT_HEAD_ROWS_MAX, sizeof *rows);
    struct table_reader *reader = table_reader_create(copy_of(stream), form);
    struct layout_head head = {.form = form, .rows = rows};
    bool found = true;

    while (found && head.count < LAYOUT_HEAD_ROWS_MAX) {
        const struct table_row row = next(reader, &found);

        if (found) {
            const char **cells = arena_array(arena, row.count + 1, sizeof *cells);

            for (size_t i = 0; i < row.count; i++) {
                cells[i] = arena_copy(arena, row.cells[i]);
            }
            rows[head.count] = row;
            rows[head.count++].cells = cells;
        }
    }
    table_reader_destroy(reader);
    return head;
}

static struct layout_fit recognise(FILE *stream, const struct layout_set *set,
                                   const char *institution, const char *wanted, struct arena *arena)
{
    const struct layout *only = wanted == NULL ? NULL : layout_find(set, wanted);
    struct table_form forms[LAYOUT_FORMS_MAX];
    struct layout_head heads[LAYOUT_FORMS_MAX];
    const size_t count = layout_forms(set, is_utf8(stream), forms);

    for (size_t i = 0; i < count; i++) {
        heads[i] = head_of(stream, forms[i], arena);
    }
    return layout_recognise(set, institution, only, heads, count, arena);
}

static void count(struct file_sum *sum, const struct reported_row *row)
{
    sum->rows++;
    sum->taken += row->verdict == ROW_TAKEN ? 1 : 0;
    sum->set_aside += row->verdict == ROW_SET_ASIDE ? 1 : 0;
    sum->warned += row->verdict == ROW_TAKEN && row->remark_count > 0 ? 1 : 0;
}

static void read_rows(FILE *stream, const struct layout_fit *fit, const struct row_file *file,
                      const struct row_catalogue *catalogue, struct file_sum *sum,
                      file_row_taker *take, void *context)
{
    struct table_reader *reader;
    struct arena arena = {0};
    bool found;

    rewind(stream);
    reader = table_reader_create(stream, fit->form);
    (void)next(reader, &found);
    while (found) {
        const struct table_row row = next(reader, &found);

        for (size_t i = 0; found && i < fit->reading_count; i++) {
            struct reported_row out;

            row_read(fit->readings[i].layout, &fit->readings[i].columns, file, catalogue, &row,
                     &arena, &out);
            if (i == 0) {
                count(sum, &out);
            }
            if (take != NULL) {
                take(&out, context);
            }
        }
        arena_reset(&arena);
    }
    arena_finish(&arena);
    table_reader_destroy(reader);
}

struct file_sum read_stream(FILE *stream, const char *institution, const char *wanted,
                            const struct row_catalogue *catalogue, struct arena *arena,
                            file_row_taker *take, void *context)
{
    const struct layout_fit fit =
        recognise(stream, project_layouts(arena), institution, wanted, arena);
    struct file_sum sum = {.as_of = INT64_MIN, .message = reason_text(arena, &fit.refusal)};
    struct row_file file = {
        .institution = institution,
        .name = "prueba.csv",
        .sha256 = "0000000000000000000000000000000000000000000000000000000000000000",
        .as_of = INT64_C(20331) * DATE_DAY_MICROSECONDS, /* 2025-08-31 */
        .has_as_of = true,
    };

    if (fit.layout == NULL) {
        (void)fclose(stream);
        return sum;
    }
    sum.layout = layout_id(fit.layout);
    sum.form = fit.form;
    sum.as_of = newest(stream, &fit);
    file.as_of = sum.as_of == INT64_MIN ? file.as_of : sum.as_of;
    read_rows(stream, &fit, &file, catalogue, &sum, take, context);
    return sum;
}

struct file_sum read_project_file(const char *path, const char *institution,
                                  const struct row_catalogue *catalogue, struct arena *arena,
                                  file_row_taker *take, void *context)
{
    FILE *stream = fopen(source_path(arena, path), "rb");

    ck_assert_msg(stream != NULL, "%s", path);
    return read_stream(stream, institution, NULL, catalogue, arena, take, context);
}

/* Sorted claves. */
struct clave_list {
    const char **claves;
    size_t count;
    struct arena *arena;
};

enum { CLAVES_MAX = 8192 };

static void keep_clave(const struct reported_row *row, void *context)
{
    struct clave_list *list = context;

    ck_assert_int_eq(row->verdict, ROW_TAKEN);
    ck_assert_uint_lt(list->count, CLAVES_MAX);
    list->claves[list->count++] = arena_copy(list->arena, row->clave);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool knows(const void *context, const char *clave)
{
    const struct clave_list *list = context;

    return bsearch(&clave, list->claves, list->count, sizeof *list->claves, by_text) != NULL;
}

struct row_catalogue demo_catalogue(struct arena *arena)
{
    struct clave_list *list = arena_alloc(arena, sizeof *list);

    list->arena = arena;
    list->claves = arena_array(arena, CLAVES_MAX, sizeof *list->claves);
    (void)read_project_file("deploy/demo/catalogo/claves.csv", "ssa", NULL, arena, keep_clave,
                            list);
    qsort(list->claves, list->count, sizeof *list->claves, by_text);
    return (struct row_catalogue){.knows = knows, .context = list};
}
