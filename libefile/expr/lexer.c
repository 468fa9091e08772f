/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expr/lexer.h"

#include <stdlib.h>
#include <string.h>

typedef struct word_row {
	const char *text;
	token_kind kind;
} word_row;

static const word_row keywords[] = {
	{ "if", T_IF }, { "then", T_THEN }, { "else", T_ELSE }, { "for", T_FOR }, { "in", T_IN },
	{ "return", T_RETURN }, { "some", T_SOME }, { "every", T_EVERY },
	{ "satisfies", T_SATISFIES }, { "and", T_AND }, { "or", T_OR },
	{ "between", T_BETWEEN }, { "true", T_TRUE }, { "false", T_FALSE }, { "null", T_NULL },
};

static const word_row signs[] = { /* longer ones first */
	{ "..", T_DOTS }, { "**", T_POWER }, { "<=", T_LESS_EQUAL }, { ">=", T_GREATER_EQUAL },
	{ "!=", T_UNEQUAL }, { "(", T_OPEN }, { ")", T_CLOSE }, { "[", T_OPEN_LIST },
	{ "]", T_CLOSE_LIST }, { "{", T_OPEN_CONTEXT }, { "}", T_CLOSE_CONTEXT }, { ",", T_COMMA },
	{ ":", T_COLON }, { ".", T_DOT }, { "+", T_PLUS }, { "-", T_MINUS }, { "*", T_TIMES },
	{ "/", T_DIVIDE }, { "=", T_EQUAL }, { "<", T_LESS }, { ">", T_GREATER }, { "@", T_AT },
};

enum { NAMES_MAX = 1000 };

static const char *const properties[] = { "time offset", "start included", "end included" };

/* ---- errors ---- */

efile_status lexer_fail(lexer *l, size_t at, int number, const char *message, ...)
{
	long line = 1, column = 1;
	va_list args;
	char *text;

	for (size_t i = 0; i < at && i < l->length; i++) {
		column++;
		if (l->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	va_start(args, message);
	text = message_vformat(l->ctx, message, args);
	va_end(args);
	if (!text)
		return mem_failed(l->ctx);
	FAIL(l->ctx, EFILE_E_FORMAT, number, "%s", text);
	free(text);
	return error_at(l->ctx, "FEEL", line, column);
}

void lexer_clear(lexer *l)
{
	free(l->names);
	buf_clear(&l->decoded);
}

/* ---- characters ---- */

static char peek(const lexer *l, size_t ahead)
{
	return l->at + ahead < l->length ? l->text[l->at + ahead] : '\0';
}

static bool name_start(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?' || c >= 0x80;
}

static bool name_part(unsigned char c)
{
	return name_start(c) || str_ascii_digit((char)c);
}

/* Blanks beyond ASCII that are names' end as well: U+00A0, U+2000 to U+200B, U+3000, U+FEFF. */
static size_t wide_blank(const char *at, size_t length)
{
	uint32_t c;
	size_t n;

	if (!length || (unsigned char)*at < 0x80)
		return 0;
	n = str_utf8_next(&c, at, length);
	return c == 0xA0 || c == 0x85 || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 ||
		c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF ||
		c == 0x1680 ? n : 0;
}

static size_t blank(const lexer *l, size_t at)
{
	if (at >= l->length)
		return 0;
	return str_ascii_space(l->text[at]) ? 1 : wide_blank(l->text + at, l->length - at);
}

static size_t skip_blanks(const lexer *l, size_t at)
{
	for (size_t n; (n = blank(l, at)) > 0;)
		at += n;
	return at;
}

static efile_status skip_space(lexer *l)
{
	for (;;) {
		l->at = skip_blanks(l, l->at);
		if (peek(l, 0) != '/' || (peek(l, 1) != '/' && peek(l, 1) != '*'))
			return EFILE_OK;
		if (peek(l, 1) == '/') {
			while (l->at < l->length && l->text[l->at] != '\n')
				l->at++;
			continue;
		}
		const char *end = strstr(l->text + l->at + 2, "*/");

		if (!end)
			return lexer_fail(l, l->at, 1501, "a comment is not closed");
		l->at = (size_t)(end - l->text) + 2;
	}
}

/* ---- numbers and strings ---- */

static void read_number(lexer *l)
{
	while (str_ascii_digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.' && str_ascii_digit(peek(l, 1)))
		for (l->at++; str_ascii_digit(peek(l, 0)); l->at++)
			;
	if (peek(l, 0) == 'e' || peek(l, 0) == 'E') {
		size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 2 : 1;

		if (!str_ascii_digit(peek(l, sign)))
			return;
		for (l->at += sign; str_ascii_digit(peek(l, 0)); l->at++)
			;
	}
}

static efile_status read_hex(lexer *l, uint32_t *out, int count)
{
	uint32_t value = 0;

	for (int i = 0; i < count; i++) {
		char c = str_ascii_lower(peek(l, 0));

		if (!str_ascii_digit(c) && !(c >= 'a' && c <= 'f'))
			return lexer_fail(l, l->at, 1502, "a character code needs %s hex digits",
					  count == 4 ? "4" : "6");
		value = value * 16 + (uint32_t)(str_ascii_digit(c) ? c - '0' : c - 'a' + 10);
		l->at++;
	}
	*out = value;
	return EFILE_OK;
}

static efile_status read_unicode(lexer *l, int count)
{
	uint32_t c, low;

	TRY(read_hex(l, &c, count));
	if (c >= 0xD800 && c < 0xDC00 && peek(l, 0) == '\\' && peek(l, 1) == 'u') {
		l->at += 2;
		TRY(read_hex(l, &low, 4));
		if (low < 0xDC00 || low > 0xDFFF)
			return lexer_fail(l, l->at, 1503, "half a character code");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	if (!c || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return lexer_fail(l, l->at, 1503, "half a character code");
	str_utf8_add(&l->decoded, c);
	return EFILE_OK;
}

static efile_status read_escape(lexer *l)
{
	static const char from[] = "nrt\"'\\/bf", to[] = "\n\r\t\"'\\/\b\f";
	char c = peek(l, 1);
	const char *row = c ? strchr(from, c) : NULL;

	l->at += 2;
	if (c == 'u' || c == 'U')
		return read_unicode(l, c == 'u' ? 4 : 6);
	if (row) {
		buf_add_char(&l->decoded, to[row - from]);
		return EFILE_OK;
	}
	buf_add_char(&l->decoded, '\\'); /* FEEL keeps an unknown escape as it stands */
	l->at--;
	return EFILE_OK;
}

static efile_status read_string(lexer *l)
{
	size_t start = l->at++;

	buf_reset(&l->decoded);
	while (peek(l, 0) != '"') {
		if (l->at >= l->length)
			return lexer_fail(l, start, 1504, "a text is not closed");
		if (peek(l, 0) == '\\') {
			TRY(read_escape(l));
			continue;
		}
		buf_add_char(&l->decoded, l->text[l->at++]);
	}
	l->at++;
	return buf_status(&l->decoded, l->ctx);
}

/* ---- names ---- */

/* The end of a known name in the text, runs of blanks being equal to one; 0 if it differs. */
static size_t match_name(const lexer *l, size_t at, const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (name[i] == ' ') {
			size_t after = skip_blanks(l, at);

			if (after == at)
				return 0;
			at = after;
		} else if (at >= l->length || l->text[at] != name[i]) {
			return 0;
		} else {
			at++;
		}
	}
	if (at < l->length && name_part((unsigned char)l->text[at]) && !blank(l, at) &&
	    length && name_part((unsigned char)name[length - 1]))
		return 0;
	return at;
}

static size_t word_end(const lexer *l, size_t at)
{
	while (at < l->length && name_part((unsigned char)l->text[at]) && !blank(l, at))
		at++;
	return at;
}

static bool known_name(lexer *l, size_t *end)
{
	size_t best = 0;

	for (size_t i = 0; i < l->name_count; i++) {
		size_t stop = match_name(l, l->at, l->names[i].text, l->names[i].length);

		if (stop > best) {
			best = stop;
			l->now.name = l->names[i].text;
			l->now.name_length = l->names[i].length;
		}
	}
	for (size_t i = 0; l->after_dot && i < ARRAY_SIZE(properties); i++) {
		size_t stop = match_name(l, l->at, properties[i], strlen(properties[i]));

		if (stop > best) {
			best = stop;
			l->now.name = properties[i];
			l->now.name_length = strlen(properties[i]);
		}
	}
	*end = best;
	return best > 0;
}

/* A built-in function, if its parenthesis follows: "string length (". */
static bool function_name(lexer *l, size_t *end)
{
	size_t best = 0;

	if (l->after_dot)
		return false;
	for (size_t i = 0; i < expr_builtin_count; i++) {
		const char *name = expr_builtins[i].name;
		size_t stop;

		if (name[0] != l->text[l->at])
			continue;
		stop = match_name(l, l->at, name, strlen(name));
		if (stop > best && l->text[skip_blanks(l, stop)] == '(') {
			best = stop;
			l->now.function = (int)i;
		}
	}
	*end = best;
	return best > 0;
}

static token_kind keyword(const lexer *l, size_t start, size_t end)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords) && !l->after_dot; i++)
		if (strlen(keywords[i].text) == end - start &&
		    !memcmp(keywords[i].text, l->text + start, end - start))
			return keywords[i].kind;
	return T_NAME;
}

static void read_name(lexer *l)
{
	size_t word = word_end(l, l->at), end;

	l->now.kind = keyword(l, l->at, word);
	if (known_name(l, &end) && end > word) {
		l->now.kind = T_NAME;
		l->at = end;
		return;
	}
	if (function_name(l, &end)) {
		l->now.kind = T_FUNCTION;
		l->at = end;
		return;
	}
	l->now.name = l->text + l->at;
	l->now.name_length = word - l->at;
	l->at = word;
}

static bool read_sign(lexer *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (!strncmp(signs[i].text, l->text + l->at, strlen(signs[i].text))) {
			l->now.kind = signs[i].kind;
			l->at += strlen(signs[i].text);
			return true;
		}
	return false;
}

efile_status lexer_advance(lexer *l)
{
	unsigned char c;
	efile_status status = EFILE_OK;

	TRY(skip_space(l));
	l->now = (token){ T_END, l->at, l->at, NULL, 0, -1 };
	if (l->at >= l->length)
		return EFILE_OK;
	c = (unsigned char)peek(l, 0);
	if (str_ascii_digit((char)c) || (c == '.' && str_ascii_digit(peek(l, 1)))) {
		l->now.kind = T_NUMBER;
		read_number(l);
	} else if (c == '"') {
		l->now.kind = T_STRING;
		status = read_string(l);
	} else if (name_start(c)) {
		read_name(l);
	} else if (!read_sign(l)) {
		char sign[2] = { (char)c, '\0' };

		return lexer_fail(l, l->at, 1505, "unexpected character '%s'",
				  c > ' ' ? sign : "\\");
	}
	l->now.end = l->at;
	l->after_dot = l->now.kind == T_DOT;
	return status;
}

/* ---- names that the expression itself introduces ---- */

static bool plain_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!name_part((unsigned char)name[i]))
			return false;
	return length > 0;
}

efile_status lexer_know(lexer *l, const char *name, size_t length)
{
	void *names = l->names;

	if (!length || plain_name(name, length))
		return EFILE_OK; /* read as one word anyway */
	if (l->name_count == NAMES_MAX)
		return FAIL(l->ctx, EFILE_E_LIMIT, 1517, "more than %d names with blanks", NAMES_MAX);
	TRY(mem_grow(l->ctx, &names, &l->name_capacity, l->name_count, sizeof(*l->names)));
	l->names = names;
	l->names[l->name_count++] = (name_ref){ name, length };
	return EFILE_OK;
}

efile_status lexer_free_name(lexer *l, name_ref *out, const char *stop_word, char stop_sign)
{
	size_t at = l->now.start, end = at;

	while (at < l->length) {
		size_t word = word_end(l, at);

		if (stop_sign && l->text[at] == stop_sign)
			break;
		if (stop_word && word - at == strlen(stop_word) &&
		    !memcmp(l->text + at, stop_word, word - at))
			break;
		if (!strchr("\"[](){},:=<>", l->text[at]) || word > at)
			end = word > at ? word : at + 1;
		else
			return lexer_fail(l, at, 1506, "a name is expected here");
		at = skip_blanks(l, end);
	}
	if (at >= l->length || end == l->now.start)
		return lexer_fail(l, l->now.start, 1506, "a name is expected here");
	*out = (name_ref){ l->text + l->now.start, end - l->now.start };
	l->at = at;
	return EFILE_OK;
}

bool lexer_parameter(lexer *l, const builtin *b, int *index)
{
	const char *name = b->parameters;

	for (int i = 0; name && *name; i++) {
		size_t length = strcspn(name, ","), end;

		end = match_name(l, l->now.start, name, length);
		if (end && l->text[skip_blanks(l, end)] == ':') {
			l->at = skip_blanks(l, end) + 1;
			*index = i;
			return true;
		}
		name += length + (name[length] == ',');
	}
	return false;
}
