/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leitweg-IDs: parts, reasons, and the check digits exhaustively. */
#include "receipt/receipt.h"
#include "unit/support.h"

#include <stdio.h>
#include <string.h>

static void test_parts(void)
{
	/* The first is the example of KoSIT's specification; 991-... is the form of the Federation. */
	static const struct { const char *name, *text, *id, *coarse, *fine, *check; int peppol; } rows[] = {
		{ "specification", "04011000-1234512345-06", "04011000-1234512345-06", "04011000", "1234512345", "06", 0 },
		{ "two parts", "05711-37", "05711-37", "05711", "", "37", 0 },
		{ "Peppol", "0204:04011000-1234512345-06", "04011000-1234512345-06", "04011000", "1234512345", "06", 1 },
		{ "blanks around", " 05711-37\r\n", "05711-37", "05711", "", "37", 0 },
		{ "letters as they are", "16051000-ABC12z-87", "16051000-ABC12z-87", "16051000", "ABC12z", "87", 0 },
		{ "letters in the other case", "16051000-abc12Z-87", "16051000-abc12Z-87", "16051000", "abc12Z", "87", 0 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_leitweg id;

		tap_case(rows[i].name);
		if (!TAP_EQUAL_INT(efile_leitweg_parse(&id, ctx, rows[i].text), EFILE_OK))
			continue;
		TAP_EQUAL_TEXT(id.id, rows[i].id);
		TAP_EQUAL_TEXT(id.coarse, rows[i].coarse);
		TAP_EQUAL_TEXT(id.fine, rows[i].fine);
		TAP_EQUAL_TEXT(id.check, rows[i].check);
		TAP_EQUAL_INT(id.peppol, rows[i].peppol);
		TAP_EQUAL_INT(efile_leitweg_id_valid(id.id), 1);
	}
	efile_ctx_free(ctx);
}

static void test_reasons(void)
{
	static const struct { const char *name, *text; int number; } rows[] = {
		{ "nothing", "", 3444 }, { "no text at all", NULL, 3444 }, { "one digit", "1-00", 3444 },
		{ "13 digits", "1234567890123-00", 3444 }, { "letters in front", "DE04-1-00", 3444 },
		{ "no hyphen", "04011000", 3444 }, { "another scheme", "9930:04011000-06", 3444 },
		{ "prefix alone", "0204:", 3444 }, { "too long by far", "04011000-"
		  "12345678901234567890123456789012345678901234567890123456789-06", 3444 },
		{ "fine of 31", "04011000-1234567890123456789012345678901-06", 3441 },
		{ "fine is empty", "04011000--06", 3441 }, { "fine with a point", "04011000-1.2-06", 3441 },
		{ "fine with an umlaut", "04011000-\xc3\xa4-06", 3441 },
		{ "four parts", "04011000-1-2-06", 3442 }, { "one check digit", "04011000-1234512345-6", 3442 },
		{ "three", "04011000-1234512345-066", 3442 }, { "check letters", "04011000-1234512345-0A", 3442 },
		{ "blank inside", "04011000-1234512345-06 x", 3442 }, { "ends in a hyphen", "04011000-", 3442 },
		{ "wrong digits", "04011000-1234512345-07", 3443 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_leitweg id;
		efile_status status;

		tap_case(rows[i].name);
		status = efile_leitweg_parse(&id, ctx, rows[i].text);
		TAP_EQUAL_INT(status, rows[i].number ? EFILE_E_INVALID : EFILE_OK);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	TAP_EQUAL_INT(efile_leitweg_parse(&(efile_leitweg){ .peppol = 0 }, ctx, "04011000-1234512345-07"),
		      EFILE_E_INVALID);
	TAP_OK(strstr(efile_error_message(ctx), "06") != NULL);
	TAP_EQUAL_INT(efile_leitweg_parse(NULL, ctx, "05711-37"), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static void test_make(void)
{
	static const struct { const char *name, *coarse, *fine, *id; int number; } rows[] = {
		{ "specification", "04011000", "1234512345", "04011000-1234512345-06", 0 },
		{ "no fine address", "05711", NULL, "05711-37", 0 },
		{ "an empty one", "05711", "", "05711-37", 0 },
		{ "short", "1", NULL, NULL, 3444 }, { "none", NULL, NULL, NULL, 3444 },
		{ "hyphen", "0401-1", NULL, NULL, 3444 }, { "fine with blank", "04", "a b", NULL, 3441 },
		{ "fine of 31", "04", "1234567890123456789012345678901", NULL, 3441 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_leitweg id = { .peppol = 7 };

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_leitweg_make(&id, ctx, rows[i].coarse, rows[i].fine),
			      rows[i].id ? EFILE_OK : EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
		if (rows[i].id)
			TAP_EQUAL_TEXT(id.id, rows[i].id);
		else
			TAP_EQUAL_INT(id.peppol, 7);
	}
	efile_ctx_free(ctx);
}

/* Of the hundred pairs of digits one is right, whatever the address: for all of four digits. */
static void test_one_of_hundred(void)
{
	efile_ctx *ctx = test_ctx();
	long wrong = 0;

	for (int n = 0; n < 10000; n++) {
		char coarse[8], text[16];
		efile_leitweg made, read;
		int right = 0;

		snprintf(coarse, sizeof(coarse), "%04d", n);
		if (efile_leitweg_make(&made, ctx, coarse, NULL) != EFILE_OK)
			wrong++;
		for (int check = 0; check < 100; check++) {
			snprintf(text, sizeof(text), "%s-%02d", coarse, check);
			if (efile_leitweg_parse(&read, ctx, text) != EFILE_OK)
				continue;
			right++;
			wrong += strcmp(read.id, made.id) != 0;
		}
		wrong += right != 1;
	}
	TAP_EQUAL_INT(wrong, 0);
	efile_ctx_free(ctx);
}

/* MOD 97-10 finds every single wrong digit and every exchange of two neighbours. */
static long undetected(efile_ctx *ctx, const char *id)
{
	char text[48];
	long missed = 0;
	efile_leitweg read;

	for (size_t i = 0; id[i]; i++) {
		for (char c = '0'; c <= '9' && str_ascii_digit(id[i]); c++) {
			snprintf(text, sizeof(text), "%s", id);
			text[i] = c;
			missed += c != id[i] && efile_leitweg_parse(&read, ctx, text) == EFILE_OK;
		}
		snprintf(text, sizeof(text), "%s", id);
		text[i] = id[i + 1];
		text[i + 1] = id[i];
		missed += str_ascii_digit(id[i]) && str_ascii_digit(id[i + 1]) && id[i] != id[i + 1] &&
			  efile_leitweg_parse(&read, ctx, text) == EFILE_OK;
	}
	return missed;
}

static void test_detects(void)
{
	efile_ctx *ctx = test_ctx();
	long missed = 0;

	for (int n = 0; n < 1000; n++) {
		char coarse[16], fine[16];
		efile_leitweg id;

		snprintf(coarse, sizeof(coarse), "%08d", n * 7919 + 1);
		snprintf(fine, sizeof(fine), "%d", 31 + n);
		if (TAP_EQUAL_INT(efile_leitweg_make(&id, ctx, coarse, fine), EFILE_OK))
			missed += undetected(ctx, id.id);
	}
	TAP_EQUAL_INT(missed, 0);
	efile_ctx_free(ctx);
}

static void test_iban(void)
{
	/* DE89..., GB82... and FR14... are the examples of the standard's registry. */
	static const struct { const char *iban; bool valid; } rows[] = {
		{ "DE89 3704 0044 0532 0130 00", true }, { "GB82WEST12345698765432", true },
		{ "FR1420041010050500013M02606", true }, { "de89370400440532013000", true },
		{ "DE89370400440532013001", false }, { "DE8937040044053201300", false },
		{ "DE893704004405320130000", false }, { "", false }, { "1289370400440532013000", false },
		{ "DEXX370400440532013000", false }, { "DE8937040044053201300-", false },
		{ "GB82WEST1234569876543212345678901234567890", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].iban);
		TAP_EQUAL_INT(receipt_iban_valid(rows[i].iban), rows[i].valid);
	}
}

TAP_SUITE(receipt_leitweg) = {
	{ "its parts", test_parts },
	{ "what is wrong", test_reasons },
	{ "made of its parts", test_make },
	{ "one of a hundred pairs of check digits is right", test_one_of_hundred },
	{ "wrong digits and exchanged neighbours are found", test_detects },
	{ "check digits of accounts", test_iban },
	TAP_END
};
