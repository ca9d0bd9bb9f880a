#include "common/base/text.h"
#include "services/gateway/row.h"

static bool is_said(const struct row_remark *said, size_t count, const struct row_remark *remark)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(said[i].column, remark->column) &&
            said[i].reason.why == remark->reason.why) {
            return true;
        }
    }
    return false;
}

static enum row_verdict verdict_of(const struct reported_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].verdict != ROW_TAKEN && rows[i].verdict != ROW_SILENT) {
            return rows[i].verdict;
        }
    }
    return ROW_TAKEN;
}

struct row_answer row_answer_of(const struct reported_row *rows, size_t count, struct arena *arena)
{
    struct row_answer answer = {.verdict = verdict_of(rows, count)};
    struct row_remark *remarks;
    size_t room = 0;

    for (size_t i = 0; i < count; i++) {
        room += rows[i].remark_count;
    }
    remarks = arena_array(arena, room + 1, sizeof *remarks);
    for (size_t i = 0; i < count; i++) {
        /* of a row that is set aside only what keeps it from being taken is said */
        for (size_t j = 0; rows[i].verdict == answer.verdict && j < rows[i].remark_count; j++) {
            const struct row_remark *remark = &rows[i].remarks[j];

            if (!is_said(remarks, answer.remark_count, remark)) {
                remarks[answer.remark_count++] = *remark;
            }
        }
    }
    answer.remarks = remarks;
    return answer;
}
