/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "base/time.h"

void json_begin(json_writer *w, buf *out)
{
	*w = (json_writer){ .out = out };
}

static void before_value(json_writer *w)
{
	if (w->comma)
		buf_add_char(w->out, ',');
	w->comma = true;
}

static void open_value(json_writer *w, char bracket)
{
	before_value(w);
	buf_add_char(w->out, bracket);
	w->comma = false;
	w->depth++;
}

static void close_value(json_writer *w, char bracket)
{
	buf_add_char(w->out, bracket);
	w->comma = true;
	w->depth--;
}

void json_object(json_writer *w)
{
	open_value(w, '{');
}

void json_end_object(json_writer *w)
{
	close_value(w, '}');
}

void json_array(json_writer *w)
{
	open_value(w, '[');
}

void json_end_array(json_writer *w)
{
	close_value(w, ']');
}

static char escape_letter(unsigned char c)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *l = letters; *l; l += 2)
		if ((unsigned char)l[0] == c)
			return l[1];
	return 0;
}

/* One character that can't stand as it is; answers the bytes it took. NUL becomes U+FFFD: our own
 * reader refuses it. */
static size_t add_special(buf *out, const char *text, size_t length)
{
	uint32_t character;
	size_t used = str_utf8_next(&character, text, length);
	char letter = character < 0x80 ? escape_letter((unsigned char)character) : 0;

	if (letter) {
		buf_add_char(out, '\\');
		buf_add_char(out, letter);
	} else if (character > 0 && character < 0x20) {
		buf_add_format(out, "\\u%04x", (unsigned)character);
	} else {
		str_utf8_add(out, character ? character : 0xfffd);
	}
	return used;
}

static void add_string(buf *out, const char *text, size_t length)
{
	size_t plain = 0;

	buf_add_char(out, '"');
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			i++;
			continue;
		}
		buf_add(out, text + plain, i - plain);
		i += add_special(out, text + i, length - i);
		plain = i;
	}
	buf_add(out, text + plain, length - plain);
	buf_add_char(out, '"');
}

void json_key(json_writer *w, const char *key)
{
	before_value(w);
	add_string(w->out, key, strlen(key));
	buf_add_char(w->out, ':');
	w->comma = false;
}

void json_text_n(json_writer *w, const char *text, size_t length)
{
	if (!text) {
		json_null(w);
		return;
	}
	before_value(w);
	add_string(w->out, text, length);
}

void json_text(json_writer *w, const char *text)
{
	json_text_n(w, text, text ? strlen(text) : 0);
}

/* Ends of lines stand only between the tokens of JSON: a value stays one line of JSON Lines. */
void json_raw(json_writer *w, const char *json)
{
	before_value(w);
	while (*json) {
		size_t plain = strcspn(json, "\r\n");

		buf_add(w->out, json, plain);
		json += plain;
		if (*json) {
			buf_add_char(w->out, ' ');
			json++;
		}
	}
}

void json_int(json_writer *w, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	before_value(w);
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		buf_add_char(w->out, '-');
	buf_add(w->out, digits + at, sizeof(digits) - at);
}

void json_bool(json_writer *w, bool value)
{
	json_raw(w, value ? "true" : "false");
}

void json_null(json_writer *w)
{
	json_raw(w, "null");
}

void json_decimal(json_writer *w, efile_decimal value)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];

	json_text(w, efile_decimal_format(value, text));
}

void json_put_text(json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text);
}

void json_put_int(json_writer *w, const char *key, int64_t value)
{
	json_key(w, key);
	json_int(w, value);
}

void json_put_bool(json_writer *w, const char *key, bool value)
{
	json_key(w, key);
	json_bool(w, value);
}

void json_put_id(json_writer *w, const char *key, const efile_id *id)
{
	char text[EFILE_ID_TEXT_SIZE];

	json_put_text(w, key, efile_id_is_none(id) ? NULL : efile_id_format(id, text));
}

void json_put_time(json_writer *w, const char *key, efile_time time)
{
	char text[EFILE_TIME_TEXT_SIZE];

	json_put_text(w, key, efile_time_format(time, text));
}

void json_put_date(json_writer *w, const char *key, efile_date date)
{
	char text[EFILE_DATE_TEXT_SIZE];

	json_put_text(w, key, date_none(date) ? NULL : efile_date_format(date, text));
}

void json_copy(json_writer *w, const json_value *value)
{
	switch (value->type) {
	case JSON_OBJECT:
		json_object(w);
		for (const json_value *at = value->child; at; at = at->next) {
			json_key(w, at->key);
			json_copy(w, at);
		}
		json_end_object(w);
		break;
	case JSON_ARRAY:
		json_array(w);
		for (const json_value *at = value->child; at; at = at->next)
			json_copy(w, at);
		json_end_array(w);
		break;
	case JSON_STRING:
		json_text_n(w, value->text, value->length);
		break;
	case JSON_NUMBER:
		json_raw(w, value->text);
		break;
	case JSON_NULL:
		json_null(w);
		break;
	default:
		json_bool(w, value->type == JSON_TRUE);
	}
}
