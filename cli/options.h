#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Where reading a topic begins. */
enum options_from {
    OPTIONS_FROM_LAST, /**< not given: with the last ones */
    OPTIONS_FROM_BEGINNING,
    OPTIONS_FROM_END,
    OPTIONS_FROM_OFFSET,
};

/** The options of all commands; a command takes those whose keys it names. */
struct options {
    bool json;               /**< j */
    bool all;                /**< a */
    bool demo;               /**< d */
    bool help;               /**< h, always taken */
    bool follow;             /**< F */
    bool until_end;          /**< u */
    bool execute;            /**< x */
    bool dry_run;            /**< D */
    bool remove_access;      /**< X */
    bool require_access;     /**< Q */
    bool undo;               /**< B */
    const char *institution; /**< i */
    const char *layout;      /**< l */
    const char *as_of;       /**< o */
    const char *manifest;    /**< m */
    const char *nature;      /**< y */
    const char *clave;       /**< c */
    const char *contract;    /**< n */
    const char *supplier;    /**< p */
    const char *type;        /**< e */
    const char *key;         /**< k */
    enum options_from from;  /**< f */
    int64_t from_offset;     /**< of OPTIONS_FROM_OFFSET */
    int64_t last;            /**< N; 0: not given */
    int64_t timeout_s;       /**< t; 0: not given */
    int64_t count;           /**< s; 0: not given */
    const char *reason;      /**< R */
    const char *file;        /**< A */
    const char *column;      /**< C */
    bool has_since;
    int32_t since; /**< S; day */
    bool has_until;
    int32_t until;        /**< U; day */
    const char *state;    /**< Z */
    const char *actor;    /**< w */
    const char *ground;   /**< g */
    const char *evidence; /**< v */
    int64_t max;          /**< M; 0: not given */
    int64_t rate;         /**< r; a second; 0: not given */
    const char *service;  /**< E */
    bool has_shard;
    int32_t shard;     /**< P */
    const char *to;    /**< T: a server */
    const char **sets; /**< V: column=value, as often as given */
    size_t set_count;
    const char *const *words;
    size_t word_count;
    const char *fault; /**< for people; NULL: understood */
};

/** What --help, the manual and completion show of an option. Texts live as long as the program. */
struct option_view {
    int key;
    const char *name;
    const char *argument; /**< NULL: takes none */
    const char *help;
    const char *values; /**< that it takes, apart by blanks; NULL: any */
};

/** As `values`: names of files. */
#define OPTIONS_FILES "@files"

/** The institutions that have a gateway, and how they are named to people. */
#define OPTIONS_INSTITUTIONS "imss issste imss-bienestar ssa"
#define OPTIONS_INSTITUTIONS_ES "imss, issste, imss-bienestar o ssa"
#define OPTIONS_INSTITUTIONS_EN "imss, issste, imss-bienestar or ssa"

/** What becomes of what was set aside, and all of it. */
#define OPTIONS_STATES "abierta reparada superada descartada detenida todas"

/** The layouts of services/gateway/formats, apart by blanks. */
extern const char options_layouts[];

/** Whether it is one of OPTIONS_INSTITUTIONS. */
bool options_institution_known(const char *institution);

/** The keys of all options. */
#define OPTIONS_ALL "jadioymlcnpfNFuektsRACSUZVwgvxMrDXQEPTB"

/** Reads argv[1..]; argv[0] is not looked at. `keys`: the options that are taken. Texts of the result
 *  point into argv. False with `fault` set when it cannot be understood. */
bool options_parse(const char *keys, int argc, char **argv, struct arena *arena,
                   struct options *out) MUST_CHECK;

/** The option at `index` of those among `keys`, `--help` the last; false: there are no more. */
bool options_view(const char *keys, size_t index, struct option_view *out) MUST_CHECK;

/** One line per option among `keys`. */
void options_help(const char *keys, FILE *out);

#endif
