#include "services/gateway/gateway_kind.h"

#include <assert.h>
#include <string.h>

static const struct gateway_kind kinds[] = {
    {&contract_reported_type, "reported.contracts", "contract", false, false},
    {&contract_line_reported_type, "reported.contracts", "line", false, false},
    {&order_reported_type, "reported.orders", "order", true, false},
    {&shipment_reported_type, "reported.shipments", "shipment", true, false},
    {&receipt_reported_type, "reported.receipts", "receipt", true, true},
    {&decision_reported_type, "reported.decisions", "decision", true, false},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *const gateway_reported_topics[] = {"reported.contracts", "reported.orders",
                                               "reported.shipments", "reported.receipts",
                                               "reported.decisions", NULL};

const struct gateway_kind *gateway_kind_of(const struct record_type *type)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].type == type) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct gateway_kind *gateway_kind_named(const char *name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

void gateway_set_text(const struct record_type *type, void *event, const char *member,
                      const char *text)
{
    const struct record_field *field = record_field_named(type, member);

    if (field != NULL) {
        assert(field->type == FIELD_TEXT);
        *(const char **)(void *)((unsigned char *)event + field->offset) = text;
    }
}

struct fact *gateway_fact(const struct record_type *type, void *event)
{
    const struct record_field *field = record_field_named(type, "fact");

    assert(field != NULL && field->record == &fact_type);
    return (struct fact *)(void *)((unsigned char *)event + field->offset);
}
