#ifndef SERVICES_GATEWAY_GATEWAY_ROW_H
#define SERVICES_GATEWAY_GATEWAY_ROW_H

#include "common/runtime/work.h"
#include "services/gateway/feed_record.h"

/* What becomes of a row, whether it came in a file or through the inbox. */

/** Name of the gateway's number that counts the catalogued claves. */
#define GATEWAY_CLAVES "claves"

/** For needs: what the functions below touch. */
void gateway_row_need(struct work *work, const struct feed_row_record *record);

/** All readings of the row as the catalogue lets them be read, in the arena; as many as the fit has. */
struct reported_row *gateway_row_judge(struct work *work, const struct feed_row_record *record,
                                       struct row_answer *answer);

/** Takes all readings of a row that can be read; the answer says whether they brought anything new. */
bool gateway_row_take(struct work *work, const struct reported_row *rows, size_t count,
                      struct row_answer *answer, struct error *err) MUST_CHECK;

#endif
