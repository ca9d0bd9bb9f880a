#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/connection.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/stack.h"
#include "common/base/arena.h"

#include <stdint.h>

/** What the process ends with. */
enum exit_status {
    EXIT_OK = 0,
    EXIT_PROBLEM = 1, /**< something was refused, is missing, or did not happen in time */
    EXIT_USAGE = 2,
    EXIT_NO_CONNECTION = 3,
};

/** As words_max: as many as wanted. */
#define WORDS_ANY SIZE_MAX

/** What every command works with. */
struct cli {
    const char *program;
    struct options options;
    struct stack stack;
    struct connection connection;
    struct arena arena; /**< lives as long as the command */
};

/** What the words of a command are, for completion. */
enum word_kind {
    WORDS_NONE,
    WORDS_FREE,
    WORDS_FILES,
    WORDS_TOPICS,
};

/** One line of the program's table of commands. */
struct command {
    const char *name;      /**< one word, or two: "day close" */
    struct said arguments; /**< as --help shows them */
    struct said help;
    const char *options; /**< keys of the options it takes */
    enum word_kind words;
    bool alone; /**< asks no running system */
    size_t words_min;
    size_t words_max;
    enum exit_status (*run)(struct cli *cli, struct error *err);
};

enum exit_status init_all(struct cli *cli, struct error *err);
enum exit_status topics_apply(struct cli *cli, struct error *err);
enum exit_status schemas_apply(struct cli *cli, struct error *err);
enum exit_status shard_create(struct cli *cli, struct error *err);
enum exit_status shard_list(struct cli *cli, struct error *err);
enum exit_status shard_move(struct cli *cli, struct error *err);
enum exit_status load_files(struct cli *cli, struct error *err);
enum exit_status day_close(struct cli *cli, struct error *err);
enum exit_status day_wait(struct cli *cli, struct error *err);
enum exit_status status_show(struct cli *cli, struct error *err);
enum exit_status explain_show(struct cli *cli, struct error *err);
enum exit_status summary_show(struct cli *cli, struct error *err);
enum exit_status quarantine_list(struct cli *cli, struct error *err);
enum exit_status quarantine_show(struct cli *cli, struct error *err);
enum exit_status quarantine_fix(struct cli *cli, struct error *err);
enum exit_status quarantine_retry(struct cli *cli, struct error *err);
enum exit_status quarantine_discard(struct cli *cli, struct error *err);
enum exit_status redrive_run(struct cli *cli, struct error *err);
enum exit_status restore_run(struct cli *cli, struct error *err);
enum exit_status rebuild_run(struct cli *cli, struct error *err);
enum exit_status findings_list(struct cli *cli, struct error *err);
enum exit_status tail_show(struct cli *cli, struct error *err);
enum exit_status trace_show(struct cli *cli, struct error *err);
enum exit_status completion_bash(struct cli *cli, struct error *err);
enum exit_status manual_show(struct cli *cli, struct error *err);

/** All commands, as --help lists them. */
extern const struct command commands[];
extern const size_t command_count;

/** For `return failed(...)`: the status that tells of an error; main prints it. */
enum exit_status command_failed(const struct error *err);

#endif
