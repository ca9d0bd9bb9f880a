#include "cli/command.h"

/* Each step may be repeated: a container that starts again makes only what is missing. */
enum exit_status init_all(struct cli *cli, struct error *err)
{
    enum exit_status status = topics_apply(cli, err);

    if (status == EXIT_OK) {
        status = schemas_apply(cli, err);
    }
    if (status == EXIT_OK) {
        status = shard_create(cli, err);
    }
    return status;
}
