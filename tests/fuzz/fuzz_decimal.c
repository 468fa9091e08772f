/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two numbers from a text: what is read is written and reads as the same; sums commute; nothing ends
 * in anything but a number or an error. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <efile/decimal.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const efile_decimal *value)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal again;

	if (efile_decimal_parse(&again, efile_decimal_format(*value, text), (size_t)-1) != EFILE_OK ||
	    efile_decimal_compare(*value, again) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *gap = memchr(data, ' ', size);
	size_t length = gap ? (size_t)(gap - data) : size;
	efile_decimal a, b, left, right;

	if (efile_decimal_parse(&a, (const char *)data, length) != EFILE_OK)
		return 0;
	round_trip(&a);
	if (!gap || efile_decimal_parse(&b, (const char *)gap + 1, size - length - 1) != EFILE_OK)
		return 0;
	round_trip(&b);
	if (efile_decimal_compare(a, b) != -efile_decimal_compare(b, a))
		abort();
	if (efile_decimal_add(&left, a, b) == EFILE_OK) {
		if (efile_decimal_add(&right, b, a) != EFILE_OK || efile_decimal_compare(left, right) != 0)
			abort();
		round_trip(&left);
	}
	if (efile_decimal_multiply(&left, a, b) == EFILE_OK)
		round_trip(&left);
	if (efile_decimal_divide(&left, a, b) == EFILE_OK)
		round_trip(&left);
	return 0;
}
