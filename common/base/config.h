#ifndef COMMON_CONFIG_H
#define COMMON_CONFIG_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_type {
    CONFIG_TEXT,   /**< const char * */
    CONFIG_PATH,   /**< const char *; not checked to exist */
    CONFIG_SECRET, /**< const char *; also from the file that NAME_FILE names; never printed */
    CONFIG_INT,    /**< int64_t */
    CONFIG_BOOL,   /**< bool; si/no, true/false, 1/0 */
};

/** One row of a program's configuration table; the table ends with a zeroed row. A variable that is
 *  set but empty counts as not set. */
struct config_item {
    const char *name; /**< of the environment variable: "ABASTO_DATABASE" */
    enum config_type type;
    size_t offset;        /**< offsetof the field in the program's struct; its C type as above */
    const char *fallback; /**< text of the default; NULL: none (NULL, 0 or false) */
    bool required;        /**< a fault when neither set nor given a fallback */
    int64_t minimum;      /**< of a CONFIG_INT; no bounds when both are 0 */
    int64_t maximum;
    const char *help; /**< one Spanish sentence */
};

/** Fills `target` from the environment. Texts belong to the arena. False when there is any fault: all
 *  of them stand in `faults`, one Spanish line each, and the caller prints them and exits 2; secrets
 *  are never quoted. Fields without fault are filled even then. */
bool config_load(const struct config_item *items, void *target, struct arena *arena,
                 struct buffer *faults) MUST_CHECK;

/** Prints the table: name, type, default, whether required, help. */
void config_print_help(const struct config_item *items, FILE *out);

/** Prints each name with its value in `target`; a secret as "(definido)" or "(sin definir)". */
void config_print_check(const struct config_item *items, const void *target, FILE *out);

#endif
