#include "common/store/shard_move.h"

#include "common/base/text.h"

static struct move_decision decide(enum move_step step, size_t from)
{
    return (struct move_decision){.step = step, .from = from};
}

static struct move_decision stuck(enum move_obstacle obstacle, size_t from)
{
    return (struct move_decision){.step = MOVE_STUCK, .obstacle = obstacle, .from = from};
}

/* The server that gave the shard away for the copy that waits at `at`; `count`: none did. */
static size_t giver(const struct server_list *servers, const struct move_sight *sights, size_t at)
{
    const struct move_sight *copy = &sights[at];
    size_t i = 0;

    while (i < servers->count &&
           !(copy->copied && sights[i].left && sights[i].left_epoch == copy->copied_epoch &&
             text_equal(sights[i].left_to, servers->items[at].name) &&
             text_equal(copy->copied_from, servers->items[i].name))) {
        i++;
    }
    return i;
}

/* Between its deletion at the old home and its arrival. */
static struct move_decision judge_homeless(const struct server_list *servers,
                                           const struct move_sight *sights, size_t to, bool undo)
{
    const size_t from = giver(servers, sights, to);

    if (from < servers->count) {
        return undo ? stuck(MOVE_TOO_LATE, from) : decide(MOVE_ARRIVE, from);
    }
    for (size_t i = 0; i < servers->count; i++) {
        if (giver(servers, sights, i) < servers->count) {
            return stuck(MOVE_ELSEWHERE, i);
        }
    }
    return stuck(MOVE_NOWHERE, 0);
}

static struct move_decision judge_at_home(const struct server_list *servers,
                                          const struct move_sight *sights, size_t home, size_t to,
                                          bool undo)
{
    const struct move_sight *at = &sights[home];
    const bool leaving = at->moving_to != NULL;

    if (leaving && !text_equal(at->moving_to, servers->items[to].name)) {
        return stuck(MOVE_ELSEWHERE, server_list_index(servers, at->moving_to));
    }
    if (sights[to].copied && (!leaving || sights[to].copied_epoch != at->epoch)) {
        return decide(MOVE_DROP, home);
    }
    if (leaving && undo) {
        return decide(MOVE_RESUME, home);
    }
    if (leaving) {
        return decide(sights[to].copied ? MOVE_REMOVE : MOVE_COPY, home);
    }
    return decide(undo || home == to ? MOVE_DONE : MOVE_FENCE, home);
}

static bool is_before(const struct move_sight *one, const struct move_sight *other)
{
    return one->incarnation != other->incarnation ? one->incarnation < other->incarnation
                                                  : one->batch < other->batch;
}

/* A shard goes through one row of batches, wherever it lives. Of two homes one was restored to before the move, and knows
 * no more batches than the other: at the same one both hold the same. Epochs say nothing: every start raises them. */
static struct move_decision judge_twice(const struct server_list *servers,
                                        const struct move_sight *sights, size_t to)
{
    size_t other = 0;

    while (other == to || !sights[other].held) {
        other++;
    }
    for (size_t i = 0; i < servers->count; i++) {
        if (sights[i].held && i != to && (!sights[to].held || is_before(&sights[to], &sights[i]))) {
            return stuck(MOVE_TWICE, i);
        }
    }
    return decide(MOVE_FORGET, other);
}

struct move_decision shard_move_judge(const struct server_list *servers,
                                      const struct move_sight *sights, size_t to, bool undo)
{
    size_t holders = 0;
    size_t home = 0;

    for (size_t i = 0; i < servers->count; i++) {
        if (sights[i].held) {
            holders++;
            home = i;
        }
    }
    if (holders > 1) {
        return judge_twice(servers, sights, to);
    }
    return holders == 0 ? judge_homeless(servers, sights, to, undo)
                        : judge_at_home(servers, sights, home, to, undo);
}
