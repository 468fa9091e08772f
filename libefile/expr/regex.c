/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular expressions of XPath, run by PCRE2 within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "expr/functions.h"
#include "expr/regex_xpath.h"

enum {
	MATCH_LIMIT = 1000000, MATCH_DEPTH = 10000, MATCH_HEAP_KIB = 20000, PATTERN_MAX = 10000,
	NESTING_MAX = 100
};

struct regex {
	expr_scope *s;
	const char *function;   /* whose name warnings say */
	bool gave_up;
	pcre2_general_context *memory;
	pcre2_compile_context *options;
	pcre2_code *code;
	pcre2_match_context *limits;
	pcre2_match_data *data;
};

static void *plain_alloc(PCRE2_SIZE size, void *user)
{
	(void)user;
	return malloc(size);
}

static void plain_free(void *at, void *user)
{
	(void)user;
	free(at);
}

void regex_free(regex *r)
{
	if (!r)
		return;
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	pcre2_code_free(r->code);
	pcre2_compile_context_free(r->options);
	pcre2_general_context_free(r->memory);
	free(r);
}

/* Each of s, m, i, x once or more often. */
static bool read_flags(uint32_t *out, bool *dot_all, bool *spaced, const char *flags)
{
	*out = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY |
		PCRE2_MATCH_UNSET_BACKREF;
	*dot_all = strchr(flags, 's') != NULL;
	*spaced = strchr(flags, 'x') != NULL;
	if (strchr(flags, 'i'))
		*out |= PCRE2_CASELESS;
	if (strchr(flags, 'm'))
		*out |= PCRE2_MULTILINE;
	return strspn(flags, "smix") == strlen(flags);
}

static efile_status prepare(regex *r)
{
	r->memory = pcre2_general_context_create(plain_alloc, plain_free, NULL);
	r->options = r->memory ? pcre2_compile_context_create(r->memory) : NULL;
	r->limits = r->options ? pcre2_match_context_create(r->memory) : NULL;
	if (!r->limits)
		return mem_failed(r->s->ctx);
	pcre2_set_parens_nest_limit(r->options, NESTING_MAX);
	pcre2_set_newline(r->options, PCRE2_NEWLINE_LF);
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, MATCH_DEPTH);
	pcre2_set_heap_limit(r->limits, MATCH_HEAP_KIB);
	return EFILE_OK;
}

/* *fits is false, after a warning, if the pattern is wrong. */
static efile_status compile(bool *fits, regex *r, const buf *pattern, uint32_t flags)
{
	PCRE2_SIZE offset;
	int error;

	TRY(buf_status(pattern, r->s->ctx));
	TRY(prepare(r));
	r->code = pcre2_compile((PCRE2_SPTR)buf_text(pattern), pattern->length, flags, &error,
				&offset, r->options);
	if (!r->code && error == PCRE2_ERROR_HEAP_FAILED)
		return mem_failed(r->s->ctx);
	*fits = r->code != NULL;
	if (!r->code) {
		scope_warn(r->s, "%s: the pattern is wrong", r->function);
		return EFILE_OK;
	}
	r->data = pcre2_match_data_create_from_pattern(r->code, r->memory);
	return r->data ? EFILE_OK : mem_failed(r->s->ctx);
}

efile_status regex_new(regex **out, expr_scope *s, const char *function, const expr_value *pattern,
		       const char *flags)
{
	AUTO_PTR(regex) r = NULL;
	AUTO(buf) text = BUF_INIT;
	uint32_t options;
	bool dot_all, spaced, fits;
	size_t at;

	if (!read_flags(&options, &dot_all, &spaced, flags)) {
		scope_warn(s, "%s: unknown flags %s", function, flags);
		return EFILE_OK;
	}
	if (pattern->as.string.length > PATTERN_MAX) {
		scope_warn(s, "%s: the pattern is too long", function);
		return EFILE_OK;
	}
	fits = regex_translate(&text, pattern->as.string.text, dot_all, spaced, &at);
	TRY(buf_status(&text, s->ctx));
	if (!fits) {
		scope_warn(s, "%s: the pattern is wrong at byte %zu", function, at + 1);
		return EFILE_OK;
	}
	r = mem_new(s->ctx, sizeof(*r));
	if (!r)
		return EFILE_E_NOMEM;
	r->s = s;
	r->function = function;
	TRY(compile(&fits, r, &text, options));
	if (fits)
		*out = STEAL(r);
	return EFILE_OK;
}

efile_status regex_match(bool *found, regex *r, const expr_value *text, size_t from)
{
	int result = pcre2_match(r->code, (PCRE2_SPTR)text->as.string.text, text->as.string.length,
				 from, 0, r->data, r->limits);

	*found = result > 0;
	if (result == PCRE2_ERROR_NOMEMORY)
		return mem_failed(r->s->ctx);
	if (result < 0 && result != PCRE2_ERROR_NOMATCH && !r->gave_up) {
		scope_warn(r->s, "%s: the pattern takes too long", r->function);
		r->gave_up = true;
	}
	return EFILE_OK;
}

bool regex_gave_up(const regex *r)
{
	return r->gave_up;
}

bool regex_group(const regex *r, uint32_t n, size_t *start, size_t *end)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(r->data);

	if (n >= pcre2_get_ovector_count(r->data) || ends[2 * n] == PCRE2_UNSET)
		return false;
	*start = ends[2 * n];
	*end = ends[2 * n + 1];
	return true;
}

uint32_t regex_groups(const regex *r)
{
	return pcre2_get_ovector_count(r->data) - 1;
}
