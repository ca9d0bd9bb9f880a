#include "services/gateway/feed.h"
#include "services/gateway/feed_record.h"
#include "tests/base/unit.h"
#include "tests/gateway/drop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER                                                                                     \
    "contrato,orden,clave,cantidad,precio_unitario,fecha_emision,fecha_limite,destino_clues,"      \
    "estatus,fecha_cancelacion,corte,naturaleza\n"
#define ROW(number)                                                                                \
    "C-1," number ",010.000.2540.00,312,12.25,2025-06-06,2025-06-20,DFIMS000340,vigente,,"         \
    "2025-06-07,demostracion\n"
#define THREE_ROWS HEADER ROW("1") ROW("2") ROW("3")

static struct drop drop;

static void begin(void)
{
    drop_start(&drop, "imss");
}

static void end(void)
{
    drop_finish(&drop);
}

static void poll_expecting(size_t max, size_t count)
{
    struct error err = {0};

    ck_assert_msg(drop_poll(&drop, max, &err), "%s", err.message);
    ck_assert_uint_eq(drop.shard.backlog_count, count);
}

static const struct intake *given(size_t index)
{
    ck_assert_uint_lt(index, drop.shard.backlog_count);
    return &drop.shard.backlog[index];
}

static void expect(size_t index, int64_t offset, const char *type)
{
    ck_assert_int_eq(given(index)->offset, offset);
    ck_assert_str_eq(given(index)->type, type);
}

static const struct feed_file_record *file_of(size_t index)
{
    return given(index)->event; /* rows begin with it */
}

START_TEST(a_file_is_read_as_a_log_whose_offset_is_the_row)
{
    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    poll_expecting(100, 5);
    expect(0, 0, FEED_FILE_OPENED);
    expect(1, 1, FEED_FILE_ROW);
    expect(3, 3, FEED_FILE_ROW);
    expect(4, 4, FEED_FILE_ENDED);
    ck_assert_str_eq(file_of(0)->layout, "plantilla.ordenes");
    ck_assert_int_eq(file_of(4)->rows, 3);
    ck_assert_int_eq(strncmp(given(0)->log, "file/", 5), 0);
    ck_assert_str_eq(given(0)->log + 5, file_of(0)->file_id);
}
END_TEST

START_TEST(what_is_unfinished_hidden_or_a_sidecar_is_no_file)
{
    drop_file(&drop, "a.part", THREE_ROWS, NULL);
    drop_file(&drop, "b.tmp", THREE_ROWS, NULL);
    drop_file(&drop, ".c.csv", THREE_ROWS, NULL);
    drop_file(&drop, "d.csv.meta.json", "{}", NULL);
    poll_expecting(100, 0);
}
END_TEST

START_TEST(a_file_leaves_the_folder_only_when_its_end_is_committed)
{
    const char *folder;

    drop_file(&drop, "ordenes.csv", THREE_ROWS, "{\"as_of\":\"2025-08-31\"}");
    poll_expecting(4, 4);
    folder = arena_format(&drop.arena, "archive/imss/%s", file_of(0)->file_id);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    poll_expecting(4, 1);
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    drop_commit(&drop);
    ck_assert(!drop_has(&drop, "drop/ordenes.csv"));
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv"));
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv.meta.json"));
    ck_assert_str_eq(drop_text(&drop, arena_format(&drop.arena, "%s/contenido", folder)),
                     THREE_ROWS);
    ck_assert(drop_has(&drop, arena_format(&drop.arena, "%s/ficha.json", folder)));
}
END_TEST

/* Whatever was committed before a stop, the log goes on right behind it. */
START_TEST(a_restart_goes_on_at_the_committed_row)
{
    const size_t committed = (size_t)_i;

    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    if (committed > 0) {
        poll_expecting(committed, committed);
        drop_commit(&drop);
    }
    poll_expecting(2, committed < 4 ? 2 : 1);
    drop_restart(&drop);
    poll_expecting(100, 5 - committed);
    ck_assert_int_eq(given(0)->offset, (int64_t)committed);
    expect(4 - committed, 4, FEED_FILE_ENDED);
    ck_assert_int_eq(file_of(4 - committed)->rows, 3);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv"));
}
END_TEST

START_TEST(the_same_file_again_is_read_again_in_a_log_of_its_own)
{
    for (int64_t time = 0; time < 3; time++) {
        drop_file(&drop, time == 1 ? "otro nombre.csv" : "ordenes.csv", THREE_ROWS, NULL);
        poll_expecting(100, 5);
        expect(0, 0, FEED_FILE_OPENED);
        ck_assert_str_eq(given(0)->log,
                         time == 0 ? arena_format(&drop.arena, "file/%s", file_of(0)->file_id)
                                   : arena_format(&drop.arena, "file/%s/%d", file_of(0)->file_id,
                                                  (int)time + 1));
        drop_commit(&drop);
    }
    ck_assert(!drop_has(&drop, "drop/otro nombre.csv"));
}
END_TEST

START_TEST(an_odd_sidecar_refuses_its_own_file_and_holds_up_no_other)
{
    const char *folder = arena_format(&drop.arena, "%s/drop", drop.root);

    drop_file(&drop, "a.csv", THREE_ROWS, NULL);
    drop_file(&drop, "b.csv", HEADER ROW("1") ROW("2"), NULL);
    drop_file(&drop, "c.csv", THREE_ROWS ROW("4") ROW("5") ROW("6") ROW("7"), NULL);
    ck_assert_int_eq(mkdir(arena_format(&drop.arena, "%s/a.csv.meta.json", folder), 0700), 0);
    ck_assert_int_eq(mkfifo(arena_format(&drop.arena, "%s/b.csv.meta.json", folder), 0600), 0);
    poll_expecting(100, 1 + 1 + 9);
    expect(0, 0, FEED_FILE_REFUSED);
    expect(1, 0, FEED_FILE_REFUSED);
    expect(2, 0, FEED_FILE_OPENED);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/rechazados/a.csv"));
    ck_assert(drop_has(&drop, "drop/procesados/c.csv"));
}
END_TEST

START_TEST(a_name_as_long_as_names_may_be_is_answered_too)
{
    char name[256];

    memset(name, 'n', sizeof name);
    memcpy(name + sizeof name - 5, ".csv", 5);
    memmove(name, name + 5, sizeof name - 5); /* drop_file puts a dot before it */
    drop_file(&drop, name, THREE_ROWS, NULL);
    poll_expecting(100, 5);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, arena_format(&drop.arena, "drop/procesados/%s", name)));
}
END_TEST

START_TEST(the_same_file_with_another_sidecar_is_another_file)
{
    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    poll_expecting(100, 5);
    drop_commit(&drop);
    drop_file(&drop, "ordenes.csv", THREE_ROWS, "{\"as_of\":\"2025-08-31\"}");
    poll_expecting(100, 5);
    ck_assert(file_of(0)->file.has_as_of);
    ck_assert_int_eq(file_of(0)->file.as_of, INT64_C(20331) * 86400 * 1000000);
}
END_TEST

static const struct refusal {
    const char *content;
    const char *sidecar;
    const char *said;
} refusals[] = {
    {"", NULL, "vacío"},
    {"uno,dos\n1,2\n", NULL, "formato"},
    {"contrato,orden,clave,fecha_limite\nC-1,1,010.000.2540.00,2025-06-20\n",
     "{\"layout\":\"plantilla.ordenes\"}", "cantidad"},
    {THREE_ROWS, "{\"layout\":\"plantilla.inexistente\"}", "plantilla.inexistente"},
    {THREE_ROWS, "{\"as_of\":\"ayer\"}", "ayer"},
    {THREE_ROWS, "{\"nature\":\"dudosa\"}", "dudosa"},
    {THREE_ROWS, "no es json", "JSON"},
    {"clave,nombre,presentacion\n010.000.2540.00,A,B\n", "{\"layout\":\"catalogo.claves\"}",
     "catalogo.claves"},
};

START_TEST(a_file_that_cannot_be_read_is_refused_whole_and_says_why)
{
    const struct refusal *refusal = &refusals[_i];

    drop_file(&drop, "malo.csv", refusal->content, refusal->sidecar);
    poll_expecting(100, 1);
    expect(0, 0, FEED_FILE_REFUSED);
    ck_assert_msg(strstr(file_of(0)->refusal, refusal->said) != NULL, "%s", file_of(0)->refusal);
    drop_commit(&drop);
    ck_assert(!drop_has(&drop, "drop/malo.csv"));
    ck_assert(drop_has(&drop, "drop/rechazados/malo.csv"));
    ck_assert_ptr_nonnull(
        strstr(drop_text(&drop, "drop/rechazados/malo.csv.motivo.txt"), refusal->said));
}
END_TEST

START_TEST(a_day_waits_for_the_files_that_were_there_and_no_others)
{
    uint64_t ticket;

    drop_file(&drop, "a.csv", HEADER ROW("1"), NULL);
    ticket = gateway_feed.mark(drop.shard.feed);
    ck_assert(!gateway_feed.reached(drop.shard.feed, ticket));
    poll_expecting(100, 3);
    drop_file(&drop, "b.csv", HEADER ROW("2"), NULL);
    ck_assert(!gateway_feed.reached(drop.shard.feed, ticket));
    drop_commit(&drop);
    ck_assert(gateway_feed.reached(drop.shard.feed, ticket));
    poll_expecting(1, 1);
    ck_assert(gateway_feed.reached(drop.shard.feed, ticket));
    ticket = gateway_feed.mark(drop.shard.feed);
    drop_commit(&drop);
    ck_assert(!gateway_feed.reached(drop.shard.feed, ticket));
}
END_TEST

START_TEST(another_file_of_the_same_name_is_not_taken_for_the_first)
{
    drop_file(&drop, "ordenes.csv", HEADER ROW("1"), NULL);
    poll_expecting(100, 3);
    drop_file(&drop, "ordenes.csv", HEADER ROW("2") ROW("3"), NULL);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    poll_expecting(100, 4);
    drop_commit(&drop);
    ck_assert(!drop_has(&drop, "drop/ordenes.csv"));
}
END_TEST

START_TEST(an_archive_that_cannot_be_written_is_tried_again)
{
    struct error err = {0};

    ck_assert_int_eq(
        system(arena_format(&drop.arena, "cd '%s/archive' && rm -rf imss && :> imss", drop.root)),
        0);
    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    ck_assert(!drop_poll(&drop, 100, &err));
    ck_assert_int_eq((int)err.action, (int)ERROR_RETRY);
    ck_assert_ptr_nonnull(strstr(err.message, "ordenes.csv"));
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
}
END_TEST

/* What was there when it was copied is worked off; the whole file comes after it. */
START_TEST(a_file_that_grows_while_it_is_read_is_read_again_whole)
{
    const char *path = arena_format(&drop.arena, "%s/drop/ordenes.csv", drop.root);
    FILE *file;

    drop_file(&drop, "ordenes.csv", THREE_ROWS "C-1,4,010.000.25", NULL);
    poll_expecting(3, 3);
    file = fopen(path, "ab");
    ck_assert_ptr_nonnull(file);
    (void)fputs("40.00,312,12.25,2025-06-06,2025-06-20,DFIMS000340,vigente,,2025-06-07,real\n",
                file);
    ck_assert_int_eq(fclose(file), 0);
    drop_commit(&drop);
    poll_expecting(100, 3);
    expect(2, 5, FEED_FILE_ENDED);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    poll_expecting(100, 6);
    expect(0, 0, FEED_FILE_OPENED);
    ck_assert_str_eq(drop_text(&drop, arena_format(&drop.arena, "archive/imss/%s/contenido",
                                                   file_of(0)->file_id)),
                     THREE_ROWS "C-1,4,010.000.2540.00,312,12.25,2025-06-06,2025-06-20,DFIMS000340,"
                                "vigente,,2025-06-07,real\n");
    drop_commit(&drop);
    ck_assert(!drop_has(&drop, "drop/ordenes.csv"));
}
END_TEST

/* Linux' full device stands where the archive would write. */
static void fill_disk_at(const char *path)
{
    const char *full = arena_format(&drop.arena, "%s/%s", drop.root, path);

    ck_assert_int_eq(
        system(arena_format(&drop.arena, "mkdir -p \"$(dirname '%s')\" && ln -s /dev/full '%s'",
                            full, full)),
        0);
}

static void free_disk_at(const char *path)
{
    ck_assert_int_eq(unlink(arena_format(&drop.arena, "%s/%s", drop.root, path)), 0);
}

START_TEST(a_disk_that_is_full_at_the_archive_keeps_the_file_where_it_is)
{
    const char *at = arena_format(&drop.arena, "archive/imss/.nuevo-%ld/contenido", (long)getpid());
    struct error err = {0};

    fill_disk_at(at);
    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    ck_assert(!drop_poll(&drop, 100, &err));
    ck_assert_int_eq((int)err.action, (int)ERROR_RETRY);
    ck_assert_ptr_nonnull(strstr(err.message, strerror(ENOSPC)));
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    free_disk_at(at);
    poll_expecting(100, 5);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv"));
}
END_TEST

START_TEST(a_disk_that_is_full_at_the_report_keeps_the_file_until_it_is_written)
{
    const char *at;
    struct error err = {0};
    const char *log;

    drop_file(&drop, "ordenes.csv", THREE_ROWS, NULL);
    poll_expecting(100, 5);
    at = arena_format(&drop.arena, "archive/imss/%s/.informe.csv.%ld.part", file_of(0)->file_id,
                      (long)getpid());
    log = arena_copy(&drop.arena, given(0)->log);
    buffer_append_text(file_of(0)->report, "fila\n");
    fill_disk_at(at);
    ck_assert(!gateway_feed.committed(drop.shard.feed, log, 5, &err));
    ck_assert_int_eq((int)err.action, (int)ERROR_RETRY);
    ck_assert_ptr_nonnull(strstr(err.message, strerror(ENOSPC)));
    ck_assert(drop_has(&drop, "drop/ordenes.csv"));
    free_disk_at(at);
    drop_commit(&drop);
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv"));
    ck_assert(drop_has(&drop, "drop/procesados/ordenes.csv.informe.csv"));
}
END_TEST

static void fill(TCase *all)
{
    tcase_add_checked_fixture(all, begin, end);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_file_is_read_as_a_log_whose_offset_is_the_row);
    tcase_add_test(all, what_is_unfinished_hidden_or_a_sidecar_is_no_file);
    tcase_add_test(all, a_file_leaves_the_folder_only_when_its_end_is_committed);
    tcase_add_loop_test(all, a_restart_goes_on_at_the_committed_row, 0, 5);
    tcase_add_test(all, the_same_file_again_is_read_again_in_a_log_of_its_own);
    tcase_add_test(all, an_odd_sidecar_refuses_its_own_file_and_holds_up_no_other);
    tcase_add_test(all, a_name_as_long_as_names_may_be_is_answered_too);
    tcase_add_test(all, the_same_file_with_another_sidecar_is_another_file);
    tcase_add_loop_test(all, a_file_that_cannot_be_read_is_refused_whole_and_says_why, 0,
                        UNIT_COUNT(refusals));
    tcase_add_test(all, a_day_waits_for_the_files_that_were_there_and_no_others);
    tcase_add_test(all, another_file_of_the_same_name_is_not_taken_for_the_first);
    tcase_add_test(all, a_file_that_grows_while_it_is_read_is_read_again_whole);
    tcase_add_test(all, a_disk_that_is_full_at_the_archive_keeps_the_file_where_it_is);
    tcase_add_test(all, a_disk_that_is_full_at_the_report_keeps_the_file_until_it_is_written);
    tcase_add_test(all, an_archive_that_cannot_be_written_is_tried_again);
}

int main(void)
{
    return unit_run("gateway feed", fill);
}
