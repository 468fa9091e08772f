/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8259 without recursion: containers wait on a stack, so the depth of the text never becomes
 * the depth of ours. Everything of a document lies in one arena. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/str.h"

/* The first chunk is one that malloc has at hand. */
enum { CHUNK_BYTES = 960, CHUNK_MOST = 1 << 20, ALIGNMENT = 16,
       SHALLOW = 16 };

typedef struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(ALIGNMENT) char data[];
} chunk;

struct json_document {
	chunk *chunks;
	json_value *root;
};

/* What the reader knows of a value besides; json_value stays the first member. */
typedef struct node {
	json_value value;
	size_t at;     /* where its key begins */
} node;

typedef struct frame {
	json_value *container;
	json_value *last;
} frame;

typedef struct parser {
	efile_ctx *ctx;
	const char *text;
	size_t length, at;
	json_document *document;
	frame *stack;           /* shallow, until that is full */
	size_t depth, capacity;
	frame shallow[SHALLOW];
	const node **members;   /* room to sort keys in */
	size_t members_capacity;
} parser;

static void *arena_new(parser *p, size_t size)
{
	chunk *top = p->document->chunks;

	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!top || top->size - top->used < size) {
		size_t wanted = top && top->size < CHUNK_MOST ? top->size * 2 : CHUNK_BYTES;

		if (wanted < size)
			wanted = size;
		top = malloc(sizeof(*top) + wanted);
		if (!top) {
			mem_failed(p->ctx);
			return NULL;
		}
		*top = (chunk){ .next = p->document->chunks, .size = wanted };
		p->document->chunks = top;
	}
	top->used += size;
	return top->data + top->used - size;
}

/* Adds line and column of an offset to the error just set. */
static void at_offset(parser *p, size_t at)
{
	long line = 1;
	size_t start = 0;

	for (size_t i = 0; i < at; i++) {
		if (p->text[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	error_at(p->ctx, NULL, line, (long)(at - start) + 1);
}

#define MALFORMED(p, number, ...)                                                                  \
	(FAIL((p)->ctx, EFILE_E_FORMAT, (number), __VA_ARGS__), at_offset((p), (p)->at), \
	 EFILE_E_FORMAT)

static efile_status too_short(parser *p)
{
	return MALFORMED(p, 1610, "the JSON text ends too early");
}

static void skip_space(parser *p)
{
	while (p->at < p->length && p->text[p->at] && strchr(" \t\n\r", p->text[p->at]))
		p->at++;
}

/* The byte here; NUL at the end, which no JSON text may hold. */
static char peek(const parser *p)
{
	return p->at < p->length ? p->text[p->at] : '\0';
}

/* ---- strings ---- */

static efile_status parse_hex(uint32_t *out, parser *p)
{
	unsigned char bytes[2];

	if (p->length - p->at < 4)
		return too_short(p);
	if (!str_unhex(bytes, p->text + p->at, 2))
		return MALFORMED(p, 1616, "unknown escape in a JSON string");
	p->at += 4;
	*out = (uint32_t)(bytes[0] << 8 | bytes[1]);
	return EFILE_OK;
}

/* Behind \u; characters past U+FFFF come as a pair of surrogates. */
static efile_status parse_unicode(uint32_t *out, parser *p)
{
	uint32_t high, low = 0;

	TRY(parse_hex(&high, p));
	if (high == 0)
		return MALFORMED(p, 1620, "NUL in a JSON string");
	if (high >= 0xd800 && high < 0xdc00 && p->length - p->at >= 2 &&
	    memcmp(p->text + p->at, "\\u", 2) == 0) {
		p->at += 2;
		TRY(parse_hex(&low, p));
		if (low >= 0xdc00 && low < 0xe000) {
			*out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
			return EFILE_OK;
		}
	}
	if (high >= 0xd800 && high < 0xe000)
		return MALFORMED(p, 1619, "half a surrogate pair in a JSON string");
	*out = high;
	return EFILE_OK;
}

/* Behind the backslash; writes the character and moves *out on. */
static efile_status parse_escape(char **out, parser *p)
{
	static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	char letter = peek(p), encoded[8];
	uint32_t character;
	buf one = { encoded, 0, sizeof(encoded), false };

	if (p->at >= p->length)
		return too_short(p);
	if (letter == 'u') {
		p->at++;
		TRY(parse_unicode(&character, p));
		str_utf8_add(&one, character);
		memcpy(*out, encoded, one.length);
		*out += one.length;
		return EFILE_OK;
	}
	for (const char *l = letters; *l; l += 2) {
		if (*l == letter) {
			*(*out)++ = l[1];
			p->at++;
			return EFILE_OK;
		}
	}
	return MALFORMED(p, 1616, "unknown escape in a JSON string");
}

/* Where the string ends that begins behind at; its escapes are looked at later. */
static efile_status find_quote(size_t *out, parser *p)
{
	for (size_t i = p->at; i < p->length; i++) {
		if (p->text[i] == '"') {
			*out = i;
			return EFILE_OK;
		}
		if (p->text[i] == '\\')
			i++;
	}
	p->at = p->length;
	return too_short(p);
}

static efile_status copy_character(char **out, parser *p)
{
	uint32_t character;
	size_t used;

	if ((unsigned char)p->text[p->at] < 0x20)
		return MALFORMED(p, 1617, "control character in a JSON string");
	if ((unsigned char)p->text[p->at] < 0x80) {
		*(*out)++ = p->text[p->at++];
		return EFILE_OK;
	}
	used = str_utf8_next(&character, p->text + p->at, p->length - p->at);
	if (used == 1)
		return MALFORMED(p, 1618, "the JSON text is not valid UTF-8");
	memcpy(*out, p->text + p->at, used);
	*out += used;
	p->at += used;
	return EFILE_OK;
}

/* At the opening quote. Decoded text is never longer than what stood there. */
static efile_status parse_string(const char **out, size_t *length, parser *p)
{
	size_t end;
	char *start, *to;

	p->at++;
	TRY(find_quote(&end, p));
	start = to = arena_new(p, end - p->at + 1);
	if (!start)
		return EFILE_E_NOMEM;
	while (p->at < end) {
		if (p->text[p->at] == '\\') {
			p->at++;
			TRY(parse_escape(&to, p));
		} else {
			TRY(copy_character(&to, p));
		}
	}
	p->at = end + 1;
	*to = '\0';
	*out = start;
	*length = (size_t)(to - start);
	return EFILE_OK;
}

/* ---- numbers and words ---- */

static bool skip_digits(parser *p)
{
	size_t start = p->at;

	while (str_ascii_digit(peek(p)))
		p->at++;
	return p->at > start;
}

/* number = [ minus ] int [ frac ] [ exp ]; a zero stands alone before the point. */
static bool skip_number(parser *p)
{
	if (peek(p) == '-')
		p->at++;
	if (peek(p) == '0')
		p->at++;
	else if (!skip_digits(p))
		return false;
	if (peek(p) == '.') {
		p->at++;
		if (!skip_digits(p))
			return false;
	}
	if (str_ascii_lower(peek(p)) == 'e') {
		p->at++;
		if (peek(p) == '+' || peek(p) == '-')
			p->at++;
		if (!skip_digits(p))
			return false;
	}
	return !str_ascii_digit(peek(p));
}

static efile_status parse_number(json_value *value, parser *p)
{
	size_t start = p->at;
	char *copy;

	if (!skip_number(p))
		return MALFORMED(p, 1615, "malformed JSON number");
	value->length = p->at - start;
	copy = arena_new(p, value->length + 1);
	if (!copy)
		return EFILE_E_NOMEM;
	memcpy(copy, p->text + start, value->length);
	copy[value->length] = '\0';
	value->text = copy;
	value->type = JSON_NUMBER;
	return EFILE_OK;
}

static efile_status parse_word(json_value *value, parser *p)
{
	static const struct {
		const char *word;
		json_type type;
	} words[] = { { "null", JSON_NULL }, { "true", JSON_TRUE }, { "false", JSON_FALSE } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t length = strlen(words[i].word);

		if (p->length - p->at >= length &&
		    memcmp(p->text + p->at, words[i].word, length) == 0) {
			p->at += length;
			value->type = words[i].type;
			return EFILE_OK;
		}
	}
	if (p->at >= p->length)
		return too_short(p);
	return MALFORMED(p, 1611, "a JSON value is missing here");
}

/* ---- containers ---- */

static efile_status grow_stack(parser *p)
{
	frame *deep;

	if (p->stack != p->shallow)
		return mem_grow(p->ctx, (void **)&p->stack, &p->capacity, p->depth,
				sizeof(*p->stack));
	deep = mem_new(p->ctx, 2 * sizeof(p->shallow));
	if (!deep)
		return EFILE_E_NOMEM;
	memcpy(deep, p->shallow, sizeof(p->shallow));
	p->stack = deep;
	p->capacity = (size_t)2 * SHALLOW;
	return EFILE_OK;
}

static efile_status push(parser *p, json_value *container)
{
	if (p->depth >= p->ctx->limits.json_depth) {
		FAIL(p->ctx, EFILE_E_LIMIT, 1623, "JSON is nested deeper than %u levels",
		     (unsigned)p->ctx->limits.json_depth);
		at_offset(p, p->at);
		return EFILE_E_LIMIT;
	}
	if (p->depth == p->capacity)
		TRY(grow_stack(p));
	p->stack[p->depth++] = (frame){ container, NULL };
	p->at++;
	return EFILE_OK;
}

static void attach(parser *p, json_value *value)
{
	frame *top;

	if (p->depth == 0) {
		p->document->root = value;
		return;
	}
	top = &p->stack[p->depth - 1];
	if (top->last)
		top->last->next = value;
	else
		top->container->child = value;
	top->last = value;
}

static efile_status parse_key(json_value *value, parser *p)
{
	size_t length;

	if (p->at >= p->length)
		return too_short(p);
	if (peek(p) != '"')
		return MALFORMED(p, 1614, "a JSON key must be a string");
	TRY(parse_string(&value->key, &length, p));
	skip_space(p);
	if (p->at >= p->length)
		return too_short(p);
	if (peek(p) != ':')
		return MALFORMED(p, 1612, "':' is missing behind a JSON key");
	p->at++;
	skip_space(p);
	return EFILE_OK;
}

/* One value with its key; a container is only opened. */
static efile_status parse_value(bool *opened, parser *p)
{
	node *n = arena_new(p, sizeof(*n));
	json_value *value;
	char c;

	if (!n)
		return EFILE_E_NOMEM;
	*n = (node){ { 0 }, p->at };
	value = &n->value;
	if (p->depth > 0 && p->stack[p->depth - 1].container->type == JSON_OBJECT)
		TRY(parse_key(value, p));
	attach(p, value);
	c = peek(p);
	*opened = c == '{' || c == '[';
	if (*opened) {
		value->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		return push(p, value);
	}
	if (c == '"') {
		value->type = JSON_STRING;
		return parse_string(&value->text, &value->length, p);
	}
	return c == '-' || str_ascii_digit(c) ? parse_number(value, p) : parse_word(value, p);
}

static int compare_keys(const void *a, const void *b)
{
	const node *x = *(const node *const *)a, *y = *(const node *const *)b;
	int order = strcmp(x->value.key, y->value.key);

	return order ? order : x->at < y->at ? -1 : 1;
}

/* Sorting keeps this n log n whatever keys a stranger chooses. */
static efile_status refuse_duplicates(parser *p, const json_value *object)
{
	size_t count = 0;

	if (!object->child || !object->child->next)
		return EFILE_OK;
	for (const json_value *v = object->child; v; v = v->next) {
		TRY(mem_grow(p->ctx, (void **)&p->members, &p->members_capacity, count,
			     sizeof(*p->members)));
		p->members[count++] = (const node *)v;
	}
	qsort(p->members, count, sizeof(*p->members), compare_keys);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(p->members[i - 1]->value.key, p->members[i]->value.key) == 0) {
			p->at = p->members[i]->at;
			return MALFORMED(p, 1621, "JSON key \"%s\" stands twice",
					 p->members[i]->value.key);
		}
	}
	return EFILE_OK;
}

static char closing(const parser *p)
{
	return p->stack[p->depth - 1].container->type == JSON_OBJECT ? '}' : ']';
}

/* Behind a value: closes what ends here; *done if that was the whole text. */
static efile_status close_values(bool *done, parser *p)
{
	for (; p->depth > 0; p->at++) {
		skip_space(p);
		if (p->at >= p->length)
			return too_short(p);
		if (peek(p) == ',') {
			p->at++;
			break;
		}
		if (peek(p) != closing(p))
			return MALFORMED(p, 1613, "',' or '%c' is missing in JSON", closing(p));
		if (closing(p) == '}')
			TRY(refuse_duplicates(p, p->stack[p->depth - 1].container));
		p->depth--;
	}
	*done = p->depth == 0;
	return EFILE_OK;
}

static efile_status parse_text(parser *p)
{
	bool opened, done = false;

	while (!done) {
		skip_space(p);
		TRY(parse_value(&opened, p));
		skip_space(p);
		if (!opened || peek(p) == closing(p))
			TRY(close_values(&done, p));
	}
	skip_space(p);
	if (p->at < p->length)
		return MALFORMED(p, 1622, "text behind the JSON value");
	return EFILE_OK;
}

efile_status json_parse(json_document **out, efile_ctx *ctx, const char *text, size_t length)
{
	AUTO_PTR(json_document) document = mem_new(ctx, sizeof(*document));
	parser p = { .ctx = ctx, .text = text, .length = length, .document = document,
		     .capacity = SHALLOW };
	efile_status status;

	if (!document)
		return EFILE_E_NOMEM;
	p.stack = p.shallow;
	status = parse_text(&p);
	if (p.stack != p.shallow)
		free(p.stack);
	free(p.members);
	TRY(status);
	*out = STEAL(document);
	return EFILE_OK;
}

const json_value *json_root(const json_document *document)
{
	return document->root;
}

void json_document_free(json_document *document)
{
	if (!document)
		return;
	while (document->chunks) {
		chunk *next = document->chunks->next;

		free(document->chunks);
		document->chunks = next;
	}
	free(document);
}

/* ---- looking ---- */

const json_value *json_member(const json_value *object, const char *key)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (const json_value *v = object->child; v; v = v->next)
		if (strcmp(v->key, key) == 0)
			return v;
	return NULL;
}

const char *json_member_text(const json_value *object, const char *key)
{
	const json_value *v = json_member(object, key);

	return v && v->type == JSON_STRING ? v->text : NULL;
}

efile_status json_as_int(int64_t *out, const json_value *value)
{
	efile_decimal d;

	if (!value || value->type != JSON_NUMBER)
		return EFILE_E_INVALID;
	TRY(efile_decimal_parse(&d, value->text, value->length));
	return efile_decimal_to_int(out, d);
}

efile_status json_as_decimal(efile_decimal *out, const json_value *value)
{
	if (!value || (value->type != JSON_NUMBER && value->type != JSON_STRING))
		return EFILE_E_INVALID;
	return efile_decimal_parse(out, value->text, value->length);
}
