#include "services/gateway/workbook.h"

#include "services/gateway/workbook_parts.h"

#include <stdlib.h>
#include <string.h>

enum { RELATIONS_MAX = 1024, NAME_BYTES_MAX = 1024 };

struct relation {
    const char *id;
    const char *type; /* the last part of its URI: "worksheet" */
    const char *target;
};

struct relations {
    struct arena *arena;
    struct relation items[RELATIONS_MAX];
    size_t count;
};

struct sheet {
    const char *name;
    const char *part;
};

struct workbook {
    struct arena arena;
    zip_t *zip;
    struct reason_said fault;
    const struct relations *relations; /* while the workbook's own part is read */
    const char *folder;                /* of that part, with its slash */
    bool is_workbook;                  /* and not a document or a presentation */
    bool from_1904;
    struct sheet sheets[WORKBOOK_SHEETS_MAX];
    size_t sheet_count;
    struct shared_texts texts;
    struct cell_styles styles;
    struct sheet_reading *reading;
};

static bool refuse(struct workbook *book, enum reason why)
{
    if (book->fault.why == REASON_NONE) {
        book->fault.why = why;
    }
    return false;
}

/* --- relations between parts --- */

static void on_relation(struct part *part, const char *name, const char **attributes)
{
    struct relations *relations = part->context;
    const char *id = part_attribute(attributes, "Id");
    const char *type = part_attribute(attributes, "Type");
    const char *target = part_attribute(attributes, "Target");
    const char *slash = type == NULL ? NULL : strrchr(type, '/');

    if (strcmp(name, "Relationship") != 0 || id == NULL || slash == NULL || target == NULL) {
        return;
    }
    if (relations->count == RELATIONS_MAX || strlen(id) > NAME_BYTES_MAX ||
        strlen(slash) > NAME_BYTES_MAX || strlen(target) > NAME_BYTES_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
        return;
    }
    relations->items[relations->count++] =
        (struct relation){.id = arena_copy(relations->arena, id),
                          .type = arena_copy(relations->arena, slash + 1),
                          .target = arena_copy(relations->arena, target)};
}

static bool read_relations(struct workbook *book, const char *name, struct relations *out)
{
    static const struct part_handlers handlers = {.start = on_relation};
    enum reason fault;

    out->arena = &book->arena;
    out->count = 0;
    fault = part_read_whole(book->zip, name, &handlers, out);
    return fault == REASON_NONE || refuse(book, fault);
}

/* The name of the part that a relation of a part in `folder` leads to. */
static const char *target_of(struct arena *arena, const char *folder, const char *target)
{
    return target[0] == '/' ? target + 1 : arena_format(arena, "%s%s", folder, target);
}

/* By its id, or the first of a type; NULL: none. */
static const char *related(struct workbook *book, const struct relations *relations, const char *id,
                           const char *type)
{
    for (size_t i = 0; i < relations->count; i++) {
        const struct relation *item = &relations->items[i];

        if ((id == NULL || strcmp(item->id, id) == 0) && strcmp(item->type, type) == 0) {
            return target_of(&book->arena, book->folder, item->target);
        }
    }
    return NULL;
}

/* --- the workbook's own part --- */

static void add_sheet(struct workbook *book, const char **attributes)
{
    const char *state = part_attribute(attributes, "state");
    const char *name = part_attribute(attributes, "name");
    const char *id = NULL;
    const char *part;

    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strchr(attributes[i], ':') != NULL && strcmp(strchr(attributes[i], ':'), ":id") == 0) {
            id = attributes[i + 1];
        }
    }
    if (id == NULL || (state != NULL && strcmp(state, "visible") != 0) ||
        book->sheet_count == WORKBOOK_SHEETS_MAX ||
        (name != NULL && strlen(name) > NAME_BYTES_MAX)) {
        return;
    }
    part = related(book, book->relations, id, "worksheet");
    if (part == NULL) {
        return; /* a chart */
    }
    book->sheets[book->sheet_count++] =
        (struct sheet){.name = arena_copy(&book->arena, name == NULL ? "" : name), .part = part};
}

static void on_workbook(struct part *part, const char *name, const char **attributes)
{
    struct workbook *book = part->context;
    const char *from_1904;

    if (strcmp(name, "workbook") == 0) {
        book->is_workbook = true;
    } else if (strcmp(name, "sheet") == 0) {
        add_sheet(book, attributes);
    } else if (strcmp(name, "workbookPr") == 0) {
        from_1904 = part_attribute(attributes, "date1904");
        book->from_1904 =
            from_1904 != NULL && (strcmp(from_1904, "1") == 0 || strcmp(from_1904, "true") == 0);
    }
}

/* "xl/workbook.xml" and "xl/_rels/workbook.xml.rels" */
static const char *relations_of(struct workbook *book, const char *part)
{
    const char *slash = strrchr(part, '/');
    const char *file = slash == NULL ? part : slash + 1;

    book->folder = arena_text(&book->arena, part, (size_t)(file - part));
    return arena_format(&book->arena, "%s_rels/%s.rels", book->folder, file);
}

static bool read_sheets(struct workbook *book, const char *part, struct relations *relations)
{
    static const struct part_handlers handlers = {.start = on_workbook};
    enum reason fault;

    if (!read_relations(book, relations_of(book, part), relations)) {
        return false;
    }
    book->relations = relations;
    fault = part_read_whole(book->zip, part, &handlers, book);
    book->relations = NULL;
    return fault == REASON_NONE || refuse(book, fault);
}

static bool read_common(struct workbook *book, const struct relations *relations)
{
    const char *texts = related(book, relations, NULL, "sharedStrings");
    const char *styles = related(book, relations, NULL, "styles");
    enum reason fault = REASON_NONE;

    if (part_exists(book->zip, texts)) {
        fault = shared_texts_read(&book->texts, book->zip, texts);
    }
    if (fault == REASON_NONE && part_exists(book->zip, styles)) {
        fault = cell_styles_read(&book->styles, book->zip, styles);
    }
    return fault == REASON_NONE || refuse(book, fault);
}

/* A .xlsb keeps the same in a binary form of its own. */
static bool is_xml(const char *part)
{
    const char *dot = strrchr(part, '.');

    return dot != NULL && strcmp(dot, ".xml") == 0;
}

static bool read_book(struct workbook *book, struct relations *relations)
{
    const char *part;

    book->folder = "";
    if (!part_exists(book->zip, "_rels/.rels")) {
        return refuse(book, REASON_WORKBOOK_OTHER);
    }
    if (!read_relations(book, "_rels/.rels", relations)) {
        return false;
    }
    part = related(book, relations, NULL, "officeDocument");
    if (!part_exists(book->zip, part) || !is_xml(part)) {
        return refuse(book, REASON_WORKBOOK_OTHER);
    }
    if (!read_sheets(book, part, relations)) {
        return false;
    }
    return book->is_workbook ? read_common(book, relations) : refuse(book, REASON_WORKBOOK_OTHER);
}

struct workbook *workbook_open(FILE *stream)
{
    struct workbook *book = memory_alloc(sizeof *book);
    struct relations *relations = memory_alloc(sizeof *relations);
    zip_error_t failure;
    zip_source_t *source;

    memset(book, 0, sizeof *book);
    zip_error_init(&failure);
    source = zip_source_filep_create(stream, 0, -1, &failure);
    book->zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &failure);
    zip_error_fini(&failure);
    if (source == NULL) {
        (void)fclose(stream);
    } else if (book->zip == NULL) {
        zip_source_free(source);
    }
    if (book->zip == NULL) {
        (void)refuse(book, REASON_WORKBOOK_BROKEN);
    } else {
        (void)read_book(book, relations);
    }
    free(relations);
    return book;
}

void workbook_close(struct workbook *book)
{
    if (book != NULL) {
        sheet_close(book->reading);
        shared_texts_finish(&book->texts);
        cell_styles_finish(&book->styles);
        if (book->zip != NULL) {
            zip_discard(book->zip);
        }
        arena_finish(&book->arena);
        free(book);
    }
}

struct reason_said workbook_fault(const struct workbook *book)
{
    return book->fault;
}

size_t workbook_sheet_count(const struct workbook *book)
{
    return book->sheet_count;
}

const char *workbook_sheet_name(const struct workbook *book, size_t sheet)
{
    return book->sheets[sheet].name;
}

bool workbook_start(struct workbook *book, size_t sheet, char decimal)
{
    enum reason fault = REASON_NONE;

    sheet_close(book->reading);
    book->reading = NULL;
    if (book->fault.why != REASON_NONE) {
        return false;
    }
    if (sheet >= book->sheet_count) {
        return refuse(book, REASON_WORKBOOK_BROKEN);
    }
    book->reading = sheet_open(book->zip, book->sheets[sheet].part,
                               &(struct sheet_values){.texts = &book->texts,
                                                      .styles = &book->styles,
                                                      .from_1904 = book->from_1904,
                                                      .decimal = decimal},
                               &fault);
    return book->reading != NULL || refuse(book, fault);
}

bool workbook_next(struct workbook *book, struct workbook_row *row, bool *found)
{
    enum reason fault = REASON_NONE;

    *found = false;
    return book->fault.why == REASON_NONE &&
           (sheet_next(book->reading, row, found, &fault) || refuse(book, fault));
}

const char *workbook_unvalued(const struct workbook *book)
{
    return book->reading == NULL ? NULL : sheet_unvalued(book->reading);
}
