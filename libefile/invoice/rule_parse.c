/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expressions of rules, by recursive descent. Defined names are put in as text, so that their "."
 * is the node at hand. */
#include <string.h>

#include "invoice/rule_set.h"

enum { DEPTH_LIMIT = 60, VARIABLES = 6, STEPS = 16, TESTS = 6, PARTS = 16 };

typedef struct parser {
	const rule_source *source;
	const char *at;
	const char *variables[VARIABLES];
	size_t variable_lengths[VARIABLES];
	size_t variable_count;
	int depth;
} parser;

static efile_status parse_or(rule_expr **out, parser *p);

static efile_status wrong(const parser *p, const char *what)
{
	return rule_wrong(p->source, what, p->at);
}

static void skip(parser *p)
{
	while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')
		p->at++;
}

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_char(char c)
{
	return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The length of "prefix:name", of "*Amount" or "ram:*ID", 0 for anything else. */
static size_t name_length(const char *at)
{
	size_t n = 0;

	if (!name_start(at[0]) && at[0] != '*')
		return 0;
	while (name_char(at[n]) || at[n] == '*' ||
	       (at[n] == ':' && (name_start(at[n + 1]) || at[n + 1] == '*')))
		n++;
	return n;
}

static bool take(parser *p, const char *sign)
{
	skip(p);
	if (strncmp(p->at, sign, strlen(sign)) != 0)
		return false;
	p->at += strlen(sign);
	return true;
}

static bool take_word(parser *p, const char *word)
{
	size_t length = strlen(word);

	skip(p);
	if (name_length(p->at) != length || memcmp(p->at, word, length) != 0)
		return false;
	p->at += length;
	return true;
}

static efile_status node_new(rule_expr **out, parser *p, rule_op op)
{
	*out = rules_alloc(p->source->r, sizeof(**out));
	if (!*out)
		return EFILE_E_NOMEM;
	(*out)->op = op;
	return EFILE_OK;
}

static efile_status set_parts(rule_expr *e, parser *p, rule_expr *const *parts, size_t count)
{
	if (!count)
		return EFILE_OK;
	e->parts = rules_alloc(p->source->r, count * sizeof(*parts));
	if (!e->parts)
		return EFILE_E_NOMEM;
	memcpy(e->parts, parts, count * sizeof(*parts));
	e->count = count;
	return EFILE_OK;
}

static efile_status join(rule_expr **out, parser *p, rule_op op, rule_expr *left, rule_expr *right)
{
	rule_expr *const parts[] = { left, right };

	TRY(node_new(out, p, op));
	return set_parts(*out, p, parts, 2);
}

/* ---- literals and calls ---- */

static efile_status parse_text(rule_expr **out, parser *p)
{
	const char *end = strchr(p->at + 1, '\'');

	if (!end)
		return wrong(p, "a text does not end");
	TRY(node_new(out, p, RULE_TEXT));
	(*out)->text = p->at + 1;
	(*out)->length = (size_t)(end - p->at - 1);
	p->at = end + 1;
	return EFILE_OK;
}

static efile_status parse_number(rule_expr **out, parser *p)
{
	size_t n = strspn(p->at, "0123456789.");

	TRY(node_new(out, p, RULE_NUMBER));
	if (efile_decimal_parse(&(*out)->number, p->at, n) != EFILE_OK)
		return wrong(p, "not a number");
	(*out)->text = p->at;
	(*out)->length = n; /* without a point it is an integer */
	p->at += n;
	return EFILE_OK;
}

/* The end of an argument: a comma or ")" outside of brackets and texts. */
static const char *argument_end(const char *at)
{
	int open = 0;

	for (; *at; at++) {
		if (*at == '\'') {
			at = strchr(at + 1, '\'');
			if (!at)
				return NULL;
		} else if (*at == '(' || *at == '[') {
			open++;
		} else if ((*at == ')' || *at == ',') && open == 0) {
			return at;
		} else if (*at == ')' || *at == ']') {
			open--;
		}
	}
	return NULL;
}

typedef struct span {
	const char *at;
	size_t length;
} span;

static efile_status take_arguments(span *arguments, size_t *count, parser *p)
{
	*count = 0;
	for (;;) {
		const char *end = argument_end(p->at);

		if (!end || *count == PARTS)
			return wrong(p, "arguments do not end");
		arguments[*count] = (span){ p->at, (size_t)(end - p->at) };
		*count += end != p->at || *end == ',' || *count > 0;
		p->at = end + 1;
		if (*end == ')')
			return EFILE_OK;
	}
}

/* The body of a definition with $1, $2 ... replaced by the arguments, in brackets. */
static efile_status expand(const char **out, parser *p, const char *body, const span *arguments,
			   size_t count)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_char(&text, '(');
	for (const char *at = body; *at; at++) {
		size_t n = at[0] == '$' && str_ascii_digit(at[1]) ? (size_t)(at[1] - '0') : 0;

		if (n > count)
			return wrong(p, "an argument is missing");
		if (n)
			buf_add(&text, arguments[n - 1].at, arguments[n - 1].length);
		else
			buf_add_char(&text, *at);
		at += n > 0;
	}
	buf_add_char(&text, ')');
	TRY(buf_status(&text, p->source->r->ctx));
	return rules_copy(out, p->source->r, text.data, text.length);
}

static efile_status parse_defined(rule_expr **out, parser *p, const rule_define *d)
{
	span arguments[PARTS];
	const char *text, *after;
	size_t count = 0;

	if (*p->at == '(') {
		p->at++;
		TRY(take_arguments(arguments, &count, p));
	}
	TRY(expand(&text, p, d->body, arguments, count));
	after = p->at;
	p->at = text;
	TRY(parse_or(out, p));
	skip(p);
	if (*p->at)
		return wrong(p, "more than an expression");
	p->at = after;
	return EFILE_OK;
}

static efile_status parse_call(rule_expr **out, parser *p, const char *name, size_t length)
{
	rule_expr *parts[PARTS];
	size_t count = 0;

	TRY(node_new(out, p, RULE_CALL));
	if (!take(p, ")")) {
		do {
			if (count == PARTS)
				return wrong(p, "too many arguments");
			TRY(parse_or(&parts[count++], p));
		} while (take(p, ","));
		if (!take(p, ")"))
			return wrong(p, "\")\" is missing");
	}
	(*out)->count = count;
	if (!rule_call_find(*out, name, length))
		return rule_wrong(p->source, "there is no such function", name);
	if ((length == 4 && memcmp(name, "code", 4) == 0) ||
	    (length == 5 && memcmp(name, "exact", 5) == 0) ||
	    (length == 6 && memcmp(name, "within", 6) == 0)) {
		const char *list;

		TRY(rules_copy(&list, p->source->r, parts[0]->text, parts[0]->length));
		(*out)->codes = codelist_find(p->source->r->ctx, list);
		if (!(*out)->codes)
			return rule_wrong(p->source, "there is no such code list", list);
	}
	return set_parts(*out, p, parts, count);
}

/* ---- paths ---- */

static efile_status parse_tests(rule_step *to, parser *p)
{
	rule_expr *tests[TESTS];
	size_t count = 0;

	while (take(p, "[")) {
		if (count == TESTS)
			return wrong(p, "too many tests");
		TRY(parse_or(&tests[count++], p));
		if (!take(p, "]"))
			return wrong(p, "\"]\" is missing");
	}
	if (!count)
		return EFILE_OK;
	to->tests = rules_alloc(p->source->r, count * sizeof(*tests));
	if (!to->tests)
		return EFILE_E_NOMEM;
	memcpy(to->tests, tests, count * sizeof(*tests));
	to->test_count = count;
	return EFILE_OK;
}

static efile_status parse_name(rule_step *to, parser *p)
{
	const char *begin = p->at;
	size_t length;

	if (*p->at == '@')
		p->at++;
	length = name_length(p->at);
	if (!length)
		return wrong(p, "a name is missing");
	p->at += length;
	length = (size_t)(p->at - begin);
	if (memchr(begin, '*', length))
		return rules_copy(&to->wildcard, p->source->r, begin, length);
	return rules_intern(&to->name, p->source->r, begin, length);
}

static bool is_call(const char *at)
{
	size_t length = name_length(at);

	return length && at[length] == '(';
}

static efile_status parse_primary(rule_expr **out, parser *p);

static efile_status parse_step(rule_step *to, parser *p)
{
	skip(p);
	if (strncmp(p->at, "..", 2) == 0) {
		to->axis = RULE_PARENT;
		p->at += 2;
	} else if (*p->at == '.') {
		to->axis = RULE_SELF;
		p->at++;
	} else if (strncmp(p->at, "ancestor::", 10) == 0) {
		to->axis = RULE_ANCESTOR;
		p->at += 10;
		TRY(parse_name(to, p));
	} else if (*p->at == '(' || is_call(p->at)) {
		to->axis = RULE_EXPRESSION;
		TRY(parse_primary(&to->expr, p));
	} else {
		if (*p->at == '@')
			to->axis = RULE_ATTRIBUTE;
		TRY(parse_name(to, p));
	}
	return parse_tests(to, p);
}

/* More steps behind the first; "//" makes the next one a descendant. */
static efile_status parse_steps(rule_step *steps, size_t *count, parser *p)
{
	for (;;) {
		bool deep;

		skip(p);
		if (*p->at != '/')
			return EFILE_OK;
		deep = p->at[1] == '/';
		p->at += 1 + deep;
		if (*count == STEPS)
			return wrong(p, "too many steps");
		TRY(parse_step(&steps[*count], p));
		if (deep && steps[*count].axis == RULE_ATTRIBUTE) { /* any element with it */
			if (*count + 1 == STEPS)
				return wrong(p, "too many steps");
			steps[*count + 1] = steps[*count];
			steps[*count] = (rule_step){ .axis = RULE_DESCENDANT, .wildcard = "*" };
			++*count;
		} else if (deep) {
			steps[*count].axis = RULE_DESCENDANT;
		}
		++*count;
	}
}

static efile_status set_steps(rule_expr *e, parser *p, const rule_step *steps, size_t count)
{
	e->steps = rules_alloc(p->source->r, (count + 1) * sizeof(*steps));
	if (!e->steps)
		return EFILE_E_NOMEM;
	memcpy(e->steps, steps, count * sizeof(*steps));
	e->step_count = count;
	return EFILE_OK;
}

static efile_status parse_absolute(rule_expr **out, parser *p)
{
	rule_step steps[STEPS];
	size_t count = 0;

	memset(steps, 0, sizeof(steps));
	TRY(node_new(out, p, RULE_PATH));
	(*out)->absolute = true;
	if (p->at[1] == '.') /* "/." is the document element itself */
		p->at += 2;
	TRY(parse_steps(steps, &count, p));
	return set_steps(*out, p, steps, count);
}

static efile_status parse_relative(rule_expr **out, parser *p, rule_expr *start)
{
	rule_step steps[STEPS];
	size_t count = 0;

	memset(steps, 0, sizeof(steps));
	TRY(node_new(out, p, RULE_PATH));
	if (start) { /* the tests of "(a)[1]" are on the whole: a step of its own */
		TRY(parse_tests(&steps[0], p));
		TRY(set_parts(*out, p, &start, 1));
		count = 1;
	} else {
		TRY(parse_step(&steps[count++], p));
	}
	TRY(parse_steps(steps, &count, p));
	TRY(set_steps(*out, p, steps, count));
	(*out)->plain = !start;
	for (size_t i = 0; i < count; i++)
		(*out)->plain &= steps[i].axis == RULE_CHILD && steps[i].name && !steps[i].test_count;
	return EFILE_OK;
}

static bool path_ends(const parser *p)
{
	return *p->at != '/' && *p->at != '[';
}

/* ---- primaries ---- */

static efile_status parse_variable(rule_expr **out, parser *p)
{
	const rules *r = p->source->r;
	size_t length;

	p->at++;
	length = name_length(p->at);
	for (size_t i = p->variable_count; i-- > 0;)
		if (p->variable_lengths[i] == length && memcmp(p->variables[i], p->at, length) == 0) {
			TRY(node_new(out, p, RULE_VARIABLE));
			(*out)->slot = (uint32_t)i;
			p->at += length;
			return EFILE_OK;
		}
	for (size_t i = 0; i < r->global_count; i++)
		if (r->globals[i].name_length == length &&
		    memcmp(r->globals[i].name, p->at, length) == 0) {
			TRY(node_new(out, p, RULE_GLOBAL));
			(*out)->slot = (uint32_t)i;
			p->at += length;
			return EFILE_OK;
		}
	return wrong(p, "there is no such variable");
}

static efile_status parse_named(rule_expr **out, parser *p)
{
	const char *name = p->at;
	size_t length = name_length(p->at);
	const rule_define *d = rules_define(p->source->r, name, length);

	p->at += length;
	if (d)
		return parse_defined(out, p, d);
	p->at++;
	return parse_call(out, p, name, length);
}

static efile_status parse_primary(rule_expr **out, parser *p)
{
	skip(p);
	if (*p->at == '\'')
		return parse_text(out, p);
	if (str_ascii_digit(*p->at))
		return parse_number(out, p);
	if (*p->at == '$')
		return parse_variable(out, p);
	if (*p->at == '(') {
		p->at++;
		if (take(p, ")"))
			return node_new(out, p, RULE_COMMA); /* the empty sequence */
		TRY(parse_or(out, p));
		while (take(p, ",")) {
			rule_expr *right;

			TRY(parse_or(&right, p));
			TRY(join(out, p, RULE_COMMA, *out, right));
		}
		return take(p, ")") ? EFILE_OK : wrong(p, "\")\" is missing");
	}
	return parse_named(out, p);
}

static efile_status parse_path(rule_expr **out, parser *p)
{
	size_t length;
	rule_expr *start;

	skip(p);
	if (*p->at == '/')
		return parse_absolute(out, p);
	length = name_length(p->at);
	if (*p->at == '@' || *p->at == '.' || strncmp(p->at, "ancestor::", 10) == 0 ||
	    (length && p->at[length] != '(' && !rules_define(p->source->r, p->at, length)))
		return parse_relative(out, p, NULL);
	TRY(parse_primary(&start, p));
	skip(p);
	if (path_ends(p)) {
		*out = start;
		return EFILE_OK;
	}
	return parse_relative(out, p, start);
}

/* ---- operators ---- */

static efile_status parse_union(rule_expr **out, parser *p)
{
	TRY(parse_path(out, p));
	while (take(p, "|")) {
		rule_expr *right;

		TRY(parse_path(&right, p));
		TRY(join(out, p, RULE_UNION, *out, right));
	}
	return EFILE_OK;
}

static efile_status parse_unary(rule_expr **out, parser *p)
{
	rule_expr *inner;

	if (!take(p, "-"))
		return parse_union(out, p);
	TRY(parse_union(&inner, p));
	TRY(node_new(out, p, RULE_NEGATE));
	return set_parts(*out, p, &inner, 1);
}

static efile_status parse_product(rule_expr **out, parser *p)
{
	TRY(parse_unary(out, p));
	for (;;) {
		bool divide = take_word(p, "div");
		rule_expr *right;

		if (!divide && !take(p, "*"))
			return EFILE_OK;
		TRY(parse_unary(&right, p));
		TRY(join(out, p, divide ? RULE_DIVIDE : RULE_MULTIPLY, *out, right));
	}
}

static efile_status parse_sum(rule_expr **out, parser *p)
{
	TRY(parse_product(out, p));
	for (;;) {
		bool minus = take(p, "-");
		rule_expr *right;

		if (!minus && !take(p, "+"))
			return EFILE_OK;
		TRY(parse_product(&right, p));
		TRY(join(out, p, minus ? RULE_SUBTRACT : RULE_ADD, *out, right));
	}
}

static void note_quick(rule_expr *e)
{
	const rule_expr *left = e->parts[0];

	if (e->comparison != RULE_EQUAL || e->parts[1]->op != RULE_TEXT)
		return;
	if (left->op == RULE_CALL && rule_call_is_upper(left)) {
		e->quick_upper = true;
		left = left->parts[0];
	}
	if (left->op != RULE_PATH || left->absolute || left->count || left->step_count != 1 ||
	    left->steps[0].test_count)
		return;
	e->quick_name = left->steps[0].name;
	if (left->steps[0].axis == RULE_SELF)
		e->quick = RULE_QUICK_SELF;
	else if (left->steps[0].axis == RULE_CHILD && e->quick_name)
		e->quick = RULE_QUICK_CHILD;
	else if (left->steps[0].axis == RULE_ATTRIBUTE && e->quick_name)
		e->quick = RULE_QUICK_ATTRIBUTE;
}

static efile_status parse_comparison(rule_expr **out, parser *p)
{
	static const char *const signs[] = { "=", "!=", "<=", "<", ">=", ">" };
	static const rule_comparison kinds[] = { RULE_EQUAL, RULE_UNEQUAL, RULE_LESS_EQUAL,
						 RULE_LESS, RULE_GREATER_EQUAL, RULE_GREATER };
	rule_expr *right;

	TRY(parse_sum(out, p));
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (take(p, signs[i])) {
			TRY(parse_sum(&right, p));
			TRY(join(out, p, RULE_COMPARE, *out, right));
			(*out)->comparison = kinds[i];
			note_quick(*out);
			break;
		}
	return EFILE_OK;
}

static efile_status parse_if(rule_expr **out, parser *p)
{
	rule_expr *parts[3];

	if (!take(p, "("))
		return wrong(p, "\"(\" is missing");
	TRY(parse_or(&parts[0], p));
	if (!take(p, ")") || !take_word(p, "then"))
		return wrong(p, "then is missing");
	TRY(parse_or(&parts[1], p));
	if (!take_word(p, "else"))
		return wrong(p, "else is missing");
	TRY(parse_or(&parts[2], p));
	TRY(node_new(out, p, RULE_IF));
	return set_parts(*out, p, parts, 3);
}

static efile_status parse_loop(rule_expr **out, parser *p, rule_op op)
{
	rule_expr *parts[2];
	size_t slot = p->variable_count;

	if (!take(p, "$") || slot == VARIABLES)
		return wrong(p, "a variable is missing");
	p->variables[slot] = p->at;
	p->variable_lengths[slot] = name_length(p->at);
	p->at += p->variable_lengths[slot];
	if (!take_word(p, "in"))
		return wrong(p, "in is missing");
	TRY(parse_or(&parts[0], p));
	p->variable_count++;
	if (!take_word(p, op == RULE_FOR ? "return" : "satisfies"))
		return wrong(p, "satisfies or return is missing");
	TRY(parse_or(&parts[1], p));
	p->variable_count--;
	TRY(node_new(out, p, op));
	(*out)->slot = (uint32_t)slot;
	return set_parts(*out, p, parts, 2);
}

static efile_status parse_single(rule_expr **out, parser *p)
{
	skip(p);
	if (strncmp(p->at, "if (", 4) == 0) {
		p->at += 3;
		return parse_if(out, p);
	}
	if (strncmp(p->at, "every $", 7) == 0) {
		p->at += 5;
		return parse_loop(out, p, RULE_EVERY);
	}
	if (strncmp(p->at, "some $", 6) == 0) {
		p->at += 4;
		return parse_loop(out, p, RULE_SOME);
	}
	if (strncmp(p->at, "for $", 5) == 0) {
		p->at += 3;
		return parse_loop(out, p, RULE_FOR);
	}
	return parse_comparison(out, p);
}

static efile_status parse_and(rule_expr **out, parser *p)
{
	TRY(parse_single(out, p));
	while (take_word(p, "and")) {
		rule_expr *right;

		TRY(parse_single(&right, p));
		TRY(join(out, p, RULE_AND, *out, right));
	}
	return EFILE_OK;
}

static efile_status parse_or(rule_expr **out, parser *p)
{
	if (++p->depth > DEPTH_LIMIT)
		return wrong(p, "nested too deeply");
	TRY(parse_and(out, p));
	while (take_word(p, "or")) {
		rule_expr *right;

		TRY(parse_and(&right, p));
		TRY(join(out, p, RULE_OR, *out, right));
	}
	p->depth--;
	return EFILE_OK;
}

efile_status rule_parse_expr(rule_expr **out, const rule_source *s, const char *text)
{
	parser p = { .source = s, .at = text };

	TRY(parse_or(out, &p));
	skip(&p);
	return *p.at ? wrong(&p, "more than an expression") : EFILE_OK;
}

/* ---- contexts ---- */

static efile_status parse_one_context(rule_context *out, parser *p)
{
	rule_step steps[STEPS];
	size_t count = 0;

	memset(steps, 0, sizeof(steps));
	skip(p);
	if (*p->at == '/' && p->at[1] == '/') {
		p->at += 2;
	} else if (*p->at == '/') {
		out->absolute = true;
		p->at++;
	}
	if (out->absolute && (*p->at == '.' || *p->at == '[')) { /* "/.[test]": the document element */
		p->at += *p->at == '.';
		steps[0].axis = RULE_SELF;
		TRY(parse_tests(&steps[0], p));
		count = 1;
	} else {
		TRY(parse_step(&steps[count++], p));
	}
	TRY(parse_steps(steps, &count, p));
	out->steps = rules_alloc(p->source->r, count * sizeof(*steps));
	if (!out->steps)
		return EFILE_E_NOMEM;
	memcpy(out->steps, steps, count * sizeof(*steps));
	out->step_count = count;
	for (size_t i = 0; i < count; i++) {
		out->tests |= steps[i].test_count > 0;
		out->deep |= i > 0 && steps[i].axis == RULE_DESCENDANT;
	}
	return EFILE_OK;
}

efile_status rule_parse_context(rule_context *out, const rule_source *s, const char *text)
{
	parser p = { .source = s, .at = text };

	out->text = text;
	TRY(parse_one_context(out, &p));
	while (take(&p, "|")) {
		out->other = rules_alloc(s->r, sizeof(*out));
		if (!out->other)
			return EFILE_E_NOMEM;
		out = out->other;
		out->text = text;
		TRY(parse_one_context(out, &p));
	}
	skip(&p);
	return *p.at ? wrong(&p, "more than a context") : EFILE_OK;
}
