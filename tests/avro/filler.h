#ifndef TESTS_AVRO_FILLER_H
#define TESTS_AVRO_FILLER_H

#include "common/avro/record.h"

enum filling {
    FILLING_FULL,  /**< every nullable field has a value, every list two items */
    FILLING_BARE,  /**< every nullable field is null, every list empty */
    FILLING_MIXED, /**< every other one */
};

enum { FILLING_COUNT = 3 };

/** A struct of the type with values that differ from field to field and never from run to run. */
void *filler_record(const struct record_type *type, enum filling filling, struct arena *arena);

#endif
