/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What it costs to check invoices: structure, EN 16931 and XRechnung, by the command and by the
 * library, beside the floor: libxml2 reading the same file with handlers that do nothing.
 *
 *	bench_invoice [COMMAND [FILE...]]     (one more of each file, beside those made here)
 *	bench_invoice --floor FILE...
 *
 * The invoices made here obey every rule. Goals: docs/INVOICE.md. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libxml/parser.h>

#include <efile.h>

#include "base/base.h"

enum { FILES = 100, COLD = 15, LINES_SMALL = 2, LINES_LARGE = 20000 };

typedef struct cost {
	double cpu, wall;
	long peak;               /* KiB */
} cost;

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_invoice: %s failed\n", what);
	exit(70);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- invoices ---- */

static void add_party(buf *out, const char *role, const char *name, const char *vat)
{
	buf_add_format(out,
		"  <cac:%s>\n    <cac:Party>\n"
		"      <cbc:EndpointID schemeID=\"EM\">rechnung@%s.example</cbc:EndpointID>\n"
		"      <cac:PartyName>\n        <cbc:Name>%s GmbH</cbc:Name>\n      </cac:PartyName>\n"
		"      <cac:PostalAddress>\n"
		"        <cbc:StreetName>Gerberstraße 12</cbc:StreetName>\n"
		"        <cbc:CityName>Jena</cbc:CityName>\n"
		"        <cbc:PostalZone>07743</cbc:PostalZone>\n"
		"        <cac:Country>\n          <cbc:IdentificationCode>DE</cbc:IdentificationCode>\n"
		"        </cac:Country>\n      </cac:PostalAddress>\n", role, name, name);
	if (vat)
		buf_add_format(out,
			"      <cac:PartyTaxScheme>\n        <cbc:CompanyID>%s</cbc:CompanyID>\n"
			"        <cac:TaxScheme>\n          <cbc:ID>VAT</cbc:ID>\n        </cac:TaxScheme>\n"
			"      </cac:PartyTaxScheme>\n", vat);
	buf_add_format(out,
		"      <cac:PartyLegalEntity>\n"
		"        <cbc:RegistrationName>%s GmbH</cbc:RegistrationName>\n"
		"      </cac:PartyLegalEntity>\n"
		"      <cac:Contact>\n        <cbc:Name>Erika Muster</cbc:Name>\n"
		"        <cbc:Telephone>+49 3641 123456</cbc:Telephone>\n"
		"        <cbc:ElectronicMail>muster@%s.example</cbc:ElectronicMail>\n"
		"      </cac:Contact>\n    </cac:Party>\n  </cac:%s>\n", name, name, role);
}

static void add_head(buf *out)
{
	buf_add_text(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"\n"
		"  xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"\n"
		"  xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n"
		"  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
		"</cbc:CustomizationID>\n"
		"  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>\n"
		"  <cbc:ID>2026-0815</cbc:ID>\n  <cbc:IssueDate>2026-03-02</cbc:IssueDate>\n"
		"  <cbc:DueDate>2026-04-01</cbc:DueDate>\n"
		"  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\n"
		"  <cbc:Note>Es gelten unsere Geschäftsbedingungen.</cbc:Note>\n"
		"  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\n"
		"  <cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference>\n"
		"  <cac:OrderReference>\n    <cbc:ID>B-4711</cbc:ID>\n  </cac:OrderReference>\n");
	add_party(out, "AccountingSupplierParty", "Seiler", "DE123456789");
	add_party(out, "AccountingCustomerParty", "Stadtwerk", NULL);
	buf_add_text(out,
		"  <cac:Delivery>\n    <cbc:ActualDeliveryDate>2026-02-27</cbc:ActualDeliveryDate>\n"
		"  </cac:Delivery>\n"
		"  <cac:PaymentMeans>\n    <cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>\n"
		"    <cbc:PaymentID>2026-0815</cbc:PaymentID>\n"
		"    <cac:PayeeFinancialAccount>\n      <cbc:ID>DE02120300000000202051</cbc:ID>\n"
		"      <cbc:Name>Seiler GmbH</cbc:Name>\n    </cac:PayeeFinancialAccount>\n"
		"  </cac:PaymentMeans>\n"
		"  <cac:PaymentTerms>\n    <cbc:Note>#SKONTO#TAGE=14#PROZENT=2.00#\n</cbc:Note>\n"
		"  </cac:PaymentTerms>\n");
}

/* Each line is 3 pieces at 12.50; a fifth of the lines has the lower rate. */
static void add_totals(buf *out, int lines)
{
	long low = lines / 5 * 3750L, normal = lines * 3750L - low, tax_low = low * 7 / 100;
	long tax = normal * 19 / 100 + tax_low, net = low + normal;

#define MONEY(x) (x) / 100, (x) % 100
	buf_add_format(out,
		"  <cac:TaxTotal>\n    <cbc:TaxAmount currencyID=\"EUR\">%ld.%02ld</cbc:TaxAmount>\n",
		MONEY(tax));
	for (int i = 0; i < (low ? 2 : 1); i++)
		buf_add_format(out,
			"    <cac:TaxSubtotal>\n"
			"      <cbc:TaxableAmount currencyID=\"EUR\">%ld.%02ld</cbc:TaxableAmount>\n"
			"      <cbc:TaxAmount currencyID=\"EUR\">%ld.%02ld</cbc:TaxAmount>\n"
			"      <cac:TaxCategory>\n        <cbc:ID>S</cbc:ID>\n"
			"        <cbc:Percent>%d</cbc:Percent>\n"
			"        <cac:TaxScheme>\n          <cbc:ID>VAT</cbc:ID>\n        </cac:TaxScheme>\n"
			"      </cac:TaxCategory>\n    </cac:TaxSubtotal>\n",
			MONEY(i ? low : normal), MONEY(i ? tax_low : tax - tax_low), i ? 7 : 19);
	buf_add_format(out,
		"  </cac:TaxTotal>\n  <cac:LegalMonetaryTotal>\n"
		"    <cbc:LineExtensionAmount currencyID=\"EUR\">%ld.%02ld</cbc:LineExtensionAmount>\n"
		"    <cbc:TaxExclusiveAmount currencyID=\"EUR\">%ld.%02ld</cbc:TaxExclusiveAmount>\n"
		"    <cbc:TaxInclusiveAmount currencyID=\"EUR\">%ld.%02ld</cbc:TaxInclusiveAmount>\n"
		"    <cbc:PayableAmount currencyID=\"EUR\">%ld.%02ld</cbc:PayableAmount>\n"
		"  </cac:LegalMonetaryTotal>\n",
		MONEY(net), MONEY(net), MONEY(net + tax), MONEY(net + tax));
#undef MONEY
}

static void add_line(buf *out, int n)
{
	buf_add_format(out,
		"  <cac:InvoiceLine>\n    <cbc:ID>%d</cbc:ID>\n"
		"    <cbc:Note>Lieferung an die Poststelle im Erdgeschoss.</cbc:Note>\n"
		"    <cbc:InvoicedQuantity unitCode=\"H87\">3</cbc:InvoicedQuantity>\n"
		"    <cbc:LineExtensionAmount currencyID=\"EUR\">37.50</cbc:LineExtensionAmount>\n"
		"    <cac:InvoicePeriod>\n      <cbc:StartDate>2026-02-01</cbc:StartDate>\n"
		"      <cbc:EndDate>2026-02-28</cbc:EndDate>\n    </cac:InvoicePeriod>\n"
		"    <cac:OrderLineReference>\n      <cbc:LineID>%d</cbc:LineID>\n"
		"    </cac:OrderLineReference>\n"
		"    <cac:Item>\n"
		"      <cbc:Description>Aktenordner DIN A4, Rückenbreite 80 mm, grau</cbc:Description>\n"
		"      <cbc:Name>Aktenordner %d</cbc:Name>\n"
		"      <cac:SellersItemIdentification>\n        <cbc:ID>AO-%d</cbc:ID>\n"
		"      </cac:SellersItemIdentification>\n"
		"      <cac:CommodityClassification>\n"
		"        <cbc:ItemClassificationCode listID=\"STI\">30192700</cbc:ItemClassificationCode>\n"
		"      </cac:CommodityClassification>\n"
		"      <cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>\n"
		"        <cbc:Percent>%d</cbc:Percent>\n"
		"        <cac:TaxScheme>\n          <cbc:ID>VAT</cbc:ID>\n        </cac:TaxScheme>\n"
		"      </cac:ClassifiedTaxCategory>\n"
		"      <cac:AdditionalItemProperty>\n        <cbc:Name>Farbe</cbc:Name>\n"
		"        <cbc:Value>grau</cbc:Value>\n      </cac:AdditionalItemProperty>\n"
		"    </cac:Item>\n"
		"    <cac:Price>\n      <cbc:PriceAmount currencyID=\"EUR\">12.50</cbc:PriceAmount>\n"
		"    </cac:Price>\n  </cac:InvoiceLine>\n",
		n, n, n, n, n % 5 ? 19 : 7);
}

static void make_ubl(buf *out, int lines)
{
	add_head(out);
	add_totals(out, lines);
	for (int n = 1; n <= lines; n++)
		add_line(out, n);
	buf_add_text(out, "</Invoice>\n");
	need(!out->failed, "memory");
}

static void make_cii(buf *out, efile_ctx *ctx, const buf *ubl)
{
	efile_invoice *invoice = NULL;
	char *text = NULL;
	size_t length;

	need(efile_invoice_from_xml(&invoice, ctx, ubl->data, ubl->length) == EFILE_OK, "reading");
	need(efile_invoice_write(&text, &length, NULL, invoice, EFILE_INVOICE_CII) == EFILE_OK,
	     "converting");
	buf_add(out, text, length);
	need(!out->failed, "memory");
	efile_free(text);
	efile_invoice_free(invoice);
}

/* ---- the floor ---- */

static void ignore_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
			 int namespaces, const xmlChar **ns, int attributes, int defaulted,
			 const xmlChar **values)
{
	(void)user, (void)name, (void)prefix, (void)uri, (void)namespaces, (void)ns;
	(void)attributes, (void)defaulted, (void)values;
}

static void ignore_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)user, (void)name, (void)prefix, (void)uri;
}

static void ignore_text(void *user, const xmlChar *text, int length)
{
	(void)user, (void)text, (void)length;
}

static void parse_bare(const char *data, size_t length)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC, .startElementNs = ignore_start,
			      .endElementNs = ignore_end, .characters = ignore_text,
			      .ignorableWhitespace = ignore_text };
	xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);

	need(parser != NULL, "libxml2");
	for (size_t at = 0; at < length; at += 32768)
		xmlParseChunk(parser, data + at, (int)(length - at < 32768 ? length - at : 32768), 0);
	need(xmlParseChunk(parser, "", 0, 1) == 0, "parsing");
	xmlFreeParserCtxt(parser);
}

static int run_floor(int count, char **paths)
{
	efile_ctx *ctx = NULL;

	need(efile_ctx_new(&ctx, NULL) == EFILE_OK, "context");
	for (int i = 0; i < count; i++) {
		AUTO(buf) data = BUF_INIT;

		need(reader_load_file(&data, ctx, paths[i], 1 << 28) == EFILE_OK, paths[i]);
		parse_bare(data.data, data.length);
	}
	efile_ctx_free(ctx);
	return 0;
}

/* ---- processes ---- */

static cost run(const char *const *arguments)
{
	double begin = now(CLOCK_MONOTONIC);
	struct rusage used;
	pid_t child = fork();
	int code = 0;

	need(child >= 0, "fork");
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execv(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	need(wait4(child, &code, 0, &used) == child && code == 0, arguments[0]);
	return (cost){ (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6 +
		       (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6,
		       now(CLOCK_MONOTONIC) - begin, used.ru_maxrss };
}

/* The best of some: what others do on the machine only adds. */
static cost best(const char *const *arguments, int times)
{
	cost out = run(arguments);

	while (--times > 0) {
		cost c = run(arguments);

		out.cpu = c.cpu < out.cpu ? c.cpu : out.cpu;
		out.wall = c.wall < out.wall ? c.wall : out.wall;
		out.peak = c.peak > out.peak ? c.peak : out.peak;
	}
	return out;
}

typedef struct bench {
	const char *command, *folder;
	efile_ctx *ctx;
} bench;

static void print_row(const char *what, cost ours, cost floor, const char *goal)
{
	printf("%-30s %8.1f %8.1f %7.1f   %8.1f %7.1f  %s\n", what, ours.cpu * 1e3, ours.wall * 1e3,
	       (double)ours.peak / 1024, floor.cpu * 1e3, (double)floor.peak / 1024, goal);
}

static char *save(const bench *b, const char *name, const buf *text)
{
	AUTO(buf) path = BUF_INIT;
	FILE *file;

	buf_add_format(&path, "%s/%s", b->folder, name);
	file = fopen(buf_text(&path), "w");
	need(file && fwrite(text->data, 1, text->length, file) == text->length && fclose(file) == 0,
	     buf_text(&path));
	return strdup(buf_text(&path));
}

static void by_command(const bench *b, const char *what, const char *const *paths, int count, int times,
		       const char *goal)
{
	const char *ours[FILES + 4] = { b->command, "invoice", "check" };
	const char *floor[FILES + 3] = { "/proc/self/exe", "--floor" };

	memcpy(ours + 3, paths, (size_t)count * sizeof(*paths));
	memcpy(floor + 2, paths, (size_t)count * sizeof(*paths));
	print_row(what, best(ours, times), best(floor, times), goal);
}

/* ---- in one process ---- */

static void check_once(const bench *b, const buf *text)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	efile_invoice_decision decision;

	need(efile_invoice_from_xml(&invoice, b->ctx, text->data, text->length) == EFILE_OK, "reading");
	need(efile_invoice_check(&report, invoice) == EFILE_OK &&
	     efile_invoice_decide(&decision, invoice, report) == EFILE_OK, "checking");
	efile_report_free(report);
	efile_invoice_free(invoice);
}

static void parse_once(const bench *b, const buf *text)
{
	(void)b;
	parse_bare(text->data, text->length);
}

/* The best of ten series of a hundred, per document. */
static double per_document(const bench *b, const buf *text, void (*work)(const bench *, const buf *))
{
	double least = 1e9;

	work(b, text);
	for (int i = 0; i < 10; i++) {
		double begin = now(CLOCK_PROCESS_CPUTIME_ID), spent;

		for (int n = 0; n < 100; n++)
			work(b, text);
		spent = (now(CLOCK_PROCESS_CPUTIME_ID) - begin) / 100;
		least = spent < least ? spent : least;
	}
	return least;
}

static void marginal(const bench *b, const char *what, const buf *text)
{
	double ours = per_document(b, text, check_once), floor = per_document(b, text, parse_once);

	printf("%-30s %8.3f %8s %7s   %8.3f %7s  %s\n", what, ours * 1e3, "", "", floor * 1e3, "",
	       "CPU <= 0.5");
}

static void given_file(const bench *b, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(buf) text = BUF_INIT;

	need(reader_load_file(&text, b->ctx, path, 1 << 28) == EFILE_OK, path);
	marginal(b, slash ? slash + 1 : path, &text);
}

/* ---- all ---- */

/* Memory is given back before a process begins, which counts that of its parent. */
static char *save_and_clear(const bench *b, const char *name, buf *text)
{
	char *path = save(b, name, text);

	buf_clear(text);
	*text = (buf)BUF_INIT;
	return path;
}

static void small(const bench *b, const char *syntax, const buf *text)
{
	char *paths[FILES], what[64];

	for (int i = 0; i < FILES; i++) {
		snprintf(what, sizeof(what), "%s-%d.xml", syntax, i);
		paths[i] = save(b, what, text);
	}
	snprintf(what, sizeof(what), "%s %zu bytes, one process", syntax, text->length);
	by_command(b, what, (const char *const *)paths, 1, COLD, "wall <= 20, peak <= 16");
	snprintf(what, sizeof(what), "%s, %d files", syntax, FILES);
	by_command(b, what, (const char *const *)paths, FILES, 5, "wall <= 150");
	snprintf(what, sizeof(what), "%s, one more in a context", syntax);
	marginal(b, what, text);
	for (int i = 0; i < FILES; i++)
		free(paths[i]);
}

static void large_file(const bench *b, const char *syntax, const char *path, size_t length, int lines)
{
	char what[64], goal[64];

	snprintf(what, sizeof(what), "%s %.1f MB, %d lines", syntax, (double)length / 1e6, lines);
	snprintf(goal, sizeof(goal), "CPU <= %.0f, peak <= %.1f", (double)length / 1e6 * 20,
		 4.0 * (double)length / 1048576);
	by_command(b, what, &path, 1, 3, goal);
	unlink(path);
}

static void large(const bench *b, int lines)
{
	AUTO(buf) ubl = BUF_INIT, cii = BUF_INIT;
	size_t ubl_length, cii_length;
	char *paths[2];

	make_ubl(&ubl, lines);
	make_cii(&cii, b->ctx, &ubl);
	ubl_length = ubl.length;
	cii_length = cii.length;
	paths[0] = save_and_clear(b, "ubl.xml", &ubl);
	paths[1] = save_and_clear(b, "cii.xml", &cii);
	large_file(b, "UBL", paths[0], ubl_length, lines);
	large_file(b, "CII", paths[1], cii_length, lines);
	free(paths[0]);
	free(paths[1]);
}

static void clean(const bench *b)
{
	for (int i = 0; i < 2 * FILES; i++) {
		AUTO(buf) path = BUF_INIT;

		buf_add_format(&path, "%s/%s-%d.xml", b->folder, i % 2 ? "UBL" : "CII", i / 2);
		unlink(buf_text(&path));
	}
	rmdir(b->folder);
}

static void all_small(const bench *b)
{
	AUTO(buf) ubl = BUF_INIT, cii = BUF_INIT;

	make_ubl(&ubl, LINES_SMALL);
	make_cii(&cii, b->ctx, &ubl);
	small(b, "UBL", &ubl);
	small(b, "CII", &cii);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/bench-invoice-XXXXXX";
	bench b = { .command = argc > 1 ? argv[1] : "./efile" };

	if (argc > 2 && strcmp(argv[1], "--floor") == 0)
		return run_floor(argc - 2, argv + 2);
	b.folder = mkdtemp(folder);
	need(b.folder && efile_ctx_new(&b.ctx, NULL) == EFILE_OK, "a folder");
	printf("%-30s %8s %8s %7s   %8s %7s  %s\n", "milliseconds, MiB", "CPU", "wall", "peak",
	       "floor", "peak", "goal");
	all_small(&b);
	for (int i = 2; i < argc; i++)
		given_file(&b, argv[i]);
	for (int third = 1; third <= 3; third++)
		large(&b, LINES_LARGE * third / 3);
	clean(&b);
	efile_ctx_free(b.ctx);
	return 0;
}
