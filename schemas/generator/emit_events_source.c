#include "schemas/generator/emit.h"

#include "schemas/generator/names.h"
#include "schemas/generator/sources.h"

static const char *const field_type_names[] = {
    [FIELD_TEXT] = "FIELD_TEXT",       [FIELD_INT32] = "FIELD_INT32",
    [FIELD_INT64] = "FIELD_INT64",     [FIELD_BOOL] = "FIELD_BOOL",
    [FIELD_BYTES] = "FIELD_BYTES",     [FIELD_DATE] = "FIELD_DATE",
    [FIELD_INSTANT] = "FIELD_INSTANT", [FIELD_DECIMAL] = "FIELD_DECIMAL",
    [FIELD_ENUM] = "FIELD_ENUM",       [FIELD_RECORD] = "FIELD_RECORD",
    [FIELD_RECORDS] = "FIELD_RECORDS", [FIELD_TEXTS] = "FIELD_TEXTS",
};

static void emit_symbols(const struct model_enum *enumeration, struct buffer *out)
{
    buffer_format(out, "static const char *const %s_symbols[] = {", enumeration->c_name);
    for (size_t i = 0; i < enumeration->node->symbol_count; i++) {
        buffer_append_text(out, i > 0 ? ", " : "");
        emit_literal(out, enumeration->node->symbols[i]);
    }
    buffer_format(out,
                  "};\n_Static_assert(sizeof(enum %s) == sizeof(unsigned), \"enums are read as "
                  "unsigned\");\n\n",
                  enumeration->c_name);
}

static void emit_field(const struct model_record *record, const struct member *member,
                       struct buffer *out)
{
    const char *tag = record->c_name;
    const char *name = member->c_name;

    buffer_append_text(out, "    {.name = ");
    emit_literal(out, member->field->name);
    buffer_format(out, ", .type = %s, .offset = offsetof(struct %s, %s)",
                  field_type_names[member->type], tag, name);
    if (member->nullable) {
        buffer_format(out, ", .nullable = true, .null_branch = %d", member->null_branch);
    }
    if (member->nullable && member->type != FIELD_TEXT) {
        buffer_format(out, ", .presence_offset = offsetof(struct %s, has_%s)", tag, name);
    }
    if (member->type == FIELD_RECORDS || member->type == FIELD_TEXTS) {
        buffer_format(out, ", .count_offset = offsetof(struct %s, %s_count)", tag, name);
    }
    if (member->type == FIELD_DECIMAL) {
        buffer_format(out, ", .precision = %d, .scale = %d", member->node->precision,
                      member->node->scale);
    }
    if (member->enumeration != NULL) {
        buffer_format(out, ", .symbols = %s_symbols, .symbol_count = %zu, .symbol_default = %d",
                      member->enumeration->c_name, member->enumeration->node->symbol_count,
                      member->enumeration->node->symbol_default);
    }
    if (member->record != NULL) {
        buffer_format(out, ", .record = &%s_type", member->record->c_name);
    }
    if (member->default_json != NULL) {
        buffer_append_text(out, ", .default_json = ");
        emit_literal(out, member->default_json);
    }
    buffer_append_text(out, "},\n");
}

static void emit_record(const struct model_record *record, struct buffer *out)
{
    buffer_format(out, "static const struct record_field %s_fields[] = {\n", record->c_name);
    for (size_t i = 0; i < record->member_count; i++) {
        emit_field(record, &record->members[i], out);
    }
    buffer_format(out,
                  "};\n\nconst struct record_type %s_type = {\n    .full_name = ", record->c_name);
    emit_literal(out, record->node->full_name);
    buffer_append_text(out, ",\n    .name = ");
    emit_literal(out, names_last(record->node->full_name));
    if (record->source != NULL) {
        buffer_format(out, ",\n    .version = %d,\n    .schema_json = ", record->source->version);
        emit_literal(out, record->source->compact_json);
    }
    buffer_format(out,
                  ",\n    .struct_bytes = sizeof(struct %s),\n    .fields = %s_fields,\n"
                  "    .field_count = %zu,\n};\n\n",
                  record->c_name, record->c_name, record->member_count);
}

static void emit_event_list(const struct model *model, struct buffer *out)
{
    size_t count = 0;

    buffer_append_text(out, "const struct record_type *const event_types[] = {\n");
    for (size_t i = 0; i < model->source_count; i++) {
        if (sources_is_newest(model, i)) {
            const char *full_name = model->sources[i].schema.root->full_name;

            buffer_format(out, "    &%s_type,\n", model_event(model, full_name)->c_name);
            count++;
        }
    }
    if (count == 0) {
        buffer_append_text(out, "    NULL,\n");
    }
    buffer_format(out, "};\nconst size_t event_type_count = %zu;\n\n", count);
}

static void emit_schema_list(const struct model *model, struct buffer *out)
{
    buffer_append_text(out, "const struct event_schema event_schemas[] = {\n");
    for (size_t i = 0; i < model->source_count; i++) {
        const struct source *source = &model->sources[i];

        buffer_append_text(out, "    {");
        emit_literal(out, source->schema.root->full_name);
        buffer_format(out, ", %d, ", source->version);
        emit_literal(out, source->compact_json);
        buffer_append_text(out, "},\n");
    }
    if (model->source_count == 0) {
        buffer_append_text(out, "    {0},\n");
    }
    buffer_format(out, "};\nconst size_t event_schema_count = %zu;\n\n", model->source_count);
}

void emit_events_source(const struct model *model, struct buffer *out)
{
    emit_banner(out);
    buffer_append_text(out, "#include \"events.h\"\n\n#include <string.h>\n\n"
                            "/* Schemas are longer than the 4,095 characters C promises; gcc and "
                            "clang have no such bound. */\n"
                            "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n");
    for (size_t i = 0; i < model->enum_count; i++) {
        emit_symbols(model->enums[i], out);
    }
    for (size_t i = 0; i < model->record_count; i++) {
        emit_record(model->records[i], out);
    }
    emit_event_list(model, out);
    emit_schema_list(model, out);
    buffer_append_text(out, "const struct record_type *event_type_by_name(const char *full_name)\n"
                            "{\n"
                            "    for (size_t i = 0; i < event_type_count; i++) {\n"
                            "        if (strcmp(event_types[i]->full_name, full_name) == 0) {\n"
                            "            return event_types[i];\n"
                            "        }\n"
                            "    }\n"
                            "    return NULL;\n"
                            "}\n");
}
