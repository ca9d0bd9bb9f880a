#include "schemas/generator/emit.h"

static const char *const kind_names[] = {
    [TOPIC_SEQUENCED] = "TOPIC_SEQUENCED",   [TOPIC_REFERENCE] = "TOPIC_REFERENCE",
    [TOPIC_CONTROL] = "TOPIC_CONTROL",       [TOPIC_INBOX] = "TOPIC_INBOX",
    [TOPIC_OUTCOMES] = "TOPIC_OUTCOMES",     [TOPIC_FINDINGS] = "TOPIC_FINDINGS",
    [TOPIC_QUARANTINE] = "TOPIC_QUARANTINE",
};

void emit_topics_header(const struct topics *topics, struct buffer *out)
{
    (void)topics;
    emit_banner(out);
    buffer_append_text(out,
                       "#ifndef GENERATED_TOPICS_H\n#define GENERATED_TOPICS_H\n\n"
                       "#include \"common/avro/topic.h\"\n\n"
                       "/** deploy/topics.json, in its order. */\n"
                       "extern const struct topic_declaration topic_declarations[];\n"
                       "extern const size_t topic_declaration_count;\n\n"
                       "/** Every service that owns or reads a topic, by name. */\n"
                       "extern const char *const topic_services[];\n"
                       "extern const size_t topic_service_count;\n\n"
                       "/** Who uses topics beside services and institutions. */\n"
                       "extern const struct topic_client topic_clients[];\n"
                       "extern const size_t topic_client_count;\n\n"
                       "/** The topic of that name, or NULL. */\n"
                       "const struct topic_declaration *topic_by_name(const char *name);\n\n"
                       "/** Whether the service is among the topic's readers. */\n"
                       "bool topic_is_read_by(const struct topic_declaration *topic, const char "
                       "*service);\n\n"
                       "/** Whether an event, by full name, is declared on the topic. */\n"
                       "bool topic_carries(const struct topic_declaration *topic, const char "
                       "*full_name);\n\n"
                       "#endif\n");
}

static void emit_names(const char *const *names, size_t count, struct buffer *out)
{
    buffer_append_text(out, "(const char *const[]){");
    for (size_t i = 0; i < count; i++) {
        emit_literal(out, names[i]);
        buffer_append_text(out, ", ");
    }
    buffer_append_text(out, "NULL}");
}

static void emit_topic(const struct topic_declaration *topic, struct buffer *out)
{
    buffer_append_text(out, "    {\n        .name = ");
    emit_literal(out, topic->name);
    buffer_format(out, ",\n        .kind = %s,\n", kind_names[topic->kind]);
    if (topic->partitions_per_shard) {
        buffer_append_text(out, "        .partitions_per_shard = true,\n");
    } else {
        buffer_format(out, "        .partitions = %d,\n", topic->partitions);
    }
    buffer_append_text(out, "        .owner = ");
    emit_literal(out, topic->owner);
    buffer_append_text(out, ",\n        .institution = ");
    emit_literal(out, topic->institution);
    buffer_append_text(out, ",\n        .readers = ");
    emit_names(topic->readers, topic->reader_count, out);
    buffer_format(out, ",\n        .reader_count = %zu,\n        .events = ", topic->reader_count);
    emit_names(topic->events, topic->event_count, out);
    buffer_format(out, ",\n        .event_count = %zu,\n", topic->event_count);
    buffer_format(out, "        .compacted = %s,\n        .retention_ms = %lld,\n    },\n",
                  topic->compacted ? "true" : "false", (long long)topic->retention_ms);
}

static void emit_client(const struct topic_client *client, struct buffer *out)
{
    buffer_append_text(out, "    {\n        .name = ");
    emit_literal(out, client->name);
    buffer_append_text(out, ",\n        .reads = ");
    emit_names(client->reads, client->read_count, out);
    buffer_format(out, ",\n        .read_count = %zu,\n        .writes = ", client->read_count);
    emit_names(client->writes, client->write_count, out);
    buffer_format(out, ",\n        .write_count = %zu,\n    },\n", client->write_count);
}

static void emit_lookups(struct buffer *out)
{
    buffer_append_text(
        out, "static bool holds(const char *const *names, size_t count, const char *name)\n"
             "{\n"
             "    for (size_t i = 0; i < count; i++) {\n"
             "        if (strcmp(names[i], name) == 0) {\n"
             "            return true;\n"
             "        }\n"
             "    }\n"
             "    return false;\n"
             "}\n\n"
             "const struct topic_declaration *topic_by_name(const char *name)\n"
             "{\n"
             "    for (size_t i = 0; i < topic_declaration_count; i++) {\n"
             "        if (strcmp(topic_declarations[i].name, name) == 0) {\n"
             "            return &topic_declarations[i];\n"
             "        }\n"
             "    }\n"
             "    return NULL;\n"
             "}\n\n"
             "bool topic_is_read_by(const struct topic_declaration *topic, const char *service)\n"
             "{\n"
             "    return holds(topic->readers, topic->reader_count, service);\n"
             "}\n\n"
             "bool topic_carries(const struct topic_declaration *topic, const char *full_name)\n"
             "{\n"
             "    return holds(topic->events, topic->event_count, full_name);\n"
             "}\n");
}

void emit_topics_source(const struct topics *topics, struct buffer *out)
{
    emit_banner(out);
    buffer_append_text(out, "#include \"topics.h\"\n\n#include <string.h>\n\n"
                            "const struct topic_declaration topic_declarations[] = {\n");
    for (size_t i = 0; i < topics->count; i++) {
        emit_topic(&topics->topics[i], out);
    }
    buffer_format(out, "%s};\nconst size_t topic_declaration_count = %zu;\n\n",
                  topics->count == 0 ? "    {0},\n" : "", topics->count);
    buffer_append_text(out, "const char *const topic_services[] = {");
    for (size_t i = 0; i < topics->service_count; i++) {
        emit_literal(out, topics->services[i]);
        buffer_append_text(out, ", ");
    }
    buffer_format(out, "NULL};\nconst size_t topic_service_count = %zu;\n\n",
                  topics->service_count);
    buffer_append_text(out, "const struct topic_client topic_clients[] = {\n");
    for (size_t i = 0; i < topics->client_count; i++) {
        emit_client(&topics->clients[i], out);
    }
    buffer_format(out, "%s};\nconst size_t topic_client_count = %zu;\n\n",
                  topics->client_count == 0 ? "    {0},\n" : "", topics->client_count);
    emit_lookups(out);
}
