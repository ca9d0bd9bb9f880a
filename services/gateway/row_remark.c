#include "services/gateway/row.h"
#include "services/gateway/row_reading.h"

/* What is said of a row, for who delivered it. */

void row_fault(struct row_reading *reading, const struct row_remark *remark)
{
    if (reading->fault_count < reading->remark_room) {
        reading->faults[reading->fault_count++] = *remark;
    }
}

const char *row_again(const struct row_reading *reading)
{
    return reading->file->again != NULL ? reading->file->again : ROW_AGAIN_FILE;
}

void row_warn(struct row_reading *reading, const struct layout_column *column, enum reason why,
              const char *about)
{
    if (reading->warning_count < reading->remark_room) {
        reading->warnings[reading->warning_count++] = (struct row_remark){
            .reason = {why, {about}},
            .column = column->name,
            .found = cell_shown(reading->arena, row_found(reading, column)),
            .expected = column->expected,
            .action =
                arena_format(reading->arena, "si no es correcto, corrija %s en su origen y %s",
                             column->name, row_again(reading)),
        };
    }
}

/* The one thing to do about a cell without which the row cannot be read. */
static const char *action_for(const struct row_reading *reading, const struct layout_column *column)
{
    struct arena *arena = reading->arena;

    switch (column->type) {
    case COLUMN_QUANTITY:
        return arena_format(arena, "escriba en %s el número entero de piezas y %s", column->name,
                            row_again(reading));
    case COLUMN_DATE:
    case COLUMN_EXPIRY:
        return arena_format(arena, "escriba en %s una fecha que exista (%s) y %s", column->name,
                            layout_date_form(column), row_again(reading));
    case COLUMN_WORDS:
        return arena_format(arena, "escriba en %s %s y %s", column->name, column->expected,
                            row_again(reading));
    case COLUMN_TEXT:
    case COLUMN_IDENTIFIER:
    case COLUMN_CLAVE:
    case COLUMN_RFC:
    case COLUMN_CONTRACT:
    case COLUMN_ORDER:
    case COLUMN_CLUES:
    case COLUMN_PROCEDURE:
    case COLUMN_INTEGER:
    case COLUMN_PERCENT:
    case COLUMN_MONEY:
    case COLUMN_LOT:
        break;
    }
    return arena_format(arena, "complete %s en la fila y %s", column->name, row_again(reading));
}

void row_set_aside(struct row_reading *reading, const struct layout_column *column,
                   const struct cell *cell)
{
    const struct row_remark remark = {
        .reason = {cell->state == CELL_MISSING ? REASON_MISSING : cell->doubt, {NULL}},
        .column = column->name,
        .found = cell_shown(reading->arena, row_found(reading, column)),
        .expected = column->expected,
        .action = cell->damaged ? "guarde el archivo como «CSV UTF-8» y cárguelo otra vez"
                                : action_for(reading, column),
    };

    row_fault(reading, &remark);
}
