#include "common/runtime/shard.h"
#include "tests/base/unit.h"

static const struct {
    const char *sentence;
    const char *source;
    const char *id;
    const char *producer; /* NULL: refused */
    int64_t incarnation;
    int32_t shard;
    int64_t seq;
} cases[] = {
    {"a service", "contracts/orders", "1/3/42", "contracts", 1, 3, 42},
    {"a gateway", "gateway.imss-bienestar/reported.orders", "7/0/1", "gateway.imss-bienestar", 7, 0,
     1},
    {"no header", NULL, "1/3/42", NULL, 0, 0, 0},
    {"no id", "contracts/orders", NULL, NULL, 0, 0, 0},
    {"a source without a topic", "contracts", "1/3/42", NULL, 0, 0, 0},
    {"sequences start at 1", "contracts/orders", "1/3/0", NULL, 0, 0, 0},
    {"incarnations start at 1", "contracts/orders", "0/3/1", NULL, 0, 0, 0},
    {"a shard is not negative", "contracts/orders", "1/-3/1", NULL, 0, 0, 0},
    {"something follows", "contracts/orders", "1/3/42/5", NULL, 0, 0, 0},
    {"half an id", "contracts/orders", "1/3", NULL, 0, 0, 0},
    {"nobody", "/orders", "1/3/42", NULL, 0, 0, 0},
    {"a number beyond any", "contracts/orders", "9999999999999999999/3/1", NULL, 0, 0, 0},
    {"the largest numbers", "contracts/orders",
     "9223372036854775807/2147483647/9223372036854775807", "contracts", INT64_MAX, INT32_MAX,
     INT64_MAX},
    {"another spelling of a number", "contracts/orders", "01/3/42", NULL, 0, 0, 0},
    {"blanks", "contracts/orders", " 1/3/42", NULL, 0, 0, 0},
    {"a zero with a sign", "contracts/orders", "1/-0/42", NULL, 0, 0, 0},
    {"a sign", "contracts/orders", "1/+3/42", NULL, 0, 0, 0},
    {"no numbers", "contracts/orders", "a/b/c", NULL, 0, 0, 0},
    {"a name that is too long", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/orders", "1/3/42", NULL, 0,
     0, 0},
};

START_TEST(the_id_of_an_event_is_its_sequence)
{
    char producer[32];
    int64_t incarnation;
    int64_t seq;
    int32_t shard;
    const bool read = outbox_identity_parse(cases[_i].source, cases[_i].id, producer,
                                            sizeof producer, &incarnation, &shard, &seq);

    ck_assert_msg(read == (cases[_i].producer != NULL), "%s", cases[_i].sentence);
    if (read) {
        ck_assert_str_eq(producer, cases[_i].producer);
        ck_assert_int_eq(incarnation, cases[_i].incarnation);
        ck_assert_int_eq(shard, cases[_i].shard);
        ck_assert_int_eq(seq, cases[_i].seq);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_id_of_an_event_is_its_sequence, 0, UNIT_COUNT(cases));
}

int main(void)
{
    return unit_run("runtime.identity", fill);
}
