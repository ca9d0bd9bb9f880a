#ifndef TESTS_FUZZ_ROWS_H
#define TESTS_FUZZ_ROWS_H

#include "services/gateway/row.h"

/* What holds of every row that the gateway reads, whatever it was read from. */

/** The layouts of the project, loaded once. */
const struct layout_set *rows_layouts(void);

/** A reason that is said has a sentence for people and a word for programs. */
void rows_check_reason(const struct reason_said *reason);

/** The remarks say all that people need; a row that is taken has an identity, and its event can be sent. */
void rows_check(const struct reported_row *row);

/** Whether both readings say the same of the same fact. */
void rows_check_same(const struct reported_row *a, const struct reported_row *b, const char *what);

#endif
