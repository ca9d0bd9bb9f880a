/* abasto-chaos-proxy UPSTREAM_PORT PORT...: stands between services and PostgreSQL on the loopback, one port per instance.
 *
 * It reads commands, a line each, and does them to the connections that came in by PORT:
 *
 *   PORT cut           ends all of them at once
 *   PORT stall MS      hands nothing on, in either direction, for so long
 *   PORT before        the next commit is not handed on but for its first half without the end, and the connection cut
 *   PORT after         the next commit is handed on; its reply is read, not handed on, and the connection cut
 *   PORT unsynced      the same, but all of the reply is handed on except for its last message
 *   PORT hold MS       of the next commit one half is handed on, and the other after so long
 *
 * A commit is a pipeline that runs the prepared statement `advance`; the Sync at its end commits it. What was done
 * is told, a line each: "PORT cut", "PORT held" at once and "PORT hold" once it is over. */
#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "tests/chaos/proxy_connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORTS_MAX = 64, LINE_BYTES = 128 };

struct proxy {
    uint16_t upstream;
    struct door doors[PORTS_MAX];
    size_t door_count;
    struct connection *connections;
    struct buffer commands;
    struct pollfd *polled;
    size_t polled_count;
    size_t polled_capacity;
};

/* --- connections ------------------------------------------------------------------------------- */

static bool make_ready(int socket)
{
    static const int one = 1;

    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 &&
           fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK) == 0;
}

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (server >= 0 && connect(server, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(server);
        return -1;
    }
    return server;
}

/* A database that is away refuses: so does the proxy. */
static void let_in(struct proxy *proxy, struct door *door)
{
    const int client = accept(door->listener, NULL, NULL);
    const int server = client < 0 ? -1 : connect_to(proxy->upstream);
    struct connection *connection;

    if (server < 0 || !make_ready(client) || !make_ready(server)) {
        if (client >= 0) {
            (void)close(client);
        }
        if (server >= 0) {
            (void)close(server);
        }
        return;
    }
    connection = connection_create(door, client, server);
    connection->next = proxy->connections;
    proxy->connections = connection;
}

static void sweep(struct proxy *proxy)
{
    struct connection **at = &proxy->connections;

    while (*at != NULL) {
        struct connection *connection = *at;

        if (connection_is_over(connection)) {
            *at = connection->next;
            connection_destroy(connection);
        } else {
            at = &connection->next;
        }
    }
}

/* --- commands ---------------------------------------------------------------------------------- */

static void act_at_once(struct proxy *proxy, const struct door *door, enum act act, int64_t ms)
{
    for (struct connection *at = proxy->connections; at != NULL; at = at->next) {
        if (at->door == door && act == ACT_CUT) {
            connection_cut(at);
        } else if (at->door == door) {
            at->stalled_until_ms = clock_ms() + ms;
        }
    }
    door_tell(door, act == ACT_CUT ? act_names[act] : "stalled");
}

static void obey(struct proxy *proxy, const char *line)
{
    char name[16];
    int64_t ms = 0;
    uint16_t port;

    if (sscanf(line, "%" SCNu16 " %15s %" SCNd64, &port, name, &ms) < 2) {
        (void)fprintf(stderr, "not understood: %s\n", line);
        return;
    }
    for (size_t i = 0; i < proxy->door_count; i++) {
        struct door *door = &proxy->doors[i];

        for (size_t j = 0; door->port == port && j < ACT_COUNT; j++) {
            if (strcmp(act_names[j], name) != 0) {
                continue;
            }
            if (j == ACT_CUT || j == ACT_STALL) {
                act_at_once(proxy, door, (enum act)j, ms);
            } else {
                door->armed = (enum act)j;
                door->armed_ms = ms;
            }
        }
    }
}

/* False: whoever commands is gone. */
static bool take_commands(struct proxy *proxy)
{
    const ssize_t size =
        read(STDIN_FILENO, buffer_reserve(&proxy->commands, LINE_BYTES), LINE_BYTES);
    char *end;

    if (size <= 0) {
        return size < 0 && errno == EINTR;
    }
    proxy->commands.size += (size_t)size;
    while ((end = memchr(proxy->commands.data, '\n', proxy->commands.size)) != NULL) {
        *end = 0;
        obey(proxy, (const char *)proxy->commands.data);
        proxy_drop_front(&proxy->commands, (size_t)(end + 1 - (char *)proxy->commands.data));
    }
    return true;
}

/* --- the loop ---------------------------------------------------------------------------------- */

static void listen_for(struct proxy *proxy, int file, short events)
{
    if (proxy->polled_count == proxy->polled_capacity) {
        proxy->polled_capacity = proxy->polled_capacity * 2 + 64;
        proxy->polled =
            memory_resize(proxy->polled, proxy->polled_capacity * sizeof *proxy->polled);
    }
    proxy->polled[proxy->polled_count++] = (struct pollfd){.fd = file, .events = events};
}

static void listen_to_connection(struct proxy *proxy, const struct connection *connection)
{
    const bool stalled = connection->stalled_until_ms != 0;
    const bool read_up = !stalled && !connection->up.ended && connection->held_until_ms == 0;
    const bool read_down = !stalled && !connection->down.ended;

    listen_for(proxy, stalled ? -1 : connection->client,
               (short)((read_up ? POLLIN : 0) | (connection->down.out.size > 0 ? POLLOUT : 0)));
    listen_for(proxy, stalled ? -1 : connection->server,
               (short)((read_down ? POLLIN : 0) | (connection->up.out.size > 0 ? POLLOUT : 0)));
}

static bool turn(struct proxy *proxy)
{
    size_t at = 0;

    proxy->polled_count = 0;
    listen_for(proxy, STDIN_FILENO, POLLIN);
    for (size_t i = 0; i < proxy->door_count; i++) {
        listen_for(proxy, proxy->doors[i].listener, POLLIN);
    }
    for (const struct connection *one = proxy->connections; one != NULL; one = one->next) {
        listen_to_connection(proxy, one);
    }
    if (poll(proxy->polled, proxy->polled_count, 20) < 0 && errno != EINTR) {
        return false;
    }
    at = 1 + proxy->door_count;
    for (struct connection *one = proxy->connections; one != NULL; one = one->next, at += 2) {
        connection_serve(one, proxy->polled[at].revents, proxy->polled[at + 1].revents);
        if (!one->cut) {
            connection_end_waits(one, clock_ms());
        }
    }
    for (size_t i = 0; i < proxy->door_count; i++) {
        if ((proxy->polled[1 + i].revents & POLLIN) != 0) {
            let_in(proxy, &proxy->doors[i]);
        }
    }
    return proxy->polled[0].revents == 0 || take_commands(proxy);
}

static bool open_door(struct door *door, uint16_t port)
{
    static const int one = 1;
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    *door = (struct door){
        .port = port, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    return door->listener >= 0 &&
           setsockopt(door->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
           bind(door->listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
           listen(door->listener, 16) == 0;
}

int main(int argc, char **argv)
{
    struct proxy proxy = {0};

    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 3 || argc - 2 > PORTS_MAX) {
        (void)fprintf(stderr, "usage: %s UPSTREAM_PORT PORT...\n", argv[0]);
        return 2;
    }
    proxy.upstream = (uint16_t)strtoul(argv[1], NULL, 10);
    for (int i = 2; i < argc; i++) {
        if (!open_door(&proxy.doors[proxy.door_count++], (uint16_t)strtoul(argv[i], NULL, 10))) {
            perror(argv[i]);
            return 1;
        }
    }
    (void)printf("ready\n");
    (void)fflush(stdout);
    while (turn(&proxy)) {
        sweep(&proxy);
    }
    while (proxy.connections != NULL) {
        struct connection *connection = proxy.connections;

        proxy.connections = connection->next;
        connection_destroy(connection);
    }
    buffer_finish(&proxy.commands);
    free(proxy.polled);
    return 0;
}
