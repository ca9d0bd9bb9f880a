#include "common/domain/rfc.h"
#include "tests/base/unit.h"

#include <string.h>

struct rfc_case {
    const char *name;
    const char *text;
    enum rfc_fault fault;
    const char *canonical;
    bool person;
};

#define WIDE "\U00091451\U00091451\U00091451\U00091451"

/* Wrong ones are real: official ComprasMX data and the warehouse file (domain.md §1). */
static const struct rfc_case cases[] = {
    {"SAT's example of a person", "GODE561231GR8", RFC_FAULT_NONE, "GODE561231GR8", true},
    {"a company", "IME190522GE3", RFC_FAULT_NONE, "IME190522GE3", false},
    {"IMSS", "IMS421231I45", RFC_FAULT_NONE, "IMS421231I45", false},
    {"lower case, dashes and blanks", " gode-561231 gr8\n", RFC_FAULT_NONE, "GODE561231GR8", true},
    {"the generic RFC of the public", "XAXX010101000", RFC_FAULT_NONE, "XAXX010101000", true},
    {"the generic RFC of foreigners", "XEXX010101000", RFC_FAULT_NONE, "XEXX010101000", true},
    {"an & is a letter", "A&B010101AB2", RFC_FAULT_CHECK_DIGIT, "A&B010101AB2", false},
    {"an ñ is one letter of two bytes", "ñañ010101ab3", RFC_FAULT_CHECK_DIGIT, "ÑAÑ010101AB3",
     false},
    {"a wrong check digit", "GODE561231GR9", RFC_FAULT_CHECK_DIGIT, "GODE561231GR9", true},
    {"a wrong one of ComprasMX", "JME841231168", RFC_FAULT_CHECK_DIGIT, "JME841231168", false},
    {"another of ComprasMX", "PSE001026IZ6", RFC_FAULT_CHECK_DIGIT, "PSE001026IZ6", false},
    {"one character missing", "BME91072331", RFC_FAULT_LENGTH, "BME91072331", false},
    {"letters in the date", "BIM071148QO0", RFC_FAULT_DATE, "BIM071148QO0", false},
    {"a month 13", "IME191322GE3", RFC_FAULT_DATE, "IME191322GE3", false},
    {"29 February 2000", "GODE000229GR8", RFC_FAULT_CHECK_DIGIT, "GODE000229GR8", true},
    {"a digit among the letters", "1ME190522GE3", RFC_FAULT_CHARACTERS, "1ME190522GE3", false},
    {"a B as the check digit", "IME190522GEB", RFC_FAULT_CHARACTERS, "IME190522GEB", false},
    {"a letter O in the date", "IME19O522GE3", RFC_FAULT_CHARACTERS, "IME19O522GE3", false},
    {"other characters", "IME190522G*3", RFC_FAULT_CHARACTERS, "IME190522G*3", false},
    {"not UTF-8", "IME190522GE\xFF", RFC_FAULT_CHARACTERS, "IME190522GE\uFFFD", false},
    {"NAN", "NAN", RFC_FAULT_MISSING, "", false},
    {"S/N", "s/n", RFC_FAULT_MISSING, "", false},
    {"nothing", "", RFC_FAULT_MISSING, "", false},
    {"no text", NULL, RFC_FAULT_MISSING, "", false},
    {"sixty digits", "123456789012345678901234567890123456789012345678901234567890",
     RFC_FAULT_LENGTH, "12345678901234567890123456789012345~", false},
    {"thirteen wide characters", WIDE WIDE WIDE "\U00091451", RFC_FAULT_CHARACTERS,
     WIDE WIDE WIDE "\U00091451", true},
};

START_TEST(an_rfc_is_normalised_and_its_first_fault_named)
{
    const struct rfc_case *row = &cases[_i];
    const struct rfc rfc = rfc_read(row->text);
    /* up to the '~' of a shortened one */
    const size_t compared =
        strchr(row->canonical, '~') == NULL ? RFC_TEXT_BYTES : strlen(row->canonical);

    ck_assert_msg(strncmp(rfc.text, row->canonical, compared) == 0, "%s: «%s»", row->name,
                  rfc.text);
    ck_assert_msg(rfc.fault == row->fault, "%s: fault %d", row->name, (int)rfc.fault);
    ck_assert_msg(rfc.person == row->person, "%s: person", row->name);
}
END_TEST

START_TEST(a_very_long_rfc_is_shortened)
{
    enum { BYTES = 1000000 };
    char *text = malloc(BYTES + 1);
    struct rfc rfc;

    ck_assert_ptr_nonnull(text);
    memset(text, '\xFF', BYTES);
    text[BYTES] = '\0';
    rfc = rfc_read(text);
    ck_assert_int_eq(rfc.fault, RFC_FAULT_LENGTH);
    ck_assert_uint_lt(strlen(rfc.text), RFC_TEXT_BYTES);
    free(text);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_rfc_is_normalised_and_its_first_fault_named, 0,
                        UNIT_COUNT(cases));
    tcase_add_test(tcase, a_very_long_rfc_is_shortened);
}

int main(void)
{
    return unit_run("domain.rfc", fill);
}
