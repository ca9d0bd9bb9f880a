#include "schemas/generator/compat.h"

#include "schemas/generator/resolve.h"

#include <string.h>

enum { MAX_PATH_TEXT = 128 };

/* Two versions of one event under comparison. */
struct versions {
    const struct source *reader;
    const struct source *writer;
    const struct topics *topics;
    struct buffer *faults;
};

static bool holds(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool carries(const struct topic_declaration *topic, const char *event)
{
    return holds(topic->events, topic->event_count, event);
}

static bool is_read_by(const struct topics *topics, const char *event, const char *service)
{
    for (size_t i = 0; i < topics->count; i++) {
        const struct topic_declaration *topic = &topics->topics[i];

        if (carries(topic, event) && holds(topic->readers, topic->reader_count, service)) {
            return true;
        }
    }
    return false;
}

void compat_write_consumers(const struct topics *topics, const char *event, struct buffer *out)
{
    size_t count = 0;

    buffer_append_text(out, "  breaks: ");
    for (size_t i = 0; i < topics->service_count; i++) {
        if (is_read_by(topics, event, topics->services[i])) {
            buffer_format(out, "%s%s", count++ > 0 ? ", " : "", topics->services[i]);
        }
    }
    buffer_append_text(out, count == 0 ? "no service of ours (topics " : " (topics ");
    count = 0;
    for (size_t i = 0; i < topics->count; i++) {
        if (carries(&topics->topics[i], event)) {
            buffer_format(out, "%s%s", count++ > 0 ? ", " : "", topics->topics[i].name);
        }
    }
    buffer_append_text(out, count == 0 ? "none)\n" : ")\n");
}

static void on_fault(void *context, const struct path *path, enum resolve_rule rule,
                     const char *detail)
{
    const struct versions *versions = context;
    char field[MAX_PATH_TEXT];

    path_text(path, field, sizeof field);
    buffer_format(versions->faults, "%s: %s%s: %s since v%d\n  rule: %s\n", versions->reader->path,
                  *field != '\0' ? "field " : "the record", field, detail,
                  versions->writer->version, resolve_rule_text(rule));
    compat_write_consumers(versions->topics, versions->reader->schema.root->full_name,
                           versions->faults);
}

/* The last folder of the path and what follows. */
static const char *stem_of(const char *path)
{
    const char *start = path;

    for (const char *at = path, *slash = NULL; *at != '\0'; at++) {
        if (*at == '/') {
            start = slash == NULL ? path : slash + 1;
            slash = at;
        }
    }
    return start;
}

/* Up to ".v<N>.avsc". */
static size_t stem_length(const char *stem)
{
    const char *mark = strstr(stem, ".v");

    return mark == NULL ? strlen(stem) : (size_t)(mark - stem);
}

/* Whether both are versions of what one file name stands for: <topic>/<Event>. */
static bool same_stem(const char *a, const char *b)
{
    const char *const starts[] = {stem_of(a), stem_of(b)};
    const size_t length = stem_length(starts[0]);

    return length == stem_length(starts[1]) && strncmp(starts[0], starts[1], length) == 0;
}

/* The file of the version before, under whatever name its record has. */
static const struct source *file_before(const struct model *model, const struct source *source)
{
    for (size_t i = 0; i < model->source_count; i++) {
        const struct source *other = &model->sources[i];

        if (other->version == source->version - 1 && same_stem(other->path, source->path)) {
            return other;
        }
    }
    return NULL;
}

/* A version without the one before it: its record was renamed, or a file is missing. */
static void tell_gap(const struct model *model, const struct topics *topics,
                     const struct source *source, struct buffer *faults)
{
    const struct source *before = file_before(model, source);

    if (before == NULL) {
        buffer_format(faults,
                      "%s: there is no v%d of %s\n  rule: versions count from 1, without gaps\n",
                      source->path, source->version - 1, source->schema.root->full_name);
        compat_write_consumers(topics, source->schema.root->full_name, faults);
        return;
    }
    buffer_format(faults, "%s: the record: %s became %s since v%d\n  rule: %s\n", source->path,
                  before->schema.root->full_name, source->schema.root->full_name, before->version,
                  resolve_rule_text(RULE_NAME));
    compat_write_consumers(topics, before->schema.root->full_name, faults);
}

void compat_check(const struct model *model, const struct topics *topics, struct buffer *faults)
{
    size_t first = 0; /* of the versions of one event */

    for (size_t i = 0; i < model->source_count; i++) {
        const struct source *source = &model->sources[i];

        if (strcmp(model->sources[first].schema.root->full_name, source->schema.root->full_name) !=
            0) {
            first = i;
        }
        if (source->version != (i == first ? 1 : model->sources[i - 1].version + 1)) {
            tell_gap(model, topics, source, faults);
        }
        for (size_t j = first; j < i; j++) {
            struct versions versions = {source, &model->sources[j], topics, faults};
            const struct resolve_listener listener = {on_fault, &versions};

            resolve_compare(source->schema.root, model->sources[j].schema.root, &listener);
        }
    }
}
