#ifndef SERVICES_GATEWAY_WORKBOOK_PARTS_H
#define SERVICES_GATEWAY_WORKBOOK_PARTS_H

#include "common/base/buffer.h"
#include "services/gateway/workbook.h"

#include <expat.h>
#include <stdint.h>
#include <zip.h>

/* Inside of the workbook: one file per kind of part. */

/** What is done with the markup of a part; names are without their prefix. */
struct part;
struct part_handlers {
    void (*start)(struct part *part, const char *name, const char **attributes);
    void (*end)(struct part *part, const char *name);               /**< NULL: nothing */
    void (*text)(struct part *part, const char *text, size_t size); /**< NULL: nothing */
};

/** A part that is being read. */
struct part {
    const struct part_handlers *handlers;
    void *context;
    zip_file_t *file;
    XML_Parser parser;
    int64_t given;     /**< bytes handed to the parser */
    int64_t parsed;    /**< of them, when it last made something of them */
    int depth;         /**< elements that are open */
    enum reason fault; /**< raised by a handler */
    bool suspended;    /**< by part_pause */
    bool at_end;       /**< of its bytes */
};

enum part_state { PART_PAUSED, PART_ENDED, PART_FAULTY };

/* workbook_part.c */
/** Whether the workbook has that part. */
bool part_exists(zip_t *zip, const char *name);
/** REASON_NONE: it is open. `part` stays where it is until part_close. */
enum reason part_open(struct part *part, zip_t *zip, const char *name,
                      const struct part_handlers *handlers, void *context);
/** Reads until a handler pauses it, or its end; its fault is in `part->fault`. */
enum part_state part_read(struct part *part);
/** From within a handler: part_read returns. */
void part_pause(struct part *part);
/** From within a handler: part_read ends with that fault. */
void part_refuse(struct part *part, enum reason fault);
void part_close(struct part *part);
/** Opens, reads to the end and closes. */
enum reason part_read_whole(zip_t *zip, const char *name, const struct part_handlers *handlers,
                            void *context);
/** The value of an attribute, NULL: it is not there. */
const char *part_attribute(const char **attributes, const char *name);
/** Appends text, with the `_x000D_` of ECMA-376 (ST_Xstring) as the characters they stand for. */
void part_unescape(struct buffer *out, const char *text, size_t size);

/* workbook_text.c: texts that cells share */
struct shared_texts {
    struct buffer bytes; /* each with its NUL */
    size_t *starts;
    size_t count;
    size_t capacity;
};
enum reason shared_texts_read(struct shared_texts *texts, zip_t *zip, const char *name);
/** NULL: there is none of that number. */
const char *shared_text(const struct shared_texts *texts, const char *number);
void shared_texts_finish(struct shared_texts *texts);

/* workbook_style.c: which cells show a date */
struct cell_styles {
    bool *dates; /* by the number of the style */
    size_t count;
};
enum reason cell_styles_read(struct cell_styles *styles, zip_t *zip, const char *name);
bool cell_style_is_date(const struct cell_styles *styles, const char *number);
void cell_styles_finish(struct cell_styles *styles);

/** What cells mean. */
struct sheet_values {
    const struct shared_texts *texts;
    const struct cell_styles *styles;
    bool from_1904; /* days are counted from there */
    char decimal;   /* sign that numbers are written with */
};
/** Appends a number of a cell as it is meant: a date when its style shows one. */
void cell_number_append(struct buffer *out, const char *number, bool is_date,
                        const struct sheet_values *values);

/* workbook_sheet.c: rows */
struct sheet_reading;
struct sheet_reading *sheet_open(zip_t *zip, const char *part, const struct sheet_values *values,
                                 enum reason *fault);
bool sheet_next(struct sheet_reading *sheet, struct workbook_row *row, bool *found,
                enum reason *fault);
const char *sheet_unvalued(const struct sheet_reading *sheet);
void sheet_close(struct sheet_reading *sheet);

#endif
