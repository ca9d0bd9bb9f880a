#include "services/gateway/gateway_version.h"

#include "common/avro/record_json.h"
#include "common/base/date.h"
#include "common/domain/contract_number.h"
#include "common/domain/order_number.h"
#include "services/gateway/directory.h"
#include "services/gateway/gateway_kind.h"
#include "services/gateway/gateway_snapshot.h"
#include "services/gateway/gateway_tables.h"
#include "services/gateway/gateway_twin.h"

#include <string.h>

static char *fact_key_of(struct arena *arena, const struct reported_row *row)
{
    return arena_format(arena, "%s|%s", layout_source(row->layout), row->fact_id);
}

/* Layouts that look for no duplicates give the digest itself as content. */
static bool has_twins(const struct gateway_kind *kind, const struct reported_row *row)
{
    return kind->finds_twins && row->content != NULL && strcmp(row->content, row->digest) != 0;
}

void gateway_version_need(struct work *work, const struct reported_row *row)
{
    struct arena *arena = work_arena(work);
    const struct gateway_kind *kind;

    if (row->verdict != ROW_TAKEN) {
        return;
    }
    kind = gateway_kind_of(row->type);
    work_need(work, &gateway_number_table, GATEWAY_SEQUENCE);
    work_need(work, &row_version_table, fact_key_of(arena, row));
    gateway_snapshot_need_row(work, row);
    if (kind != NULL && kind->of_order) {
        const struct directory_keys keys = directory_keys_of(row, arena);

        directory_need(work, &keys);
    }
    if (kind != NULL && has_twins(kind, row)) {
        gateway_twin_need(work, gateway_twin_key(work, layout_source(row->layout), row->content));
    }
}

int64_t gateway_next_sequence(struct work *work)
{
    struct gateway_number *number = work_entity(work, &gateway_number_table, GATEWAY_SEQUENCE);

    number->value++;
    work_save(work, &gateway_number_table, number);
    return number->value;
}

/* Where a row goes, and what it speaks of there. */
struct place {
    const char *contract_id;
    const char *entity_id;
};

static const char *first_known(const char *a, const char *b, const char *c)
{
    return a != NULL ? a : b != NULL ? b : c;
}

static struct place place_of(struct work *work, const struct gateway_kind *kind,
                             const struct reported_row *row, const struct directory_keys *keys)
{
    struct arena *arena = work_arena(work);
    const char *institution = work_institution(work);
    const char *clave = row->clave != NULL ? row->clave : "";
    const char *fallback = first_known(row->shipment, row->receipt, row->fact_id);
    struct place place = {0};

    if (row->contract != NULL) {
        place.contract_id = contract_number_id(arena, institution, row->contract);
    } else {
        place.contract_id = arena_copy(arena, directory_find(work, keys));
    }
    if (place.contract_id == NULL) {
        place.contract_id = contract_number_id_without(arena, institution,
                                                       row->order != NULL ? row->order : fallback);
    }
    if (kind->of_order) {
        const char *order =
            row->order != NULL ? row->order : arena_format(arena, "sin-orden/%s", fallback);

        place.entity_id = order_number_id(arena, place.contract_id, order, clave);
    } else if (row->clave != NULL) {
        place.entity_id = arena_format(arena, "%s|%s", place.contract_id, clave);
    } else {
        place.entity_id = place.contract_id;
    }
    return place;
}

static bool withdraw(struct work *work, const struct row_version *version,
                     const struct gateway_kind *kind, const struct fact *fact, const char *reason,
                     struct error *err)
{
    struct report_withdrawn event = {.fact = *fact,
                                     .institution = work_institution(work),
                                     .contract_id = version->contract_id,
                                     .kind = kind->name,
                                     .entity_id = version->entity_id,
                                     .reason = reason};

    event.fact.sequence = gateway_next_sequence(work);
    return work_emit(work, kind->topic, version->contract_id, &report_withdrawn_type, &event, err);
}

/* Emits the event at its place, after taking it away from where it stood. */
static bool pass_on(struct work *work, struct row_version *version, const struct gateway_kind *kind,
                    const struct place *place, void *event, struct error *err)
{
    struct fact *fact = gateway_fact(kind->type, event);

    /* what it spoke of is named by its contract too */
    if (version->entity_id != NULL && strcmp(version->entity_id, place->entity_id) != 0 &&
        !withdraw(work, version, kind, fact, "la institución lo reporta ahora en otro lugar",
                  err)) {
        return false;
    }
    fact->sequence = gateway_next_sequence(work);
    gateway_set_text(kind->type, event, "contract_id", place->contract_id);
    if (kind->of_order) {
        gateway_set_text(kind->type, event, "order_id", place->entity_id);
    }
    version->sequence = fact->sequence;
    version->contract_id = place->contract_id;
    version->entity_id = place->entity_id;
    return work_emit(work, kind->topic, place->contract_id, kind->type, event, err);
}

/* Keeps what routing the row again would take, while it names no contract itself, and what dating its cancellation
 * anew would. */
static void remember(struct work *work, struct row_version *version,
                     const struct gateway_kind *kind, const struct directory_keys *keys,
                     const struct reported_row *row)
{
    const bool waits = row->contract == NULL && (keys->order != NULL || keys->shipment != NULL);

    version->said = waits || row->cancelled_undated
                        ? record_json_text(work_arena(work), kind->type, row->event)
                        : NULL;
    version->order_key = waits ? keys->order : NULL;
    version->shipment_key = waits ? keys->shipment : NULL;
    directory_wait(work, keys, version->fact_key, waits);
}

static void follow_content(struct work *work, struct row_version *version,
                           const struct reported_row *row)
{
    const char *source = layout_source(row->layout);
    const char *before = version->content;

    version->content = row->content;
    if (before != NULL && strcmp(before, row->content) != 0) {
        gateway_twin_later(work, gateway_twin_key(work, source, before), row->fact_id);
    }
    gateway_twin_sync(work, gateway_twin_key(work, source, row->content), row->fact_id,
                      version->fact_key);
}

static bool report(struct work *work, struct row_version *version, const struct gateway_kind *kind,
                   const struct directory_keys *keys, const struct reported_row *row,
                   struct error *err)
{
    const struct place place = place_of(work, kind, row, keys);

    version->kind = kind->name;
    if (!pass_on(work, version, kind, &place, row->event, err)) {
        return false;
    }
    if (kind->of_order) {
        remember(work, version, kind, keys, row);
    }
    if (has_twins(kind, row)) {
        follow_content(work, version, row);
    }
    return true;
}

static bool catalogue(struct work *work, const struct reported_row *row, struct error *err)
{
    struct clave_catalogued *event = row->event;

    event->as_of = row->as_of;
    return work_emit_everywhere(work, "catalogue", event->clave, row->type, event, err);
}

/* What a version's digest is once it is withdrawn: no content has it, so that the row may come again. */
static const char withdrawn_digest[] = "retirado";

bool gateway_version_is_gone(const struct row_version *version)
{
    return version->kind == NULL || strcmp(version->digest, withdrawn_digest) == 0;
}

/* The event as it was said; something of it is about to change. */
static bool said_again(const struct row_version *version, const struct gateway_kind *kind,
                       struct arena *arena, void **event, struct error *err)
{
    json_error_t fault;
    json_t *json = json_loads(version->said, 0, &fault);
    const void *read;
    const bool good = json != NULL ? record_from_json(kind->type, json, arena, &read, err)
                                   : error_set(err, ERROR_FATAL, "row_version %s: %s",
                                               version->fact_key, fault.text);

    json_decref(json);
    if (good) {
        *event = record_copy(kind->type, read, arena);
    }
    return good;
}

/* An order that is cancelled without a date was cancelled when it was first seen so, in whatever order the files come;
 * later ones only repeat it. True: this is earlier than was known. */
static bool note_cancellation(struct row_version *version, const struct reported_row *row)
{
    const int32_t day = (int32_t)(row->as_of / DATE_DAY_MICROSECONDS);

    if (!row->cancelled_undated || (version->has_cancelled_on && version->cancelled_on <= day)) {
        return false;
    }
    version->cancelled_on = day;
    version->has_cancelled_on = true;
    return true;
}

/* The newest row stands, but for the day. */
static bool say_cancelled_earlier(struct work *work, struct row_version *version,
                                  const struct gateway_kind *kind, struct error *err)
{
    const struct place place = {version->contract_id, version->entity_id};
    void *event;

    if (version->cancelled_undated && !gateway_version_is_gone(version)) {
        if (!said_again(version, kind, work_arena(work), &event, err)) {
            return false;
        }
        ((struct order_reported *)event)->cancelled_on = version->cancelled_on;
        gateway_fact(kind->type, event)->as_of = version->as_of;
        if (!pass_on(work, version, kind, &place, event, err)) {
            return false;
        }
        version->said = record_json_text(work_arena(work), kind->type, event);
    }
    work_save(work, &row_version_table, version);
    return true;
}

bool gateway_version_take(struct work *work, const struct reported_row *row,
                          enum version_outcome *outcome, struct error *err)
{
    struct arena *arena = work_arena(work);
    const struct gateway_kind *kind = gateway_kind_of(row->type);
    const struct directory_keys keys =
        kind != NULL && kind->of_order ? directory_keys_of(row, arena) : (struct directory_keys){0};
    struct row_version *version = work_entity(work, &row_version_table, fact_key_of(arena, row));
    bool earlier;

    *outcome = VERSION_UNCHANGED;
    if (kind == NULL && row->type != &clave_catalogued_type) {
        return error_set(err, ERROR_FATAL, "%s: layout %s reads an event that no gateway reports",
                         row->type->full_name, layout_id(row->layout));
    }
    if (row->contract != NULL) {
        directory_learn(work, &keys,
                        contract_number_id(arena, work_institution(work), row->contract),
                        row->as_of);
    }
    if (gateway_snapshot_denies(work, version, row)) {
        *outcome = VERSION_SUPERSEDED;
        return true;
    }
    earlier = note_cancellation(version, row);
    if (version->digest != NULL && strcmp(version->digest, row->digest) == 0 &&
        version->invented == row->invented) {
        if (row->as_of > version->as_of) {
            version->as_of = row->as_of;
            work_save(work, &row_version_table, version);
        }
        *outcome = earlier ? VERSION_NEWS : VERSION_UNCHANGED;
        return !earlier || say_cancelled_earlier(work, version, kind, err);
    }
    if (version->digest != NULL && row->as_of < version->as_of) {
        *outcome = VERSION_SUPERSEDED;
        return !earlier || say_cancelled_earlier(work, version, kind, err);
    }
    *outcome = VERSION_NEWS;
    gateway_snapshot_keep(work, version, row);
    version->digest = row->digest;
    version->as_of = row->as_of;
    version->invented = row->invented;
    version->cancelled_undated = row->cancelled_undated;
    if (row->cancelled_undated) {
        ((struct order_reported *)row->event)->cancelled_on = version->cancelled_on;
    }
    work_save(work, &row_version_table, version);
    return kind == NULL ? catalogue(work, row, err) : report(work, version, kind, &keys, row, err);
}

const struct row_version *gateway_version_of(struct work *work, const struct reported_row *row)
{
    return work_find(work, &row_version_table, fact_key_of(work_arena(work), row));
}

void gateway_version_need_fact(struct work *work, const char *fact_key)
{
    work_need(work, &row_version_table, fact_key);
    work_need(work, &gateway_number_table, GATEWAY_SEQUENCE);
}

void gateway_version_say(struct work *work, const struct reported_row *row,
                         struct report_answered *said)
{
    const struct row_version *version = gateway_version_of(work, row);

    said->fact_id = row->fact_id;
    if (version == NULL || version->digest == NULL || gateway_version_is_gone(version)) {
        return;
    }
    said->contract_id = version->contract_id;
    said->entity_id = version->entity_id;
    said->as_of = version->as_of;
    said->has_as_of = true;
    said->sequence = version->sequence;
    said->has_sequence = true;
}

bool gateway_version_withdraw(struct work *work, struct row_version *version, int64_t as_of,
                              const char *file, const char *reason, struct error *err)
{
    struct arena *arena = work_arena(work);
    const char *bar = strchr(version->fact_key, '|');
    const char *source = arena_text(arena, version->fact_key, (size_t)(bar - version->fact_key));
    const struct fact fact = {.fact_id = bar + 1,
                              .source = source,
                              .as_of = as_of,
                              .file = file,
                              .invented = version->invented};

    if (gateway_version_is_gone(version)) {
        return true;
    }
    if (!withdraw(work, version, gateway_kind_named(version->kind), &fact, reason, err)) {
        return false;
    }
    if (version->content != NULL) {
        gateway_twin_later(work, gateway_twin_key(work, source, version->content), bar + 1);
    }
    version->digest = withdrawn_digest;
    version->as_of = as_of;
    version->content = NULL;
    version->said = NULL;
    work_save(work, &row_version_table, version);
    return true;
}

void gateway_reroute_needs(struct work *work, const struct message *message)
{
    struct directory_reroute item;

    if (directory_reroute_read(message->key, work_arena(work), &item)) {
        work_need(work, &row_version_table, item.fact_key);
        work_need(work, &gateway_number_table, GATEWAY_SEQUENCE);
        directory_need(work, &item.keys);
    }
}

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool move(struct work *work, struct row_version *version, const char *contract_id,
                 struct error *err)
{
    struct arena *arena = work_arena(work);
    const struct gateway_kind *kind = gateway_kind_named(version->kind);
    const char *speaks_of = version->entity_id + strlen(version->contract_id);
    const struct place place = {arena_copy(arena, contract_id),
                                arena_format(arena, "%s%s", contract_id, speaks_of)};
    struct fact *fact;
    void *event;

    if (!said_again(version, kind, arena, &event, err)) {
        return false;
    }
    fact = gateway_fact(kind->type, event);
    fact->as_of = version->as_of; /* may have been raised since */
    if (!pass_on(work, version, kind, &place, event, err)) {
        return false;
    }
    version->said = record_json_text(arena, kind->type, event);
    work_save(work, &row_version_table, version);
    if (version->content != NULL) {
        gateway_twin_later(work, gateway_twin_key(work, fact->source, version->content),
                           fact->fact_id);
    }
    return true;
}

bool gateway_reroute(struct work *work, const struct message *message, struct error *err)
{
    struct directory_reroute item;
    struct row_version *version;
    const char *contract_id;

    if (!directory_reroute_read(message->key, work_arena(work), &item)) {
        return error_set(err, ERROR_REJECT, "agenda %s: clave ilegible «%s»", message->type,
                         message->key);
    }
    version = work_find(work, &row_version_table, item.fact_key);
    if (version == NULL || version->said == NULL || !same(version->order_key, item.keys.order) ||
        !same(version->shipment_key, item.keys.shipment)) {
        directory_wait(work, &item.keys, item.fact_key, false);
        return true;
    }
    contract_id = directory_find(work, &item.keys);
    return contract_id == NULL || strcmp(contract_id, version->contract_id) == 0 ||
           move(work, version, contract_id, err);
}
