/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random processes by the engine and by the reference interpreter, step by step: what is open, what
 * was done, what was thrown, the variables and the end must be the same.
 *
 * random-flow COUNT [FIRST]: so many models from the seed FIRST on. A difference prints the seed;
 * random-flow -v SEED shows the model and every step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "reference.h"

enum { EVENTS = 25, FILE_MAX = 256 * 1024, SHOWN_MAX = 16384 };

typedef struct match {
	efile_ctx *ctx;
	graph g;
	reference r;
	flow_definition d;
	buf state;
	flow_effects effects;
	uint64_t dice;
	bool verbose;
	char file[FILE_MAX];
} match;

typedef struct totals {
	long models, skipped, steps, differences, waits[I_UNDO + 1], ended, failed, stuck;
} totals;

/* ---- what both show, as text ---- */

typedef struct lines {
	char *items[LOG_MAX];
	int count;
} lines;

static void add_line(lines *l, const char *text)
{
	if (l->count < LOG_MAX)
		l->items[l->count++] = strdup(text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void join_lines(lines *l, char *out, size_t size)
{
	size_t used = strlen(out);

	qsort(l->items, (size_t)l->count, sizeof(*l->items), by_text);
	for (int i = 0; i < l->count; i++) {
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s ", l->items[i]);
		free(l->items[i]);
	}
	l->count = 0;
}

static const char *const wait_names[] = { "task", "job", "incident", "call", "message", "signal",
					  "timer", "condition" };

static void show_reference(const reference *r, char *out, size_t size)
{
	static const char *const outcomes[] = { "running", "ended", "failed", "stuck", "long" };
	static lines l;
	char line[60];
	size_t used;

	snprintf(out, size, "%s open: ", outcomes[r->outcome]);
	for (int i = 1; i <= r->item_count && r->outcome != STUCK; i++) {
		const item *at = &r->items[i];
		int kind = at->kind == I_LISTEN ? 3 + (int)r->g->nodes[at->node].trigger : (int)at->kind;

		if (!at->alive || at->kind > I_LISTEN)
			continue;
		snprintf(line, sizeof(line), "%s:n%d", wait_names[kind], at->node);
		add_line(&l, line);
	}
	join_lines(&l, out, size);
	used = strlen(out);
	snprintf(out + used, size - used, "done: ");
	for (int i = 0; i < r->done_count; i++) {
		snprintf(line, sizeof(line), "n%d", r->done[i]);
		add_line(&l, line);
	}
	join_lines(&l, out, size);
	used = strlen(out);
	snprintf(out + used, size - used, "thrown: ");
	for (int i = 0; i < r->thrown_count; i++) {
		snprintf(line, sizeof(line), "n%d", r->thrown[i]);
		add_line(&l, line);
	}
	join_lines(&l, out, size);
	used = strlen(out);
	snprintf(out + used, size - used, "variables: ");
	for (int i = 0; i < VARIABLES; i++) {
		used = strlen(out);
		snprintf(out + used, size - used, "%d ", r->variables[i]);
	}
}

static const char *id_of(const match *m, uint32_t node)
{
	flow_node n;

	flow_node_at(&n, &m->d, node);
	return n.id;
}

/* A join that waits for what can't come makes an incident there. */
static bool is_join(const match *m, uint32_t node)
{
	flow_node n;

	flow_node_at(&n, &m->d, node);
	return n.kind == FLOW_NODE_PARALLEL || n.kind == FLOW_NODE_INCLUSIVE;
}

static bool engine_stuck(const match *m)
{
	for (size_t i = 0; i < m->effects.count; i++) {
		const flow_effect *e = &m->effects.items[i];

		if (e->kind == FLOW_EFFECT_INCIDENT &&
		    (is_join(m, e->node) || (e->message && strstr(e->message, "cannot come"))))
			return true;
	}
	return false;
}

static void show_waits(const match *m, lines *l)
{
	flow_wait *waits = NULL;
	size_t count = 0;
	char line[60];

	if (flow_state_waits(&waits, &count, m->ctx, &m->d, m->state.data, m->state.length) < 0)
		add_line(l, "unreadable");
	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%s:%s", wait_names[waits[i].kind],
			 id_of(m, waits[i].node));
		add_line(l, line);
	}
	free(waits);
}

static void show_effects(const match *m, lines *l, bool thrown)
{
	for (size_t i = 0; i < m->effects.count; i++) {
		const flow_effect *e = &m->effects.items[i];
		bool throws = e->kind == FLOW_EFFECT_MESSAGE || e->kind == FLOW_EFFECT_SIGNAL;

		if (thrown ? throws : e->kind == FLOW_EFFECT_DONE)
			add_line(l, id_of(m, e->node));
	}
}

static int variable(const char *json, size_t length, int number)
{
	char name[8];
	const char *at;

	snprintf(name, sizeof(name), "\"v%d\":", number);
	at = memmem(json, length, name, strlen(name));
	return at ? (int)strtol(at + strlen(name), NULL, 10) : -999;
}

static void show_engine(const match *m, char *out, size_t size)
{
	static const char *const states[] = { "running", "ended", "cancelled", "failed", "suspended" };
	static lines l;
	flow_summary s = { .status = FLOW_RUNNING, .variables = "" };
	bool stuck = engine_stuck(m);
	size_t used;

	if (flow_state_summary(&s, m->ctx, &m->d, m->state.data, m->state.length) < 0)
		snprintf(out, size, "unreadable state");
	snprintf(out, size, "%s open: ", stuck ? "stuck" : states[s.status]);
	if (!stuck)
		show_waits(m, &l);
	join_lines(&l, out, size);
	for (int thrown = 0; thrown < 2; thrown++) {
		used = strlen(out);
		snprintf(out + used, size - used, thrown ? "thrown: " : "done: ");
		show_effects(m, &l, thrown);
		join_lines(&l, out, size);
	}
	used = strlen(out);
	snprintf(out + used, size - used, "variables: ");
	for (int i = 0; i < VARIABLES; i++) {
		used = strlen(out);
		snprintf(out + used, size - used, "%d ", variable(s.variables, s.variables_length, i));
	}
}

/* ---- events ---- */

static bool engine_step(match *m, flow_event event)
{
	flow_effects_clear(&m->effects);
	event.time = INT64_C(1772438400000000);
	if (flow_step(&m->state, &m->effects, m->ctx, &m->d, buf_text(&m->state), m->state.length,
		      &event) == EFILE_OK)
		return true;
	printf("# the engine refuses event %d: %s\n", (int)event.kind, efile_error_message(m->ctx));
	return false;
}

/* The engine's number of what the reference calls item: as old among its like. */
static bool engine_wait(match *m, int chosen, uint64_t *number)
{
	const item *at = &m->r.items[chosen];
	int kind = at->kind == I_LISTEN ? 3 + (int)m->g.nodes[at->node].trigger : (int)at->kind;
	int older = 0;
	flow_wait *waits = NULL;
	size_t count = 0;
	char id[16];
	bool found = false;

	for (int i = 1; i < chosen; i++)
		older += m->r.items[i].alive && m->r.items[i].kind == at->kind &&
			m->r.items[i].node == at->node;
	snprintf(id, sizeof(id), "n%d", at->node);
	if (flow_state_waits(&waits, &count, m->ctx, &m->d, m->state.data, m->state.length) < 0)
		return false;
	for (size_t i = 0; i < count && !found; i++)
		if ((int)waits[i].kind == kind && !strcmp(id_of(m, waits[i].node), id) && older-- == 0) {
			*number = waits[i].number;
			found = true;
		}
	free(waits);
	return found;
}

/* One of what is open, by the dice; 0: nothing that the outside could do something about. */
static int choose(match *m)
{
	int open[ITEMS_MAX], count = 0;

	for (int i = 1; i <= m->r.item_count; i++) {
		const item *at = &m->r.items[i];

		if (at->alive && at->kind <= I_LISTEN &&
		    !(at->kind == I_LISTEN && m->g.nodes[at->node].trigger == T_CONDITION))
			open[count++] = i;
	}
	return count ? open[random_below(&m->dice, (uint32_t)count)] : 0;
}

static bool play_one(match *m, int chosen)
{
	item at = m->r.items[chosen];
	flow_event event = { .kind = FLOW_EVENT_COMPLETE_TASK };
	char code[8], variables[40];
	int which = (int)random_below(&m->dice, VARIABLES), value = (int)random_below(&m->dice, 4);
	int error = (int)random_below(&m->dice, NAMES);
	bool brings = random_below(&m->dice, 100) < 60 && at.kind != I_LISTEN;
	trigger t = m->g.nodes[at.node].trigger;

	if (!engine_wait(m, chosen, &event.wait)) {
		printf("# the engine does not have item %d\n", chosen);
		return false;
	}
	snprintf(variables, sizeof(variables), "{\"v%d\":%d}", which, value);
	reference_begin(&m->r);
	if (brings) {
		event.variables = variables;
		reference_set(&m->r, which, value);
	}
	if (at.kind == I_INCIDENT) {
		event.kind = FLOW_EVENT_RETRY;
		reference_retry(&m->r, chosen);
	} else if (at.kind == I_LISTEN && t == T_SIGNAL) {
		event.kind = FLOW_EVENT_SIGNAL;
		snprintf(code, sizeof(code), "s%d", m->g.nodes[at.node].name);
		event.code = code;
		reference_signal(&m->r, m->g.nodes[at.node].name);
	} else if (at.kind == I_LISTEN) {
		event.kind = t == T_TIMER ? FLOW_EVENT_TIMER : FLOW_EVENT_MESSAGE;
		reference_fire(&m->r, chosen);
	} else if (at.kind == I_JOB && random_below(&m->dice, 100) < 30) {
		event.kind = FLOW_EVENT_JOB_ERROR;
		snprintf(code, sizeof(code), "e%d", error);
		event.code = code;
		reference_job_error(&m->r, chosen, error);
	} else {
		event.kind = at.kind == I_JOB ? FLOW_EVENT_JOB_DONE : FLOW_EVENT_COMPLETE_TASK;
		reference_complete(&m->r, chosen);
	}
	if (m->verbose)
		printf("event %d at n%d %s %s\n", (int)event.kind, at.node,
		       event.variables ? event.variables : "", event.code ? event.code : "");
	return m->r.outcome == TOO_LONG || engine_step(m, event);
}

static bool same(match *m)
{
	static char wanted[SHOWN_MAX], got[SHOWN_MAX];

	show_reference(&m->r, wanted, sizeof(wanted));
	show_engine(m, got, sizeof(got));
	if (m->verbose)
		printf("reference %s\nengine    %s\n", wanted, got);
	if (!strcmp(wanted, got))
		return true;
	if (!m->verbose)
		printf("# reference %s\n# engine    %s\n", wanted, got);
	return false;
}

/* ---- one model ---- */

static bool compile(match *m)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;

	if (!graph_write(&m->g, m->file, sizeof(m->file)) || report_new(&report, m->ctx) < 0 ||
	    efile_reader_from_memory(&reader, m->ctx, m->file, strlen(m->file)) < 0)
		return false;
	if (flow_compile(&m->d, report, m->ctx, reader, "random") == EFILE_OK)
		return true;
	printf("# %s\n", efile_error_message(m->ctx));
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity == EFILE_SEVERITY_ERROR)
			printf("# %s\n", efile_report_finding(report, i)->message);
	return false;
}

static bool play(match *m, totals *sum)
{
	int variables[VARIABLES], chosen;
	char text[100];

	for (int i = 0; i < VARIABLES; i++)
		variables[i] = (int)random_below(&m->dice, 4);
	snprintf(text, sizeof(text), "{\"v0\":%d,\"v1\":%d,\"v2\":%d,\"v3\":%d}", variables[0],
		 variables[1], variables[2], variables[3]);
	reference_start(&m->r, &m->g, variables);
	if (m->verbose)
		printf("%sstart %s\n", m->file, text);
	if (m->r.outcome != TOO_LONG && !engine_step(m, (flow_event){ .kind = FLOW_EVENT_START,
								      .variables = text }))
		return false;
	for (int i = 0; i < EVENTS; i++) {
		if (m->r.outcome == TOO_LONG) {
			sum->skipped++;
			return true;
		}
		sum->steps++;
		if (!same(m))
			return false;
		if (m->r.outcome != RUNNING || !(chosen = choose(m)))
			break;
		sum->waits[m->r.items[chosen].kind]++;
		if (!play_one(m, chosen))
			return false;
	}
	sum->ended += m->r.outcome == ENDED;
	sum->failed += m->r.outcome == FAILED;
	sum->stuck += m->r.outcome == STUCK;
	return true;
}

static bool one(uint64_t seed, bool verbose, totals *sum)
{
	static match m;
	bool good;

	m = (match){ .verbose = verbose, .dice = (seed + 7) * UINT64_C(0xD1B54A32D192ED03) | 1 };
	if (efile_ctx_new(&m.ctx, NULL) < 0)
		return false;
	graph_make(&m.g, seed);
	good = compile(&m) && play(&m, sum);
	flow_effects_clear(&m.effects);
	flow_definition_clear(&m.d);
	buf_clear(&m.state);
	efile_ctx_free(m.ctx);
	sum->models++;
	return good;
}

int main(int argc, char **argv)
{
	bool verbose = argc == 3 && !strcmp(argv[1], "-v");
	long count = verbose ? 1 : argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	totals sum = { 0 };

	if (count < 1) {
		fprintf(stderr, "usage: random-flow COUNT [FIRST] | random-flow -v SEED\n");
		return 2;
	}
	for (long i = 0; i < count && sum.differences < 20; i++)
		if (!one(first + (uint64_t)i, verbose, &sum)) {
			printf("FAIL seed %llu\n", (unsigned long long)(first + (uint64_t)i));
			sum.differences++;
		}
	printf("# %ld models, %ld steps compared; tasks %ld, jobs %ld, retries %ld, events %ld; "
	       "%ld ended, %ld by an error, %ld stuck, %ld too long\n",
	       sum.models, sum.steps, sum.waits[I_TASK], sum.waits[I_JOB], sum.waits[I_INCIDENT],
	       sum.waits[I_LISTEN], sum.ended, sum.failed, sum.stuck, sum.skipped);
	printf("%ld passed, %ld failed\n", sum.models - sum.differences, sum.differences);
	return sum.differences > 0;
}
