#include "common/store/server_list.h"

#include <string.h>

#define BLANKS " \t\r\n"
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

size_t server_list_index(const struct server_list *list, const char *name)
{
    size_t i = 0;

    while (i < list->count && strcmp(list->items[i].name, name) != 0) {
        i++;
    }
    return i;
}

static bool is_uri(const char *text)
{
    return strncmp(text, "postgresql://", strlen("postgresql://")) == 0 ||
           strncmp(text, "postgres://", strlen("postgres://")) == 0;
}

static bool add(const char *entry, struct arena *arena, struct server_list *out, struct error *err)
{
    const size_t length = strspn(entry, NAME_CHARACTERS);
    const char *name = arena_text(arena, entry, length);

    if (length == 0 || entry[length] != '=' || !is_uri(entry + length + 1)) {
        return error_set(err, ERROR_FATAL,
                         "ABASTO_DATABASES: el servidor %zu no es nombre=postgresql://…",
                         out->count);
    }
    if (server_list_index(out, name) < out->count) {
        return error_set(err, ERROR_FATAL, "ABASTO_DATABASES: el nombre %s está dos veces", name);
    }
    if (out->count == SERVERS_MAX) {
        return error_set(err, ERROR_FATAL, "ABASTO_DATABASES: son más de %d servidores",
                         SERVERS_MAX - 1);
    }
    out->items[out->count++] = (struct database_server){name, entry + length + 1};
    return true;
}

bool server_list_read(const char *first, const char *others, struct arena *arena,
                      struct server_list *out, struct error *err)
{
    struct server_list list = {.items = {{SERVER_LIST_FIRST, arena_copy(arena, first)}},
                               .count = 1};

    for (const char *at = others == NULL ? "" : others; *(at += strspn(at, BLANKS)) != '\0';) {
        const size_t length = strcspn(at, BLANKS);

        if (!add(arena_text(arena, at, length), arena, &list, err)) {
            return false;
        }
        at += length;
    }
    *out = list;
    return true;
}
