/* Preloaded into PostgreSQL: while the first number of the file that ABASTO_CHAOS_FULL names is not 0, its volume is full:
 * what needs room beyond a file's end fails with ENOSPC, what overwrites goes on. The second number counts how
 * often that happened. Both have 64 bits. */
#include "tests/chaos/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static struct board {
    _Atomic uint64_t full;
    _Atomic uint64_t refused;
} * board;

__attribute__((constructor)) static void open_board(void)
{
    board = shim_map("ABASTO_CHAOS_FULL", sizeof *board, 1);
}

/* Whether there is no room up to `end` of a file. */
static int is_refused(int file, off_t end)
{
    struct stat status;

    if (board == NULL || atomic_load(&board->full) == 0 || fstat(file, &status) != 0 ||
        !S_ISREG(status.st_mode) || end <= status.st_size) {
        return 0;
    }
    atomic_fetch_add(&board->refused, 1);
    errno = ENOSPC;
    return 1;
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
    SHIM_REAL(pwrite)

    return is_refused(file, at + (off_t)size) ? -1 : real(file, bytes, size, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
    SHIM_REAL(pwritev)
    off_t end = at;

    for (int i = 0; i < count; i++) {
        end += (off_t)parts[i].iov_len;
    }
    return is_refused(file, end) ? -1 : real(file, parts, count, at);
}

ssize_t write(int file, const void *bytes, size_t size)
{
    SHIM_REAL(write)
    const off_t at =
        board != NULL && atomic_load(&board->full) != 0 ? lseek(file, 0, SEEK_CUR) : -1;

    return at >= 0 && is_refused(file, at + (off_t)size) ? -1 : real(file, bytes, size);
}

int posix_fallocate(int file, off_t at, off_t size)
{
    SHIM_REAL(posix_fallocate)

    return is_refused(file, at + size) ? ENOSPC : real(file, at, size);
}
