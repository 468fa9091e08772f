/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classification: rules in FEEL over the facts, and the reference numbers that a letter names. */
#include <stdlib.h>
#include <string.h>

#include <efile/feel.h>

#include "intake/inner.h"
#include "model/model.h"

void verdict_clear(verdict *v)
{
	rule_record_clear(&v->rule);
	free(v->title);
	free(v->reference);
	memset(v, 0, sizeof(*v));
}

/* Evaluates a rule's expression: the text of a string, "true", or "" for anything else. */
static efile_status evaluate(char **out, efile_ctx *ctx, const char *expression, const char *facts)
{
	AUTO_PTR(char) json = NULL;
	AUTO_PTR(json_document) document = NULL;
	const json_value *value;

	TRY(efile_feel_eval(&json, ctx, expression, facts));
	TRY(json_parse(&document, ctx, json, strlen(json)));
	value = json_member(json_root(document), "value");
	if (!value)
		return FAIL(ctx, EFILE_E_INTERNAL, 2608, "an expression gave no value");
	if (value->type != JSON_STRING && value->type != JSON_TRUE)
		return mem_dup(out, ctx, "");
	return mem_dup(out, ctx, value->type == JSON_TRUE ? "true" : value->text);
}

efile_status classify(verdict *out, efile_session *session, const char *facts)
{
	efile_ctx *ctx = session_ctx(session);
	int64_t order = INT64_MIN, id = 0;

	for (;;) {
		AUTO_PTR(char) holds = NULL;
		efile_status status = rule_next(&out->rule, session->store, order, id);

		if (status != EFILE_OK)
			return status;
		TRY(evaluate(&holds, ctx, out->rule.condition, facts));
		if (strcmp(holds, "true") == 0)
			return evaluate(&out->title, ctx, out->rule.title, facts);
		order = out->rule.ord;
		id = out->rule.head.id;
		rule_record_clear(&out->rule);
	}
}

/* ---- reference numbers in the text ---- */

enum {
	WORD_MAX = 64,    /* bytes of a word that may be a reference number */
	TRIES_MAX = 40,   /* words looked up per letter */
	SEARCH_MAX = 65536
};

static bool is_separator(char c)
{
	return str_ascii_space(c) || strchr(",;()[]<>\"'!?", c) != NULL;
}

/* A digit and a sign that reference numbers use. */
static bool may_be_reference(const char *word, size_t length)
{
	bool digit = false, sign = false;

	for (size_t i = 0; i < length; i++) {
		digit |= str_ascii_digit(word[i]);
		sign |= strchr("-/.", word[i]) != NULL;
	}
	return digit && sign && length >= 4 && length < WORD_MAX;
}

static efile_status try_word(verdict *out, bool *found, efile_session *session, const char *word,
			     size_t length)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(efile_node) node = NULL;
	char name[WORD_MAX];
	efile_status status;

	memcpy(name, word, length);
	name[length] = '\0';
	status = efile_find_by_reference(&node, session, name);
	if (status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED) {
		error_clear(ctx);
		return EFILE_OK;
	}
	TRY(status);
	if (efile_node_kind_of(node) != EFILE_NODE_CASE ||
	    efile_node_state_of(node) != EFILE_STATE_OPEN)
		return EFILE_OK;
	out->case_id = efile_node_id(node);
	*found = true;
	return mem_dup(&out->reference, ctx, name);
}

efile_status find_named_case(verdict *out, efile_session *session, const char *text)
{
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	size_t length = text ? strlen(text) : 0;
	bool found = false;
	int tries = 0;

	session_probe_start(&probe, session);
	if (length > SEARCH_MAX)
		length = SEARCH_MAX;
	for (size_t i = 0; i < length && !found && tries < TRIES_MAX;) {
		size_t start, end;

		while (i < length && is_separator(text[i]))
			i++;
		for (start = i; i < length && !is_separator(text[i]);)
			i++;
		for (end = i; end > start && strchr(".:-/", text[end - 1]);)
			end--;
		if (!may_be_reference(text + start, end - start))
			continue;
		tries++;
		TRY(try_word(out, &found, session, text + start, end - start));
	}
	return EFILE_OK;
}
