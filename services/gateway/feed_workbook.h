#ifndef SERVICES_GATEWAY_FEED_WORKBOOK_H
#define SERVICES_GATEWAY_FEED_WORKBOOK_H

#include "services/gateway/feed_layout.h"
#include "services/gateway/workbook.h"

/** What a file is, by its first bytes. */
enum feed_content_kind {
    FEED_CONTENT_TEXT,
    FEED_CONTENT_WORKBOOK,     /**< a zip archive, at least */
    FEED_CONTENT_OLD_WORKBOOK, /**< a compound file: .xls, or a workbook with a password */
};
bool feed_content_kind(const struct feed_content *content, enum feed_content_kind *out,
                       struct error *err) MUST_CHECK;

/** A workbook that was looked through to its end, so that reading it again meets no fault. */
struct feed_workbook {
    struct reason_said refusal; /**< why it cannot be read */
    size_t sheet_count;
    const char *names[WORKBOOK_SHEETS_MAX];
    const char *
        unvalued[WORKBOOK_SHEETS_MAX]; /**< the first cell whose formula has no value; NULL: none */
};
bool feed_workbook_look(const struct feed_content *content, struct arena *arena,
                        struct feed_workbook *out, struct error *err) MUST_CHECK;

/** Of the sheets' fits, the one that has a layout; several: none, and the refusal names them. */
struct layout_fit feed_workbook_choose(const struct feed_workbook *book,
                                       const struct layout_fit *fits, struct arena *arena);

#endif
