/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built-in functions of FEEL. Each finds *out null and its arguments of the table's types. */
#ifndef EXPR_FUNCTIONS_H
#define EXPR_FUNCTIONS_H

#include "expr/code.h"

efile_status fn_abs(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_all(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_any(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_append(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_ceiling(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_concatenate(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_contains(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_count(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_date(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_date_and_time(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_decimal(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_duration(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_ends_with(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_even(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_floor(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_index_of(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_list_contains(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_lower_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_matches(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_max(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_mean(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_min(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_modulo(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_not(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_now(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_number(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_odd(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_reverse(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_round_down(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_round_half_down(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_round_half_up(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_round_up(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_starts_with(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_string(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_string_join(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_string_length(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_substring(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_substring_after(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_substring_before(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_sum(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_today(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_upper_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_years_and_months(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);

#endif
