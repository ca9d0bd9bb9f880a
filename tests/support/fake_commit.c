#include "tests/support/fake_rows.h"

#include <string.h>

/* A commit, copied with all that it points to, so that it may arrive after its sender is gone. */

static void *copy_items(struct arena *arena, const void *items, size_t count, size_t item_bytes)
{
    void *copy = arena_array(arena, count + 1, item_bytes);

    if (count > 0) {
        memcpy(copy, items, count * item_bytes);
    }
    return copy;
}
#define COPY(member, items) copy_items(arena, commit->member, commit->items, sizeof *commit->member)

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    return (struct bytes){(const uint8_t *)arena_text(arena, (const char *)bytes.data, bytes.size),
                          bytes.size};
}

static const struct store_write *copy_writes(struct arena *arena, const struct store_commit *commit)
{
    struct store_write *writes = COPY(writes, write_count);

    for (size_t i = 0; i < commit->write_count; i++) {
        void **rows = copy_items(arena, writes[i].rows, writes[i].row_count, sizeof *rows);

        for (size_t j = 0; j < writes[i].row_count; j++) {
            rows[j] = fake_row_copy(arena, writes[i].table, writes[i].rows[j]);
        }
        writes[i].rows = rows;
    }
    return writes;
}

static const struct store_agenda *copy_agenda(struct arena *arena, const struct store_agenda *items,
                                              size_t count)
{
    struct store_agenda *copy = copy_items(arena, items, count, sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        copy[i].kind = arena_copy(arena, items[i].kind);
        copy[i].key = arena_copy(arena, items[i].key);
        copy[i].traceparent = arena_copy(arena, items[i].traceparent);
    }
    return copy;
}

static const struct store_touch *copy_touches(struct arena *arena,
                                              const struct store_commit *commit)
{
    struct store_touch *touches = COPY(touches, touch_count);

    for (size_t i = 0; i < commit->touch_count; i++) {
        touches[i].kind = arena_copy(arena, touches[i].kind);
        touches[i].prefix = arena_copy(arena, touches[i].prefix);
        touches[i].traceparent = arena_copy(arena, touches[i].traceparent);
    }
    return touches;
}

static void copy_reading(struct arena *arena, const struct store_commit *commit,
                         struct store_commit *copy)
{
    struct store_advance *advances = COPY(advances, advance_count);
    struct store_heard *heard = COPY(heard, heard_count);
    struct store_watermark *marks = COPY(watermarks, watermark_count);
    struct store_forwarded *forwarded = COPY(forwarded, forwarded_count);

    for (size_t i = 0; i < commit->advance_count; i++) {
        advances[i].topic = arena_copy(arena, advances[i].topic);
    }
    for (size_t i = 0; i < commit->heard_count; i++) {
        heard[i].producer = arena_copy(arena, heard[i].producer);
        heard[i].topic = arena_copy(arena, heard[i].topic);
    }
    for (size_t i = 0; i < commit->watermark_count; i++) {
        marks[i].topic = arena_copy(arena, marks[i].topic);
        marks[i].producer = arena_copy(arena, marks[i].producer);
        marks[i].institution = arena_copy(arena, marks[i].institution);
    }
    for (size_t i = 0; i < commit->forwarded_count; i++) {
        forwarded[i].institution = arena_copy(arena, forwarded[i].institution);
    }
    copy->advances = advances;
    copy->heard = heard;
    copy->watermarks = marks;
    copy->forwarded = forwarded;
}

static const struct store_quarantine *copy_quarantine(struct arena *arena,
                                                      const struct store_commit *commit)
{
    struct store_quarantine *rows = COPY(quarantine, quarantine_count);

    for (size_t i = 0; i < commit->quarantine_count; i++) {
        rows[i].id = arena_copy(arena, rows[i].id);
        rows[i].institution = arena_copy(arena, rows[i].institution);
        rows[i].source = arena_copy(arena, rows[i].source);
        rows[i].column = arena_copy(arena, rows[i].column);
        rows[i].found = arena_copy(arena, rows[i].found);
        rows[i].expected = arena_copy(arena, rows[i].expected);
        rows[i].reason = arena_copy(arena, rows[i].reason);
        rows[i].action = arena_copy(arena, rows[i].action);
        rows[i].payload = copy_bytes(arena, rows[i].payload);
    }
    return rows;
}

struct store_commit fake_commit_copy(struct arena *arena, const struct store_commit *commit)
{
    struct store_commit copy = *commit;
    struct store_sequence *sequences = COPY(sequences, sequence_count);

    for (size_t i = 0; i < commit->sequence_count; i++) {
        sequences[i].topic = arena_copy(arena, sequences[i].topic);
    }
    copy_reading(arena, commit, &copy);
    copy.writes = copy_writes(arena, commit);
    copy.touches = copy_touches(arena, commit);
    copy.sequences = sequences;
    copy.later = copy_agenda(arena, commit->later, commit->later_count);
    copy.done = copy_agenda(arena, commit->done, commit->done_count);
    copy.quarantine = copy_quarantine(arena, commit);
    copy.outbox = copy_bytes(arena, commit->outbox);
    return copy;
}
