#include "cli/command.h"
#include "cli/tail.h"

enum { LAST_USUAL = 10 };

/* Set by the signal: the one thing that a handler may touch. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* Without SA_RESTART, so that the wait for messages ends at once. */
static void end_on_signals(void)
{
    const struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static bool is_understood(const struct options *options, struct error *err)
{
    if (options->follow && options->until_end) {
        return error_set(err, ERROR_REJECT, "%s",
                         say("--follow no termina: no va con --until-end",
                             "--follow does not end: it does not go with --until-end"));
    }
    if (options->from != OPTIONS_FROM_LAST && options->last > 0) {
        return error_set(err, ERROR_REJECT, "%s",
                         say("o --from o --last, no ambas", "either --from or --last, not both"));
    }
    return (options->key == NULL || options->contract == NULL) ||
           error_set(err, ERROR_REJECT, "%s",
                     say("o --key o --contract, no ambas", "either --key or --contract, not both"));
}

enum exit_status tail_show(struct cli *cli, struct error *err)
{
    const struct options *options = &cli->options;
    const struct tail_wish wish = {.topic = options->words[0],
                                   .from = options->from,
                                   .from_offset = options->from_offset,
                                   .last = options->last > 0 ? options->last : LAST_USUAL,
                                   .follow = options->follow,
                                   .type = options->type,
                                   .key = options->key,
                                   .contract = options->contract,
                                   .institution = options->institution};
    struct broker broker;
    bool good;

    if (!is_understood(options, err)) {
        return EXIT_USAGE;
    }
    if (options->follow) {
        end_on_signals();
    }
    good = broker_open(&broker, &cli->stack, err) && tail_run(&broker, &wish, &stop, stdout, err);
    broker_close(&broker);
    return good ? EXIT_OK : command_failed(err);
}
