#ifndef COMMON_CONTRACT_NUMBER_H
#define COMMON_CONTRACT_NUMBER_H

#include "common/base/arena.h"
#include "common/base/error.h"

enum { CONTRACT_NUMBER_BYTES_MAX = 100 };

enum contract_number_form {
    CONTRACT_NUMBER_MISSING, /**< blank, NAN, S/N, N/A …: no contract; text is "" */
    CONTRACT_NUMBER_PRESENT,
    CONTRACT_NUMBER_UNREADABLE, /**< over CONTRACT_NUMBER_BYTES_MAX bytes, not UTF-8, or holds '|' (which
                                     separates identities): no identity; text is "" */
};

/** A contract number in its canonical form. Plain data; one contract of an institution has one. */
struct contract_number {
    char text[CONTRACT_NUMBER_BYTES_MAX + 1];
    enum contract_number_form form;
};

/**
 * Reads a contract number of any institution; NULL is missing. Canonical: trimmed, upper case, inner
 * blanks collapsed and none around '-' and '/', typographic dashes as '-'; in numbers with '/', leading
 * zeros dropped from segments of digits only, so that IB/0123/2025 and IB/123/2025 are one contract (a
 * year has none to lose). Segments between dashes keep theirs: 050GYR032N02826-084-00.
 */
struct contract_number contract_number_read(const char *text);

/** `<institution>/<canonical number>`: the contract's identity and Kafka key; owned by the arena. */
char *contract_number_id(struct arena *arena, const char *institution, const char *contract_number);

/** `<institution>/sin-contrato/<order or remisión>`: where rows without any contract go; lower case,
 *  which no canonical number is. Owned by the arena. */
char *contract_number_id_without(struct arena *arena, const char *institution,
                                 const char *order_or_remision);

#endif
