#ifndef COMMON_CP1252_H
#define COMMON_CP1252_H

#include "common/base/buffer.h"

#include <stddef.h>

/** Appends text of Windows' code page 1252 (Excel's "CSV" in Spanish) as UTF-8. The five bytes that it does
 *  not define become U+FFFD. Source: the Unicode Consortium's CP1252.TXT. */
void cp1252_append_utf8(struct buffer *out, const void *bytes, size_t size);

#endif
