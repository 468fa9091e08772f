/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Code lists: those compiled in, and newer ones from a folder. */
#include "unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "invoice/codelist.h"

static bool has(efile_ctx *ctx, const char *list, const char *code)
{
	const codelist *found = codelist_find(ctx, list);

	return found && codelist_has(found, code, strlen(code));
}

/* Values of the standards themselves, and what is none. */
static void test_values(void)
{
	static const struct { const char *name, *list, *code; bool there; } rows[] = {
		{ "euro", "iso-4217", "EUR", true },
		{ "no longer a currency", "iso-4217", "BGN", false },
		{ "letter case counts", "iso-4217", "eur", false },
		{ "first of a list", "iso-4217", "AED", true },
		{ "last of a list", "iso-4217", "ZWG", true },
		{ "beginning of a code", "iso-4217", "EU", false },
		{ "more than a code", "iso-4217", "EURO", false },
		{ "two codes", "iso-4217", "EUR USD", false },
		{ "nothing", "iso-4217", "", false },
		{ "invoice", "untdid-1001-invoice", "380", true },
		{ "credit note is none", "untdid-1001-invoice", "381", false },
		{ "credit note", "untdid-1001-credit-note", "381", true },
		{ "both in CII", "untdid-1001", "381", true },
		{ "numbers sort as text", "untdid-1001", "80", true },
		{ "GLN", "iso-6523", "0088", true },
		{ "never assigned", "iso-6523", "0092", false },
		{ "Leitweg-ID", "eas", "0204", true },
		{ "e-mail", "eas", "EM", true },
		{ "piece", "unit", "H87", true },
		{ "package", "unit", "XPP", true },
		{ "hour", "unit", "HUR", true },
		{ "Kosovo", "iso-3166", "1A", true },
		{ "no Greece by EL", "iso-3166", "EL", false },
		{ "South Sudan", "iso-3166", "SS", true },
		{ "... not in CII", "iso-3166-cii", "SS", false },
		{ "reverse charge", "vatex", "VATEX-EU-AE", true },
		{ "SEPA credit transfer", "untdid-4461", "58", true },
		{ "extension", "xr-iso-6523", "XR01", true },
		{ "extension only", "iso-6523", "XR01", false },
		{ "PDF", "mime", "application/pdf", true },
		{ "XML in the extension", "xr-mime", "application/xml", true },
		{ "no such list", "iso-0", "1", false },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(has(ctx, rows[i].list, rows[i].code), rows[i].there);
	}
	efile_ctx_free(ctx);
}

/* Each list is sorted, without doubles, and says what it is. */
static void test_whole(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < codelist_total(); i++) {
		const codelist *list = codelist_number(ctx, i);
		size_t unsorted = 0, lost = 0;

		tap_case(list->name);
		TAP_OK(list->standard[0] && list->version[0] && list->source[0] && list->count > 2);
		for (size_t k = 0; k < list->count; k++) {
			const char *code = list->text + list->at[k];

			unsorted += k && strcmp(list->text + list->at[k - 1], code) >= 0;
			lost += !codelist_has(list, code, strlen(code));
		}
		TAP_EQUAL_INT(unsorted, 0);
		TAP_EQUAL_INT(lost, 0);
	}
	efile_ctx_free(ctx);
}

/* ---- a newer list ---- */

static void write_list(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/codelists", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/codelists/%s.txt", folder, name);
	file = fopen(path, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

static efile_ctx *ctx_with(const char *folder)
{
	efile_ctx_options options;
	efile_ctx *ctx = NULL;

	efile_ctx_options_init(&options);
	options.schema_path = folder;
	TAP_EQUAL_INT(efile_ctx_new(&ctx, &options), EFILE_OK);
	return ctx;
}

static void test_newer(void)
{
	char *folder = test_folder();
	efile_ctx *ctx = ctx_with(folder);

	write_list(folder, "iso-4217", "# standard: S\n# version: V2\r\n# source: W\nZZZ XXB\r\n\tABC\n");
	TAP_EQUAL_INT(codelists_ready(ctx), EFILE_OK);
	TAP_OK(has(ctx, "iso-4217", "ABC") && has(ctx, "iso-4217", "XXB") && has(ctx, "iso-4217", "ZZZ"));
	TAP_OK(!has(ctx, "iso-4217", "EUR"));
	TAP_EQUAL_TEXT(codelist_find(ctx, "iso-4217")->version, "V2");
	TAP_OK(has(ctx, "eas", "EM"));
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

static void test_too_long(void)
{
	char *folder = test_folder(), code[120];
	efile_ctx *ctx = ctx_with(folder);

	memset(code, 'A', sizeof(code) - 1);
	code[sizeof(code) - 1] = '\0';
	write_list(folder, "eas", code);
	TAP_EQUAL_INT(codelists_ready(ctx), EFILE_E_FORMAT);
	TAP_OK(strstr(efile_error_place(ctx, NULL, NULL), "codelists/eas.txt") != NULL);
	TAP_OK(has(ctx, "eas", "EM"));
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

static efile_status ready_it(efile_ctx *ctx, void *arg)
{
	efile_ctx_options options;
	AUTO_PTR(efile_ctx) own = NULL;

	(void)ctx;
	efile_ctx_options_init(&options);
	options.schema_path = arg;
	TRY(efile_ctx_new(&own, &options));
	return codelists_ready(own);
}

static void test_without_memory(void)
{
	char *folder = test_folder();

	write_list(folder, "eas", "A B");
	TAP_OK(fail_each(ready_it, folder) > 5);
	test_folder_remove(folder);
}

TAP_SUITE(invoice_codelist) = {
	{ "values", test_values },
	{ "all lists", test_whole },
	{ "a newer list from a folder", test_newer },
	{ "a code too long", test_too_long },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
