#include "common/runtime/http.h"
#include "tests/base/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A server on a port that was free a moment ago, as its clients meet it. */

struct scene {
    struct metrics metrics;
    struct board *board;
    struct http *http;
    uint16_t port;
    int64_t now_ms;
    char reply[65536];
};

static int64_t now_of(void *context)
{
    return ((struct scene *)context)->now_ms;
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int handle = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert(handle >= 0);
    ck_assert_int_eq(bind(handle, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(handle, (struct sockaddr *)&address, &size), 0);
    (void)close(handle);
    return ntohs(address.sin_port);
}

/* Tells the decoded segment and how many schemas it sees, whose texts it reads. */
static void answer_echo(const struct http_request *request, struct http_answer *answer)
{
    const char *at = request->path + strlen("/echo");
    const size_t count = request->schemas == NULL ? 0 : request->schemas->count;
    char segment[64] = "";
    size_t bytes = 0;

    if (!route_segment(&at, segment, sizeof segment) && *at != '\0') {
        (void)snprintf(segment, sizeof segment, "(malformed)");
    }
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(request->schemas->records[i].schema_json);
    }
    answer->status = 203;
    answer->content_type = "text/x-echo";
    buffer_format(&answer->body, "<%s> %zu %zu", segment, count, bytes);
}

static const struct route routes[] = {{"/echo", answer_echo}, {0}};

static void scene_start(struct scene *scene)
{
    struct http_options options = {.address = "127.0.0.1",
                                   .service = "tested",
                                   .metrics = &scene->metrics,
                                   .routes = routes,
                                   .now_ms = now_of,
                                   .clock_context = scene,
                                   .stuck_after_ms = 1000,
                                   .unpublished_after_ms = 60000};
    struct error err = {0};

    memset(scene, 0, sizeof *scene);
    scene->now_ms = 5000;
    atomic_store(&scene->metrics.last_turn_ms, 5000);
    atomic_store(&scene->metrics.in_group, 1);
    scene->board = board_create();
    scene->port = free_port();
    options.board = scene->board;
    options.port = scene->port;
    ck_assert_msg(http_start(&options, &scene->http, &err), "%s", err.message);
}

static void scene_end(struct scene *scene)
{
    http_stop(scene->http);
    board_destroy(scene->board);
}

/* The whole answer with its head; "" when the server hung up. */
static const char *get(struct scene *scene, const char *method, const char *path)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(scene->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 5};
    const int handle = socket(AF_INET, SOCK_STREAM, 0);
    struct buffer request = {0};
    size_t size = 0;
    ssize_t got = 0;

    buffer_format(&request, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", method, path);
    ck_assert_int_eq(connect(handle, (const struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq(setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    ck_assert(send(handle, request.data, request.size, MSG_NOSIGNAL) >= 0);
    do {
        got = read(handle, scene->reply + size, sizeof scene->reply - 1 - size);
        size += got > 0 ? (size_t)got : 0;
    } while (got > 0 && size < sizeof scene->reply - 1);
    scene->reply[size] = '\0';
    (void)close(handle);
    buffer_finish(&request);
    return scene->reply;
}

static void expect(struct scene *scene, const char *path, const char *status, const char *text)
{
    const char *reply = get(scene, "GET", path);

    ck_assert_msg(strncmp(reply, "HTTP/1.1 ", 9) == 0 && strncmp(reply + 9, status, 3) == 0,
                  "%s: %s", path, reply);
    ck_assert_msg(strstr(reply, text) != NULL, "%s: %s", path, reply);
}

static struct scene scene;

START_TEST(a_route_of_the_service_answers_its_paths_and_no_others)
{
    scene_start(&scene);
    expect(&scene, "/echo", "203", "<> 0 0");
    expect(&scene, "/echo/a", "203", "<a> 0 0");
    expect(&scene, "/echo/a", "203", "Content-Type: text/x-echo");
    expect(&scene, "/echoes", "404", "no existe");
    expect(&scene, "/", "404", "no existe");
    expect(&scene, "/livez", "200", "ok");
    scene_end(&scene);
}
END_TEST

START_TEST(segments_are_decoded_once_and_after_the_path_is_split)
{
    scene_start(&scene);
    expect(&scene, "/echo/a%2Fb", "203", "<a/b>");
    expect(&scene, "/echo/a%252Fb", "203", "<a%2Fb>");
    expect(&scene, "/echo/a?x=/b", "203", "<a>");
    expect(&scene, "/echo/%zz", "203", "<(malformed)>");
    expect(&scene, "/echo/%00", "203", "<(malformed)>");
    scene_end(&scene);
}
END_TEST

START_TEST(only_get_is_answered)
{
    scene_start(&scene);
    ck_assert(strncmp(get(&scene, "POST", "/echo"), "HTTP/1.1 405", 12) == 0);
    ck_assert(strncmp(get(&scene, "DELETE", "/metrics"), "HTTP/1.1 405", 12) == 0);
    scene_end(&scene);
}
END_TEST

START_TEST(a_path_beyond_all_bounds_is_refused_and_the_next_one_answered)
{
    static char path[40000];

    scene_start(&scene);
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    ck_assert(strncmp(get(&scene, "GET", path), "HTTP/1.1 2", 10) != 0);
    expect(&scene, "/livez", "200", "ok");
    scene_end(&scene);
}
END_TEST

/* The loop turns again, some time later. */
static void turn(int64_t later_ms)
{
    scene.now_ms += later_ms;
    atomic_store(&scene.metrics.last_turn_ms, scene.now_ms);
}

START_TEST(a_service_is_ready_while_it_turns_owns_its_shards_and_publishes)
{
    scene_start(&scene);
    expect(&scene, "/readyz", "200", "ok");
    atomic_store(&scene.metrics.shards_assigned, 4);
    atomic_store(&scene.metrics.shards_owned, 3);
    expect(&scene, "/readyz", "503", "tiene 3 de los 4 fragmentos");
    atomic_store(&scene.metrics.shards_owned, 4);
    expect(&scene, "/readyz", "200", "ok");
    atomic_store(&scene.metrics.in_group, 0);
    expect(&scene, "/readyz", "503", "no está en el grupo");
    expect(&scene, "/livez", "200", "ok");
    atomic_store(&scene.metrics.in_group, 1);
    scene.now_ms += 1001;
    expect(&scene, "/readyz", "503", "el ciclo no avanza");
    expect(&scene, "/livez", "503", "el ciclo no avanza");
    atomic_store(&scene.metrics.last_turn_ms, 0);
    expect(&scene, "/readyz", "503", "todavía no arranca");
    expect(&scene, "/livez", "200", "ok");
    scene_end(&scene);
}
END_TEST

START_TEST(a_batch_that_waits_too_long_to_be_published_makes_it_unready)
{
    scene_start(&scene);
    atomic_store(&scene.metrics.outbox_backlog, 3);
    atomic_store(&scene.metrics.oldest_unpublished_ms, scene.now_ms);
    turn(60000);
    expect(&scene, "/readyz", "200", "ok");
    turn(1000);
    expect(&scene, "/readyz", "503", "3 lotes esperan, el más antiguo desde hace 61 s");
    atomic_store(&scene.metrics.oldest_unpublished_ms, 0);
    expect(&scene, "/readyz", "200", "ok");
    scene_end(&scene);
}
END_TEST

START_TEST(metrics_are_the_numbers_and_then_what_the_loop_put_up)
{
    struct buffer figures = {0};
    const char *reply;

    scene_start(&scene);
    atomic_store(&scene.metrics.quarantined_by[ASIDE_ROW], 2);
    atomic_store(&scene.metrics.quarantined_by[ASIDE_DATABASE], 1);
    buffer_append_text(&figures, "abasto_of_a_shard 7\n");
    board_put_figures(scene.board, &figures);
    reply = get(&scene, "GET", "/metrics");
    ck_assert_ptr_nonnull(strstr(reply, "abasto_quarantined_total{service=\"tested\"} 3\n"));
    ck_assert_ptr_nonnull(strstr(reply, "{service=\"tested\",reason=\"row\"} 2\n"));
    ck_assert_ptr_nonnull(strstr(reply, "{service=\"tested\",reason=\"identity\"} 0\n"));
    ck_assert_ptr_nonnull(strstr(reply, "\nabasto_of_a_shard 7\n"));
    scene_end(&scene);
}
END_TEST

static void put_schemas(size_t count)
{
    struct registry *registry = registry_create(NULL, 0);
    struct schema_list list = {0};

    for (size_t i = 0; i < count; i++) {
        const struct schema_record record = {.subject = "x",
                                             .version = (int32_t)i + 1,
                                             .id = (int32_t)i + 1,
                                             .schema_json = "\"int\""};
        struct error err = {0};

        ck_assert(registry_add(registry, &record, &err));
    }
    schema_list_copy(&list, registry);
    registry_destroy(registry);
    board_put_schemas(scene.board, &list);
    ck_assert_ptr_null(list.records);
}

static void *keep_changing(void *context)
{
    const atomic_bool *done = context;

    for (size_t i = 0; !atomic_load(done); i++) {
        put_schemas(i % 50);
    }
    return NULL;
}

/* Under ASan: a list that goes while an answer is written from it. */
START_TEST(the_schemas_shown_are_whole_while_the_loop_changes_them)
{
    atomic_bool done = false;
    pthread_t loop;

    scene_start(&scene);
    ck_assert_int_eq(pthread_create(&loop, NULL, keep_changing, &done), 0);
    for (size_t i = 0; i < 300; i++) {
        const char *reply = strstr(get(&scene, "GET", "/echo"), "<>");
        size_t count = 0;
        size_t bytes = 0;

        ck_assert_ptr_nonnull(reply);
        ck_assert_int_eq(sscanf(reply, "<> %zu %zu", &count, &bytes), 2);
        ck_assert_uint_eq(bytes, count * strlen("\"int\""));
    }
    atomic_store(&done, true);
    ck_assert_int_eq(pthread_join(loop, NULL), 0);
    scene_end(&scene);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_route_of_the_service_answers_its_paths_and_no_others);
    tcase_add_test(tcase, segments_are_decoded_once_and_after_the_path_is_split);
    tcase_add_test(tcase, only_get_is_answered);
    tcase_add_test(tcase, a_path_beyond_all_bounds_is_refused_and_the_next_one_answered);
    tcase_add_test(tcase, a_service_is_ready_while_it_turns_owns_its_shards_and_publishes);
    tcase_add_test(tcase, a_batch_that_waits_too_long_to_be_published_makes_it_unready);
    tcase_add_test(tcase, metrics_are_the_numbers_and_then_what_the_loop_put_up);
    tcase_add_test(tcase, the_schemas_shown_are_whole_while_the_loop_changes_them);
}

int main(void)
{
    return unit_run("runtime.http", fill);
}
