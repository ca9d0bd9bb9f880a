#include "common/bus/bus_kafka.h"
#include "tests/base/unit.h"

struct options_case {
    const char *sentence;
    struct bus_kafka_options options;
    bool accepted;
};

static const struct options_case cases[] = {
    {"plaintext is refused", {.brokers = "127.0.0.1:1"}, false},
    {"plaintext is taken where it is allowed", {.brokers = "127.0.0.1:1", .insecure = true}, true},
    {"no brokers", {.brokers = "", .insecure = true}, false},
    {"a group without its topic",
     {.brokers = "127.0.0.1:1", .insecure = true, .group = "g"},
     false},
    {"a certificate without its key",
     {.brokers = "127.0.0.1:1", .tls_ca = "/dev/null", .tls_certificate = "/dev/null"},
     false},
    {"an authority that is no certificate",
     {.brokers = "127.0.0.1:1", .tls_ca = "/dev/null"},
     false},
    {"a user and a password",
     {.brokers = "127.0.0.1:1", .insecure = true, .sasl_user = "imss", .sasl_password = "x"},
     true},
    {"a user without a password",
     {.brokers = "127.0.0.1:1", .insecure = true, .sasl_user = "imss"},
     false},
    {"a password without its user",
     {.brokers = "127.0.0.1:1", .insecure = true, .sasl_password = "x"},
     false},
    {"a mechanism that is not offered",
     {.brokers = "127.0.0.1:1",
      .insecure = true,
      .sasl_mechanism = "GSSAPI",
      .sasl_user = "imss",
      .sasl_password = "x"},
     false},
    {"a password does not make a connection safe",
     {.brokers = "127.0.0.1:1", .sasl_user = "imss", .sasl_password = "x"},
     false},
    {"more prefetching than is safe",
     {.brokers = "127.0.0.1:1", .insecure = true, .fetch_kib = 25 * 1024},
     false},
    {"messages larger than what is prefetched",
     {.brokers = "127.0.0.1:1", .insecure = true, .fetch_kib = 2048, .message_max_bytes = 2000000},
     false},
};

START_TEST(options_that_cannot_be_are_fatal)
{
    const struct options_case *row = &cases[_i];
    struct error err = {0};
    struct bus *bus = NULL;

    ck_assert_msg(bus_kafka_create(&row->options, &bus, &err) == row->accepted, "%s: %s",
                  row->sentence, err.message);
    if (row->accepted) {
        bus->operations->destroy(bus);
    } else {
        ck_assert_int_eq(err.action, ERROR_FATAL);
    }
}
END_TEST

START_TEST(a_header_is_found_by_its_name)
{
    const struct bus_message message = {.headers = {{"ce_type", "t"}, {"ce_id", "1/0/1"}},
                                        .header_count = 2};

    ck_assert_str_eq(bus_header(&message, "ce_id"), "1/0/1");
    ck_assert_ptr_null(bus_header(&message, "ce_source"));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, options_that_cannot_be_are_fatal, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, a_header_is_found_by_its_name);
}

int main(void)
{
    return unit_run("bus_options", fill);
}
