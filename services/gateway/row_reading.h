#ifndef SERVICES_GATEWAY_ROW_READING_H
#define SERVICES_GATEWAY_ROW_READING_H

#include "services/gateway/cell.h"
#include "services/gateway/layout_parts.h"
#include "services/gateway/row.h"

/** A row while it is read: what the files of the row share. */
struct row_reading {
    const struct layout *layout;
    const struct layout_columns *columns;
    const struct row_file *file;
    const struct row_catalogue *catalogue;
    const struct table_row *row;
    struct arena *arena;
    struct cell *cells; /**< by column of the layout */
    void *event;
    struct row_remark *faults;
    size_t fault_count;
    struct row_remark *warnings;
    size_t warning_count;
    const struct layout_member *unstated; /**< what a cell that cannot be read makes false; NULL */
    size_t remark_room;
    struct reported_row *out;
};

/** What stands in the file under a column; "" when the file has no such column. */
const char *row_found(const struct row_reading *reading, const struct layout_column *column);

/** How the corrected row is delivered: "cargue el archivo otra vez". */
const char *row_again(const struct row_reading *reading);

/** Says what keeps the row from being taken; of a cell that its column cannot do without. */
void row_fault(struct row_reading *reading, const struct row_remark *remark);
void row_set_aside(struct row_reading *reading, const struct layout_column *column,
                   const struct cell *cell);

/** Takes the row with a warning on a column; `about` is what the reason speaks of, else NULL. */
void row_warn(struct row_reading *reading, const struct layout_column *column, enum reason why,
              const char *about);

/** Applies the layout's rules over several members of the event, once all cells are read. */
void row_apply_rules(struct row_reading *reading);

/** Fills `digest` and `content` of the row from its event. */
void row_digest(struct row_reading *reading);

#endif
