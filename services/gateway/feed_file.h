#ifndef SERVICES_GATEWAY_FEED_FILE_H
#define SERVICES_GATEWAY_FEED_FILE_H

#include "common/runtime/service.h"
#include "services/gateway/feed_folder.h"
#include "services/gateway/feed_layout.h"
#include "services/gateway/feed_record.h"

/** Where the files of a feed come from and go to. */
struct feed_place {
    const char *institution;
    const char *drop;
    const char *archive;
    const struct layout_set *layouts;
};

/** One file of the drop folder on its way through. Zeroed but for `dropped` and `arena` it is not opened yet. */
struct feed_file {
    struct arena arena; /**< everything below */
    struct feed_name dropped;
    bool opened;
    const char *log;
    struct feed_content content;
    struct layout_fit fit;
    struct feed_file_record record;
    struct buffer report;        /**< what the handlers made of it */
    struct snapshot snapshot;    /**< of the rows read so far */
    struct table_reader *reader; /**< NULL: all records are given out */
    int64_t end_offset;          /**< next offset once all is committed; 0: not known yet */
};

/** Archives the file and finds its layout, log and place in it. Gives out FEED_FILE_REFUSED
 *  if that is all it comes to. RETRY. */
bool feed_file_open(struct feed_file *file, const struct feed_place *place,
                    struct feed_batch *batch, size_t *left, struct error *err) MUST_CHECK;

/** Gives out further records, at most `*left`, which it lowers. RETRY. */
bool feed_file_read(struct feed_file *file, struct feed_batch *batch, size_t *left,
                    struct error *err) MUST_CHECK;

/** Whether everything of it is given out. */
bool feed_file_is_read(const struct feed_file *file);

void feed_file_finish(struct feed_file *file);

#endif
