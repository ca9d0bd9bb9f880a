#include "common/base/text.h"
#include "services/gateway/layout_parts.h"
#include "services/gateway/row.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rows.h"

#include <string.h>

/* Layout files that engineers of institutions write. What is no layout is refused with file and line; what is taken
 * for one reads rows like those of the project, and rows that differ in their key are two facts.
 *
 * Input: the text of the file. */

/* Two values that a column of a type can hold, and something that it mostly cannot. */
static const char *value_of(const struct layout_column *column, size_t choice)
{
    static const char *const values[][3] = {
        [COLUMN_TEXT] = {"uno", "dos", "=1+1"},
        [COLUMN_IDENTIFIER] = {"A-1", "A-2", "a|b"},
        [COLUMN_CLAVE] = {"010.000.0104.00", "010.000.0105.00", "x"},
        [COLUMN_RFC] = {"XAXX010101000", "XEXX010101000", "?"},
        [COLUMN_CONTRACT] = {"IB/1/2025", "IB/2/2025", "|"},
        [COLUMN_ORDER] = {"ORD-1", "ORD-2", "|"},
        [COLUMN_CLUES] = {"DFIMS000230", "DFIMS000242", "-"},
        [COLUMN_PROCEDURE] = {"LA-12-NEF-1-2025", "LA-12-NEF-2-2025", "?"},
        [COLUMN_DATE] = {"2025-06-18", "2025-06-19", "0001-01-01"},
        [COLUMN_EXPIRY] = {"2027-12-31", "2028-12-31", "9999-12-31"},
        [COLUMN_QUANTITY] = {"10", "11", "1000000000000"},
        [COLUMN_INTEGER] = {"1", "2", "2147483648"},
        [COLUMN_PERCENT] = {"1", "2", "-1"},
        [COLUMN_MONEY] = {"1.50", "2.50", "922337203685477.5807"},
        [COLUMN_LOT] = {"L1", "L2", "|"},
        [COLUMN_WORDS] = {"", "", "?"},
    };

    if (column->type == COLUMN_WORDS && choice < 2) {
        return column->words[choice % column->word_count].folded;
    }
    return values[column->type][choice];
}

static struct reported_row read_cells(const struct layout *layout, const char *const *cells,
                                      struct arena *arena)
{
    static const struct row_file file = {
        .institution = "imss", .name = "prueba.csv", .sha256 = "00", .has_as_of = true};
    size_t *at = arena_array(arena, layout->column_count, sizeof *at);
    const struct layout_columns columns = {
        .at = at, .count = layout->column_count, .cells = layout->column_count};
    const struct table_row row = {.number = 1, .cells = cells, .count = layout->column_count};
    struct reported_row out;

    for (size_t i = 0; i < layout->column_count; i++) {
        at[i] = layout->columns[i].part_count > 0 ? SIZE_MAX : i;
    }
    row_read(layout, &columns, &file, NULL, &row, arena, &out);
    rows_check(&out);
    return out;
}

static bool is_checked_by_another(const struct layout *layout, const struct layout_column *column)
{
    return column->checks != NULL || layout->filler_count > 0;
}

static void check_keys(const struct layout *layout, const char **cells, struct arena *arena)
{
    const struct reported_row one = read_cells(layout, cells, arena);

    for (size_t i = 0; i < layout->key_count; i++) {
        const struct layout_column *column = layout->keys[i];
        const size_t place = (size_t)(column - layout->columns);
        struct reported_row other;

        if (column->part_count > 0 || column->type == COLUMN_WORDS ||
            is_checked_by_another(layout, column)) {
            continue;
        }
        cells[place] = value_of(column, 1);
        other = read_cells(layout, cells, arena);
        cells[place] = value_of(column, 0);
        if (one.verdict == ROW_TAKEN && other.verdict == ROW_TAKEN) {
            FUZZ_CHECK(strcmp(one.fact_id, other.fact_id) != 0,
                       "rows that differ in their key [%s] are one fact: %s", column->section,
                       one.fact_id);
        }
    }
}

static void check_rows(struct layout *layout, struct arena *arena)
{
    const char **cells = arena_array(arena, layout->column_count + 1, sizeof *cells);

    for (size_t choice = 0; choice < 4; choice++) {
        for (size_t i = 0; i < layout->column_count; i++) {
            cells[i] = choice == 3 ? "" : value_of(&layout->columns[i], 2 - choice);
        }
        if (choice != 2) {
            (void)read_cells(layout, cells, arena);
        } else {
            check_keys(layout, cells, arena);
        }
    }
}

/* A file with just the columns of the layout is one of it, unless they have titles in common. */
static void check_header(const struct layout *layout, struct arena *arena)
{
    const struct layout *const one[] = {layout};
    const struct layout_set set = {one, 1};
    const char **titles = arena_array(arena, layout->column_count + 1, sizeof *titles);
    struct table_form forms[LAYOUT_FORMS_MAX];
    struct table_row row = {.cells = titles};
    struct layout_head head = {.rows = &row, .count = 1};
    struct layout_fit fit;

    for (size_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].part_count == 0) {
            titles[row.count++] = layout->columns[i].name;
        }
    }
    FUZZ_CHECK(layout_forms(&set, true, forms) > 0, "no form at all");
    head.form = forms[0];
    fit = layout_recognise(&set, "imss", layout, &head, 1, arena);
    FUZZ_CHECK((fit.layout == NULL) == (fit.refusal.why != REASON_NONE), "recognised, or not?");
    if (fit.layout == NULL) {
        rows_check_reason(&fit.refusal);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const char *text = fuzz_text(&input, 0, &arena);
    struct layout *layout = NULL;
    struct error err = {0};

    if (layout_read("fuzz.ini", text, &arena, &layout, &err)) {
        check_rows(layout, &arena);
        check_header(layout, &arena);
    } else {
        FUZZ_CHECK(err.action == ERROR_FATAL && strncmp(err.message, "fuzz.ini:", 9) == 0,
                   "where is the fault? %s", err.message);
        FUZZ_CHECK(layout == NULL, "the output was touched");
    }
    arena_finish(&arena);
}
