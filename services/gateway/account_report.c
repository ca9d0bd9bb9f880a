#include "services/gateway/account_report.h"

#include <inttypes.h>
#include <string.h>

/* A cell of the report; always quoted, and never one that a spreadsheet takes for a formula. */
static void put_cell(struct buffer *out, const char *text, const char *end)
{
    buffer_append_text(out, "\"");
    if (text != NULL && strchr("=+-@", text[0]) != NULL && text[0] != 0) {
        buffer_append_text(out, "'");
    }
    for (const char *c = text == NULL ? "" : text; *c != 0; c++) {
        if (*c == '"') {
            buffer_append_text(out, "\"");
        }
        buffer_append(out, c, 1);
    }
    buffer_append_text(out, "\"");
    buffer_append_text(out, end);
}

void account_report_begin(struct buffer *out)
{
    buffer_append_text(out, "fila,veredicto,columna,hallado,esperado,motivo,accion\r\n");
}

void account_report_add(struct buffer *out, const struct file_remark *remark)
{
    buffer_format(out, "%" PRId64 ",", remark->row_number);
    put_cell(out, remark->verdict, ",");
    put_cell(out, remark->column_name, ",");
    put_cell(out, remark->found, ",");
    put_cell(out, remark->expected, ",");
    put_cell(out, remark->reason, ",");
    put_cell(out, remark->action, "\r\n");
}
