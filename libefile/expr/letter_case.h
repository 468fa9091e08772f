/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other case of letters, free of the locale. */
#ifndef EXPR_LETTER_CASE_H
#define EXPR_LETTER_CASE_H

#include "base/buf.h"

void letter_add_upper(buf *out, uint32_t c);  /* may be several letters: SS */
void letter_add_lower(buf *out, uint32_t c);

#endif
