#include "common/domain/clave.h"
#include "tests/base/unit.h"

#include <string.h>

struct clave_case {
    const char *name;
    const char *text;
    enum clave_form form;
    const char *canonical;
    bool respelled;
    const char *imss_suffix;
};

static const struct clave_case cases[] = {
    {"a medicine", "010.000.0104.00", CLAVE_CNIS, "010.000.0104.00", false, ""},
    {"a vaccine", "020.000.3808.01", CLAVE_CNIS, "020.000.3808.01", false, ""},
    {"curation material", "060.016.0105", CLAVE_CNIS, "060.016.0105", false, ""},
    {"an instrument", "531.784.0204", CLAVE_CNIS, "531.784.0204", false, ""},
    {"the catalogue's trailing blank", "010.000.0104.00 ", CLAVE_CNIS, "010.000.0104.00", true, ""},
    {"a no-break space",
     "\xC2\xA0"
     "060.016.0105",
     CLAVE_CNIS, "060.016.0105", true, ""},
    {"digits only", "010000010400", CLAVE_CNIS, "010.000.0104.00", true, ""},
    {"ten digits only", "0600160105", CLAVE_CNIS, "060.016.0105", true, ""},
    {"dashes", "060-016-0105", CLAVE_CNIS, "060.016.0105", true, ""},
    {"IMSS's fourteen digits of a medicine", "010 000 0104 01 02", CLAVE_CNIS, "010.000.0104.01",
     true, "02"},
    {"the same in one piece", "01000001040102", CLAVE_CNIS, "010.000.0104.01", true, "02"},
    {"IMSS's fourteen digits of curation material", "060.016.0105.01.03", CLAVE_CNIS,
     "060.016.0105", true, "0103"},
    {"a medicine without presentation", "010.000.0104", CLAVE_MALFORMED, "010.000.0104", false, ""},
    {"curation material with presentation", "060.016.0105.00", CLAVE_MALFORMED, "060.016.0105.00",
     false, ""},
    {"a CUCOP code", "2231-0167", CLAVE_CUCOP, "2231-0167", false, ""},
    {"a CUCOP code with blanks", " 2231-0167\n", CLAVE_CUCOP, "2231-0167", true, ""},
    {"eight digits are no CUCOP code", "22310167", CLAVE_MALFORMED, "22310167", false, ""},
    {"ten digits in the wrong parts", "0600-160105", CLAVE_MALFORMED, "0600-160105", false, ""},
    {"SAICA's short key", "5186.02", CLAVE_MALFORMED, "5186.02", false, ""},
    {"lower case", "s/clave nueva", CLAVE_MALFORMED, "S/CLAVE NUEVA", true, ""},
    {"fifteen digits", "010000010400000", CLAVE_MALFORMED, "010000010400000", false, ""},
    {"forty digits", "1234567890123456789012345678901234567890", CLAVE_MALFORMED,
     "1234567890123456789012345678901234567890", false, ""},
    {"many points", "0.1.0.0.0.0.0.1.0.4.0.0", CLAVE_MALFORMED, "0.1.0.0.0.0.0.1.0.4.0.0", false,
     ""},
    {"nothing", "", CLAVE_MISSING, "", false, ""},
    {"no text", NULL, CLAVE_MISSING, "", false, ""},
    {"blanks", " \t ", CLAVE_MISSING, "", true, ""},
    {"NAN", "NAN", CLAVE_MISSING, "", true, ""},
    {"a dash", "-", CLAVE_MISSING, "", true, ""},
    {"not UTF-8", "010.000.0104.0\xFF", CLAVE_MALFORMED, "010.000.0104.0\uFFFD", true, ""},
};

START_TEST(claves_have_one_spelling)
{
    const struct clave_case *row = &cases[_i];
    const struct clave clave = clave_read(row->text);

    ck_assert_msg(strcmp(clave.text, row->canonical) == 0, "%s: «%s»", row->name, clave.text);
    ck_assert_msg(clave.form == row->form, "%s: form %d", row->name, (int)clave.form);
    ck_assert_msg(strcmp(clave.imss_suffix, row->imss_suffix) == 0, "%s: suffix «%s»", row->name,
                  clave.imss_suffix);
    ck_assert_msg(clave.respelled == row->respelled || row->text == NULL, "%s: respelled",
                  row->name);
}
END_TEST

START_TEST(a_canonical_clave_is_read_as_itself)
{
    const struct clave once = clave_read(cases[_i].text);
    const struct clave twice = clave_read(once.text);

    ck_assert_str_eq(twice.text, once.text);
    ck_assert_int_eq(twice.form, once.form);
    ck_assert(!twice.respelled);
}
END_TEST

START_TEST(very_long_claves_are_shortened_and_stay_two)
{
    enum { BYTES = 1000000 };
    char *text = malloc(BYTES + 1);
    struct clave a;
    struct clave b;

    ck_assert_ptr_nonnull(text);
    memset(text, '7', BYTES);
    text[BYTES] = '\0';
    a = clave_read(text);
    text[BYTES - 1] = '8';
    b = clave_read(text);
    ck_assert_int_eq(a.form, CLAVE_MALFORMED);
    ck_assert_uint_lt(strlen(a.text), CLAVE_TEXT_BYTES);
    ck_assert_str_ne(a.text, b.text);
    ck_assert_str_eq(clave_read(a.text).text, a.text);
    free(text);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, claves_have_one_spelling, 0, UNIT_COUNT(cases));
    tcase_add_loop_test(tcase, a_canonical_clave_is_read_as_itself, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, very_long_claves_are_shortened_and_stay_two);
}

int main(void)
{
    return unit_run("domain.clave", fill);
}
