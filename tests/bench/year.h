#ifndef TESTS_BENCH_YEAR_H
#define TESTS_BENCH_YEAR_H

#include <stdbool.h>
#include <stdint.h>

/**
 * A national year that is invented and always the same: orders, what was shipped and received of each. Order `n` follows
 * from the seed and `n` alone, so that any part of it can be made anywhere.
 *
 * Proportions as measured in the demonstration's sources and by the national counters: about 640 orders of a contract and
 * year, unevenly spread; one clave and destination per order; median 43 and mean 1,845 pieces; 14 days to deliver; nine of
 * ten arrive in one lot, ninety-nine of a hundred on one day; seven of ten in time, one of fourteen never. Invented
 * are: four of a hundred receipts corrected later, two of a hundred reported once more by an older snapshot.
 */
struct year {
    uint64_t seed;
    int64_t orders;
    int64_t orders_per_contract;
};

enum { YEAR_RECEIPTS_MAX = 3 };

/** The last day of it, in days since 1970-01-01. */
int32_t year_last_day(void);

struct year_contract {
    char number[48]; /**< as the institution writes it */
    char id[64];     /**< contract_id */
    char rfc[16];
};

struct year_receipt {
    char id[32];
    char lot[16];
    int64_t pieces;
    int32_t received_on;
    int32_t entry_on;
    int32_t captured_on;
    int32_t expires_on;
    bool corrected; /**< reported again, later: one piece less */
    bool stale;     /**< reported again, by an older snapshot */
};

struct year_order {
    int64_t contract;
    char number[48];
    char id[160]; /**< order_id */
    const char *clave;
    char clues[16];
    char remission[32];
    int64_t pieces;
    int64_t price_e4;
    int32_t issued_on;
    int32_t due_on;
    int32_t receipt_count; /**< 0: never came */
    struct year_receipt receipts[YEAR_RECEIPTS_MAX];
};

int64_t year_contracts(const struct year *year);
void year_contract(const struct year *year, int64_t contract, struct year_contract *out);
void year_order(const struct year *year, int64_t order, struct year_order *out);

/** The claves that the contracts are about. */
extern const char *const year_claves[];
extern const int year_clave_count;

/** Institution of it all. */
#define YEAR_INSTITUTION "issste"

struct receipt_taken;

/** Texts of a receipt of the plain stage. */
struct plain_texts {
    char contract[24];
    char order_id[24];
    char receipt_id[24];
    char clave[24];
    char clues[16];
    char lot[16];
};

/** Receipt `n` of the plain stage: keys ascend, each is new. Points into `texts`. */
void year_plain(int64_t n, struct plain_texts *texts, struct receipt_taken *out);

#endif
