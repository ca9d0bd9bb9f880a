#include "services/monitor/monitor_schemas.h"

#include "common/base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What the registry answers and the codes its clients know:
 * https://docs.confluent.io/platform/current/schema-registry/develop/api.html */

enum {
    SEGMENTS_MAX = 4,
    SEGMENT_BYTES = 512,
    CODE_NOT_FOUND = 404,
    CODE_NO_SUBJECT = 40401,
    CODE_NO_VERSION = 40402,
    CODE_NO_SCHEMA = 40403,
    CODE_BAD_VERSION = 42202,
    CODE_NOT_READY = 50001,
};

static const char content_type[] = "application/vnd.schemaregistry.v1+json";

/* A path in its parts. */
struct request {
    char segments[SEGMENTS_MAX][SEGMENT_BYTES];
    size_t count;
    const struct schema_list *schemas;
};

/* Takes the JSON over. */
static void answer_json(struct http_answer *answer, unsigned int status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

    answer->status = status;
    answer->content_type = content_type;
    buffer_append_text(&answer->body, text);
    free(text);
    json_decref(json);
}

/* The status is the first three digits of the code. */
static void answer_error(struct http_answer *answer, int code, const char *message)
{
    const int status = code > 999 ? code / 100 : code;

    answer_json(answer, (unsigned int)status,
                json_pack("{s:i, s:s}", "error_code", code, "message", message));
}

static void answer_no_subject(struct http_answer *answer, const char *subject)
{
    char message[SEGMENT_BYTES + 32];

    (void)text_format(message, sizeof message, "Subject '%s' not found.", subject);
    answer_error(answer, CODE_NO_SUBJECT,
                 text_is_utf8(message, strlen(message)) ? message : "Subject not found.");
}

/* A number from 1 on, as ids and versions are; 0 for what is none. */
static int32_t number_of(const char *text)
{
    int64_t number;

    return text_to_int64(text, &number) && number > 0 && number <= INT32_MAX ? (int32_t)number : 0;
}

/* An id names one schema, under whichever subject it is asked for (?subject= changes nothing). */
static void answer_schema(const struct request *request, struct http_answer *answer)
{
    const int32_t id = number_of(request->segments[2]);
    const struct schema_record *record = schema_list_by_id(request->schemas, id);
    char message[64];

    if (record != NULL) {
        answer_json(answer, 200, json_pack("{s:s}", "schema", record->schema_json));
        return;
    }
    (void)text_format(message, sizeof message, "Schema %.20s not found", request->segments[2]);
    answer_error(answer, CODE_NO_SCHEMA, id > 0 ? message : "Schema not found");
}

static int by_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

static void answer_subjects(const struct request *request, struct http_answer *answer)
{
    const struct schema_list *schemas = request->schemas;
    struct arena arena = {0};
    const char **names = arena_array(&arena, schemas->count + 1, sizeof *names);
    json_t *list = json_array();
    size_t count = 0;

    for (size_t i = 0; i < schemas->count; i++) {
        if (!schemas->records[i].deleted) {
            names[count++] = schemas->records[i].subject;
        }
    }
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(names[i - 1], names[i]) != 0) {
            json_array_append_new(list, json_string(names[i]));
        }
    }
    arena_finish(&arena);
    answer_json(answer, 200, list);
}

static int by_number(const void *left, const void *right)
{
    const int32_t a = *(const int32_t *)left;
    const int32_t b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static void answer_versions(const struct request *request, struct http_answer *answer)
{
    const struct schema_list *schemas = request->schemas;
    const char *subject = request->segments[1];
    struct arena arena = {0};
    int32_t *versions = arena_array(&arena, schemas->count + 1, sizeof *versions);
    json_t *list = json_array();
    size_t count = 0;

    for (size_t i = 0; i < schemas->count; i++) {
        const struct schema_record *record = &schemas->records[i];

        if (!record->deleted && strcmp(record->subject, subject) == 0) {
            versions[count++] = record->version;
        }
    }
    qsort(versions, count, sizeof *versions, by_number);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_integer(versions[i]));
    }
    arena_finish(&arena);
    if (count == 0) {
        json_decref(list);
        answer_no_subject(answer, subject);
        return;
    }
    answer_json(answer, 200, list);
}

static void answer_version(const struct request *request, struct http_answer *answer)
{
    const char *subject = request->segments[1];
    const bool latest =
        strcmp(request->segments[3], "latest") == 0 || strcmp(request->segments[3], "-1") == 0;
    const int32_t version = latest ? 0 : number_of(request->segments[3]);
    const struct schema_record *record;
    char message[64];

    if (!latest && version == 0) {
        answer_error(answer, CODE_BAD_VERSION,
                     "The specified version is not a valid version id. Allowed values are between "
                     "[1, 2^31-1] and the string \"latest\"");
        return;
    }
    if (schema_list_version(request->schemas, subject, 0) == NULL) {
        answer_no_subject(answer, subject);
        return;
    }
    record = schema_list_version(request->schemas, subject, version);
    if (record == NULL) {
        (void)text_format(message, sizeof message, "Version %d not found.", version);
        answer_error(answer, CODE_NO_VERSION, message);
        return;
    }
    answer_json(answer, 200,
                json_pack("{s:s, s:i, s:i, s:s}", "subject", record->subject, "version",
                          record->version, "id", record->id, "schema", record->schema_json));
}

static bool split(const char *path, struct request *request)
{
    const char *at = path;

    while (request->count < SEGMENTS_MAX &&
           route_segment(&at, request->segments[request->count], SEGMENT_BYTES)) {
        request->count++;
    }
    while (*at == '/') {
        at++;
    }
    return *at == '\0';
}

static void answer_types(const struct request *request, struct http_answer *answer)
{
    (void)request;
    answer_json(answer, 200, json_pack("[s]", "AVRO"));
}

/* What the build holds our schemas to. */
static void answer_config(const struct request *request, struct http_answer *answer)
{
    (void)request;
    answer_json(answer, 200, json_pack("{s:s}", "compatibilityLevel", "BACKWARD_TRANSITIVE"));
}

/* NULL stands for any segment. */
static const struct {
    size_t count;
    const char *segments[SEGMENTS_MAX];
    void (*answer)(const struct request *request, struct http_answer *answer);
} resources[] = {
    {2, {"schemas", "types"}, answer_types},
    {3, {"schemas", "ids", NULL}, answer_schema},
    {1, {"subjects"}, answer_subjects},
    {3, {"subjects", NULL, "versions"}, answer_versions},
    {4, {"subjects", NULL, "versions", NULL}, answer_version},
    {1, {"config"}, answer_config},
};

static bool matches(const struct request *request, const char *const *segments, size_t count)
{
    bool same = request->count == count;

    for (size_t i = 0; same && i < count; i++) {
        same = segments[i] == NULL || strcmp(segments[i], request->segments[i]) == 0;
    }
    return same;
}

static void answer_request(const struct http_request *http, struct http_answer *answer)
{
    struct request request = {.schemas = http->schemas};

    if (http->schemas == NULL) {
        answer_error(answer, CODE_NOT_READY, "The schemas are not read yet: try again");
        return;
    }
    if (!split(http->path, &request)) {
        request.count = 0; /* matches nothing */
    }
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        if (matches(&request, resources[i].segments, resources[i].count)) {
            resources[i].answer(&request, answer);
            return;
        }
    }
    answer_error(answer, CODE_NOT_FOUND, "HTTP 404 Not Found");
}

const struct route monitor_schema_routes[] = {
    {"/schemas", answer_request},
    {"/subjects", answer_request},
    {"/config", answer_request},
    {0},
};
