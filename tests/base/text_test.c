#include "common/base/text.h"
#include "tests/base/unit.h"

#include <string.h>

#define NBSP "\xC2\xA0"
#define BOM "\xEF\xBB\xBF"

static struct arena arena;

static void finish(void)
{
    arena_finish(&arena);
}

struct trim_case {
    const char *name;
    const char *text;
    const char *trimmed;
    const char *folded;
};

static const struct trim_case trim_cases[] = {
    {"nothing stays nothing", "", "", ""},
    {"only blanks give nothing", " \t\r\n" NBSP BOM, "", ""},
    {"blanks at the ends go", "  CLAVE ", "CLAVE", "CLAVE"},
    {"a line break inside a title is one blank", "DESCRIPCIÓN\n (SAICA)", "DESCRIPCIÓN (SAICA)",
     "DESCRIPCION (SAICA)"},
    {"a no-break space is a blank", "Fecha" NBSP NBSP "de entrega" NBSP, "Fecha de entrega",
     "FECHA DE ENTREGA"},
    {"the byte order mark before the first title goes", BOM "CNS", "CNS", "CNS"},
    {"accents and tildes fold", "año, güero, árbol, Ç", "año, güero, árbol, Ç",
     "ANO, GUERO, ARBOL, C"},
    {"decomposed accents fold as composed ones", "DESCRIPCIO\xCC\x81N", "DESCRIPCIO\xCC\x81N",
     "DESCRIPCION"},
    {"the sign of multiplication is no letter", "2 × 3 ÷ ß", "2 × 3 ÷ ß", "2 × 3 ÷ ß"},
    {"bytes that are not UTF-8 pass", " a\xFF\xC3 ", "a\xFF\xC3", "A\xFF\xC3"},
    {"a character cut at the end passes", "x\xE2\x82", "x\xE2\x82", "X\xE2\x82"},
};

START_TEST(titles_are_trimmed_and_folded)
{
    const struct trim_case *row = &trim_cases[_i];
    const char *trimmed = text_trim(&arena, row->text);
    const char *folded = text_fold(&arena, row->text);

    ck_assert_msg(text_equal(trimmed, row->trimmed), "%s: trimmed to «%s»", row->name, trimmed);
    ck_assert_msg(text_equal(folded, row->folded), "%s: folded to «%s»", row->name, folded);
}
END_TEST

START_TEST(null_is_equal_to_nothing_but_null)
{
    ck_assert(text_equal(NULL, NULL));
    ck_assert(!text_equal(NULL, ""));
    ck_assert(!text_equal("", NULL));
    ck_assert(text_equal("a", "a"));
    ck_assert(text_is_blank(NULL));
    ck_assert(text_is_blank(" " NBSP "\n"));
    ck_assert(!text_is_blank(" . "));
    ck_assert_ptr_null(text_trim(&arena, NULL));
    ck_assert_ptr_null(text_fold(&arena, NULL));
    ck_assert_ptr_null(text_upper(&arena, NULL));
}
END_TEST

START_TEST(spanish_letters_have_upper_case)
{
    ck_assert_str_eq(text_upper(&arena, "muñoz áéíóúü ÷ ÿ z{"), "MUÑOZ ÁÉÍÓÚÜ ÷ ÿ Z{");
}
END_TEST

struct utf8_case {
    const char *name;
    const char *bytes;
    size_t size;
    bool valid;
};

static const struct utf8_case utf8_cases[] = {
    {"nothing is well-formed", "", 0, true},
    {"ASCII, two, three and four bytes are well-formed", "añ€\xF0\x9F\x92\x8A", 10, true},
    {"NUL is not text", "a\0b", 3, false},
    {"an overlong slash is refused", "\xC0\xAF", 2, false},
    {"an overlong NUL is refused", "\xE0\x80\x80", 3, false},
    {"a surrogate is refused", "\xED\xA0\x80", 3, false},
    {"beyond U+10FFFF is refused", "\xF4\x90\x80\x80", 4, false},
    {"a cut character is refused", "a\xE2\x82", 3, false},
    {"a lone continuation is refused", "\x80", 1, false},
    {"Windows-1252 is refused", "DESCRIPCI\xD3N", 11, false},
    {"a long text is well-formed", "010.000.2540.00 tableta", 23, true},
    {"an accent behind a word of ASCII is well-formed", "TELMISARTÁN tabletas", 21, true},
    {"NUL in the second word of a text is not text", "12345678abc\0efgh", 16, false},
    {"the last byte of a word counts, too", "1234567\xFF", 8, false},
    {"01 and 7F are text", "\x01\x7F\x01\x7F\x01\x7F\x01\x7F", 8, true},
};

START_TEST(only_well_formed_utf8_passes)
{
    const struct utf8_case *row = &utf8_cases[_i];

    ck_assert_msg(text_is_utf8(row->bytes, row->size) == row->valid, "%s", row->name);
}
END_TEST

START_TEST(what_came_from_outside_is_made_printable)
{
    ck_assert_str_eq(text_clean(&arena, "a\0b\xFF\n", 5, 100), "a\uFFFDb\uFFFD\uFFFD");
    ck_assert_str_eq(text_clean(&arena, "ñññ", 6, 5), "ññ…");
    ck_assert_str_eq(text_clean(&arena, "abc", 3, 3), "abc");
    ck_assert_str_eq(text_clean(&arena, NULL, 0, 10), "");
}
END_TEST

START_TEST(a_very_long_text_is_no_trouble)
{
    enum { BYTES = 3000000 };
    char *text = arena_alloc(&arena, BYTES + 1);

    memset(text, 'a', BYTES);
    text[BYTES / 2] = ' ';
    ck_assert_uint_eq(strlen(text_trim(&arena, text)), BYTES);
    ck_assert_uint_eq(strlen(text_fold(&arena, text)), BYTES);
    ck_assert_uint_le(strlen(text_clean(&arena, text, BYTES, 60)), 63);
}
END_TEST

struct int_case {
    const char *text;
    bool read;
    int64_t value;
};

static const struct int_case int_cases[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"007", true, 7},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"1234567890123456789012345678901234567890", false, 0},
    {"18446744073709551616", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {"+1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"0x10", false, 0},
    {"١", false, 0},
    {NULL, false, 0},
};

START_TEST(integers_are_read_strictly)
{
    const struct int_case *row = &int_cases[_i];
    int64_t value = 42;
    const bool read = text_to_int64(row->text, &value);

    ck_assert_msg(read == row->read, "«%s»", row->text == NULL ? "NULL" : row->text);
    ck_assert_int_eq(value, row->read ? row->value : 42);
}
END_TEST

START_TEST(a_cut_format_is_told)
{
    char out[4];

    ck_assert(text_format(out, sizeof out, "%d", 123));
    ck_assert(!text_format(out, sizeof out, "%d", 1234));
    ck_assert_str_eq(out, "123");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_unchecked_fixture(tcase, NULL, finish);
    tcase_add_loop_test(tcase, titles_are_trimmed_and_folded, 0, UNIT_COUNT(trim_cases));
    tcase_add_test(tcase, null_is_equal_to_nothing_but_null);
    tcase_add_test(tcase, spanish_letters_have_upper_case);
    tcase_add_loop_test(tcase, only_well_formed_utf8_passes, 0, UNIT_COUNT(utf8_cases));
    tcase_add_test(tcase, what_came_from_outside_is_made_printable);
    tcase_add_test(tcase, a_very_long_text_is_no_trouble);
    tcase_add_loop_test(tcase, integers_are_read_strictly, 0, UNIT_COUNT(int_cases));
    tcase_add_test(tcase, a_cut_format_is_told);
}

int main(void)
{
    return unit_run("base.text", fill);
}
