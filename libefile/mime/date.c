/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates as mail writes them (RFC 5322 section 3.3 and 4.3) and as it should not: named zones,
 * two-digit years, comments, AM and PM, hyphens. */
#include "mime/mime.h"

#include <string.h>

#include "base/time.h"


typedef struct date_parts {
	int day, month, year;
	int hour, minute, second;
	int offset; /* minutes east */
	bool has_time, has_zone, pm, am;
} date_parts;

static const name_row months[] = {
	{ 1, "jan" }, { 2, "feb" }, { 3, "mar" }, { 3, "mrz" }, { 3, "m\xc3\xa4r" }, { 4, "apr" },
	{ 5, "may" }, { 5, "mai" }, { 6, "jun" }, { 7, "jul" }, { 8, "aug" },  { 9, "sep" },
	{ 10, "oct" }, { 10, "okt" }, { 11, "nov" }, { 12, "dec" }, { 12, "dez" },
};

/* Minutes east of UTC. RFC 5322 knows the American ones; the rest are seen in German mail. */
static const name_row zones[] = {
	{ 0, "ut" },     { 0, "utc" },    { 0, "gmt" },    { 0, "z" },      { 0, "wet" },
	{ 60, "west" },  { 60, "bst" },   { 60, "cet" },   { 60, "mez" },   { 60, "met" },
	{ 120, "cest" }, { 120, "mesz" }, { 120, "mest" }, { 120, "eet" },  { 120, "sast" },
	{ 180, "eest" }, { 180, "msk" },  { 330, "ist" },  { 480, "hkt" },  { 480, "sgt" },
	{ 540, "jst" },  { 540, "kst" },  { 600, "aest" }, { 660, "aedt" }, { 720, "nzst" },
	{ 780, "nzdt" }, { -180, "adt" }, { -240, "ast" }, { -240, "edt" }, { -300, "est" },
	{ -300, "cdt" }, { -360, "cst" }, { -360, "mdt" }, { -420, "mst" }, { -420, "pdt" },
	{ -480, "pst" }, { -480, "akdt" },{ -540, "akst" },{ -600, "hst" },
};

static int number(span s)
{
	int n = 0;

	if (s.length == 0 || s.length > 6)
		return -1;
	for (size_t i = 0; i < s.length; i++) {
		if (!str_ascii_digit(s.data[i]))
			return -1;
		n = n * 10 + (s.data[i] - '0');
	}
	return n;
}

static void take_word(date_parts *d, span word)
{
	char text[8];
	int value;

	if (word.length >= sizeof(text))
		word.length = sizeof(text) - 1; /* "September" is known by its beginning */
	for (size_t i = 0; i < word.length; i++)
		text[i] = str_ascii_lower(word.data[i]);
	text[word.length] = '\0';
	if (strcmp(text, "am") == 0) {
		d->am = true;
	} else if (strcmp(text, "pm") == 0) {
		d->pm = true;
	} else if (d->has_time && !d->has_zone && TABLE_VALUE(&value, zones, text)) {
		d->offset = value;
		d->has_zone = true;
	} else if (d->month == 0 && word.length >= 3) {
		text[strncmp(text, "m\xc3\xa4r", 4) == 0 ? 4 : 3] = '\0';
		if (TABLE_VALUE(&value, months, text))
			d->month = value;
	}
}

/* hh:mm[:ss[.fraction]] */
static bool take_time(date_parts *d, span s)
{
	int *fields[] = { &d->hour, &d->minute, &d->second };

	for (size_t i = 0; i < ARRAY_SIZE(fields) && s.length > 0; i++) {
		size_t n = 0;

		while (n < s.length && str_ascii_digit(s.data[n]))
			n++;
		*fields[i] = number((span){ s.data, n });
		if (*fields[i] < 0)
			return false;
		s.data += n;
		s.length -= n;
		if (s.length > 0 && (s.data[0] == ':' || (s.data[0] == '.' && i < 2))) {
			s.data++;
			s.length--;
		} else {
			break;
		}
	}
	d->has_time = true;
	return true;
}

/* +hhmm, +hh:mm, +hh */
static void take_offset(date_parts *d, char sign, span digits)
{
	int value = number(digits), minutes;

	if (value < 0 || d->has_zone)
		return;
	minutes = digits.length <= 2 ? value * 60 : value / 100 * 60 + value % 100;
	if (minutes > 24 * 60)
		return;
	d->offset = sign == '-' ? -minutes : minutes;
	d->has_zone = true;
}

static void take_number(date_parts *d, span digits)
{
	int value = number(digits);

	if (value < 0)
		return;
	if (d->day == 0 && digits.length <= 2 && value >= 1 && value <= 31) {
		d->day = value;
	} else if (d->year < 0 && digits.length >= 2) {
		/* RFC 5322 section 4.3: 00 to 49 are 2000 on, other short years 1900 on */
		if (digits.length == 2)
			value += value < 50 ? 2000 : 1900;
		else if (digits.length == 3)
			value += 1900;
		d->year = value;
	}
}

static size_t run_length(span s, bool (*test)(char))
{
	size_t n = 0;

	while (n < s.length && test(s.data[n]))
		n++;
	return n;
}

static bool is_time_char(char c)
{
	return str_ascii_digit(c) || c == ':' || c == '.';
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

enum { DATE_BYTES = 160 };

/* Takes out comments, and the blanks that obsolete syntax allows around colons. */
static size_t tidy(char out[DATE_BYTES], span s)
{
	size_t n = 0, depth = 0;

	for (size_t i = 0; i < s.length && n < DATE_BYTES; i++) {
		char c = str_ascii_space(s.data[i]) ? ' ' : s.data[i];

		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0) {
			if (c == ':')
				while (n > 0 && out[n - 1] == ' ')
					n--;
			if (c != ' ' || n == 0 || out[n - 1] != ':')
				out[n++] = c;
		}
	}
	return n;
}

static size_t take_digits(date_parts *d, span s)
{
	size_t n = run_length(s, is_time_char);
	span digits = { s.data, run_length(s, str_ascii_digit) };

	if (n > digits.length && s.data[digits.length] == ':' && !d->has_time) {
		take_time(d, (span){ s.data, n });
		return n;
	}
	if (n > digits.length && s.data[digits.length] == '.' && d->has_zone == false && d->day &&
	    d->year >= 0 && !d->has_time) { /* 12.30.45 */
		take_time(d, (span){ s.data, n });
		return n;
	}
	take_number(d, digits);
	return digits.length ? digits.length : 1;
}

/* Takes the token at the start; answers its bytes. */
static size_t take_token(date_parts *d, span s)
{
	char c = s.data[0];
	size_t n;

	if (str_ascii_digit(c))
		return take_digits(d, s);
	if (is_word_char(c)) {
		n = run_length(s, is_word_char);
		take_word(d, (span){ s.data, n });
		return n;
	}
	if ((c == '+' || c == '-') && d->has_time) {
		span rest = { s.data + 1, s.length - 1 };
		char digits[4];
		size_t count = 0;

		n = run_length(rest, is_time_char);
		for (size_t i = 0; i < n && count < sizeof(digits); i++)
			if (str_ascii_digit(rest.data[i]))
				digits[count++] = rest.data[i];
		take_offset(d, c, (span){ digits, count });
		return n + 1;
	}
	return 1;
}

/* 2026-03-02: written by machines that know no other order. */
static void take_iso(date_parts *d, span *s)
{
	if (s->length < 10 || s->data[4] != '-' || s->data[7] != '-')
		return;
	d->year = number((span){ s->data, 4 });
	d->month = number((span){ s->data + 5, 2 });
	d->day = number((span){ s->data + 8, 2 });
	s->data += 10;
	s->length -= 10;
	if (s->length > 0 && s->data[0] == 'T') {
		s->data++;
		s->length--;
	}
}

/* 06:09 PM; of 18:09 PM the hour is plain all the same. */
static void twelve_hours(date_parts *d)
{
	if ((d->am || d->pm) && d->hour <= 12)
		d->hour = d->hour % 12 + (d->pm ? 12 : 0);
}

bool mime_date_parse(efile_time *out, span text)
{
	date_parts d = { .year = -1 };
	civil c = { .microsecond = 0 };
	char plain[DATE_BYTES];

	text = span_trim((span){ plain, tidy(plain, text) });
	take_iso(&d, &text);
	while (text.length > 0) {
		size_t n = take_token(&d, text);

		text.data += n;
		text.length -= n;
	}
	twelve_hours(&d);
	c.date = (efile_date){ .year = d.year, .month = (int8_t)d.month, .day = (int8_t)d.day };
	if (d.year < 1900 || d.year > 9999 || !date_valid(c.date) ||
	    d.hour > 23 || d.minute > 59 || d.second > 60)
		return false;
	c.hour = d.hour;
	c.minute = d.minute;
	c.second = d.second;
	c.offset = d.offset * 60;
	*out = time_from_civil(&c);
	return true;
}
