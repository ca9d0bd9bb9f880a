#include "common/base/log.h"
#include "tests/base/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int64_t noon = INT64_C(1749492000000000); /* 2025-06-09T18:00:00Z */

START_TEST(a_line_names_where_it_happened)
{
    struct log_context context = log_context_of("deliveries");
    char line[LOG_LINE_BYTES];
    size_t length;

    context.shard = 2;
    context.topic = "orders";
    context.partition = 2;
    context.offset = 311;
    context.trace_id = "4bf92f3577b34da6";
    length = log_compose(&context, LOG_LEVEL_WARN, noon, "saltó \"una\"\n\\", line);
    ck_assert_str_eq(line, "{\"ts\":\"2025-06-09T18:00:00.000000Z\",\"level\":\"warn\","
                           "\"service\":\"deliveries\",\"shard\":2,\"topic\":\"orders\","
                           "\"partition\":2,\"offset\":311,\"trace_id\":\"4bf92f3577b34da6\","
                           "\"message\":\"saltó \\\"una\\\"\\u000a\\\\\"}\n");
    ck_assert_uint_eq(length, strlen(line));
}
END_TEST

START_TEST(what_is_unknown_is_left_out)
{
    const struct log_context context = log_context_of("gateway");
    char line[LOG_LINE_BYTES];

    (void)log_compose(&context, LOG_LEVEL_INFO, noon, "lista", line);
    ck_assert_str_eq(line, "{\"ts\":\"2025-06-09T18:00:00.000000Z\",\"level\":\"info\","
                           "\"service\":\"gateway\",\"message\":\"lista\"}\n");
}
END_TEST

START_TEST(bytes_that_are_not_utf8_and_controls_are_escaped)
{
    const struct log_context context = log_context_of("gateway");
    char line[LOG_LINE_BYTES];

    (void)log_compose(&context, LOG_LEVEL_INFO, noon, "a\xFF\xC3\x01\x7Fz", line);
    ck_assert_ptr_nonnull(strstr(line, "\"message\":\"a\\ufffd\\ufffd\\u0001\\u007fz\"}\n"));
}
END_TEST

START_TEST(a_long_line_is_cut_and_stays_whole_json)
{
    enum { BYTES = 3 * LOG_LINE_BYTES };
    struct log_context context = log_context_of("gateway");
    char *message = malloc(BYTES + 1);
    char line[LOG_LINE_BYTES];

    ck_assert_ptr_nonnull(message);
    for (int first = 0; first < 8; first++) { /* the cut falls into each place of an escape */
        size_t length;

        memset(message, '\x01', BYTES);
        memset(message, 'a', (size_t)first);
        message[BYTES] = '\0';
        context.topic = message; /* a hostile name is bounded too */
        context.trace_id = message;
        length = log_compose(&context, LOG_LEVEL_INFO, noon, message, line);
        ck_assert_uint_lt(length, LOG_LINE_BYTES);
        ck_assert_uint_gt(length, LOG_LINE_BYTES - 16);
        ck_assert_str_eq(line + length - 4, "1\"}\n");
        ck_assert_ptr_nonnull(strstr(line, "\",\"message\":\""));
    }
    free(message);
}
END_TEST

/* What log_write puts on stderr. */
static void capture(const struct log_context *context, enum log_level level, char *out,
                    size_t bytes)
{
    int ends[2];
    const int saved = dup(STDERR_FILENO);
    ssize_t length;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    errno = EDOM;
    log_write(context, level, "fila %d", 12);
    ck_assert_int_eq(errno, EDOM);
    ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
    ck_assert_int_eq(close(ends[1]), 0);
    length = read(ends[0], out, bytes - 1);
    ck_assert_int_ge(length, 0);
    out[length] = '\0';
    ck_assert_int_eq(close(ends[0]), 0);
    ck_assert_int_eq(close(saved), 0);
}

START_TEST(lines_below_the_threshold_are_not_written)
{
    const struct log_context context = log_context_of("gateway");
    char line[LOG_LINE_BYTES];

    capture(&context, LOG_LEVEL_DEBUG, line, sizeof line);
    ck_assert_str_eq(line, "");
    capture(&context, LOG_LEVEL_ERROR, line, sizeof line);
    ck_assert_ptr_nonnull(strstr(line, "\"message\":\"fila 12\"}\n"));
}
END_TEST

START_TEST(levels_are_read_by_name)
{
    enum log_level level = LOG_LEVEL_ERROR;

    ck_assert(log_level_parse("debug", &level));
    ck_assert_int_eq(level, LOG_LEVEL_DEBUG);
    ck_assert(!log_level_parse("DEBUG", &level));
    ck_assert(!log_level_parse(NULL, &level));
    ck_assert_int_eq(level, LOG_LEVEL_DEBUG);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_line_names_where_it_happened);
    tcase_add_test(tcase, what_is_unknown_is_left_out);
    tcase_add_test(tcase, bytes_that_are_not_utf8_and_controls_are_escaped);
    tcase_add_test(tcase, a_long_line_is_cut_and_stays_whole_json);
    tcase_add_test(tcase, lines_below_the_threshold_are_not_written);
    tcase_add_test(tcase, levels_are_read_by_name);
}

int main(void)
{
    return unit_run("base.log", fill);
}
