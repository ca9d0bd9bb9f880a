#include "schemas/generator/topics.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* deploy/topics.json as the generator reads it: topics with all that the code relies on, or the fault.
 *
 * Input: the file. */

static void check_topic(const struct topic_declaration *topic)
{
    FUZZ_CHECK(topic->name != NULL && topic->name[0] != '\0' && strlen(topic->name) <= 249,
               "a topic without a name");
    FUZZ_CHECK(topic->partitions_per_shard ? topic->partitions == 0 : topic->partitions > 0,
               "%s has no partitions", topic->name);
    FUZZ_CHECK(topic->readers[topic->reader_count] == NULL &&
                   topic->events[topic->event_count] == NULL,
               "%s: a list without an end", topic->name);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    const struct fuzz_input input = {data, size};
    struct topics topics = {0};
    struct error err = {0};

    if (topics_load(&topics, fuzz_file(fuzz_rest(&input)), &err)) {
        for (size_t i = 0; i < topics.count; i++) {
            check_topic(&topics.topics[i]);
        }
        FUZZ_CHECK(topics_check_acyclic(&topics, &err) || err.action == ERROR_REJECT, "%s",
                   err.message);
    } else {
        FUZZ_CHECK(err.action == ERROR_REJECT && err.message[0] != '\0', "%s", err.message);
    }
    topics_finish(&topics);
}
