/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unicode blocks for regular expressions. */
#ifndef EXPR_REGEX_BLOCKS_H
#define EXPR_REGEX_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

typedef struct regex_block {
	const char *name;
	uint32_t first, last;
} regex_block;

const regex_block *regex_block_find(const char *name, size_t length); /* NULL if there is none */

#endif
