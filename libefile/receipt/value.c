/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of an invoice, as the receipt needs them. */
#include <string.h>

#include "receipt/receipt.h"

static const char *filled(const char *text)
{
	return text && *text ? text : NULL;
}

const char *receipt_value(const efile_invoice *invoice, const char *term)
{
	return filled(efile_invoice_value(invoice, term));
}

const char *receipt_value_in(const efile_invoice *invoice, const efile_invoice_item *group,
			     const char *term)
{
	const efile_invoice_item *item = efile_invoice_first(invoice, group, term);

	return item ? filled(efile_invoice_item_value(invoice, item)) : NULL;
}

bool receipt_amount(efile_decimal *out, const char *text)
{
	efile_decimal value;

	*out = (efile_decimal){ { 0, 0 } };
	if (!text || efile_decimal_parse(&value, text, (size_t)-1) != EFILE_OK)
		return false;
	*out = value;
	return true;
}

void receipt_fold(buf *out, const char *number)
{
	for (; *number; number++)
		if (!str_ascii_space(*number))
			buf_add_char(out, str_ascii_lower(*number));
}

bool receipt_has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; length && at && (at = strstr(at, word)) != NULL; at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* ---- IBAN ---- */

void receipt_iban_key(buf *out, const char *iban)
{
	for (; *iban; iban++) {
		char c = *iban;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!str_ascii_space(c))
			buf_add_char(out, c);
	}
}

/* ISO 13616: the first four characters move to the end; then ISO/IEC 7064, MOD 97-10. */
static bool iban_sum(const char *iban, size_t length)
{
	unsigned sum = 0;

	for (size_t i = 0; i < length; i++) {
		char c = iban[(i + 4) % length];

		if (str_ascii_digit(c))
			sum = (sum * 10 + (unsigned)(c - '0')) % 97;
		else if (c >= 'A' && c <= 'Z')
			sum = (sum * 100 + (unsigned)(c - 'A' + 10)) % 97;
		else
			return false;
	}
	return sum == 1;
}

bool receipt_iban_valid(const char *iban)
{
	enum { IBAN_MIN = 15, IBAN_MAX = 34, GERMAN = 22 };
	char key[IBAN_MAX + 1];
	size_t length = 0;

	for (; *iban; iban++) {
		if (str_ascii_space(*iban))
			continue;
		if (length == IBAN_MAX)
			return false;
		key[length++] = *iban >= 'a' && *iban <= 'z' ? (char)(*iban - 'a' + 'A') : *iban;
	}
	if (length < IBAN_MIN || (key[0] == 'D' && key[1] == 'E' && length != GERMAN))
		return false;
	return str_ascii_digit(key[2]) && str_ascii_digit(key[3]) && !str_ascii_digit(key[0]) &&
	       !str_ascii_digit(key[1]) && iban_sum(key, length);
}
