#include "common/base/buffer.h"
#include "common/runtime/http.h"

#include <inttypes.h>

struct figure {
    const char *name;
    const char *type;
    const char *help;
    int64_t value;
};

static const char *const aside_names[ASIDE_CLASSES] = {
    [ASIDE_ROW] = "row",         [ASIDE_IDENTITY] = "identity", [ASIDE_DECODING] = "decoding",
    [ASIDE_REFUSED] = "refused", [ASIDE_DATABASE] = "database",
};

static void append_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_format(out, "# HELP abasto_%s %s\n# TYPE abasto_%s %s\n", name, help, name, type);
}

static void append_asides(struct buffer *out, const char *service, const struct metrics *m)
{
    int64_t total = 0;

    append_head(out, "quarantined_by_reason_total", "counter",
                "Messages or rows set aside, by the class of the reason.");
    for (size_t i = 0; i < ASIDE_CLASSES; i++) {
        const int64_t count = atomic_load(&m->quarantined_by[i]);

        buffer_format(
            out, "abasto_quarantined_by_reason_total{service=\"%s\",reason=\"%s\"} %" PRId64 "\n",
            service, aside_names[i], count);
        total += count;
    }
    append_head(out, "quarantined_total", "counter", "Messages or rows set aside.");
    buffer_format(out, "abasto_quarantined_total{service=\"%s\"} %" PRId64 "\n", service, total);
}

void http_metrics_text(const char *service, const struct metrics *m, struct buffer *out)
{
    const struct figure figures[] = {
        {"messages_total", "counter", "Messages worked off.", atomic_load(&m->messages)},
        {"duplicates_total", "counter", "Messages heard before and passed over.",
         atomic_load(&m->duplicates)},
        {"gaps_total", "counter", "Messages that came before their predecessors.",
         atomic_load(&m->gaps)},
        {"gap_open_seconds", "gauge", "How long the oldest open gap has been open.",
         atomic_load(&m->gap_open_s)},
        {"batches_total", "counter", "Transactions committed.", atomic_load(&m->batches)},
        {"emitted_total", "counter", "Events committed to the outbox.", atomic_load(&m->emitted)},
        {"published_total", "counter", "Events acknowledged by the broker.",
         atomic_load(&m->published)},
        {"outbox_backlog", "gauge", "Batches committed and not yet acknowledged.",
         atomic_load(&m->outbox_backlog)},
        {"outbox_bytes", "gauge", "Bytes of those batches.", atomic_load(&m->outbox_bytes)},
        {"lag", "gauge", "Messages between the positions and the ends of the inputs.",
         atomic_load(&m->lag)},
        {"shards_owned", "gauge", "Shards this instance owns.", atomic_load(&m->shards_owned)},
        {"shards_assigned", "gauge", "Shards the group gave it.", atomic_load(&m->shards_assigned)},
        {"takeovers_total", "counter", "Shards taken over.", atomic_load(&m->takeovers)},
        {"fenced_total", "counter", "Commits refused: the shard had another owner.",
         atomic_load(&m->fenced)},
        {"retries_total", "counter", "Batches or takeovers to be tried again.",
         atomic_load(&m->retries)},
        {"cache_bytes", "gauge", "Bytes of rows kept in memory.", atomic_load(&m->cache_bytes)},
        {"day", "gauge", "Smallest day forwarded, in days since 1970-01-01.", atomic_load(&m->day)},
        {"idle", "gauge", "1 when nothing waits and nothing is unpublished.",
         atomic_load(&m->idle)},
    };

    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        append_head(out, figures[i].name, figures[i].type, figures[i].help);
        buffer_format(out, "abasto_%s{service=\"%s\"} %" PRId64 "\n", figures[i].name, service,
                      figures[i].value);
    }
    append_asides(out, service, m);
}
