#include "cli/filter.h"
#include "cli/freshness.h"
#include "tests/base/unit.h"

#include <string.h>

static const struct {
    const char *said;
    const char *kept;
} contracts[] = {
    {"IB/941/2025", "IB/941/2025"},
    {"ib/0941/2025", "IB/941/2025"},
    {" imss /IB/0941/2025", "imss/IB/941/2025"},
    {" IB / 941 / 2025 ", "IB/941/2025"},
    {"050gyr047n40308-001-00", "050GYR047N40308-001-00"},
    {"imss-bienestar/IB/0941/2025", "imss-bienestar/IB/941/2025"},
    {"IMSS/050gyr047n40308-001-00", "imss/050GYR047N40308-001-00"},
    {"imss/sin-contrato/ABC-1", "imss/sin-contrato/ABC-1"},
    {"sin-contrato/ABC-1", "sin-contrato/ABC-1"},
};

START_TEST(a_contract_is_found_however_it_is_written)
{
    struct arena arena = {0};
    struct error err = {0};
    const char *kept;

    ck_assert(filter_contract(contracts[_i].said, &arena, &kept, &err));
    ck_assert_str_eq(kept, contracts[_i].kept);
    arena_finish(&arena);
}
END_TEST

START_TEST(a_clave_is_found_however_it_is_written)
{
    struct arena arena = {0};
    struct error err = {0};
    const char *kept;

    ck_assert(filter_clave("010 000 0104 00", &arena, &kept, &err));
    ck_assert_str_eq(kept, "010.000.0104.00");
    ck_assert(filter_clave(NULL, &arena, &kept, &err));
    ck_assert_ptr_null(kept);
    ck_assert(!filter_clave(" ", &arena, &kept, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    arena_finish(&arena);
}
END_TEST

START_TEST(what_is_no_contract_is_refused)
{
    struct arena arena = {0};
    struct error err = {0};
    const char *kept;

    ck_assert(!filter_contract("imss/", &arena, &kept, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    arena_finish(&arena);
}
END_TEST

static const struct {
    const char *metrics;
    int64_t behind; /* -1: says nothing */
} pages[] = {
    {"HTTP/1.1 200 OK\r\n\r\n# HELP abasto_lag x\nabasto_outbox_backlog{service=\"a\"} 2\n"
     "abasto_lag{service=\"a\"} 40\nabasto_lag_seconds{service=\"a\"} 7\n",
     42},
    {"abasto_lag{service=\"a\"} 0\nabasto_input_lag_records{service=\"a\",shard=\"0\"} 5\n", 0},
    {"abasto_lag 3\nabasto_lag{ 3\n", -1},
    {"HTTP/1.1 404 Not Found\r\n\r\n", -1},
    {"", -1},
};

START_TEST(what_is_not_applied_yet_is_read_from_the_metrics)
{
    int64_t behind;

    ck_assert_int_eq(freshness_read(pages[_i].metrics, &behind), pages[_i].behind >= 0);
    if (pages[_i].behind >= 0) {
        ck_assert_int_eq(behind, pages[_i].behind);
    }
}
END_TEST

static const struct {
    const char *line;
    const char *service;
    int port;
} lines[] = {
    {"ABASTO_HTTP_MONITOR=20001", "monitor", 20001},
    {"ABASTO_HTTP_GATEWAY_IMSS_BIENESTAR=7", "gateway-imss-bienestar", 7},
    {"ABASTO_HTTP_=7", NULL, 0},
    {"ABASTO_HTTP_MONITOR=", NULL, 0},
    {"ABASTO_HTTP_MONITOR=99999", NULL, 0},
    {"ABASTO_SHARDS=4", NULL, 0},
    {"", NULL, 0},
};

START_TEST(services_and_their_ports_are_read_from_the_stack)
{
    struct arena arena = {0};
    int port = 0;
    const char *service = freshness_service(lines[_i].line, &arena, &port);

    ck_assert_int_eq(service != NULL, lines[_i].service != NULL);
    if (service != NULL) {
        ck_assert_str_eq(service, lines[_i].service);
        ck_assert_int_eq(port, lines[_i].port);
    }
    arena_finish(&arena);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_contract_is_found_however_it_is_written, 0, UNIT_COUNT(contracts));
    tcase_add_test(tcase, a_clave_is_found_however_it_is_written);
    tcase_add_test(tcase, what_is_no_contract_is_refused);
    tcase_add_loop_test(tcase, what_is_not_applied_yet_is_read_from_the_metrics, 0,
                        UNIT_COUNT(pages));
    tcase_add_loop_test(tcase, services_and_their_ports_are_read_from_the_stack, 0,
                        UNIT_COUNT(lines));
}

int main(void)
{
    return unit_run("cli.status", fill);
}
