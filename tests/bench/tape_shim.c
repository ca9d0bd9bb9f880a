#include "tests/bench/tape.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Preloaded into a service: what it sends to PostgreSQL also goes into the file that ABASTO_BENCH_TAPE names. A service
 * has one thread that talks to the database. */

enum { CONNECTIONS_MAX = 64 };

static FILE *tape(void)
{
    static FILE *file;

    if (file == NULL) {
        const char *path = getenv("ABASTO_BENCH_TAPE");

        file = path == NULL ? NULL : fopen(path, "w");
        if (file == NULL) {
            perror("ABASTO_BENCH_TAPE");
            abort();
        }
    }
    return file;
}

static void write_number(uint32_t value)
{
    (void)fwrite(&value, sizeof value, 1, tape());
}

static void write_text(const char *text)
{
    (void)fwrite(text, strlen(text) + 1, 1, tape());
}

static void write_head(enum tape_kind kind, const PGconn *connection)
{
    static const PGconn *seen[CONNECTIONS_MAX];
    uint32_t number = 0;

    while (number < CONNECTIONS_MAX && seen[number] != NULL && seen[number] != connection) {
        number++;
    }
    if (number == CONNECTIONS_MAX) {
        abort();
    }
    seen[number] = connection;
    (void)fputc(kind, tape());
    write_number(number);
}

/* A function of libpq itself, as a pointer of the type of `own`. */
#define REAL(own, name)                                                                            \
    do {                                                                                           \
        void *found = dlsym(RTLD_NEXT, name);                                                      \
        if (found == NULL) {                                                                       \
            abort();                                                                               \
        }                                                                                          \
        memcpy(&(own), &found, sizeof found);                                                      \
    } while (0)

int PQsendPrepare(PGconn *conn, const char *stmtName, const char *query, int nParams,
                  const Oid *paramTypes)
{
    int (*real)(PGconn *, const char *, const char *, int, const Oid *);

    write_head(TAPE_PREPARE, conn);
    write_text(stmtName);
    write_text(query);
    REAL(real, "PQsendPrepare");
    return real(conn, stmtName, query, nParams, paramTypes);
}

int PQsendQueryPrepared(PGconn *conn, const char *stmtName, int nParams,
                        const char *const *paramValues, const int *paramLengths,
                        const int *paramFormats, int resultFormat)
{
    int (*real)(PGconn *, const char *, int, const char *const *, const int *, const int *, int);

    write_head(TAPE_QUERY, conn);
    write_text(stmtName);
    write_number((uint32_t)nParams);
    for (int i = 0; i < nParams; i++) {
        write_number(paramValues[i] == NULL ? UINT32_MAX : (uint32_t)paramLengths[i]);
        if (paramValues[i] != NULL) {
            (void)fwrite(paramValues[i], (size_t)paramLengths[i], 1, tape());
        }
    }
    REAL(real, "PQsendQueryPrepared");
    return real(conn, stmtName, nParams, paramValues, paramLengths, paramFormats, resultFormat);
}

int PQpipelineSync(PGconn *conn)
{
    int (*real)(PGconn *);

    write_head(TAPE_SYNC, conn);
    REAL(real, "PQpipelineSync");
    return real(conn);
}
