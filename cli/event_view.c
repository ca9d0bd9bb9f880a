#include "cli/event_view.h"

#include "common/avro/record_json.h"
#include "common/base/instant.h"
#include "common/base/text.h"
#include "common/domain/contract_number.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 4096, MICROS_PER_MS = 1000 };

static const char *clean(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : text_clean(arena, text, strlen(text), TEXT_BYTES_MAX);
}

static void read_event(const struct bus_message *message, struct registry *registry,
                       struct arena *arena, struct event_view *out)
{
    struct error err = {0};

    if (message->payload.data == NULL) {
        return; /* a tombstone says nothing, and rightly so */
    }
    if (!registry_decode(registry, message->payload, arena, &out->event_type, &out->event, &err)) {
        out->event_type = NULL;
        out->event = NULL;
        out->fault = clean(arena, err.message);
    }
}

void event_view_read(const struct bus_message *message, struct registry *registry,
                     struct arena *arena, struct event_view *out)
{
    *out = (struct event_view){
        .topic = arena_copy(arena, message->topic),
        .partition = message->partition,
        .offset = message->offset,
        .timestamp_ms = message->timestamp_ms,
        .id = clean(arena, bus_header(message, "ce_id")),
        .type = clean(arena, bus_header(message, "ce_type")),
        .source = clean(arena, bus_header(message, "ce_source")),
        .traceparent = clean(arena, bus_header(message, "traceparent")),
        .payload_bytes = message->payload.size,
    };
    if (message->key.data != NULL) {
        out->key = text_clean(arena, message->key.data, message->key.size, TEXT_BYTES_MAX);
    }
    read_event(message, registry, arena, out);
}

static void put_text(json_t *object, const char *name, const char *text)
{
    (void)json_object_set_new(object, name, text == NULL ? json_null() : json_string(text));
}

json_t *event_view_json(const struct event_view *view)
{
    json_t *object = json_object();
    char time[INSTANT_TEXT_BYTES];

    instant_format(view->timestamp_ms * MICROS_PER_MS, time);
    put_text(object, "topic", view->topic);
    (void)json_object_set_new(object, "partition", json_integer(view->partition));
    (void)json_object_set_new(object, "offset", json_integer(view->offset));
    put_text(object, "time", time);
    put_text(object, "ce_id", view->id);
    put_text(object, "ce_type", view->type);
    put_text(object, "ce_source", view->source);
    put_text(object, "traceparent", view->traceparent);
    put_text(object, "key", view->key);
    (void)json_object_set_new(
        object, "event",
        view->event_type == NULL ? json_null() : record_json(view->event_type, view->event));
    if (view->fault != NULL) {
        put_text(object, "fault", view->fault);
        (void)json_object_set_new(object, "payload_bytes",
                                  json_integer((json_int_t)view->payload_bytes));
    }
    return object;
}

bool event_view_is_type(const struct event_view *view, const char *name)
{
    const char *type = view->event_type != NULL ? view->event_type->full_name : view->type;
    const char *dot = type == NULL ? NULL : strrchr(type, '.');

    return type != NULL && (strcmp(type, name) == 0 || (dot != NULL && strcmp(dot + 1, name) == 0));
}

bool event_view_is_contract(const struct event_view *view, const char *contract)
{
    const struct contract_number number = contract_number_read(contract);
    const char *slash = view->key == NULL ? NULL : strchr(view->key, '/');

    return view->key != NULL && (strcmp(view->key, contract) == 0 ||
                                 (slash != NULL && (strcmp(slash + 1, contract) == 0 ||
                                                    (number.form == CONTRACT_NUMBER_PRESENT &&
                                                     strcmp(slash + 1, number.text) == 0))));
}

bool event_view_is_institution(const struct event_view *view, const char *institution)
{
    const size_t length = strlen(institution);

    return view->key != NULL && strncmp(view->key, institution, length) == 0 &&
           (view->key[length] == '\0' || view->key[length] == '/');
}

const char *event_view_text(const struct event_view *view, const char *name)
{
    const struct record_field *field =
        view->event_type == NULL ? NULL : record_field_named(view->event_type, name);

    if (field == NULL || field->type != FIELD_TEXT) {
        return NULL;
    }
    return *(const char *const *)(const void *)((const unsigned char *)view->event + field->offset);
}
