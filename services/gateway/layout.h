#ifndef SERVICES_GATEWAY_LAYOUT_H
#define SERVICES_GATEWAY_LAYOUT_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "services/gateway/reason.h"
#include "services/gateway/table_reader.h"

#include <stdbool.h>
#include <stddef.h>

/** A layout, read from services/gateway/formats/<id>.ini. Opaque but for what the service asks. */
struct layout;

/** All layouts of a folder, each checked at start: unknown members of the event, keys nobody asked for and
 *  the like are FATAL and name file and line. Everything belongs to the arena. */
struct layout_set;
MUST_CHECK bool layout_set_load(const char *folder, struct arena *arena,
                                const struct layout_set **out, struct error *err);
const struct layout *layout_find(const struct layout_set *set, const char *id);

const char *layout_id(const struct layout *layout);
/** What facts of it carry as `source`: one for all layouts that tell versions of the same facts. */
const char *layout_source(const struct layout *layout);
/** The institution whose own layout it is; NULL: any (the template). */
const char *layout_institution(const struct layout *layout);
const struct record_type *layout_event(const struct layout *layout);
/** Whether it only reads rows of another layout a second time, and is no layout of a file. */
bool layout_is_companion(const struct layout *layout);
/** Whether a file of it holds all there is. */
bool layout_is_snapshot(const struct layout *layout);
/** Whether the date that a file speaks of stands in its name. */
bool layout_is_named_by_date(const struct layout *layout);
/** Column whose newest date is the file's as_of; NULL: none. */
const char *layout_as_of_column(const struct layout *layout);

/** Where a layout's columns stand in one file. */
struct layout_columns {
    const size_t
        *at; /**< index into the cells, per column of the layout; SIZE_MAX: not in the file */
    size_t count;
    size_t cells; /**< cells of the header: a row that has others is torn */
};

enum { LAYOUT_FORMS_MAX = 8, LAYOUT_HEAD_ROWS_MAX = 21 };

/** The first rows of a file, read in one form. */
struct layout_head {
    struct table_form form; /**< without skip_rows */
    const struct table_row *rows;
    size_t count;
};

/** One reading of the rows of a file. */
struct layout_reading {
    const struct layout *layout;
    struct layout_columns columns;
};

/** What a file is: its layout, the form it is written in and where its columns stand. */
struct layout_fit {
    const struct layout *layout; /**< NULL: none, or several */
    struct table_form form;
    const struct layout_reading *readings; /**< its own, then those of layouts that read_with it */
    size_t reading_count;
    struct table_row
        header; /**< titles as they stand in the file; cells are as long-lived as the readings */
    struct reason_said refusal; /**< why none; a whole sentence that says what to do */
};

/** The forms in which files of the set may be written, each once. `utf8`
 *  says whether the whole file is UTF-8: only then is no other encoding looked at. */
size_t layout_forms(const struct layout_set *set, bool utf8,
                    struct table_form out[LAYOUT_FORMS_MAX]);

/** The one layout of the institution or of the template (or `only`) that a row of one of the heads fits as
 *  its header. Where several fit, the one that knows more of the titles; as many: none, and all are named. */
struct layout_fit layout_recognise(const struct layout_set *set, const char *institution,
                                   const struct layout *only, const struct layout_head *heads,
                                   size_t head_count, struct arena *arena);

/** Newest date in the as_of column of a file, day in UTC microseconds: called row by row, it raises `newest`
 *  (which starts at INT64_MIN or 0) to the row's. False: the row has none that can be read. */
bool layout_newest(const struct layout *layout, const struct layout_columns *columns,
                   const struct table_row *cells, int64_t *newest);

#endif
