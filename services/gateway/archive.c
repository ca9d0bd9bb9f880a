#include "services/gateway/archive.h"

#include "common/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, FILE_MODE = 0640, FOLDER_MODE = 0750, PATH_BYTES = 4096 };

static bool failed(const char *verb, const char *path, struct error *err)
{
    return error_set(err, ERROR_RETRY, "cannot %s %s: %s", verb, path, strerror(errno));
}

bool archive_folder(const char *path, struct error *err)
{
    char part[PATH_BYTES];
    const size_t length = strlen(path);

    if (length >= sizeof part) {
        return error_set(err, ERROR_FATAL, "path is too long: %s", path);
    }
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0) {
            continue;
        }
        part[i] = 0;
        if (mkdir(part, FOLDER_MODE) != 0 && errno != EEXIST) {
            return failed("make folder", part, err);
        }
        part[i] = path[i];
    }
    return true;
}

static bool write_all(int file, const char *path, const uint8_t *data, size_t size,
                      struct error *err)
{
    while (size > 0) {
        const ssize_t written = write(file, data, size);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failed("write", path, err);
        }
        data += written;
        size -= (size_t)written;
    }
    return true;
}

static bool copy_all(int from, const char *path, int to, const char *to_path, struct digest *digest,
                     struct text_utf8 *text, struct error *err)
{
    uint8_t chunk[CHUNK_BYTES];

    for (;;) {
        const ssize_t size = read(from, chunk, sizeof chunk);

        if (size == 0) {
            return true;
        }
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return failed("read", path, err);
        }
        digest_add(digest, chunk, (size_t)size);
        text_utf8_add(text, chunk, (size_t)size);
        if (!write_all(to, to_path, chunk, (size_t)size, err)) {
            return false;
        }
    }
}

static bool sync_folder(const char *path, struct error *err)
{
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = folder >= 0 && fsync(folder) == 0;

    if (!good) {
        (void)failed("sync folder", path, err);
    }
    if (folder >= 0) {
        (void)close(folder);
    }
    return good;
}

static bool copy_and_digest(const char *from_path, const char *to_path, struct archive_copy *out,
                            struct error *err)
{
    const int from = open(from_path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    const int to =
        from < 0 ? -1 : open(to_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    struct digest digest = {0};
    struct text_utf8 text = {0};
    uint8_t hash[DIGEST_BYTES];
    bool good = false;

    if (from < 0) {
        (void)failed("open", from_path, err);
    } else if (to < 0) {
        (void)failed("create", to_path, err);
    } else {
        digest_begin(&digest);
        good = copy_all(from, from_path, to, to_path, &digest, &text, err) &&
               (fsync(to) == 0 || failed("sync", to_path, err));
        digest_end(&digest, hash);
        digest_hex(hash, out->sha256);
        digest_finish(&digest);
        out->utf8 = text_utf8_is_whole(&text);
    }
    if (to >= 0 && close(to) != 0 && good) {
        good = failed("close", to_path, err);
    }
    if (from >= 0) {
        (void)close(from);
    }
    return good;
}

bool archive_begin(const char *root, const char *institution, const char *path, struct arena *arena,
                   struct archive_copy *out, struct error *err)
{
    /* by process: an instance that has not noticed yet that it is replaced must not write into ours */
    const char *folder = arena_format(arena, "%s/%s/.nuevo-%ld", root, institution, (long)getpid());
    const char *content = arena_format(arena, "%s/contenido", folder);

    out->folder = folder;
    return archive_folder(folder, err) && copy_and_digest(path, content, out, err);
}

static bool discard(const struct archive_copy *copy, struct arena *arena, struct error *err)
{
    static const char *const names[] = {"contenido", "ficha.json"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = arena_format(arena, "%s/%s", copy->folder, names[i]);

        if (unlink(path) != 0 && errno != ENOENT) {
            return failed("remove", path, err);
        }
    }
    return rmdir(copy->folder) == 0 || failed("remove folder", copy->folder, err);
}

bool archive_keep(const struct archive_copy *copy, const char *root, const char *institution,
                  const char *file_id, struct bytes card, struct arena *arena, const char **folder,
                  struct error *err)
{
    const char *home = arena_format(arena, "%s/%s", root, institution);
    const char *target = arena_format(arena, "%s/%s", home, file_id);

    if (!archive_write(copy->folder, "ficha.json", card, err)) {
        return false;
    }
    if (rename(copy->folder, target) == 0) {
        *folder = target;
        return sync_folder(home, err);
    }
    if (errno != EEXIST && errno != ENOTEMPTY) {
        return failed("name", target, err);
    }
    *folder = target; /* by us or by who ended before it was on disk */
    return discard(copy, arena, err) && sync_folder(home, err);
}

bool archive_write(const char *folder, const char *name, struct bytes content, struct error *err)
{
    struct arena arena = {0};
    const char *path = arena_format(&arena, "%s/%s", folder, name);
    const char *part = arena_format(&arena, "%s/.%s.%ld.part", folder, name, (long)getpid());
    const int file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    bool good = file >= 0 ? write_all(file, part, content.data, content.size, err) &&
                                (fsync(file) == 0 || failed("sync", part, err))
                          : failed("create", part, err);

    if (file >= 0 && close(file) != 0 && good) {
        good = failed("close", part, err);
    }
    if (good && rename(part, path) != 0) {
        good = failed("name", path, err);
    }
    good = good && sync_folder(folder, err);
    arena_finish(&arena);
    return good;
}
