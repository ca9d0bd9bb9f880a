#include "tests/chaos/proxy_connection.h"

#include "common/base/arena.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 65536, HEAD_BYTES = 5 };

const char *const act_names[ACT_COUNT] = {"none",  "cut",      "stall", "before",
                                          "after", "unsynced", "hold"};

int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void door_tell(const struct door *door, const char *what)
{
    (void)printf("%d %s\n", door->port, what);
    (void)fflush(stdout);
}

void proxy_drop_front(struct buffer *buffer, size_t size)
{
    memmove(buffer->data, buffer->data + size, buffer->size - size);
    buffer->size -= size;
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* --- what the protocol says -------------------------------------------------------------------- */

/* Size of the message that `bytes` begin with, 0 while it is not whole. */
static size_t message_size(const struct buffer *bytes, bool typed)
{
    const size_t head = typed ? HEAD_BYTES : HEAD_BYTES - 1;
    size_t size;

    if (bytes->size < head) {
        return 0;
    }
    size = get_u32(bytes->data + head - 4) + (typed ? 1U : 0U);
    return bytes->size < size ? 0 : size;
}

/* Bind names a portal and then a statement. */
static bool binds_advance(const uint8_t *message, size_t size)
{
    static const char name[] = "advance";
    const uint8_t *portal_end = memchr(message + HEAD_BYTES, 0, size - HEAD_BYTES);

    return message[0] == 'B' && portal_end != NULL &&
           (size_t)(message + size - portal_end) > sizeof name &&
           memcmp(portal_end + 1, name, sizeof name) == 0;
}

void connection_cut(struct connection *connection)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(connection->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection->cut = true;
}

/* Half of a commit, at least so much that the server holds the shard's row. */
static size_t half_of(const struct connection *connection)
{
    const size_t half = connection->segment.size / 2;

    return half < connection->first_execute ? connection->first_execute : half;
}

/* The commit is whole, its Sync the last of it. */
static void tamper(struct connection *connection)
{
    struct door *door = connection->door;
    const enum act act = door->armed;
    struct buffer *segment = &connection->segment;
    const size_t half = half_of(connection);

    door->armed = ACT_NONE;
    connection->target = connection->asked + 1;
    if (act == ACT_BEFORE) {
        buffer_append(&connection->up.out, segment->data, half);
        (void)send(connection->server, connection->up.out.data, connection->up.out.size,
                   MSG_NOSIGNAL);
        connection_cut(connection);
        door_tell(door, act_names[act]);
        return;
    }
    if (act == ACT_HOLD) {
        buffer_append(&connection->up.out, segment->data, half);
        proxy_drop_front(segment, half);
        connection->held_until_ms = clock_ms() + door->armed_ms;
        connection->act = act;
        door_tell(door, "held");
        return;
    }
    connection->act = act;
    connection->asked++;
    buffer_append(&connection->up.out, segment->data, segment->size);
    buffer_clear(segment);
}

/* One message of the client, whole. */
static void take_up(struct connection *connection, const uint8_t *message, size_t size)
{
    struct buffer *segment = &connection->segment;
    const uint8_t type = connection->started ? message[0] : 0;

    connection->started = true;
    if (segment->size > 0 ||
        (connection->door->armed != ACT_NONE && type == 'B' && binds_advance(message, size))) {
        buffer_append(segment, message, size);
        if (type == 'E' && connection->first_execute == 0) {
            connection->first_execute = segment->size;
        }
        if (type == 'S') {
            tamper(connection);
            connection->first_execute = 0;
        }
        return;
    }
    connection->asked += type == 0 || type == 'S' || type == 'Q' ? 1 : 0;
    buffer_append(&connection->up.out, message, size);
}

/* One message of the server, whole. */
static void take_down(struct connection *connection, const uint8_t *message, size_t size)
{
    const bool ready = message[0] == 'Z';
    const bool targeted = connection->target > 0 && connection->act != ACT_HOLD &&
                          connection->act != ACT_NONE &&
                          connection->answered + 1 == connection->target;

    connection->answered += ready ? 1 : 0;
    if (targeted && ready) {
        if (connection->act == ACT_UNSYNCED) {
            (void)send(connection->client, connection->down.out.data + connection->down.written,
                       connection->down.out.size - connection->down.written, MSG_NOSIGNAL);
            connection->cut = true; /* in order: what was said arrives */
        } else {
            connection_cut(connection);
        }
        door_tell(connection->door, act_names[connection->act]);
        return;
    }
    if (!targeted || connection->act == ACT_UNSYNCED) {
        buffer_append(&connection->down.out, message, size);
    }
}

static void understand(struct connection *connection, struct way *way)
{
    const bool up = way == &connection->up;
    size_t at = 0;

    while (!connection->cut && (!up || connection->held_until_ms == 0)) {
        const struct buffer rest = {.data = way->in.data + at, .size = way->in.size - at};
        const size_t size = message_size(&rest, !up || connection->started);

        if (size == 0) {
            break;
        }
        if (up) {
            take_up(connection, rest.data, size);
        } else {
            take_down(connection, rest.data, size);
        }
        at += size;
    }
    proxy_drop_front(&way->in, at);
}

/* --- reading and writing --- */

struct connection *connection_create(struct door *door, int client, int server)
{
    struct connection *connection = memory_alloc(sizeof *connection);

    *connection = (struct connection){.door = door, .client = client, .server = server};
    return connection;
}

void connection_destroy(struct connection *connection)
{
    (void)close(connection->client);
    (void)close(connection->server);
    buffer_finish(&connection->up.in);
    buffer_finish(&connection->up.out);
    buffer_finish(&connection->down.in);
    buffer_finish(&connection->down.out);
    buffer_finish(&connection->segment);
    free(connection);
}

static void read_some(struct connection *connection, int from, struct way *way)
{
    uint8_t *room = buffer_reserve(&way->in, CHUNK_BYTES);
    const ssize_t size = recv(from, room, CHUNK_BYTES, 0);

    if (size > 0) {
        way->in.size += (size_t)size;
        understand(connection, way);
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        way->ended = true;
    }
}

static void write_some(struct connection *connection, int to, struct way *way)
{
    const ssize_t size =
        send(to, way->out.data + way->written, way->out.size - way->written, MSG_NOSIGNAL);

    if (size > 0) {
        way->written += (size_t)size;
    } else if (errno != EAGAIN && errno != EINTR) {
        connection->cut = true;
    }
    if (way->written == way->out.size) {
        buffer_clear(&way->out);
        way->written = 0;
    }
}

void connection_end_waits(struct connection *connection, int64_t now)
{
    if (connection->stalled_until_ms != 0 && now >= connection->stalled_until_ms) {
        connection->stalled_until_ms = 0;
        door_tell(connection->door, act_names[ACT_STALL]);
    }
    if (connection->held_until_ms != 0 && now >= connection->held_until_ms) {
        connection->held_until_ms = 0;
        connection->act = ACT_NONE;
        connection->asked++;
        buffer_append(&connection->up.out, connection->segment.data, connection->segment.size);
        buffer_clear(&connection->segment);
        door_tell(connection->door, act_names[ACT_HOLD]);
        understand(connection, &connection->up);
    }
}

bool connection_is_over(const struct connection *connection)
{
    return connection->cut || (connection->up.ended && connection->up.out.size == 0) ||
           (connection->down.ended && connection->down.out.size == 0);
}

void connection_serve(struct connection *connection, short client, short server)
{
    const short gone = POLLHUP | POLLERR;

    if ((client & POLLIN) != 0) {
        read_some(connection, connection->client, &connection->up);
    }
    if ((server & POLLIN) != 0) {
        read_some(connection, connection->server, &connection->down);
    }
    if (!connection->cut && (client & POLLOUT) != 0) {
        write_some(connection, connection->client, &connection->down);
    }
    if (!connection->cut && (server & POLLOUT) != 0) {
        write_some(connection, connection->server, &connection->up);
    }
    /* A client that ended in the middle of what is held leaves it unsaid. */
    connection->cut = connection->cut || ((client & gone) != 0 && (client & POLLIN) == 0) ||
                      ((server & gone) != 0 && (server & POLLIN) == 0);
}
