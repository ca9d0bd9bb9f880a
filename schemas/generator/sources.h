#ifndef SCHEMAS_GENERATOR_SOURCES_H
#define SCHEMAS_GENERATOR_SOURCES_H

#include "schemas/generator/model.h"

/** Parses the files into the sources of a zeroed model, ordered by full name and version. */
MUST_CHECK bool sources_load(struct model *model, char **paths, size_t path_count,
                             struct error *err);

/** Whether no later version of the same record follows. */
bool sources_is_newest(const struct model *model, size_t index);

#endif
