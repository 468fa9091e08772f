/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identifiers around an invoice: Leitweg-ID, cash discount lines, the key of duplicates. */
#include <string.h>

#include "invoice/invoice.h"

/* ---- Leitweg-ID ---- */

static bool upper_or_digit(char c)
{
	return str_ascii_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* ISO/IEC 7064, MOD 97-10, taken digit by digit: letters count 10 to 35. */
static unsigned mod97(unsigned sum, char c)
{
	if (str_ascii_digit(c))
		return (sum * 10 + (unsigned)(c - '0')) % 97;
	return (sum * 100 + (unsigned)(str_ascii_lower(c) - 'a' + 10)) % 97;
}

/* Takes characters of a kind up to a hyphen or the end; answers how many. */
static size_t part(const char **at, unsigned *sum, bool (*allowed)(char))
{
	size_t length = 0;

	for (; **at && **at != '-' && allowed(**at); (*at)++, length++)
		*sum = mod97(*sum, **at);
	return length;
}

int efile_leitweg_id_valid(const char *text)
{
	const char *at = text ? text : "";
	unsigned sum = 0;
	size_t coarse = part(&at, &sum, str_ascii_digit), fine = 0, check;

	if (coarse < 2 || coarse > 12 || *at++ != '-')
		return 0;
	if (strchr(at, '-')) {
		fine = part(&at, &sum, upper_or_digit);
		if (fine < 1 || fine > 30 || *at++ != '-')
			return 0;
	}
	check = part(&at, &sum, str_ascii_digit);
	return check == 2 && !*at && sum == 1;
}

/* ---- Skonto: XRechnung, BR-DE-18 ---- */

/* Takes "word" if it stands here. */
static bool take(const char **at, const char *word)
{
	if (!str_starts_with(*at, word))
		return false;
	*at += strlen(word);
	return true;
}

static size_t count_digits(const char *at)
{
	size_t n = 0;

	while (str_ascii_digit(at[n]))
		n++;
	return n;
}

static bool take_days(int *out, const char **at)
{
	size_t n = count_digits(*at);
	int days = 0;

	if (n == 0 || n > 6)
		return false;
	while (n--)
		days = days * 10 + (*(*at)++ - '0');
	*out = days;
	return true;
}

/* n.nn: digits, a point, two digits. */
static bool take_decimal(efile_decimal *out, const char **at, bool sign)
{
	const char *begin = *at;
	size_t n;

	*at += sign && **at == '-';
	n = count_digits(*at);
	*at += n;
	if (n == 0 || **at != '.')
		return false;
	(*at)++;
	if (count_digits(*at) != 2)
		return false;
	*at += 2;
	return efile_decimal_parse(out, begin, (size_t)(*at - begin)) == EFILE_OK;
}

static bool line_end(const char **at)
{
	*at += **at == '\r';
	if (**at == '\n')
		(*at)++;
	else if (**at)
		return false;
	return true;
}

static bool take_line(efile_skonto *out, const char **at)
{
	*out = (efile_skonto){ .late = take(at, "#VERZUG#") };
	if (!out->late && !take(at, "#SKONTO#"))
		return false;
	if (!take(at, "TAGE=") || !take_days(&out->days, at) || !take(at, "#PROZENT=") ||
	    !take_decimal(&out->percent, at, false) || !take(at, "#"))
		return false;
	if (take(at, "BASISBETRAG=")) {
		out->has_base = 1;
		if (!take_decimal(&out->base, at, true) || !take(at, "#"))
			return false;
	}
	return line_end(at);
}

efile_status efile_skonto_parse(efile_skonto *out, size_t capacity, size_t *count,
				const char *terms)
{
	const char *at = terms;
	size_t found = 0;

	if (!count || !terms || (!out && capacity))
		return EFILE_E_INVALID;
	while (*at) {
		efile_skonto line;

		if (*at != '#') {
			at += strcspn(at, "\n");
			at += *at == '\n';
			continue;
		}
		if (!take_line(&line, &at))
			return EFILE_E_INVALID;
		if (found < capacity)
			out[found] = line;
		found++;
	}
	*count = found;
	return EFILE_OK;
}

/* ---- duplicates ---- */

/* Spelling that does not tell two invoices apart: blanks, letter case. */
static void add_folded(buf *out, const char *text)
{
	for (; *text; text++)
		if (!str_ascii_space(*text))
			buf_add_char(out, str_ascii_lower(*text));
}

efile_status efile_invoice_duplicate_key(char **out, const efile_invoice *invoice)
{
	if (!out || !invoice)
		return EFILE_E_INVALID;
	static const char *const sellers[] = { "BT-31", "BT-32", "BT-30", "BT-27" };
	const char *number = efile_invoice_value(invoice, "BT-1");
	const char *date = efile_invoice_value(invoice, "BT-2"), *seller = NULL;
	AUTO(buf) key = BUF_INIT;

	error_clear(invoice->ctx);
	for (size_t i = 0; i < ARRAY_SIZE(sellers) && (!seller || !*seller); i++)
		seller = efile_invoice_value(invoice, sellers[i]);
	if (!number || !*number || !date || !*date || !seller || !*seller)
		return FAIL(invoice->ctx, EFILE_E_NOTFOUND, 2814,
			    "number, date or seller of the invoice are missing");
	add_folded(&key, seller);
	buf_add_char(&key, '|');
	add_folded(&key, number);
	buf_add_char(&key, '|');
	add_folded(&key, date);
	return buf_take(out, &key, invoice->ctx);
}
