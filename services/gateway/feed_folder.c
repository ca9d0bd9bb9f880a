#include "services/gateway/feed_folder.h"

#include "common/base/text.h"
#include "services/gateway/archive.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool failed(const char *verb, const char *path, struct error *err)
{
    return error_set(err, ERROR_RETRY, "cannot %s %s: %s", verb, path, strerror(errno));
}

static bool ends_with(const char *name, const char *suffix)
{
    const size_t length = strlen(name);
    const size_t suffix_length = strlen(suffix);

    return length >= suffix_length && strcmp(name + length - suffix_length, suffix) == 0;
}

/* A name that PostgreSQL cannot keep as text is no file of ours either. */
static bool is_data(const char *name)
{
    return name[0] != '.' && !ends_with(name, FEED_SIDECAR_SUFFIX) && !ends_with(name, ".part") &&
           !ends_with(name, ".tmp") && text_is_utf8(name, strlen(name));
}

static bool stamp_of(const char *path, struct feed_stamp *out, bool *is_file, struct error *err)
{
    struct stat status;

    *is_file = false;
    if (lstat(path, &status) != 0) {
        return errno == ENOENT || failed("look at", path, err);
    }
    *is_file = S_ISREG(status.st_mode);
    *out = (struct feed_stamp){.device = status.st_dev,
                               .inode = status.st_ino,
                               .size = status.st_size,
                               .modified = status.st_mtim};
    return true;
}

/* The oldest first, so that those that wait together come as they were written. */
static int by_age(const void *a, const void *b)
{
    const struct feed_name *left = a;
    const struct feed_name *right = b;
    const struct timespec *one = &left->stamp.modified;
    const struct timespec *other = &right->stamp.modified;

    if (one->tv_sec != other->tv_sec) {
        return one->tv_sec < other->tv_sec ? -1 : 1;
    }
    if (one->tv_nsec != other->tv_nsec) {
        return one->tv_nsec < other->tv_nsec ? -1 : 1;
    }
    return strcmp(left->name, right->name);
}

static bool add_names(DIR *open_folder, const char *folder, struct arena *arena,
                      struct feed_name **out, size_t *count, struct error *err)
{
    size_t capacity = 0;

    for (;;) {
        const struct dirent *entry;
        struct feed_name file;
        bool is_file;

        errno = 0;
        entry = readdir(open_folder);
        if (entry == NULL) {
            return errno == 0 || failed("read folder", folder, err);
        }
        if (!is_data(entry->d_name)) {
            continue;
        }
        file.name = arena_copy(arena, entry->d_name);
        if (!stamp_of(arena_format(arena, "%s/%s", folder, file.name), &file.stamp, &is_file,
                      err)) {
            return false;
        }
        if (!is_file) {
            continue;
        }
        if (*count == capacity) {
            struct feed_name *grown;

            capacity = capacity == 0 ? 16 : capacity * 2;
            grown = arena_array(arena, capacity, sizeof *grown);
            if (*count > 0) {
                memcpy(grown, *out, *count * sizeof *grown);
            }
            *out = grown;
        }
        (*out)[(*count)++] = file;
    }
}

bool feed_folder_scan(const char *folder, struct arena *arena, struct feed_name **out,
                      size_t *count, struct error *err)
{
    DIR *open_folder = opendir(folder);
    bool good;

    *out = NULL;
    *count = 0;
    if (open_folder == NULL) {
        return failed("open folder", folder, err);
    }
    good = add_names(open_folder, folder, arena, out, count, err);
    (void)closedir(open_folder);
    if (good && *count > 1) {
        qsort(*out, *count, sizeof **out, by_age);
    }
    return good;
}

static bool is_same(const struct feed_stamp *a, const struct feed_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static bool move_one(struct arena *arena, const char *folder, const char *into, const char *name,
                     struct error *err)
{
    const char *from = arena_format(arena, "%s/%s", folder, name);

    if (rename(from, arena_format(arena, "%s/%s/%s", folder, into, name)) != 0 && errno != ENOENT &&
        errno != ENAMETOOLONG) { /* of a sidecar: there is none of such a name */
        return failed("move away", from, err);
    }
    return true;
}

bool feed_folder_move(const char *folder, const struct feed_name *file, const char *into,
                      struct error *err)
{
    struct arena arena = {0};
    struct feed_stamp now;
    bool is_file;
    bool good = stamp_of(arena_format(&arena, "%s/%s", folder, file->name), &now, &is_file, err);

    if (good && is_file && is_same(&now, &file->stamp)) {
        /* the sidecar last: a crash in between leaves one that says nothing of any file */
        good = archive_folder(arena_format(&arena, "%s/%s", folder, into), err) &&
               move_one(&arena, folder, into, file->name, err) &&
               move_one(&arena, folder, into,
                        arena_format(&arena, "%s%s", file->name, FEED_SIDECAR_SUFFIX), err);
    }
    arena_finish(&arena);
    return good;
}
