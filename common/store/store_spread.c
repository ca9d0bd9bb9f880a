#include "common/store/store_spread.h"

#include "common/base/arena.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = -1 };

struct part {
    struct store_spread_part given;
    bool ready;   /* it was prepared */
    bool resting; /* it did not answer: not asked before `until_ms` */
    int64_t until_ms;
    struct error why;
};

struct spread {
    struct store store; /* first: a struct store * is a struct spread * */
    struct store_spread_options options;
    struct part *parts;
    int32_t *homes; /* of each shard: index of the part it was last taken at, or NOWHERE */
    size_t home_count;
};

static struct spread *spread_of(struct store *store)
{
    return (struct spread *)(void *)store;
}

static int64_t now_ms(const struct spread *spread)
{
    return spread->options.now_ms(spread->options.clock_context);
}

/* --- parts that answer, and others --- */

static bool rest(struct spread *spread, struct part *part, struct error *err)
{
    (void)error_prefix(err, "%s", part->given.name);
    if (err->action == ERROR_RETRY) {
        part->resting = true;
        part->until_ms = now_ms(spread) + spread->options.rest_ms;
        part->why = *err;
    }
    return false;
}

static bool prepare(struct spread *spread, struct part *part, struct error *err)
{
    if (part->resting && now_ms(spread) < part->until_ms) {
        *err = part->why;
        return false;
    }
    part->resting = false;
    part->ready = part->ready || part->given.prepare == NULL ||
                  part->given.prepare(part->given.prepare_context, err);
    return part->ready || rest(spread, part, err);
}

bool store_spread_prepare(struct store *store, struct error *err)
{
    struct spread *spread = spread_of(store);
    bool any = false;

    for (size_t i = 0; i < spread->options.count; i++) {
        struct error fault = {0};

        any = prepare(spread, &spread->parts[i], &fault) || any;
        if (fault.action != ERROR_NONE) {
            *err = fault;
        }
        if (fault.action != ERROR_NONE && fault.action != ERROR_RETRY) {
            return false;
        }
    }
    if (any) {
        error_clear(err);
    }
    return any;
}

static bool ask(struct spread *spread, struct part *part, int32_t shard, enum store_place *out,
                struct error *err)
{
    return prepare(spread, part, err) &&
           (part->given.store->operations->find(part->given.store, shard, out, err) ||
            rest(spread, part, err));
}

/* --- where a shard is --- */

static void note_home(struct spread *spread, int32_t shard, int32_t home)
{
    const size_t wanted = (size_t)shard + 1;

    if (wanted > spread->home_count) {
        spread->homes = memory_resize(spread->homes, wanted * sizeof *spread->homes);
        for (size_t i = spread->home_count; i < wanted; i++) {
            spread->homes[i] = NOWHERE;
        }
        spread->home_count = wanted;
    }
    spread->homes[shard] = home;
}

/* What the parts say of one shard. */
struct search {
    int32_t here;  /* the part that holds it, or NOWHERE */
    int32_t other; /* another one that does */
    bool left;     /* one gave it away */
    struct error away;
};

static bool search(struct spread *spread, int32_t shard, struct search *out, struct error *err)
{
    *out = (struct search){.here = NOWHERE, .other = NOWHERE};
    for (size_t i = 0; i < spread->options.count; i++) {
        enum store_place place = STORE_ABSENT;
        struct error fault = {0};

        if (!ask(spread, &spread->parts[i], shard, &place, &fault)) {
            if (fault.action != ERROR_RETRY) {
                *err = fault;
                return false;
            }
            out->away = fault;
        }
        out->left = out->left || place == STORE_LEFT;
        if (place == STORE_HERE) {
            *(out->here == NOWHERE ? &out->here : &out->other) = (int32_t)i;
        }
    }
    return true;
}

static const char *name_of(const struct spread *spread, int32_t part)
{
    return spread->parts[part].given.name;
}

static bool find_home(struct spread *spread, int32_t shard, struct search *found, struct error *err)
{
    if (!search(spread, shard, found, err)) {
        return false;
    }
    if (found->other != NOWHERE) {
        return error_set(err, ERROR_FATAL,
                         "el fragmento %" PRId32 " está en %s y en %s: uno de ellos se restauró a "
                         "un punto anterior; vea docs/operations.md",
                         shard, name_of(spread, found->here), name_of(spread, found->other));
    }
    if (found->here != NOWHERE) {
        return true;
    }
    if (found->away.action != ERROR_NONE) {
        *err = found->away;
        return false;
    }
    if (found->left) {
        return error_set(err, ERROR_RETRY,
                         "el fragmento %" PRId32 " está a medio mover, o en un servidor que "
                         "ABASTO_DATABASES no nombra: repita abasto shard move",
                         shard);
    }
    return error_set(err, ERROR_FATAL,
                     "no existe el fragmento %" PRId32 ": ejecute abasto shard create", shard);
}

static bool find(struct store *base, int32_t shard, enum store_place *out, struct error *err)
{
    struct search found;

    if (!search(spread_of(base), shard, &found, err)) {
        return false;
    }
    if (found.here == NOWHERE && found.away.action != ERROR_NONE) {
        *err = found.away;
        return false;
    }
    *out = found.here != NOWHERE ? STORE_HERE : found.left ? STORE_LEFT : STORE_ABSENT;
    return true;
}

static bool takeover(struct store *base, int32_t shard, struct arena *arena,
                     struct store_takeover *out, struct error *err)
{
    struct spread *spread = spread_of(base);
    struct search found;
    struct store *store;

    note_home(spread, shard, NOWHERE);
    if (!find_home(spread, shard, &found, err)) {
        return false;
    }
    store = spread->parts[found.here].given.store;
    if (!store->operations->takeover(store, shard, arena, out, err)) {
        return error_prefix(err, "%s", name_of(spread, found.here));
    }
    note_home(spread, shard, found.here);
    return true;
}

/* --- everything else goes to the part that the shard was taken at --- */

static struct store *home_of(struct store *base, int32_t shard, struct error *err)
{
    const struct spread *spread = spread_of(base);

    if ((size_t)shard >= spread->home_count || spread->homes[shard] == NOWHERE) {
        (void)error_set(err, ERROR_RETRY, "el fragmento %" PRId32 " no está tomado", shard);
        return NULL;
    }
    return spread->parts[spread->homes[shard]].given.store;
}

static bool release(struct store *base, int32_t shard, int64_t epoch, int64_t published,
                    struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->release(home, shard, epoch, published, err);
}

static bool owns(struct store *base, int32_t shard, int64_t epoch, bool *out, struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->owns(home, shard, epoch, out, err);
}

static bool load_send(struct store *base, int32_t shard, struct store_load *loads, size_t count,
                      struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->load_send(home, shard, loads, count, err);
}

static bool load_receive(struct store *base, int32_t shard, struct arena *arena, struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->load_receive(home, shard, arena, err);
}

static bool agenda(struct store *base, int32_t shard, const char *const *institutions,
                   const int32_t *days, size_t count, size_t limit, struct arena *arena,
                   struct store_agenda **out, size_t *out_count, struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->agenda(home, shard, institutions, days, count, limit,
                                                    arena, out, out_count, err);
}

static bool agenda_size(struct store *base, int32_t shard, int64_t limit, int64_t *out,
                        struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL && home->operations->agenda_size(home, shard, limit, out, err);
}

static bool commit_send(struct store *base, const struct store_commit *commit, struct error *err)
{
    struct store *home = home_of(base, commit->shard, err);

    return home != NULL && home->operations->commit_send(home, commit, err);
}

static enum store_result commit_receive(struct store *base, int32_t shard, struct error *err)
{
    struct store *home = home_of(base, shard, err);

    assert(home != NULL && "commit_receive without commit_send");
    return home->operations->commit_receive(home, shard, err);
}

static bool outbox(struct store *base, int32_t shard, int64_t first, int64_t last,
                   struct arena *arena, struct store_outbox **out, size_t *out_count,
                   struct error *err)
{
    struct store *home = home_of(base, shard, err);

    return home != NULL &&
           home->operations->outbox(home, shard, first, last, arena, out, out_count, err);
}

/* --- life --- */

static void destroy(struct store *base)
{
    struct spread *spread = spread_of(base);

    for (size_t i = 0; i < spread->options.count; i++) {
        struct store *store = spread->parts[i].given.store;

        store->operations->destroy(store);
    }
    free(spread->parts);
    free(spread->homes);
    free(spread);
}

static const struct store_operations operations = {
    .find = find,
    .takeover = takeover,
    .release = release,
    .owns = owns,
    .load_send = load_send,
    .load_receive = load_receive,
    .agenda = agenda,
    .agenda_size = agenda_size,
    .commit_send = commit_send,
    .commit_receive = commit_receive,
    .outbox = outbox,
    .destroy = destroy,
};

struct store *store_spread_create(const struct store_spread_options *options)
{
    struct spread *spread = memory_alloc(sizeof *spread);

    *spread = (struct spread){.store.operations = &operations, .options = *options};
    spread->parts = memory_alloc(options->count * sizeof *spread->parts);
    for (size_t i = 0; i < options->count; i++) {
        spread->parts[i] = (struct part){.given = options->parts[i]};
    }
    return &spread->store;
}
