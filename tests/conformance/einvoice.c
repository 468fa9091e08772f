/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares efile_invoice_check() with the verdicts of the official artefacts: the same rules, each
 * with its severity and as often. Where an artefact stopped without a verdict, a finding of our own
 * (EFILE-...) must say why; where it did not, there must be none.
 *
 * einvoice manifest MANIFEST.tsv DIR [MUTANTS]   official samples and tests; "-" is the document,
 *                                                "#n" the n-th test of a CEN test set, "@nnn" a
 *                                                mutant in the unpacked folder MUTANTS
 * einvoice dev RULES.tsv DIR [PREFIX]            documents made for each rule
 * einvoice roundtrip MANIFEST.tsv DIR [MUTANTS]  every valid document -> UBL and CII -> the same terms,
 *                                                and no error that it had not before
 * einvoice pdf MANIFEST-pdf.tsv DIR              what PDFs carry: each attachment by name, length and
 *                                                SHA-256, which is the invoice, what the metadata say
 * einvoice time FILE N                           checks a file N times with one context */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <efile.h>

#include "base/base.h"
#include "base/reader.h"

enum { COLUMNS = 20, FINDINGS = 4096 };

/* "BR-01:2:1" for a rule of severity error (2) that fired once. */
typedef struct verdict {
	char *rows[FINDINGS];
	size_t count;
	bool own;                /* EFILE-... */
	bool valid;              /* the structure */
	int accepted;            /* 1, 0; -1 if there is no scenario */
} verdict;

typedef struct tally {
	long passed, failed, skipped, refused, limited;
} tally;

typedef struct runner {
	efile_ctx *ctx;
	tally sum;
} runner;

/* ---- verdicts ---- */

static void verdict_clear(verdict *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->rows[i]);
	v->count = 0;
	v->own = false;
}

static void verdict_add(verdict *v, const char *rule, size_t length, int severity, long count)
{
	char *row;

	if (v->count == FINDINGS || asprintf(&row, "%.*s:%d:%ld", (int)length, rule, severity, count) < 0)
		return;
	v->rows[v->count++] = row;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void verdict_sort(verdict *v)
{
	qsort(v->rows, v->count, sizeof(*v->rows), compare_text);
}

static int severity_of(const char *name, size_t length)
{
	if (length == 5 && memcmp(name, "fatal", 5) == 0)
		return EFILE_SEVERITY_ERROR;
	return length == 7 ? EFILE_SEVERITY_WARNING : EFILE_SEVERITY_INFORMATION;
}

/* "RULE:fatal:1 RULE:warning:2"; a list of one severity has "RULE:1". */
static void take_list(verdict *v, const char *list, int severity)
{
	while (*list && strcmp(list, "-") != 0 && strcmp(list, "n/a") != 0) {
		size_t length = strcspn(list, " "), id = strcspn(list, ":");
		const char *rest = list + id + 1;

		if (severity < 0) {
			size_t word = strcspn(rest, ":");

			verdict_add(v, list, id, severity_of(rest, word), atol(rest + word + 1));
		} else {
			verdict_add(v, list, id, severity, id < length ? atol(rest) : 1);
		}
		list += length;
		list += *list == ' ';
	}
}

static void take_report(verdict *v, const efile_report *report)
{
	size_t count = efile_report_count(report);

	for (size_t i = 0; i < count; i++) {
		const efile_finding *f = efile_report_finding(report, i);
		long times = 0;
		bool first = true;

		if (str_starts_with(f->rule, "EFILE-")) {
			v->own = true;
			continue;
		}
		if (strcmp(f->rule, "XSD") == 0) {
			v->valid = false;
			continue;
		}
		for (size_t k = 0; k < count; k++)
			if (strcmp(efile_report_finding(report, k)->rule, f->rule) == 0) {
				first &= k >= i;
				times++;
			}
		if (first)
			verdict_add(v, f->rule, strlen(f->rule), f->severity, times);
	}
}

static bool judge(verdict *out, runner *r, const char *data, size_t length)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	efile_invoice_decision decision;
	bool done = efile_invoice_from_xml(&invoice, r->ctx, data, length) == EFILE_OK &&
		efile_invoice_check(&report, invoice) == EFILE_OK &&
		efile_invoice_decide(&decision, invoice, report) == EFILE_OK;

	if (done) {
		out->valid = true;
		take_report(out, report);
		out->accepted = *decision.scenario ? decision.accepted : -1;
	}
	efile_report_free(report);
	efile_invoice_free(invoice);
	return done;
}

static bool has_row(const verdict *v, const char *row)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->rows[i], row) == 0)
			return true;
	return false;
}

static bool same(const verdict *expected, const verdict *actual)
{
	bool equal = true;

	for (size_t i = 0; i < expected->count; i++)
		if (!has_row(actual, expected->rows[i])) {
			printf(" -%s", expected->rows[i]);
			equal = false;
		}
	for (size_t i = 0; i < actual->count; i++)
		if (!has_row(expected, actual->rows[i])) {
			printf(" +%s", actual->rows[i]);
			equal = false;
		}
	return equal;
}

/* xsd: "valid", "invalid" or another word; kosit: "accept", "reject", "-" or NULL. */
static bool same_words(const verdict *actual, const char *xsd, const char *kosit)
{
	bool equal = true;

	if ((strcmp(xsd, "valid") == 0 || strcmp(xsd, "invalid") == 0) &&
	    actual->valid != (strcmp(xsd, "valid") == 0)) {
		printf(" xsd %s", xsd);
		equal = false;
	}
	if (kosit && (strcmp(kosit, "accept") == 0 ? actual->accepted != 1 :
		      strcmp(kosit, "reject") == 0 ? actual->accepted != 0 :
		      strcmp(kosit, "error") == 0 && actual->accepted == 1)) {
		printf(" %s", kosit);
		equal = false;
	}
	return equal;
}

static void compare(runner *r, verdict *expected, bool stopped, const char *xsd, const char *kosit,
		    const char *data, size_t length)
{
	verdict actual = { .count = 0 };
	bool fine;

	if (!judge(&actual, r, data, length)) {
		if (stopped && efile_error_status(r->ctx) == EFILE_E_FORMAT) {
			printf("  ok: %s\n", efile_error_message(r->ctx));
			r->sum.passed++;
		} else if (efile_error_status(r->ctx) == EFILE_E_UNSUPPORTED) {
			printf("  skipped: %s\n", efile_error_message(r->ctx));
			r->sum.skipped++;
		} else if (memmem(data, length, "<!DOCTYPE", 9) &&
			   efile_error_status(r->ctx) == EFILE_E_FORMAT) {
			printf("  refused: %s\n", efile_error_message(r->ctx)); /* DESIGN D9 */
			r->sum.refused++;
		} else {
			printf("  FAILED: %s\n", efile_error_message(r->ctx));
			r->sum.failed++;
		}
		return;
	}
	verdict_sort(expected);
	verdict_sort(&actual);
	if (stopped) {
		fine = actual.own;
		if (!fine)
			printf(" no EFILE finding");
	} else {
		fine = same(expected, &actual);
		if (actual.own) {
			printf(" unexpected EFILE finding");
			fine = false;
		}
	}
	fine &= same_words(&actual, xsd, kosit);
	printf(fine ? "  ok\n" : "  FAILED\n");
	r->sum.passed += fine;
	r->sum.failed += !fine;
	verdict_clear(&actual);
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

static char *load(runner *r, const char *folder, const char *file, const char *suffix, size_t *length)
{
	buf bytes = BUF_INIT;
	char *full = NULL;

	if (asprintf(&full, "%s/%s%s", folder, file, suffix) < 0)
		return NULL;
	if (reader_load_file(&bytes, r->ctx, full, 64 << 20) < 0)
		buf_clear(&bytes);
	free(full);
	*length = bytes.length;
	return bytes.data;
}

static char *load_item(runner *r, const char *folder, const char *mutants, char **column, size_t *length)
{
	char suffix[32], *whole, *item;

	if (column[1][0] == '@') {
		snprintf(suffix, sizeof(suffix), "%s.xml", column[1]);
		return mutants ? load(r, mutants, column[0], suffix, length) : NULL;
	}
	whole = load(r, folder, column[0], "", length);
	if (!whole || column[1][0] != '#')
		return whole;
	item = cut_item(whole, atoi(column[1] + 1), length);
	free(whole);
	return item;
}

/* ---- rows ---- */

/* The XRechnung layer is for documents whose BT-24 names it. Two mutants of KoSIT's tests take BT-24
 * away and were judged by that layer all the same. */
static bool names_xrechnung(const char *data, size_t length)
{
	return memmem(data, length, "xeinkauf.de:kosit:", 18) != NULL;
}

static void run_manifest_row(runner *r, char **column, size_t count, const char *folder,
			     const char *mutants)
{
	verdict expected = { .count = 0 };
	bool stopped = strcmp(column[8], "error") == 0 || strcmp(column[11], "error") == 0;
	size_t length;
	char *data;

	if (count < 15 || (!stopped && strcmp(column[8], "valid") != 0 &&
			   strcmp(column[8], "invalid") != 0)) {
		r->sum.skipped++;
		return;
	}
	data = load_item(r, folder, mutants, column, &length);
	if (!data) {
		r->sum.skipped++; /* in an archive that was not unpacked */
		return;
	}
	take_list(&expected, column[9], EFILE_SEVERITY_ERROR);
	take_list(&expected, column[10], EFILE_SEVERITY_WARNING);
	if (names_xrechnung(data, length)) {
		take_list(&expected, column[12], EFILE_SEVERITY_ERROR);
		take_list(&expected, column[13], EFILE_SEVERITY_WARNING);
		take_list(&expected, column[14], EFILE_SEVERITY_INFORMATION);
	}
	printf("%s %s", column[0], column[1]);
	compare(r, &expected, stopped, column[1][0] == '#' ? "-" : column[7],
		count > 15 ? column[15] : NULL, data, length);
	verdict_clear(&expected);
	free(data);
}

static void run_dev_row(runner *r, char **column, size_t count, const char *folder, const char *prefix)
{
	verdict expected = { .count = 0 };
	bool stopped = count > 6 && (strcmp(column[5], "error") == 0 || strcmp(column[6], "error") == 0);
	size_t length;
	char *data;

	if (count < 7 || (prefix && !str_starts_with(column[0], prefix)))
		return;
	data = load(r, folder, column[0], "", &length);
	if (!data) {
		r->sum.skipped++;
		return;
	}
	if (!stopped) {
		take_list(&expected, column[5], -1);
		take_list(&expected, column[6], -1);
	}
	printf("%s [%s]", column[0], column[3]);
	compare(r, &expected, stopped, column[4], NULL, data, length);
	verdict_clear(&expected);
	free(data);
}

/* ---- round trips ---- */

/* What one syntax cannot say, and what it demands, of the terms of the other; docs/INVOICE.md argues. */
static const struct { const char *rule, *term; bool from_cii, from_ubl, to_cii, to_ubl; } limits[] = {
	{ "EFILE-LOSS", "BG-DEX-01", true, true, true, false },   /* sub invoice lines: UBL only */
	{ "EFILE-LOSS", "BG-DEX-09", true, true, true, false },
	{ "EFILE-LOSS", "BG-3", true, true, true, false },        /* D16B has one preceding invoice */
	{ "EFILE-LOSS", "BT-41", true, false, false, true },      /* PersonName and DepartmentName */
	{ "EFILE-LOSS", "BT-82", true, false, false, true },      /* UBL-SR-46: once */
	{ "EFILE-LOSS", "BT-20", true, false, true, true },       /* several SpecifiedTradePaymentTerms */
	{ "EFILE-LOSS", "BT-9", true, false, true, true },
	{ "EFILE-LOSS", "BT-149", true, false, false, true },     /* of the net and the gross price */
	{ "EFILE-LOSS", "BT-150", true, false, false, true },
	{ "EFILE-FILLED", "BT-13", true, false, false, true },    /* UBL: OrderReference has an ID */
	{ "EFILE-FILLED", "BT-147", true, false, false, true },   /* UBL: AllowanceCharge has an amount */
	{ "EFILE-FILLED", "BT-148", false, true, true, false },   /* CII: a discount is of a gross price */
	{ "EFILE-FILLED", "BT-110", true, false, false, true },   /* UBL: TaxTotal has an amount */
	/* rules whose artefacts differ between the syntaxes */
	{ "BR-E-01", NULL, false, true, true, false },
	{ "BR-S-08", NULL, false, true, true, false },
	{ "BR-53", NULL, false, true, true, false },
	{ "BR-CO-15", NULL, true, false, false, true },
};

static bool is_limit(const efile_finding *f, bool from_cii, bool to_cii)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strcmp(f->rule, limits[i].rule) == 0 &&
		    (!limits[i].term || strcmp(f->term, limits[i].term) == 0) &&
		    (from_cii ? limits[i].from_cii : limits[i].from_ubl) &&
		    (to_cii ? limits[i].to_cii : limits[i].to_ubl))
			return true;
	return false;
}

typedef struct trip {
	bool from_cii, to_cii;
	bool limited;            /* a limit of the syntaxes was met, and said */
	bool fine;
} trip;

static void weigh(trip *t, const efile_report *report, bool losses)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (losses ? strcmp(f->rule, "EFILE-OUTSIDE") == 0 :
		    f->severity != EFILE_SEVERITY_ERROR)
			continue;
		printf(" %s:%s(%s)", f->rule, f->term, losses ? f->actual : f->path);
		if (is_limit(f, t->from_cii, t->to_cii))
			t->limited = true;
		else
			t->fine = false;
	}
}

static void check_written(runner *r, trip *t, const char *data, size_t length)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;

	if (efile_invoice_from_xml(&invoice, r->ctx, data, length) == EFILE_OK &&
	    efile_invoice_check(&report, invoice) == EFILE_OK)
		weigh(t, report, false);
	else
		t->fine = false;
	efile_report_free(report);
	efile_invoice_free(invoice);
}

static void one_way(runner *r, const char *name, const efile_invoice *invoice,
		    efile_invoice_format format)
{
	trip t = { efile_invoice_format_of(invoice) == EFILE_INVOICE_CII,
		   format == EFILE_INVOICE_CII, false, true };
	efile_report *losses = NULL;
	char *text = NULL;
	size_t length;

	printf("%s -> %s", name, efile_invoice_format_name(format));
	if (efile_invoice_write(&text, &length, &losses, invoice, format) == EFILE_OK) {
		weigh(&t, losses, true);
		check_written(r, &t, text, length);
	} else {
		printf(" %s", efile_error_message(r->ctx));
		t.fine = false;
	}
	printf(!t.fine ? "  FAILED\n" : t.limited ? "  limit of the syntax, reported\n" : "  ok\n");
	r->sum.passed += t.fine && !t.limited;
	r->sum.limited += t.fine && t.limited;
	r->sum.failed += !t.fine;
	efile_free(text);
	efile_report_free(losses);
}

static void run_roundtrip_row(runner *r, char **column, size_t count, const char *folder,
			      const char *mutants)
{
	efile_invoice *invoice = NULL;
	char name[300];
	size_t length;
	char *data;

	if (count < 15 || strcmp(column[7], "valid") != 0 || strcmp(column[8], "valid") != 0 ||
	    strcmp(column[11], "invalid") == 0)
		return;
	data = load_item(r, folder, mutants, column, &length);
	snprintf(name, sizeof(name), "%s %s", column[0], column[1]);
	if (data && efile_invoice_from_xml(&invoice, r->ctx, data, length) == EFILE_OK) {
		one_way(r, name, invoice, efile_invoice_ubl_format(invoice));
		one_way(r, name, invoice, EFILE_INVOICE_CII);
	} else {
		r->sum.skipped++;
	}
	efile_invoice_free(invoice);
	free(data);
}

/* ---- PDFs ---- */

static bool same_digest(runner *r, const efile_parse_attachment *a, const char *hex)
{
	unsigned char digest[SHA256_SIZE];
	AUTO(sha256_ctx) h = SHA256_CTX_INIT;
	char text[2 * SHA256_SIZE + 1];

	return sha256_start(&h, r->ctx) == EFILE_OK && sha256_add(&h, a->data, a->length) == EFILE_OK &&
		sha256_finish(digest, &h) == EFILE_OK &&
		strncmp(str_hex(text, digest, SHA256_SIZE), hex, 2 * SHA256_SIZE) == 0;
}

/* "name=bytes=sha256; name=bytes=sha256"; names may hold blanks. */
static bool has_attachments(runner *r, const efile_parse_result *result, const char *list)
{
	bool all = true;

	for (const char *at = list; *at;) {
		const char *end = strstr(at, "; "), *size, *hex;
		size_t length = end ? (size_t)(end - at) : strlen(at);
		bool found = false;

		hex = memrchr(at, '=', length);
		size = hex ? memrchr(at, '=', (size_t)(hex - at)) : NULL;
		for (size_t i = 0; size && i < efile_parse_result_attachment_count(result); i++) {
			const efile_parse_attachment *a = efile_parse_result_attachment(result, i);

			found |= strlen(a->name) == (size_t)(size - at) && strncmp(a->name, at, strlen(a->name)) == 0 &&
				a->length == (size_t)atol(size + 1) && same_digest(r, a, hex + 1);
		}
		if (!found)
			printf(" missing %.*s", (int)length, at);
		all &= found;
		at += length + (end ? 2 : 0);
	}
	return all;
}

static bool has_finding(const efile_report *report, const char *rule)
{
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (strcmp(efile_report_finding(report, i)->rule, rule) == 0)
			return true;
	return false;
}

static bool compare_carrier(runner *r, const efile_invoice *invoice, const char *name,
			    efile_parser *parser, const char *data, size_t length, const char *level)
{
	efile_parse_result *info = NULL;
	efile_report *report = NULL;
	efile_invoice_pdf pdf = { .name = name };
	bool fine = efile_parse_info(&info, parser, data, length) == EFILE_OK;

	pdf.xmp = efile_parse_result_xmp(info, &pdf.xmp_length);
	fine = fine && efile_invoice_compare_pdf(&report, invoice, &pdf) == EFILE_OK;
	for (size_t i = 0; fine && i < efile_report_count(report); i++)
		printf(" %s", efile_report_finding(report, i)->rule);
	fine = fine && has_finding(report, "PDF-XMP") == (strcmp(level, "-") == 0);
	(void)r;
	efile_report_free(report);
	efile_parse_result_free(info);
	return fine;
}

static bool picks(runner *r, const efile_parse_result *result, char **column, efile_parser *parser,
		  const char *data, size_t length)
{
	efile_invoice_candidate candidates[64];
	size_t count = efile_parse_result_attachment_count(result), chosen = 0;
	efile_report *report = NULL;
	efile_invoice *invoice = NULL;
	efile_status status;
	bool fine;

	for (size_t i = 0; i < count && i < 64; i++) {
		const efile_parse_attachment *a = efile_parse_result_attachment(result, i);

		candidates[i] = (efile_invoice_candidate){ a->name, a->data, a->length };
	}
	status = efile_invoice_pick(&chosen, &report, r->ctx, candidates, count < 64 ? count : 64);
	if (strcmp(column[10], "CrossIndustryDocument") == 0)
		fine = has_finding(report, "PDF-ZUGFERD-1");
	else if (strcmp(column[10], "SCRDMCCBDACIOMessageStructure") == 0)
		fine = status == EFILE_E_NOTFOUND && has_finding(report, "PDF-ORDER-X");
	else if (strcmp(column[10], "-") == 0)
		fine = status == EFILE_E_NOTFOUND;
	else if (status == EFILE_E_NOTFOUND) /* the right name on XML that cannot be read */
		fine = has_finding(report, "PDF-NAME");
	else
		fine = status == EFILE_OK &&
			(efile_invoice_from_xml(&invoice, r->ctx, candidates[chosen].data,
						candidates[chosen].length) == EFILE_E_FORMAT ||
			 (invoice && strcmp(efile_invoice_profile(invoice), column[11]) == 0 &&
			  compare_carrier(r, invoice, candidates[chosen].name, parser, data, length, column[8])));
	if (status < 0)
		printf(" %s", efile_error_message(r->ctx));
	efile_report_free(report);
	efile_invoice_free(invoice);
	return fine;
}

static void run_pdf_row(runner *r, char **column, size_t count, const char *folder)
{
	efile_parser *parser = NULL;
	efile_parse_result *result = NULL;
	size_t length;
	char *data;
	efile_status status;
	bool fine, empty;

	if (count < 12 || !(data = load(r, folder, column[0], "", &length)))
		return;
	printf("%s:", column[0]);
	empty = strcmp(column[9], "-") == 0;
	status = efile_parser_new(&parser, r->ctx);
	if (status == EFILE_OK)
		status = efile_parse_attachments(&result, parser, data, length);
	if (status == EFILE_OK) {
		fine = empty ? efile_parse_result_attachment_count(result) == 0 :
			       has_attachments(r, result, column[9]);
		fine &= picks(r, result, column, parser, data, length);
	} else { /* a clean refusal that names what is wrong */
		fine = empty && (status == EFILE_E_FORMAT || status == EFILE_E_UNSUPPORTED);
		printf(" %s", efile_error_message(r->ctx));
	}
	printf(fine ? "  ok\n" : "  FAILED\n");
	r->sum.passed += fine;
	r->sum.failed += !fine;
	efile_parse_result_free(result);
	efile_parser_free(parser);
	free(data);
}

static size_t split(char **column, char *line)
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && n < COLUMNS; n++)
		column[n] = strsep(&at, "\t");
	return n;
}

static bool run_table(runner *r, const char *mode, const char *table, const char *folder,
		      const char *extra)
{
	FILE *file = fopen(table, "r");
	char *line = NULL, *column[COLUMNS];
	size_t room = 0;

	if (!file)
		return false;
	while (getline(&line, &room, file) > 0) {
		size_t count;

		if (line[0] == '#' || str_starts_with(line, "path\t"))
			continue;
		count = split(column, line);
		if (strcmp(mode, "dev") == 0)
			run_dev_row(r, column, count, folder, extra);
		else if (strcmp(mode, "pdf") == 0)
			run_pdf_row(r, column, count, folder);
		else if (strcmp(mode, "roundtrip") == 0)
			run_roundtrip_row(r, column, count, folder, extra);
		else
			run_manifest_row(r, column, count, folder, extra);
	}
	free(line);
	fclose(file);
	return true;
}

static bool run_time(runner *r, const char *file, long times)
{
	size_t length;
	char *data = load(r, "", file, "", &length);
	clock_t begin = clock();

	if (!data)
		return false;
	for (long i = 0; i < times; i++) {
		verdict v = { .count = 0 };

		judge(&v, r, data, length);
		verdict_clear(&v);
	}
	printf("%.3f ms CPU per check of %zu bytes\n",
	       (double)(clock() - begin) * 1000 / CLOCKS_PER_SEC / (double)times, length);
	free(data);
	return true;
}

int main(int argc, char **argv)
{
	runner r = { NULL, { 0, 0, 0, 0, 0 } };
	efile_ctx_options options;
	bool done;

	efile_ctx_options_init(&options);
	options.helper_path = getenv("EFILE_HELPER");
	if (argc < 4 || efile_ctx_new(&r.ctx, &options) < 0) {
		fprintf(stderr, "usage: einvoice manifest TSV DIR [MUTANTS] | dev TSV DIR [PREFIX] | "
			"time FILE N\n");
		return 2;
	}
	if (strcmp(argv[1], "time") == 0)
		done = run_time(&r, argv[2], atol(argv[3]));
	else
		done = run_table(&r, argv[1], argv[2], argv[3], argc > 4 ? argv[4] : NULL);
	if (done && strcmp(argv[1], "time") != 0) {
		printf("%ld items without verdict or in archives skipped, %ld refused for their DOCTYPE\n",
		       r.sum.skipped, r.sum.refused);
		if (strcmp(argv[1], "roundtrip") == 0)
			printf("%ld with a limit of the syntax, reported\n", r.sum.limited);
		printf("%ld passed, %ld failed\n", r.sum.passed, r.sum.failed);
	}
	efile_ctx_free(r.ctx);
	return done && !r.sum.failed ? 0 : 1;
}
