#include "tests/gateway/drop.h"

#include "services/gateway/feed.h"
#include "tests/gateway/gateway_service.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH = 2000, CACHE_BYTES = 1 << 24, TEXT_BYTES_MAX = 1 << 23 };

static const char *setting(const void *context, const char *name)
{
    const struct drop *drop = context;
    struct arena *arena = &((struct shard *)(uintptr_t)&drop->shard)->deferred_arena;

    return gateway_service_setting(arena, drop->institution, drop->root, name);
}

static void open_feed(struct drop *drop)
{
    struct error err = {0};

    ck_assert_msg(gateway_feed.open(&drop->shard.feed, setting, drop, &err), "%s", err.message);
    drop->shard.feed_open = true;
    drop->shard.batch_limit = BATCH;
}

void drop_start(struct drop *drop, const char *institution)
{
    const struct fake_options options = {.institution = institution};

    *drop = (struct drop){.institution = institution};
    (void)snprintf(drop->root, sizeof drop->root, "%s/drop-XXXXXX", getenv("ABASTO_BUILD_DIR"));
    ck_assert_ptr_nonnull(mkdtemp(drop->root));
    drop->member = (struct member){
        .service = &gateway_service, .metrics = &drop->metrics, .cache_bytes = CACHE_BYTES};
    shard_init(&drop->shard, &drop->member, 0);
    drop->work = fake_work_create(&gateway_service, &options);
    open_feed(drop);
}

void drop_finish(struct drop *drop)
{
    struct arena arena = {0};

    fake_work_destroy(drop->work);
    shard_finish(&drop->shard);
    ck_assert_int_eq(system(arena_format(&arena, "rm -rf '%s'", drop->root)), 0);
    arena_finish(&drop->arena);
    arena_finish(&arena);
}

void drop_restart(struct drop *drop)
{
    struct log_position *kept =
        arena_array(&drop->arena, drop->shard.position_count + 1, sizeof *kept);
    const size_t count = drop->shard.position_count;

    for (size_t i = 0; i < count; i++) {
        kept[i] = drop->shard.positions[i];
        kept[i].log = arena_copy(&drop->arena, kept[i].log);
    }
    shard_forget(&drop->shard);
    for (size_t i = 0; i < count; i++) {
        struct log_position *position = shard_position(&drop->shard, kept[i].log);

        position->committed = kept[i].committed;
        position->taken = kept[i].committed;
    }
    fake_work_forget_cache(drop->work);
    open_feed(drop);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void write_bytes(const char *path, struct bytes bytes)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    ck_assert_int_eq(fclose(file), 0);
}

void drop_file(struct drop *drop, const char *name, const char *content, const char *sidecar)
{
    drop_bytes(drop, name, bytes_of(content), sidecar);
}

void drop_bytes(struct drop *drop, const char *name, struct bytes content, const char *sidecar)
{
    const char *path = arena_format(&drop->arena, "%s/drop/%s", drop->root, name);
    const char *part = arena_format(&drop->arena, "%s/drop/.%s", drop->root, name);

    if (sidecar != NULL) {
        write_bytes(arena_format(&drop->arena, "%s.meta.json", path), bytes_of(sidecar));
    }
    write_bytes(part, content);
    ck_assert_int_eq(rename(part, path), 0);
}

bool drop_has(struct drop *drop, const char *path)
{
    return access(arena_format(&drop->arena, "%s/%s", drop->root, path), F_OK) == 0;
}

static char *read_text(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text;

    if (file == NULL) {
        return NULL;
    }
    text = arena_alloc(arena, TEXT_BYTES_MAX);
    text[fread(text, 1, TEXT_BYTES_MAX - 1, file)] = 0;
    (void)fclose(file);
    return text;
}

char *drop_text(struct drop *drop, const char *path)
{
    return read_text(&drop->arena, arena_format(&drop->arena, "%s/%s", drop->root, path));
}

char *drop_source(struct drop *drop, const char *path)
{
    char *text = read_text(&drop->arena,
                           arena_format(&drop->arena, "%s/%s", getenv("ABASTO_SOURCE_DIR"), path));

    ck_assert_msg(text != NULL, "%s", path);
    return text;
}

bool drop_poll(struct drop *drop, size_t max, struct error *err)
{
    drop->shard.batch_limit = max;
    return shard_refill(&drop->shard, err);
}

void drop_commit(struct drop *drop)
{
    struct shard *shard = &drop->shard;
    const size_t size = shard->backlog_count;
    struct error err = {0};

    for (size_t i = 0; i < size; i++) {
        const struct intake *item = &shard->backlog[i];

        shard_position(shard, item->log)->committed = item->offset + 1;
    }
    for (size_t i = 0; i < size; i++) {
        const struct intake *item = &shard->backlog[i];

        if (i + 1 == size || strcmp(shard->backlog[i + 1].log, item->log) != 0) {
            ck_assert_msg(gateway_feed.committed(shard->feed, item->log, item->offset + 1, &err),
                          "%s", err.message);
        }
    }
    shard_backlog_drop(shard, size);
}

void drop_work_off(struct drop *drop)
{
    struct error err = {0};

    for (;;) {
        ck_assert_msg(drop_poll(drop, BATCH, &err), "%s", err.message);
        if (drop->shard.backlog_count == 0) {
            return;
        }
        for (size_t i = 0; i < drop->shard.backlog_count; i++) {
            const struct intake *item = &drop->shard.backlog[i];

            fake_work_send_named(drop->work, item->type, item->key, item->event);
        }
        ck_assert_msg(fake_work_settle(drop->work, &err), "%s", err.message);
        drop_commit(drop);
    }
}

void drop_load(struct drop *drop, const char *name, const char *content, const char *sidecar)
{
    drop_file(drop, name, content, sidecar);
    drop_work_off(drop);
}
