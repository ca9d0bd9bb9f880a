#ifndef SERVICES_GATEWAY_FEED_RECORD_H
#define SERVICES_GATEWAY_FEED_RECORD_H

#include "common/base/buffer.h"
#include "services/gateway/row.h"
#include "services/gateway/snapshot.h"

/* What a file is read as: the log `file/<file_id>` holds FEED_FILE_OPENED at offset 0, row n at offset n, and
 * FEED_FILE_ENDED behind the last row. When the same file is dropped again it is read again, as
 * `file/<file_id>/2` and so on: with the same as_of the row that came last wins. A refused file has the log
 * `refused/<file_id>` of FEED_FILE_REFUSED only: once its layout is known, its other log begins. */
#define FEED_FILE_OPENED "gateway.FileOpened"
#define FEED_FILE_ROW "gateway.FileRow"
#define FEED_FILE_ENDED "gateway.FileEnded"
#define FEED_FILE_REFUSED "gateway.FileRefused"

/** Event of all of them but FEED_FILE_ROW, which has it too. */
struct feed_file_record {
    const char *file_id;   /**< `<sha256>`, or `<sha256>-<digest of the sidecar>` */
    const char *folder;    /**< in the archive: the report goes there */
    const char *layout;    /**< NULL: not recognised */
    const char *refusal;   /**< why the whole file is refused, in Spanish; else NULL */
    bool again;            /**< it was read to its end before */
    int64_t rows;          /**< of FEED_FILE_ENDED */
    struct buffer *report; /**< filled when the file ends; written once that is committed */
    const struct snapshot *snapshot; /**< of FEED_FILE_ENDED, when the layout is one; else NULL */
    const struct layout *snapshot_of;
    struct row_file file;
};

/** Event of FEED_FILE_ROW: the row, and what it was read from, to read it again. */
struct feed_row_record {
    struct feed_file_record of;
    const struct layout_fit *fit; /**< lives as long as the batch */
    struct table_row cells;
    struct reported_row *rows; /**< one for each reading of the fit, read without a catalogue */
};

#endif
