#include "tests/sanctions/sanctions_usual.h"

#include "services/sanctions/sanctions_handlers.h"
#include "services/sanctions/sanctions_tables.h"

const char usual_contract_id[] = "imss/C0";
const char usual_order_id[] = "imss/C0|0|010.000.0101.00";
static const char *const one_fact[] = {"F@1"};

const struct service usual_service = {
    .name = "sanctions",
    .outputs = (const char *const[]){"sanctions", "findings", NULL},
    .tables = sanctions_tables,
    .handlers = sanctions_handlers,
};

struct contract_registered usual_contract(void)
{
    return (struct contract_registered){.institution = "imss",
                                        .contract_id = usual_contract_id,
                                        .contract_number = "C0",
                                        .supplier_rfc = "XFI000101027",
                                        .supplier_name = "PROVEEDOR FICTICIO 001",
                                        .terms = {.stated = true,
                                                  .origin = "contrato",
                                                  .clause = "Cláusula 15",
                                                  .rate_bp = 200,
                                                  .cap_days = 5,
                                                  .has_cap_days = true,
                                                  .missing_goods = MISSING_GOODS_AFTER_CAP},
                                        .invented = true,
                                        .facts = one_fact,
                                        .facts_count = 1,
                                        .digest = ""};
}

struct order_issued usual_order(void)
{
    return (struct order_issued){.institution = "imss",
                                 .contract_id = usual_contract_id,
                                 .order_id = usual_order_id,
                                 .order_number = "0",
                                 .clave = "010.000.0101.00",
                                 .pieces = 100,
                                 .price_e4 = 1000000,
                                 .has_price_e4 = true,
                                 .due_on = USUAL_DUE,
                                 .has_due_on = true,
                                 .facts = one_fact,
                                 .facts_count = 1,
                                 .digest = ""};
}

struct delivery_recorded usual_delivery(const struct delivery_part *parts, size_t count,
                                        int64_t missing)
{
    return (struct delivery_recorded){.institution = "imss",
                                      .contract_id = usual_contract_id,
                                      .order_id = usual_order_id,
                                      .order_number = "0",
                                      .clave = "010.000.0101.00",
                                      .missing_pieces = missing,
                                      .parts = parts,
                                      .parts_count = count,
                                      .facts = one_fact,
                                      .facts_count = 1,
                                      .digest = ""};
}
