/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built-in functions of FEEL. Each finds *out null and its arguments of the table's types. */
#ifndef EXPR_FUNCTIONS_H
#define EXPR_FUNCTIONS_H

#include "expr/code.h"

efile_status fn_abs(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_after(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_all(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_any(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_append(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_before(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_ceiling(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_coincides(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_concatenate(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_contains(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_context(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_context_merge(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_context_put(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_count(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_date(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_date_and_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_day_of_week(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_day_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_decimal(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_distinct_values(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_duration(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_during(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_ends_with(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_even(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_exp(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_finished_by(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_finishes(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_flatten(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_floor(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_get_entries(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_get_value(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_includes(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_index_of(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_insert_before(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_is(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_list_contains(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_list_replace(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_log(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_lower_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_matches(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_max(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_mean(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_median(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_meets(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_met_by(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_min(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_mode(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_modulo(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_month_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_not(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_now(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_number(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_odd(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_overlaps(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_overlaps_after(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_overlaps_before(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_product(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_range(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_remove(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_replace(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_reverse(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_round_down(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_round_half_down(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_round_half_up(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_round_up(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_sort(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_split(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_sqrt(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_started_by(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_starts(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_starts_with(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_stddev(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_string(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_string_join(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_string_length(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_sublist(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_substring(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_substring_after(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_substring_before(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);
efile_status fn_sum(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_today(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_union(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_upper_case(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_week_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count);
efile_status fn_years_and_months(expr_value *out, expr_scope *s, const expr_value *args,
	size_t count);

/* A number as an index: its whole part; false if it is none of a list (1 first, -1 last). */
bool list_position(size_t *out, const expr_value *position, size_t count);

/* ---- regex.c ---- */

typedef struct regex regex;

/* Compiles a pattern of XPath with flags. NULL in *out and a warning if it is wrong. */
efile_status regex_new(regex **out, expr_scope *s, const char *function, const expr_value *pattern,
		       const char *flags);
void regex_free(regex *r);
/* The next match at or behind a byte. */
efile_status regex_match(bool *found, regex *r, const expr_value *text, size_t from);
/* Whether a match took too long; the warning is there. */
bool regex_gave_up(const regex *r);
/* Group n of the last match; false if it took no part. */
bool regex_group(const regex *r, uint32_t n, size_t *start, size_t *end);
uint32_t regex_groups(const regex *r);

DEFINE_AUTO_PTR(regex, regex_free)

#endif
