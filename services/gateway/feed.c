#include "services/gateway/feed.h"

#include "common/base/text.h"
#include "services/gateway/archive.h"
#include "services/gateway/feed_file.h"
#include "services/gateway/inbox.h"

#include <stdlib.h>
#include <string.h>

const struct setting gateway_settings[] = {
    {"ABASTO_DROP_FOLDER", NULL, "Buzón: carpeta donde aparecen los archivos de la institución."},
    {"ABASTO_ARCHIVE_FOLDER", NULL, "Carpeta del archivo inmutable de todo lo recibido."},
    {"ABASTO_FORMATS_FOLDER", NULL, "Carpeta de los formatos (*.ini)."},
    {0},
};

struct pending {
    struct pending *next;
    struct feed_file file;
    uint64_t ticket; /* the mark it was there for */
    bool finished;   /* committed and moved away */
};

struct gateway_feed {
    struct arena arena;
    struct feed_place place;
    const struct inbox_kinds *kinds;
    struct pending *first;
    uint64_t marks;   /* tickets given out */
    uint64_t scanned; /* the last one whose files are all known */
};

static bool feed_open(void **feed, const char *(*settings)(const void *context, const char *name),
                      const void *context, struct error *err)
{
    struct gateway_feed *made = memory_alloc(sizeof *made);
    struct feed_place *place = &made->place;
    struct arena *arena = &made->arena;

    *made = (struct gateway_feed){0};
    place->institution = arena_copy(arena, settings(context, "ABASTO_INSTITUTION"));
    place->drop = arena_copy(arena, settings(context, "ABASTO_DROP_FOLDER"));
    place->archive = arena_copy(arena, settings(context, "ABASTO_ARCHIVE_FOLDER"));
    if (archive_folder(place->drop, err) &&
        archive_folder(arena_format(arena, "%s/%s", place->archive, place->institution), err) &&
        layout_set_load(settings(context, "ABASTO_FORMATS_FOLDER"), arena, &place->layouts, err) &&
        inbox_kinds_load(place->layouts, arena, &made->kinds, err)) {
        *feed = made;
        return true;
    }
    arena_finish(arena);
    free(made);
    return false;
}

static void drop_finished(struct gateway_feed *feed, bool all)
{
    struct pending **link = &feed->first;

    while (*link != NULL) {
        struct pending *pending = *link;

        if (all || pending->finished) {
            *link = pending->next;
            feed_file_finish(&pending->file);
            free(pending);
        } else {
            link = &pending->next;
        }
    }
}

static void feed_close(void *feed)
{
    struct gateway_feed *closing = feed;

    if (closing != NULL) {
        drop_finished(closing, true);
        arena_finish(&closing->arena);
        free(closing);
    }
}

static void add_pending(struct gateway_feed *feed, const struct feed_name *name, uint64_t ticket)
{
    struct pending **link = &feed->first;
    struct pending *pending;

    while (*link != NULL) {
        if (strcmp((*link)->file.dropped.name, name->name) == 0) {
            return; /* on its way; another file of its name comes after it */
        }
        link = &(*link)->next;
    }
    pending = memory_alloc(sizeof *pending);
    *pending = (struct pending){.ticket = ticket};
    pending->file.dropped = *name;
    pending->file.dropped.name = arena_copy(&pending->file.arena, name->name);
    *link = pending;
}

/* What is found by the first scan after a mark was there for it, as far as anybody can tell; what comes
 * later is for the next one, so that a stream of files does not hold a day open. */
static bool scan(struct gateway_feed *feed, struct error *err)
{
    struct arena arena = {0};
    const uint64_t marks = feed->marks;
    const uint64_t ticket = feed->scanned < marks ? marks : marks + 1;
    struct feed_name *names;
    size_t count;
    const bool good = feed_folder_scan(feed->place.drop, &arena, &names, &count, err);

    if (good) {
        for (size_t i = 0; i < count; i++) {
            add_pending(feed, &names[i], ticket);
        }
        feed->scanned = marks;
    }
    arena_finish(&arena);
    return good;
}

/* A file that cannot be read holds up no other: its fault is told once there is nothing else to do. */
static bool feed_poll(void *feed, struct feed_batch *batch, size_t max, struct error *err)
{
    struct gateway_feed *polled = feed;
    struct error first = {0};
    size_t left = max;

    drop_finished(polled, false);
    if (!scan(polled, err)) {
        return false;
    }
    for (struct pending *pending = polled->first; pending != NULL && left > 0;
         pending = pending->next) {
        struct feed_file *file = &pending->file;
        struct error fault = {0};

        if ((file->opened || feed_file_open(file, &polled->place, batch, &left, &fault)) &&
            feed_file_read(file, batch, &left, &fault)) {
            continue;
        }
        if (fault.action == ERROR_FATAL || first.action == ERROR_NONE) {
            (void)error_prefix(&fault, "%s", file->dropped.name);
            first = fault;
        }
        if (fault.action == ERROR_FATAL) {
            break;
        }
    }
    if (first.action == ERROR_NONE || (first.action == ERROR_RETRY && left < max)) {
        return true;
    }
    *err = first;
    return false;
}

/* The name under which a file is answered: room is left for what is added to it. */
static const char *answer_name(struct arena *arena, const char *name)
{
    enum { NAME_BYTES_MAX = 200 };

    return strlen(name) <= NAME_BYTES_MAX ? name
                                          : text_clean(arena, name, strlen(name), NAME_BYTES_MAX);
}

static bool move_away(const struct gateway_feed *feed, const struct feed_file *file,
                      struct error *err)
{
    struct arena arena = {0};
    const char *refusal = file->record.refusal;
    const char *name = answer_name(&arena, file->dropped.name);
    const char *into = refusal != NULL ? "rechazados" : "procesados";
    const char *folder = arena_format(&arena, "%s/%s", feed->place.drop, into);
    bool good = archive_folder(folder, err);

    if (refusal != NULL) {
        const char *text = arena_format(&arena, "%s\n", refusal);

        good = good && archive_write(folder, arena_format(&arena, "%s.motivo.txt", name),
                                     (struct bytes){(const uint8_t *)text, strlen(text)}, err);
    } else {
        const struct bytes report = buffer_view(&file->report);

        good = good && archive_write(file->record.folder, "informe.csv", report, err) &&
               archive_write(folder, arena_format(&arena, "%s.informe.csv", name), report, err);
    }
    good = good && feed_folder_move(feed->place.drop, &file->dropped, into, err);
    arena_finish(&arena);
    return good;
}

static bool feed_committed(void *feed, const char *log, int64_t next_offset, struct error *err)
{
    const struct gateway_feed *told = feed;

    for (struct pending *pending = told->first; pending != NULL; pending = pending->next) {
        const struct feed_file *file = &pending->file;

        if (pending->finished || !feed_file_is_read(file) || strcmp(file->log, log) != 0 ||
            next_offset < file->end_offset) {
            continue;
        }
        if (!move_away(told, file, err)) {
            return error_prefix(err, "%s", file->dropped.name);
        }
        pending->finished = true;
    }
    return true;
}

static uint64_t feed_mark(void *feed)
{
    struct gateway_feed *marked = feed;

    return ++marked->marks;
}

static bool feed_reached(void *feed, uint64_t ticket)
{
    const struct gateway_feed *asked = feed;

    if (asked->scanned < ticket) {
        return false;
    }
    for (const struct pending *pending = asked->first; pending != NULL; pending = pending->next) {
        if (!pending->finished && pending->ticket <= ticket) {
            return false;
        }
    }
    return true;
}

static const void *feed_inbox(void *feed, const struct inbox_message *message, struct arena *arena)
{
    const struct gateway_feed *read = feed;

    return inbox_read(read->kinds, read->place.layouts, read->place.institution, message, arena);
}

const struct feed gateway_feed = {
    .open = feed_open,
    .poll = feed_poll,
    .committed = feed_committed,
    .mark = feed_mark,
    .reached = feed_reached,
    .close = feed_close,
    .inbox = feed_inbox,
};
