#include "schemas/generator/emit.h"

#include <string.h>

/* A doc as a C comment; a doc cannot end the comment. */
static void emit_doc(struct buffer *out, const char *before, const char *doc, const char *after)
{
    if (doc == NULL || *doc == '\0') {
        buffer_append_text(out, after);
        return;
    }
    buffer_append_text(out, before);
    for (; *doc != '\0'; doc++) {
        if (doc[0] == '*' && doc[1] == '/') {
            buffer_append_text(out, "* ");
        } else if (doc[0] == '/' && doc[1] == '*') {
            buffer_append_text(out, "/ ");
        } else {
            buffer_append_u8(out, (uint8_t)(*doc == '\n' ? ' ' : *doc));
        }
    }
    buffer_append_text(out, " */");
    buffer_append_text(out, after);
}

static void emit_enum(const struct model_enum *enumeration, struct buffer *out)
{
    emit_doc(out, "/** ", enumeration->node->doc, "\n");
    buffer_format(out, "enum %s {\n", enumeration->c_name);
    for (size_t i = 0; i < enumeration->node->symbol_count; i++) {
        buffer_format(out, "    %s,\n", enumeration->constants[i]);
    }
    buffer_append_text(out, "};\n\n");
}

static void emit_declaration(const struct member *member, struct buffer *out)
{
    const char *name = member->c_name;

    switch (member->type) {
    case FIELD_TEXT:
        buffer_format(out, "const char *%s", name);
        return;
    case FIELD_INT32:
    case FIELD_DATE:
        buffer_format(out, "int32_t %s", name);
        return;
    case FIELD_INT64:
    case FIELD_INSTANT:
    case FIELD_DECIMAL:
        buffer_format(out, "int64_t %s", name);
        return;
    case FIELD_BOOL:
        buffer_format(out, "bool %s", name);
        return;
    case FIELD_BYTES:
        buffer_format(out, "struct bytes %s", name);
        return;
    case FIELD_ENUM:
        buffer_format(out, "enum %s %s", member->enumeration->c_name, name);
        return;
    case FIELD_RECORD:
        buffer_format(out, "struct %s %s", member->record->c_name, name);
        return;
    case FIELD_RECORDS:
        buffer_format(out, "const struct %s *%s", member->record->c_name, name);
        return;
    case FIELD_TEXTS:
        buffer_format(out, "const char *const *%s", name);
        return;
    }
}

static void emit_member(const struct member *member, struct buffer *out)
{
    buffer_append_text(out, "    ");
    emit_declaration(member, out);
    buffer_append_text(out, ";");
    emit_doc(out, " /**< ", member->field->doc, "\n");
    if (member->nullable && member->type != FIELD_TEXT) {
        buffer_format(out, "    bool has_%s;\n", member->c_name);
    }
    if (member->type == FIELD_RECORDS || member->type == FIELD_TEXTS) {
        buffer_format(out, "    size_t %s_count;\n", member->c_name);
    }
}

static void emit_record(const struct model_record *record, struct buffer *out)
{
    buffer_format(out, "/* %s */\n", record->node->full_name);
    emit_doc(out, "/** ", record->node->doc, "\n");
    buffer_format(out, "struct %s {\n", record->c_name);
    for (size_t i = 0; i < record->member_count; i++) {
        emit_member(&record->members[i], out);
    }
    buffer_format(out, "};\n\nextern const struct record_type %s_type;\n\n", record->c_name);
}

void emit_events_header(const struct model *model, struct buffer *out)
{
    emit_banner(out);
    buffer_append_text(out, "#ifndef GENERATED_EVENTS_H\n#define GENERATED_EVENTS_H\n\n"
                            "#include \"common/avro/record.h\"\n\n");
    for (size_t i = 0; i < model->enum_count; i++) {
        emit_enum(model->enums[i], out);
    }
    for (size_t i = 0; i < model->record_count; i++) {
        emit_record(model->records[i], out);
    }
    buffer_append_text(out,
                       "/** The events, newest version of each, by full name. */\n"
                       "extern const struct record_type *const event_types[];\n"
                       "extern const size_t event_type_count;\n\n"
                       "/** Every released schema, by full name and version. */\n"
                       "extern const struct event_schema event_schemas[];\n"
                       "extern const size_t event_schema_count;\n\n"
                       "/** The event of that full name, or NULL. */\n"
                       "const struct record_type *event_type_by_name(const char *full_name);\n\n"
                       "#endif\n");
}
