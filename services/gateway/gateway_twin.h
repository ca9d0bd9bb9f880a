#ifndef SERVICES_GATEWAY_TWIN_H
#define SERVICES_GATEWAY_TWIN_H

#include "common/runtime/work.h"

/* Receipts of equal content under different identities are possible duplicates: a finding, never a merge. */

/** Kind of the agenda items that look at a content again which a receipt left. */
#define GATEWAY_TWIN "gateway.Twin"
/** What is settled: the receipts of one content. */
#define GATEWAY_TWINS "gateway.Twins"

/** `<institution>/<source>|<content>`: owner of the twins and of their findings; owned by the arena. */
char *gateway_twin_key(struct work *work, const char *source, const char *content);

/** For needs. */
void gateway_twin_need(struct work *work, const char *content_key);

/** What row_version knows of the fact now holds among the twins of that content, which are judged when the batch
 *  is taken. */
void gateway_twin_sync(struct work *work, const char *content_key, const char *fact_id,
                       const char *fact_key);

/** Settled: all but the first of a content, by id, are said to repeat the first, whatever came when. Key: the
 *  content's. */
bool gateway_twins_judge(struct work *work, const struct message *message,
                         struct error *err) MUST_CHECK;

/** The same later: for a content that was not needed. */
void gateway_twin_later(struct work *work, const char *content_key, const char *fact_id);

void gateway_twin_needs(struct work *work, const struct message *message);
bool gateway_twin_on(struct work *work, const struct message *message,
                     struct error *err) MUST_CHECK;

#endif
