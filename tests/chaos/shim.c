#include "tests/chaos/shim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *shim_map(const char *variable, size_t size, int writable)
{
    const char *path = getenv(variable);
    const int file = path != NULL ? open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC) : -1;
    void *mapped =
        file >= 0 ? mmap(NULL, size, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, file, 0)
                  : MAP_FAILED;

    if (file >= 0) {
        (void)close(file);
    }
    return mapped != MAP_FAILED ? mapped : NULL;
}
