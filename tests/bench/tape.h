#ifndef TESTS_BENCH_TAPE_H
#define TESTS_BENCH_TAPE_H

#include "common/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* What a service sent to PostgreSQL, as tape_shim.c wrote it: entries of one byte of kind and four of connection, numbered
 * as they were first seen; numbers in the machine's order. */
enum tape_kind {
    TAPE_PREPARE = 'P', /**< name\0 sql\0 */
    TAPE_QUERY =
        'Q', /**< name\0, u32 parameters, each an i32 of bytes (-1: NULL) and those bytes; all binary */
    TAPE_SYNC = 'S',
};

/** One entry, borrowed from the tape. */
struct tape_entry {
    enum tape_kind kind;
    uint32_t connection;
    const char *name;
    const char *sql;           /**< of TAPE_PREPARE */
    const uint8_t *parameters; /**< of TAPE_QUERY: behind the number of them */
    uint32_t parameter_count;
};

/** Reads the entry at `*at` and moves on; false at the end, or with `err` when it is torn. */
bool tape_next(const uint8_t *tape, size_t bytes, size_t *at, struct tape_entry *out,
               struct error *err) MUST_CHECK;

#endif
