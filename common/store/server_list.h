#ifndef COMMON_SERVER_LIST_H
#define COMMON_SERVER_LIST_H

#include "common/base/arena.h"
#include "common/base/error.h"

#include <stddef.h>

/** The name of the server that ABASTO_DATABASE says. */
#define SERVER_LIST_FIRST "principal"

enum { SERVERS_MAX = 16 };

/** A PostgreSQL server that may hold shards. */
struct database_server {
    const char *name;     /**< letters, digits, `-` and `_` */
    const char *conninfo; /**< holds a password: never printed */
};

struct server_list {
    struct database_server items[SERVERS_MAX]; /**< the first is SERVER_LIST_FIRST */
    size_t count;
};

/** The servers of a deployment. `first` is ABASTO_DATABASE, `others` ABASTO_DATABASES: `name=URI`, apart by blanks or
 *  line breaks; NULL: none. Texts belong to the arena. FATAL, in Spanish and without quoting what may be a password:
 *  a name that is none or comes twice, an address that is no URI, too many. */
bool server_list_read(const char *first, const char *others, struct arena *arena,
                      struct server_list *out, struct error *err) MUST_CHECK;

/** The index of a server; `count` when there is none of that name. */
size_t server_list_index(const struct server_list *list, const char *name);

#endif
