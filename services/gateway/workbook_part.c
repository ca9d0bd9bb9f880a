#include "services/gateway/workbook_parts.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, ESCAPE_BYTES = 7 /* "_x000D_" */, DEPTH_MAX = 64 };

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon == NULL ? name : colon + 1;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct part *part = context;

    part->parsed = part->given;
    if (++part->depth > DEPTH_MAX) {
        part_refuse(part, REASON_WORKBOOK_LARGE);
        return;
    }
    part->handlers->start(part, local_name(name), attributes);
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct part *part = context;

    part->parsed = part->given;
    part->depth--;
    if (part->handlers->end != NULL) {
        part->handlers->end(part, local_name(name));
    }
}

static void XMLCALL on_text(void *context, const XML_Char *text, int size)
{
    struct part *part = context;

    part->parsed = part->given;
    if (part->handlers->text != NULL) {
        part->handlers->text(part, text, (size_t)size);
    }
}

/* Comments and the like. */
static void XMLCALL on_other(void *context, const XML_Char *text, int size)
{
    struct part *part = context;

    (void)text;
    (void)size;
    part->parsed = part->given;
}

/* No workbook has a document type; what declares entities wants to be larger than it looks. */
static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    part_refuse(context, REASON_WORKBOOK_ENTITIES);
}

bool part_exists(zip_t *zip, const char *name)
{
    return name != NULL && zip_name_locate(zip, name, 0) >= 0;
}

enum reason part_open(struct part *part, zip_t *zip, const char *name,
                      const struct part_handlers *handlers, void *context)
{
    zip_stat_t stat;

    *part = (struct part){.handlers = handlers, .context = context};
    if (zip_stat(zip, name, 0, &stat) != 0) {
        return REASON_WORKBOOK_BROKEN;
    }
    if ((stat.valid & ZIP_STAT_COMP_METHOD) != 0 && stat.comp_method != ZIP_CM_STORE &&
        stat.comp_method != ZIP_CM_DEFLATE) {
        return REASON_WORKBOOK_OTHER; /* ECMA-376 part 2 knows no other */
    }
    if ((stat.valid & ZIP_STAT_SIZE) != 0 && stat.size > WORKBOOK_PART_BYTES_MAX) {
        return REASON_WORKBOOK_LARGE;
    }
    part->file = zip_fopen(zip, name, 0);
    if (part->file == NULL) {
        return REASON_WORKBOOK_BROKEN;
    }
    part->parser = XML_ParserCreate(NULL);
    if (part->parser == NULL) {
        abort(); /* as memory_alloc does */
    }
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, on_start, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetDefaultHandler(part->parser, on_other);
    XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
    return REASON_NONE;
}

void part_pause(struct part *part)
{
    part->suspended = true;
    (void)XML_StopParser(part->parser, XML_TRUE);
}

void part_refuse(struct part *part, enum reason fault)
{
    part->fault = part->fault == REASON_NONE ? fault : part->fault;
    (void)XML_StopParser(part->parser, XML_FALSE);
}

static enum part_state faulty(struct part *part, enum reason fault)
{
    part->fault = part->fault == REASON_NONE ? fault : part->fault;
    return PART_FAULTY;
}

/* What the parser made of the bytes it has. */
static enum part_state state_of(struct part *part, enum XML_Status status, bool *going)
{
    *going = false;
    if (part->suspended && status == XML_STATUS_SUSPENDED) {
        return PART_PAUSED;
    }
    if (status != XML_STATUS_OK) {
        return faulty(part, REASON_WORKBOOK_BROKEN);
    }
    if (part->at_end) {
        return PART_ENDED;
    }
    *going = true;
    return PART_ENDED;
}

/* A piece of markup that does not end is looked at again with every chunk. */
static bool is_token_too_long(const struct part *part)
{
    return part->given - part->parsed > WORKBOOK_TOKEN_BYTES_MAX;
}

static enum part_state read_chunk(struct part *part, bool *going)
{
    void *chunk = XML_GetBuffer(part->parser, CHUNK_BYTES);
    zip_int64_t size;

    *going = false;
    if (chunk == NULL) {
        return faulty(part, REASON_WORKBOOK_BROKEN);
    }
    size = zip_fread(part->file, chunk, CHUNK_BYTES);
    if (size < 0) {
        return faulty(part, REASON_WORKBOOK_BROKEN);
    }
    part->given += size;
    part->at_end = size == 0;
    if (part->given > WORKBOOK_PART_BYTES_MAX || is_token_too_long(part)) {
        return faulty(part, REASON_WORKBOOK_LARGE);
    }
    return state_of(part, XML_ParseBuffer(part->parser, (int)size, part->at_end), going);
}

enum part_state part_read(struct part *part)
{
    bool going = true;
    enum part_state state = PART_ENDED;

    if (part->suspended) {
        part->suspended = false;
        state = state_of(part, XML_ResumeParser(part->parser), &going);
    }
    while (going) {
        state = read_chunk(part, &going);
    }
    return state;
}

void part_close(struct part *part)
{
    if (part->parser != NULL) {
        XML_ParserFree(part->parser);
    }
    if (part->file != NULL) {
        (void)zip_fclose(part->file);
    }
    part->parser = NULL;
    part->file = NULL;
}

enum reason part_read_whole(zip_t *zip, const char *name, const struct part_handlers *handlers,
                            void *context)
{
    struct part part;
    enum reason fault = part_open(&part, zip, name, handlers, context);

    if (fault == REASON_NONE && part_read(&part) != PART_ENDED) {
        fault = part.fault == REASON_NONE ? REASON_WORKBOOK_BROKEN : part.fault;
    }
    part_close(&part);
    return fault;
}

const char *part_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local_name(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character that "_x000D_" stands for; false: it stands for itself. Only those that XML has no other way to
 * write, and the underscore, are written so. */
static bool escaped(const char *text, size_t size, char *out)
{
    int value = 0;

    if (size < ESCAPE_BYTES || text[1] != 'x' || text[ESCAPE_BYTES - 1] != '_') {
        return false;
    }
    for (size_t i = 2; i < ESCAPE_BYTES - 1; i++) {
        const int digit = hex_value(text[i]);

        if (digit < 0) {
            return false;
        }
        value = value * 16 + digit;
    }
    *out = (char)value;
    return value > 0 && value < 0x80;
}

void part_unescape(struct buffer *out, const char *text, size_t size)
{
    while (size > 0) {
        const char *mark = memchr(text, '_', size);
        const size_t plain = mark == NULL ? size : (size_t)(mark - text);
        char character;

        buffer_append(out, text, plain);
        text += plain;
        size -= plain;
        if (size > 0 && escaped(text, size, &character)) {
            buffer_append_u8(out, (uint8_t)character);
            text += ESCAPE_BYTES;
            size -= ESCAPE_BYTES;
        } else if (size > 0) {
            buffer_append(out, text, 1);
            text++;
            size--;
        }
    }
}
