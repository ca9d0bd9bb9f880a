#include "common/runtime/route.h"
#include "events.h"
#include "services/monitor/monitor_schemas.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <string.h>

/* Paths that clients ask monitor for. The answer is JSON with a status, and the same when every character of the path
 * is written as %XX.
 *
 * Input: the path. */

static struct schema_list schemas;

static void prepare(void)
{
    struct registry *registry;
    struct error err = {0};

    if (schemas.count > 0) {
        return;
    }
    registry = registry_create(event_types, event_type_count);
    for (size_t i = 0; i < event_type_count; i++) {
        const struct schema_record record = {.subject = event_types[i]->full_name,
                                             .version = event_types[i]->version,
                                             .id = (int32_t)i + 1,
                                             .schema_json = event_types[i]->schema_json,
                                             .deleted = i % 5 == 4};

        FUZZ_CHECK(registry_add(registry, &record, &err), "%s", err.message);
    }
    schema_list_copy(&schemas, registry);
    registry_destroy(registry);
}

static struct http_answer ask(const struct route *route, const char *path)
{
    const struct http_request request = {.path = path, .schemas = &schemas};
    struct http_answer answer = {0};
    json_t *json;

    route->answer(&request, &answer);
    FUZZ_CHECK(answer.status >= 200 && answer.status <= 599, "status %u", answer.status);
    FUZZ_CHECK(answer.content_type != NULL, "no content type");
    json = json_loadb((const char *)answer.body.data, answer.body.size, 0, NULL);
    FUZZ_CHECK(json != NULL, "no JSON: %.*s", (int)answer.body.size,
               (const char *)answer.body.data);
    FUZZ_CHECK((answer.status == 200) == (json_object_get(json, "error_code") == NULL),
               "status %u for %s", answer.status, (const char *)answer.body.data);
    json_decref(json);
    return answer;
}

/* Every character behind the prefix that chose the route, percent-encoded. */
static const char *encoded(const char *path, size_t prefix, struct arena *arena)
{
    struct buffer out = {0};
    const char *text;

    buffer_append(&out, path, prefix);
    for (const char *at = path + prefix; *at != '\0'; at++) {
        buffer_format(&out, *at == '/' ? "/" : "%%%02X", (unsigned)(unsigned char)*at);
    }
    text = arena_copy(arena, buffer_text(&out));
    buffer_finish(&out);
    return text;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const char *path = fuzz_text(&input, 0, &arena);
    const struct route *route;

    prepare();
    route = route_find(monitor_schema_routes, path);
    if (route != NULL) {
        struct http_answer answer = ask(route, path);

        if (strchr(path, '%') == NULL) {
            struct http_answer again = ask(route, encoded(path, strlen(route->prefix), &arena));

            FUZZ_CHECK(answer.status == again.status && answer.body.size == again.body.size &&
                           memcmp(answer.body.data, again.body.data, answer.body.size) == 0,
                       "%s is answered in two ways", path);
            buffer_finish(&again.body);
        }
        buffer_finish(&answer.body);
    }
    arena_finish(&arena);
}
