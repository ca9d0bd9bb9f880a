#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** The options of all commands; a command takes those whose keys it names. */
struct options {
    bool json;               /**< j */
    bool all;                /**< a */
    bool demo;               /**< d */
    bool help;               /**< h, always taken */
    const char *institution; /**< i */
    const char *layout;      /**< l */
    const char *as_of;       /**< o */
    const char *manifest;    /**< m */
    const char *nature;      /**< y */
    const char *clave;       /**< c */
    const char *contract;    /**< n */
    int64_t timeout_s;       /**< t; 0: not given */
    int64_t count;           /**< s; 0: not given */
    const char *const *words;
    size_t word_count;
    const char *fault; /**< Spanish; NULL: understood */
};

/** Reads argv[1..]; argv[0] is not looked at. `keys`: the options that are taken. Texts of the result
 *  point into argv. False with `fault` set when it cannot be understood. */
bool options_parse(const char *keys, int argc, char **argv, struct arena *arena,
                   struct options *out) MUST_CHECK;

/** One line per option among `keys`. */
void options_help(const char *keys, FILE *out);

#endif
