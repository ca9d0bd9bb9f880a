#include "common/runtime/cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS_FIRST = 1024 };

struct cache_entry {
    struct cache_entry *next_in_bucket;
    struct cache_entry *older;
    struct cache_entry *newer;
    const struct table *table;
    uint64_t hash;
    uint64_t used_in;
    void **rows; /* behind each lies a struct row_head */
    size_t count;
    size_t capacity;
    bool loaded;
    char owner[];
};

struct row_head {
    struct cache_entry *entry;
    size_t bytes;
    bool changed;
    _Alignas(16) unsigned char content[];
};

struct cache {
    struct cache_entry **buckets;
    size_t bucket_count;
    size_t entry_count;
    size_t bytes;
    size_t bytes_max;
    uint64_t turn;
    void **fresh; /* rows made since the last commit */
    size_t fresh_count;
    size_t fresh_capacity;
    struct cache_entry *newest;
    struct cache_entry *oldest;
};

static struct row_head *head_of(void *row)
{
    return (struct row_head *)(void *)((unsigned char *)row - offsetof(struct row_head, content));
}

static char **text_at(void *row, size_t offset)
{
    return (char **)(void *)((unsigned char *)row + offset);
}

static const char *row_key(const struct table *table, const void *row, size_t column)
{
    const char *const *text = (const char *const *)(const void *)((const unsigned char *)row +
                                                                  table->columns[column].offset);

    return *text;
}

static const char *row_id(const struct table *table, const void *row)
{
    return table->key_columns > 1 ? row_key(table, row, 1) : "";
}

static uint64_t stir(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Owners are long and looked up many times an event: eight bytes at a time. */
static uint64_t hash_of(const struct table *table, const char *owner)
{
    size_t left = strlen(owner);
    uint64_t hash = stir((uint64_t)(uintptr_t)table, left);
    uint64_t word;

    for (; left >= sizeof word; left -= sizeof word, owner += sizeof word) {
        memcpy(&word, owner, sizeof word);
        hash = stir(hash, word);
    }
    word = 0;
    memcpy(&word, owner, left);
    return stir(hash, word);
}

struct cache *cache_create(size_t bytes_max)
{
    struct cache *cache = memory_alloc(sizeof *cache);

    cache->bucket_count = BUCKETS_FIRST;
    cache->buckets = memory_alloc(cache->bucket_count * sizeof(struct cache_entry *));
    cache->bytes_max = bytes_max;
    return cache;
}

static void age_remove(struct cache *cache, struct cache_entry *entry)
{
    if (entry->newer != NULL) {
        entry->newer->older = entry->older;
    } else {
        cache->newest = entry->older;
    }
    if (entry->older != NULL) {
        entry->older->newer = entry->newer;
    } else {
        cache->oldest = entry->newer;
    }
    entry->newer = NULL;
    entry->older = NULL;
}

static void age_push(struct cache *cache, struct cache_entry *entry)
{
    entry->older = cache->newest;
    if (cache->newest != NULL) {
        cache->newest->newer = entry;
    } else {
        cache->oldest = entry;
    }
    cache->newest = entry;
}

static void entry_destroy(struct cache *cache, struct cache_entry *entry)
{
    struct cache_entry **link = &cache->buckets[entry->hash % cache->bucket_count];

    while (*link != entry) {
        link = &(*link)->next_in_bucket;
    }
    *link = entry->next_in_bucket;
    age_remove(cache, entry);
    for (size_t i = 0; i < entry->count; i++) {
        cache->bytes -= head_of(entry->rows[i])->bytes;
        free(head_of(entry->rows[i]));
    }
    cache->bytes -= sizeof *entry + strlen(entry->owner) + 1;
    cache->entry_count--;
    free(entry->rows);
    free(entry);
}

void cache_drop(struct cache *cache)
{
    cache->fresh_count = 0;
    while (cache->oldest != NULL) {
        entry_destroy(cache, cache->oldest);
    }
}

void cache_destroy(struct cache *cache)
{
    if (cache != NULL) {
        cache_drop(cache);
        free(cache->buckets);
        free(cache->fresh);
        free(cache);
    }
}

static void grow_buckets(struct cache *cache)
{
    const size_t count = cache->bucket_count * 2;
    struct cache_entry **buckets = memory_alloc(count * sizeof(struct cache_entry *));

    for (struct cache_entry *entry = cache->oldest; entry != NULL; entry = entry->newer) {
        entry->next_in_bucket = buckets[entry->hash % count];
        buckets[entry->hash % count] = entry;
    }
    free(cache->buckets);
    cache->buckets = buckets;
    cache->bucket_count = count;
}

static struct cache_entry *entry_create(struct cache *cache, const struct table *table,
                                        const char *owner, uint64_t hash)
{
    const size_t owner_bytes = strlen(owner) + 1;
    struct cache_entry *entry = memory_alloc(sizeof *entry + owner_bytes);

    if (cache->entry_count >= cache->bucket_count) {
        grow_buckets(cache);
    }
    entry->table = table;
    entry->hash = hash;
    memcpy(entry->owner, owner, owner_bytes);
    entry->next_in_bucket = cache->buckets[hash % cache->bucket_count];
    cache->buckets[hash % cache->bucket_count] = entry;
    cache->entry_count++;
    cache->bytes += sizeof *entry + owner_bytes;
    age_push(cache, entry);
    return entry;
}

struct cache_entry *cache_entry(struct cache *cache, const struct table *table, const char *owner)
{
    const uint64_t hash = hash_of(table, owner);
    struct cache_entry *entry = cache->buckets[hash % cache->bucket_count];

    while (entry != NULL &&
           (entry->hash != hash || entry->table != table || strcmp(entry->owner, owner) != 0)) {
        entry = entry->next_in_bucket;
    }
    if (entry == NULL) {
        entry = entry_create(cache, table, owner, hash);
    } else if (entry->used_in != cache->turn) {
        age_remove(cache, entry);
        age_push(cache, entry);
    }
    entry->used_in = cache->turn;
    return entry;
}

bool cache_entry_loaded(const struct cache_entry *entry)
{
    return entry->loaded;
}

void cache_entry_mark_loaded(struct cache_entry *entry)
{
    entry->loaded = true;
}

const char *cache_entry_owner(const struct cache_entry *entry)
{
    return entry->owner;
}

void *const *cache_entry_rows(const struct cache_entry *entry, size_t *count)
{
    *count = entry->count;
    return entry->rows;
}

/* One block: head, struct, then the texts it points to. */
static void *row_home(struct cache_entry *entry, const void *row)
{
    const struct table *table = entry->table;
    size_t text_bytes = 0;
    struct row_head *head;
    char *at;

    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = table->columns[i].type == COLUMN_TEXT ? row_key(table, row, i) : NULL;

        text_bytes += text == NULL ? 0 : strlen(text) + 1;
    }
    head = memory_alloc(sizeof *head + table->row_bytes + text_bytes);
    head->entry = entry;
    head->bytes = sizeof *head + table->row_bytes + text_bytes;
    memcpy(head->content, row, table->row_bytes);
    at = (char *)head->content + table->row_bytes;
    for (size_t i = 0; i < table->column_count; i++) {
        char **text = text_at(head->content, table->columns[i].offset);

        if (table->columns[i].type == COLUMN_TEXT && *text != NULL) {
            const size_t bytes = strlen(*text) + 1;

            memcpy(at, *text, bytes);
            *text = at;
            at += bytes;
        }
    }
    return head->content;
}

static void insert_row(struct cache *cache, struct cache_entry *entry, size_t index, void *row)
{
    if (entry->count == entry->capacity) {
        entry->capacity = entry->capacity == 0 ? 1 : entry->capacity * 2;
        entry->rows = memory_resize(entry->rows, entry->capacity * sizeof *entry->rows);
    }
    memmove(entry->rows + index + 1, entry->rows + index,
            (entry->count - index) * sizeof *entry->rows);
    entry->rows[index] = row;
    entry->count++;
    cache->bytes += head_of(row)->bytes;
}

/* Where the row of that id is, or belongs. */
static size_t row_index(const struct cache_entry *entry, const char *id, bool *found)
{
    size_t low = 0;
    size_t high = entry->count;

    *found = false;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(row_id(entry->table, entry->rows[middle]), id);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void cache_entry_add(struct cache *cache, struct cache_entry *entry, const void *row)
{
    bool found;
    const size_t index = row_index(entry, row_id(entry->table, row), &found);

    assert(!found);
    insert_row(cache, entry, index, row_home(entry, row));
}

static void note_fresh(struct cache *cache, void *row)
{
    if (cache->fresh_count == cache->fresh_capacity) {
        cache->fresh_capacity = cache->fresh_capacity == 0 ? 64 : cache->fresh_capacity * 2;
        cache->fresh = memory_resize(cache->fresh, cache->fresh_capacity * sizeof *cache->fresh);
    }
    cache->fresh[cache->fresh_count++] = row;
}

static void remove_row(struct cache *cache, void *row)
{
    struct cache_entry *entry = head_of(row)->entry;
    bool found;
    const size_t index = row_index(entry, row_id(entry->table, row), &found);

    assert(found && entry->rows[index] == row);
    entry->count--;
    memmove(entry->rows + index, entry->rows + index + 1,
            (entry->count - index) * sizeof *entry->rows);
    cache->bytes -= head_of(row)->bytes;
    free(head_of(row));
}

void cache_forget_unsaved(struct cache *cache)
{
    for (size_t i = 0; i < cache->fresh_count; i++) {
        if (!head_of(cache->fresh[i])->changed) {
            remove_row(cache, cache->fresh[i]);
        }
    }
    cache->fresh_count = 0;
}

void *cache_entry_row(struct cache *cache, struct cache_entry *entry, const char *id, bool make)
{
    bool found;
    const size_t index = row_index(entry, id, &found);
    struct row_head *blank;
    void *row;

    assert(entry->loaded);
    if (found || !make) {
        return found ? entry->rows[index] : NULL;
    }
    blank = memory_alloc(sizeof *blank + entry->table->row_bytes);
    *text_at(blank->content, entry->table->columns[0].offset) = entry->owner;
    if (entry->table->key_columns > 1) {
        char *copy = memory_copy(id);

        *text_at(blank->content, entry->table->columns[1].offset) = copy;
        row = row_home(entry, blank->content);
        free(copy);
    } else {
        row = row_home(entry, blank->content);
    }
    free(blank);
    insert_row(cache, entry, index, row);
    note_fresh(cache, row);
    return row;
}

bool cache_row_mark(void *row)
{
    struct row_head *head = head_of(row);
    const bool first = !head->changed;

    head->changed = true;
    return first;
}

void cache_settle(struct cache *cache, void *row)
{
    struct cache_entry *entry = head_of(row)->entry;
    bool found;
    const size_t index = row_index(entry, row_id(entry->table, row), &found);

    assert(found && entry->rows[index] == row);
    cache->bytes -= head_of(row)->bytes;
    entry->rows[index] = row_home(entry, row);
    cache->bytes += head_of(entry->rows[index])->bytes;
    free(head_of(row));
}

void cache_trim(struct cache *cache)
{
    while (cache->bytes > cache->bytes_max && cache->oldest != NULL &&
           cache->oldest->used_in != cache->turn) {
        entry_destroy(cache, cache->oldest);
    }
    cache->turn++;
}

size_t cache_bytes(const struct cache *cache)
{
    return cache->bytes;
}
