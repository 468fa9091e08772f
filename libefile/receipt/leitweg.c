/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Leitweg-ID: KoSIT, Formatspezifikation Leitweg-ID. */
#include <string.h>

#include "receipt/receipt.h"

enum { COARSE_MIN = 2, COARSE_MAX = 12, FINE_MAX = 30, SHOWN = 60 };

static bool letter_or_digit(char c)
{
	return str_ascii_digit(c) || (str_ascii_lower(c) >= 'a' && str_ascii_lower(c) <= 'z');
}

/* ISO/IEC 7064, MOD 97-10: letters count 10 to 35. */
static unsigned mod97(const char *text, unsigned sum)
{
	for (; *text; text++)
		sum = str_ascii_digit(*text) ?
			(sum * 10 + (unsigned)(*text - '0')) % 97 :
			(sum * 100 + (unsigned)(str_ascii_lower(*text) - 'a' + 10)) % 97;
	return sum;
}

static size_t span(const char *text, bool (*allowed)(char))
{
	size_t length = 0;

	while (allowed(text[length]))
		length++;
	return length;
}

static efile_status check_coarse(efile_ctx *ctx, const char *text, size_t length)
{
	if (length < COARSE_MIN || length > COARSE_MAX)
		return FAIL(ctx, EFILE_E_INVALID, 3444,
			    "a Leitweg-ID begins with 2 to 12 digits: '%.*s'", SHOWN, text);
	return EFILE_OK;
}

static efile_status check_fine(efile_ctx *ctx, const char *text, size_t length)
{
	if (length < 1 || length > FINE_MAX)
		return FAIL(ctx, EFILE_E_INVALID, 3441,
			    "the fine address of a Leitweg-ID has 1 to 30 letters and digits: '%.*s'",
			    SHOWN, text);
	return EFILE_OK;
}

static void put_check(efile_leitweg *out)
{
	unsigned check = 98 - mod97("00", mod97(out->fine, mod97(out->coarse, 0)));

	out->check[0] = (char)('0' + check / 10);
	out->check[1] = (char)('0' + check % 10);
	strcpy(out->id, out->coarse);
	if (*out->fine) {
		strcat(out->id, "-");
		strcat(out->id, out->fine);
	}
	strcat(out->id, "-");
	strcat(out->id, out->check);
}

efile_status efile_leitweg_make(efile_leitweg *out, efile_ctx *ctx, const char *coarse,
				const char *fine)
{
	efile_leitweg made = { .peppol = 0 };
	size_t length;

	if (!out || !ctx)
		return FAIL(ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	error_clear(ctx);
	coarse = coarse ? coarse : "";
	length = span(coarse, str_ascii_digit);
	TRY(check_coarse(ctx, coarse, coarse[length] ? 0 : length));
	strcpy(made.coarse, coarse);
	if (fine && *fine) {
		length = span(fine, letter_or_digit);
		TRY(check_fine(ctx, fine, fine[length] ? 0 : length));
		strcpy(made.fine, fine);
	}
	put_check(&made);
	*out = made;
	return EFILE_OK;
}

/* Cuts white space off both ends. */
static const char *trimmed(const char *text, size_t *length)
{
	while (str_ascii_space(*text))
		text++;
	*length = strlen(text);
	while (*length && str_ascii_space(text[*length - 1]))
		(*length)--;
	return text;
}

/* The parts between the hyphens; the fine address is what stands between the first and the last. */
static efile_status split(efile_leitweg *out, efile_ctx *ctx, const char *text)
{
	size_t coarse = span(text, str_ascii_digit), fine = 0;
	const char *at = text + coarse;

	TRY(check_coarse(ctx, text, *at == '-' ? coarse : 0));
	memcpy(out->coarse, text, coarse);
	at++;
	if (strchr(at, '-')) {
		fine = span(at, letter_or_digit);
		TRY(check_fine(ctx, text, at[fine] == '-' ? fine : 0));
		memcpy(out->fine, at, fine);
		at += fine + 1;
	}
	if (span(at, str_ascii_digit) != 2 || at[2])
		return FAIL(ctx, EFILE_E_INVALID, 3442,
			    "a Leitweg-ID ends with a hyphen and two check digits: '%.*s'", SHOWN, text);
	memcpy(out->check, at, 2);
	return EFILE_OK;
}

efile_status efile_leitweg_parse(efile_leitweg *out, efile_ctx *ctx, const char *text)
{
	efile_leitweg given = { .peppol = 0 }, right;
	char copy[64] = "";
	size_t length;

	if (!out || !ctx)
		return FAIL(ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	error_clear(ctx);
	text = trimmed(text ? text : "", &length);
	if (length >= sizeof(copy))
		return check_coarse(ctx, text, 0);
	memcpy(copy, text, length);
	text = copy;
	if (str_starts_with(text, "0204:")) {
		given.peppol = 1;
		text += 5;
	}
	TRY(split(&given, ctx, text));
	right = given;
	put_check(&right);
	if (strcmp(given.check, right.check) != 0)
		return FAIL(ctx, EFILE_E_INVALID, 3443,
			    "the check digits of the Leitweg-ID %.*s are wrong: they would be %s", SHOWN,
			    text, right.check);
	*out = right;
	return EFILE_OK;
}
