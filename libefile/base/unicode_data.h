/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables behind str_nfc() and str_fold(): all sorted by the character they begin with. */
#ifndef BASE_UNICODE_DATA_H
#define BASE_UNICODE_DATA_H

#include <stddef.h>
#include <stdint.h>

/* Canonical decomposition by one step; second is 0 for a mere substitution. Hangul is arithmetic. */
typedef struct unicode_decomposition {
	uint32_t character, first, second;
} unicode_decomposition;

/* Canonical combining class of the characters from first to last. */
typedef struct unicode_class {
	uint32_t first, last;
	uint8_t value;
} unicode_class;

/* Every step-th character from first to last folds to the one at a distance. */
typedef struct unicode_fold_run {
	uint32_t first, last;
	uint8_t step;
	int32_t distance;
} unicode_fold_run;

typedef struct unicode_fold_long {
	uint32_t character;
	uint32_t to[3];    /* 0 behind the last */
} unicode_fold_long;

extern const unicode_decomposition unicode_decompositions[];
extern const uint16_t unicode_compositions[]; /* indexes of the above, sorted by first and second */
extern const unicode_class unicode_classes[];
extern const unicode_fold_run unicode_fold_runs[];
extern const unicode_fold_long unicode_fold_longs[];
extern const size_t unicode_decompositions_count, unicode_compositions_count,
	unicode_classes_count, unicode_fold_runs_count, unicode_fold_longs_count;

#endif
