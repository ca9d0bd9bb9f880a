#include "cli/freshness.h"

#include "cli/say.h"
#include "common/base/decimal.h"
#include "common/base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_BYTES = 256 * 1024, PATIENCE_S = 1, PORT_MAX = 65535 };

/* More is no number of messages, and two of them still have a sum. */
#define WAITING_MAX (INT64_MAX / 4)

static const char prefix[] = "ABASTO_HTTP_";

/* The number that stands once for the whole service, without shard or topic. */
static bool read_number(const char *metrics, const char *name, int64_t *out)
{
    const size_t length = strlen(name);

    for (const char *line = metrics; line != NULL; line = strchr(line, '\n')) {
        char *end;
        const char *close;

        line += *line == '\n' ? 1 : 0;
        if (strncmp(line, name, length) != 0 || line[length] != '{') {
            continue;
        }
        close = strchr(line, '}');
        if (close == NULL) {
            return false;
        }
        *out = strtoll(close + 1, &end, 10);
        return end != close + 1 && *out >= 0 && *out <= WAITING_MAX;
    }
    return false;
}

bool freshness_read(const char *metrics, int64_t *out)
{
    int64_t lag = 0;
    int64_t outbox = 0;
    const bool says_lag = read_number(metrics, "abasto_lag", &lag);
    const bool says_outbox = read_number(metrics, "abasto_outbox_backlog", &outbox);

    *out = (says_lag ? lag : 0) + (says_outbox ? outbox : 0);
    return says_lag || says_outbox;
}

const char *freshness_service(const char *line, struct arena *arena, int *port)
{
    const size_t length = strcspn(line, "=");
    int64_t number;
    char *name;

    if (strncmp(line, prefix, strlen(prefix)) != 0 || line[length] != '=' ||
        length == strlen(prefix) || !text_to_int64(line + length + 1, &number) || number < 1 ||
        number > PORT_MAX) {
        return NULL;
    }
    name = arena_text(arena, line + strlen(prefix), length - strlen(prefix));
    for (char *at = name; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
        if (*at == '_') {
            *at = '-';
        }
    }
    *port = (int)number;
    return name;
}

static bool ask(int link, char *answer)
{
    static const char question[] =
        "GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    size_t size = 0;
    ssize_t got = 0;

    if (send(link, question, sizeof question - 1, MSG_NOSIGNAL) != (ssize_t)(sizeof question - 1)) {
        return false;
    }
    while (size < ANSWER_BYTES && (got = recv(link, answer + size, ANSWER_BYTES - size, 0)) > 0) {
        size += (size_t)got;
    }
    answer[size] = '\0';
    return got >= 0 && size > 0;
}

/* Whether the service at a port of this machine answers in time. */
static bool get_metrics(int port, char *answer)
{
    const struct sockaddr_in place = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    const int link = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good;

    if (link < 0) {
        return false;
    }
    good = setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
           setsockopt(link, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
           connect(link, (const struct sockaddr *)&place, sizeof place) == 0 && ask(link, answer);
    (void)close(link);
    return good;
}

static void tell_service(const char *line, struct arena *arena, char *answer, int64_t *behind,
                         FILE *out)
{
    int port;
    const char *service = freshness_service(line, arena, &port);
    int64_t more = 0;

    if (service == NULL) {
        return;
    }
    if (!get_metrics(port, answer)) {
        fprintf(out,
                say("aviso: %s no responde: puede faltar lo que traía; vea make status\n",
                    "warning: %s does not answer: what it had may be missing; see make status\n"),
                service);
    } else if (freshness_read(answer, &more)) {
        *behind += more;
    }
}

void freshness_tell(const struct stack *stack, struct arena *arena, FILE *out)
{
    const char *slash = stack->file == NULL ? NULL : strrchr(stack->file, '/');
    FILE *services = slash == NULL ? NULL
                                   : fopen(arena_format(arena, "%.*s/services.env",
                                                        (int)(slash - stack->file), stack->file),
                                           "rb");
    char *answer;
    char line[256];
    int64_t behind = 0;

    if (services == NULL) {
        return;
    }
    answer = arena_alloc(arena, ANSWER_BYTES + 1);
    while (fgets(line, sizeof line, services) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        tell_service(line, arena, answer, &behind, out);
    }
    (void)fclose(services);
    if (behind > 0) {
        char shown[DECIMAL_TEXT_BYTES];

        decimal_format_count(behind, shown);
        fprintf(out,
                say("aviso: faltan %s mensajes por aplicar: las cifras todavía cambian\n",
                    "warning: %s messages are not applied yet: the figures still change\n"),
                shown);
    }
}
