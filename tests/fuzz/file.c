#include "common/base/date.h"
#include "common/base/text.h"
#include "services/gateway/feed_layout.h"
#include "services/gateway/layout_parts.h"
#include "services/gateway/snapshot.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rows.h"

#include <string.h>

/* Files as they are dropped: which layout they have, and their rows. A file has a layout or a message that says why
 * none; a snapshot shows what was put into it.
 *
 * Input: a byte that chooses the institution, and the file. */

enum { ROWS_MAX = 64 };

struct reading {
    const struct layout_fit *fit;
    struct row_file file;
    struct snapshot snapshot;
    struct arena arena;
};

static void read_row(struct reading *reading, const struct table_row *cells)
{
    struct reported_row *rows =
        arena_array(&reading->arena, reading->fit->reading_count, sizeof *rows);
    struct row_answer answer;

    for (size_t i = 0; i < reading->fit->reading_count; i++) {
        const struct layout_reading *one = &reading->fit->readings[i];

        row_read(one->layout, &one->columns, &reading->file, NULL, cells, &reading->arena,
                 &rows[i]);
        rows_check(&rows[i]);
    }
    answer = row_answer_of(rows, reading->fit->reading_count, &reading->arena);
    FUZZ_CHECK(answer.verdict == ROW_TAKEN || answer.remark_count > 0, "not taken without a word");
    if (layout_is_snapshot(reading->fit->layout)) {
        snapshot_add(&reading->snapshot, &rows[0], &reading->arena);
    }
}

static void read_rows(struct reading *reading, const struct feed_content *content)
{
    struct table_reader *reader = NULL;
    struct error err = {0};
    bool found = true;

    FUZZ_CHECK(feed_layout_open(content, reading->fit->form, &reader, &err), "%s", err.message);
    for (int i = 0; found && i < ROWS_MAX; i++) {
        struct table_row row;

        FUZZ_CHECK(table_reader_next(reader, &row, &found, &err), "%s", err.message);
        if (found) {
            FUZZ_CHECK(row.number == i + 1, "row %d comes as %d", i + 1, (int)row.number);
            (void)layout_newest(reading->fit->layout, &reading->fit->readings[0].columns, &row,
                                &reading->file.as_of);
            read_row(reading, &row);
        }
    }
    table_reader_destroy(reader);
}

static void check_snapshot(struct reading *reading)
{
    struct snapshot *snapshot = &reading->snapshot;

    snapshot_close(snapshot);
    for (size_t i = 0; i < snapshot->count; i++) {
        FUZZ_CHECK(snapshot_shows(snapshot, snapshot->facts[i].scope, snapshot->facts[i].fact_id),
                   "a snapshot does not show what it holds");
    }
    FUZZ_CHECK(!snapshot_is_whole(snapshot) || snapshot->oldest <= snapshot->newest,
               "a window that ends before it begins");
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static const char *const institutions[] = {"imss", "issste", "imss-bienestar", "ssa"};
    struct fuzz_input input = {data, size};
    const char *institution = institutions[fuzz_byte(&input) % 4];
    const struct bytes bytes = fuzz_rest(&input);
    struct feed_content content = {.path = fuzz_file(bytes)};
    struct reading reading = {
        .file = {
            .institution = institution, .name = "prueba.csv", .sha256 = "00", .has_as_of = true}};
    const struct sidecar sidecar = {0};
    struct text_utf8 text = {0};
    struct layout_fit fit;
    struct error err = {0};

    text_utf8_add(&text, bytes.data, bytes.size);
    content.utf8 = text_utf8_is_whole(&text);
    FUZZ_CHECK(feed_layout_find(rows_layouts(), institution, &content, &sidecar, &reading.arena,
                                &fit, &err),
               "%s", err.message);
    if (fit.layout == NULL) {
        rows_check_reason(&fit.refusal);
    } else {
        reading.fit = &fit;
        read_rows(&reading, &content);
        check_snapshot(&reading);
    }
    arena_finish(&reading.arena);
}
