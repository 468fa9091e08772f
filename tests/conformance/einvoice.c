/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares efile_invoice_check() with the verdicts of the official artefacts.
 *
 * einvoice MANIFEST.tsv DIR [STEP]: each row names a file below DIR, an item of it ("-" the document,
 * "#n" the n-th test of a CEN test set) and, per layer, the rules that fired with their counts. Only
 * the rules that this library has are compared. STEP takes every STEP-th row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "invoice/rules.h"

enum { COLUMNS = 17, COLUMN_CEN = 8, COLUMN_FATAL = 9, COLUMN_WARNING = 10, COUNTS = 512 };

typedef struct count {
	char rule[24];
	long expected, actual;
} count;

typedef struct counts {
	count rows[COUNTS];
	size_t used;
} counts;

static count *row_of(counts *c, const char *rule, size_t length)
{
	for (size_t i = 0; i < c->used; i++)
		if (strlen(c->rows[i].rule) == length && memcmp(c->rows[i].rule, rule, length) == 0)
			return &c->rows[i];
	return NULL;
}

static void add_rules(counts *c, const rule_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->contexts[i].count; k++) {
			const char *id = set->contexts[i].rules[k].id;

			if (!row_of(c, id, strlen(id)) && c->used < COUNTS)
				snprintf(c->rows[c->used++].rule, sizeof(c->rows[0].rule), "%s", id);
		}
}

/* ---- the document of an item ---- */

/* The n-th invoice inside a test set: from its start tag to its end tag. */
static char *cut_item(const char *text, int wanted, size_t *length)
{
	static const char *const names[] = { "Invoice", "CreditNote", "rsm:CrossIndustryInvoice" };
	const char *at = strstr(text, "<testSet");

	for (int n = 0; at && (at = strstr(at, "<test>")) != NULL;) {
		const char *end = strstr(at, "</test>");

		if (++n == wanted)
			for (size_t i = 0; end && i < ARRAY_SIZE(names); i++) {
				char open[40], close[40];
				const char *from, *to;

				snprintf(open, sizeof(open), "<%s", names[i]);
				snprintf(close, sizeof(close), "</%s>", names[i]);
				from = strstr(at, open);
				to = from ? strstr(from, close) : NULL;
				if (!to || to > end || from > end)
					continue;
				*length = (size_t)(to - from) + strlen(close);
				return strndup(from, *length);
			}
		at += 6;
	}
	return NULL;
}

static char *load_item(efile_ctx *ctx, const char *folder, const char *relative, const char *item,
		       size_t *length)
{
	buf bytes = BUF_INIT;
	char *full = NULL, *document;

	if (asprintf(&full, "%s/%s", folder, relative) < 0)
		return NULL;
	if (reader_load_file(&bytes, ctx, full, 64 << 20) < 0)
		buf_clear(&bytes);
	free(full);
	if (!bytes.data || item[0] != '#') {
		*length = bytes.length;
		return bytes.data;
	}
	document = cut_item(bytes.data, atoi(item + 1), length);
	buf_clear(&bytes);
	return document;
}

/* ---- comparing ---- */

static void take_expected(counts *c, const char *list)
{
	while (*list && *list != '-') {
		size_t length = strcspn(list, ": ");
		count *row = row_of(c, list, length);

		if (row)
			row->expected += list[length] == ':' ? atol(list + length + 1) : 1;
		list += strcspn(list, " ");
		list += *list == ' ';
	}
}

static bool take_actual(counts *c, efile_ctx *ctx, const char *data, size_t length)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	bool done = efile_invoice_from_xml(&invoice, ctx, data, length) == EFILE_OK &&
		efile_invoice_check(&report, invoice) == EFILE_OK;

	for (size_t i = 0; done && i < efile_report_count(report); i++) {
		const char *rule = efile_report_finding(report, i)->rule;
		count *row = row_of(c, rule, strlen(rule));

		if (row)
			row->actual++;
	}
	efile_report_free(report);
	efile_invoice_free(invoice);
	return done;
}

static bool same(const counts *c)
{
	bool equal = true;

	for (size_t i = 0; i < c->used; i++)
		if (c->rows[i].expected != c->rows[i].actual) {
			printf("  %s: %ld, expected %ld", c->rows[i].rule, c->rows[i].actual,
			       c->rows[i].expected);
			equal = false;
		}
	return equal;
}

typedef struct tally {
	long passed, failed, skipped;
} tally;

static void run_row(tally *t, counts *c, efile_ctx *ctx, const char *folder, char **column)
{
	size_t length;
	char *data;

	if (strcmp(column[COLUMN_CEN], "valid") != 0 && strcmp(column[COLUMN_CEN], "invalid") != 0) {
		t->skipped++; /* the artefact gave no verdict */
		return;
	}
	data = load_item(ctx, folder, column[0], column[1], &length);
	if (!data) {
		t->skipped++; /* in an archive */
		return;
	}
	for (size_t i = 0; i < c->used; i++)
		c->rows[i].expected = c->rows[i].actual = 0;
	take_expected(c, column[COLUMN_FATAL]);
	take_expected(c, column[COLUMN_WARNING]);
	printf("%s %s", column[0], column[1]);
	if (!take_actual(c, ctx, data, length) && efile_error_status(ctx) == EFILE_E_UNSUPPORTED) {
		printf("  skipped: %s\n", efile_error_message(ctx));
		t->skipped++; /* no invoice: the artefact finds nothing to judge */
	} else if (efile_error_status(ctx) != EFILE_OK) {
		printf("  FAILED: %s\n", efile_error_message(ctx));
		t->failed++;
	} else if (same(c)) {
		printf("  ok\n");
		t->passed++;
	} else {
		printf("  FAILED\n");
		t->failed++;
	}
	free(data);
}

static size_t split(char **column, char *line)
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && n < COLUMNS; n++) {
		column[n] = strsep(&at, "\t");
	}
	return n;
}

static void run_all(tally *t, counts *c, efile_ctx *ctx, FILE *manifest, const char *folder, long step)
{
	char *line = NULL;
	size_t room = 0;
	long n = 0;

	while (getline(&line, &room, manifest) > 0) {
		char *column[COLUMNS];

		if (split(column, line) <= COLUMN_WARNING || strcmp(column[0], "path") == 0)
			continue;
		if (n++ % step == 0 && column[1][0] != '@')
			run_row(t, c, ctx, folder, column);
	}
	free(line);
}

int main(int argc, char **argv)
{
	tally t = { 0, 0, 0 };
	efile_ctx *ctx = NULL;
	FILE *manifest;
	counts *c;

	if (argc < 3) {
		fprintf(stderr, "usage: einvoice MANIFEST.tsv DIR [STEP]\n");
		return 2;
	}
	manifest = fopen(argv[1], "r");
	c = calloc(1, sizeof(*c));
	if (!manifest || !c || efile_ctx_new(&ctx, NULL) < 0) {
		fprintf(stderr, "einvoice: cannot read %s\n", argv[1]);
		free(c);
		return 2;
	}
	add_rules(c, &rules_en16931_ubl);
	add_rules(c, &rules_en16931_cii);
	run_all(&t, c, ctx, manifest, argv[2], argc > 3 && atol(argv[3]) > 0 ? atol(argv[3]) : 1);
	printf("%zu rules compared, %ld items without verdict or in archives skipped\n", c->used, t.skipped);
	printf("%ld passed, %ld failed\n", t.passed, t.failed);
	fclose(manifest);
	free(c);
	efile_ctx_free(ctx);
	return t.failed ? 1 : 0;
}
