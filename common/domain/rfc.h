#ifndef COMMON_RFC_H
#define COMMON_RFC_H

#include "common/base/error.h"

#include <stdbool.h>

/** Thirteen characters always fit, so that what is shortened (digest_shorten) had another length and keeps it. */
enum { RFC_TEXT_BYTES = 13 * 4 + 1 };

/** What is wrong with an RFC. All of it is a warning, never a reason to reject: 9 of 1,678 official
 *  RFCs fail the check digit, hand-typed data more. */
enum rfc_fault {
    RFC_FAULT_NONE,
    RFC_FAULT_MISSING,     /**< blank, NAN, S/N: text is "" */
    RFC_FAULT_LENGTH,      /**< neither 12 (company) nor 13 (person) characters */
    RFC_FAULT_CHARACTERS,  /**< letters, digits, & or Ñ where they do not belong */
    RFC_FAULT_DATE,        /**< yymmdd is no day */
    RFC_FAULT_CHECK_DIGIT, /**< the last character is not the one that SAT computes */
};

/** An RFC in its canonical form: upper case, no blanks, dashes or dots. Plain data. */
struct rfc {
    char text[RFC_TEXT_BYTES];
    enum rfc_fault fault; /**< the first one found, in the order of the enum */
    bool person; /**< 13 characters: a natural person, whose name and RFC are personal data */
};

/** Reads an RFC; NULL is missing. Check digit (domain.md §1, after SAT's rule): values 0-9 = 0..9, A-N
 *  = 10..23, & = 24, O-Z = 25..36, space = 37, Ñ = 38; left-padded to 13 with a space; sum of value x
 *  (13..2) over 12 characters; r = sum mod 11; 0 gives 0, 1 gives A, else 11 - r. SAT's generic RFCs
 *  XAXX010101000 and XEXX010101000 are without fault. */
struct rfc rfc_read(const char *text);

#endif
