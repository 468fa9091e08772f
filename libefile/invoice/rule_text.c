/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a rule says when it is not obeyed: its row in schemas/invoice/texts.tsv, or a sentence made of
 * its form. */
#include <stdlib.h>
#include <string.h>

#include "invoice/rule.h"

typedef struct text_row {
	const char *rule, *terms, *en, *de;
} text_row;

static const text_row rows[] = {
#include "schemas/invoice/texts.tsv.inc"
};

typedef struct family {
	const char *part, *code, *en, *de;
} family;

/* The categories of UNTDID 5305 that have rules of their own, by the part of the rule's id. */
static const family families[] = {
	{ "AE", "AE", "reverse charge", "Umkehrung der Steuerschuld" },
	{ "AF", "L", "IGIC, Canary Islands", "IGIC, Kanarische Inseln" },
	{ "AG", "M", "IPSI, Ceuta and Melilla", "IPSI, Ceuta und Melilla" },
	{ "E", "E", "exempt", "steuerbefreit" },
	{ "G", "G", "export", "Ausfuhr" },
	{ "IC", "K", "intra-community supply", "innergemeinschaftliche Lieferung" },
	{ "O", "O", "outside the scope of VAT", "nicht steuerbar" },
	{ "S", "S", "standard rate", "Regelsteuersatz" },
	{ "Z", "Z", "zero rate", "Nullsatz" },
};

static const text_row *row_of(const char *rule)
{
	size_t low = 0, high = ARRAY_SIZE(rows);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(rows[middle].rule, rule);

		if (order == 0)
			return &rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* BR-AE-05 is a rule of the family BR-?-05. */
static const text_row *family_row(const family **out, const char *rule)
{
	const char *end = str_starts_with(rule, "BR-") ? strchr(rule + 3, '-') : NULL;
	char name[16] = "BR-?";
	size_t length = end ? (size_t)(end - rule - 3) : 0;

	if (!end || strlen(end) > 8)
		return NULL;
	memcpy(name + 4, end, strlen(end));
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strlen(families[i].part) == length &&
		    memcmp(families[i].part, rule + 3, length) == 0) {
			*out = &families[i];
			return row_of(name);
		}
	return NULL;
}

static const text_row *find(const family **of, const char *rule)
{
	const text_row *row = row_of(rule);

	*of = NULL;
	return row ? row : family_row(of, rule);
}

const char *rule_terms(const char *rule)
{
	const family *of;
	const text_row *row = find(&of, rule);

	return row ? row->terms : "";
}

static void add_placeholder(buf *out, efile_language language, const family *of, const char *name,
			    size_t length)
{
	char term[16];
	size_t index;

	if (of && length == 4 && memcmp(name, "code", 4) == 0) {
		buf_add_text(out, of->code);
	} else if (of && length == 8 && memcmp(name, "category", 8) == 0) {
		buf_add_text(out, language == EFILE_LANGUAGE_DE ? of->de : of->en);
	} else if (length < sizeof(term)) {
		memcpy(term, name, length);
		term[length] = '\0';
		index = term_find(term);
		buf_add_format(out, "%s (%s)", index == TERM_NONE ? "?" :
			       message_translate((int)language, term_at(index)->name), term);
	}
}

static bool rule_sentence(buf *out, efile_language language, const char *rule)
{
	const family *of;
	const text_row *row = find(&of, rule);
	const char *at;

	if (!row)
		return false;
	for (at = language == EFILE_LANGUAGE_DE ? row->de : row->en; *at; at++) {
		size_t length = *at == '{' ? strcspn(at + 1, "}") : 0;

		if (length)
			add_placeholder(out, language, of, at + 1, length);
		else
			buf_add_char(out, *at);
		at += length ? length + 1 : 0;
	}
	return true;
}

char *rule_message(const efile_ctx *ctx, const rule_row *row)
{
	const char *subject = row->subject ? row->subject : row->id;
	AUTO(buf) sentence = BUF_INIT;
	char *own;

	if (rule_sentence(&sentence, ctx->language, row->id)) {
		own = sentence.failed ? NULL : sentence.data;
		if (own)
			sentence = (buf)BUF_INIT;
		return own;
	}
	switch (row->kind) {
	case RULE_KIND_ABSENT:
		return message_format(ctx, "%s must not be used here", subject);
	case RULE_KIND_REQUIRED:
		return message_format(ctx, "%s is missing", subject);
	case RULE_KIND_MOST:
		return message_format(ctx, "there are too many of %s", subject);
	case RULE_KIND_ONE:
		return message_format(ctx, "%s must be there exactly once", subject);
	case RULE_KIND_DECIMALS:
		return message_format(ctx, "%s has more than 2 decimals", subject);
	case RULE_KIND_CODE:
		return message_format(ctx, "%s is not a code of its list", subject);
	default:
		return message_format(ctx, "rule %s is not obeyed", row->id);
	}
}
