#ifndef SCHEMAS_GENERATOR_TOPICS_H
#define SCHEMAS_GENERATOR_TOPICS_H

#include "common/avro/topic.h"
#include "common/base/arena.h"
#include "schemas/generator/model.h"

/** deploy/topics.json; a zeroed one is empty. All is owned by the arena. */
struct topics {
    struct arena arena;
    struct topic_declaration *topics;
    size_t count;
    const char **services; /**< every owner and reader, by name */
    size_t service_count;
    struct topic_client *clients;
    size_t client_count;
};

/** Reads the file and checks it for itself: names and kinds. REJECT names topic and fault. */
MUST_CHECK bool topics_load(struct topics *topics, const char *path, struct error *err);
void topics_finish(struct topics *topics);

/** REJECT names a topic whose event no schema describes. */
MUST_CHECK bool topics_check_events(const struct topics *topics, const struct model *model,
                                    struct error *err);

/** REJECT names the circle when services wait for each other through sequenced topics: watermarks
 *  would never move. Topics of other kinds carry no watermarks. */
MUST_CHECK bool topics_check_acyclic(const struct topics *topics, struct error *err);

#endif
