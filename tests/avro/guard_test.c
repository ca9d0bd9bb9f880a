#include "common/avro/guard.h"
#include "tests/base/unit.h"

#include <string.h>

struct guard_case {
    const char *story;
    const char *schema;
    const char *bytes;
    size_t size;
    const char *fault; /* how the message starts; NULL: it passes */
};

#define BYTES(text) text, sizeof(text) - 1
#define FIELDS(fields) "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" fields "]}"
#define FIELD(type) FIELDS("{\"name\":\"f\",\"type\":" type "}")
#define ARRAY(type) FIELD("{\"type\":\"array\",\"items\":" type "}")
#define MAP(type) FIELD("{\"type\":\"map\",\"values\":" type "}")
#define ENUM FIELD("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}")
#define EMPTY "{\"type\":\"record\",\"name\":\"Z\",\"fields\":[]}"
#define TREE FIELDS("{\"name\":\"next\",\"type\":[\"null\",\"R\"]}")
#define NINE_FF "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define X16 "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"

static const struct guard_case cases[] = {
    {"a text of its length passes", FIELD("\"string\""),
     BYTES("\x04"
           "ab"),
     NULL},
    {"a text longer than the message", FIELD("\"string\""),
     BYTES("\x06"
           "ab"),
     "f: length 3"},
    {"a text of negative length", FIELD("\"string\""), BYTES("\x01"), "f: length -1"},
    {"a text of 2^63-1 bytes", FIELD("\"string\""), BYTES("\xfe" NINE_FF "\x01" + 1), "f: "},
    {"bytes of 2 GiB", FIELD("\"bytes\""), BYTES("\x80\x80\x80\x80\x10"), "f: length 2147483648"},
    {"a NUL within a text", FIELD("\"string\""),
     BYTES("\x04"
           "a\0"),
     "f: text is not"},
    {"an overlong UTF-8 form", FIELD("\"string\""), BYTES("\x04\xc0\xaf"), "f: text is not"},
    {"a surrogate in UTF-8", FIELD("\"string\""), BYTES("\x06\xed\xa0\x80"), "f: text is not"},
    {"a cut UTF-8 character", FIELD("\"string\""), BYTES("\x02\xc3"), "f: text is not"},
    {"bytes may be anything", FIELD("\"bytes\""), BYTES("\x04\xff\0"), NULL},
    {"an empty message", FIELD("\"int\""), BYTES(""), "f: message ends within"},
    {"a number that never ends", FIELD("\"long\""), BYTES(NINE_FF "\xff\x01"), "f: number longer"},
    {"the smallest long passes", FIELD("\"long\""), BYTES(NINE_FF "\x01"), NULL},
    {"65 bits", FIELD("\"long\""), BYTES(NINE_FF "\x02"), "f: number longer"},
    {"an int of 33 bits", FIELD("\"int\""), BYTES("\x80\x80\x80\x80\x10"), "f: number 2147483648"},
    {"the largest int passes", FIELD("\"int\""), BYTES("\xfe\xff\xff\xff\x0f"), NULL},
    {"a boolean of two", FIELD("\"boolean\""), BYTES("\x02"), "f: boolean 2"},
    {"a double cut short", FIELD("\"double\""), BYTES("\0\0\0\0"), "f: 8 bytes announced"},
    {"a fixed cut short", FIELD("{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}"), BYTES("ab"),
     "f: 3 bytes announced"},
    {"an enum beyond its symbols", ENUM, BYTES("\x04"), "f: enum symbol 2 of 2"},
    {"a negative enum", ENUM, BYTES("\x01"), "f: enum symbol -1"},
    {"a union branch that is none", FIELD("[\"null\",\"int\"]"), BYTES("\x04"),
     "f: union branch 2"},
    {"a negative union branch", FIELD("[\"null\",\"int\"]"), BYTES("\x01"), "f: union branch -1"},
    {"bytes after the record", FIELD("\"int\""), BYTES("\x02\x02"), "1 bytes follow"},
    {"an array in two blocks", ARRAY("\"int\""), BYTES("\x02\x02\x04\x02\x02\0"), NULL},
    {"an array without its end", ARRAY("\"int\""), BYTES("\x02\x02"), "f: message ends within"},
    {"more items than bytes", ARRAY("\"int\""), BYTES("\x80\x01\x02\x02\0"), "f: 64 items"},
    {"2^62 items", ARRAY("\"int\""), BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\0"),
     "f: more than 262144 items"},
    {"a block that says its size", ARRAY("\"int\""), BYTES("\x03\x04\x02\x02\0"), NULL},
    {"a block that lies about its size", ARRAY("\"int\""), BYTES("\x03\x02\x02\x02\0"),
     "f: block is not"},
    {"a block of negative size", ARRAY("\"int\""), BYTES("\x03\x01\x02\x02\0"), "f: length -1"},
    {"a block count of -2^63", ARRAY("\"int\""), BYTES(NINE_FF "\x01\x02\0"), "f: too many items"},
    {"many items that take no bytes", ARRAY("\"null\""), BYTES("\x80\x80\x10\0"), "f["},
    {"too many items that take no bytes", ARRAY(EMPTY), BYTES("\x80\x80\x80\x01\0"),
     "f: more than"},
    {"few items that take no bytes pass", ARRAY("\"null\""), BYTES("\x04\0"), NULL},
    {"an item's fault names its place", ARRAY("\"string\""),
     BYTES("\x04\x02"
           "a\x02\xff\0"),
     "f[1]: text is not"},
    {"a map", MAP("\"int\""),
     BYTES("\x02\x02"
           "a\x02\0"),
     NULL},
    {"a map's key that is not UTF-8", MAP("\"int\""), BYTES("\x02\x02\xff\x02\0"), "f[0]: text"},
    {"a record within itself, three deep", TREE, BYTES("\x02\x02\0"), NULL},
    {"a record within itself, forty deep", TREE, BYTES(X16 X16 X16 "\0"), "next.next.next.next"},
};

static bool check(const struct guard_case *row, const char *bytes, struct error *err)
{
    struct schema schema = {0};
    uint8_t *copy = memory_alloc(row->size); /* its own block: ASan sees a read beyond it */
    bool passed;

    ck_assert_msg(schema_parse(row->schema, &schema, err), "%s: %s", row->story, err->message);
    if (row->size > 0) {
        memcpy(copy, bytes, row->size);
    }
    passed = guard_check(schema.root, (struct bytes){copy, row->size}, err);
    free(copy);
    schema_finish(&schema);
    return passed;
}

START_TEST(the_guard_stops_what_lies)
{
    const struct guard_case *row = &cases[_i];
    struct error err = {0};
    const bool passed = check(row, row->bytes, &err);

    if (row->fault == NULL) {
        ck_assert_msg(passed, "%s: %s", row->story, err.message);
        return;
    }
    ck_assert_msg(!passed, "%s passed", row->story);
    ck_assert_int_eq(err.action, ERROR_REJECT);
    ck_assert_msg(strncmp(err.message, row->fault, strlen(row->fault)) == 0, "%s: %s", row->story,
                  err.message);
}
END_TEST

START_TEST(a_message_beyond_the_bound_is_not_walked)
{
    struct schema schema = {0};
    struct error err = {0};
    uint8_t *bytes = memory_alloc(GUARD_MAX_BYTES + 1);

    ck_assert(schema_parse("\"bytes\"", &schema, &err));
    ck_assert(!guard_check(schema.root, (struct bytes){bytes, GUARD_MAX_BYTES + 1}, &err));
    ck_assert_int_eq(err.action, ERROR_REJECT);
    free(bytes);
    schema_finish(&schema);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_guard_stops_what_lies, 0, UNIT_COUNT(cases));
    tcase_add_test(tcase, a_message_beyond_the_bound_is_not_walked);
}

int main(void)
{
    return unit_run("avro_guard", fill);
}
