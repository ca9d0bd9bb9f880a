#ifndef SERVICES_GATEWAY_INBOX_KIND_H
#define SERVICES_GATEWAY_INBOX_KIND_H

#include "services/gateway/layout.h"

/** A kind of report: the record that carries it and the template whose row it is. */
struct inbox_kind {
    const struct record_type *type;
    struct layout_fit fit; /**< of the template's columns in their order */
};

struct inbox_kinds;

/** The kinds of report over the templates of the set. FATAL when a template is missing, or its columns are not the
 *  members of the record. Everything belongs to the arena. */
bool inbox_kinds_load(const struct layout_set *layouts, struct arena *arena,
                      const struct inbox_kinds **out, struct error *err) MUST_CHECK;

/** The kind of that full name, or NULL. */
const struct inbox_kind *inbox_kind_named(const struct inbox_kinds *kinds, const char *full_name);

/** All full names, for people. */
const char *inbox_kind_names(const struct inbox_kinds *kinds);

#endif
