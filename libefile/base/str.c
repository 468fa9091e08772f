/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/str.h"

#include <string.h>

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t str_utf8_next(uint32_t *out, const char *text, size_t length)
{
	static const unsigned char lead_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c;
	size_t n;

	if (length == 0)
		return 0;
	n = sequence_length(s[0]);
	*out = 0xfffd;
	if (n == 0 || n > length)
		return 1;
	c = s[0] & lead_mask[n];
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*out = c;
	return n;
}

bool str_utf8_valid(const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n;

		if ((unsigned char)text[i] < 0x80) {
			if (text[i] == '\0')
				return false;
			i++;
			continue;
		}
		n = str_utf8_next(&c, text + i, length - i);
		if (n == 1)
			return false;
		i += n;
	}
	return true;
}

void str_utf8_add(buf *out, uint32_t c)
{
	char bytes[4];
	size_t n;

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		bytes[0] = (char)c;
		n = 1;
	} else if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		n = 2;
	} else if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		n = 3;
	} else {
		bytes[0] = (char)(0xf0 | c >> 18);
		n = 4;
	}
	for (size_t i = 1; i < n; i++)
		bytes[i] = (char)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3f));
	buf_add(out, bytes, n);
}

char str_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_ascii_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}

int str_ascii_ncasecmp(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int difference = (unsigned char)str_ascii_lower(a[i]) -
				 (unsigned char)str_ascii_lower(b[i]);

		if (difference || !a[i])
			return difference;
	}
	return 0;
}

int str_ascii_casecmp(const char *a, const char *b)
{
	return str_ascii_ncasecmp(a, b, SIZE_MAX);
}

bool str_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

char *str_hex(char *out, const void *data, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * length] = '\0';
	return out;
}

static int hex_digit(char c)
{
	if (str_ascii_digit(c))
		return c - '0';
	c = str_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_unhex(void *out, const char *hex, size_t length)
{
	unsigned char *bytes = out;

	for (size_t i = 0; i < length; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = high < 0 ? -1 : hex_digit(hex[2 * i + 1]);

		if (low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}
