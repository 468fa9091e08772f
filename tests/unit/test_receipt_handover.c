/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and writers of the hand-over: the same values, in the forms that finance systems want. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/handover.h"
#include "unit/support.h"

/* Two postings as the receipt makes them. */
static const char first[] =
	"{\"id\":\"01990000-0000-7000-8000-000000000001\",\"amount\":\"1190.0\",\"kind\":\"invoice\","
	"\"number\":\"R-1;a\",\"date\":\"2026-02-27\",\"received\":\"2026-03-02\",\"seller\":\"Müller \\\"Licht\\\" GmbH\","
	"\"seller_key\":\"de123456789\",\"creditor\":\"70001\",\"iban\":\"DE89370400440532013000\",\"currency\":\"EUR\","
	"\"pay_by\":\"2026-04-01\",\"discount_until\":\"2026-03-16\",\"discount\":\"23.80\",\"discount_percent\":\"2.00\","
	"\"contract\":null,\"account\":\"4212\",\"product\":\"5410\",\"cost_centre\":null,\"net\":\"1000.00\",\"tax\":\"190.00\","
	"\"withholding\":null,\"order\":\"B-4711\",\"reference\":\"031-0001/001-2026\","
	"\"case\":\"01990000-0000-7000-8000-00000000000c\",\"document\":\"01990000-0000-7000-8000-00000000000d\","
	"\"taxes\":[{\"category\":\"S\",\"rate\":\"19.00\",\"net\":\"1000.00\",\"tax\":\"190.00\"}]}";
static const char second[] =
	"{\"id\":\"01990000-0000-7000-8000-000000000002\",\"amount\":\"-59.5\",\"kind\":\"credit_note\",\"number\":\"=1+1\","
	"\"date\":\"2026-03-01\",\"received\":\"2026-03-02\",\"seller\":\"=Łódź & Söhne\",\"currency\":\"EUR\",\"taxes\":null}";

static efile_status write_all(buf *out, efile_ctx *ctx, const handover_writer *format,
			      const char *profile, const char *const *postings, size_t count)
{
	handover_batch batch = { .number = 17, .created = TEST_NOW };
	AUTO(handover_run) run = { .ctx = ctx, .out = out, .batch = &batch };

	memset(batch.id.bytes, 0x11, sizeof(batch.id.bytes));
	TRY(totals_add(&batch.totals, ctx, "EUR", "1190.0"));
	if (count > 1)
		TRY(totals_add(&batch.totals, ctx, "EUR", "-59.5"));
	TRY(format->prepare(&run, profile));
	TRY(format->begin(&run));
	for (size_t i = 0; i < count; i++) {
		AUTO_PTR(json_document) data = NULL;

		TRY(json_parse(&data, ctx, postings[i], strlen(postings[i])));
		TRY(format->posting(&run, &(handover_posting){ (int64_t)i + 1, json_root(data) }));
	}
	TRY(format->end(&run));
	return buf_status(out, ctx);
}

#define COLUMNS(list) "\"columns\":[" list "]}"
#define COL(name, field) "{\"name\":\"" name "\",\"field\":\"" field "\"}"

static void test_csv(void)
{
	static const char *const both[] = { first, second };
	static const struct { const char *name, *profile, *expected; } rows[] = {
		{ "comma, German dates, header",
		  "{\"decimal\":\",\",\"date\":\"DD.MM.YYYY\"," COLUMNS(COL("Nr", "position") "," COL("Betrag", "amount")
			  "," COL("Datum", "date") "," COL("Skonto", "discount")),
		  "Nr;Betrag;Datum;Skonto\r\n1;1190,00;27.02.2026;23,80\r\n2;-59,50;01.03.2026;\r\n" },
		{ "point, no header, line feeds, blanks",
		  "{\"decimal\":\".\",\"header\":false,\"line_end\":\"LF\",\"separator\":\"|\"," COLUMNS(COL("a", "amount")
			  "," COL("b", "batch") "," COL("c", "received")), "1190.00|17|2026-03-02\n-59.50|17|2026-03-02\n" },
		{ "quotes where they are needed",
		  "{\"header\":false," COLUMNS(COL("a", "number") "," COL("b", "seller")),
		  "\"R-1;a\";\"Müller \"\"Licht\"\" GmbH\"\r\n=1+1;=Łódź & Söhne\r\n" },
		{ "quotes everywhere, a column of its own form, a constant",
		  "{\"header\":false,\"quote\":\"all\",\"decimal\":\",\"," COLUMNS(
			  "{\"name\":\"x\",\"field\":\"amount\",\"decimal\":\".\"},{\"name\":\"y\",\"value\":\"4711\"},"
			  "{\"name\":\"z\",\"field\":\"date\",\"date\":\"YYYYMMDD\"}"),
		  "\"1190.00\";\"4711\";\"20260227\"\r\n\"-59.50\";\"4711\";\"20260301\"\r\n" },
		{ "formulas are marked in free text only",
		  "{\"header\":false,\"formulas\":\"mark\"," COLUMNS(COL("a", "seller") "," COL("b", "number") "," COL("c", "amount")),
		  "\"Müller \"\"Licht\"\" GmbH\";\"R-1;a\";1190,00\r\n'=Łódź & Söhne;=1+1;-59,50\r\n" },
		{ "taxes, and totals at the end",
		  "{\"header\":false,\"totals\":true," COLUMNS(COL("a", "tax1_category") "," COL("b", "tax1_rate") "," COL("c", "tax1_net")
			  "," COL("d", "tax2_rate")),
		  "S;19,00;1000,00;\r\n;;;\r\nSUMME;17;2;1130,50;EUR;1130,50\r\n" },
		{ "a mark of the byte order, the batch's time and id",
		  "{\"bom\":true,\"header\":false," COLUMNS(COL("a", "batch_time") "," COL("b", "batch_id")),
		  "\xef\xbb\xbf" "2026-03-02T08:00:00Z;11111111-1111-1111-1111-111111111111\r\n"
		  "2026-03-02T08:00:00Z;11111111-1111-1111-1111-111111111111\r\n" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(rows[i].name);
		if (!TAP_EQUAL_INT(write_all(&out, ctx, &handover_csv, rows[i].profile, both, 2), EFILE_OK))
			printf("# %s\n", efile_error_message(ctx));
		TAP_EQUAL_TEXT(buf_text(&out), rows[i].expected);
	}
	efile_ctx_free(ctx);
}

static void test_encodings(void)
{
	static const char *const one[] = { first }, *const both[] = { first, second };
	efile_ctx *ctx = test_ctx();
	AUTO(buf) latin = BUF_INIT;
	AUTO(buf) lost = BUF_INIT;
	AUTO(buf) euro = BUF_INIT;
	static const char seller[] = "{\"header\":false,\"encoding\":\"ISO-8859-1\"," COLUMNS(COL("Name", "seller"));
	static const char sign[] = "{\"header\":false,\"encoding\":\"Windows-1252\"," COLUMNS("{\"name\":\"x\",\"value\":\"5 € – Š\"}");
	static const char sign_latin[] = "{\"header\":false,\"encoding\":\"ISO-8859-1\"," COLUMNS("{\"name\":\"x\",\"value\":\"5 €\"}");

	TAP_EQUAL_INT(write_all(&latin, ctx, &handover_csv, seller, one, 1), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&latin), "\"M\xfcller \"\"Licht\"\" GmbH\"\r\n");
	TAP_EQUAL_INT(write_all(&lost, ctx, &handover_csv, seller, both, 2), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_error_number(ctx), 2954);
	TAP_OK(strstr(efile_error_message(ctx), "U+0141") && strstr(efile_error_message(ctx), "Name"));
	TAP_EQUAL_INT(write_all(&euro, ctx, &handover_csv, sign, one, 1), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&euro), "5 \x80 \x96 \x8a\r\n");
	buf_reset(&lost);
	TAP_EQUAL_INT(write_all(&lost, ctx, &handover_csv, sign_latin, one, 1), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static void test_profiles(void)
{
	static const struct { const char *name, *profile; int number; } rows[] = {
		{ "no JSON", "{", 0 }, { "no object", "[]", 2952 }, { "no columns", "{}", 2952 },
		{ "an empty list", "{" COLUMNS(""), 2952 }, { "a word misspelt", "{\"seperator\":\",\"," COLUMNS(COL("a", "key")), 2952 },
		{ "a separator of two", "{\"separator\":\";;\"," COLUMNS(COL("a", "key")), 2952 },
		{ "a letter between columns", "{\"separator\":\"x\"," COLUMNS(COL("a", "key")), 2952 },
		{ "no encoding", "{\"encoding\":\"EBCDIC\"," COLUMNS(COL("a", "key")), 2952 },
		{ "no form of dates", "{\"date\":\"MM/DD/YYYY\"," COLUMNS(COL("a", "key")), 2952 },
		{ "no yes or no", "{\"header\":\"yes\"," COLUMNS(COL("a", "key")), 2952 },
		{ "a mark in another encoding", "{\"bom\":true,\"encoding\":\"ISO-8859-1\"," COLUMNS(COL("a", "key")), 2952 },
		{ "no such field", "{" COLUMNS(COL("a", "colour")), 2952 },
		{ "field and value", "{" COLUMNS("{\"name\":\"a\",\"field\":\"key\",\"value\":\"1\"}"), 2952 },
		{ "neither", "{" COLUMNS("{\"name\":\"a\"}"), 2952 }, { "no name", "{" COLUMNS("{\"field\":\"key\"}"), 2952 },
		{ "no row", "{" COLUMNS("1"), 2952 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(csv_profile) profile = { .document = NULL };

		tap_case(rows[i].name);
		TAP_EQUAL_INT(csv_profile_parse(&profile, ctx, rows[i].profile), EFILE_E_FORMAT);
		if (rows[i].number)
			TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	efile_ctx_free(ctx);
}

/* 128 columns are taken, 129 are not. */
static void test_limit(void)
{
	efile_ctx *ctx = test_ctx();

	for (int n = COLUMNS_MAX; n <= COLUMNS_MAX + 1; n++) {
		AUTO(csv_profile) profile = { .document = NULL };
		AUTO(buf) text = BUF_INIT;

		buf_add_text(&text, "{\"columns\":[");
		for (int i = 0; i < n; i++)
			buf_add_text(&text, i ? "," COL("a", "key") : COL("a", "key"));
		buf_add_text(&text, "]}");
		TAP_EQUAL_INT(csv_profile_parse(&profile, ctx, text.data),
			      n == COLUMNS_MAX ? EFILE_OK : EFILE_E_LIMIT);
	}
	efile_ctx_free(ctx);
}

static void test_totals(void)
{
	efile_ctx *ctx = test_ctx();
	handover_totals totals = { .count = 0 };
	char currency[8], room[EFILE_DECIMAL_TEXT_SIZE];

	TAP_EQUAL_INT(totals_add(&totals, ctx, "EUR", "0.1"), EFILE_OK);
	TAP_EQUAL_INT(totals_add(&totals, ctx, "EUR", "0.2"), EFILE_OK);
	TAP_EQUAL_INT(totals_add(&totals, ctx, "CHF", "-5"), EFILE_OK);
	TAP_EQUAL_TEXT(efile_decimal_format(totals.sums[0].sum, room), "0.3");
	TAP_EQUAL_TEXT(efile_decimal_format(totals.control, room), "-4.7");
	TAP_EQUAL_INT(totals.count, 3);
	TAP_EQUAL_INT(totals_add(&totals, ctx, "EUR", "viel"), EFILE_E_LIMIT);
	for (int i = 2; i < EFILE_HANDOVER_CURRENCIES; i++) {
		snprintf(currency, sizeof(currency), "X%d", i);
		TAP_EQUAL_INT(totals_add(&totals, ctx, currency, "1"), EFILE_OK);
	}
	TAP_EQUAL_INT(totals_add(&totals, ctx, "USD", "1"), EFILE_E_LIMIT);
	TAP_EQUAL_INT(totals_add(&totals, ctx, "LONGNAME", "1"), EFILE_E_LIMIT);
	efile_ctx_free(ctx);
}

/* By libxml2 against the schema that is handed to the finance system. */
static void check_valid(efile_ctx *ctx, const buf *xml)
{
	const char *srcdir = getenv("srcdir");
	AUTO_PTR(xml_schema) schema = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	char folder[400];

	snprintf(folder, sizeof(folder), "%s/schemas/handover", srcdir ? srcdir : ".");
	TAP_EQUAL_INT(xml_schema_load_folder(&schema, ctx, folder, "handover.xsd"), EFILE_OK);
	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, xml->data, xml->length), EFILE_OK);
	TAP_EQUAL_INT(xml_validate(report, ctx, schema, reader, "handover", NULL, NULL), EFILE_OK);
	for (size_t i = 0; i < efile_report_count(report); i++)
		printf("# %s\n", efile_report_finding(report, i)->message);
	TAP_EQUAL_INT(efile_report_count(report), 0);
}

static void test_xml(void)
{
	static const char *const both[] = { first, second };
	static const char *const lines[] = {
		"<handover xmlns=\"urn:libefile:handover:1\" batch=\"17\" id=\"11111111-1111-1111-1111-111111111111\" created=\"2026-03-02T08:00:00Z\">",
		"<totals count=\"2\" control=\"1130.50\">", "<sum currency=\"EUR\" count=\"2\">1130.50</sum>",
		"<posting key=\"01990000-0000-7000-8000-000000000001\" position=\"1\">",
		("<invoice kind=\"invoice\" number=\"R-1;a\" date=\"2026-02-27\" received=\"2026-03-02\" order=\"B-4711\" "
		 "document=\"01990000-0000-7000-8000-00000000000d\" case=\"01990000-0000-7000-8000-00000000000c\" reference=\"031-0001/001-2026\"/>"),
		"<supplier name=\"Müller &quot;Licht&quot; GmbH\" key=\"de123456789\" creditor=\"70001\" iban=\"DE89370400440532013000\"/>",
		"<amount currency=\"EUR\">1190.00</amount>", "<net>1000.00</net>", "<payBy>2026-04-01</payBy>",
		"<discount until=\"2026-03-16\" percent=\"2.00\">23.80</discount>", "<assignment account=\"4212\" product=\"5410\"/>",
		"<share category=\"S\" rate=\"19.00\" net=\"1000.00\" tax=\"190.00\"/>",
		"<amount currency=\"EUR\">-59.50</amount>", "number=\"=1+1\"", "name=\"=Łódź &amp; Söhne\"",
	};
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;

	TAP_EQUAL_INT(write_all(&out, ctx, &handover_xml, NULL, both, 2), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		tap_case(lines[i]);
		TAP_OK(strstr(buf_text(&out), lines[i]) != NULL);
	}
	check_valid(ctx, &out);
	buf_reset(&out);
	TAP_EQUAL_INT(write_all(&out, ctx, &handover_xml, "{}", both, 1), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

/* Without line breaks and indents. */
static void squeeze(buf *out, const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && *text != '\t')
			buf_add_char(out, *text);
}

#define SEGMENT(name, fields) "<" name " SEGMENT=\"1\">" fields "</" name ">"

static void test_idoc(void)
{
	static const char profile[] =
		"{\"client\":\"100\",\"sender\":\"EAKTE\",\"receiver\":\"SAPFIN\",\"receiver_port\":\"SAPFIN\","
		"\"company_code\":\"1000\",\"bill_to\":\"STADT\",\"tax_codes\":{\"S 19\":\"V1\",\"S 7\":\"V2\"}}";
	static const char expected[] =
		"<IDOC BEGIN=\"1\">"
		SEGMENT("EDI_DC40", "<TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT><DOCNUM>0000000017000001</DOCNUM><DIRECT>2</DIRECT>"
			"<IDOCTYP>INVOIC02</IDOCTYP><MESTYP>INVOIC</MESTYP><SNDPOR>LIBEFILE</SNDPOR><SNDPRT>LS</SNDPRT><SNDPRN>EAKTE</SNDPRN>"
			"<RCVPOR>SAPFIN</RCVPOR><RCVPRT>LS</RCVPRT><RCVPRN>SAPFIN</RCVPRN><CREDAT>20260302</CREDAT><CRETIM>080000</CRETIM>"
			"<ARCKEY>01990000-0000-7000-8000-000000000001</ARCKEY>")
		SEGMENT("E1EDK01", "<CURCY>EUR</CURCY><BSART>INVO</BSART><BELNR>R-1;a</BELNR>")
		SEGMENT("E1EDKA1", "<PARVW>LF</PARVW><PARTN>70001</PARTN><NAME1>Müller \"Licht\" GmbH</NAME1>")
		SEGMENT("E1EDKA1", "<PARVW>RE</PARVW><PARTN>STADT</PARTN>")
		SEGMENT("E1EDK02", "<QUALF>009</QUALF><BELNR>R-1;a</BELNR><DATUM>20260227</DATUM>")
		SEGMENT("E1EDK02", "<QUALF>001</QUALF><BELNR>B-4711</BELNR>")
		SEGMENT("E1EDK03", "<IDDAT>012</IDDAT><DATUM>20260227</DATUM>")
		SEGMENT("E1EDK03", "<IDDAT>026</IDDAT><DATUM>20260227</DATUM>")
		SEGMENT("E1EDK04", "<MWSKZ>V1</MWSKZ><MSATZ>19.00</MSATZ><MWSBT>190.00</MWSBT>")
		SEGMENT("E1EDK18", "<QUALF>001</QUALF><TAGE>17</TAGE><PRZNT>2.00</PRZNT>")
		SEGMENT("E1EDK18", "<QUALF>002</QUALF><TAGE>33</TAGE>")
		SEGMENT("E1EDK28", "<BCOUN>DE</BCOUN><ACNUM>DE89370400440532013000</ACNUM><ACNAM>Müller \"Licht\" GmbH</ACNAM>")
		SEGMENT("E1EDKT1", "<TDID>0001</TDID><TSSPRAS>DE</TSSPRAS>" SEGMENT("E1EDKT2", "<TDLINE>031-0001/001-2026</TDLINE>"))
		SEGMENT("E1EDK14", "<QUALF>011</QUALF><ORGID>1000</ORGID>")
		SEGMENT("E1EDP01", "<POSEX>000010</POSEX><MENGE>1.000</MENGE><MENEE>C62</MENEE>"
			SEGMENT("E1EDP19", "<QUALF>002</QUALF><IDTNR>4212</IDTNR><KTEXT>5410</KTEXT>")
			SEGMENT("E1EDP26", "<QUALF>003</QUALF><BETRG>1000.00</BETRG>")
			SEGMENT("E1EDP04", "<MWSKZ>V1</MWSKZ><MSATZ>19.00</MSATZ><MWSBT>190.00</MWSBT>"))
		SEGMENT("E1EDS01", "<SUMID>001</SUMID><SUMME>1</SUMME>")
		SEGMENT("E1EDS01", "<SUMID>005</SUMID><SUMME>190.00</SUMME><WAERQ>EUR</WAERQ>")
		SEGMENT("E1EDS01", "<SUMID>010</SUMID><SUMME>1000.00</SUMME><WAERQ>EUR</WAERQ>")
		SEGMENT("E1EDS01", "<SUMID>011</SUMID><SUMME>1190.00</SUMME><WAERQ>EUR</WAERQ>")
		SEGMENT("E1EDS01", "<SUMID>012</SUMID><SUMME>1190.00</SUMME><WAERQ>EUR</WAERQ>") "</IDOC>";
	static const char *const both[] = { first, second };
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	const char *credit;

	if (!TAP_EQUAL_INT(write_all(&out, ctx, &handover_idoc, profile, both, 2), EFILE_OK))
		printf("# %s\n", efile_error_message(ctx));
	squeeze(&text, buf_text(&out));
	TAP_OK(strstr(buf_text(&text), expected) != NULL);
	if (!strstr(buf_text(&text), expected))
		printf("# %s\n", buf_text(&text));
	/* A credit note has no sign, and one item without taxes. */
	credit = strstr(buf_text(&text), "<DOCNUM>0000000017000002</DOCNUM>");
	TAP_OK(credit && strstr(credit, "<BSART>CRME</BSART>") && strstr(credit, "<BETRG>59.50</BETRG>") &&
	       !strstr(credit, "E1EDK04") && strstr(credit, "</IDOC></INVOIC02>"));
	efile_ctx_free(ctx);
}

static void test_idoc_refused(void)
{
	static const char *const profiles[] = {
		"[]", "{\"client\":\"1000\"}", "{\"sender\":1}", "{\"colour\":\"red\"}", "{\"tax_codes\":[]}",
		"{\"tax_codes\":{\"S 19\":1}}", "{\"tax_codes\":{\"S 19\":\"TOO_LONG\"}}",
	};
	static const char longer[] =
		"{\"id\":\"01990000-0000-7000-8000-000000000001\",\"amount\":\"1\",\"currency\":\"EUR\","
		"\"number\":\"123456789012345678901234567890123456\"}"; /* 36 characters, 35 fit */
	static const char *const one[] = { first }, *const long_one[] = { longer };
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(profiles[i]);
		TAP_EQUAL_INT(write_all(&out, ctx, &handover_idoc, profiles[i], one, 1), EFILE_E_FORMAT);
		TAP_EQUAL_INT(efile_error_number(ctx), 2952);
	}
	for (int i = 0; i < 2; i++) {
		AUTO(buf) out = BUF_INIT;

		TAP_EQUAL_INT(write_all(&out, ctx, &handover_idoc, NULL, i ? one : long_one, 1),
			      i ? EFILE_OK : EFILE_E_INVALID);
	}
	efile_ctx_free(ctx);
}

static void test_names(void)
{
	efile_handover_format format;

	for (int i = EFILE_HANDOVER_CSV; efile_handover_format_name((efile_handover_format)i); i++) {
		TAP_EQUAL_INT(efile_handover_format_parse(&format, efile_handover_format_name((efile_handover_format)i)),
			      EFILE_OK);
		TAP_EQUAL_INT(format, i);
	}
	TAP_EQUAL_INT(efile_handover_format_parse(&format, "pdf"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_format_parse(NULL, "csv"), EFILE_E_INVALID);
	TAP_OK(efile_handover_format_name((efile_handover_format)99) == NULL);
}

static efile_status write_once(efile_ctx *ctx, void *arg)
{
	static const char *const both[] = { first, second };
	AUTO(buf) out = BUF_INIT;

	return write_all(&out, ctx, arg, NULL, both, 2);
}

static void test_memory(void)
{
	for (int i = EFILE_HANDOVER_CSV; i <= EFILE_HANDOVER_IDOC; i++)
		TAP_OK(fail_each(write_once, (void *)(uintptr_t)handover_writer_of(i)) > 3);
}

TAP_SUITE(receipt_handover) = {
	{ "tables in the forms of profiles", test_csv },
	{ "what an encoding cannot say", test_encodings },
	{ "profiles that are none", test_profiles },
	{ "the most columns", test_limit },
	{ "totals are exact", test_totals },
	{ "XML by its schema", test_xml },
	{ "IDocs segment by segment", test_idoc },
	{ "IDocs that are refused", test_idoc_refused },
	{ "names of formats", test_names },
	{ "want of memory", test_memory },
	TAP_END
};
