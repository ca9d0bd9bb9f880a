#ifndef COMMON_CLAVE_H
#define COMMON_CLAVE_H

#include "common/base/error.h"

#include <stdbool.h>

enum { CLAVE_TEXT_BYTES = 48 }; /**< longer texts are shortened by digest_shorten */

enum clave_form {
    CLAVE_MISSING, /**< blank, NAN, S/C: text is "" */
    CLAVE_CNIS,  /**< well-formed for its group; whether the catalogue knows it is another matter */
    CLAVE_CUCOP, /**< 9999-9999: an expenditure classifier, not a clave; taken with a warning */
    CLAVE_MALFORMED, /**< anything else, trimmed and in upper case; taken with a warning */
};

/** A clave in its canonical form. Plain data; equal claves have equal text. */
struct clave {
    char text[CLAVE_TEXT_BYTES]; /**< "010.000.0104.00", "060.016.0105", "2231-0167" */
    enum clave_form form;
    bool respelled; /**< the source wrote it in another way (blanks, dashes, no dots, lower case) */
    char imss_suffix
        [5]; /**< from IMSS's 14 digits: what CNIS has no place for: the variant ("00"), and
                              the differentiator before it outside 010-040 ("0100"); else "" */
};

/**
 * Reads a clave as institutions write it; never rejects.
 *
 * CNIS (measured on the 3,900 keys of the 2025-26 tender): group.generic.specific of 3, 3 and 4
 * digits; groups 010, 020, 030 and 040 have two more (the presentation), all others (060, 070, 080,
 * 130, 513, 531 …) have none. IMSS writes 14 digits, GPO-GEN-ESP-DIF-VAR:
 * DIF is the presentation, VAR is IMSS's own. Dots, dashes, blanks or nothing between the parts.
 * NULL is CLAVE_MISSING.
 */
struct clave clave_read(const char *text);

#endif
