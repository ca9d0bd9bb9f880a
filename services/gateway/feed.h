#ifndef SERVICES_GATEWAY_FEED_H
#define SERVICES_GATEWAY_FEED_H

#include "common/runtime/service.h"

/**
 * The files of an institution, read as logs (feed_record.h). A file appears in ABASTO_DROP_FOLDER by rename, its
 * sidecar before it; it is archived under ABASTO_ARCHIVE_FOLDER, read from there, and once its end is
 * committed it leaves: to `procesados/`, or to `rechazados/` with `<name>.motivo.txt` when it is
 * refused whole. An instance that stops in between goes on at the committed row.
 */
extern const struct feed gateway_feed;

/** What it asks for beside ABASTO_INSTITUTION; ends with a zeroed one. */
extern const struct setting gateway_settings[];

#endif
