#include "common/base/text.h"
#include "common/domain/clave.h"
#include "common/domain/contract_number.h"
#include "common/domain/identifier.h"
#include "common/domain/order_number.h"
#include "common/domain/rfc.h"
#include "common/domain/shard.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What contracts, orders, claves and suppliers are known by. A canonical form is its own canonical form: if it were
 * not, one contract would be two. Identities hold no '|', which separates them, and fit where they are kept.
 *
 * Input: a text as a cell or a client has it. */

static void check_identity(const char *text, size_t room, bool may_separate)
{
    FUZZ_CHECK(text_is_utf8(text, strlen(text)), "\"%s\" is no UTF-8", text);
    FUZZ_CHECK(strlen(text) < room, "\"%s\" does not fit", text);
    FUZZ_CHECK(may_separate || strchr(text, '|') == NULL, "\"%s\" separates identities", text);
    FUZZ_CHECK(text[0] != ' ' && (text[0] == '\0' || text[strlen(text) - 1] != ' '),
               "\"%s\" has blanks at its ends", text);
}

static void check_contract(const char *text)
{
    const struct contract_number once = contract_number_read(text);
    const struct contract_number twice = contract_number_read(once.text);

    check_identity(once.text, sizeof once.text, false);
    FUZZ_CHECK(strcmp(once.text, twice.text) == 0, "contract \"%s\" becomes \"%s\"", once.text,
               twice.text);
    FUZZ_CHECK((once.form == CONTRACT_NUMBER_PRESENT) == (once.text[0] != '\0'),
               "contract \"%s\": there or not?", once.text);
    FUZZ_CHECK(once.form != CONTRACT_NUMBER_PRESENT || twice.form == CONTRACT_NUMBER_PRESENT,
               "contract \"%s\" vanishes", once.text);
    FUZZ_CHECK(shard_of(once.text, 24) >= 0 && shard_of(once.text, 24) < 24, "no such shard");
}

static void check_order(const char *text)
{
    const struct order_number once = order_number_read(text);
    const struct order_number twice = order_number_read(once.text);

    check_identity(once.text, sizeof once.text, false);
    FUZZ_CHECK(strcmp(once.text, twice.text) == 0, "order \"%s\" becomes \"%s\"", once.text,
               twice.text);
    FUZZ_CHECK(once.text[0] == '\0' || once.form == twice.form, "order \"%s\" has two forms",
               once.text);
}

static void check_identifier(const char *text)
{
    char once[101];
    char twice[101];
    const enum identifier_form form = identifier_read(text, once, sizeof once);

    check_identity(once, sizeof once, false);
    FUZZ_CHECK((form == IDENTIFIER_PRESENT) == (once[0] != '\0'), "\"%s\": there or not?", once);
    FUZZ_CHECK(form != IDENTIFIER_PRESENT ||
                   (identifier_read(once, twice, sizeof twice) == form && strcmp(once, twice) == 0),
               "identifier \"%s\" becomes another", once);
}

static void check_clave(const char *text)
{
    const struct clave once = clave_read(text);
    const struct clave twice = clave_read(once.text);

    check_identity(once.text, sizeof once.text, true);
    FUZZ_CHECK(strcmp(once.text, twice.text) == 0, "clave \"%s\" becomes \"%s\"", once.text,
               twice.text);
    FUZZ_CHECK(once.form == twice.form, "clave \"%s\" has two forms", once.text);
    FUZZ_CHECK((once.form == CLAVE_MISSING) == (once.text[0] == '\0'),
               "clave \"%s\": there or not?", once.text);
    FUZZ_CHECK(!twice.respelled, "clave \"%s\" is not spelled as itself", once.text);
}

static void check_rfc(const char *text)
{
    const struct rfc once = rfc_read(text);
    const struct rfc twice = rfc_read(once.text);

    check_identity(once.text, sizeof once.text, true);
    FUZZ_CHECK(strcmp(once.text, twice.text) == 0, "RFC \"%s\" becomes \"%s\"", once.text,
               twice.text);
    FUZZ_CHECK(once.fault == twice.fault, "RFC \"%s\" has two faults", once.text);
    FUZZ_CHECK((once.fault == RFC_FAULT_MISSING) == (once.text[0] == '\0'),
               "RFC \"%s\": there or not?", once.text);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct arena arena = {0};
    const char *text = fuzz_text(&input, 0, &arena);

    check_contract(text);
    check_order(text);
    check_identifier(text);
    check_clave(text);
    check_rfc(text);
    arena_finish(&arena);
}
