#ifndef SCHEMAS_GENERATOR_RESOLVE_H
#define SCHEMAS_GENERATOR_RESOLVE_H

#include "common/avro/path.h"
#include "common/avro/schema.h"

/** What a later version of an event must not do to an earlier one. */
enum resolve_rule {
    RULE_DEFAULT, /**< a field that older messages lack has a default */
    RULE_REMOVED, /**< a field goes only when who still reads the older version has its default */
    RULE_TYPE,    /**< a type only widens */
    RULE_NULL,    /**< what could be null stays nullable */
    RULE_SYMBOL,  /**< a symbol goes only when the enum has a default */
    RULE_NAME,    /**< named types keep their full name */
};

/** The rule as a sentence; static. */
const char *resolve_rule_text(enum resolve_rule rule);

/** Told once per fault: the field, the rule, and what is wrong, in words. All are borrowed. */
struct resolve_listener {
    void (*fault)(void *context, const struct path *path, enum resolve_rule rule,
                  const char *detail);
    void *context;
};

/**
 * Compares a later version (`reader`) with an earlier one (`writer`): what Avro's resolution asks, less
 * what our own binder cannot do (of promotions it knows int -> long), plus RULE_REMOVED.
 */
void resolve_compare(const struct schema_node *reader, const struct schema_node *writer,
                     const struct resolve_listener *listener);

#endif
