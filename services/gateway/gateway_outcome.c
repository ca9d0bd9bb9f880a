#include "services/gateway/gateway_outcome.h"

#include <string.h>

bool gateway_outcome_file(struct work *work, const struct file_account *account, struct error *err)
{
    const struct file_answered answer = {.institution = account->institution,
                                         .file_id = account->file_id,
                                         .sha256 = account->sha256,
                                         .name = account->name,
                                         .layout = account->layout,
                                         .refusal = account->refusal,
                                         .as_of = account->as_of,
                                         .has_as_of = account->has_as_of,
                                         .invented = strcmp(account->nature, "demostracion") == 0,
                                         .rows = account->rows,
                                         .taken = account->taken,
                                         .warned = account->warned,
                                         .unchanged = account->unchanged,
                                         .superseded = account->superseded,
                                         .quarantined = account->quarantined,
                                         .times_read = account->times_read};

    return work_emit(work, GATEWAY_OUTCOMES, account->file_id, &file_answered_type, &answer, err);
}

static void put_remark(struct work *work, const struct row_remark *said, struct report_remark *out)
{
    *out = (struct report_remark){.code = reason_code(said->reason.why),
                                  .field = said->column,
                                  .found = said->found,
                                  .expected = said->expected,
                                  .reason = reason_text(work_arena(work), &said->reason),
                                  .action = said->action};
}

bool gateway_outcome_report(struct work *work, struct report_answered *answer,
                            const struct row_remark *first, size_t first_count,
                            const struct row_remark *second, size_t second_count, struct error *err)
{
    struct report_remark *remarks =
        arena_array(work_arena(work), first_count + second_count + 1, sizeof *remarks);

    for (size_t i = 0; i < first_count; i++) {
        put_remark(work, &first[i], &remarks[i]);
    }
    for (size_t i = 0; i < second_count; i++) {
        put_remark(work, &second[i], &remarks[first_count + i]);
    }
    answer->institution = work_institution(work);
    answer->remarks = remarks;
    answer->remarks_count = first_count + second_count;
    return work_emit(work, GATEWAY_OUTCOMES, answer->ce_id, &report_answered_type, answer, err);
}
