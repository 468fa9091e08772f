/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls, functions and types. */
#include <string.h>

#include "expr/compiler.h"

/* ---- arguments ---- */

enum { NAMED_MAX = 8, ARGUMENTS_MAX = 65535, TYPE_DEPTH_MAX = 50 };

typedef struct call {
	const builtin *b;       /* NULL: any function value */
	uint32_t count;
	uint32_t places;        /* of named arguments of b: four bits each, in the order given */
	uint32_t given;         /* their bits */
	bool named;
	bool wrong;             /* a name that b has not, or one said twice */
	buf names;              /* of named arguments of other functions, each with TYPE_NAME_END */
} call;

static void call_clear(call *k)
{
	buf_clear(&k->names);
}

static efile_status take_name(compiler *c, call *k, const name_ref *name)
{
	bool other;
	int place;

	k->named = true;
	if (!k->b) {
		buf_add(&k->names, name->text, name->length);
		buf_add_char(&k->names, TYPE_NAME_END);
		return buf_status(&k->names, c->lex.ctx);
	}
	place = builtin_place(k->b, name->text, name->length, k->given, &other);
	if (place < 0 || k->count == NAMED_MAX) {
		k->wrong = true;
		return EFILE_OK;
	}
	k->given |= 1u << place;
	k->places |= ((uint32_t)place | (other ? PLACE_OTHER : 0)) << (4 * k->count);
	return EFILE_OK;
}

static efile_status argument(compiler *c, call *k)
{
	name_ref name;
	bool is_named;

	TRY(lexer_argument(&c->lex, &is_named, &name));
	if (k->count && is_named != k->named)
		return token_unexpected(c, ")");
	if (is_named)
		TRY(take_name(c, k, &name));
	TRY(compile_expression(c, P_OR));
	if (++k->count > ARGUMENTS_MAX)
		return token_unexpected(c, ")");
	return EFILE_OK;
}

/* From "(" to behind ")". */
static efile_status arguments(compiler *c, call *k)
{
	bool outer = c->range_end;

	c->range_end = false;
	TRY(token_expect(c, T_OPEN, "("));
	while (token_now(c) != T_CLOSE) {
		TRY(argument(c, k));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	c->range_end = outer;
	return token_expect(c, T_CLOSE, ")");
}

/* Wrong arguments are no error of the text: the call answers null (DMN 1.5, 10.3.2.13.2). */
static bool arguments_fit(const call *k)
{
	if (k->named)
		return !k->wrong;
	return k->count >= builtin_min(k->b) && k->count <= builtin_max(k->b);
}

efile_status compile_call(compiler *c)
{
	uint32_t row = (uint32_t)c->lex.now.function, name;
	origin at = origin_now(c);
	AUTO(call) k = { .b = &expr_builtins[row] };

	TRY(token_advance(c));
	TRY(arguments(c, &k));
	c->at = at;
	if (!arguments_fit(&k)) {
		if (c->use)
			TRY(c->use(c->user, &(expr_use){ EXPR_USE_CALL, k.b->name, strlen(k.b->name),
							 at.line, at.column }));
		TRY(code_pool_text(c, &name, k.b->name, strlen(k.b->name)));
		TRY(code_emit1(c, OP_WRONG_CALL, k.count));
		return code_operand(c, name);
	}
	TRY(code_emit1(c, OP_CALL, row));
	TRY(code_operand(c, k.count));
	return code_operand(c, k.named ? k.places : UINT32_MAX);
}

efile_status compile_invoke(compiler *c)
{
	uint32_t names = NO_TEXT, fallback = c->callee;
	origin at = origin_now(c);
	AUTO(call) k = { .b = NULL };

	c->callee = NO_TEXT;
	TRY(arguments(c, &k));
	if (k.named)
		TRY(code_pool_name(c, &names, buf_text(&k.names), k.names.length));
	c->at = at;
	TRY(code_emit1(c, OP_INVOKE, k.count));
	TRY(code_operand(c, names));
	return code_operand(c, fallback);
}

/* ---- types ---- */

static efile_status read_type(compiler *c, buf *out, uint32_t depth);

static void add_name(buf *out, const name_ref *name)
{
	buf_add(out, name->text, name->length);
	buf_add_char(out, TYPE_NAME_END);
}

/* "<" type ">", or nothing: any. */
static efile_status read_element(compiler *c, buf *out, uint32_t depth)
{
	if (token_now(c) != T_LESS) {
		buf_add_char(out, 'a');
		return EFILE_OK;
	}
	TRY(token_advance(c));
	TRY(read_type(c, out, depth + 1));
	return token_expect(c, T_GREATER, ">");
}

static efile_status read_members(compiler *c, buf *out, uint32_t depth)
{
	name_ref name;

	if (token_now(c) != T_LESS) {
		buf_add_char(out, ';');
		return EFILE_OK;
	}
	do {
		TRY(token_advance(c));
		TRY(lexer_free_name(&c->lex, &name, NULL, ":"));
		add_name(out, &name);
		TRY(token_advance(c));
		TRY(token_expect(c, T_COLON, ":"));
		TRY(read_type(c, out, depth + 1));
	} while (token_now(c) == T_COMMA);
	buf_add_char(out, ';');
	return token_expect(c, T_GREATER, ">");
}

/* "<" types ">" "->" type, or nothing: any function. */
static efile_status read_signature(compiler *c, buf *out, uint32_t depth)
{
	if (token_now(c) != T_LESS) {
		buf_add_text(out, ";a");
		return EFILE_OK;
	}
	TRY(token_advance(c));
	while (token_now(c) != T_GREATER) {
		buf_add_char(out, TYPE_NAME_END);
		TRY(read_type(c, out, depth + 1));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	buf_add_char(out, ';');
	TRY(token_expect(c, T_GREATER, ">"));
	TRY(token_expect(c, T_ARROW, "->"));
	return read_type(c, out, depth + 1);
}

static efile_status read_named(compiler *c, buf *out)
{
	buf_add_char(out, 'N');
	for (;;) {
		buf_add(out, c->lex.now.name, c->lex.now.name_length);
		TRY(token_advance(c));
		if (token_now(c) != T_DOT)
			break;
		TRY(token_advance(c));
		if (token_now(c) != T_NAME)
			return token_unexpected(c, message_translate(c->lex.ctx->language, "a name"));
		buf_add_char(out, '.');
	}
	buf_add_char(out, TYPE_NAME_END);
	return EFILE_OK;
}

static efile_status read_builtin(compiler *c, buf *out, expr_type_kind kind, uint32_t depth)
{
	buf_add_char(out, TYPE_LETTERS[kind]);
	switch (kind) {
	case EXPR_TYPE_LIST:
	case EXPR_TYPE_RANGE:
		return read_element(c, out, depth);
	case EXPR_TYPE_CONTEXT:
		return read_members(c, out, depth);
	case EXPR_TYPE_FUNCTION:
		return read_signature(c, out, depth);
	default:
		return EFILE_OK;
	}
}

static const struct long_type {
	const char *name;
	expr_type_kind kind;
} long_types[] = {
	{ "years and months duration", EXPR_TYPE_MONTHS },
	{ "days and time duration", EXPR_TYPE_SECONDS },
	{ "date and time", EXPR_TYPE_DATE_TIME },
};

static efile_status read_word_type(compiler *c, buf *out, uint32_t depth)
{
	char name[32];
	size_t length = c->lex.now.end - c->lex.now.start;
	const expr_type *type = NULL;

	if (length < sizeof(name)) {
		memcpy(name, c->lex.text + c->lex.now.start, length);
		name[length] = '\0';
		type = expr_type_builtin(name);
	}
	if (type) {
		TRY(token_advance(c));
		return read_builtin(c, out, type->kind, depth);
	}
	if (token_now(c) != T_NAME)
		return token_unexpected(c, message_translate(c->lex.ctx->language, "a type"));
	return read_named(c, out);
}

static efile_status read_type(compiler *c, buf *out, uint32_t depth)
{
	if (depth > TYPE_DEPTH_MAX)
		return FAIL(c->lex.ctx, EFILE_E_LIMIT, 1512,
			    "the expression is nested deeper than %u", TYPE_DEPTH_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(long_types); i++) {
		bool taken;

		TRY(lexer_take_name(&c->lex, &taken, long_types[i].name));
		if (taken) {
			buf_add_char(out, TYPE_LETTERS[long_types[i].kind]);
			return EFILE_OK;
		}
	}
	return read_word_type(c, out, depth);
}

efile_status compile_instance(compiler *c)
{
	origin at = origin_now(c);
	AUTO(buf) type = BUF_INIT;
	uint32_t text;

	TRY(token_advance(c));
	TRY(token_expect_word(c, "of"));
	TRY(read_type(c, &type, 0));
	TRY(buf_status(&type, c->lex.ctx));
	TRY(code_pool_name(c, &text, buf_text(&type), type.length));
	c->at = at;
	return code_emit1(c, OP_INSTANCE, text);
}

/* ---- functions ---- */

static efile_status read_parameter(compiler *c, buf *type)
{
	name_ref name;

	TRY(lexer_free_name(&c->lex, &name, NULL, ":,)"));
	TRY(token_advance(c));
	add_name(type, &name);
	if (token_now(c) != T_COLON) {
		buf_add_char(type, 'a');
		return lexer_know(&c->lex, name.text, name.length);
	}
	TRY(token_advance(c));
	TRY(read_type(c, type, 0));
	return lexer_know(&c->lex, name.text, name.length);
}

static efile_status read_parameters(compiler *c, buf *type)
{
	buf_add_char(type, 'F');
	TRY(token_advance(c));
	TRY(token_expect(c, T_OPEN, "("));
	while (token_now(c) != T_CLOSE) {
		TRY(read_parameter(c, type));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	buf_add_text(type, ";a");
	TRY(buf_status(type, c->lex.ctx));
	return token_expect(c, T_CLOSE, ")");
}

static efile_status function_body(compiler *c, uint32_t type)
{
	uint32_t end;

	TRY(code_emit1(c, OP_FUNCTION, type));
	end = code_here(c);
	TRY(code_operand(c, 0));
	TRY(compile_expression(c, P_OR));
	TRY(code_emit(c, OP_END));
	code_patch(c, end);
	return EFILE_OK;
}

/* "function (a, b: number) a + b"; "function (n) external { java: ... }". */
efile_status compile_function(compiler *c)
{
	size_t mark = lexer_mark(&c->lex);
	bool outer = c->range_end;
	AUTO(buf) type = BUF_INIT;
	uint32_t text;

	c->range_end = false;
	TRY(read_parameters(c, &type));
	TRY(code_pool_name(c, &text, buf_text(&type), type.length));
	if (lexer_word(&c->lex, "external")) {
		TRY(token_advance(c));
		TRY(compile_expression(c, P_OR));
		TRY(code_emit1(c, OP_EXTERNAL, text));
	} else {
		TRY(function_body(c, text));
	}
	c->range_end = outer;
	lexer_forget(&c->lex, mark);
	return EFILE_OK;
}
