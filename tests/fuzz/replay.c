#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Feeds files, or all files of folders, to a target: what CTest runs, under the sanitizers of the build. The name
 * of each is printed before it is read, so that the last one printed is the one at fault. */

static struct buffer content;

static bool slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 1;
    bool good;

    if (file == NULL) {
        return false;
    }
    buffer_clear(&content);
    while (size > 0) {
        size = fread(buffer_reserve(&content, 65536), 1, 65536, file);
        content.size += size;
    }
    good = ferror(file) == 0;
    (void)fclose(file);
    return good;
}

/* From memory of exactly its size: a byte read past it is seen. */
static bool replay(const char *path)
{
    uint8_t *exact;

    (void)printf("%s\n", path);
    (void)fflush(stdout);
    if (!slurp(path)) {
        (void)fprintf(stderr, "cannot read %s\n", path);
        return false;
    }
    exact = malloc(content.size > 0 ? content.size : 1);
    FUZZ_CHECK(exact != NULL, "out of memory");
    if (content.size > 0) {
        memcpy(exact, content.data, content.size);
    }
    fuzz_one(exact, content.size);
    free(exact);
    return true;
}

static bool replay_folder(const char *folder, DIR *directory, int *count)
{
    struct arena arena = {0};
    struct dirent *entry;
    bool good = true;

    while (good && (entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.') {
            good = replay(arena_format(&arena, "%s/%s", folder, entry->d_name));
            (*count)++;
        }
    }
    arena_finish(&arena);
    return good;
}

int main(int argc, char **argv)
{
    int count = 0;
    bool good = true;

    fuzz_one((const uint8_t *)"", 0);
    for (int i = 1; good && i < argc; i++) {
        DIR *directory = opendir(argv[i]);

        if (directory == NULL) {
            good = replay(argv[i]);
            count++;
        } else {
            good = replay_folder(argv[i], directory, &count);
            (void)closedir(directory);
        }
    }
    buffer_finish(&content);
    if (good && count == 0) {
        (void)fprintf(stderr, "nothing to replay\n");
        good = false;
    }
    (void)printf("%d inputs\n", count);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
