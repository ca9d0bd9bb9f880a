#ifndef TESTS_CHAOS_PROXY_CONNECTION_H
#define TESTS_CHAOS_PROXY_CONNECTION_H

#include "common/base/buffer.h"

#include <stdint.h>

/** What is done to a connection, or to the next commit that comes over one. */
enum act { ACT_NONE, ACT_CUT, ACT_STALL, ACT_BEFORE, ACT_AFTER, ACT_UNSYNCED, ACT_HOLD, ACT_COUNT };
extern const char *const act_names[ACT_COUNT];

/** A port that one instance connects to. */
struct door {
    uint16_t port;
    int listener;
    enum act armed; /**< for the next commit that comes in here */
    int64_t armed_ms;
};

/** Bytes of one direction: `in` is not yet understood, `out` is to be written. */
struct way {
    struct buffer in;
    struct buffer out;
    size_t written; /**< of `out` */
    bool ended;     /**< nothing more comes from its source */
};

/** A client's connection and the one to the server that stands for it. */
struct connection {
    struct connection *next;
    struct door *door;
    int client;
    int server;
    bool started;    /**< the message without a type has passed */
    struct way up;   /**< to the server */
    struct way down; /**< to the client */
    struct buffer
        segment; /**< messages since the last Sync, while they may be a commit to be tampered with */
    size_t first_execute;  /**< where in it the first Execute ends; 0: it is not there yet */
    int64_t asked;         /**< Syncs, queries and the start that were handed on */
    int64_t answered;      /**< ReadyForQuery that came */
    enum act act;          /**< of the commit that is under way */
    int64_t target;        /**< its place among the answers */
    int64_t held_until_ms; /**< what comes from the client waits; 0: it does not */
    int64_t stalled_until_ms;
    bool cut;
};

/** Tells whoever commands what was done at a door. */
void door_tell(const struct door *door, const char *what);
int64_t clock_ms(void);
void proxy_drop_front(struct buffer *buffer, size_t size);

/** Takes both sockets over. */
struct connection *connection_create(struct door *door, int client, int server);
void connection_destroy(struct connection *connection);
/** Reads and writes what poll(2) says is possible. */
void connection_serve(struct connection *connection, short client, short server);
/** Goes on with what was held or stalled for its time. */
void connection_end_waits(struct connection *connection, int64_t now);
/** To be ended at once, with a reset. */
void connection_cut(struct connection *connection);
/** Nothing more comes of it. */
bool connection_is_over(const struct connection *connection);

#endif
