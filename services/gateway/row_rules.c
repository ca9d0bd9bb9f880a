#include "common/avro/record_member.h"
#include "common/base/date.h"
#include "common/base/text.h"
#include "events.h"
#include "services/gateway/row_reading.h"

#include <stdint.h>

/* The column that fills a member; NULL: none does. */
static const struct layout_column *column_of(const struct row_reading *reading,
                                             const struct layout_member *member)
{
    for (size_t i = 0; i < reading->layout->column_count; i++) {
        const struct layout_column *column = &reading->layout->columns[i];

        if (column->target.field == member->field && column->target.base == member->base) {
            return column;
        }
    }
    return NULL;
}

static void warn_on(struct row_reading *reading, const struct layout_member *member,
                    const struct layout_member *instead, enum reason why, const char *about)
{
    const struct layout_column *column = column_of(reading, member);

    if (column == NULL && instead != NULL) {
        column = column_of(reading, instead);
    }
    if (column != NULL) {
        row_warn(reading, column, why, about);
    }
}

static bool is_null(const struct row_reading *reading, const struct layout_member *member)
{
    return record_field_is_null(member->field, layout_member_at(member, reading->event));
}

static int64_t *int64_at(const struct row_reading *reading, const struct layout_member *member)
{
    return member_of(member->field, layout_member_at(member, reading->event));
}

static int32_t *date_at(const struct row_reading *reading, const struct layout_member *member)
{
    return member_of(member->field, layout_member_at(member, reading->event));
}

/* A negative quantity is readable: goods that went back. Only a delivery can be given back; what came
 * by another way does not touch an order, and keeps its sign. */
static void turn_into_return(struct row_reading *reading)
{
    const struct layout_rules *rules = &reading->layout->rules;
    unsigned *kind;

    for (size_t i = 0; i < reading->layout->column_count; i++) {
        const struct layout_column *column = &reading->layout->columns[i];

        if (!column->negative_returns || column->target.field == NULL ||
            *int64_at(reading, &column->target) >= 0) {
            continue;
        }
        kind = member_of(rules->return_kind.field,
                         layout_member_at(&rules->return_kind, reading->event));
        if (*kind == (unsigned)rules->delivery_symbol || *kind == (unsigned)rules->return_symbol) {
            *kind = (unsigned)rules->return_symbol;
            *int64_at(reading, &column->target) *= -1;
            row_warn(reading, column, REASON_IS_RETURN, NULL);
        } else {
            row_warn(reading, column, REASON_IS_SUBTRACTED, NULL);
        }
    }
}

static void subtract(struct row_reading *reading)
{
    const struct layout_rules *rules = &reading->layout->rules;
    int64_t *pieces = int64_at(reading, &rules->subtract_from);
    const int64_t refused = *int64_at(reading, &rules->subtract);

    if (*pieces < 0 || refused == 0) {
        return;
    }
    if (refused > *pieces) {
        warn_on(reading, &rules->subtract, NULL, REASON_MORE_REJECTED, NULL);
        *pieces = 0;
        return;
    }
    *pieces -= refused;
}

static void date_cancellation(struct row_reading *reading)
{
    const struct layout_rules *rules = &reading->layout->rules;
    const struct record_field *status = rules->cancelled_status.field;
    const unsigned symbol =
        member_enum(status, layout_member_at(&rules->cancelled_status, reading->event));

    if (!text_equal(status->symbols[symbol], "CANCELLED") ||
        !is_null(reading, &rules->cancelled_on)) {
        return;
    }
    reading->out->cancelled_undated = reading->layout->event == &order_reported_type;
    *date_at(reading, &rules->cancelled_on) =
        (int32_t)(reading->out->as_of / DATE_DAY_MICROSECONDS);
    member_set_present(rules->cancelled_on.field,
                       layout_member_at(&rules->cancelled_on, reading->event), true);
    warn_on(reading, &rules->cancelled_on, &rules->cancelled_status, REASON_CANCELLED_UNDATED,
            NULL);
}

static int32_t months_later(int32_t date, int64_t months)
{
    struct civil civil = date_to_civil(date);
    const int64_t month = civil.month - 1 + months;
    int32_t later = date;

    civil.year += (int32_t)(month / 12);
    civil.month = (int32_t)(month % 12) + 1;
    while (!date_from_civil(civil, &later) && civil.day > 28) {
        civil.day--; /* 31 January plus one month is the last of February */
    }
    return later;
}

static void watch_shelf_life(struct row_reading *reading)
{
    const struct layout_rules *rules = &reading->layout->rules;
    const bool *letter;

    if (is_null(reading, &rules->expires_on) || is_null(reading, &rules->arrived_on)) {
        return;
    }
    letter = member_of(rules->letter.field, layout_member_at(&rules->letter, reading->event));
    if (!is_null(reading, &rules->letter) && *letter) {
        return;
    }
    if (*date_at(reading, &rules->expires_on) <
        months_later(*date_at(reading, &rules->arrived_on), rules->shelf_life_months)) {
        warn_on(reading, &rules->expires_on, NULL, REASON_SHORT_LIFE,
                arena_format(reading->arena, "%d", (int)rules->shelf_life_months));
    }
}

void row_apply_rules(struct row_reading *reading)
{
    const struct layout_rules *rules = &reading->layout->rules;

    turn_into_return(reading);
    if (rules->subtract.field != NULL) {
        subtract(reading);
    }
    if (rules->cancelled_on.field != NULL) {
        date_cancellation(reading);
    }
    if (rules->expires_on.field != NULL) {
        watch_shelf_life(reading);
    }
}
