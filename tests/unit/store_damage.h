/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store with something of everything, its logical content as text, and damage to it. */
#ifndef TESTS_UNIT_STORE_DAMAGE_H
#define TESTS_UNIT_STORE_DAMAGE_H

#include "unit/store_support.h"

void test_store_fill(test_store *t);          /* rows, changes, deletions, contents, checkpoints */

/* All recorded and evident data of a store as text, derived tables left out; NULL if it can't be
 * opened or read. malloc'd. */
char *test_store_dump(efile_ctx *ctx, const char *path);

/* Copies all files of a store that is closed. */
void test_store_copy(const char *from, const char *to);

void test_file_copy(const char *from, const char *to);

/* Flips one bit of a file. */
void test_flip(const char *path, size_t byte, int bit);
size_t test_file_size(const char *path);

#endif
