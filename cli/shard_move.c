#include "cli/command.h"
#include "cli/place.h"
#include "common/base/text.h"
#include "common/store/store_pg_move.h"

#include <inttypes.h>

/* Somebody else may be at the same work, or a server be away for a moment. */
enum { RETRIES_MAX = 20, PAUSE_MS = 500 };

static const char *name_of(const struct store_pg_move *move, size_t server)
{
    return move->servers->items[server].name;
}

/* --- what is meant --- */

static const struct place *find_place(const char *service, struct error *err)
{
    for (size_t i = 0; i < place_count; i++) {
        if (text_equal(service, places[i].producer)) {
            return &places[i];
        }
    }
    (void)error_set(err, ERROR_REJECT,
                    say("--service «%s» no es un servicio: abasto shard list los dice",
                        "--service «%s» is no service: abasto shard list tells them"),
                    service);
    return NULL;
}

static bool read_wish(struct cli *cli, const struct place **place, struct store_pg_move *move,
                      struct error *err)
{
    const struct options *options = &cli->options;
    const struct server_list *servers = &cli->stack.databases;

    if (options->service == NULL || !options->has_shard || options->to == NULL) {
        return error_set(err, ERROR_REJECT, "%s",
                         say("diga --service, --shard y --to", "say --service, --shard and --to"));
    }
    *place = find_place(options->service, err);
    if (*place == NULL) {
        return false;
    }
    *move = (struct store_pg_move){.servers = servers,
                                   .schema = (*place)->schema,
                                   .shard = options->shard,
                                   .to = server_list_index(servers, options->to),
                                   .undo = options->undo};
    return move->to < servers->count ||
           error_set(err, ERROR_REJECT,
                     say("--to «%s» no es un servidor: ABASTO_DATABASE es «%s», los otros los "
                         "nombra ABASTO_DATABASES",
                         "--to «%s» is no server: ABASTO_DATABASE is «%s», ABASTO_DATABASES names "
                         "the others"),
                     options->to, SERVER_LIST_FIRST);
}

/* --- what is told --- */

static bool tell_obstacle(const struct store_pg_move *move, const struct move_decision *stuck,
                          struct error *err)
{
    switch (stuck->obstacle) {
    case MOVE_NOWHERE:
        return error_set(err, ERROR_REJECT, "%s",
                         say("ningún servidor la tiene: créela con abasto shard create, o restaure "
                             "el servidor que la tenía",
                             "no server has it: make it by abasto shard create, or restore the "
                             "server that had it"));
    case MOVE_TWICE:
        return error_set(err, ERROR_REJECT,
                         say("dos servidores la tienen, y %s sabe más: uno se restauró a un punto "
                             "anterior; diga --to con el que siguió (docs/operations.md)",
                             "two servers have it, and %s knows more: one was restored to an older "
                             "point; say --to with the one that went on (docs/operations.md)"),
                         name_of(move, stuck->from));
    case MOVE_ELSEWHERE:
        return error_set(err, ERROR_REJECT,
                         say("va camino a otro servidor: termine ese movimiento (--to %s) o "
                             "deshágalo",
                             "it is on its way to another server: finish that move (--to %s), or "
                             "undo it"),
                         stuck->from < move->servers->count ? name_of(move, stuck->from) : "?");
    case MOVE_TOO_LATE:
        return error_set(err, ERROR_REJECT,
                         say("ya se borró de %s: termine el movimiento sin --undo y muévala de "
                             "vuelta",
                             "it was deleted from %s already: finish the move without --undo and "
                             "move it back"),
                         name_of(move, stuck->from));
    case MOVE_NO_OBSTACLE:
        break;
    }
    return true;
}

/* Before a step, so that whoever ends the command knows where it was. */
static void tell_step(const struct store_pg_move *move, const struct move_decision *next)
{
    const char *from = name_of(move, next->from);
    const char *to = name_of(move, move->to);

    switch (next->step) {
    case MOVE_FENCE:
        printf(say("1/4 se cierra en %s: su dueño queda fuera, lo que llega espera en Kafka\n",
                   "1/4 is closed on %s: its owner is out, what comes waits in Kafka\n"),
               from);
        break;
    case MOVE_COPY:
        printf(say("2/4 se copia de %s a %s y se compara; todavía se puede deshacer con --undo\n",
                   "2/4 is copied from %s to %s and compared; --undo can still take it back\n"),
               from, to);
        break;
    case MOVE_REMOVE:
        printf(say("3/4 se compara otra vez y se borra de %s: desde aquí ya no se deshace\n",
                   "3/4 is compared once more and deleted from %s: no way back from here\n"),
               from);
        break;
    case MOVE_ARRIVE:
        printf(say("4/4 entra en servicio en %s\n", "4/4 goes to work on %s\n"), to);
        break;
    case MOVE_FORGET:
        printf(say("se borra de %s: es de antes de que se moviera, %s siguió sin ella\n",
                   "is deleted from %s: it is of before the move, %s went on without it\n"),
               from, to);
        break;
    case MOVE_RESUME:
        printf(say("se abre otra vez en %s\n", "is opened again on %s\n"), from);
        break;
    case MOVE_DROP:
        printf(say("se borra de %s una copia que ya no sirve\n",
                   "a copy that is of no use any more is deleted from %s\n"),
               to);
        break;
    case MOVE_DONE:
    case MOVE_STUCK:
        break;
    }
    (void)fflush(stdout);
}

static void tell_amount(const struct move_decision *done, const struct move_amount *amount)
{
    if (done->step == MOVE_COPY || done->step == MOVE_REMOVE || done->step == MOVE_FORGET ||
        done->step == MOVE_ARRIVE) {
        printf(say("    %" PRId64 " renglones de %zu tablas\n",
                   "    %" PRId64 " rows of %zu tables\n"),
               amount->rows, amount->tables);
    }
}

static bool tell_plan(struct store_pg_move *move, const struct place *place,
                      const struct move_decision *next, struct error *err)
{
    struct move_amount amount;

    if (next->step == MOVE_FENCE) {
        if (!store_pg_move_measure(move, next->from, &amount, err)) {
            return false;
        }
        printf(say("%s/%" PRId32 " iría de %s a %s: %" PRId64 " renglones de %zu tablas\n",
                   "%s/%" PRId32 " would go from %s to %s: %" PRId64 " rows of %zu tables\n"),
               place->producer, move->shard, name_of(move, next->from), name_of(move, move->to),
               amount.rows, amount.tables);
    } else if (next->step == MOVE_FORGET) {
        printf("%s/%" PRId32 ":\n", place->producer, move->shard);
        tell_step(move, next);
    } else {
        printf(say("%s/%" PRId32 ": un movimiento quedó a medias; seguiría así:\n",
                   "%s/%" PRId32 ": a move was left half done; it would go on so:\n"),
               place->producer, move->shard);
        tell_step(move, next);
    }
    fprintf(stderr, "%s",
            say("no se hizo nada: con --execute se hace\n",
                "nothing was done: with --execute it is\n"));
    return true;
}

/* --- what is done --- */

static bool step(struct store_pg_move *move, struct move_decision *next, struct error *err)
{
    struct move_amount amount;

    if (!store_pg_move_look(move, next, err) || !tell_obstacle(move, next, err)) {
        return false;
    }
    tell_step(move, next);
    if (!store_pg_move_do(move, next, &amount, err)) {
        return false;
    }
    tell_amount(next, &amount);
    return true;
}

static bool follow(struct store_pg_move *move, struct error *err)
{
    struct move_decision next = {0};
    int failures = 0;

    do {
        if (step(move, &next, err)) {
            failures = 0;
            continue;
        }
        if (err->action != ERROR_RETRY || ++failures > RETRIES_MAX) {
            return error_prefix(err, "%s",
                                say("no se terminó: repita la orden, o deshaga con --undo",
                                    "it was not finished: repeat the command, or take it back with "
                                    "--undo"));
        }
        fprintf(stderr, say("se intenta otra vez: %s\n", "trying again: %s\n"), err->message);
        error_clear(err);
        connection_pause(PAUSE_MS);
        next = (struct move_decision){.step = MOVE_STUCK};
    } while (next.step != MOVE_DONE);
    return true;
}

static bool plan_and_do(struct cli *cli, const struct place *place, struct store_pg_move *move,
                        struct error *err)
{
    struct move_decision next;

    if (!store_pg_move_look(move, &next, err) || !tell_obstacle(move, &next, err)) {
        return false;
    }
    if (next.step != MOVE_DONE && !cli->options.execute) {
        return tell_plan(move, place, &next, err);
    }
    if (next.step != MOVE_DONE && !follow(move, err)) {
        return false;
    }
    if (!store_pg_move_look(move, &next, err)) {
        return false;
    }
    if (next.step != MOVE_DONE) {
        return tell_obstacle(move, &next, err) &&
               error_set(err, ERROR_RETRY,
                         say("otro la mueve también: repita la orden",
                             "somebody else moves it too: repeat the command"));
    }
    printf(say("%s/%" PRId32 " está en %s\n", "%s/%" PRId32 " is on %s\n"), place->producer,
           move->shard, name_of(move, next.from));
    return true;
}

enum exit_status shard_move(struct cli *cli, struct error *err)
{
    const struct place *place = NULL;
    struct store_pg_move move = {0};
    bool good;

    if (!read_wish(cli, &place, &move, err)) {
        return EXIT_USAGE;
    }
    good = plan_and_do(cli, place, &move, err);
    store_pg_move_finish(&move);
    return good ? EXIT_OK : command_failed(err);
}
