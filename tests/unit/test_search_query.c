/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "search/search.h"
#include "unit/support.h"

#define ALL "{title text sender reference meta}"

static const struct query_case {
	const char *name, *query, *match;
} query_cases[] = {
	{ "a number", "2026", "(((" ALL " : (\"2026\"))))" },
	{ "a prefix", "besch*", "(((" ALL " : \"besch\" *)))" },
	{ "a phrase", "\"der Bescheid\"", "(((" ALL " : \"der bescheid\")))" },
	{ "a phrase without end", "\"der Bescheid", "(((" ALL " : \"der bescheid\")))" },
	{ "a reference number", "10.24-0001/001", "(((" ALL " : \"10 24 0001 001\")))" },
	{ "a field", "title:7", "((({title} : (\"7\"))))" },
	{ "an unknown field", "x:7", "(((" ALL " : \"x 7\")))" },
	{ "both", "1 2", "(((" ALL " : (\"1\"))) AND ((" ALL " : (\"2\"))))" },
	{ "or", "1 OR 2 3",
	  "(((" ALL " : (\"1\")) OR (" ALL " : (\"2\"))) AND ((" ALL " : (\"3\"))))" },
	{ "or without left", "OR 1", "(((" ALL " : (\"1\"))))" },
	{ "or without right", "1 OR", "(((" ALL " : (\"1\"))))" },
	{ "or twice", "1 OR OR 2", "(((" ALL " : (\"1\")) OR (" ALL " : (\"2\"))))" },
	{ "not", "1 -2", "(((" ALL " : (\"1\")))) NOT ((" ALL " : (\"2\")))" },
	{ "a lone minus", "1 - 2", "(((" ALL " : (\"1\"))) AND ((" ALL " : (\"2\"))))" },
	{ "a month", "date:2026-03", "((({day} : (\"d202603\"))))" },
	{ "a year", "date:2026", "((({day} : (\"d2026\"))))" },
	{ "a day", "date:2026-03-02", "((({day} : (\"d20260302\"))))" },
	{ "months", "date:2026-01..2026-03",
	  "((({day} : (\"d202601\" OR \"d202602\" OR \"d202603\"))))" },
	{ "a decade and more", "date:2019-12-31..2030",
	  "((({day} : (\"d20191231\" OR \"d202\" OR \"d2030\"))))" },
	{ "a leap day", "date:2024-02-28..2024-03-01",
	  "((({day} : (\"d20240228\" OR \"d20240229\" OR \"d20240301\"))))" },
	{ "operators are words", "NEAR(1", "(((" ALL " : \"near 1\")))" },
	{ "quotes can't break out", "\"1\" OR \"\"=\"\"", "(((" ALL " : \"1\")))" },
	{ "a brace", "{1}:2", "(((" ALL " : \"1 2\")))" },
	{ "a caret", "^7", "(((" ALL " : (\"7\"))))" },
};

static void test_parse(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(query_cases); i++) {
		AUTO(buf) match = BUF_INIT;

		tap_case(query_cases[i].name);
		TAP_EQUAL_INT(query_parse(&match, ctx, query_cases[i].query), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&match), query_cases[i].match);
	}
	efile_ctx_free(ctx);
}

static const struct refused_case {
	const char *name, *query;
	efile_status status;
} refused_cases[] = {
	{ "nothing", "", EFILE_E_INVALID },
	{ "no query", NULL, EFILE_E_INVALID },
	{ "blanks", "  \t\n", EFILE_E_INVALID },
	{ "marks alone", "% _ * \"\" ((", EFILE_E_INVALID },
	{ "only exclusions", "-bescheid", EFILE_E_INVALID },
	{ "no date", "date:heute", EFILE_E_INVALID },
	{ "an impossible day", "date:2026-02-29", EFILE_E_INVALID },
	{ "a range backwards", "date:2026..2025", EFILE_E_INVALID },
	{ "a range without ends", "date:..", EFILE_E_INVALID },
	{ "bad UTF-8", "a\xff", EFILE_E_INVALID },
	{ "too many words", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 "
			    "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1", EFILE_E_LIMIT },
};

static void test_refuse(void)
{
	efile_ctx *ctx = test_ctx();
	char longest[1002];

	for (size_t i = 0; i < ARRAY_SIZE(refused_cases); i++) {
		AUTO(buf) match = BUF_INIT;

		tap_case(refused_cases[i].name);
		TAP_EQUAL_INT(query_parse(&match, ctx, refused_cases[i].query),
			      refused_cases[i].status);
	}
	for (size_t length = 1000; length <= 1001; length++) {
		AUTO(buf) match = BUF_INIT;

		tap_case("length");
		memset(longest, 'a', length);
		longest[length] = '\0';
		TAP_EQUAL_INT(query_parse(&match, ctx, longest),
			      length > 1000 ? EFILE_E_LIMIT : EFILE_OK);
	}
	efile_ctx_free(ctx);
}

static void test_words(void)
{
	static const char text[] = "Größe (m²): 10,5 — „Übung“\xff";
	static const char *const words[] = { "grosse", "m²", "10", "5", "ubung" };
	efile_ctx *ctx = test_ctx();
	size_t begin = 0, end = 0, n = 0;

	while (word_next(&begin, &end, text, strlen(text), end)) {
		AUTO(buf) word = BUF_INIT;

		TAP_EQUAL_INT(word_fold(&word, ctx, text + begin, end - begin), EFILE_OK);
		if (TAP_OK(n < ARRAY_SIZE(words)))
			TAP_EQUAL_TEXT(buf_text(&word), words[n++]);
	}
	TAP_EQUAL_INT(n, ARRAY_SIZE(words));
	efile_ctx_free(ctx);
}

static efile_status parse_one(efile_ctx *ctx, void *arg)
{
	AUTO(buf) match = BUF_INIT;

	return query_parse(&match, ctx, arg);
}

static void test_memory(void)
{
	static char query[] = "Müller \"erster Bescheid\" -x title:y date:2026 OR z*";

	TAP_OK(fail_each(parse_one, query) > 5);
}

TAP_SUITE(search_query) = {
	{ "reads the query language", test_parse },
	{ "refuses what can't be searched for", test_refuse },
	{ "finds words", test_words },
	{ "reports missing memory", test_memory },
	TAP_END,
};
