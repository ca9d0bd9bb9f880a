#include "services/gateway/account.h"

#include "services/gateway/account_report.h"
#include "services/gateway/gateway_tables.h"

#include <inttypes.h>
#include <string.h>

enum { BLOCK_ROWS = 1000 };

static char *remark_block(struct work *work, const char *file_id, int64_t block)
{
    return arena_format(work_arena(work), "%s/%08" PRId64, file_id, block);
}

void account_need(struct work *work, const struct feed_file_record *record)
{
    work_need(work, &file_account_table, record->file_id);
}

void account_need_row(struct work *work, const struct feed_row_record *record)
{
    account_need(work, &record->of);
    work_need(work, &file_remark_table,
              remark_block(work, record->of.file_id, record->cells.number / BLOCK_ROWS));
}

void account_need_report(struct work *work, const struct feed_file_record *record)
{
    account_need(work, record);
    for (int64_t block = 0; block <= record->rows / BLOCK_ROWS; block++) {
        work_need(work, &file_remark_table, remark_block(work, record->file_id, block));
    }
}

static struct file_account *account_of(struct work *work, const struct feed_file_record *record)
{
    struct file_account *account = work_entity(work, &file_account_table, record->file_id);

    account->sha256 = record->file.sha256;
    account->institution = record->file.institution;
    account->name = record->file.name;
    account->layout = record->layout;
    account->has_as_of = record->file.has_as_of;
    account->as_of = record->file.as_of;
    account->nature = record->file.invented ? "demostracion" : "real";
    work_save(work, &file_account_table, account);
    return account;
}

void account_open(struct work *work, const struct feed_file_record *record)
{
    struct file_account *account = account_of(work, record);

    account->state = "reading";
    account->refusal = NULL;
    account->rows = 0;
    account->taken = 0;
    account->warned = 0;
    account->unchanged = 0;
    account->superseded = 0;
    account->quarantined = 0;
}

const struct file_account *account_refuse(struct work *work, const struct feed_file_record *record)
{
    struct file_account *account = account_of(work, record);

    account->state = "refused";
    account->refusal = record->refusal;
    account->times_read++;
    return account;
}

static const char *verdict_word(enum row_verdict verdict, size_t remark)
{
    switch (verdict) {
    case ROW_TAKEN:
        break;
    case ROW_SET_ASIDE:
        return remark == 0 ? "cuarentena" : "aviso";
    case ROW_FILLER:
    case ROW_SILENT:
        return "omitida";
    }
    return "aviso";
}

static const char *remark_id(struct work *work, int64_t row, size_t remark)
{
    return arena_format(work_arena(work), "%010" PRId64 ".%03zu", row, remark);
}

/* What an earlier reading remarked; NULL: nothing. */
static struct file_remark *earlier(struct work *work, const struct feed_row_record *record,
                                   size_t remark)
{
    const int64_t row = record->cells.number;

    return work_find_row(work, &file_remark_table,
                         remark_block(work, record->of.file_id, row / BLOCK_ROWS),
                         remark_id(work, row, remark));
}

bool account_has_set_aside(struct work *work, const struct feed_row_record *record)
{
    const struct file_remark *first = earlier(work, record, 0);

    return first != NULL && first->verdict != NULL &&
           strcmp(first->verdict, verdict_word(ROW_SET_ASIDE, 0)) == 0;
}

/* What an earlier reading said more is said no longer. */
static void drop_remarks(struct work *work, const struct feed_row_record *record, size_t first)
{
    for (struct file_remark *remark = earlier(work, record, first);
         remark != NULL && remark->verdict != NULL; remark = earlier(work, record, ++first)) {
        remark->verdict = NULL;
        work_save(work, &file_remark_table, remark);
    }
}

static void note_remarks(struct work *work, const struct feed_row_record *record,
                         const struct row_answer *row)
{
    const int64_t number = record->cells.number;
    const char *block = remark_block(work, record->of.file_id, number / BLOCK_ROWS);

    for (size_t i = 0; i < row->remark_count; i++) {
        const struct row_remark *said = &row->remarks[i];
        struct file_remark *remark =
            work_row(work, &file_remark_table, block, remark_id(work, number, i));

        remark->row_number = number;
        remark->verdict = verdict_word(row->verdict, i);
        remark->column_name = said->column;
        remark->found = said->found;
        remark->expected = said->expected;
        remark->reason = reason_text(work_arena(work), &said->reason);
        remark->action = said->action;
        work_save(work, &file_remark_table, remark);
    }
    drop_remarks(work, record, row->remark_count);
}

void account_row(struct work *work, const struct feed_row_record *record,
                 const struct row_answer *row)
{
    struct file_account *account = work_entity(work, &file_account_table, record->of.file_id);

    switch (row->verdict) {
    case ROW_TAKEN:
        account->rows++;
        account->taken++;
        account->warned += row->remark_count > 0 ? 1 : 0;
        account->unchanged += row->unchanged ? 1 : 0;
        account->superseded += row->superseded ? 1 : 0;
        break;
    case ROW_SET_ASIDE:
        account->rows++;
        account->quarantined++;
        break;
    case ROW_FILLER:
    case ROW_SILENT:
        break;
    }
    work_save(work, &file_account_table, account);
    note_remarks(work, record, row);
}

/* Made of the remarks alone, so that making it again gives the same. */
static void fill_report(struct work *work, const struct feed_file_record *record)
{
    struct buffer *report = record->report;

    buffer_clear(report);
    account_report_begin(report);
    for (int64_t block = 0; block <= record->rows / BLOCK_ROWS; block++) {
        const struct rows rows =
            work_rows(work, &file_remark_table, remark_block(work, record->file_id, block));

        for (size_t i = 0; i < rows.count; i++) {
            const struct file_remark *remark = rows.items[i];

            if (remark->verdict != NULL) {
                account_report_add(report, remark);
            }
        }
    }
}

const struct file_account *account_end(struct work *work, const struct feed_file_record *record)
{
    struct file_account *account = account_of(work, record);

    account->state = "done";
    account->times_read++;
    fill_report(work, record);
    return account;
}
