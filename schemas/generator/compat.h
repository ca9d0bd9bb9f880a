#ifndef SCHEMAS_GENERATOR_COMPAT_H
#define SCHEMAS_GENERATOR_COMPAT_H

#include "common/base/buffer.h"
#include "schemas/generator/model.h"
#include "schemas/generator/topics.h"

/**
 * Holds every version of an event against all earlier ones: messages stay in the log for good, so the
 * reader of the newest must read the oldest (BACKWARD_TRANSITIVE), and who still reads an older one
 * must find what it needs. Appends each fault, with file, field, rule and the services that would break.
 * Needs the sources of the model only, as all here.
 */
void compat_check(const struct model *model, const struct topics *topics, struct buffer *faults);

/**
 * Holds the schemas against the list of released ones (schemas/released.txt): none of them has changed
 * its meaning or gone, and what a later version follows is on it. Appends each fault. REJECT when the
 * list cannot be read.
 */
MUST_CHECK bool released_check(const char *path, const struct model *model,
                               const struct topics *topics, struct buffer *faults,
                               struct error *err);

/** The lines of the list for these schemas. */
void released_write(const struct model *model, struct buffer *out);

/** Appends "  breaks: a, b (topics x, y)" with the readers of the topics that carry the event. */
void compat_write_consumers(const struct topics *topics, const char *event, struct buffer *out);

#endif
