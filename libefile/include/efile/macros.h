/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file macros.h
 * @brief Visibility and linkage of the public interface.
 */
#ifndef EFILE_MACROS_H
#define EFILE_MACROS_H

#if defined(EFILE_CDEF)
/* The Python binding reads the headers through the preprocessor: no attributes there. */
# define EFILE_API
# define EFILE_BEGIN_DECLS
# define EFILE_END_DECLS
#else
# if defined(__GNUC__)
#  define EFILE_API __attribute__((visibility("default")))
# else
#  define EFILE_API
# endif
# ifdef __cplusplus
#  define EFILE_BEGIN_DECLS extern "C" {
#  define EFILE_END_DECLS }
# else
#  define EFILE_BEGIN_DECLS
#  define EFILE_END_DECLS
# endif
#endif

#endif
