/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/route.h"

#include <stdlib.h>
#include <string.h>

#include "flow/form.h"
#include "flow/term.h"

static const name_row states[] = {
	{ ROUTE_WAITING, "waiting" },     { ROUTE_OPEN, "open" },
	{ ROUTE_DONE, "done" },           { ROUTE_RETURNED, "returned" },
	{ ROUTE_WITHDRAWN, "withdrawn" }, { ROUTE_REFUSED, "refused" },
	{ ROUTE_SKIPPED, "skipped" },
};

static const name_row instructions[] = {
	{ EFILE_INSTRUCTION_NONE, "none" },
	{ EFILE_INSTRUCTION_INFORMATION, "information" },
	{ EFILE_INSTRUCTION_COMMENT, "comment" },
	{ EFILE_INSTRUCTION_CO_SIGN, "co-sign" },
	{ EFILE_INSTRUCTION_SIGN, "sign" },
	{ EFILE_INSTRUCTION_FINAL_SIGN, "final-sign" },
};

const char *efile_instruction_name(efile_instruction instruction)
{
	const char *name = TABLE_NAME(instructions, (int)instruction);

	return name ? name : "";
}

efile_status efile_instruction_parse(efile_instruction *out, const char *name)
{
	int value;

	if (!out || !name || !TABLE_VALUE(&value, instructions, name))
		return EFILE_E_INVALID;
	*out = (efile_instruction)value;
	return EFILE_OK;
}

void route_clear(route *r)
{
	free(r->steps);
	json_document_free(r->document);
	*r = (route){ .steps = NULL };
}

static efile_status add_step(route *r, efile_ctx *ctx, size_t at, route_step step)
{
	void *steps = r->steps;

	if (r->count >= ROUTE_STEPS_MAX)
		return FAIL(ctx, EFILE_E_LIMIT, 2470, "a sign-off list has more than %d entries",
			    ROUTE_STEPS_MAX);
	TRY(mem_grow(ctx, &steps, &r->capacity, r->count, sizeof(step)));
	r->steps = steps;
	memmove(r->steps + at + 1, r->steps + at, (r->count - at) * sizeof(step));
	r->steps[at] = step;
	r->count++;
	return EFILE_OK;
}

route_step *route_find(const route *r, int64_t id)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->steps[i].id == id)
			return &r->steps[i];
	return NULL;
}

bool route_any_open(const route *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->steps[i].state == ROUTE_OPEN)
			return true;
	return false;
}

/* Where that begins which has not been begun. */
static size_t first_waiting(const route *r)
{
	size_t at = 0;

	while (at < r->count && r->steps[at].state != ROUTE_WAITING)
		at++;
	return at;
}

/* ---- entries as JSON ---- */

static efile_status bad(efile_ctx *ctx, const char *what)
{
	return FAIL(ctx, EFILE_E_FORMAT, 2471, "an entry of a sign-off list is not sound: %s", what);
}

static const char *text_of(const json_value *v, const char *key)
{
	const char *text = json_member_text(v, key);

	return text ? text : "";
}

static bool is_true(const json_value *v, const char *key)
{
	const json_value *member = json_member(v, key);

	return member && member->type == JSON_TRUE;
}

static int64_t int_of(const json_value *v, const char *key)
{
	const json_value *member = json_member(v, key);
	int64_t number = 0;

	return member && member->type == JSON_NUMBER && json_as_int(&number, member) >= 0 ? number : 0;
}

/* Names are separated by commas: a line of its own would break what shows them. */
static bool is_name_list(const char *to)
{
	bool any = false;

	for (; *to; to++) {
		if ((unsigned char)*to < ' ')
			return false;
		any |= *to != ' ' && *to != ',';
	}
	return any;
}

static efile_status read_asked(route_step *s, efile_ctx *ctx, const json_value *v,
			       const char *calendar)
{
	const char *instruction = text_of(v, "instruction");

	*s = (route_step){ .to = text_of(v, "to"), .due = text_of(v, "due"),
			   .note = text_of(v, "note"), .required = is_true(v, "required"),
			   .reason = "" };
	if (!is_name_list(s->to))
		return bad(ctx, "nobody is named");
	if (*instruction && efile_instruction_parse(&s->instruction, instruction) < 0)
		return bad(ctx, instruction);
	if (*s->due && !term_valid(s->due))
		return bad(ctx, s->due);
	if (*s->due && term_needs_calendar(s->due) && !*calendar)
		return FAIL(ctx, EFILE_E_INVALID, 2432,
			    "working days need a calendar such as DE-BW: %s", s->due);
	return EFILE_OK;
}

void route_put_step(json_writer *w, const route_step *s)
{
	json_object(w);
	json_put_int(w, "id", s->id);
	json_put_int(w, "group", s->group);
	json_put_text(w, "to", s->to);
	json_put_text(w, "instruction", efile_instruction_name(s->instruction));
	json_put_bool(w, "required", s->required);
	if (*s->due)
		json_put_text(w, "due", s->due);
	if (*s->note)
		json_put_text(w, "note", s->note);
	json_put_text(w, "state", TABLE_NAME(states, (int)s->state));
	if (s->origin != s->id)
		json_put_int(w, "repeats", s->origin);
	if (!efile_id_is_none(&s->by))
		json_put_id(w, "by", &s->by);
	if (!efile_id_is_none(&s->behalf))
		json_put_id(w, "on_behalf_of", &s->behalf);
	if (s->time)
		json_put_time(w, "time", s->time);
	if (*s->reason)
		json_put_text(w, "reason", s->reason);
	json_end_object(w);
}

void route_put(json_writer *w, const route *r)
{
	json_array(w);
	for (size_t i = 0; i < r->count; i++)
		route_put_step(w, &r->steps[i]);
	json_end_array(w);
}

efile_status route_write(buf *out, efile_ctx *ctx, const route *r)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_int(&w, "next", r->next);
	json_put_int(&w, "current", r->current);
	json_key(&w, "steps");
	route_put(&w, r);
	json_end_object(&w);
	return buf_status(out, ctx);
}

static bool read_person(efile_id *out, const json_value *v, const char *key)
{
	const char *text = json_member_text(v, key);

	return !text || efile_id_parse(out, text) >= 0;
}

static bool read_kept(route_step *s, efile_ctx *ctx, const json_value *v)
{
	const char *time = json_member_text(v, "time");
	int state;

	if (read_asked(s, ctx, v, "any") < 0)
		return false;
	s->id = int_of(v, "id");
	s->group = int_of(v, "group");
	s->origin = int_of(v, "repeats");
	s->origin = s->origin ? s->origin : s->id;
	s->reason = text_of(v, "reason");
	if (!TABLE_VALUE(&state, states, text_of(v, "state")))
		return false;
	s->state = (route_state)state;
	return s->id > 0 && read_person(&s->by, v, "by") &&
		read_person(&s->behalf, v, "on_behalf_of") &&
		(!time || efile_time_parse(&s->time, time) >= 0);
}

efile_status route_read(route *out, efile_ctx *ctx, const char *json, size_t length)
{
	route r = { .steps = NULL };
	efile_status status = json_parse(&r.document, ctx, json, length);
	const json_value *steps = status == EFILE_OK ? json_member(json_root(r.document), "steps") : NULL;
	bool sound = steps && steps->type == JSON_ARRAY;

	for (const json_value *v = sound ? steps->child : NULL; v && sound; v = v->next) {
		route_step step = { .to = "" };

		sound = read_kept(&step, ctx, v) && add_step(&r, ctx, r.count, step) == EFILE_OK;
	}
	if (sound) {
		r.next = int_of(json_root(r.document), "next");
		r.current = int_of(json_root(r.document), "current");
		*out = r;
		return EFILE_OK;
	}
	route_clear(&r);
	if (status == EFILE_E_NOMEM || efile_error_status(ctx) == EFILE_E_NOMEM)
		return EFILE_E_NOMEM;
	return FAIL(ctx, EFILE_E_DAMAGED, 2321, "the stored process state is damaged");
}

/* ---- groups ---- */

/* Which waiting entry stands beside the one before it. */
static void note_joins(route *r)
{
	for (size_t i = 0; i < r->count; i++)
		r->steps[i].joined = i && r->steps[i].state == ROUTE_WAITING &&
			r->steps[i - 1].state == ROUTE_WAITING &&
			r->steps[i].group == r->steps[i - 1].group;
}

/* Groups that wait are numbered from the one at work on. */
static void number_groups(route *r)
{
	int64_t group = r->current;

	for (size_t i = first_waiting(r); i < r->count; i++) {
		group += !r->steps[i].joined || group == r->current;
		r->steps[i].group = group;
	}
}

/* ---- the list that a task begins with ---- */

bool route_is(const char *details)
{
	return strstr(details, "\nR\t") || strstr(details, "\nS\t");
}

/* The next column of a row; past its end "". */
static void put_column(json_writer *w, const char *key, const char **at)
{
	size_t length = strcspn(*at, "\t\n");

	if (length) {
		json_key(w, key);
		json_text_n(w, *at, length);
	}
	*at += length + ((*at)[length] == '\t');
}

/* "to instruction flags group due note" as one object. */
static void put_row(json_writer *w, const char *at)
{
	size_t flags;

	json_object(w);
	put_column(w, "to", &at);
	put_column(w, "instruction", &at);
	flags = strcspn(at, "\t\n");
	json_put_bool(w, "required", memchr(at, 'r', flags) != NULL);
	at += flags + (at[flags] == '\t');
	put_column(w, "group", &at);
	put_column(w, "due", &at);
	put_column(w, "note", &at);
	json_end_object(w);
}

/* The entries that the model itself names. */
static void put_rows(json_writer *w, const char *details)
{
	json_array(w);
	while ((details = strstr(details, "\nS\t"))) {
		details += 3;
		put_row(w, details);
	}
	json_end_array(w);
}

/* A group may be a number or a text: entries that say the same and stand together are beside each
 * other; one that says nothing stands alone. */
static bool same_group(const json_value *a, const json_value *b)
{
	const json_value *x = a ? json_member(a, "group") : NULL;
	const json_value *y = json_member(b, "group");

	return x && y && (x->type == JSON_NUMBER || x->type == JSON_STRING) && x->type == y->type &&
		!strcmp(x->text, y->text);
}

/* Several names in a list are one text. */
static efile_status put_names(json_writer *w, efile_ctx *ctx, const json_value *names)
{
	AUTO(buf) text = BUF_INIT;

	for (const json_value *v = names->child; v; v = v->next) {
		if (v->type != JSON_STRING)
			return bad(ctx, "a name is no text");
		buf_add_format(&text, "%s%s", text.length ? "," : "", v->text);
	}
	TRY(buf_status(&text, ctx));
	json_put_text(w, "to", buf_text(&text));
	return EFILE_OK;
}

/* Texts and contexts to contexts, lists in the list to groups: [[{"to":"a"},...],...]. */
static efile_status put_asked(json_writer *w, efile_ctx *ctx, const json_value *v)
{
	const json_value *to = v->type == JSON_OBJECT ? json_member(v, "to") : NULL;

	if (v->type != JSON_OBJECT && v->type != JSON_STRING)
		return bad(ctx, "neither a name nor a context");
	json_object(w);
	if (v->type == JSON_STRING)
		json_put_text(w, "to", v->text);
	for (const json_value *at = v->type == JSON_OBJECT ? v->child : NULL; at; at = at->next) {
		if (at == to && to->type == JSON_ARRAY) {
			TRY(put_names(w, ctx, to));
			continue;
		}
		json_key(w, at->key);
		json_copy(w, at);
	}
	json_end_object(w);
	return EFILE_OK;
}

static efile_status put_group(json_writer *w, efile_ctx *ctx, const json_value *v)
{
	json_array(w);
	if (v->type == JSON_ARRAY)
		for (const json_value *at = v->child; at; at = at->next)
			TRY(put_asked(w, ctx, at));
	else
		TRY(put_asked(w, ctx, v));
	json_end_array(w);
	return EFILE_OK;
}

/* One entry alone stands for a list, null for an empty one. */
static efile_status put_groups(buf *out, efile_ctx *ctx, const json_value *root)
{
	json_writer w;

	json_begin(&w, out);
	json_array(&w);
	if (root->type == JSON_ARRAY)
		for (const json_value *at = root->child; at; at = at->next)
			TRY(put_group(&w, ctx, at));
	else if (root->type != JSON_NULL)
		TRY(put_group(&w, ctx, root));
	json_end_array(&w);
	return buf_status(out, ctx);
}

static efile_status add_group(route *r, efile_ctx *ctx, const json_value *group,
			      const json_value *before, const char *calendar)
{
	for (const json_value *v = group->child; v; v = v->next) {
		route_step step;

		TRY(read_asked(&step, ctx, v, calendar));
		step.id = step.origin = r->next++;
		step.joined = v != group->child || same_group(before, v);
		TRY(add_step(r, ctx, r->count, step));
	}
	return EFILE_OK;
}

static const json_value *last_of(const json_value *array)
{
	const json_value *last = array->child;

	while (last && last->next)
		last = last->next;
	return last;
}

/* From the list as it was written or computed. */
static efile_status fill(route *r, efile_ctx *ctx, const char *json, size_t length,
			 const char *calendar)
{
	AUTO_PTR(json_document) said = NULL;
	AUTO(buf) text = BUF_INIT;
	const json_value *before = NULL;

	TRY(json_parse(&said, ctx, json, length));
	TRY(put_groups(&text, ctx, json_root(said)));
	TRY(json_parse(&r->document, ctx, text.data, text.length));
	r->next = 1;
	for (const json_value *v = json_root(r->document)->child; v; v = v->next) {
		TRY(add_group(r, ctx, v, before, calendar));
		before = v->child && !v->child->next ? last_of(v) : NULL;
	}
	number_groups(r);
	return EFILE_OK;
}

static efile_status calendar_of(char **out, efile_ctx *ctx, const char *details)
{
	size_t length;
	const char *at = form_calendar(&length, details);

	return mem_dup_bytes(out, ctx, at, length);
}

/* The expression of the list, or NULL. */
static efile_status expression_of(char **out, efile_ctx *ctx, const char *details)
{
	const char *at = strstr(details, "\nR\t");

	*out = NULL;
	return at ? mem_dup_bytes(out, ctx, at + 3, strcspn(at + 3, "\n")) : EFILE_OK;
}

static efile_status ask(buf *out, machine *m, const char *feel, const frame *f)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	expr_value value;
	json_writer w;

	TRY(expr_compile(&program, m->ctx, feel + (*feel == '='), NULL));
	TRY(evaluate_program(m, &value, &program, f));
	json_begin(&w, out);
	expr_to_json(&w, &value);
	return buf_status(out, m->ctx);
}

efile_status route_begin(route *out, machine *m, uint32_t node, const frame *f)
{
	const char *details = node_text(m->d, node, NODE_FORM);
	AUTO_PTR(char) calendar = NULL;
	AUTO_PTR(char) feel = NULL;
	AUTO(buf) list = BUF_INIT;
	AUTO(route) r = { .steps = NULL };
	json_writer w;

	TRY(calendar_of(&calendar, m->ctx, details));
	TRY(expression_of(&feel, m->ctx, details));
	if (feel) {
		TRY(ask(&list, m, feel, f));
	} else {
		json_begin(&w, &list);
		put_rows(&w, details);
	}
	TRY(buf_status(&list, m->ctx));
	TRY(fill(&r, m->ctx, list.data, list.length, calendar));
	*out = r;
	r = (route){ .steps = NULL };
	return EFILE_OK;
}

efile_status route_check(efile_ctx *ctx, const char *details, bool calendar)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(char) feel = NULL;
	AUTO(buf) list = BUF_INIT;
	AUTO(route) r = { .steps = NULL };
	json_writer w;

	TRY(expression_of(&feel, ctx, details));
	if (feel)
		return expr_compile(&program, ctx, feel + (*feel == '='), NULL);
	json_begin(&w, &list);
	put_rows(&w, details);
	TRY(buf_status(&list, ctx));
	return fill(&r, ctx, list.data, list.length, calendar ? "any" : "");
}

/* ---- changes behind the place where it stands ---- */

static efile_status only_behind(efile_ctx *ctx, int64_t id)
{
	return FAIL(ctx, EFILE_E_STATE, 2472,
		    "entry %lld of the sign-off list has begun: only what comes behind can be changed",
		    (long long)id);
}

static efile_status find_waiting(size_t *at, const route *r, efile_ctx *ctx, int64_t id)
{
	const route_step *s = route_find(r, id);

	if (!s)
		return FAIL(ctx, EFILE_E_NOTFOUND, 2473, "the sign-off list has no entry %lld",
			    (long long)id);
	if (s->state != ROUTE_WAITING)
		return only_behind(ctx, id);
	*at = (size_t)(s - r->steps);
	return EFILE_OK;
}

/* Where a new entry goes: beside a waiting one, behind the group of another, else next. */
static efile_status find_place(size_t *at, bool *joined, const route *r, efile_ctx *ctx,
			       const json_value *arguments)
{
	int64_t behind = int_of(arguments, "behind"), beside = int_of(arguments, "beside");
	const route_step *s;

	*joined = beside != 0;
	*at = first_waiting(r);
	if (beside) {
		TRY(find_waiting(at, r, ctx, beside));
		(*at)++;
		return EFILE_OK;
	}
	if (!behind)
		return EFILE_OK;
	s = route_find(r, behind);
	if (!s)
		return FAIL(ctx, EFILE_E_NOTFOUND, 2473, "the sign-off list has no entry %lld",
			    (long long)behind);
	if (s->state != ROUTE_WAITING)
		return s->group == r->current ? EFILE_OK : only_behind(ctx, behind);
	for (*at = (size_t)(s - r->steps) + 1; *at < r->count && r->steps[*at].joined;)
		(*at)++;
	return EFILE_OK;
}

static void take_out(route *r, size_t at)
{
	if (at + 1 < r->count && r->steps[at + 1].joined)
		r->steps[at + 1].joined = r->steps[at].joined;
	memmove(r->steps + at, r->steps + at + 1, (r->count - at - 1) * sizeof(*r->steps));
	r->count--;
}

static efile_status insert(route *r, efile_ctx *ctx, const json_value *arguments,
			   const char *calendar)
{
	route_step step;
	bool joined;
	size_t at;

	TRY(read_asked(&step, ctx, arguments, calendar));
	TRY(find_place(&at, &joined, r, ctx, arguments));
	step.joined = joined;
	step.id = step.origin = r->next++;
	return add_step(r, ctx, at, step);
}

static efile_status not_required(efile_ctx *ctx, const route_step *s)
{
	if (s->required)
		return FAIL(ctx, EFILE_E_DENIED, 2474,
			    "entry %lld of the sign-off list is obligatory: it stays where it is",
			    (long long)s->id);
	return EFILE_OK;
}

static efile_status remove_step(route *r, efile_ctx *ctx, const json_value *arguments,
				const char *calendar)
{
	size_t at;

	(void)calendar;
	TRY(find_waiting(&at, r, ctx, int_of(arguments, "step")));
	TRY(not_required(ctx, &r->steps[at]));
	take_out(r, at);
	return EFILE_OK;
}

static efile_status move_step(route *r, efile_ctx *ctx, const json_value *arguments,
			      const char *calendar)
{
	int64_t id = int_of(arguments, "step");
	route_step step;
	bool joined;
	size_t at;

	(void)calendar;
	TRY(find_waiting(&at, r, ctx, id));
	step = r->steps[at];
	TRY(not_required(ctx, &step));
	if (int_of(arguments, "behind") == id || int_of(arguments, "beside") == id)
		return FAIL(ctx, EFILE_E_INVALID, 2475, "an entry can't stand behind itself");
	take_out(r, at);
	TRY(find_place(&at, &joined, r, ctx, arguments));
	step.joined = joined;
	return add_step(r, ctx, at, step);
}

efile_status route_change(route *r, efile_ctx *ctx, const char *act, const json_value *arguments,
			  const char *calendar)
{
	static const struct {
		const char *name;
		efile_status (*change)(route *r, efile_ctx *ctx, const json_value *arguments,
				       const char *calendar);
	} acts[] = {
		{ "insert", insert }, { "remove", remove_step }, { "move", move_step },
	};

	note_joins(r);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (!strcmp(acts[i].name, act)) {
			TRY(acts[i].change(r, ctx, arguments, calendar));
			number_groups(r);
			return EFILE_OK;
		}
	return FAIL(ctx, EFILE_E_INVALID, 2476, "a sign-off list can't be changed by '%s'", act);
}

/* ---- sending back ---- */

static bool is_newest(const route *r, size_t at)
{
	for (size_t i = at + 1; i < r->count; i++)
		if (r->steps[i].origin == r->steps[at].origin)
			return false;
	return true;
}

/* The newest entry of that origin that was done before the group at work; 0: whichever came last. */
static bool find_earlier(size_t *out, const route *r, int64_t from, int64_t to)
{
	const route_step *named = route_find(r, to), *own = route_find(r, from);

	for (size_t i = r->count; i-- > 0;) {
		const route_step *s = &r->steps[i];

		if (s->state != ROUTE_DONE || s->group >= r->current ||
		    (own && s->origin == own->origin) ||
		    (to && (!named || s->origin != named->origin)))
			continue;
		*out = i;
		return true;
	}
	return false;
}

static bool comes_again(const route *r, size_t at, size_t target, bool direct)
{
	const route_step *s = &r->steps[at];

	if (at == target)
		return true;
	if (s->group > r->current || s->group <= r->steps[target].group || !is_newest(r, at))
		return false;
	return !direct || (s->group == r->current && s->state != ROUTE_DONE);
}

efile_status route_send_back(route *r, efile_ctx *ctx, int64_t from, int64_t to, bool direct)
{
	size_t target, place = first_waiting(r), end = place;
	int64_t group = 0;

	if (!find_earlier(&target, r, from, to))
		return FAIL(ctx, EFILE_E_STATE, 2477,
			    "the sign-off list can't go back from entry %lld: nobody was through before",
			    (long long)from);
	note_joins(r);
	for (size_t i = target; i < end; i++) {
		const route_step *old = &r->steps[i];
		route_step again = { .id = r->next, .origin = old->origin, .to = old->to,
				     .due = old->due, .note = old->note, .reason = "",
				     .instruction = old->instruction, .required = old->required,
				     .joined = old->group == group };

		if (!comes_again(r, i, target, direct))
			continue;
		group = old->group;
		r->next++;
		TRY(add_step(r, ctx, place++, again));
	}
	number_groups(r);
	return EFILE_OK;
}

/* ---- who ---- */

static bool same_person(const efile_id *a, const efile_id *b)
{
	return !efile_id_is_none(a) && id_compare(a, b) == 0;
}

efile_status route_check_persons(const route *r, efile_ctx *ctx, int64_t step, const efile_id *actor,
				 const efile_id *behalf)
{
	const route_step *own = route_find(r, step);

	for (size_t i = 0; i < r->count; i++) {
		const route_step *s = &r->steps[i];

		if (own && s->origin == own->origin)
			continue;
		if (same_person(actor, &s->by) || same_person(actor, &s->behalf) ||
		    same_person(behalf, &s->by) || same_person(behalf, &s->behalf))
			return FAIL(ctx, EFILE_E_DENIED, 2478,
				    "whoever had entry %lld of the sign-off list may not have another one",
				    (long long)s->id);
	}
	return EFILE_OK;
}
