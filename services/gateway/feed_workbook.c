#include "services/gateway/feed_workbook.h"

#include <errno.h>
#include <string.h>

enum { MAGIC_BYTES = 4 };

static bool open_content(const struct feed_content *content, FILE **out, struct error *err)
{
    *out = fopen(content->path, "rb");
    return *out != NULL ||
           error_set(err, ERROR_RETRY, "cannot open %s: %s", content->path, strerror(errno));
}

bool feed_content_kind(const struct feed_content *content, enum feed_content_kind *out,
                       struct error *err)
{
    uint8_t magic[MAGIC_BYTES] = {0};
    FILE *stream;
    bool good;

    *out = FEED_CONTENT_TEXT;
    if (!open_content(content, &stream, err)) {
        return false;
    }
    if (fread(magic, 1, sizeof magic, stream) == sizeof magic) {
        if (memcmp(magic, "PK\x03\x04", sizeof magic) == 0 ||
            memcmp(magic, "PK\x05\x06", sizeof magic) == 0) {
            *out = FEED_CONTENT_WORKBOOK;
        } else if (memcmp(magic, "\xD0\xCF\x11\xE0", sizeof magic) == 0) {
            *out = FEED_CONTENT_OLD_WORKBOOK;
        }
    }
    good = ferror(stream) == 0 ||
           error_set(err, ERROR_RETRY, "cannot read %s: %s", content->path, strerror(errno));
    (void)fclose(stream);
    return good;
}

static void look(struct workbook *book, struct arena *arena, struct feed_workbook *out)
{
    struct workbook_row row;
    bool found;

    out->sheet_count = workbook_sheet_count(book);
    for (size_t i = 0; i < out->sheet_count; i++) {
        found = workbook_start(book, i, '.');
        while (found && workbook_next(book, &row, &found)) {
        }
        out->names[i] = arena_copy(arena, workbook_sheet_name(book, i));
        out->unvalued[i] =
            workbook_unvalued(book) == NULL ? NULL : arena_copy(arena, workbook_unvalued(book));
    }
}

bool feed_workbook_look(const struct feed_content *content, struct arena *arena,
                        struct feed_workbook *out, struct error *err)
{
    struct workbook *book;
    FILE *stream;

    *out = (struct feed_workbook){0};
    if (!open_content(content, &stream, err)) {
        return false;
    }
    book = workbook_open(stream);
    look(book, arena, out);
    out->refusal = workbook_fault(book);
    workbook_close(book);
    return true;
}

struct layout_fit feed_workbook_choose(const struct feed_workbook *book,
                                       const struct layout_fit *fits, struct arena *arena)
{
    const char *names = NULL;
    size_t chosen = book->sheet_count;

    for (size_t i = 0; i < book->sheet_count; i++) {
        if (fits[i].layout != NULL) {
            names = names == NULL ? book->names[i]
                                  : arena_format(arena, "%s, %s", names, book->names[i]);
            if (chosen < book->sheet_count) {
                return (struct layout_fit){
                    .refusal = {REASON_WORKBOOK_SHEETS, {layout_id(fits[i].layout), names}}};
            }
            chosen = i;
        }
    }
    if (chosen < book->sheet_count && book->unvalued[chosen] != NULL) {
        return (struct layout_fit){
            .refusal = {REASON_WORKBOOK_FORMULA, {book->names[chosen], book->unvalued[chosen]}}};
    }
    return chosen < book->sheet_count ? fits[chosen] : fits[0];
}
