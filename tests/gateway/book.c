#include "tests/gateway/book.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define RELATIONS "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

/* Fuzzers make workbooks too: there Check's assertions have no test to fail. */
static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct bytes book_of_parts(struct arena *arena, const struct book_part *parts, size_t count)
{
    zip_error_t failure;
    zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, &failure);
    zip_t *zip = zip_open_from_source(archive, ZIP_TRUNCATE, &failure);
    zip_stat_t stat;
    uint8_t *bytes;

    must(zip != NULL);
    zip_source_keep(archive);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *part = zip_source_buffer(zip, parts[i].xml, strlen(parts[i].xml), 0);

        must(zip_file_add(zip, parts[i].name, part, 0) >= 0);
    }
    must(zip_close(zip) == 0);
    must(zip_source_stat(archive, &stat) == 0);
    must(zip_source_open(archive) == 0);
    bytes = arena_alloc(arena, stat.size);
    must(zip_source_read(archive, bytes, stat.size) == (zip_int64_t)stat.size);
    (void)zip_source_close(archive);
    zip_source_free(archive);
    return (struct bytes){bytes, stat.size};
}

void book_parts(struct arena *arena, const char *rows, struct book_part out[BOOK_PARTS])
{
    out[BOOK_ROOT] = (struct book_part){
        "_rels/.rels", "<Relationships " RELATIONS "><Relationship Id=\"rId1\" Type=\"" TYPE
                       "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"};
    out[BOOK_BOOK] = (struct book_part){
        "xl/workbook.xml",
        "<workbook " MAIN " xmlns:r=\"" TYPE "\"><sheets><sheet name=\"Oculta\" sheetId=\"2\" "
        "state=\"hidden\" r:id=\"rId1\"/><sheet name=\"Hoja 1\" sheetId=\"1\" r:id=\"rId1\"/>"
        "</sheets></workbook>"};
    out[BOOK_RELATIONS] = (struct book_part){
        "xl/_rels/workbook.xml.rels",
        "<Relationships " RELATIONS ">"
        "<Relationship Id=\"rId1\" Type=\"" TYPE "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"" TYPE "sharedStrings\" Target=\"/xl/texts.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"" TYPE "styles\" Target=\"styles.xml\"/>"
        "</Relationships>"};
    out[BOOK_TEXTS] = (struct book_part){
        "xl/texts.xml", "<sst " MAIN "><si><t>uno</t></si><si><r><t>do</t></r><r><rPr><b/></rPr>"
                        "<t xml:space=\"preserve\">s </t></r><rPh sb=\"0\" eb=\"1\"><t>dosu</t>"
                        "</rPh></si></sst>"};
    out[BOOK_STYLES] = (struct book_part){
        "xl/styles.xml",
        "<styleSheet " MAIN "><numFmts count=\"2\"><numFmt numFmtId=\"164\" "
        "formatCode=\"dd/mm/yyyy hh:mm\"/><numFmt numFmtId=\"165\" "
        "formatCode=\"[Red]&quot;días &quot;0.00\"/></numFmts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
        "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>"};
    out[BOOK_SHEET] = (struct book_part){
        "xl/worksheets/sheet1.xml",
        arena_format(arena, "<worksheet " MAIN "><sheetData>%s</sheetData></worksheet>", rows)};
}

struct bytes book_of_rows(struct arena *arena, const char *rows)
{
    struct book_part parts[BOOK_PARTS];

    book_parts(arena, rows, parts);
    return book_of_parts(arena, parts, BOOK_PARTS);
}

const char *book_rows_of_csv(struct arena *arena, const char *csv)
{
    const char *out = "";

    while (*csv != '\0') {
        const char *cells = "";
        const size_t line = strcspn(csv, "\n");

        for (size_t at = 0; at <= line;) {
            const size_t size = strcspn(csv + at, ",\n");

            cells = arena_format(arena, "%s<c t=\"inlineStr\"><is><t>%.*s</t></is></c>", cells,
                                 (int)size, csv + at);
            at += size + 1;
        }
        out = arena_format(arena, "%s<row>%s</row>", out, cells);
        csv += line + (csv[line] == '\n' ? 1 : 0);
    }
    return out;
}
