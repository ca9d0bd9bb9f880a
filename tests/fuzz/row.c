#include "services/gateway/row.h"
#include "common/base/date.h"
#include "services/gateway/layout_parts.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rows.h"

/* Rows of the project's layouts. Whatever stands in the cells the row has a verdict that tells people what to do;
 * what is taken can be sent; and a row says the same wherever its columns stand, with blanks around its cells or
 * without.
 *
 * Input: the layout's id to a line feed, a byte of switches, and the cells, each to a 0x1F. */

enum { SEPARATOR = 0x1F, COLUMNS_MAX = 128 };

static struct row_file file_of(uint8_t switches)
{
    static const char *const institutions[] = {"imss", "issste", "imss-bienestar", "ssa"};

    return (struct row_file){.institution = institutions[switches % 4],
                             .name = "prueba.csv",
                             .sha256 =
                                 "0000000000000000000000000000000000000000000000000000000000000000",
                             .as_of = 20331 * DATE_DAY_MICROSECONDS, /* 2025-08-31 */
                             .has_as_of = (switches & 4) == 0,
                             .invented = (switches & 8) != 0,
                             .again = (switches & 16) != 0 ? "publique el reporte otra vez" : NULL};
}

/* The same row, with its columns in one order or the other. */
static struct reported_row read_row(const struct layout *layout, const struct row_file *file,
                                    const char *const *cells, bool backwards, bool blanks,
                                    struct arena *arena)
{
    const size_t count = layout->column_count;
    size_t *at = arena_array(arena, count, sizeof *at);
    const char **placed = arena_array(arena, count, sizeof *placed);
    const struct layout_columns columns = {.at = at, .count = count, .cells = count};
    const struct table_row row = {.number = 7, .cells = placed, .count = count};
    struct reported_row out;

    for (size_t i = 0; i < count; i++) {
        const size_t place = backwards ? count - 1 - i : i;

        at[i] = layout->columns[i].part_count > 0 ? SIZE_MAX : place;
        placed[place] = blanks ? arena_format(arena, " \t%s  ", cells[i]) : cells[i];
    }
    row_read(layout, &columns, file, NULL, &row, arena, &out);
    return out;
}

static const char *id_of(size_t index)
{
    return rows_layouts()->layouts[index]->id;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    const struct layout_set *layouts = rows_layouts();
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const struct layout *layout =
        layouts->layouts[fuzz_choice(&input, id_of, layouts->count, &arena)];
    const struct row_file file = file_of(fuzz_byte(&input));
    const char *cells[COLUMNS_MAX];
    struct reported_row row;
    struct reported_row again;

    FUZZ_CHECK(layout->column_count <= COLUMNS_MAX, "%s has too many columns", layout->id);
    for (size_t i = 0; i < layout->column_count; i++) {
        cells[i] = fuzz_text(&input, SEPARATOR, &arena);
    }
    row = read_row(layout, &file, cells, false, false, &arena);
    rows_check(&row);
    again = read_row(layout, &file, cells, false, true, &arena);
    rows_check_same(&row, &again, "with blanks around its cells");
    again = read_row(layout, &file, cells, true, false, &arena);
    if (row.verdict != ROW_FILLER && again.verdict != ROW_FILLER) { /* that is the first cell's */
        rows_check_same(&row, &again, "with its columns in another order");
    }
    arena_finish(&arena);
}
