/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scope-bound release, early return and handing over: AUTO, AUTO_PTR, TRY, STEAL. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

/* A value on the stack that <type>_clear() empties at scope exit: AUTO(buf) b = BUF_INIT; */
#define AUTO(type) __attribute__((cleanup(type##_clear))) type

/* A pointer that its free function releases at scope exit: AUTO_PTR(efile_report) r = NULL; */
#define AUTO_PTR(type) __attribute__((cleanup(type##_freep))) type *

/* Makes a type usable with AUTO_PTR; the free function must accept NULL. */
#define DEFINE_AUTO_PTR(type, free_function)                                                       \
	static inline void type##_freep(type **p)                                                  \
	{                                                                                          \
		free_function(*p);                                                                 \
	}

/* Leaves the function with the status of expr if that is an error. The only macro that hides
 * control flow. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		efile_status try_status_ = (expr);                                                 \
		if (try_status_ < 0)                                                               \
			return try_status_;                                                        \
	} while (0)

/* Hands a pointer over and leaves NULL behind, so that AUTO_PTR has nothing to release. */
#define STEAL(pointer)                                                                             \
	__extension__({                                                                            \
		__typeof__(pointer) steal_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		steal_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
