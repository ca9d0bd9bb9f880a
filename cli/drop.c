#include "cli/drop.h"
#include "cli/say.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, NAMES_MAX = 1000, SECOND_US = 1000000 };

static bool failed(const char *what, const char *path, struct error *err)
{
    return error_set(err, ERROR_REJECT, say("no se pudo %s %s: %s", "could not %s %s: %s"), what,
                     path, say_errno(errno));
}

bool drop_sha256(const char *path, char out[static DIGEST_HEX_BYTES], struct error *err)
{
    const char *unread = say("leer", "read");
    FILE *file = fopen(path, "rb");
    struct digest digest = {0};
    uint8_t chunk[CHUNK_BYTES];
    uint8_t hash[DIGEST_BYTES];
    size_t size;
    bool good;

    if (file == NULL) {
        return failed(unread, path, err);
    }
    digest_begin(&digest);
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
        digest_add(&digest, chunk, size);
    }
    good = ferror(file) == 0 || failed(unread, path, err);
    (void)fclose(file);
    digest_end(&digest, hash);
    digest_finish(&digest);
    digest_hex(hash, out);
    return good;
}

static bool copy_open(FILE *from, FILE *to)
{
    uint8_t chunk[CHUNK_BYTES];
    size_t size;

    while ((size = fread(chunk, 1, sizeof chunk, from)) > 0) {
        if (fwrite(chunk, 1, size, to) != size) {
            return false;
        }
    }
    return ferror(from) == 0 && fflush(to) == 0 && fsync(fileno(to)) == 0;
}

static bool copy_file(const char *path, const char *copy, struct error *err)
{
    FILE *from = fopen(path, "rb");
    FILE *to = from == NULL ? NULL : fopen(copy, "wb");
    bool good;

    if (to == NULL) {
        (void)failed(from == NULL ? say("leer", "read") : say("escribir", "write"),
                     from == NULL ? path : copy, err);
        if (from != NULL) {
            (void)fclose(from);
        }
        return false;
    }
    good = copy_open(from, to) || failed(say("copiar", "copy"), path, err);
    (void)fclose(from);
    return (fclose(to) == 0 || failed(say("escribir", "write"), copy, err)) && good;
}

static bool put(json_t *sidecar, const char *name, const char *value)
{
    return value == NULL || json_object_set_new(sidecar, name, json_string(value)) == 0;
}

/* What the sidecar will say; `*out` is NULL when there is nothing to be said. */
static bool make_sidecar(const char *path, const struct drop_said *said, json_t **out,
                         struct error *err)
{
    json_error_t fault;
    json_t *sidecar = NULL;

    if (access(path, F_OK) == 0) {
        sidecar = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
        if (!json_is_object(sidecar)) {
            json_decref(sidecar);
            return error_set(err, ERROR_REJECT,
                             say("%s no es un objeto JSON", "%s is no JSON object"), path);
        }
    } else if (said->layout != NULL || said->as_of != NULL || said->nature != NULL) {
        sidecar = json_object();
    }
    if (!put(sidecar, "layout", said->layout) || !put(sidecar, "as_of", said->as_of) ||
        !put(sidecar, "nature", said->nature)) {
        json_decref(sidecar);
        return error_set(err, ERROR_REJECT,
                         say("las opciones no son texto UTF-8", "the options are no UTF-8 text"));
    }
    *out = sidecar;
    return true;
}

/* The name's n-th form: "datos.csv", "datos-2.csv". */
static const char *name_at(const char *name, int number, struct arena *arena)
{
    const char *dot = strrchr(name, '.');
    const int stem = (int)(dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name));

    return number == 1 ? name : arena_format(arena, "%.*s-%d%s", stem, name, number, name + stem);
}

/* Gives both their final names, the sidecar first; `*taken`: one of them was there already. */
static bool place(const char *data, const char *sidecar, const char *target, struct arena *arena,
                  bool *taken, struct error *err)
{
    const char *target_sidecar = arena_format(arena, "%s.meta.json", target);

    *taken = access(target, F_OK) == 0 || access(target_sidecar, F_OK) == 0;
    if (*taken) {
        return true;
    }
    if (sidecar != NULL && link(sidecar, target_sidecar) != 0) {
        *taken = errno == EEXIST;
        return *taken || failed(say("escribir", "write"), target_sidecar, err);
    }
    if (link(data, target) != 0) {
        const int cause = errno;

        if (sidecar != NULL) {
            (void)unlink(target_sidecar);
        }
        errno = cause;
        *taken = cause == EEXIST;
        return *taken || failed(say("escribir", "write"), target, err);
    }
    return true;
}

static bool place_somewhere(const char *name, const char *folder, const char *data,
                            const char *sidecar, struct arena *arena, struct error *err)
{
    for (int number = 1; number <= NAMES_MAX; number++) {
        const char *target = arena_format(arena, "%s/%s", folder, name_at(name, number, arena));
        bool taken;

        if (!place(data, sidecar, target, arena, &taken, err)) {
            return false;
        }
        if (!taken) {
            return true;
        }
    }
    return error_set(err, ERROR_REJECT,
                     say("hay demasiados archivos %s en %s", "there are too many files %s in %s"),
                     name, folder);
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name);
    const size_t suffix_length = strlen(suffix);

    return length >= suffix_length && strcmp(name + length - suffix_length, suffix) == 0;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* As services/gateway/feed_folder.c has it. */
bool drop_name_taken(const char *path)
{
    const char *name = name_of(path);

    return name[0] != '.' && name[0] != '\0' && !ends_with(name, ".meta.json") &&
           !ends_with(name, ".part") && !ends_with(name, ".tmp");
}

static bool set_time(const char *path, int64_t at_us, struct error *err)
{
    const struct timespec at = {.tv_sec = at_us / SECOND_US, .tv_nsec = at_us % SECOND_US * 1000};
    const struct timespec times[] = {at, at};

    return utimensat(AT_FDCWD, path, times, 0) == 0 || failed(say("fechar", "date"), path, err);
}

bool drop_file(const char *path, const char *folder, const struct drop_said *said,
               struct arena *arena, struct error *err)
{
    const char *name = said->name != NULL ? said->name : name_of(path);
    const char *data = arena_format(arena, "%s/.%s.%ld.part", folder, name, (long)getpid());
    const char *sidecar = arena_format(arena, "%s.meta", data);
    json_t *told;
    bool good;

    if (!make_sidecar(arena_format(arena, "%s.meta.json", path), said, &told, err)) {
        return false;
    }
    good = (told == NULL || json_dump_file(told, sidecar, JSON_INDENT(2)) == 0 ||
            failed(say("escribir", "write"), sidecar, err)) &&
           copy_file(path, data, err) &&
           (said->came_at == 0 || set_time(data, said->came_at, err)) &&
           place_somewhere(name, folder, data, told == NULL ? NULL : sidecar, arena, err);
    (void)unlink(data);
    (void)unlink(sidecar);
    json_decref(told);
    return good;
}
