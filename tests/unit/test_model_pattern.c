/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/pattern.h"
#include "unit/model_support.h"

static const struct written_case {
	const char *name, *pattern;
	pattern_kind part;
	int64_t counter;
	const char *text;
} written_cases[] = {
	{ "dossier", "{plan.code}-{dossier:04}/{case:03}-{yyyy}", PATTERN_DOSSIER, 7, "10.24-0007" },
	{ "case", "{plan.code}-{dossier:04}/{case:03}-{yyyy}", PATTERN_CASE, 12, "/012-2026" },
	{ "scope", "{plan.code}-{dossier:04}/{case:03}-{yyyy}", PATTERN_CASE, -1, "/#-2026" },
	{ "year in the dossier", "{yy}.{dossier}/{case}", PATTERN_DOSSIER, 3, "26.3" },
	{ "wider than its width", "{dossier:02}", PATTERN_DOSSIER, 1234, "1234" },
	{ "document", "{dossier}-{case}-{document:2}", PATTERN_DOCUMENT, 4, "-04" },
	{ "counters side by side", "{dossier:2}{case:2}", PATTERN_CASE, 5, "05" },
	{ "umlauts", "Straße {dossier}", PATTERN_DOSSIER, 1, "Straße 1" },
};

static void test_write(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(written_cases); i++) {
		const struct written_case *c = &written_cases[i];
		AUTO(buf) out = BUF_INIT;
		pattern p;

		tap_case(c->name);
		TAP_EQUAL_INT(pattern_parse(&p, ctx, c->pattern), EFILE_OK);
		TAP_OK(pattern_has(&p, c->part));
		pattern_write(&out, &p, c->part, "10.24", 2026, c->counter);
		TAP_EQUAL_TEXT(buf_text(&out), c->text);
	}
	efile_ctx_free(ctx);
}

static const struct broken_case {
	const char *name, *pattern, *message;
} broken_cases[] = {
	{ "empty", "", "pattern of reference numbers lacks {dossier}" },
	{ "no dossier", "{plan.code}", "pattern of reference numbers lacks {dossier}" },
	{ "case first", "{case}{dossier}",
	  "pattern of reference numbers: counters must be dossier, case, document, each once at \"{case}\"" },
	{ "no case", "{dossier}{document}",
	  "pattern of reference numbers: counters must be dossier, case, document, each once at \"{document}\"" },
	{ "twice", "{dossier}{dossier}",
	  "pattern of reference numbers: counters must be dossier, case, document, each once at \"{dossier}\"" },
	{ "unknown", "{foo}", "pattern of reference numbers: unknown placeholder at \"{foo}\"" },
	{ "open", "a{dossier", "pattern of reference numbers: no closing brace at \"{dossier\"" },
	{ "closed", "a}", "pattern of reference numbers: no opening brace at \"}\"" },
	{ "width 0", "{dossier:0}", "pattern of reference numbers: bad width at \"{dossier:0}\"" },
	{ "width 13", "{dossier:13}", "pattern of reference numbers: bad width at \"{dossier:13}\"" },
	{ "width of a year", "{yyyy:4}", "pattern of reference numbers: bad width at \"{yyyy:4}\"" },
	{ "width of letters", "{dossier:x}", "pattern of reference numbers: bad width at \"{dossier:x}\"" },
	{ "a hash", "#{dossier}", "pattern of reference numbers: character not allowed at \"#{dossier}\"" },
	{ "a line end", "\n{dossier}", "pattern of reference numbers: character not allowed at \" {dossier}\"" },
};

static void test_broken(void)
{
	efile_ctx *ctx = test_ctx();
	char text[300];
	pattern p;

	for (size_t i = 0; i < ARRAY_SIZE(broken_cases); i++) {
		tap_case(broken_cases[i].name);
		TAP_EQUAL_INT(pattern_parse(&p, ctx, broken_cases[i].pattern), EFILE_E_INVALID);
		TAP_EQUAL_TEXT(efile_error_message(ctx), broken_cases[i].message);
	}
	for (size_t length = 255; length <= 256; length++) {
		memset(text, 'x', length);
		memcpy(text, "{dossier}", 9);
		text[length] = '\0';
		TAP_EQUAL_INT(pattern_parse(&p, ctx, text),
			      length == 255 ? EFILE_OK : EFILE_E_INVALID);
	}
	efile_ctx_free(ctx);
}

TAP_SUITE(model_pattern) = {
	{ "writes numbers and scopes", test_write },
	{ "names what is wrong", test_broken },
	TAP_END,
};
