#include "schemas/generator/emit.h"

void emit_banner(struct buffer *out)
{
    buffer_append_text(out, "/* Written by schemas/generator from schemas/ and deploy/topics.json. "
                            "Do not edit. */\n\n");
}

void emit_literal(struct buffer *out, const char *text)
{
    if (text == NULL) {
        buffer_append_text(out, "NULL");
        return;
    }
    buffer_append_u8(out, '"');
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            buffer_format(out, "\\%c", c);
        } else if (c < 0x20 || c >= 0x7f || c == '?') { /* ?: no trigraphs */
            buffer_format(out, "\\%03o", c);
        } else {
            buffer_append_u8(out, c);
        }
    }
    buffer_append_u8(out, '"');
}
