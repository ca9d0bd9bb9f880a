#include "cli/filter.h"

#include "cli/options.h"
#include "cli/say.h"
#include "common/domain/clave.h"
#include "common/domain/contract_number.h"

#include <ctype.h>
#include <string.h>

static const char without_contract[] = "sin-contrato/";

/* The institution that stands before the number; NULL when none of ours does. */
static const char *institution_before(const char *said, struct arena *arena)
{
    const size_t length = strcspn(said, "/");
    const struct contract_number read = contract_number_read(arena_text(arena, said, length));
    char *institution = arena_copy(arena, read.text);

    for (char *at = institution; *at != '\0'; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return said[length] == '/' && options_institution_known(institution) ? institution : NULL;
}

bool filter_contract(const char *said, struct arena *arena, const char **out, struct error *err)
{
    const char *institution;
    const char *number;
    struct contract_number read;

    *out = NULL;
    if (said == NULL) {
        return true;
    }
    institution = institution_before(said, arena);
    number = institution == NULL ? said : strchr(said, '/') + 1;
    read = contract_number_read(number);
    if (read.form != CONTRACT_NUMBER_PRESENT) {
        return error_set(err, ERROR_REJECT,
                         say("«%s» no es un número de contrato", "«%s» is no contract number"),
                         said);
    }
    /* Where rows without a contract go is written as it is. */
    if (strncmp(number, without_contract, strlen(without_contract)) != 0) {
        number = arena_copy(arena, read.text);
    }
    *out = institution == NULL ? number : arena_format(arena, "%s/%s", institution, number);
    return true;
}

bool filter_clave(const char *said, struct arena *arena, const char **out, struct error *err)
{
    struct clave clave;

    *out = NULL;
    if (said == NULL) {
        return true;
    }
    clave = clave_read(said);
    if (clave.form == CLAVE_MISSING) {
        return error_set(err, ERROR_REJECT, say("«%s» no es una clave", "«%s» is no clave"), said);
    }
    *out = arena_copy(arena, clave.text);
    return true;
}
