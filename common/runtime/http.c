#include "common/runtime/http.h"

#include "common/base/arena.h"
#include "common/base/buffer.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
};

static const char text_plain[] = "text/plain; version=0.0.4; charset=utf-8";

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
                              const char *content_type, const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static bool is_alive(const struct http *http)
{
    const int64_t turned = atomic_load(&http->options.metrics->last_turn_ms);

    return turned == 0 || http->options.now_ms(http->options.clock_context) - turned <
                              http->options.stuck_after_ms;
}

/* Why the service is not ready; empty when it is. */
static void tell_unready(const struct http *http, struct buffer *out)
{
    const struct http_options *options = &http->options;
    const struct metrics *metrics = options->metrics;
    const int64_t owned = atomic_load(&metrics->shards_owned);
    const int64_t assigned = atomic_load(&metrics->shards_assigned);
    const int64_t waiting_since = atomic_load(&metrics->oldest_unpublished_ms);
    const int64_t waits_ms = options->now_ms(options->clock_context) - waiting_since;

    if (atomic_load(&metrics->last_turn_ms) == 0) {
        buffer_append_text(out,
                           "todavía no arranca: espera a la base, al bróker o a sus tópicos\n");
    } else if (!is_alive(http)) {
        buffer_append_text(out, "el ciclo no avanza\n");
    } else if (atomic_load(&metrics->in_group) == 0) {
        buffer_append_text(out, "no está en el grupo: el bróker no responde o aún no lo admite\n");
    } else if (owned != assigned) {
        buffer_format(out, "tiene %" PRId64 " de los %" PRId64 " fragmentos que le tocan\n", owned,
                      assigned);
    } else if (waiting_since != 0 && waits_ms > options->unpublished_after_ms) {
        buffer_format(out,
                      "la publicación no avanza: %" PRId64
                      " lotes esperan, el más antiguo desde hace %" PRId64 " s\n",
                      atomic_load(&metrics->outbox_backlog), waits_ms / 1000);
    }
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
                                   const char *text)
{
    return answer(connection, status, text_plain, text);
}

static void append_figures(void *context, const struct board_view *view)
{
    buffer_append_text(context, view->figures);
}

static enum MHD_Result answer_metrics(const struct http *http, struct MHD_Connection *connection)
{
    struct buffer text = {0};
    enum MHD_Result result;

    http_metrics_text(http->options.service, http->options.metrics, &text);
    board_read(http->options.board, append_figures, &text);
    result = answer_text(connection, MHD_HTTP_OK, buffer_text(&text));
    buffer_finish(&text);
    return result;
}

static enum MHD_Result answer_ready(const struct http *http, struct MHD_Connection *connection)
{
    struct buffer text = {0};
    enum MHD_Result result;

    tell_unready(http, &text);
    result = text.size == 0
                 ? answer_text(connection, MHD_HTTP_OK, "ok\n")
                 : answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, buffer_text(&text));
    buffer_finish(&text);
    return result;
}

struct routing {
    const struct route *route;
    struct http_request request;
    struct http_answer answer;
};

static void follow_route(void *context, const struct board_view *view)
{
    struct routing *routing = context;

    routing->request.schemas = view->schemas;
    routing->route->answer(&routing->request, &routing->answer);
}

static enum MHD_Result answer_route(const struct http *http, struct MHD_Connection *connection,
                                    const struct route *route, const char *path)
{
    struct routing routing = {.route = route, .request = {.path = path}};
    enum MHD_Result result;

    board_read(http->options.board, follow_route, &routing);
    result = answer(connection, routing.answer.status, routing.answer.content_type,
                    buffer_text(&routing.answer.body));
    buffer_finish(&routing.answer.body);
    return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    const struct http *http = context;
    const struct route *route = route_find(http->options.routes, url);

    (void)version;
    (void)upload;
    (void)upload_size;
    (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0) {
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "solo GET\n");
    }
    if (strcmp(url, "/metrics") == 0) {
        return answer_metrics(http, connection);
    }
    if (route != NULL) {
        return answer_route(http, connection, route, url);
    }
    if (strcmp(url, "/readyz") == 0) {
        return answer_ready(http, connection);
    }
    if (strcmp(url, "/livez") != 0) {
        return answer_text(connection, MHD_HTTP_NOT_FOUND,
                           "no existe; hay /livez /readyz /metrics\n");
    }
    return is_alive(http)
               ? answer_text(connection, MHD_HTTP_OK, "ok\n")
               : answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "el ciclo no avanza\n");
}

/* Paths stay as they were sent: a decoded "%2F" could not be told from a slash any more. */
static size_t keep_encoded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

bool http_start(const struct http_options *options, struct http **out, struct error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    struct http *http;

    *out = NULL;
    if (options->port == 0) {
        return true;
    }
    if (inet_pton(AF_INET, options->address, &address.sin_addr) != 1) {
        return error_set(err, ERROR_FATAL, "dirección no válida para HTTP: %s", options->address);
    }
    http = memory_alloc(sizeof *http);
    http->options = *options;
    http->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, options->port, NULL, NULL, on_request, http,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, 64U,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, 16U, MHD_OPTION_CONNECTION_TIMEOUT, 10U,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL, MHD_OPTION_END);
    if (http->daemon == NULL) {
        free(http);
        return error_set(err, ERROR_FATAL, "no se pudo abrir el puerto HTTP %u en %s",
                         (unsigned int)options->port, options->address);
    }
    *out = http;
    return true;
}

bool http_probe(const char *address, uint16_t port)
{
    static const char request[] = "GET /livez HTTP/1.0\r\n\r\n";
    const struct timeval patience = {.tv_sec = 3};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    char reply[16] = "";
    const int handle = socket(AF_INET, SOCK_STREAM, 0);
    bool good = handle >= 0 && inet_pton(AF_INET, address, &to.sin_addr) == 1;

    good = good && setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
           connect(handle, (const struct sockaddr *)&to, sizeof to) == 0 &&
           write(handle, request, sizeof request - 1) == (ssize_t)(sizeof request - 1) &&
           read(handle, reply, sizeof reply - 1) >= 12 && strncmp(reply + 8, " 200", 4) == 0;
    if (handle >= 0) {
        (void)close(handle);
    }
    return good;
}

void http_stop(struct http *http)
{
    if (http != NULL) {
        MHD_stop_daemon(http->daemon);
        free(http);
    }
}
