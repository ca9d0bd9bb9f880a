#ifndef COMMON_REJECTION_H
#define COMMON_REJECTION_H

#include "common/runtime/metrics.h"
#include "common/runtime/work.h"

/** Every reason for which the runtime sets a message or an agenda item aside: what is not in this list cannot be said,
 *  and each has its example in tests/runtime/rejection_test.c, which fails where one is missing. */
enum rejection_reason {
    REJECTION_NONE,
    REJECTION_KEY,        /**< found: the key */
    REJECTION_IDENTITY,   /**< found: ce_source and ce_id */
    REJECTION_WRITER,     /**< about: the producer, the topic, its owner */
    REJECTION_PARTITION,  /**< about: the key, its partition, where it came */
    REJECTION_EMPTY,      /**< about nothing */
    REJECTION_OTHER_TYPE, /**< about: ce_type, the schema's name */
    REJECTION_FOREIGN,    /**< found: the schema */
    REJECTION_UNREADABLE, /**< found: where and why its bytes cannot be read */
    REJECTION_REFUSED,    /**< found: the key; about: what the handler says */
    REJECTION_UNSTORABLE, /**< about: what the database says */
    REJECTION_REASONS
};

enum { REJECTION_ABOUT_MAX = 3 };

/** Why something is set aside; plain data, its texts live as long as what is set aside. */
struct rejection {
    enum rejection_reason why; /**< REJECTION_NONE: it is not */
    const char *found;
    const char *about[REJECTION_ABOUT_MAX];
};

/** Fills class, column, found, expected, reason and action of what is set aside. Texts are static or the arena's. */
void rejection_tell(const struct rejection *rejection, bool agenda, struct arena *arena,
                    struct setting_aside *out);

#endif
