#ifndef SERVICES_GATEWAY_FEED_LAYOUT_H
#define SERVICES_GATEWAY_FEED_LAYOUT_H

#include "common/base/error.h"
#include "services/gateway/layout.h"
#include "services/gateway/sidecar.h"

#include <stdbool.h>

/** A file in the archive whose layout is asked for. */
struct feed_content {
    const char *path;
    bool utf8; /**< all of it */
};

/** What layout the file has: the one that its sidecar names, or the one that its header tells. `out->layout` is NULL
 *  and `out->refusal` says why when none is, or when the institution may not deliver it. RETRY. */
bool feed_layout_find(const struct layout_set *layouts, const char *institution,
                      const struct feed_content *content, const struct sidecar *sidecar,
                      struct arena *arena, struct layout_fit *out, struct error *err) MUST_CHECK;

/** Why the institution may not deliver rows of that layout; none: it may. */
struct reason_said feed_layout_refusal(const char *institution, const struct layout *layout);

/** Opens the file behind its header, in a form. The caller destroys the reader. RETRY. */
bool feed_layout_open(const struct feed_content *content, struct table_form form,
                      struct table_reader **out, struct error *err) MUST_CHECK;

#endif
