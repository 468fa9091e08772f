/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expr/regex_xpath.h"

#include <string.h>

#include "expr/regex_blocks.h"

enum { CLASS_DEPTH = 20, GROUPS_MAX = 99 };

typedef struct translator {
	const char *at;
	buf *out;
	bool dot_all;
	unsigned groups;                /* opened so far */
	unsigned open[GROUPS_MAX + 1];  /* those that are not closed yet; 0: a group without number */
	unsigned depth;
	bool closed[GROUPS_MAX + 1];
} translator;

#define NAME_START                                                                                 \
	":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}"                    \
	"\\x{37F}-\\x{1FFF}\\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}"                \
	"\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}"
#define NAME_PART NAME_START "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}"

/* Escapes of many characters (XML Schema, appendix F.1.1); each becomes a class. */
static const struct many_row {
	char letter;
	const char *class_text;
} many[] = {
	{ 'd', "[\\p{Nd}]" }, { 'D', "[^\\p{Nd}]" },
	{ 's', "[ \\t\\n\\r]" }, { 'S', "[^ \\t\\n\\r]" },
	{ 'w', "[^\\p{P}\\p{Z}\\p{C}]" }, { 'W', "[\\p{P}\\p{Z}\\p{C}]" },
	{ 'i', "[" NAME_START "]" }, { 'I', "[^" NAME_START "]" },
	{ 'c', "[" NAME_PART "]" }, { 'C', "[^" NAME_PART "]" },
};

static const char single[] = "nrt\\|.?*+(){}-[]^$";

static bool known_category(const char *name, size_t length)
{
	static const char *const rows[] = {
		"L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No",
		"P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm",
		"Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strlen(rows[i]) == length && !memcmp(rows[i], name, length))
			return true;
	return false;
}

/* \p{...} or \P{...}, from the letter on. */
static bool property(translator *t, buf *out)
{
	bool not = *t->at == 'P';
	const char *name = t->at + 2, *end;
	const regex_block *block;
	size_t length;

	if (t->at[1] != '{' || !(end = strchr(name, '}')))
		return false;
	length = (size_t)(end - name);
	t->at = end + 1;
	if (known_category(name, length)) {
		buf_add_format(out, "[%s\\p{", not ? "^" : "");
		buf_add(out, name, length);
		buf_add_text(out, "}]");
		return true;
	}
	block = length > 2 && !memcmp(name, "Is", 2) ? regex_block_find(name + 2, length - 2) : NULL;
	if (!block)
		return false;
	buf_add_format(out, "[%s\\x{%X}-\\x{%X}]", not ? "^" : "", block->first, block->last);
	return true;
}

/* An escape of many characters behind the backslash; *is says whether it was one. */
static bool many_escape(translator *t, buf *out, bool *is)
{
	*is = true;
	if (*t->at == 'p' || *t->at == 'P')
		return property(t, out);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		if (many[i].letter == *t->at) {
			buf_add_text(out, many[i].class_text);
			t->at++;
			return true;
		}
	*is = false;
	return true;
}

/* As many digits belong to the number as there are groups for. */
static bool back_reference(translator *t)
{
	unsigned n = (unsigned)(*t->at++ - '0');

	while (str_ascii_digit(*t->at) && n * 10 + (unsigned)(*t->at - '0') <= t->groups)
		n = n * 10 + (unsigned)(*t->at++ - '0');
	if (n > GROUPS_MAX || !t->closed[n])
		return false;
	buf_add_format(t->out, "\\g{%u}", n);
	return true;
}

static bool escape(translator *t)
{
	bool is;

	t->at++;
	if (*t->at >= '1' && *t->at <= '9')
		return back_reference(t);
	if (!many_escape(t, t->out, &is))
		return false;
	if (is)
		return true;
	if (!*t->at || !strchr(single, *t->at))
		return false;
	buf_add_char(t->out, '\\');
	buf_add_char(t->out, *t->at++);
	return true;
}

/* ---- classes: "[a-z-[aeiou]]" becomes "(?:(?![aeiou])[a-z])" ---- */

static size_t character(uint32_t *c, const char *at)
{
	return str_utf8_next(c, at, strlen(at));
}

/* One character of a class, escaped or not; false if none may stand there. */
static bool class_character(translator *t, uint32_t *c)
{
	static const char from[] = "nrt", to[] = "\n\r\t";

	if (*t->at == '\\') {
		const char *row = t->at[1] ? strchr(from, t->at[1]) : NULL;

		if (!t->at[1] || !strchr(single, t->at[1]))
			return false;
		*c = (unsigned char)(row ? to[row - from] : t->at[1]);
		t->at += 2;
		return true;
	}
	if (!*t->at || strchr("[]", *t->at))
		return false;
	t->at += character(c, t->at);
	return true;
}

static bool class_expression(translator *t, buf *out, unsigned depth);

/* What stands in the brackets: single characters and ranges into chars, the rest as alternatives. */
static bool class_member(translator *t, buf *chars, buf *others)
{
	uint32_t low, high;
	bool is = false;

	if (*t->at == '\\') {
		t->at++;
		if (!many_escape(t, others, &is))
			return false;
		if (is) {
			buf_add_char(others, '|');
			return true;
		}
		t->at--;
	}
	if (!class_character(t, &low))
		return false;
	buf_add_format(chars, "\\x{%X}", low);
	if (*t->at != '-' || t->at[1] == ']' || t->at[1] == '[')
		return true;
	t->at++;
	if (!class_character(t, &high) || high < low)
		return false;
	buf_add_format(chars, "-\\x{%X}", high);
	return true;
}

static void class_text(buf *out, const buf *subtracted, const buf *chars, const buf *others,
		       bool not)
{
	buf_add_text(out, "(?:");
	if (subtracted->length) {
		buf_add_text(out, "(?!");
		buf_add(out, subtracted->data, subtracted->length);
		buf_add_char(out, ')');
	}
	buf_add_text(out, not ? "(?!" : "(?:");
	buf_add(out, buf_text(others), others->length);
	if (chars->length) {
		buf_add_char(out, '[');
		buf_add(out, chars->data, chars->length);
		buf_add_char(out, ']');
	} else {
		out->length -= others->length > 0; /* the last "|" */
	}
	buf_add_text(out, not ? ")(?s:.))" : "))");
}

/* From behind the bracket, and "^", to behind the closing one. */
static bool class_body(translator *t, buf *chars, buf *others, buf *subtracted, unsigned depth)
{
	while (*t->at != ']') {
		if (*t->at == '-' && t->at[1] == '[' && (chars->length || others->length)) {
			t->at++;
			if (!class_expression(t, subtracted, depth + 1) || *t->at != ']')
				return false;
			break;
		}
		if (!class_member(t, chars, others))
			return false;
	}
	t->at++;
	return chars->length || others->length;
}

static bool class_expression(translator *t, buf *out, unsigned depth)
{
	AUTO(buf) chars = BUF_INIT, others = BUF_INIT, subtracted = BUF_INIT;
	bool not = t->at[1] == '^', fits;

	if (depth > CLASS_DEPTH)
		return false;
	t->at += not ? 2 : 1;
	fits = class_body(t, &chars, &others, &subtracted, depth);
	if (chars.failed || others.failed || subtracted.failed)
		out->failed = true;
	else if (fits)
		class_text(out, &subtracted, &chars, &others, not);
	return fits;
}

/* ---- groups and quantifiers ---- */

static bool open_group(translator *t)
{
	bool plain = t->at[1] == '?';

	if (plain && t->at[2] != ':')
		return false;
	if (t->depth == GROUPS_MAX || (!plain && t->groups == GROUPS_MAX))
		return false;
	t->open[t->depth++] = plain ? 0 : ++t->groups;
	buf_add_text(t->out, plain ? "(?:" : "(");
	t->at += plain ? 3 : 1;
	return true;
}

static bool close_group(translator *t)
{
	if (!t->depth)
		return false;
	t->depth--;
	t->closed[t->open[t->depth]] = t->open[t->depth] > 0;
	buf_add_char(t->out, ')');
	t->at++;
	return true;
}

/* "{2}", "{2,}", "{2,5}" */
static bool counted(translator *t)
{
	const char *start = t->at++;

	if (!str_ascii_digit(*t->at))
		return false;
	while (str_ascii_digit(*t->at))
		t->at++;
	if (*t->at == ',')
		for (t->at++; str_ascii_digit(*t->at);)
			t->at++;
	if (*t->at++ != '}')
		return false;
	buf_add(t->out, start, (size_t)(t->at - start));
	return true;
}

/* Behind an atom: at most one quantifier, perhaps reluctant. */
static bool quantifier(translator *t)
{
	if (!*t->at || !strchr("?*+{", *t->at))
		return true;
	if (*t->at == '{') {
		if (!counted(t))
			return false;
	} else {
		buf_add_char(t->out, *t->at++);
	}
	if (*t->at == '?')
		buf_add_char(t->out, *t->at++);
	return !*t->at || !strchr("?*+{", *t->at);
}

static bool literal(translator *t)
{
	uint32_t c;

	if (strchr("?*+{}]", *t->at))
		return false;
	t->at += character(&c, t->at);
	buf_add_format(t->out, "\\x{%X}", c);
	return quantifier(t);
}

static bool piece(translator *t)
{
	switch (*t->at) {
	case '(':
		return open_group(t);
	case ')':
		return close_group(t) && quantifier(t);
	case '|':
	case '^':
	case '$':
		buf_add_char(t->out, *t->at++);
		return true;
	case '[':
		return class_expression(t, t->out, 0) && quantifier(t);
	case '\\':
		return escape(t) && quantifier(t);
	case '.':
		t->at++;
		buf_add_text(t->out, t->dot_all ? "(?s:.)" : "[^\\n\\r]");
		return quantifier(t);
	default:
		return literal(t);
	}
}

static bool xml_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Flag x: white space is dropped but for that in classes, even behind a backslash. */
static void strip(buf *out, const char *pattern)
{
	unsigned depth = 0;
	bool escaped = false;

	for (; *pattern; pattern++) {
		if (!depth && xml_space(*pattern))
			continue;
		if (!escaped && *pattern == '[')
			depth++;
		if (!escaped && *pattern == ']' && depth)
			depth--;
		escaped = !escaped && *pattern == '\\';
		buf_add_char(out, *pattern);
	}
}

bool regex_translate(buf *out, const char *pattern, bool dot_all, bool spaced, size_t *at)
{
	translator t = { .at = pattern, .out = out, .dot_all = dot_all };
	AUTO(buf) stripped = BUF_INIT;
	bool fits = true;

	if (spaced) {
		strip(&stripped, pattern);
		t.at = pattern = buf_text(&stripped);
	}
	while (fits && *t.at)
		fits = piece(&t);
	*at = (size_t)(t.at - pattern);
	if (stripped.failed)
		out->failed = true;
	return fits && !t.depth;
}
