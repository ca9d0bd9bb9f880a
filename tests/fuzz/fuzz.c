#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOW_MS = 1000 };

void fuzz_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    abort();
}

static int64_t processor_ms(void)
{
    struct timespec used = {0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t before = processor_ms();
    int64_t took;

    fuzz_one(data, size);
    took = processor_ms() - before;
    FUZZ_CHECK(took < SLOW_MS, "%zu bytes take %d ms", size, (int)took);
    return 0;
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

int64_t fuzz_int64(struct fuzz_input *input)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++) {
        value = value << 8 | fuzz_byte(input);
    }
    return (int64_t)value;
}

const char *fuzz_text(struct fuzz_input *input, uint8_t separator, struct arena *arena)
{
    const uint8_t *end = input->left == 0 ? NULL : memchr(input->at, separator, input->left);
    const size_t length = end == NULL ? input->left : (size_t)(end - input->at);
    const char *text = input->left == 0 ? arena_copy(arena, "")
                                        : arena_text(arena, (const char *)input->at, length);

    if (input->left > 0) {
        input->at += length + (end == NULL ? 0 : 1);
        input->left -= length + (end == NULL ? 0 : 1);
    }
    return text;
}

size_t fuzz_choice(struct fuzz_input *input, const char *(*name_of)(size_t index), size_t count,
                   struct arena *arena)
{
    const char *name = fuzz_text(input, '\n', arena);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(name_of(i), name) == 0) {
            return i;
        }
    }
    return (uint8_t)name[0] % count;
}

struct bytes fuzz_rest(const struct fuzz_input *input)
{
    static const uint8_t nothing[1] = {0};

    return input->left == 0 ? (struct bytes){nothing, 0} : (struct bytes){input->at, input->left};
}

/* Avro C keeps pointers at odd places within its values: what a codec holds from input to input is no leak. */
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "use_unaligned=1";
}

static char path[128];

static void remove_file(void)
{
    (void)unlink(path);
}

/* In memory where the system has a folder for it. */
static int open_file(void)
{
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    int file;

    if (path[0] != '\0') {
        return open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    }
    (void)snprintf(path, sizeof path, "%s/abasto-fuzz-XXXXXX", folder);
    file = mkstemp(path);
    (void)atexit(remove_file);
    return file;
}

const char *fuzz_file(struct bytes content)
{
    const int file = open_file();
    size_t written = 0;

    FUZZ_CHECK(file >= 0, "cannot open %s", path);
    while (written < content.size) {
        const ssize_t now = write(file, content.data + written, content.size - written);

        FUZZ_CHECK(now > 0, "cannot write %s", path);
        written += (size_t)now;
    }
    (void)close(file);
    return path;
}

const char *fuzz_source_path(struct arena *arena, const char *relative)
{
    const char *folder = getenv("ABASTO_SOURCE_DIR");

    FUZZ_CHECK(folder != NULL, "ABASTO_SOURCE_DIR is not set");
    return arena_format(arena, "%s/%s", folder, relative);
}
