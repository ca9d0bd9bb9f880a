#ifndef COMMON_CACHE_H
#define COMMON_CACHE_H

#include "common/base/arena.h"
#include "common/store/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Rows of a shard kept in memory between batches. A row handed out may be changed by a handler; its
 *  texts may then point into the batch's arena until cache_settle copies them home. */
struct cache;

/** All rows of one owner of one table, ordered by id bytewise. */
struct cache_entry;

struct cache *cache_create(size_t bytes_max);
void cache_destroy(struct cache *cache);

/** The entry of an owner; made empty and not loaded when it is new. */
struct cache_entry *cache_entry(struct cache *cache, const struct table *table, const char *owner);

bool cache_entry_loaded(const struct cache_entry *entry);
void cache_entry_mark_loaded(struct cache_entry *entry);
const char *cache_entry_owner(const struct cache_entry *entry);
void *const *cache_entry_rows(const struct cache_entry *entry, size_t *count);

/** Takes a copy of a loaded row (rows come in order). */
void cache_entry_add(struct cache *cache, struct cache_entry *entry, const void *row);

/** The row of that id ("" for tables of one row per owner); NULL when absent and not `make`. A made row
 *  is zeroed but for its key. */
void *cache_entry_row(struct cache *cache, struct cache_entry *entry, const char *id, bool make);

/** Marks a row as changed; true the first time since it was last settled. */
bool cache_row_mark(void *row);

/** After a durable commit, before the rows are settled: rows that were made and never marked leave. */
void cache_forget_unsaved(struct cache *cache);

/** After a durable commit: copies the texts of a changed row into the cache. The row may move. */
void cache_settle(struct cache *cache, void *row);

/** Ends a batch: entries unused for longest leave while the cache holds more than its bytes. */
void cache_trim(struct cache *cache);

/** Forgets everything: after a failed or unknown commit. */
void cache_drop(struct cache *cache);

size_t cache_bytes(const struct cache *cache);

#endif
