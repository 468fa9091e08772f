/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns of XPath (F&O 5.6.1, XML Schema appendix F) in the words of PCRE2. */
#ifndef EXPR_REGEX_XPATH_H
#define EXPR_REGEX_XPATH_H

#include <stdbool.h>

#include "base/base.h"

/* False if the pattern is wrong; *at is where, in bytes. */
bool regex_translate(buf *out, const char *pattern, bool dot_all, bool spaced, size_t *at);

#endif
