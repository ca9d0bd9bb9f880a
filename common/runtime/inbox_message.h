#ifndef COMMON_INBOX_MESSAGE_H
#define COMMON_INBOX_MESSAGE_H

#include "common/avro/record.h"

/** What a message of an inbox turned out to be. */
enum inbox_form {
    INBOX_OTHER,          /**< not in the wire format: JSON, or what only looks like it */
    INBOX_RECORD,         /**< in the wire format, by a schema of ours */
    INBOX_UNREADABLE,     /**< in the wire format, and its bytes do not fit the schema */
    INBOX_UNKNOWN_SCHEMA, /**< its schema's id is not in `_schemas`, read to its end */
    INBOX_FOREIGN_SCHEMA, /**< its schema is none of those we ship */
};

/** A message of an inbox, which any program may have written: nothing of it is known to be true. */
struct inbox_message {
    const char *topic;
    int64_t offset;
    const char *id; /**< CloudEvents headers; NULL: missing, "": empty or unreadable */
    const char *source;
    const char *type;
    const char *time;
    struct bytes payload;
    enum inbox_form form;
    const struct record_type *schema; /**< of INBOX_RECORD, as `record` */
    const void *record;
    const char *fault; /**< why it is no INBOX_RECORD; else NULL */
};

/** Every message of an inbox is handled under this type, whatever its headers call it. */
#define INBOX_MESSAGE "runtime.InboxMessage"

#endif
