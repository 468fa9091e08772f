/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the structure check of invoices with libxml2's by the schemas of schemas/invoice/xsd: the same
 * verdict for every document, and the same elements named. By the same schemas the elements that were
 * read are told to libxml2 once more (efile_invoice_set_schemas()), which must give what the file gave.
 *
 * invoice_xsd SCHEMAS FILE|FOLDER...    folders are searched for *.xml; what is no invoice is skipped */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "base/base.h"
#include "base/reader.h"
#include "invoice/invoice.h"
#include "invoice/structure.h"
#include "xml/xml.h"

static struct {
	efile_ctx *ctx;
	const char *folder;
	xml_schema *schemas[3];
	long passed, failed, skipped, invalid;
} run;

static xml_schema *schema_of(efile_invoice_format format)
{
	return run.schemas[format - EFILE_INVOICE_UBL_INVOICE];
}

/* The same element; or a child of it where no child may be: libxml2 judges the value as well. */
static bool names_place(const efile_report *report, const efile_finding *f)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *other = efile_report_finding(report, i);

		if ((other->line == f->line && other->column == f->column) ||
		    (strlen(other->path) > strlen(f->path) && str_starts_with(other->path, f->path)))
			return true;
	}
	return false;
}

static bool within(const efile_report *a, const efile_report *b, const char *whose)
{
	bool all = true;

	for (size_t i = 0; i < efile_report_count(a); i++) {
		const efile_finding *f = efile_report_finding(a, i);

		if (names_place(b, f))
			continue;
		printf(" only %s %ld:%ld %s (%s)", whose, f->line, f->column, f->path, f->message);
		all = false;
	}
	return all;
}

static bool compare(efile_invoice *invoice, const buf *text)
{
	AUTO_PTR(efile_report) own = NULL;
	AUTO_PTR(efile_report) other = NULL;
	AUTO_PTR(efile_report) again = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	bool same;

	if (report_new(&own, run.ctx) < 0 || report_new(&other, run.ctx) < 0 ||
	    report_new(&again, run.ctx) < 0 || efile_invoice_set_schemas(invoice, run.folder) < 0 ||
	    official_check(again, invoice) < 0 ||
	    structure_check(own, invoice) < 0 ||
	    efile_reader_from_memory(&reader, run.ctx, text->data, text->length) < 0 ||
	    xml_validate(other, run.ctx, schema_of(invoice->format), reader, NULL, NULL, NULL) < 0) {
		printf(" %s", efile_error_message(run.ctx));
		return false;
	}
	run.invalid += efile_report_count(own) > 0;
	same = efile_report_count(again) == efile_report_count(other) && within(own, other, "ours") &&
		within(again, other, "the elements'");
	return within(other, again, "the file's") && within(other, own, "libxml2's") && same;
}

static int visit(const char *file, const struct stat *info, int type, struct FTW *where)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO(buf) text = BUF_INIT;
	size_t length = strlen(file);
	bool same;

	(void)info, (void)where;
	if (type != FTW_F || length < 4 || strcmp(file + length - 4, ".xml") != 0)
		return 0;
	if (reader_load_file(&text, run.ctx, file, 64 << 20) < 0 ||
	    efile_invoice_from_xml(&invoice, run.ctx, text.data, text.length) < 0) {
		run.skipped++;
		return 0;
	}
	printf("%s", file);
	same = compare(invoice, &text);
	printf(same ? "  ok\n" : "  FAILED\n");
	run.passed += same;
	run.failed += !same;
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "ubl-invoice.xsd", "ubl-credit-note.xsd", "cii-invoice.xsd" };
	bool ready = argc > 2 && efile_ctx_new(&run.ctx, NULL) == EFILE_OK;

	run.folder = argv[1];
	for (size_t i = 0; i < 3 && ready; i++)
		ready = xml_schema_load_folder(&run.schemas[i], run.ctx, argv[1], names[i]) == EFILE_OK;
	if (!ready) {
		fprintf(stderr, "usage: invoice_xsd SCHEMAS FILE|FOLDER...: %s\n",
			run.ctx ? efile_error_message(run.ctx) : "");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		nftw(argv[i], visit, 16, FTW_PHYS);
	for (size_t i = 0; i < 3; i++)
		xml_schema_free(run.schemas[i]);
	efile_ctx_free(run.ctx);
	printf("%ld passed, %ld failed, %ld with findings, %ld skipped: no invoice\n", run.passed, run.failed,
	       run.invalid, run.skipped);
	return run.failed ? 1 : 0;
}
