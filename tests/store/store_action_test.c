#include "common/store/store_pg.h"
#include "tests/base/unit.h"

static const struct {
    const char *sentence;
    const char *sqlstate;
    enum error_action action;
} cases[] = {
    {"no answer", NULL, ERROR_RETRY},
    {"connection exception", "08006", ERROR_RETRY},
    {"invalid transaction state", "25P02", ERROR_RETRY},
    {"deadlock", "40P01", ERROR_RETRY},
    {"disk full", "53100", ERROR_RETRY},
    {"lock not available", "55P03", ERROR_RETRY},
    {"administrator ended the backend", "57P01", ERROR_RETRY},
    {"input or output error of the system", "58030", ERROR_RETRY},
    {"numeric value out of range", "22003", ERROR_REJECT},
    {"invalid byte sequence", "22021", ERROR_REJECT},
    {"not null violation", "23502", ERROR_REJECT},
    {"undefined table", "42P01", ERROR_FATAL},
    {"insufficient privilege", "42501", ERROR_FATAL},
    {"internal error", "XX000", ERROR_FATAL},
};

START_TEST(each_class_of_sqlstate_says_what_to_do)
{
    ck_assert_msg(store_pg_action(cases[_i].sqlstate) == cases[_i].action, "%s",
                  cases[_i].sentence);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, each_class_of_sqlstate_says_what_to_do, 0, UNIT_COUNT(cases));
}

int main(void)
{
    return unit_run("store.action", fill);
}
