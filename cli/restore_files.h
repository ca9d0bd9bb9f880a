#ifndef CLI_RESTORE_FILES_H
#define CLI_RESTORE_FILES_H

#include "cli/command.h"

/* The files that a gateway read after the point its database was restored to: the archive has them, and they are
 * delivered again. */

struct restore_file {
    const char *institution;
    const char *content; /**< path in the archive */
    const char *name;    /**< under which it was delivered */
    const char *layout;  /**< as its sidecar said, as the next two; NULL: it did not */
    const char *as_of;
    const char *nature;
    int64_t read_at; /**< microseconds: when it was answered last */
};

struct restore_files {
    struct restore_file *items;
    size_t count;
};

/** Those of an institution that its database does not know as answered, or that were answered after the database's
 *  last transaction; the oldest first. REJECT when its archive is not here. */
bool restore_files_find(struct cli *cli, const char *institution, struct restore_files *out,
                        struct error *err) MUST_CHECK;

/** Puts them into the drop folder in their order. */
bool restore_files_drop(struct cli *cli, const struct restore_files *files,
                        struct error *err) MUST_CHECK;

#endif
