#include "common/base/text.h"
#include "services/gateway/workbook_parts.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct shared_texts *texts;
    bool within_text;     /* <t> */
    bool within_phonetic; /* <rPh>: how it is read aloud, which is not part of the text */
    struct buffer escaped;
};

static void start_text(struct shared_texts *texts)
{
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity == 0 ? 1024 : texts->capacity * 2;
        texts->starts = memory_resize(texts->starts, texts->capacity * sizeof *texts->starts);
    }
    texts->starts[texts->count++] = texts->bytes.size;
}

static void on_start(struct part *part, const char *name, const char **attributes)
{
    struct reading *reading = part->context;

    (void)attributes;
    if (strcmp(name, "si") == 0) {
        start_text(reading->texts);
    } else if (strcmp(name, "rPh") == 0) {
        reading->within_phonetic = true;
    } else if (strcmp(name, "t") == 0) {
        reading->within_text = !reading->within_phonetic;
        buffer_clear(&reading->escaped);
    }
}

static void on_text(struct part *part, const char *text, size_t size)
{
    struct reading *reading = part->context;

    if (!reading->within_text) {
        return;
    }
    if (reading->escaped.size + size > WORKBOOK_TOKEN_BYTES_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
        return;
    }
    buffer_append(&reading->escaped, text, size);
}

static void on_end(struct part *part, const char *name)
{
    struct reading *reading = part->context;
    struct shared_texts *texts = reading->texts;

    if (strcmp(name, "t") == 0 && reading->within_text) {
        part_unescape(&texts->bytes, (const char *)reading->escaped.data, reading->escaped.size);
        reading->within_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        reading->within_phonetic = false;
    } else if (strcmp(name, "si") == 0) {
        buffer_append_u8(&texts->bytes, 0);
    }
    if (texts->bytes.size + texts->count * sizeof *texts->starts > WORKBOOK_TEXT_BYTES_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
    }
}

enum reason shared_texts_read(struct shared_texts *texts, zip_t *zip, const char *name)
{
    static const struct part_handlers handlers = {on_start, on_end, on_text};
    struct reading reading = {.texts = texts};
    const enum reason fault = part_read_whole(zip, name, &handlers, &reading);

    buffer_finish(&reading.escaped);
    return fault;
}

const char *shared_text(const struct shared_texts *texts, const char *number)
{
    int64_t index;

    return text_to_int64(number, &index) && index >= 0 && (size_t)index < texts->count
               ? (const char *)texts->bytes.data + texts->starts[index]
               : NULL;
}

void shared_texts_finish(struct shared_texts *texts)
{
    buffer_finish(&texts->bytes);
    free(texts->starts);
    *texts = (struct shared_texts){0};
}
