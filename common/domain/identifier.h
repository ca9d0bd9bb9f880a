#ifndef COMMON_IDENTIFIER_H
#define COMMON_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

enum identifier_form {
    IDENTIFIER_MISSING,
    IDENTIFIER_PRESENT,
    IDENTIFIER_UNREADABLE, /**< does not fit, is not UTF-8, or holds '|', which separates identities */
};

/** What order, contract and remisión numbers have in common. Writes the canonical form into `out` of
 *  `out_bytes`: trimmed, upper case, inner blanks collapsed and none around '-' and '/', typographic
 *  dashes as '-'; "" unless present. NULL is missing. */
enum identifier_form identifier_read(const char *text, char *out, size_t out_bytes);

/** Whether a canonical text says that there is none: "", NAN, N/A, S/N, S/L, SIN CONTRATO …, or no
 *  letter and no digit at all. */
bool identifier_is_missing(const char *canonical);

#endif
