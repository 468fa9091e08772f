/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Correlation (BPMN 2.0, 8.4.2) becomes expressions for the keys of messages.
 *
 * A correlation key has properties; each says by a path where which message has it. Key-based: a process
 * knows its conversation by what earlier messages have left among its variables, so that who awaits a
 * message asks the paths of all messages, the one awaited last, and takes the first that says something.
 * Context-based: a subscription of the process binds the properties to its own data, and the key
 * follows them. Who sends a message asks its own path first. A key of several properties is their
 * texts with "|" between them. */
#include <string.h>

#include "flow/compile.h"

/* ---- what the file says ---- */

static int named(const compiler *c, text_ref ref)
{
	return ref ? bpmn_find(c->m, bpmn_text(c->m, ref)) : NONE;
}

/* The next element of a kind inside another one, behind a place; NONE. */
static int next_in(const compiler *c, bpmn_kind kind, int owner, int after)
{
	for (size_t i = 0; i < c->correlation_count; i++) {
		int at = c->correlations[i];

		if (at > after && c->m->elements[at].kind->kind == kind &&
		    c->m->elements[at].owner == owner)
			return at;
	}
	return NONE;
}

/* The path of a message to a property: the element; NONE. */
static int path_of(const compiler *c, int property, int message)
{
	for (int at = next_in(c, BPMN_CORRELATION, property, property); at != NONE;
	     at = next_in(c, BPMN_CORRELATION, property, at))
		if (named(c, c->m->elements[at].fields[FIELD_MESSAGE]) == message &&
		    c->m->elements[at].fields[FIELD_CORRELATION])
			return at;
	return NONE;
}

/* Whether a message has all properties of a key. */
static bool has_key(const compiler *c, int key, int message)
{
	int at = next_in(c, BPMN_KEY_PART, key, key);
	bool any = at != NONE;

	for (; at != NONE; at = next_in(c, BPMN_KEY_PART, key, at)) {
		int property = named(c, c->m->elements[at].fields[FIELD_DATA]);

		if (property == NONE || path_of(c, property, message) == NONE)
			return false;
	}
	return any;
}

static int subscription_to(const compiler *c, int key)
{
	for (int at = next_in(c, BPMN_SUBSCRIPTION, c->process, c->process); at != NONE;
	     at = next_in(c, BPMN_SUBSCRIPTION, c->process, at))
		if (named(c, c->m->elements[at].fields[FIELD_DATA]) == key)
			return at;
	return NONE;
}

/* The key of a message: one that the process subscribes to before any other. */
static int key_of(const compiler *c, int message, int *subscription)
{
	int found = NONE;

	*subscription = NONE;
	for (size_t i = 0; i < c->correlation_count && *subscription == NONE; i++) {
		int at = c->correlations[i];

		if (c->m->elements[at].kind->kind != BPMN_KEY || !has_key(c, at, message))
			continue;
		*subscription = subscription_to(c, at);
		if (found == NONE || *subscription != NONE)
			found = at;
	}
	return found;
}

/* ---- expressions ---- */

static void add_path(const compiler *c, buf *out, int element)
{
	if (element != NONE && c->m->elements[element].fields[FIELD_CORRELATION])
		buf_add_format(out, "%s(%s)", out->length ? ", " : "",
			       bpmn_text(c->m, c->m->elements[element].fields[FIELD_CORRELATION]));
}

static int binding_of(const compiler *c, int subscription, int property)
{
	int at = subscription == NONE ? NONE : next_in(c, BPMN_BINDING, subscription, subscription);

	while (at != NONE && named(c, c->m->elements[at].fields[FIELD_DATA]) != property)
		at = next_in(c, BPMN_BINDING, subscription, at);
	return at;
}

static void add_other_paths(const compiler *c, buf *out, int property, int own)
{
	for (int at = next_in(c, BPMN_CORRELATION, property, property); at != NONE;
	     at = next_in(c, BPMN_CORRELATION, property, at))
		if (at != own)
			add_path(c, out, at);
}

typedef struct asking {
	int message, subscription;
	bool throws;
	bool only_message;      /* nothing but the message itself */
} asking;

/* The first of the places that says something. */
static efile_status add_property(const compiler *c, buf *out, int property, const asking *a)
{
	int own = path_of(c, property, a->message), binding = binding_of(c, a->subscription, property);
	AUTO(buf) places = BUF_INIT;

	if (a->only_message || a->throws)
		add_path(c, &places, own);
	if (!a->only_message)
		add_path(c, &places, binding);
	if (!a->only_message && binding == NONE)
		add_other_paths(c, &places, property, own);
	if (!a->only_message && !a->throws && binding == NONE)
		add_path(c, &places, own);
	TRY(buf_status(&places, c->ctx));
	buf_add_format(out, "%s[%s][item != null][1]", out->length ? ", " : "", buf_text(&places));
	return buf_status(out, c->ctx);
}

/* What stands in a value is no sign between values. */
static const char joined[] =
	"{k: [%s], r: if count(k[item = null]) > 0 then null else string join(for x in k return "
	"replace(replace(string(x), \"%%\", \"%%25\"), \"[|]\", \"%%7C\"), \"|\")}.r";

static efile_status key_text(const compiler *c, buf *out, int key, const asking *a)
{
	AUTO(buf) parts = BUF_INIT;
	size_t count = 0;

	for (int at = next_in(c, BPMN_KEY_PART, key, key); at != NONE;
	     at = next_in(c, BPMN_KEY_PART, key, at), count++)
		TRY(add_property(c, &parts, named(c, c->m->elements[at].fields[FIELD_DATA]), a));
	if (count == 1)
		buf_add_text(out, buf_text(&parts));
	else
		buf_add_format(out, joined, buf_text(&parts));
	return buf_status(out, c->ctx);
}

/* A property without a key around it is one by itself. */
static efile_status lonely_text(const compiler *c, buf *out, const asking *a)
{
	for (size_t i = 0; i < c->correlation_count; i++) {
		const bpmn_element *n = &c->m->elements[c->correlations[i]];

		if (n->kind->kind == BPMN_CORRELATION && n->fields[FIELD_CORRELATION] &&
		    named(c, n->fields[FIELD_MESSAGE]) == a->message) {
			buf_add_text(out, bpmn_text(c->m, n->fields[FIELD_CORRELATION]));
			break;
		}
	}
	return buf_status(out, c->ctx);
}

static efile_status correlation_text(const compiler *c, buf *out, asking *a)
{
	int key = key_of(c, a->message, &a->subscription);

	return key == NONE ? lonely_text(c, out, a) : key_text(c, out, key, a);
}

efile_status compile_key(compiler *c, uint32_t *number, uint32_t *follows, int element, int item,
			 bool throws)
{
	const bpmn_model *m = c->m;
	asking a = { .message = item, .throws = throws };
	AUTO(buf) text = BUF_INIT;

	*number = *follows = 0;
	if (m->elements[element].fields[FIELD_CORRELATION])
		return compile_program(c, number, element, m->elements[element].fields[FIELD_CORRELATION]);
	if (item == NONE)
		return EFILE_OK;
	if (m->elements[item].fields[FIELD_CORRELATION])
		return compile_program(c, number, element, m->elements[item].fields[FIELD_CORRELATION]);
	TRY(correlation_text(c, &text, &a));
	if (!text.length)
		return EFILE_OK;
	*follows = !throws && a.subscription != NONE;
	return compile_source(c, number, element, buf_text(&text));
}

/* ---- messages from outside ---- */

/* Whether something in the process waits for it. */
static bool is_awaited(const compiler *c, int message)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; i < m->elements_count; i++) {
		bpmn_kind kind = m->elements[i].kind->kind;
		bool awaits = kind == BPMN_RECEIVE_TASK || kind == BPMN_START || kind == BPMN_CATCH ||
			kind == BPMN_BOUNDARY;

		if (c->inside[i] && awaits && (kind == BPMN_RECEIVE_TASK ||
					       (m->elements[i].events & EVENT_MESSAGE)) &&
		    compile_message_of(c, (int)i) == message)
			return true;
	}
	return false;
}

efile_status compile_correlations(compiler *c, int process)
{
	for (size_t i = 0; c->correlation_count && i < c->m->elements_count; i++) {
		uint32_t words[TRIGGER_WORDS] = { 0 };
		asking a = { .message = (int)i, .only_message = true };
		AUTO(buf) text = BUF_INIT;

		if (c->m->elements[i].kind->kind != BPMN_MESSAGE || !is_awaited(c, (int)i))
			continue;
		TRY(correlation_text(c, &text, &a));
		if (!text.length)
			continue;
		words[TRIGGER_KIND] = TRIGGER_CORRELATION;
		words[TRIGGER_NODE] = c->number[process];
		words[TRIGGER_NAME] = compile_text(c, compile_message_name(c, (int)i));
		TRY(compile_source(c, &words[TRIGGER_KEY], process, buf_text(&text)));
		compile_put_trigger(c, words);
	}
	return EFILE_OK;
}
