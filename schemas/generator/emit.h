#ifndef SCHEMAS_GENERATOR_EMIT_H
#define SCHEMAS_GENERATOR_EMIT_H

#include "common/base/buffer.h"
#include "schemas/generator/model.h"
#include "schemas/generator/topics.h"

/** "Written by schemas/generator; do not edit." and what follows in every generated file. */
void emit_banner(struct buffer *out);

/** A C string literal with its quotes; NULL becomes the word NULL. */
void emit_literal(struct buffer *out, const char *text);

void emit_events_header(const struct model *model, struct buffer *out);
void emit_events_source(const struct model *model, struct buffer *out);
void emit_topics_header(const struct topics *topics, struct buffer *out);
void emit_topics_source(const struct topics *topics, struct buffer *out);

#endif
