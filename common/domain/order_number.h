#ifndef COMMON_ORDER_NUMBER_H
#define COMMON_ORDER_NUMBER_H

#include "common/base/arena.h"
#include "common/base/error.h"

enum { ORDER_NUMBER_BYTES_MAX = 100 };

enum order_number_form {
    ORDER_NUMBER_MISSING,        /**< blank, NAN, N/A, S/N …: text is "" */
    ORDER_NUMBER_IMSS_BIENESTAR, /**< the form of IMSS-Bienestar's system */
    ORDER_NUMBER_OTHER, /**< readable, of another form: right for IMSS and ISSSTE, a warning for
                                      IMSS-Bienestar */
    ORDER_NUMBER_UNREADABLE, /**< over ORDER_NUMBER_BYTES_MAX bytes, not UTF-8, or holds '|' (which
                                     separates identities): no identity; text is "" */
};

/** An order number in its canonical form. Plain data. */
struct order_number {
    char text[ORDER_NUMBER_BYTES_MAX + 1];
    enum order_number_form form;
};

/**
 * Reads an order number of any institution; NULL is missing. Canonical: trimmed, upper case, inner
 * blanks collapsed and none around '-' and '/', typographic dashes as '-'.
 *
 * IMSS-Bienestar's form (domain.md §1, formatos_reales.md §1, the 3,511 real receipts):
 * PREFIX-SS-0T-YYYY-NNNNNNNN[NN]-FUND, where PREFIX is 3 or 4 letters (IMB, IMBB, GSRB, ZIMB …), SS the
 * state 01-32, T 1 or 2, the 8-10 digits begin with SS, and FUND is 1-3 letters with up to 3 digits
 * (U013, ASF, F7, E001). About one per cent of the real ones are malformed.
 */
struct order_number order_number_read(const char *text);

/** `<contract_id>|<order number>|<clave>`: the identity of an order line; owned by the arena. */
char *order_number_id(struct arena *arena, const char *contract_id, const char *order_number,
                      const char *clave);

#endif
