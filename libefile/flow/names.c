/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in expressions against what the file says of its data. A function that FEEL does not have is
 * always worth a warning. A variable is one if the process declares what it is started with, as does each
 * part of it that brings data in: then nothing else can set it. Else only a name that differs by a
 * slip from one that is known. */
#include <stdlib.h>
#include <string.h>

#include "flow/compile.h"
#include "flow/form.h"

enum { NAMES_MAX = 5000, SLIP_MIN = 5 };

/* What the engine itself brings into expressions (data.c, gateway.c). */
static const char *const own_names[] = {
	"activationCount", "loopCounter", "nrOfActiveInstances", "nrOfCompletedInstances",
	"nrOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
	"numberOfInstances", "numberOfTerminatedInstances", "step", "waitingForStart",
};

/* ---- collecting ---- */

static efile_status add_name(compiler *c, const char *name, size_t length)
{
	void *names = c->names;

	if (!length || c->names_count == NAMES_MAX)
		return EFILE_OK;
	TRY(mem_grow(c->ctx, &names, &c->names_capacity, c->names_count, sizeof(*c->names)));
	c->names = names;
	TRY(mem_dup_bytes(&c->names[c->names_count], c->ctx, name, length));
	c->names_count++;
	return EFILE_OK;
}

static efile_status add_ref(compiler *c, text_ref text)
{
	const char *name = bpmn_text(c->m, text);

	return add_name(c, name, strlen(name));
}

/* Separated by commas. */
static efile_status add_list(compiler *c, text_ref list)
{
	const char *at = bpmn_text(c->m, list);

	for (size_t length; *at; at += length + (at[length] == ',')) {
		size_t end;

		while (str_ascii_space(*at))
			at++;
		length = end = strcspn(at, ",");
		while (end && str_ascii_space(at[end - 1]))
			end--;
		if (end != 1 || *at != '-')
			TRY(add_name(c, at, end));
	}
	return EFILE_OK;
}

static efile_status add_fields(compiler *c, const char *details)
{
	for (const char *row = NULL; (row = form_row_next(details, row, 'F'));) {
		const char *at = row;
		size_t length;
		const char *id = form_column(&length, &at);

		TRY(add_name(c, id, length));
	}
	return EFILE_OK;
}

/* What a script answers without a variable of its own becomes variables by its keys. */
static efile_status take_key(void *user, const expr_use *use)
{
	return use->kind == EXPR_USE_KEY ? add_name(user, use->name, use->length) : EFILE_OK;
}

static efile_status add_keys(compiler *c, text_ref script)
{
	efile_status status = script ? expr_uses(c->ctx, bpmn_text(c->m, script), NULL, take_key, c) :
				       EFILE_OK;

	if (status != EFILE_E_FORMAT && status != EFILE_E_LIMIT)
		return status;
	error_clear(c->ctx); /* said where it is compiled */
	return EFILE_OK;
}

static bool is_data(const bpmn_element *n)
{
	return n->kind->kind == BPMN_DATA_OBJECT || n->kind->kind == BPMN_DATA_STORE ||
		!strcmp(n->kind->name, "dataObject");
}

static efile_status add_element(compiler *c, size_t i)
{
	static const bpmn_field fields[] = { FIELD_RESULT, FIELD_ITEM, FIELD_OUT_COLLECTION,
					     FIELD_DECISION };
	const bpmn_element *n = &c->m->elements[i];

	for (size_t k = 0; k < ARRAY_SIZE(fields); k++)
		TRY(add_ref(c, n->fields[fields[k]]));
	if (is_data(n)) {
		const char *name = compile_data_name(c, (int)i);

		TRY(add_name(c, name, strlen(name)));
		TRY(add_ref(c, n->name));
	}
	TRY(add_list(c, n->fields[FIELD_VARIABLES]));
	TRY(add_fields(c, bpmn_text(c->m, n->fields[FIELD_DETAILS])));
	return add_keys(c, n->kind->kind == BPMN_SCRIPT_TASK ? n->fields[FIELD_SCRIPT] : 0);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- whether there can be others ---- */

static bool has_outputs(const compiler *c, int element)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; i < m->mappings_count; i++)
		if (m->mappings[i].owner == element && m->mappings[i].output &&
		    m->mappings[i].kind != MAPPING_ALL)
			return true;
	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].owner == element &&
		    !strcmp(m->elements[i].kind->name, "dataOutputAssociation"))
			return true;
	return false;
}

static bool calls_inside(const compiler *c, const bpmn_element *n)
{
	int called = n->fields[FIELD_CALLED] ?
		bpmn_find(c->m, bpmn_text(c->m, n->fields[FIELD_CALLED])) : NONE;

	return called != NONE && c->m->elements[called].kind->class == CLASS_PROCESS;
}

/* Whether data can come in here of which the file says nothing. */
static bool is_open(const compiler *c, size_t i)
{
	const bpmn_element *n = &c->m->elements[i];

	if (n->fields[FIELD_VARIABLES])
		return false;
	switch (n->kind->kind) {
	case BPMN_USER_TASK:
		return !form_row_next(bpmn_text(c->m, n->fields[FIELD_DETAILS]), NULL, 'F') &&
			!has_outputs(c, (int)i);
	case BPMN_SERVICE_TASK:
	case BPMN_RULE_TASK:
		return !n->fields[FIELD_RESULT] && !has_outputs(c, (int)i);
	case BPMN_SCRIPT_TASK:
		return !n->fields[FIELD_RESULT] && *bpmn_text(c->m, n->fields[FIELD_SCRIPT]) != '{';
	case BPMN_SEND_TASK:
		return n->fields[FIELD_HANDLER] && !has_outputs(c, (int)i);
	case BPMN_RECEIVE_TASK:
		return !has_outputs(c, (int)i);
	case BPMN_CALL:
		return !calls_inside(c, n) && !has_outputs(c, (int)i);
	case BPMN_START:
		return n->parent != c->process && (n->events & (EVENT_MESSAGE | EVENT_SIGNAL));
	case BPMN_CATCH:
	case BPMN_BOUNDARY:
		return (n->events & (EVENT_MESSAGE | EVENT_SIGNAL)) && !has_outputs(c, (int)i);
	default:
		return false;
	}
}

/* The process says what it is started with: its inputs (10.4.2), or our attribute. */
static bool declares(const compiler *c)
{
	const bpmn_model *m = c->m;

	if (m->elements[c->process].fields[FIELD_VARIABLES])
		return true;
	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].owner == c->process && !strcmp(m->elements[i].kind->name, "dataInput"))
			return true;
	return false;
}

static bool is_closed(const compiler *c)
{
	if (!declares(c))
		return false;
	for (size_t i = 0; i < c->m->elements_count; i++)
		if (c->inside[i] && is_open(c, i))
			return false;
	return true;
}

efile_status compile_collect_names(compiler *c)
{
	const bpmn_model *m = c->m;

	for (size_t i = 0; i < m->elements_count; i++)
		TRY(add_element(c, i));
	for (size_t i = 0; i < m->mappings_count; i++)
		TRY(add_ref(c, m->mappings[i].target));
	for (size_t i = 0; i < m->triggers_count; i++) {
		TRY(add_ref(c, m->triggers[i].code_variable));
		TRY(add_ref(c, m->triggers[i].message_variable));
	}
	for (size_t i = 0; i < ARRAY_SIZE(own_names); i++)
		TRY(add_name(c, own_names[i], strlen(own_names[i])));
	qsort(c->names, c->names_count, sizeof(*c->names), by_name);
	c->names_closed = c->names_count < NAMES_MAX && is_closed(c);
	return EFILE_OK;
}

void compile_names_clear(compiler *c)
{
	for (size_t i = 0; i < c->names_count; i++)
		free(c->names[i]);
	free(c->names);
}

/* ---- slips ---- */

static bool is_known(const compiler *c, const char *name)
{
	int found = bpmn_find(c->m, name);

	if (c->names_count && bsearch(&name, c->names, c->names_count, sizeof(*c->names), by_name))
		return true;
	return found != NONE && c->m->elements[found].kind->class == CLASS_FLOW; /* at complex gateways */
}

/* The same but for case and for what joins words. */
static bool same_letters(const char *a, const char *b)
{
	for (;;) {
		while (*a == '_' || *a == '-' || *a == ' ')
			a++;
		while (*b == '_' || *b == '-' || *b == ' ')
			b++;
		if (str_ascii_lower(*a) != str_ascii_lower(*b))
			return false;
		if (!*a)
			return true;
		a++, b++;
	}
}

/* One letter too many in the longer one; a plural is a name of its own, and so is another number. */
static bool one_more(const char *longer, const char *shorter)
{
	size_t at = 0;

	while (shorter[at] && longer[at] == shorter[at])
		at++;
	return !strcmp(longer + at + 1, shorter + at) && !str_ascii_digit(longer[at]) &&
		(shorter[at] || longer[at] != 's');
}

/* One letter is another one, or two have changed places. */
static bool one_other(const char *a, const char *b)
{
	size_t at = 0;

	while (a[at] && a[at] == b[at])
		at++;
	if (!a[at] || str_ascii_digit(a[at]) || str_ascii_digit(b[at]))
		return false;
	if (!strcmp(a + at + 1, b + at + 1))
		return a[at + 1] != '\0'; /* the last letter is often what tells two names apart */
	return a[at] == b[at + 1] && a[at + 1] == b[at] && !strcmp(a + at + 2, b + at + 2);
}

static bool is_slip(const char *name, const char *known)
{
	size_t length = strlen(name), other = strlen(known);

	if (same_letters(name, known))
		return true;
	if (length < SLIP_MIN || other < SLIP_MIN)
		return false;
	if (length == other)
		return one_other(name, known);
	if (length == other + 1)
		return one_more(name, known);
	return length + 1 == other && one_more(known, name);
}

static const char *meant(const compiler *c, const char *name)
{
	for (size_t i = 0; i < c->names_count; i++)
		if (is_slip(name, c->names[i]))
			return c->names[i];
	return NULL;
}

/* ---- judging ---- */

typedef struct judging {
	compiler *c;
	report_place place;
	const char *id;
	bool variables;         /* of the instance can be asked for here */
} judging;

static efile_status judge_variable(const judging *j, const char *name)
{
	const char *other;

	if (!j->variables || is_known(j->c, name))
		return EFILE_OK;
	other = meant(j->c, name);
	if (other)
		return report_add(j->c->report, "BPMN-VARIABLE", EFILE_SEVERITY_WARNING, &j->place,
				  "%s: nothing sets %s; is %s meant?", j->id, name, other);
	return j->c->names_closed ? report_add(j->c->report, "BPMN-VARIABLE", EFILE_SEVERITY_WARNING,
					       &j->place, "%s: nothing sets %s", j->id, name) :
				    EFILE_OK;
}

static efile_status judge_use(void *user, const expr_use *use)
{
	const judging *j = user;
	AUTO_PTR(char) name = NULL;

	TRY(mem_dup_bytes(&name, j->c->ctx, use->name, use->length));
	switch (use->kind) {
	case EXPR_USE_VARIABLE:
		return judge_variable(j, name);
	case EXPR_USE_FUNCTION:
		return report_add(j->c->report, "BPMN-FUNCTION", EFILE_SEVERITY_WARNING, &j->place,
				  "%s: there is no function %s", j->id, name);
	case EXPR_USE_CALL:
		return report_add(j->c->report, "BPMN-ARGUMENTS", EFILE_SEVERITY_WARNING, &j->place,
				  "%s: the function %s does not take these arguments", j->id, name);
	default:
		return EFILE_OK;
	}
}

/* While there is no instance, its data cannot be asked for. */
static bool before_instance(const compiler *c, int element)
{
	const bpmn_element *n = &c->m->elements[element];

	return n->kind->kind == BPMN_START && n->parent == c->process;
}

efile_status compile_check_names(compiler *c, int element, const char *text)
{
	const bpmn_element *n = &c->m->elements[element];
	judging j = { .c = c, .id = n->id ? bpmn_text(c->m, n->id) : "?",
		      .variables = !before_instance(c, element) };
	efile_status status;

	j.place = (report_place){ .path = j.id, .line = n->line, .column = n->column };
	status = expr_uses(c->ctx, text, NULL, judge_use, &j);
	if (status != EFILE_E_FORMAT && status != EFILE_E_LIMIT)
		return status;
	error_clear(c->ctx); /* too many names to look at */
	return EFILE_OK;
}

efile_status compile_check_attribute(compiler *c, int element, text_ref text)
{
	const char *at = bpmn_text(c->m, text);

	return *at == '=' ? compile_check_names(c, element, at + 1) : EFILE_OK;
}
