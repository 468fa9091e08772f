/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* External functions: the plain ones of java.lang that models call, done here. */
#ifndef EXPR_JAVA_H
#define EXPR_JAVA_H

#include "expr/value.h"

/* The function of a class and signature such as "max(double, double)"; NULL if it is not known. */
const struct java_row *java_find(const char *class_name, const char *signature);
/* Null and a warning where the arguments don't fit. */
efile_status java_call(expr_value *out, expr_scope *s, const struct java_row *row,
		       const expr_value *args, size_t count);

#endif
