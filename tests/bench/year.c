#include "tests/bench/year.h"

#include "common/base/date.h"
#include "events.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    FIRST_DAY = 20089, /* 2025-01-01 */
    DAYS = 365,
    DAYS_TO_DELIVER = 14,
    PIECES_MAX = 1000000,
    PLAIN_CONTRACTS = 5000,
};

/* Of 3,900; taken from the demonstration's catalogue. */
const char *const year_claves[] = {"010.000.2540.00", "010.000.0262.00", "010.000.0871.00",
                                   "010.000.0447.00", "010.000.5309.02", "010.000.4207.00",
                                   "010.000.5943.00", "010.000.2247.00"};
const int year_clave_count = sizeof year_claves / sizeof year_claves[0];

int32_t year_last_day(void)
{
    return FIRST_DAY + DAYS - 1 + 60; /* the latest arrive in spring */
}

/* Steele, Lea and Flood's SplitMix64: the same for everybody, whatever was asked before. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

struct dice {
    uint64_t state;
};

static uint64_t throw_dice(struct dice *dice)
{
    return dice->state = mix(dice->state);
}

static int64_t below(struct dice *dice, int64_t end)
{
    return (int64_t)(throw_dice(dice) % (uint64_t)end);
}

static bool per_thousand(struct dice *dice, int64_t share)
{
    return below(dice, 1000) < share;
}

static double unit(struct dice *dice)
{
    return (double)(throw_dice(dice) >> 11) / 9007199254740992.0;
}

int64_t year_contracts(const struct year *year)
{
    return 1 + (year->orders - 1) / year->orders_per_contract;
}

void year_contract(const struct year *year, int64_t contract, struct year_contract *out)
{
    (void)snprintf(out->number, sizeof out->number, "051GYN%03u-CC-%06" PRId64 "-2025",
                   (unsigned)year->seed % 1000, contract + 1);
    (void)snprintf(out->id, sizeof out->id, YEAR_INSTITUTION "/%s", out->number);
    (void)snprintf(out->rfc, sizeof out->rfc, "XFI000101%03d", (int)(contract % 278));
}

/* Log-normal with median 43 and mean 1,845. */
static int64_t pieces_of(struct dice *dice)
{
    const double spread = 2.74;
    const double normal = sqrt(-2.0 * log(1.0 - unit(dice))) * cos(6.283185307179586 * unit(dice));
    const double pieces = 43.0 * exp(spread * normal);

    return pieces < 2 ? 2 : pieces > PIECES_MAX ? PIECES_MAX : (int64_t)pieces;
}

static int32_t days_until(struct dice *dice)
{
    return per_thousand(dice, 700) ? 5 + (int32_t)below(dice, DAYS_TO_DELIVER - 4)
                                   : DAYS_TO_DELIVER + 1 + (int32_t)below(dice, 40);
}

static void fill_receipts(struct dice *dice, int64_t order, struct year_order *out)
{
    int32_t on = out->issued_on + days_until(dice);
    int64_t left = out->pieces;

    out->receipt_count = per_thousand(dice, 72) ? 0 : per_thousand(dice, 900) ? 1 : 2;
    if (out->receipt_count == 2 && per_thousand(dice, 100) && out->pieces > 2) {
        out->receipt_count = 3;
    }
    for (int32_t i = 0; i < out->receipt_count; i++) {
        struct year_receipt *receipt = &out->receipts[i];

        on += i > 0 && per_thousand(dice, 100) ? 7 : 0;
        receipt->pieces = i + 1 == out->receipt_count ? left : out->pieces / out->receipt_count;
        left -= receipt->pieces;
        receipt->received_on = on;
        receipt->entry_on = on + (int32_t)below(dice, 3);
        receipt->captured_on = receipt->entry_on + (int32_t)below(dice, 8);
        receipt->expires_on = on + 500 + (int32_t)below(dice, 540);
        receipt->corrected = per_thousand(dice, 40) && receipt->pieces > 1;
        receipt->stale = per_thousand(dice, 20);
        (void)snprintf(receipt->id, sizeof receipt->id, "ER-%09" PRId64 "-%d", order, i);
        (void)snprintf(receipt->lot, sizeof receipt->lot, "L%c%05d", 'A' + (int)below(dice, 26),
                       (int)below(dice, 100000));
    }
}

void year_order(const struct year *year, int64_t order, struct year_order *out)
{
    struct dice dice = {mix(year->seed) ^ mix((uint64_t)order + 1)};
    const double place = unit(&dice);
    struct year_contract contract;

    /* a few contracts carry much of it */
    out->contract = (int64_t)(place * place * (double)year_contracts(year));
    year_contract(year, out->contract, &contract);
    out->clave = year_claves[below(&dice, year_clave_count)];
    out->pieces = pieces_of(&dice);
    out->price_e4 = 10000 + below(&dice, 5000000);
    out->issued_on = FIRST_DAY + (int32_t)(order * DAYS / year->orders);
    out->due_on = out->issued_on + DAYS_TO_DELIVER;
    (void)snprintf(out->number, sizeof out->number, "OS-ISSSTE-2025-%09" PRId64, order);
    (void)snprintf(out->id, sizeof out->id, "%s|%s|%s", contract.id, out->number, out->clave);
    (void)snprintf(out->clues, sizeof out->clues, "DFIST%06d", (int)below(&dice, 1000) + 1);
    (void)snprintf(out->remission, sizeof out->remission, "RS%09" PRId64, order);
    fill_receipts(&dice, order, out);
}

void year_plain(int64_t n, struct plain_texts *texts, struct receipt_taken *out)
{
    struct dice dice = {(uint64_t)n};

    (void)snprintf(texts->contract, sizeof texts->contract, "CT-%05d",
                   (int)below(&dice, PLAIN_CONTRACTS));
    (void)snprintf(texts->order_id, sizeof texts->order_id, "OS-%09" PRId64, n / 4);
    (void)snprintf(texts->receipt_id, sizeof texts->receipt_id, "RC-26-%09" PRId64, n);
    (void)snprintf(texts->clave, sizeof texts->clave, "010.000.%04d.%02d", (int)below(&dice, 6000),
                   (int)below(&dice, 4));
    (void)snprintf(texts->clues, sizeof texts->clues, "DFSSA%06d", (int)below(&dice, 1000000));
    (void)snprintf(texts->lot, sizeof texts->lot, "L%c%c%06d", 'A' + (int)below(&dice, 26),
                   'A' + (int)below(&dice, 26), (int)below(&dice, 1000000));
    *out = (struct receipt_taken){.contract = texts->contract,
                                  .order_id = texts->order_id,
                                  .receipt_id = texts->receipt_id,
                                  .clave = texts->clave,
                                  .clues = texts->clues,
                                  .lot = texts->lot,
                                  .expiry = 20600 + (int32_t)below(&dice, 900),
                                  .quantity = 1 + (int32_t)below(&dice, 500),
                                  .unit_price = 100 + below(&dice, 900000),
                                  .received_at = INT64_C(1795000000000) + n * 7};
}
