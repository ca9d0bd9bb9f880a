#ifndef SERVICES_GATEWAY_LAYOUT_H
#define SERVICES_GATEWAY_LAYOUT_H

#include "common/avro/record.h"
#include "common/base/arena.h"
#include "common/base/error.h"
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
char layout_delimiter(const struct layout *layout);
/** Column whose newest date is the file's as_of; NULL: none. */
const char *layout_as_of_column(const struct layout *layout);

/** Where a layout's columns stand in one file. */
struct layout_columns {
    const size_t
        *at; /**< index into the cells, per column of the layout; SIZE_MAX: not in the file */
    size_t count;
    size_t cells; /**< cells of the header: a row that has others is torn */
};

/** Why a header does not fit. Texts in Spanish, in the arena. */
struct layout_misfit {
    const char *missing; /**< required columns that are not there, joined by ", "; NULL: none */
    const char *unknown; /**< headers that the layout does not know */
    const char *message; /**< a whole sentence that says what to do */
};

/** Finds the columns by name and alias (blanks, case, accents and line breaks do not matter). False: misfit. */
bool layout_match(const struct layout *layout, const struct table_row *header, struct arena *arena,
                  struct layout_columns *out, struct layout_misfit *misfit);

/** The one layout of the institution or of the template that the header fits; NULL: none or several, said in
 *  `misfit->message`. */
const struct layout *layout_recognise(const struct layout_set *set, const char *institution,
                                      const struct table_row *header, struct arena *arena,
                                      struct layout_columns *out, struct layout_misfit *misfit);

/** Newest date in the as_of column of a file, day in UTC microseconds: called row by row, it raises `newest`
 *  (which starts at INT64_MIN or 0) to the row's. False: the row has none that can be read. */
bool layout_newest(const struct layout *layout, const struct layout_columns *columns,
                   const struct table_row *cells, int64_t *newest);

#endif
