/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Schemas in a folder, beside the own check of the structure. */
#include "unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "invoice/invoice.h"
#include "xml/xml.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"
#define XS "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' elementFormDefault='qualified' "

/* As official sets are laid out: the document in one folder, what it imports in another; beside it the
 * same names for other documents. */
static const char main_text[] =
	XS "targetNamespace='" UBL "Invoice-2' xmlns:c='" UBL "CommonBasicComponents-2'>"
	"<xs:import namespace='" UBL "CommonBasicComponents-2' schemaLocation='../common/Basic.xsd'/>"
	"<xs:element name='Invoice'><xs:complexType><xs:sequence>"
	"<xs:element ref='c:ID'/><xs:element ref='c:Note' minOccurs='0' maxOccurs='2'/>"
	"</xs:sequence></xs:complexType></xs:element></xs:schema>";
static const char basic_text[] =
	XS "targetNamespace='" UBL "CommonBasicComponents-2'>"
	"<xs:element name='ID'><xs:simpleType><xs:restriction base='xs:string'>"
	"<xs:pattern value='R-[0-9]+'/></xs:restriction></xs:simpleType></xs:element>"
	"<xs:element name='Note'><xs:complexType mixed='true'><xs:attribute name='kind' use='required'/>"
	"</xs:complexType></xs:element></xs:schema>";
static const char other_text[] =
	XS "targetNamespace='" UBL "Invoice-2'><xs:element name='Order'/></xs:schema>";

static void write_file(const char *folder, const char *name, const char *text)
{
	char full[600];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", folder, name);
	file = fopen(full, "w");
	TAP_OK(file != NULL && fputs(text, file) >= 0);
	if (file)
		fclose(file);
}

static char *folder_with(const char *invoice, const char *basic)
{
	char *folder = test_folder(), part[600];
	static const char *const parts[] = { "xsd", "xsd/maindoc", "xsd/common" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(part, sizeof(part), "%s/%s", folder, parts[i]);
		TAP_EQUAL_INT(mkdir(part, 0700), 0);
	}
	write_file(folder, "xsd/a.xsd", other_text);
	write_file(folder, "xsd/b.xsd", "not a schema");
	write_file(folder, "Invoice.xml", main_text);
	write_file(folder, "xsd/maindoc/UBL-Invoice.XSD", invoice);
	if (basic)
		write_file(folder, "xsd/common/Basic.xsd", basic);
	return folder;
}

static efile_invoice *invoice_of(efile_ctx *ctx, const char *content)
{
	efile_invoice *invoice = NULL;
	char *xml = NULL;

	TAP_OK(asprintf(&xml, "<Invoice xmlns='" UBL "Invoice-2' xmlns:b='" UBL "CommonBasicComponents-2'>%s"
			"</Invoice>", content) > 0);
	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml, strlen(xml)), EFILE_OK);
	free(xml);
	return invoice;
}

/* The findings of the folder's schema alone, as "path: actual". */
static void expect(efile_ctx *ctx, const char *folder, const char *content, const char *wanted)
{
	efile_invoice *invoice = invoice_of(ctx, content);
	AUTO_PTR(efile_report) own = NULL;
	AUTO_PTR(efile_report) both = NULL;
	AUTO(buf) more = BUF_INIT;

	TAP_EQUAL_INT(efile_invoice_check(&own, invoice), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_set_schemas(invoice, folder), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_check(&both, invoice), EFILE_OK);
	for (size_t i = 0, k = 0; i < efile_report_count(both); i++) {
		const efile_finding *f = efile_report_finding(both, i);
		const efile_finding *o = k < efile_report_count(own) ? efile_report_finding(own, k) : NULL;

		if (o && strcmp(o->rule, f->rule) == 0 && strcmp(o->path, f->path) == 0) {
			k++;
			continue;
		}
		TAP_EQUAL_TEXT(f->rule, "XSD");
		TAP_OK(f->line > 0);
		buf_add_format(&more, "%s: %s;", f->path, f->actual);
	}
	TAP_EQUAL_TEXT(buf_text(&more), wanted);
	efile_invoice_free(invoice);
}

static void test_findings(void)
{
	static const struct { const char *content, *wanted; } rows[] = {
		{ "<b:ID>R-1</b:ID>", "" },
		{ "<b:ID>X</b:ID>", "/Invoice/cbc:ID[1]: X;" },
		{ "\n<b:ID>R-1</b:ID><b:Note kind='x'>Text</b:Note>\n", "" },
		{ "<b:ID>R-1</b:ID><b:Note kind='1'/><b:Note>Text</b:Note>", "/Invoice/cbc:Note[2]: ;" },
		{ "<b:ID>R-1</b:ID><b:Note kind='1'/><b:Note kind='2'/><b:Note kind='3'/>",
		  "/Invoice/cbc:Note[3]: ;" },
		/* the own check names the element as well: once is enough */
		{ "<b:Nothing/>", "" },
	};
	char *folder = folder_with(main_text, basic_text);
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(ctx, folder, rows[i].content, rows[i].wanted);
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

/* Text behind a child stands where it stood, so that the validator sees it. */
static void test_mixed(void)
{
	static const char mixed[] =
		XS "targetNamespace='" UBL "Invoice-2'><xs:element name='Invoice'><xs:complexType><xs:sequence>"
		"<xs:any processContents='lax' minOccurs='0' maxOccurs='9'/></xs:sequence></xs:complexType>"
		"</xs:element></xs:schema>";
	char *folder = folder_with(mixed, NULL);
	efile_ctx *ctx = test_ctx();

	/* of the root itself, which the own check has named for another reason */
	expect(ctx, folder, "<b:ID>1</b:ID>text", "");
	expect(ctx, folder, "<b:ID>1</b:ID> <b:ID>2<x/>3<x><y/>4</x>5</b:ID>", "");
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

static void refuse(const char *invoice, const char *basic, efile_status wanted)
{
	char *folder = folder_with(invoice, basic);
	efile_ctx *ctx = test_ctx();
	efile_invoice *read = invoice_of(ctx, "<b:ID>X</b:ID>");

	TAP_EQUAL_INT(efile_invoice_set_schemas(read, folder), wanted);
	TAP_OK(efile_error_message(ctx)[0] != '\0');
	efile_invoice_free(read);
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

static void test_refused(void)
{
	static const char network[] =
		XS "targetNamespace='" UBL "Invoice-2'><xs:import namespace='urn:x' "
		"schemaLocation='http://schemas.example/x.xsd'/><xs:element name='Invoice'/></xs:schema>";
	static const char endless[] =
		XS "targetNamespace='" UBL "CommonBasicComponents-2'><xs:element name='ID'><xs:simpleType>"
		"<xs:restriction base='xs:string'><xs:pattern value='(a+)+'/></xs:restriction></xs:simpleType>"
		"</xs:element><xs:element name='Note'/></xs:schema>";

	refuse(other_text, basic_text, EFILE_E_NOTFOUND);
	refuse("<x/>", basic_text, EFILE_E_NOTFOUND);
	refuse(main_text, NULL, EFILE_E_NOTFOUND); /* an import is missing */
	refuse(network, basic_text, EFILE_E_NOTFOUND);
	refuse(main_text, other_text, EFILE_E_FORMAT); /* it imports another namespace */
	refuse(main_text, endless, EFILE_E_UNSUPPORTED);
}

static void test_states(void)
{
	char *folder = folder_with(main_text, basic_text);
	AUTO_PTR(efile_report) report = NULL;
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = invoice_of(ctx, "<b:ID>X</b:ID>"), *draft = NULL;

	TAP_EQUAL_INT(efile_invoice_set_schemas(invoice, "/nonexistent"), EFILE_E_IO);
	TAP_EQUAL_INT(efile_invoice_set_schemas(invoice, folder), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_set_schemas(invoice, NULL), EFILE_OK); /* none again */
	TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
	for (size_t i = 0; i < efile_report_count(report); i++)
		TAP_OK(strcmp(efile_report_finding(report, i)->actual, "X") != 0);
	TAP_EQUAL_INT(efile_invoice_new(&draft, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_set_schemas(draft, folder), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_invoice_set_schemas(draft, NULL), EFILE_OK);
	efile_invoice_free(draft);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

static efile_status check_it(efile_ctx *ctx, void *folder)
{
	static const char xml[] = "<Invoice xmlns='" UBL "Invoice-2' xmlns:b='" UBL "CommonBasicComponents-2'>"
		"<b:ID>X</b:ID><b:Note kind='1'/>text</Invoice>";
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;

	TRY(efile_invoice_from_xml(&invoice, ctx, xml, sizeof(xml) - 1));
	TRY(efile_invoice_set_schemas(invoice, folder));
	return efile_invoice_check(&report, invoice);
}

static void test_memory(void)
{
	char *folder = folder_with(main_text, basic_text);

	TAP_OK(fail_each(check_it, folder) > 100);
	test_folder_remove(folder);
}

/* ---- a whole set in the folders of the official one ---- */

/* Our own schema under an official name, its imports as the official ones have them. */
static void place_own(const char *folder, const char *own, const char *official, const char *more)
{
	const char *srcdir = getenv("srcdir");
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	efile_ctx *ctx = test_ctx();
	char full[600];
	const char *at;

	snprintf(full, sizeof(full), "%s/schemas/invoice/xsd/%s", srcdir ? srcdir : ".", own);
	TAP_EQUAL_INT(reader_load_file(&text, ctx, full, 1 << 20), EFILE_OK);
	for (at = buf_text(&text); *at;) {
		static const char from[] = "schemaLocation=\"ubl-", to[] = "schemaLocation=\"../common/UBL-2.1-";

		if (strncmp(at, from, sizeof(from) - 1) == 0) {
			buf_add_text(&out, to);
			at += sizeof(from) - 1;
		} else if (more && strncmp(at, "<xs:import", 10) == 0) {
			buf_add_text(&out, more);
			more = NULL;
		} else {
			buf_add_char(&out, *at++);
		}
	}
	write_file(folder, official, buf_text(&out));
	efile_ctx_free(ctx);
}

/* UBL 2.1 has the documents in maindoc, what they import in common, and the schema of signatures with a
 * document type declaration. */
static char *official_layout(void)
{
	static const char signature[] =
		"<?xml version='1.0'?>\n<!-- <!DOCTYPE none> -->\n<!DOCTYPE schema [\n <!-- ]> it's -->\n"
		" <!ATTLIST schema xmlns:ds CDATA #FIXED \"http://www.w3.org/2000/09/xmldsig#\">\n"
		" <!ENTITY dsig ']>'>\n <!ENTITY % p ''>\n]>\n"
		XS "targetNamespace='http://www.w3.org/2000/09/xmldsig#'><xs:element name='Signature'/></xs:schema>";
	char *folder = test_folder(), part[600];
	static const char *const parts[] = { "xsd", "xsd/maindoc", "xsd/common", "xsdrt", "xsdrt/common" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(part, sizeof(part), "%s/%s", folder, parts[i]);
		TAP_EQUAL_INT(mkdir(part, 0700), 0);
	}
	place_own(folder, "ubl-invoice.xsd", "xsd/maindoc/UBL-Invoice-2.1.xsd", NULL);
	place_own(folder, "ubl-credit-note.xsd", "xsd/maindoc/UBL-CreditNote-2.1.xsd", NULL);
	place_own(folder, "ubl-aggregate.xsd", "xsd/common/UBL-2.1-aggregate.xsd", NULL);
	place_own(folder, "ubl-basic.xsd", "xsd/common/UBL-2.1-basic.xsd", NULL);
	place_own(folder, "ubl-extension.xsd", "xsd/common/UBL-2.1-extension.xsd",
		  "<xs:import namespace='http://www.w3.org/2000/09/xmldsig#' "
		  "schemaLocation='UBL-xmldsig-core-schema-2.1.xsd'/>");
	write_file(folder, "xsd/common/UBL-xmldsig-core-schema-2.1.xsd", signature);
	write_file(folder, "xsdrt/common/UBL-2.1-basic.xsd", "not the one that is meant");
	return folder;
}

static void test_layout(void)
{
	char *folder = official_layout(), *xml = NULL;
	efile_ctx *ctx = test_ctx();
	size_t length;

	expect(ctx, folder, "<b:ID>1</b:ID><b:IssueDate>2026-03-02</b:IssueDate>", "");
	xml = test_own_data("receipt/rechnung.xml", &length);
	for (size_t i = 0; i < 2; i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) text = BUF_INIT;
		efile_invoice *invoice = NULL;
		int findings = 0;

		for (const char *at = xml; *at; at++) /* the values of its template */
			if (*at == '{')
				at += strcspn(at, "=");
			else if (*at != '}')
				buf_add_char(&text, *at);
		if (i)
			memcpy(strstr(text.data, "2026-02-27"), "2026-13-27", 10);
		TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, text.data, text.length), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_set_schemas(invoice, folder), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
		for (size_t k = 0; k < efile_report_count(report); k++)
			findings += strcmp(efile_report_finding(report, k)->rule, "XSD") == 0;
		TAP_EQUAL_INT(findings, (int)i);
		efile_invoice_free(invoice);
	}
	free(xml);
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

TAP_SUITE(invoice_official) = {
	{ "what the schema of a folder says more", test_findings },
	{ "mixed content", test_mixed },
	{ "schemas that are not used", test_refused },
	{ "the folders of the official set, a DOCTYPE among them", test_layout },
	{ "states", test_states },
	{ "without memory", test_memory },
	TAP_END,
};
