#include "events.h"
#include "tests/base/unit.h"
#include "tests/runtime/scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Batches of a shard, over the real loop. */

#define GOOD "010.000.0104.00"

static struct scene scene;

static void set_up(void)
{
    scene_init(&scene);
}

static void tear_down(void)
{
    scene_finish(&scene);
}

/* --- before it starts --- */

static const struct {
    const char *topic;
    int32_t partitions;
    enum error_action action;
    const char *says;
} odd_topics[] = {
    {"orders", 3, ERROR_FATAL, "el tópico orders tiene 3 particiones y debe tener 4"},
    {"orders", 5, ERROR_FATAL, "el tópico orders tiene 5 particiones y debe tener 4"},
    {"shards", 3, ERROR_FATAL, "el tópico orders tiene 4 particiones y debe tener 3"},
    {"deliveries", 3, ERROR_FATAL, "el tópico deliveries tiene 3 particiones y debe tener 4"},
    {"deliveries", 5, ERROR_FATAL, "el tópico deliveries tiene 5 particiones y debe tener 4"},
    {"quarantine", 2, ERROR_FATAL, "el tópico quarantine tiene 2 particiones y debe tener 1"},
    {"deliveries", 0, ERROR_RETRY, "no existe el tópico deliveries: ejecute abasto topics apply"},
    {"orders", 0, ERROR_RETRY, "no existe el tópico orders: ejecute abasto topics apply"},
    {"shards", 0, ERROR_RETRY, "no existe el tópico shards: ejecute abasto topics apply"},
};

START_TEST(a_topic_of_another_partition_count_lets_nobody_start)
{
    struct error err = {0};

    scene.bus.odd_topic = odd_topics[_i].topic;
    scene.bus.odd_partitions = odd_topics[_i].partitions;
    ck_assert(!scene_try_start(&scene, &err));
    ck_assert_int_eq(err.action, odd_topics[_i].action);
    ck_assert_str_eq(err.message, odd_topics[_i].says);
}
END_TEST

/* --- one message at fault --- */

START_TEST(a_rejected_message_is_set_aside_and_the_rest_of_the_batch_stands)
{
    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_order(&scene, "2", SCENE_REJECTED);
    scene_order(&scene, "3", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_ptr_null(scene_stored(&scene, "2"));
    ck_assert_ptr_nonnull(scene_stored(&scene, "3"));
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2);
    ck_assert_uint_eq(scene_said(&scene, "quarantine"), 1);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_str_eq(scene_aside(&scene, 0)->source, "orders");
    ck_assert_int_eq(scene_aside(&scene, 0)->position, 1);
    ck_assert_ptr_nonnull(strstr(scene_aside(&scene, 0)->reason, SCENE_REJECTED));
    ck_assert_int_eq(scene.database.shards[0].batch, 1);
}
END_TEST

START_TEST(a_data_error_halves_the_batch_until_only_the_message_at_fault_is_set_aside)
{
    scene_start(&scene);
    for (size_t i = 0; i < SCENE_BATCH; i++) {
        scene_order(&scene, scene_name(&scene, i), i == 5 ? SCENE_POISON : GOOD);
    }
    scene_settle(&scene);
    for (size_t i = 0; i < SCENE_BATCH; i++) {
        ck_assert_int_eq(scene_stored(&scene, scene_name(&scene, i)) == NULL, i == 5);
    }
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_int_eq(scene_aside(&scene, 0)->position, 5);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), SCENE_BATCH - 1);
}
END_TEST

START_TEST(two_messages_at_fault_are_found_one_after_the_other)
{
    scene_start(&scene);
    scene_order(&scene, "1", SCENE_POISON);
    scene_order(&scene, "2", GOOD);
    scene_order(&scene, "3", SCENE_POISON);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "2"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 2);
    ck_assert_int_eq(scene_aside(&scene, 0)->position, 0);
    ck_assert_int_eq(scene_aside(&scene, 1)->position, 2);
}
END_TEST

START_TEST(what_is_to_be_judged_once_is_judged_once_in_a_batch)
{
    scene_start(&scene);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_order(&scene, "2", SCENE_TOGETHER);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_settle(&scene);
    ck_assert_int_eq(scene.database.shards[0].batch, 1);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 4 + 2);
}
END_TEST

START_TEST(who_asked_for_a_judgement_that_is_refused_is_set_aside)
{
    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_order(&scene, "2", SCENE_TOGETHER_REJECTED);
    scene_order(&scene, "3", SCENE_TOGETHER);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_ptr_null(scene_stored(&scene, "2"));
    ck_assert_ptr_nonnull(scene_stored(&scene, "3"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_int_eq(scene_aside(&scene, 0)->position, 1);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2 + 1);
}
END_TEST

/* As if they had come one by one: whoever asked for the same before and after it is not to blame. */
START_TEST(of_many_who_asked_only_who_spoilt_the_judgement_is_set_aside)
{
    scene_start(&scene);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_order(&scene, "2", SCENE_TOGETHER);
    scene_order(&scene, "1", SCENE_TOGETHER_REJECTED);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_order(&scene, "1", SCENE_TOGETHER_REJECTED);
    scene_order(&scene, "1", SCENE_TOGETHER);
    scene_settle(&scene);
    ck_assert_str_eq(scene_stored(&scene, "1")->clave, SCENE_TOGETHER);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 2);
    ck_assert_int_eq(scene_aside(&scene, 0)->position, 2);
    ck_assert_int_eq(scene_aside(&scene, 1)->position, 4);
}
END_TEST

START_TEST(what_could_never_be_sent_is_never_committed)
{
    static char large[3000];

    memset(large, 'g', sizeof large - 1);
    scene.message_bytes_max = 2500;
    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_order(&scene, "2", large);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_ptr_null(scene_stored(&scene, "2"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_ptr_nonnull(strstr(scene_aside(&scene, 0)->reason, "que caben en un mensaje"));
}
END_TEST

START_TEST(bytes_that_are_no_event_are_set_aside)
{
    static const uint8_t unreadable[] = {0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F};

    scene_start(&scene);
    scene_bytes(&scene, "contracts", NULL, 0);
    scene_bytes(&scene, "contracts", "x", 1);
    scene_bytes(&scene, "contracts", unreadable, sizeof unreadable);
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 3);
    ck_assert_int_eq(scene.metrics.quarantined_by[ASIDE_DECODING], 3);
}
END_TEST

START_TEST(who_does_not_write_a_topic_moves_no_sequence_of_who_does)
{
    scene_start(&scene);
    scene_bytes(&scene, "gateway.evil", "x", 1);
    scene_bytes(&scene, "contracts.evil", "x", 1);
    scene.seq = 0;
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_int_eq(scene.metrics.quarantined_by[ASIDE_IDENTITY], 2);
    ck_assert_ptr_nonnull(
        strstr(scene_aside(&scene, 0)->reason, "gateway.evil no escribe en orders"));
}
END_TEST

START_TEST(a_record_of_the_schemas_that_is_none_keeps_nobody_from_starting)
{
    const struct bus_message junk = {.topic = "_schemas",
                                     .key = {(const uint8_t *)"junk", 4},
                                     .payload = {(const uint8_t *)"junk", 4}};

    (void)fake_broker_put(&scene.broker, &junk);
    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
}
END_TEST

START_TEST(an_event_in_a_wrong_partition_is_set_aside_and_its_sequence_counts_as_heard)
{
    const char *astray = scene_contract(&scene, 2);

    scene_start(&scene);
    scene_order_as(&scene, astray, "1", GOOD, 1);
    scene_order_as(&scene, scene_contract(&scene, 0), "2", GOOD, 2);
    scene.seq = 2;
    scene_day(&scene, 20000); /* its key is an institution: of every partition */
    scene_settle(&scene);
    ck_assert_ptr_null(scene_stored(&scene, "1"));
    ck_assert_ptr_nonnull(scene_stored(&scene, "2"));
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_str_eq(scene_aside(&scene, 0)->institution, "imss");
    ck_assert_str_eq(
        scene_aside(&scene, 0)->reason,
        arena_format(&scene.arena,
                     "partición equivocada: la de %s es la 2 y el mensaje llegó en la 0", astray));
    ck_assert_int_eq(scene.metrics.quarantined_by[ASIDE_IDENTITY], 1);
    ck_assert_int_eq(scene.metrics.gaps, 0);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2);
}
END_TEST

/* --- one agenda item at fault --- */

START_TEST(each_agenda_item_at_fault_has_a_quarantine_row_of_its_own)
{
    scene_start(&scene);
    scene_later(&scene, STORE_DUE_NOW, SCENE_POISON, "1");
    scene_later(&scene, STORE_DUE_NOW, SCENE_REJECTED, "1");
    scene_later(&scene, STORE_DUE_NOW, SCENE_REJECTED, "2");
    scene_later(&scene, STORE_DUE_NOW, "scene.again", "3");
    scene_settle(&scene);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct store_quarantine *aside = scene_aside(&scene, i);

        ck_assert_str_eq(aside->institution, "imss");
        ck_assert_int_eq(aside->position, STORE_DUE_NOW);
        ck_assert_msg(strncmp(aside->source, "agenda/", strlen("agenda/")) == 0 &&
                          strstr(aside->source, scene_contract(&scene, 0)) != NULL,
                      "%s", aside->source);
    }
    ck_assert_str_eq(scene_stored(&scene, "3")->again, "scene.again");
    ck_assert_uint_eq(scene.database.shards[0].agenda.count, 0);
}
END_TEST

START_TEST(an_agenda_item_at_fault_takes_no_other_of_its_key_along)
{
    struct error err = {0};

    scene_start(&scene);
    scene_later(&scene, STORE_DUE_NOW, SCENE_POISON, "1");
    while (scene_shard(&scene)->culprit.log == NULL) {
        ck_assert(scene_turn(&scene, &err));
    }
    scene_later(&scene, STORE_DUE_NOW, "scene.again", "1");
    scene_settle(&scene);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_str_eq(scene_stored(&scene, "1")->again, "scene.again");
}
END_TEST

START_TEST(what_was_set_aside_once_may_come_again)
{
    scene_start(&scene);
    scene_later(&scene, STORE_DUE_NOW, SCENE_POISON, "1");
    scene_settle(&scene);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    scene.database.refused = NULL;
    scene_later(&scene, STORE_DUE_NOW, SCENE_POISON, "1");
    scene_settle(&scene);
    ck_assert_uint_eq(scene.database.shards[0].quarantine.count, 1);
    ck_assert_str_eq(scene_stored(&scene, "1")->again, SCENE_POISON);
}
END_TEST

/* The key is no text, so neither is the name of the quarantine row. */
START_TEST(what_cannot_even_be_set_aside_stops_the_process)
{
    struct error err = {0};
    bool going = true;

    scene_start(&scene);
    scene_later(&scene, STORE_DUE_NOW, SCENE_REJECTED, "\xff");
    for (int i = 0; going && i < 20; i++) {
        going = scene_turn(&scene, &err);
    }
    ck_assert(!going);
    ck_assert_int_eq(err.action, ERROR_FATAL);
}
END_TEST

/* --- who owns the shard, and what was committed --- */

START_TEST(a_fenced_owner_writes_nothing_and_takes_the_shard_over_later)
{
    struct error err = {0};

    scene_start(&scene);
    scene_settle(&scene);
    scene_order(&scene, "1", GOOD);
    scene.store.next = FAKE_FENCES;
    ck_assert(scene_turn(&scene, &err));
    ck_assert_ptr_null(scene_stored(&scene, "1"));
    ck_assert_int_eq(scene.metrics.fenced, 1);
    ck_assert_int_eq(scene_shard(&scene)->state, SHARD_WAITING);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 0);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 1);
    ck_assert_int_eq(scene.metrics.takeovers, 2);
}
END_TEST

START_TEST(a_commit_whose_reply_is_lost_is_not_made_twice_and_its_events_go_out)
{
    scene_start(&scene);
    scene_settle(&scene);
    scene_order(&scene, "1", GOOD);
    scene.store.next = FAKE_LOSES_REPLY;
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_int_eq(scene.database.shards[0].batch, 1);
    ck_assert_int_eq(scene.metrics.takeovers, 2);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 1);
    scene_order(&scene, "2", GOOD);
    scene_settle(&scene);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2);
}
END_TEST

/* Of the lost batch nothing may stay in memory: the cache would show rows that do not exist. */
START_TEST(a_commit_that_was_never_made_is_made_again_from_state_read_anew)
{
    scene_start(&scene);
    scene_settle(&scene);
    scene_order(&scene, "1", GOOD);
    scene.store.next = FAKE_LOSES_CONNECTION;
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_int_eq(scene.database.shards[0].batch, 1);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 1);
    ck_assert_int_eq(scene.metrics.messages, 1);
}
END_TEST

/* --- what comes twice, too early, or too late --- */

START_TEST(a_gap_waits_and_what_is_sent_again_is_taken)
{
    const char *contract = scene_contract(&scene, 0);

    scene_start(&scene);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_order_as(&scene, contract, "3", GOOD, 3);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "1"));
    ck_assert_ptr_null(scene_stored(&scene, "3"));
    ck_assert_int_eq(scene.metrics.gaps, 1);
    scene_order_as(&scene, contract, "2", GOOD, 2);
    scene_order_as(&scene, contract, "3", GOOD, 3);
    scene_settle(&scene);
    ck_assert_ptr_nonnull(scene_stored(&scene, "2"));
    ck_assert_ptr_nonnull(scene_stored(&scene, "3"));
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 3);
}
END_TEST

static int lines_with(FILE *file, const char *text)
{
    char line[LOG_LINE_BYTES];
    int count = 0;

    rewind(file);
    while (fgets(line, sizeof line, file) != NULL) {
        count += strstr(line, text) != NULL ? 1 : 0;
    }
    return count;
}

START_TEST(a_gap_that_stays_open_is_an_error_once_a_minute)
{
    const char *contract = scene_contract(&scene, 0);
    FILE *log = tmpfile();
    struct error err = {0};

    ck_assert_ptr_nonnull(log);
    ck_assert_int_ge(dup2(fileno(log), STDERR_FILENO), 0);
    scene_start(&scene);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_order_as(&scene, contract, "3", GOOD, 3);
    for (int second = 0; second < 130; second++) {
        ck_assert(scene_turn(&scene, &err));
    }
    ck_assert_int_eq(lines_with(log, "has not sent 1/2 again"), 2);
    ck_assert_int_gt(scene.metrics.gap_open_s, 120);
    scene_order_as(&scene, contract, "2", GOOD, 2);
    scene_settle(&scene);
    ck_assert_int_eq(scene.metrics.gap_open_s, 0);
    (void)fclose(log);
}
END_TEST

/* A commit that is fenced: the shard is taken again, from what the database holds. */
static void change_owner(const char *contract)
{
    scene.store.next = FAKE_FENCES;
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_settle(&scene);
}

/* What came behind the gap is behind the position too: only what was committed can tell the next owner of it. */
START_TEST(a_gap_that_is_open_is_told_also_by_the_next_owner)
{
    const char *contract = scene_contract(&scene, 0);
    FILE *log = tmpfile();
    struct error err = {0};

    ck_assert_ptr_nonnull(log);
    scene_start(&scene);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_order_as(&scene, contract, "3", GOOD, 3);
    scene_settle(&scene);
    change_owner(contract);
    ck_assert_int_ge(dup2(fileno(log), STDERR_FILENO), 0);
    for (int second = 0; second < 70; second++) {
        ck_assert(scene_turn(&scene, &err));
    }
    ck_assert_int_eq(scene.metrics.gaps, 1);
    ck_assert_int_eq(lines_with(log, "has not sent 1/2 again"), 1);
    scene_order_as(&scene, contract, "2", GOOD, 2);
    scene_settle(&scene);
    ck_assert_int_eq(scene.metrics.gap_open_s, 0);
    change_owner(contract);
    for (int second = 0; second < 70; second++) {
        ck_assert(scene_turn(&scene, &err));
    }
    ck_assert_int_eq(lines_with(log, "again"), 1);
    (void)fclose(log);
}
END_TEST

START_TEST(what_was_heard_is_dropped_also_by_the_next_owner)
{
    const char *contract = scene_contract(&scene, 0);

    scene_start(&scene);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_settle(&scene);
    scene.store.next = FAKE_FENCES;
    scene_order_as(&scene, contract, "2", GOOD, 2);
    scene_settle(&scene);
    scene_order_as(&scene, contract, "1", GOOD, 1);
    scene_settle(&scene);
    ck_assert_int_eq(scene.metrics.duplicates, 2);
    ck_assert_uint_eq(scene_said(&scene, "deliveries"), 2);
}
END_TEST

START_TEST(a_day_is_forwarded_behind_the_agenda_that_it_makes_due)
{
    const struct bus_message *forwarded;

    scene_start(&scene);
    scene_later(&scene, 20000, "scene.again", "1");
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    ck_assert_ptr_null(scene_stored(&scene, "1")->again);
    scene_day(&scene, 20001);
    scene_settle(&scene);
    ck_assert_str_eq(scene_stored(&scene, "1")->again, "scene.again");
    ck_assert_uint_eq(scene.database.shards[0].agenda.count, 0);
    forwarded = fake_broker_at(&scene.broker, "deliveries", 1);
    ck_assert_ptr_nonnull(forwarded);
    ck_assert_str_eq(bus_header(forwarded, "ce_type"), day_closed_type.full_name);
}
END_TEST

/* --- rules --- */

static const struct rejudge all_orders[] = {{&scene_table, "scene.again"}, {0}};

/* The member goes, and comes back as another binary. */
static void deploy(int32_t rule_version)
{
    running_finish(&scene.running);
    scene.service.rejudge = all_orders;
    scene.service.rule_version = rule_version;
    scene_start(&scene);
}

/* More orders than the agenda gives at a time. */
static void store_orders(size_t count)
{
    struct scene_order *orders = arena_array(&scene.arena, count, sizeof *orders);
    void **rows_of = arena_array(&scene.arena, count, sizeof *rows_of);
    const struct store_write write = {&scene_table, rows_of, count};
    const struct store_commit commit = {.writes = &write, .write_count = 1};

    for (size_t i = 0; i < count; i++) {
        orders[i] = (struct scene_order){.order_id = scene_order_id(&scene, scene_name(&scene, i)),
                                         .clave = GOOD};
        rows_of[i] = &orders[i];
    }
    fake_database_write(&scene.database, &commit);
}

START_TEST(newer_rules_look_at_everything_again_before_any_day_goes_on)
{
    const size_t many = 700;
    struct error err = {0};

    scene_start(&scene);
    scene_order(&scene, "x", GOOD);
    scene_settle(&scene);
    store_orders(many);
    deploy(2);
    scene_day(&scene, 20000);
    while (scene_said(&scene, "deliveries") < 2) {
        ck_assert(scene_turn(&scene, &err));
    }
    ck_assert_uint_eq(scene.database.shards[0].agenda.count, 0);
    ck_assert_int_eq(scene.database.shards[0].rule_version, 2);
    for (size_t i = 0; i < many; i++) {
        ck_assert_str_eq(scene_stored(&scene, scene_name(&scene, i))->again, "scene.again");
    }
}
END_TEST

START_TEST(the_agenda_items_of_newer_rules_come_with_the_version_or_not_at_all)
{
    struct error err = {0};

    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    deploy(2);
    scene.store.next = FAKE_LOSES_CONNECTION;
    while (scene.store.next != FAKE_COMMITS) {
        ck_assert(scene_turn(&scene, &err));
    }
    ck_assert_int_eq(scene.database.shards[0].rule_version, 1);
    ck_assert_uint_eq(scene.database.shards[0].agenda.count, 0);
    scene_settle(&scene);
    ck_assert_int_eq(scene.database.shards[0].rule_version, 2);
    ck_assert_str_eq(scene_stored(&scene, "1")->again, "scene.again");
}
END_TEST

START_TEST(the_same_rules_look_at_nothing_again_and_older_ones_are_refused)
{
    struct error err = {0};
    bool going = true;

    scene_start(&scene);
    scene_order(&scene, "1", GOOD);
    scene_settle(&scene);
    deploy(1);
    scene_settle(&scene);
    ck_assert_ptr_null(scene_stored(&scene, "1")->again);
    deploy(2);
    scene_settle(&scene);
    deploy(1);
    for (int i = 0; going && i < 5; i++) {
        going = scene_turn(&scene, &err);
    }
    ck_assert(!going);
    ck_assert_int_eq(err.action, ERROR_FATAL);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_rejected_message_is_set_aside_and_the_rest_of_the_batch_stands);
    tcase_add_test(tcase,
                   a_data_error_halves_the_batch_until_only_the_message_at_fault_is_set_aside);
    tcase_add_test(tcase, what_is_to_be_judged_once_is_judged_once_in_a_batch);
    tcase_add_test(tcase, who_asked_for_a_judgement_that_is_refused_is_set_aside);
    tcase_add_test(tcase, of_many_who_asked_only_who_spoilt_the_judgement_is_set_aside);
    tcase_add_test(tcase, what_could_never_be_sent_is_never_committed);
    tcase_add_test(tcase, bytes_that_are_no_event_are_set_aside);
    tcase_add_test(tcase, who_does_not_write_a_topic_moves_no_sequence_of_who_does);
    tcase_add_test(tcase, a_record_of_the_schemas_that_is_none_keeps_nobody_from_starting);
    tcase_add_loop_test(tcase, a_topic_of_another_partition_count_lets_nobody_start, 0,
                        UNIT_COUNT(odd_topics));
    tcase_add_test(tcase, two_messages_at_fault_are_found_one_after_the_other);
    tcase_add_test(tcase,
                   an_event_in_a_wrong_partition_is_set_aside_and_its_sequence_counts_as_heard);
    tcase_add_test(tcase, each_agenda_item_at_fault_has_a_quarantine_row_of_its_own);
    tcase_add_test(tcase, an_agenda_item_at_fault_takes_no_other_of_its_key_along);
    tcase_add_test(tcase, what_was_set_aside_once_may_come_again);
    tcase_add_test(tcase, what_cannot_even_be_set_aside_stops_the_process);
    tcase_add_test(tcase, a_fenced_owner_writes_nothing_and_takes_the_shard_over_later);
    tcase_add_test(tcase, a_commit_whose_reply_is_lost_is_not_made_twice_and_its_events_go_out);
    tcase_add_test(tcase, a_commit_that_was_never_made_is_made_again_from_state_read_anew);
    tcase_add_test(tcase, a_gap_waits_and_what_is_sent_again_is_taken);
    tcase_add_test(tcase, a_gap_that_is_open_is_told_also_by_the_next_owner);
    tcase_add_test(tcase, a_gap_that_stays_open_is_an_error_once_a_minute);
    tcase_add_test(tcase, what_was_heard_is_dropped_also_by_the_next_owner);
    tcase_add_test(tcase, a_day_is_forwarded_behind_the_agenda_that_it_makes_due);
    tcase_add_test(tcase, newer_rules_look_at_everything_again_before_any_day_goes_on);
    tcase_add_test(tcase, the_agenda_items_of_newer_rules_come_with_the_version_or_not_at_all);
    tcase_add_test(tcase, the_same_rules_look_at_nothing_again_and_older_ones_are_refused);
}

int main(void)
{
    return unit_run("runtime.batch", fill);
}
