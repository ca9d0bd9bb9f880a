#ifndef TESTS_GATEWAY_DROP_H
#define TESTS_GATEWAY_DROP_H

#include "common/runtime/shard.h"
#include "tests/support/fake_work.h"

/* A gateway's drop folder in a temporary place, its feed as the runtime polls it, and its handlers over a store in
 * memory. */
struct drop {
    char root[4096];
    const char *institution;
    struct arena arena;
    struct metrics metrics;
    struct member member;
    struct shard shard;
    struct fake_work *work;
};

void drop_start(struct drop *drop, const char *institution);
void drop_finish(struct drop *drop);

/** A process that ended and another that takes over: positions are those committed. */
void drop_restart(struct drop *drop);

/** Puts a file into the drop folder; `sidecar` may be NULL. */
void drop_file(struct drop *drop, const char *name, const char *content, const char *sidecar);

void drop_bytes(struct drop *drop, const char *name, struct bytes content, const char *sidecar);

/** Whether `<root>/<path>` is there; its text, NULL when it is not. */
bool drop_has(struct drop *drop, const char *path);
char *drop_text(struct drop *drop, const char *path);

/** The text of a file of the project. */
char *drop_source(struct drop *drop, const char *path);

/** One poll: the records are shard.backlog, at most `max`. False: `err`. */
bool drop_poll(struct drop *drop, size_t max, struct error *err) MUST_CHECK;

/** The records of the last poll are durable. */
void drop_commit(struct drop *drop);

/** Everything that is there, through the handlers, agenda included. */
void drop_work_off(struct drop *drop);

/** Drops one file and works it off. */
void drop_load(struct drop *drop, const char *name, const char *content, const char *sidecar);

#endif
