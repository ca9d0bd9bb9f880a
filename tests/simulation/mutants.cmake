# What is taken out of the argument of docs/architecture.md, one at a time, so that the simulator can be seen to
# notice it: mutant(<name> <file> <text> <what stands there instead> ...). A text that does
# not stand in its file exactly once stops the build. Included by CMakeLists.txt, which makes an executable of each,
# and by mutate.cmake, which makes its source.

# Who commits is asked for nothing but the incarnation (advance() in common/store/store_pg_schema.c does the same).
mutant(fence tests/support/fake_database.c
[[commit->epoch != shard->epoch ||
        commit->batch != shard->batch + 1) {
        return false;
    }]]
[[false) {
        return false;
    }
    return true;]])

# Who commits is not asked for the incarnation (the same in advance()).
mutant(incarnation-of-commits tests/support/fake_database.c
[[commit->incarnation != shard->incarnation || commit->epoch]]
[[commit->epoch]])

# A producer that begins anew is taken for one that repeats itself.
mutant(incarnation common/runtime/intake.c
[[if (item->incarnation < incarnation || (item->incarnation == incarnation && item->seq <= seq)) {]]
[[if (item->seq <= seq) {]]
[[(item->incarnation > incarnation && item->seq == 1)]]
[[false]])

# What a batch says goes out while nobody knows yet whether it stands.
mutant(publish-after-commit common/runtime/batch.c
[[    shard->published_sent = commit.published;
]]
[[    shard->published_sent = commit.published;
    if (commit.outbox.size > 0) {
        struct buffer early = {0};

        buffer_append(&early, commit.outbox.data, commit.outbox.size);
        if (!publish_queue(shard, commit.batch, &early, err) || !publish_pump(shard, err)) {
            return outcome_of(err);
        }
    }
]]
[[if (outbox->size > 0 && !publish_queue(]]
[[if (false && outbox->size > 0 && !publish_queue(]])

# What was heard before is heard again.
mutant(sequence-dedup common/runtime/intake.c
[[        atomic_fetch_add(&metrics->duplicates, 1);
        return false;
    }
    if (reference ||]]
[[        heard->taken_incarnation = item->incarnation;
        heard->taken_seq = item->seq;
        return true;
    }
    if (reference ||]])

# A batch is held to be published when some later one is.
mutant(contiguous-published common/runtime/publish.c
[[    return shard->unpublished_first != NULL ? shard->unpublished_first->batch - 1 : shard->batch;]]
[[    int64_t last = shard->unpublished_first != NULL ? shard->unpublished_first->batch - 1 : shard->batch;

    for (const struct unpublished *item = shard->unpublished_first; item != NULL; item = item->next) {
        last = item->acked == item->total ? item->batch : last;
    }
    return last;]])

# What lies before the position is taken again.
mutant(offset-check common/runtime/intake.c
[[    if (message->offset < position->taken) {
        atomic_fetch_add(]]
[[    if (false) {
        atomic_fetch_add(]])

# What a batch changed stays in the cache when nobody knows what became of it.
mutant(cache-drop common/runtime/state.c
[[    if (shard->work != NULL) {
        work_end(]]
[[    if (shard->work != NULL) {
        work_committed(shard->work);
        work_end(]]
[[    cache_drop(shard->cache);
    publish_forget(]]
[[    publish_forget(]])

# The version that comes last wins, whenever it was captured.
mutant(version-order services/facts/fact.c
[[const int version = compare_version(fact, &row->fact);]]
[[const int version = fact != NULL ? 1 : 0;]])

# A day goes on as soon as any input has closed it.
mutant(watermark common/runtime/state.c
[[        if (!day_on_input(shard, topic, institution, &day)) {
            return false;
        }
        if (!any || day < *smallest) {]]
[[        if (!day_on_input(shard, topic, institution, &day)) {
            continue;
        }
        if (!any || day > *smallest) {]])
