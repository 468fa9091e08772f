/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of scenarios: one line a step, by the table of rules below (docs/SCENARIO.md). */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "flow/scenario.h"

#define OF (1u << CLAUSE_OF)
#define BY (1u << CLAUSE_BY | 1u << CLAUSE_FOR)
#define AS (1u << CLAUSE_AS)
#define KEY (1u << CLAUSE_KEY)
#define TO (1u << CLAUSE_TO)
#define VARIABLES (1u << CLAUSE_VARIABLES)
#define REST (1u << CLAUSE_REST)
#define MANY SCENARIO_WORDS_MAX

static const step_rule steps[] = {
	{ "deploy", STEP_DEPLOY, 1, MANY, 0, "deploy FILE..." },
	{ "clock", STEP_CLOCK, 1, 1, 0, "clock TIME" },
	{ "stub", STEP_STUB, 1, MANY, 0, "stub PROCESS..." },
	{ "start", STEP_START, 1, 1, AS | VARIABLES, "start PROCESS [{VARIABLES}] [as NAME]" },
	{ "name", STEP_NAME, 2, 2, 0, "name NAME PROCESS[#N]" },
	{ "complete", STEP_COMPLETE, 1, 1, OF | BY | VARIABLES,
	  "complete [task|job|call] NODE[#N] [of NAME] [by PERSON [for PERSON]] [{VARIABLES}]" },
	{ "fail", STEP_FAIL, 1, 2, OF, "fail [job|call] NODE[#N] [REASON] [of NAME]" },
	{ "error", STEP_ERROR, 2, 2, OF | VARIABLES,
	  "error [job|call] NODE[#N] CODE [of NAME] [{VARIABLES}]" },
	{ "escalate", STEP_ESCALATE, 2, 2, OF | VARIABLES,
	  "escalate [call] NODE[#N] CODE [of NAME] [{VARIABLES}]" },
	{ "retry", STEP_RETRY, 1, 1, OF | VARIABLES, "retry NODE[#N] [of NAME] [{VARIABLES}]" },
	{ "message", STEP_MESSAGE, 1, 1, KEY | VARIABLES, "message NAME [key KEY] [{VARIABLES}]" },
	{ "signal", STEP_SIGNAL, 1, 1, VARIABLES, "signal NAME [{VARIABLES}]" },
	{ "observe", STEP_OBSERVE, 0, 0, VARIABLES, "observe {VARIABLES}" },
	{ "advance", STEP_ADVANCE, 0, 1, TO, "advance DURATION | advance to TIME" },
	{ "set", STEP_SET, 0, 0, OF | VARIABLES, "set [of NAME] {VARIABLES}" },
	{ "move", STEP_MOVE, 1, 1, OF | TO | VARIABLES,
	  "move NODE[#N] to NODE [of NAME] [{VARIABLES}]" },
	{ "begin", STEP_BEGIN, 1, 1, OF | VARIABLES, "begin NODE [of NAME] [{VARIABLES}]" },
	{ "insert", STEP_INSERT, 2, 3, OF | BY | VARIABLES,
	  "insert NODE[#N] WHO [INSTRUCTION] [of NAME] [by PERSON [for PERSON]] [{WHERE}]" },
	{ "remove", STEP_REMOVE, 2, 2, OF | BY, "remove NODE[#N] ENTRY [of NAME] [by PERSON [for PERSON]]" },
	{ "shift", STEP_SHIFT, 2, 2, OF | BY | VARIABLES,
	  "shift NODE[#N] ENTRY [of NAME] [by PERSON [for PERSON]] [{WHERE}]" },
	{ "sendback", STEP_SEND_BACK, 2, 2, OF | BY | VARIABLES,
	  "sendback NODE[#N] REASON [of NAME] [by PERSON [for PERSON]] [{WHERE}]" },
	{ "decline", STEP_DECLINE, 2, 2, OF | BY,
	  "decline NODE[#N] REASON [of NAME] [by PERSON [for PERSON]]" },
	{ "cancel", STEP_CANCEL, 0, 1, OF, "cancel [NODE[#N]] [of NAME]" },
	{ "suspend", STEP_SUSPEND, 0, 0, OF, "suspend [of NAME]" },
	{ "resume", STEP_RESUME, 0, 0, OF, "resume [of NAME]" },
};

static const step_rule expectations[] = {
	{ "tasks", EXPECT_TASKS, 1, MANY, OF, "expect tasks NODE... [of NAME]" },
	{ "jobs", EXPECT_JOBS, 1, MANY, OF, "expect jobs NODE... [of NAME]" },
	{ "calls", EXPECT_CALLS, 1, MANY, OF, "expect calls NODE... [of NAME]" },
	{ "messages", EXPECT_MESSAGES, 1, MANY, OF, "expect messages NAME... [of NAME]" },
	{ "signals", EXPECT_SIGNALS, 1, MANY, OF, "expect signals NAME... [of NAME]" },
	{ "timers", EXPECT_TIMERS, 1, MANY, OF, "expect timers NODE... [of NAME]" },
	{ "conditions", EXPECT_CONDITIONS, 1, MANY, OF, "expect conditions NODE... [of NAME]" },
	{ "incidents", EXPECT_INCIDENTS, 1, MANY, OF, "expect incidents NODE... [of NAME]" },
	{ "waits", EXPECT_WAITS, 1, MANY, OF, "expect waits NODE... [of NAME]" },
	{ "incident", EXPECT_INCIDENT, 1, 2, OF, "expect incident NODE[#N] [TEXT] [of NAME]" },
	{ "due", EXPECT_DUE, 2, 2, OF, "expect due NODE[#N] TIME [of NAME]" },
	{ "vars", EXPECT_VARS, 0, 0, OF | REST, "expect vars [of NAME] NAME=JSON... | {JSON}" },
	{ "that", EXPECT_THAT, 0, 0, OF | REST, "expect that [of NAME] FEEL" },
	{ "trace", EXPECT_TRACE, 1, MANY, OF, "expect trace NODE... [of NAME]" },
	{ "done", EXPECT_DONE, 1, MANY, OF, "expect done NODE... [of NAME]" },
	{ "passed", EXPECT_PASSED, 1, MANY, 0, "expect passed NODE..." },
	{ "missed", EXPECT_MISSED, 1, MANY, 0, "expect missed NODE..." },
	{ "ended", EXPECT_ENDED, 0, 0, OF, "expect ended [of NAME]" },
	{ "running", EXPECT_RUNNING, 0, 0, OF, "expect running [of NAME]" },
	{ "cancelled", EXPECT_CANCELLED, 0, 0, OF, "expect cancelled [of NAME]" },
	{ "suspended", EXPECT_SUSPENDED, 0, 0, OF, "expect suspended [of NAME]" },
	{ "failed", EXPECT_FAILED, 0, 1, OF, "expect failed [CODE] [of NAME]" },
	{ "error", EXPECT_FAILED, 1, 1, OF, "expect error CODE [of NAME]" },
	{ "instances", EXPECT_INSTANCES, 1, 2, 0, "expect instances N [PROCESS]" },
	{ "kept", EXPECT_KEPT, 1, 1, 0, "expect kept N" },
	{ "route", EXPECT_ROUTE, 2, MANY, OF, "expect route NODE[#N] WHO:STATE... [of NAME]" },
};

static const char *const clause_names[CLAUSE_COUNT] = {
	[CLAUSE_OF] = "of", [CLAUSE_BY] = "by", [CLAUSE_FOR] = "for", [CLAUSE_AS] = "as",
	[CLAUSE_KEY] = "key", [CLAUSE_TO] = "to",
};

static const struct { const char *word; flow_wait_kind kind; } kinds[] = {
	{ "task", FLOW_WAIT_TASK }, { "job", FLOW_WAIT_JOB }, { "call", FLOW_WAIT_CALL },
};

void scenario_text_clear(scenario_text *t)
{
	buf_clear(&t->pool);
	free(t->steps);
	free(t->words);
	free(t->parts);
	*t = (scenario_text){ .ctx = NULL };
}

const char *scenario_string(const scenario_text *t, uint32_t at)
{
	return at ? t->pool.data + at - 1 : NULL;
}

const char *step_word(const scenario_text *t, const scenario_step *s, uint32_t index)
{
	return index < s->word_count ? scenario_string(t, t->words[s->first_word + index]) : NULL;
}

const char *step_clause_text(const scenario_text *t, const scenario_step *s, step_clause clause)
{
	return scenario_string(t, s->clauses[clause]);
}

static efile_status keep(uint32_t *out, scenario_text *t, const char *text, size_t length)
{
	uint32_t at = (uint32_t)t->pool.length + 1;

	if (t->pool.length + length > t->ctx->limits.xml_bytes || t->pool.length > UINT32_MAX / 2)
		return FAIL(t->ctx, EFILE_E_LIMIT, 2463, "the scenario has too much text");
	buf_add(&t->pool, text, length);
	buf_add_char(&t->pool, '\0');
	TRY(buf_status(&t->pool, t->ctx));
	*out = at;
	return EFILE_OK;
}

/* ---- files ---- */

static bool is_absolute(const char *name)
{
	return *name == '/';
}

static efile_status open_at(efile_reader **out, const scenario_text *t, const char *path)
{
	if (t->options.open)
		return t->options.open(out, t->ctx, path, t->options.user);
	return efile_reader_from_file(out, t->ctx, path);
}

efile_status scenario_open(efile_reader **out, buf *path, const scenario_text *t, const char *beside,
			   const char *name)
{
	const char *slash = beside && !is_absolute(name) ? strrchr(beside, '/') : NULL;
	efile_status status;

	if (slash)
		buf_add(path, beside, (size_t)(slash - beside) + 1);
	buf_add_text(path, name);
	TRY(buf_status(path, t->ctx));
	status = open_at(out, t, buf_text(path));
	if (status != EFILE_E_NOTFOUND || !t->options.models || is_absolute(name))
		return status;
	buf_reset(path);
	buf_add_format(path, "%s/%s", t->options.models, name);
	TRY(buf_status(path, t->ctx));
	error_clear(t->ctx);
	return open_at(out, t, buf_text(path));
}

/* ---- words ---- */

typedef struct line_reader {
	scenario_text *text;
	const char *at;
	uint32_t file;
	long line;
} line_reader;

static efile_status at_line(const line_reader *r, efile_status status)
{
	if (status < 0 && status != EFILE_E_NOMEM)
		error_at(r->text->ctx, scenario_string(r->text, r->file), r->line, 0);
	return status;
}

static void skip_blank(line_reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == ',')
		r->at++;
	if (*r->at == '#')
		r->at += strlen(r->at);
}

static bool ends_word(char c)
{
	return !c || c == ' ' || c == '\t' || c == ',' || c == '{' || c == '"';
}

/* In quotes \" and \\ stand for the sign itself. */
static efile_status quoted(line_reader *r, uint32_t *out)
{
	AUTO(buf) word = BUF_INIT;

	for (r->at++; *r->at && *r->at != '"'; r->at++) {
		if (*r->at == '\\' && (r->at[1] == '"' || r->at[1] == '\\'))
			r->at++;
		buf_add_char(&word, *r->at);
	}
	if (*r->at != '"')
		return FAIL(r->text->ctx, EFILE_E_FORMAT, 2464, "a quotation mark is missing");
	r->at++;
	TRY(buf_status(&word, r->text->ctx));
	return keep(out, r->text, buf_text(&word), word.length);
}

/* The next word; 0: the line has ended, or an object begins. */
static efile_status next_word(line_reader *r, uint32_t *out, bool *plain)
{
	const char *begin;

	*out = 0;
	skip_blank(r);
	*plain = *r->at != '"';
	if (!*plain)
		return quoted(r, out);
	for (begin = r->at; !ends_word(*r->at);)
		r->at++;
	return r->at > begin ? keep(out, r->text, begin, (size_t)(r->at - begin)) : EFILE_OK;
}

static size_t trimmed(const char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	return length;
}

/* ---- one step ---- */

static efile_status wrong_form(const line_reader *r, const step_rule *rule)
{
	return FAIL(r->text->ctx, EFILE_E_FORMAT, 2462, "the step reads: %s", rule->form);
}

static efile_status add_word(line_reader *r, scenario_step *s, uint32_t word)
{
	void *words = r->text->words;

	TRY(mem_grow(r->text->ctx, &words, &r->text->word_capacity, r->text->word_count,
		     sizeof(*r->text->words)));
	r->text->words = words;
	r->text->words[r->text->word_count++] = word;
	s->word_count++;
	return EFILE_OK;
}

static step_clause clause_of(const scenario_step *s, const char *word)
{
	for (int c = 0; c < CLAUSE_VARIABLES; c++)
		if ((s->rule->clauses >> c & 1) && !s->clauses[c] && !strcmp(word, clause_names[c]))
			return (step_clause)c;
	return CLAUSE_COUNT;
}

/* "task", "job" and "call" before the node say which of them is meant; alone they are its id. */
static bool is_kind(scenario_step *s, const char *word)
{
	if (s->rule->kind < STEP_COMPLETE || s->rule->kind > STEP_ESCALATE || s->kind >= 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(word, kinds[i].word)) {
			s->kind = (int)kinds[i].kind;
			return true;
		}
	return false;
}

/* A number behind # in the first word, or the second of "name". */
static void split_ordinal(scenario_text *t, scenario_step *s)
{
	uint32_t index = s->rule->kind == STEP_NAME ? 1 : 0;
	char *word, *sign;
	long number;

	if (s->word_count <= index || s->rule->kind == STEP_DEPLOY)
		return;
	word = t->pool.data + t->words[s->first_word + index] - 1;
	sign = strrchr(word, '#');
	if (!sign || sign == word)
		return;
	number = strtol(sign + 1, NULL, 10);
	if (number < 1 || number > SCENARIO_STEPS_MAX)
		return;
	s->ordinal = (uint32_t)number;
	*sign = '\0';
}

static efile_status check_object(const line_reader *r, const char *text, size_t length)
{
	AUTO_PTR(json_document) document = NULL;

	if (json_parse(&document, r->text->ctx, text, length) < 0) {
		r->text->ctx->error.line = r->text->ctx->error.column = 0; /* of the file, not of the object */
		return r->text->ctx->error.status;
	}
	if (json_root(document)->type != JSON_OBJECT)
		return FAIL(r->text->ctx, EFILE_E_FORMAT, 2465, "variables are a JSON object");
	return EFILE_OK;
}

/* The end of an object: the brace that closes it. */
static const char *object_end(const char *at)
{
	size_t depth = 0;
	bool in_text = false;

	for (; *at; at++) {
		if (in_text && *at == '\\' && at[1])
			at++;
		else if (*at == '"')
			in_text = !in_text;
		else if (!in_text && *at == '{')
			depth++;
		else if (!in_text && *at == '}' && --depth == 0)
			return at + 1;
	}
	return at;
}

static efile_status read_object(line_reader *r, scenario_step *s)
{
	const char *begin = r->at;

	if (!(s->rule->clauses & VARIABLES) || s->clauses[CLAUSE_VARIABLES])
		return wrong_form(r, s->rule);
	r->at = object_end(begin);
	TRY(check_object(r, begin, (size_t)(r->at - begin)));
	return keep(&s->clauses[CLAUSE_VARIABLES], r->text, begin, (size_t)(r->at - begin));
}

static efile_status read_clause(line_reader *r, scenario_step *s, step_clause clause)
{
	bool plain;

	TRY(next_word(r, &s->clauses[clause], &plain));
	return s->clauses[clause] ? EFILE_OK : wrong_form(r, s->rule);
}

static efile_status read_rest(line_reader *r, scenario_step *s)
{
	skip_blank(r);
	if (!strncmp(r->at, "of ", 3) && (s->rule->clauses & OF)) {
		r->at += 3;
		TRY(read_clause(r, s, CLAUSE_OF));
		skip_blank(r);
	}
	if (!*r->at)
		return wrong_form(r, s->rule);
	TRY(keep(&s->clauses[CLAUSE_REST], r->text, r->at, trimmed(r->at)));
	r->at += strlen(r->at);
	return EFILE_OK;
}

static efile_status read_words(line_reader *r, scenario_step *s)
{
	uint32_t kind = 0;

	for (;;) {
		step_clause clause = CLAUSE_COUNT;
		uint32_t word;
		bool plain;

		TRY(next_word(r, &word, &plain));
		if (!word && *r->at == '{') {
			TRY(read_object(r, s));
			continue;
		}
		if (!word && s->kind >= 0 && !s->word_count) {
			s->kind = -1;
			return add_word(r, s, kind);
		}
		if (!word)
			return EFILE_OK;
		if (plain && s->word_count >= s->rule->least)
			clause = clause_of(s, scenario_string(r->text, word));
		if (clause != CLAUSE_COUNT)
			TRY(read_clause(r, s, clause));
		else if (plain && !s->word_count && is_kind(s, scenario_string(r->text, word)))
			kind = word;
		else
			TRY(add_word(r, s, word));
	}
}

static efile_status check_step(const line_reader *r, const scenario_step *s)
{
	const uint32_t *c = s->clauses;

	if (s->word_count < s->rule->least || s->word_count > s->rule->most)
		return wrong_form(r, s->rule);
	if ((s->rule->kind == STEP_ADVANCE && (s->word_count != 0) == (c[CLAUSE_TO] != 0)) ||
	    (s->rule->kind == STEP_MOVE && !c[CLAUSE_TO]) ||
	    ((s->rule->kind == STEP_SET || s->rule->kind == STEP_OBSERVE) && !c[CLAUSE_VARIABLES]) || (c[CLAUSE_FOR] && !c[CLAUSE_BY]))
		return wrong_form(r, s->rule);
	return EFILE_OK;
}

static const step_rule *find_rule(const step_rule *rules, size_t count, const char *verb)
{
	for (size_t i = 0; verb && i < count; i++)
		if (!strcmp(rules[i].verb, verb))
			return &rules[i];
	return NULL;
}

static efile_status find_verb(line_reader *r, scenario_step *s, uint32_t word)
{
	const char *verb = scenario_string(r->text, word);
	bool expects = verb && !strcmp(verb, "expect"), plain;

	if (expects) {
		TRY(next_word(r, &word, &plain));
		verb = scenario_string(r->text, word);
	}
	s->rule = expects ? find_rule(expectations, ARRAY_SIZE(expectations), verb) :
			    find_rule(steps, ARRAY_SIZE(steps), verb);
	if (!s->rule)
		return FAIL(r->text->ctx, EFILE_E_FORMAT, 2461, "there is no step '%s%s'",
			    expects ? "expect " : "", verb ? verb : "");
	if (expects && s->refused)
		return FAIL(r->text->ctx, EFILE_E_FORMAT, 2466, "'refuse' stands before what is done, not before 'expect'");
	return EFILE_OK;
}

/* "refuse [E1234] STEP": the step must be refused. */
static efile_status read_refuse(line_reader *r, scenario_step *s, uint32_t *word)
{
	const char *text = scenario_string(r->text, *word);
	bool plain;

	if (!text || strcmp(text, "refuse") != 0)
		return EFILE_OK;
	s->refused = true;
	TRY(next_word(r, word, &plain));
	text = scenario_string(r->text, *word);
	if (!text || *text != 'E' || !str_ascii_digit(text[1]))
		return EFILE_OK;
	s->number = strtol(text + 1, NULL, 10);
	return next_word(r, word, &plain);
}

static efile_status add_step(line_reader *r, uint32_t word)
{
	scenario_text *t = r->text;
	scenario_step s = { .file = r->file, .line = r->line, .kind = -1 };
	void *all = t->steps;

	TRY(read_refuse(r, &s, &word));
	TRY(find_verb(r, &s, word));
	s.first_word = (uint32_t)t->word_count;
	TRY(s.rule->clauses & REST ? read_rest(r, &s) : read_words(r, &s));
	TRY(check_step(r, &s));
	split_ordinal(t, &s);
	TRY(mem_grow(t->ctx, &all, &t->step_capacity, t->step_count, sizeof(s)));
	t->steps = all;
	t->steps[t->step_count++] = s;
	if (t->part_count)
		t->parts[t->part_count - 1].count++;
	return EFILE_OK;
}

/* ---- lines ---- */

static efile_status add_part(line_reader *r)
{
	scenario_text *t = r->text;
	scenario_part part = { .file = r->file, .line = r->line, .first = t->step_count };
	void *parts = t->parts;

	skip_blank(r);
	TRY(keep(&part.name, t, r->at, trimmed(r->at)));
	TRY(mem_grow(t->ctx, &parts, &t->part_capacity, t->part_count, sizeof(part)));
	t->parts = parts;
	t->parts[t->part_count++] = part;
	return EFILE_OK;
}

static efile_status read_file(scenario_text *t, efile_reader *reader, uint32_t file, int depth);

static efile_status include(line_reader *r, int depth)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) path = BUF_INIT;
	uint32_t word, file;
	bool plain;

	if (depth >= SCENARIO_DEPTH_MAX)
		return FAIL(r->text->ctx, EFILE_E_LIMIT, 2467, "more than %d files include each other",
			    SCENARIO_DEPTH_MAX);
	TRY(next_word(r, &word, &plain));
	if (!word)
		return FAIL(r->text->ctx, EFILE_E_FORMAT, 2462, "the step reads: %s", "include FILE");
	TRY(scenario_open(&reader, &path, r->text, scenario_string(r->text, r->file),
			  scenario_string(r->text, word)));
	TRY(keep(&file, r->text, buf_text(&path), path.length));
	return read_file(r->text, reader, file, depth + 1);
}

static efile_status read_line(line_reader *r, int depth)
{
	const char *verb;
	uint32_t word;
	bool plain;

	if (++r->text->lines > SCENARIO_STEPS_MAX)
		return FAIL(r->text->ctx, EFILE_E_LIMIT, 2468, "a scenario has more than %d lines",
			    SCENARIO_STEPS_MAX);
	TRY(next_word(r, &word, &plain));
	if (!word && !*r->at)
		return EFILE_OK;
	verb = scenario_string(r->text, word);
	if (verb && plain && !strcmp(verb, "scenario"))
		return add_part(r);
	if (verb && plain && !strcmp(verb, "include"))
		return include(r, depth);
	return add_step(r, word);
}

static efile_status read_lines(scenario_text *t, char *text, uint32_t file, int depth)
{
	line_reader r = { .text = t, .file = file };

	while (*text) {
		size_t length = strcspn(text, "\n");
		bool last = !text[length];

		text[length] = '\0';
		if (length && text[length - 1] == '\r')
			text[length - 1] = '\0';
		r.line++;
		r.at = text;
		TRY(at_line(&r, read_line(&r, depth)));
		text += length + !last;
	}
	return EFILE_OK;
}

static efile_status read_file(scenario_text *t, efile_reader *reader, uint32_t file, int depth)
{
	static const char mark[] = "\xef\xbb\xbf";
	AUTO(buf) bytes = BUF_INIT;
	size_t skip = 0;

	TRY(reader_read_all(&bytes, t->ctx, reader, t->ctx->limits.xml_bytes,
			    scenario_string(t, file)));
	if (!bytes.length)
		return EFILE_OK;
	if (!str_utf8_valid(bytes.data, bytes.length)) {
		FAIL(t->ctx, EFILE_E_FORMAT, 2469, "a scenario is text in UTF-8");
		return error_at(t->ctx, scenario_string(t, file), 0, 0);
	}
	if (str_starts_with(bytes.data, mark))
		skip = strlen(mark);
	return read_lines(t, bytes.data + skip, file, depth);
}

efile_status scenario_read(scenario_text *t, efile_reader *reader)
{
	const char *path = t->options.path ? t->options.path : "scenario";
	uint32_t file;

	TRY(keep(&file, t, path, strlen(path)));
	TRY(read_file(t, reader, file, 0));
	if (!t->part_count) { /* a file without titles is one scenario */
		line_reader r = { .text = t, .at = "", .file = file, .line = 1 };

		TRY(add_part(&r));
		t->parts[0].first = 0;
		t->parts[0].count = t->step_count;
	}
	return EFILE_OK;
}
