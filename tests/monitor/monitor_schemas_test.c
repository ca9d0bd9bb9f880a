#include "services/monitor/monitor_schemas.h"
#include "tests/base/unit.h"

#include <jansson.h>
#include <string.h>

static const char v1[] = "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"x\",\"fields\":[]}";
static const char v2[] = "{\"type\":\"record\",\"name\":\"A\",\"namespace\":\"x\",\"doc\":\"2\","
                         "\"fields\":[]}";

static struct schema_record known[] = {
    {.subject = "x.A", .version = 1, .id = 3, .schema_json = v1},
    {.subject = "x.A", .version = 2, .id = 4, .schema_json = v2},
    {.subject = "otro/año", .version = 1, .id = 5, .schema_json = "\"int\""},
    {.subject = "x.Gone", .version = 1, .id = 6, .schema_json = "\"string\"", .deleted = true},
};

static const struct schema_list schemas = {.records = known, .count = sizeof known / sizeof *known};

/* The answer to a path; the caller releases the JSON. */
static json_t *get(const char *path, const struct schema_list *list, unsigned int *status)
{
    const struct route *route = route_find(monitor_schema_routes, path);
    const struct http_request request = {path, list};
    struct http_answer answer = {0};
    json_t *json;

    ck_assert_msg(route != NULL, "%s", path);
    route->answer(&request, &answer);
    ck_assert_str_eq(answer.content_type, "application/vnd.schemaregistry.v1+json");
    json = json_loads(buffer_text(&answer.body), JSON_DECODE_ANY, NULL);
    ck_assert_msg(json != NULL, "%s", buffer_text(&answer.body));
    *status = answer.status;
    buffer_finish(&answer.body);
    return json;
}

struct reply_case {
    const char *name;
    const char *path;
    unsigned int status;
    const char *body; /* as compact JSON; NULL: an error of `code` */
    int code;
};

static const struct reply_case replies[] = {
    {"the subjects, each once and without deleted ones", "/subjects", 200,
     "[\"otro/a\\u00f1o\",\"x.A\"]", 0},
    {"a slash at the end changes nothing", "/subjects/", 200, "[\"otro/a\\u00f1o\",\"x.A\"]", 0},
    {"the versions of a subject", "/subjects/x.A/versions", 200, "[1,2]", 0},
    {"a subject is decoded", "/subjects/%78%2eA/versions", 200, "[1,2]", 0},
    {"an encoded slash is part of the subject", "/subjects/otro%2Fa%C3%B1o/versions", 200, "[1]",
     0},
    {"only Avro", "/schemas/types", 200, "[\"AVRO\"]", 0},
    {"what the build enforces", "/config", 200, "{\"compatibilityLevel\":\"BACKWARD_TRANSITIVE\"}",
     0},
    {"a deleted schema still decodes", "/schemas/ids/6", 200, "{\"schema\":\"\\\"string\\\"\"}", 0},
    {"an id that nobody gave", "/schemas/ids/99", 404, NULL, 40403},
    {"an id that is none", "/schemas/ids/x", 404, NULL, 40403},
    {"an id beyond 32 bits", "/schemas/ids/4294967299", 404, NULL, 40403},
    {"an unknown subject", "/subjects/x.B/versions", 404, NULL, 40401},
    {"a deleted subject", "/subjects/x.Gone/versions", 404, NULL, 40401},
    {"a version of an unknown subject", "/subjects/x.B/versions/1", 404, NULL, 40401},
    {"an unknown version", "/subjects/x.A/versions/3", 404, NULL, 40402},
    {"a version that is none", "/subjects/x.A/versions/first", 422, NULL, 42202},
    {"bytes that are no text", "/subjects/%ff/versions", 404, NULL, 40401},
    {"a broken escape", "/subjects/%4/versions", 404, NULL, 404},
    {"a NUL", "/subjects/x.A%00/versions", 404, NULL, 404},
    {"a resource that is not there", "/subjects/x.A", 404, NULL, 404},
    {"a path that goes on", "/subjects/x.A/versions/1/schema/more", 404, NULL, 404},
};

START_TEST(each_path_gets_the_answer_that_registry_clients_expect)
{
    const struct reply_case *reply = &replies[_i];
    unsigned int status = 0;
    json_t *json = get(reply->path, &schemas, &status);
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);

    ck_assert_msg(status == reply->status, "%s: %u %s", reply->name, status, text);
    if (reply->body != NULL) {
        json_t *wanted = json_loads(reply->body, JSON_DECODE_ANY, NULL);

        ck_assert_msg(json_equal(json, wanted), "%s: %s", reply->name, text);
        json_decref(wanted);
    } else {
        ck_assert_msg(json_integer_value(json_object_get(json, "error_code")) == reply->code,
                      "%s: %s", reply->name, text);
        ck_assert_msg(json_string_length(json_object_get(json, "message")) > 0, "%s", reply->name);
    }
    free(text);
    json_decref(json);
}
END_TEST

static void check_version(const char *path, int32_t version, int32_t id, const char *schema)
{
    unsigned int status = 0;
    json_t *json = get(path, &schemas, &status);

    ck_assert_uint_eq(status, 200);
    ck_assert_str_eq(json_string_value(json_object_get(json, "subject")), "x.A");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "version")), version);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "id")), id);
    ck_assert_str_eq(json_string_value(json_object_get(json, "schema")), schema);
    json_decref(json);
}

START_TEST(a_version_comes_with_its_id_and_schema)
{
    check_version("/subjects/x.A/versions/1", 1, 3, v1);
    check_version("/subjects/x.A/versions/latest", 2, 4, v2);
    check_version("/subjects/x.A/versions/-1", 2, 4, v2);
}
END_TEST

START_TEST(before_the_schemas_are_read_clients_are_told_to_try_again)
{
    unsigned int status = 0;
    json_t *json = get("/schemas/ids/3", NULL, &status);

    ck_assert_uint_eq(status, 500);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "error_code")), 50001);
    json_decref(json);
}
END_TEST

START_TEST(a_subject_longer_than_any_is_not_found)
{
    char path[4096];
    unsigned int status = 0;
    json_t *json;

    memset(path, 'a', sizeof path);
    memcpy(path, "/subjects/", strlen("/subjects/"));
    memcpy(path + sizeof path - 10, "/versions", 10);
    json = get(path, &schemas, &status);
    ck_assert_uint_eq(status, 404);
    json_decref(json);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, each_path_gets_the_answer_that_registry_clients_expect, 0,
                        UNIT_COUNT(replies));
    tcase_add_test(tcase, a_version_comes_with_its_id_and_schema);
    tcase_add_test(tcase, before_the_schemas_are_read_clients_are_told_to_try_again);
    tcase_add_test(tcase, a_subject_longer_than_any_is_not_found);
}

int main(void)
{
    return unit_run("monitor.schemas", fill);
}
