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
	{ "function", T_FUNCTION_LITERAL }, { "instance", T_INSTANCE },
};

static const word_row signs[] = { /* longer ones first */
	{ "..", T_DOTS }, { "**", T_POWER }, { "<=", T_LESS_EQUAL }, { ">=", T_GREATER_EQUAL },
	{ "!=", T_UNEQUAL }, { "->", T_ARROW }, { "(", T_OPEN }, { ")", T_CLOSE }, { "[", T_OPEN_LIST },
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
	free(l->locals);
	buf_clear(&l->decoded);
	buf_clear(&l->joined);
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
		if (str_ascii_space(name[i])) {
			size_t after = skip_blanks(l, at);

			while (i + 1 < length && str_ascii_space(name[i + 1]))
				i++;

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

/* The longest known name at a place; 0 if there is none. */
static size_t known_name(lexer *l, size_t at, name_ref *out)
{
	size_t best = 0;

	for (size_t i = 0; i < l->name_count; i++) {
		const name_ref *n = &l->names[i];
		size_t stop;

		if (n->text[0] != l->text[at] || !(n->visible || l->after_dot || l->filters))
			continue;
		stop = match_name(l, at, n->text, n->length);
		if (stop > best) {
			best = stop;
			*out = *n;
		}
	}
	for (size_t i = 0; l->after_dot && i < ARRAY_SIZE(properties); i++) {
		size_t stop = match_name(l, at, properties[i], strlen(properties[i]));

		if (stop > best) {
			best = stop;
			*out = (name_ref){ properties[i], strlen(properties[i]), true };
		}
	}
	return best;
}

/* A built-in function: "string length (", or its mere name where that is of several words. */
static size_t function_name(lexer *l, size_t at, int *row, bool *called)
{
	size_t best = 0;

	if (l->after_dot)
		return 0;
	for (size_t i = 0; i < expr_builtin_count; i++) {
		const char *name = expr_builtins[i].name;
		size_t stop;
		bool call;

		if (name[0] != l->text[at])
			continue;
		stop = match_name(l, at, name, strlen(name));
		call = stop && l->text[skip_blanks(l, stop)] == '(';
		if (stop <= best || (!call && (!strchr(name, ' ') || strstr(name, " and "))))
			continue;
		best = stop;
		*row = (int)i;
		*called = call;
	}
	return best;
}

static bool followed_by(const lexer *l, size_t at, const char *word)
{
	at = skip_blanks(l, at);
	return word_end(l, at) - at == strlen(word) && !memcmp(l->text + at, word, strlen(word));
}

/* Two of them are names as well: "instance" without "of", "function" without its parameters. */
static bool really_keyword(const lexer *l, token_kind kind, size_t end)
{
	char next = l->text[skip_blanks(l, end)];

	if (kind == T_INSTANCE)
		return followed_by(l, end, "of");
	return kind != T_FUNCTION_LITERAL || next == '(' || next == '<';
}

static token_kind keyword(const lexer *l, size_t start, size_t end)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords) && !l->after_dot; i++)
		if (strlen(keywords[i].text) == end - start &&
		    !memcmp(keywords[i].text, l->text + start, end - start))
			return really_keyword(l, keywords[i].kind, end) ? keywords[i].kind : T_NAME;
	return T_NAME;
}

/* Two names never stand side by side, so that unknown words behind a dot or in a filter are one
 * name: "applicant.monthly income". */
static size_t joined_name(lexer *l, size_t end)
{
	bool after_dot = l->after_dot;
	name_ref known;
	int row;
	bool called;

	buf_reset(&l->joined);
	l->after_dot = false;
	for (;;) {
		size_t next = skip_blanks(l, end), stop = word_end(l, next);

		if (next == end || stop == next || str_ascii_digit(l->text[next]) ||
		    keyword(l, next, stop) != T_NAME || known_name(l, next, &known) ||
		    function_name(l, next, &row, &called))
			break;
		if (!l->joined.length)
			buf_add(&l->joined, l->text + l->at, end - l->at);
		buf_add_char(&l->joined, ' ');
		buf_add(&l->joined, l->text + next, stop - next);
		end = stop;
	}
	l->after_dot = after_dot;
	return end;
}

static efile_status read_name(lexer *l)
{
	size_t word = word_end(l, l->at), end;
	name_ref known;
	int row = -1;
	bool called = false;

	l->now.kind = keyword(l, l->at, word);
	l->now.name = l->text + l->at;
	l->now.name_length = word - l->at;
	end = known_name(l, l->at, &known);
	if (end && (end > word || l->now.kind == T_NAME)) {
		l->now.kind = T_NAME;
		l->now.name = known.text;
		l->now.name_length = known.length;
		l->at = end;
		return EFILE_OK;
	}
	end = function_name(l, l->at, &row, &called);
	if (end) {
		l->now.kind = called ? T_FUNCTION : T_NAME;
		l->now.function = row;
		l->now.name = expr_builtins[row].name;
		l->now.name_length = strlen(l->now.name);
		l->at = end;
		return EFILE_OK;
	}
	end = word;
	if (l->now.kind == T_NAME && (l->after_dot || l->filters))
		end = joined_name(l, word);
	if (end > word) {
		TRY(buf_status(&l->joined, l->ctx));
		l->now.name = l->joined.data;
		l->now.name_length = l->joined.length;
	}
	l->at = end;
	return EFILE_OK;
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

/* Counts lines and columns (in bytes) up to the present place; goes back by counting anew. */
static void place(lexer *l)
{
	if (l->at < l->placed || !l->line) {
		l->placed = 0;
		l->line = l->column = 1;
	}
	for (; l->placed < l->at; l->placed++) {
		l->column++;
		if (l->text[l->placed] == '\n') {
			l->line++;
			l->column = 1;
		}
	}
}

efile_status lexer_advance(lexer *l)
{
	unsigned char c;
	efile_status status = EFILE_OK;

	TRY(skip_space(l));
	place(l);
	l->now = (token){ T_END, l->at, l->at, l->line, l->column, NULL, 0, -1 };
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
		status = read_name(l);
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

static efile_status keep_local(lexer *l, const char *name, size_t length)
{
	void *locals = l->locals;

	TRY(mem_grow(l->ctx, &locals, &l->local_capacity, l->local_count, sizeof(*l->locals)));
	l->locals = locals;
	l->locals[l->local_count++] = (local_name){ { name, length, true }, l->name_count };
	return EFILE_OK;
}

bool lexer_is_local(const lexer *l, const char *name, size_t length)
{
	for (size_t i = l->local_count; i-- > 0;)
		if (l->locals[i].name.visible && l->locals[i].name.length == length &&
		    !memcmp(l->locals[i].name.text, name, length))
			return true;
	return false;
}

efile_status lexer_know(lexer *l, const char *name, size_t length)
{
	void *names = l->names;

	if (l->inspects)
		TRY(keep_local(l, name, length));
	if (!length || (plain_name(name, length) && !builtin_find(name, length)))
		return EFILE_OK; /* read as one word anyway */
	if (l->name_count == NAMES_MAX)
		return FAIL(l->ctx, EFILE_E_LIMIT, 1517, "more than %d names with blanks", NAMES_MAX);
	TRY(mem_grow(l->ctx, &names, &l->name_capacity, l->name_count, sizeof(*l->names)));
	l->names = names;
	l->names[l->name_count++] = (name_ref){ name, length, true };
	return EFILE_OK;
}

size_t lexer_mark(const lexer *l)
{
	return l->inspects ? l->local_count : l->name_count;
}

void lexer_forget(lexer *l, size_t mark)
{
	size_t from = mark;

	if (l->inspects)
		from = mark < l->local_count ? l->locals[mark].mark : l->name_count;
	for (size_t i = mark; l->inspects && i < l->local_count; i++)
		l->locals[i].name.visible = false;
	for (size_t i = from; i < l->name_count; i++)
		l->names[i].visible = false;
}

char lexer_sign_next(const lexer *l)
{
	return l->text[skip_blanks(l, l->now.end)];
}

efile_status lexer_take_name(lexer *l, bool *taken, const char *name)
{
	size_t end = match_name(l, l->now.start, name, strlen(name));

	*taken = end > 0;
	if (!end)
		return EFILE_OK;
	l->at = end;
	return lexer_advance(l);
}

bool lexer_word(const lexer *l, const char *word)
{
	return l->now.end - l->now.start == strlen(word) &&
		!memcmp(l->text + l->now.start, word, strlen(word));
}

/* The end of a name that begins at a place: any words and signs but those of expressions. */
static size_t free_name_end(const lexer *l, size_t at, const char *stop_word,
			    const char *stop_signs)
{
	size_t end = at;

	while (at < l->length) {
		size_t word = word_end(l, at);

		if (word == at && strchr(stop_signs, l->text[at]))
			break;
		if (stop_word && word - at == strlen(stop_word) && end > l->now.start &&
		    !memcmp(l->text + at, stop_word, word - at))
			break;
		if (word == at && strchr("\"[](){},:=<>", l->text[at]))
			return 0;
		end = word > at ? word : at + 1;
		at = skip_blanks(l, end);
	}
	return end;
}

efile_status lexer_free_name(lexer *l, name_ref *out, const char *stop_word, const char *stop_signs)
{
	size_t start = l->now.start, end = free_name_end(l, start, stop_word, stop_signs);

	if (end <= start || skip_blanks(l, end) >= l->length)
		return lexer_fail(l, start, 1506, "a name is expected here");
	*out = (name_ref){ l->text + start, end - start, true };
	l->at = skip_blanks(l, end);
	return EFILE_OK;
}

efile_status lexer_argument(lexer *l, bool *is_named, name_ref *out)
{
	size_t start = l->now.start, end = free_name_end(l, start, NULL, ":"), colon;

	colon = end > start ? skip_blanks(l, end) : l->length;
	*is_named = colon < l->length && l->text[colon] == ':' &&
		name_start((unsigned char)l->text[start]);
	if (!*is_named)
		return EFILE_OK;
	*out = (name_ref){ l->text + start, end - start, true };
	l->at = colon + 1;
	return lexer_advance(l);
}
