#ifndef TESTS_CHAOS_SHIM_H
#define TESTS_CHAOS_SHIM_H

#include <dlfcn.h>
#include <stddef.h>

/** Declares `real`, the function of that name that a preloaded library stands in front of. The call also looks it
 *  up; dlsym gives an object pointer, which POSIX says is good for functions. */
#define SHIM_REAL(name)                                                                            \
    static __typeof__(name) *real;                                                                 \
    if (real == NULL) {                                                                            \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                                                 \
    }

/** Maps the first `size` bytes of the file that the environment names; NULL: there is none. */
void *shim_map(const char *variable, size_t size, int writable);

#endif
