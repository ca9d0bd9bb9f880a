#include "common/store/shard_move.h"
#include "tests/base/unit.h"

/* Of servers a, b and c a shard goes from a to b. */
enum { A, B, C, SERVERS };

static const struct server_list servers = {.items = {{"a", ""}, {"b", ""}, {"c", ""}},
                                           .count = SERVERS};

#define HELD(at) .held = true, .epoch = (at)
#define CLOSED(at, to) HELD(at), .moving_to = (to)
#define COPY(at, from) .copied = true, .copied_epoch = (at), .copied_from = (from)
#define LEFT(at, to) .left = true, .left_epoch = (at), .left_to = (to)

struct move_case {
    const char *title;
    struct move_sight sights[SERVERS];
    struct move_decision forward;
    struct move_decision back;
};

static const struct move_case cases[] = {
    {"a shard at work is closed first; there is nothing to undo",
     {{HELD(7)}, {0}, {0}},
     {MOVE_FENCE, .from = A},
     {MOVE_DONE, .from = A}},
    {"one that is closed is copied, or opened again",
     {{CLOSED(8, "b")}, {0}, {0}},
     {MOVE_COPY, .from = A},
     {MOVE_RESUME, .from = A}},
    {"a whole copy lets the home go; to undo, the home is opened before the copy is dropped",
     {{CLOSED(8, "b")}, {COPY(8, "a")}, {0}},
     {MOVE_REMOVE, .from = A},
     {MOVE_RESUME, .from = A}},
    {"a copy of an earlier try is dropped, for the shard has worked since",
     {{CLOSED(12, "b")}, {COPY(8, "a")}, {0}},
     {MOVE_DROP, .from = A},
     {MOVE_DROP, .from = A}},
    {"so is one of a try that was undone",
     {{HELD(9)}, {COPY(8, "a")}, {0}},
     {MOVE_DROP, .from = A},
     {MOVE_DROP, .from = A}},
    {"deleted at home it can only arrive",
     {{LEFT(8, "b")}, {COPY(8, "a")}, {0}},
     {MOVE_ARRIVE, .from = A},
     {MOVE_STUCK, MOVE_TOO_LATE, A}},
    {"a copy that its home did not let go is not put in force",
     {{LEFT(7, "b")}, {COPY(8, "a")}, {0}},
     {MOVE_STUCK, MOVE_NOWHERE, 0},
     {MOVE_STUCK, MOVE_NOWHERE, 0}},
    {"nor one that was let go to somebody else",
     {{LEFT(8, "c")}, {COPY(8, "a")}, {0}},
     {MOVE_STUCK, MOVE_NOWHERE, 0},
     {MOVE_STUCK, MOVE_NOWHERE, 0}},
    {"it is there",
     {{LEFT(8, "b")}, {HELD(8)}, {0}},
     {MOVE_DONE, .from = B},
     {MOVE_DONE, .from = B}},
    {"one on its way elsewhere is finished there",
     {{CLOSED(8, "c")}, {0}, {COPY(8, "a")}},
     {MOVE_STUCK, MOVE_ELSEWHERE, C},
     {MOVE_STUCK, MOVE_ELSEWHERE, C}},
    {"also when it has left already",
     {{LEFT(8, "c")}, {0}, {COPY(8, "a")}},
     {MOVE_STUCK, MOVE_ELSEWHERE, C},
     {MOVE_STUCK, MOVE_ELSEWHERE, C}},
    {"what nobody holds is told",
     {{0}, {0}, {0}},
     {MOVE_STUCK, MOVE_NOWHERE, 0},
     {MOVE_STUCK, MOVE_NOWHERE, 0}},
    {"of two homes the one that did not go on is forgotten, whatever its epoch",
     {{HELD(70), .batch = 8}, {HELD(9), .batch = 20}, {0}},
     {MOVE_FORGET, .from = A},
     {MOVE_FORGET, .from = A}},
    {"the one that went on is not",
     {{HELD(7), .batch = 21}, {HELD(9), .batch = 20}, {0}},
     {MOVE_STUCK, MOVE_TWICE, A},
     {MOVE_STUCK, MOVE_TWICE, A}},
    {"a higher incarnation is later than any batch",
     {{HELD(7), .incarnation = 1, .batch = 30}, {HELD(9), .incarnation = 2, .batch = 20}, {0}},
     {MOVE_FORGET, .from = A},
     {MOVE_FORGET, .from = A}},
    {"none of two is forgotten for a third",
     {{HELD(7)}, {0}, {HELD(9)}},
     {MOVE_STUCK, MOVE_TWICE, A},
     {MOVE_STUCK, MOVE_TWICE, A}},
    {"from a third server it goes on, whatever the first remembers",
     {{LEFT(5, "c")}, {0}, {HELD(9)}},
     {MOVE_FENCE, .from = C},
     {MOVE_DONE, .from = C}},
};

static void expect(const struct move_case *one, struct move_decision wanted, bool undo)
{
    const struct move_decision found = shard_move_judge(&servers, one->sights, B, undo);

    ck_assert_msg(found.step == wanted.step && found.obstacle == wanted.obstacle &&
                      found.from == wanted.from,
                  "%s (undo %d): step %d, obstacle %d, from %zu", one->title, undo, (int)found.step,
                  (int)found.obstacle, found.from);
}

START_TEST(what_comes_next_follows_from_what_the_servers_hold)
{
    expect(&cases[_i], cases[_i].forward, false);
    expect(&cases[_i], cases[_i].back, true);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_comes_next_follows_from_what_the_servers_hold, 0,
                        sizeof cases / sizeof cases[0]);
}

int main(void)
{
    return unit_run("store.shard_move", fill);
}
