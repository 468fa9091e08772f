/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rule files: lines, families of rules, memory of a rule set. schemas/invoice/README.md describes
 * the form. A rule set is read at its first use and kept with the context. */
#include "invoice/rule_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/reader.h"

enum { FIRST_CHUNK = 2 * 1024, LAST_CHUNK = 64 * 1024, FILE_LIMIT = 4 << 20, LINE_LIMIT = 16 * 1024 };

/* ---- memory ---- */

struct rule_chunk {
	struct rule_chunk *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

void *rules_chunk_alloc(struct rule_chunk **chunks, efile_ctx *ctx, size_t size)
{
	struct rule_chunk *c = *chunks;

	size = (size + 15) & ~(size_t)15;
	if (!c || c->size - c->used < size) {
		size_t room = !c ? FIRST_CHUNK : c->size < LAST_CHUNK ? 2 * c->size : LAST_CHUNK;

		if (room < size)
			room = size;
		c = mem_new(ctx, sizeof(*c) + room);
		if (!c)
			return NULL;
		c->size = room;
		c->next = *chunks;
		*chunks = c;
	}
	c->used += size;
	return c->bytes + c->used - size;
}

void rules_chunks_free(struct rule_chunk *c)
{
	while (c) {
		struct rule_chunk *next = c->next;

		free(c);
		c = next;
	}
}

/* Keeps one chunk and forgets what is in it. */
void rules_chunks_reset(struct rule_chunk **chunks)
{
	if (!*chunks)
		return;
	rules_chunks_free((*chunks)->next);
	(*chunks)->next = NULL;
	(*chunks)->used = 0;
}

void *rules_alloc(rules *r, size_t size)
{
	return rules_chunk_alloc(&r->chunks, r->ctx, size); /* chunks are zeroed and never reused */
}

efile_status rules_copy(const char **out, rules *r, const char *text, size_t length)
{
	char *copy = rules_alloc(r, length + 1);

	if (!copy)
		return EFILE_E_NOMEM;
	memcpy(copy, text, length);
	*out = copy;
	return EFILE_OK;
}

/* ---- names ---- */

static size_t hash_of(const char *name, size_t length)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

static uint32_t *slot_of(const rules *r, const char *name, size_t length)
{
	size_t slot = hash_of(name, length) & (r->hash_size - 1);

	for (; r->hash[slot]; slot = (slot + 1) & (r->hash_size - 1)) {
		const char *other = r->names[r->hash[slot]];

		if (strncmp(other, name, length) == 0 && !other[length])
			break;
	}
	return &r->hash[slot];
}

static efile_status hash_grow(rules *r)
{
	size_t size = r->hash_size ? r->hash_size * 2 : 2048;
	uint32_t *hash = mem_new(r->ctx, size * sizeof(*hash));

	if (!hash)
		return EFILE_E_NOMEM;
	free(r->hash);
	r->hash = hash;
	r->hash_size = size;
	for (uint32_t i = 1; i < r->name_count; i++)
		*slot_of(r, r->names[i], strlen(r->names[i])) = i;
	return EFILE_OK;
}

efile_status rules_intern(uint32_t *out, rules *r, const char *name, size_t length)
{
	uint32_t *slot;

	if ((r->name_count + 1) * 2 > r->hash_size)
		TRY(hash_grow(r));
	slot = slot_of(r, name, length);
	if (!*slot) {
		TRY(mem_grow(r->ctx, (void **)&r->names, &r->name_capacity, r->name_count,
			     sizeof(*r->names)));
		TRY(rules_copy(&r->names[r->name_count], r, name, length));
		*slot = (uint32_t)r->name_count++;
	}
	*out = *slot;
	return EFILE_OK;
}

uint32_t rules_name_id(const rules *r, const char *name)
{
	return *slot_of(r, name, strlen(name));
}

/* ---- lines ---- */

typedef struct reading {
	rules *r;
	const char *file;
	long line;               /* where the statement begins */
	uint32_t pattern, order;
	uint32_t context;        /* index + 1 of the one that rules go to */
	buf family;              /* lines of a family, until its end */
	const char *family_head; /* NULL outside */
} reading;

efile_status rule_wrong(const rule_source *s, const char *what, const char *where)
{
	return FAIL(s->r->ctx, EFILE_E_FORMAT, 2831, "%s, line %ld: %s: %.40s", s->file, s->line, what,
		    where);
}

static efile_status wrong(const reading *in, const char *what, const char *where)
{
	rule_source s = { in->r, in->file, in->line };

	return rule_wrong(&s, what, where);
}

const rule_define *rules_define(const rules *r, const char *name, size_t length)
{
	for (size_t i = r->define_count; i-- > 0;)
		if (r->defines[i].name_length == length &&
		    memcmp(r->defines[i].name, name, length) == 0)
			return &r->defines[i];
	return NULL;
}

/* "name rest of line". */
static const char *split_word(size_t *length, const char **rest, const char *text)
{
	*length = strcspn(text, " \t");
	*rest = text + *length + strspn(text + *length, " \t");
	return text;
}

static efile_status read_define(reading *in, const char *text)
{
	rules *r = in->r;
	rule_define d;

	d.name = split_word(&d.name_length, &d.body, text);
	TRY(mem_grow(r->ctx, (void **)&r->defines, &r->define_capacity, r->define_count,
		     sizeof(*r->defines)));
	r->defines[r->define_count++] = d;
	return EFILE_OK;
}

static efile_status read_let(reading *in, const char *text)
{
	rules *r = in->r;
	rule_source s = { r, in->file, in->line };
	rule_global g;
	const char *body;

	g.name = split_word(&g.name_length, &body, text);
	TRY(rule_parse_expr(&g.expr, &s, body));
	TRY(mem_grow(r->ctx, (void **)&r->globals, &r->global_capacity, r->global_count,
		     sizeof(*r->globals)));
	r->globals[r->global_count++] = g;
	return EFILE_OK;
}

static efile_status read_layer(reading *in, const char *text)
{
	rules *r = in->r;
	rule_layer *layer = &r->layers[r->layer_count];
	size_t length;
	const char *word;

	if (r->layer_count == RULE_LAYERS)
		return wrong(in, "too many layers", text);
	word = split_word(&length, &text, text);
	TRY(rules_copy(&layer->name, r, word, length));
	word = split_word(&length, &text, text);
	TRY(rules_copy(&layer->version, r, word, length));
	layer->source = text;
	r->layer_count++;
	in->pattern++; /* a pattern is of one layer */
	in->order = 0;
	in->context = 0;
	return EFILE_OK;
}

static efile_status read_when(reading *in, const char *text)
{
	rule_source s = { in->r, in->file, in->line };

	if (!in->r->layer_count)
		return wrong(in, "when without a layer", text);
	return rule_parse_expr(&in->r->layers[in->r->layer_count - 1].when, &s, text);
}

static efile_status read_pattern(reading *in, const char *text)
{
	(void)text;
	in->pattern++;
	in->order = 0;
	in->context = 0;
	return EFILE_OK;
}

static efile_status read_context(reading *in, const char *text)
{
	rules *r = in->r;
	rule_source s = { r, in->file, in->line };
	rule_context c;

	if (!r->layer_count)
		return wrong(in, "context without a layer", text);
	memset(&c, 0, sizeof(c));
	TRY(rule_parse_context(&c, &s, text));
	c.pattern = in->pattern;
	c.order = in->order++;
	c.rule = (uint32_t)r->row_count;
	c.layer = (uint32_t)r->layer_count - 1;
	TRY(mem_grow(r->ctx, (void **)&r->contexts, &r->context_capacity, r->context_count,
		     sizeof(*r->contexts)));
	r->contexts[r->context_count++] = c;
	in->context = (uint32_t)r->context_count;
	return EFILE_OK;
}

/* ---- rules ---- */

static bool take_severity(efile_severity *out, const char *word, size_t length)
{
	static const struct { const char *name; efile_severity severity; } names[] = {
		{ "fatal", EFILE_SEVERITY_ERROR },
		{ "warning", EFILE_SEVERITY_WARNING },
		{ "information", EFILE_SEVERITY_INFORMATION },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == length && memcmp(names[i].name, word, length) == 0) {
			*out = names[i].severity;
			return true;
		}
	return false;
}

/* "//cac:Price[test]/cbc:Amount, 1" is shown as cac:Price/cbc:Amount, "line(cbc:UUID)" as cbc:UUID. */
static efile_status set_subject(rule_row *row, rules *r, const char *text, size_t length)
{
	AUTO(buf) out = BUF_INIT;
	int open = 0;

	if (length > 6 && memcmp(text, "line(", 5) == 0) {
		text += 5;
		length -= 6;
	}
	for (size_t i = 0; i < length && (text[i] != ',' || open); i++) {
		open += text[i] == '[';
		if (!open && text[i] != ' ' && (text[i] != '/' || out.length))
			buf_add_char(&out, text[i]);
		open -= text[i] == ']';
	}
	TRY(buf_status(&out, r->ctx));
	return rules_copy(&row->subject, r, buf_text(&out), out.length);
}

/* The kind is the function that the whole expression calls; its argument is the subject. */
static efile_status set_kind(rule_row *row, rules *r, const char *text)
{
	static const struct { const char *name; rule_kind kind; } kinds[] = {
		{ "absent", RULE_KIND_ABSENT }, { "required", RULE_KIND_REQUIRED },
		{ "most", RULE_KIND_MOST }, { "single", RULE_KIND_ONE },
		{ "cents", RULE_KIND_DECIMALS }, { "code", RULE_KIND_CODE },
	};
	size_t length = strcspn(text, "("), end = strlen(text);

	while (end && text[end - 1] == ' ')
		end--;
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && row->test->op == RULE_CALL; i++)
		if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, text, length) == 0) {
			row->kind = kinds[i].kind;
			if (end > length + 2)
				return set_subject(row, r, text + length + 1, end - length - 2);
		}
	return EFILE_OK;
}

/* "; at path", "; is expression", "; want expression". */
static efile_status read_clause(rule_row *row, const rule_source *s, const char *text)
{
	size_t length;
	const char *rest, *word = split_word(&length, &rest, text);
	rule_expr **to = NULL;

	if (length == 2 && memcmp(word, "at", 2) == 0)
		to = &row->at;
	else if (length == 2 && memcmp(word, "is", 2) == 0)
		to = &row->actual;
	else if (length == 4 && memcmp(word, "want", 4) == 0)
		to = &row->expected;
	else
		return rule_wrong(s, "not a clause", text);
	return rule_parse_expr(to, s, rest);
}

static efile_status read_clauses(rule_row *row, const rule_source *s, char *text)
{
	char *next;

	for (; text; text = next) {
		next = strstr(text, " ; ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		TRY(read_clause(row, s, text));
	}
	return EFILE_OK;
}

static efile_status read_rule(reading *in, const char *text)
{
	rules *r = in->r;
	rule_source s = { r, in->file, in->line };
	rule_row row;
	size_t length;
	const char *word, *rest;
	char *clauses;

	memset(&row, 0, sizeof(row));
	if (!in->context)
		return wrong(in, "rule without a context", text);
	word = split_word(&length, &rest, text);
	TRY(rules_copy(&row.id, r, word, length));
	word = split_word(&length, &rest, rest);
	if (!take_severity(&row.severity, word, length))
		return wrong(in, "not a severity", word);
	clauses = strstr((char *)rest, " ; ");
	if (clauses) {
		*clauses = '\0';
		clauses += 3;
	}
	row.text = rest;
	row.context = in->context - 1;
	TRY(rule_parse_expr(&row.test, &s, rest));
	TRY(set_kind(&row, r, rest));
	TRY(read_clauses(&row, &s, clauses));
	row.layer = r->contexts[in->context - 1].layer;
	TRY(mem_grow(r->ctx, (void **)&r->rows, &r->row_capacity, r->row_count, sizeof(*r->rows)));
	r->rows[r->row_count++] = row;
	r->contexts[in->context - 1].rule_count++;
	return EFILE_OK;
}

/* ---- statements ---- */

static efile_status read_statement(reading *in, const char *text, size_t length)
{
	static const struct {
		const char *word;
		efile_status (*read)(reading *in, const char *text);
	} words[] = {
		{ "def ", read_define }, { "let ", read_let }, { "layer ", read_layer },
		{ "when ", read_when }, { "pattern ", read_pattern }, { "context ", read_context },
	};
	const char *copy;

	TRY(rules_copy(&copy, in->r, text, length));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_starts_with(copy, words[i].word))
			return words[i].read(in, copy + strlen(words[i].word));
	return read_rule(in, copy);
}

/* One member of a family, "%F %C = S:S Z:Z": its lines with %F and %C replaced. */
static efile_status replace(buf *out, const char *text, const char *names, const char *values)
{
	for (const char *at = text; *at; at++) {
		const char *name = names, *value = values;

		while (*at == '%' && *name == '%' && name[1] != at[1]) {
			name += 3;
			value += strcspn(value, ":") + 1;
		}
		if (*at != '%' || *name != '%') {
			buf_add_char(out, *at);
			continue;
		}
		buf_add(out, value, strcspn(value, ": "));
		at++;
	}
	return EFILE_OK;
}

static efile_status read_lines(reading *in, const char *text);

static efile_status end_family(reading *in)
{
	const char *names = in->family_head, *values = strchr(names, '=');
	AUTO(buf) lines = in->family;

	in->family = (buf)BUF_INIT;
	in->family_head = NULL;
	TRY(buf_status(&lines, in->r->ctx));
	if (!values)
		return wrong(in, "a family has no members", names);
	for (values++; *values; values += strcspn(values, " ")) {
		AUTO(buf) member = BUF_INIT;
		char one[64];
		size_t length;

		values += strspn(values, " ");
		length = strcspn(values, " ");
		if (!length)
			break;
		if (length >= sizeof(one))
			return wrong(in, "a member's name is too long", values);
		memcpy(one, values, length);
		one[length] = '\0';
		TRY(replace(&member, buf_text(&lines), names, one));
		TRY(buf_status(&member, in->r->ctx));
		TRY(read_lines(in, buf_text(&member)));
	}
	return EFILE_OK;
}

static efile_status read_line(reading *in, const char *text, size_t length)
{
	if (length == 0 || *text == '#')
		return EFILE_OK;
	if (in->family_head && length == 3 && memcmp(text, "end", 3) == 0)
		return end_family(in);
	if (in->family_head) {
		buf_add(&in->family, text, length);
		buf_add_char(&in->family, '\n');
		return EFILE_OK;
	}
	if (length > 7 && memcmp(text, "family ", 7) == 0)
		return rules_copy(&in->family_head, in->r, text + 7, length - 7);
	return read_statement(in, text, length);
}

/* A line that begins with a tab goes on with the one before. */
static efile_status read_lines(reading *in, const char *text)
{
	AUTO(buf) line = BUF_INIT;
	long number = 0;
	bool outer = in->line == 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		number++;
		if (*text == '\t') {
			buf_add_char(&line, ' ');
			buf_add(&line, text + 1, length - 1);
		} else {
			TRY(buf_status(&line, in->r->ctx));
			TRY(read_line(in, buf_text(&line), line.length));
			buf_reset(&line);
			buf_add(&line, text, length);
			if (outer)
				in->line = number;
		}
		text += length + (text[length] == '\n');
	}
	TRY(buf_status(&line, in->r->ctx));
	return read_line(in, buf_text(&line), line.length);
}

/* From the last context to the first, so that each list begins with the lowest order. */
static efile_status link_contexts(rules *r)
{
	r->by_name = mem_new(r->ctx, r->name_count * sizeof(*r->by_name));
	if (!r->by_name)
		return EFILE_E_NOMEM;
	for (size_t i = r->context_count; i-- > 0;)
		for (const rule_context *c = &r->contexts[i]; c; c = c->other) {
			uint32_t name = c->steps[c->step_count - 1].name;

			TRY(mem_grow(r->ctx, (void **)&r->links, &r->link_capacity, r->link_count,
				     sizeof(*r->links)));
			r->links[r->link_count] = (rule_link){ c, (uint32_t)i, r->by_name[name] };
			r->by_name[name] = (uint32_t)++r->link_count;
		}
	return EFILE_OK;
}

/* The last name of the path in "there must be no such element", which is the rarest as a rule. Behind
 * a test nothing is skipped: to evaluate it may be a fault. */
static uint32_t needed_name(const rule_row *row)
{
	const rule_expr *e = row->kind == RULE_KIND_ABSENT || row->kind == RULE_KIND_MOST ?
		row->test->parts[0] : NULL;
	uint32_t name = 0;

	if (!e || e->op != RULE_PATH || e->count)
		return 0;
	for (size_t i = 0; i < e->step_count && e->steps[i].axis != RULE_EXPRESSION; i++) {
		if (e->steps[i].name)
			name = e->steps[i].name;
		if (e->steps[i].test_count)
			break;
	}
	return name;
}

static efile_status find_needs(rules *r)
{
	r->needs = mem_new(r->ctx, (r->row_count + 1) * sizeof(*r->needs));
	if (!r->needs)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < r->row_count; i++)
		r->needs[i] = needed_name(&r->rows[i]);
	return EFILE_OK;
}

/* The document elements have numbers, whether a rule speaks of them or not: kinds begin with them. */
static efile_status intern_roots(rules *r)
{
	static const char *const roots[] = { "Invoice", "CreditNote", "rsm:CrossIndustryInvoice" };
	uint32_t number;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		TRY(rules_intern(&number, r, roots[i], strlen(roots[i])));
	return EFILE_OK;
}

efile_status rules_parse(rules **out, efile_ctx *ctx, const char *name, const char *text)
{
	AUTO_PTR(rules) r = mem_new(ctx, sizeof(*r));
	reading in = { .file = name, .family = BUF_INIT };
	efile_status status;

	if (!r)
		return EFILE_E_NOMEM;
	r->ctx = ctx;
	r->name_count = 1;
	TRY(hash_grow(r));
	TRY(mem_grow(ctx, (void **)&r->names, &r->name_capacity, 0, sizeof(*r->names)));
	r->names[0] = "";
	in.r = r;
	status = read_lines(&in, text);
	buf_clear(&in.family);
	TRY(status);
	TRY(intern_roots(r));
	TRY(link_contexts(r));
	TRY(find_needs(r));
	*out = STEAL(r);
	return EFILE_OK;
}

void rules_free(rules *r)
{
	if (!r)
		return;
	rules_chunks_free(r->chunks);
	free(r->names);
	free(r->hash);
	free(r->defines);
	free(r->globals);
	free(r->rows);
	free(r->needs);
	free(r->contexts);
	free(r->links);
	free(r->by_name);
	rule_kinds_free(r->kinds);
	free(r);
}

/* ---- asking ---- */

size_t rules_count(const rules *r)
{
	return r->row_count;
}

const rule_row *rules_row(const rules *r, size_t index)
{
	return &r->rows[index];
}

const rule_layer *rules_layer(const rules *r, uint32_t layer)
{
	return &r->layers[layer];
}

size_t rules_context_count(const rules *r)
{
	return r->context_count;
}

const rule_context *rules_context(const rules *r, size_t index)
{
	return &r->contexts[index];
}

size_t rules_name_count(const rules *r)
{
	return r->name_count;
}

size_t rules_global_count(const rules *r)
{
	return r->global_count;
}

const rule_expr *rules_global(const rules *r, uint32_t slot)
{
	return r->globals[slot].expr;
}

/* ---- the rule sets of this library ---- */

static const char ubl_text[] =
#include "schemas/invoice/ubl.rules.inc"
	;

static const char cii_text[] =
#include "schemas/invoice/cii.rules.inc"
	;

static const struct { const char *syntax, *file, *text; } built_in[] = {
	{ "cii", "cii.rules", cii_text },
	{ "ubl", "ubl.rules", ubl_text },
};

/* ---- the list of rules ---- */

static efile_status set_message(rules *r, rule_row *row)
{
	char *message;

	if (row->message)
		return EFILE_OK;
	message = rule_message(r->ctx, row);
	if (!message)
		return mem_failed(r->ctx);
	TRY(rules_copy(&row->message, r, message, strlen(message)));
	free(message);
	return EFILE_OK;
}

efile_status efile_invoice_rule_at(efile_invoice_rule *out, efile_ctx *ctx,
				   efile_invoice_format format, size_t index)
{
	const rules *r;
	rule_row *row;
	const rule_layer *layer;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(rules_for(&r, ctx, format == EFILE_INVOICE_CII ? "cii" : "ubl"));
	if (index >= r->row_count)
		return EFILE_DONE;
	row = &r->rows[index];
	layer = &r->layers[row->layer];
	TRY(set_message((rules *)r, row));
	*out = (efile_invoice_rule){ row->id, layer->name, layer->version, layer->source,
				     row->severity, rule_terms(row->id), r->contexts[row->context].text,
				     row->text, row->message };
	return EFILE_OK;
}

static void release(void *r)
{
	rules_free(r);
}

/* A file in the schema folder takes precedence over what is compiled in. */
static efile_status load(rules **out, efile_ctx *ctx, const char *file, const char *text)
{
	AUTO(buf) full = BUF_INIT, bytes = BUF_INIT;
	char name[64];
	efile_status status;

	snprintf(name, sizeof(name), "rules/%s", file);
	status = reader_load_newer(&bytes, &full, ctx, name, FILE_LIMIT);
	TRY(status);
	return status == EFILE_DONE ? rules_parse(out, ctx, file, text) :
				      rules_parse(out, ctx, full.data, buf_text(&bytes));
}

efile_status rules_for(const rules **out, efile_ctx *ctx, const char *syntax)
{
	for (size_t i = 0; i < ARRAY_SIZE(built_in); i++) {
		rules *r = ctx_kept(ctx, &built_in[i]);

		if (!str_equal(built_in[i].syntax, syntax))
			continue;
		if (!r) {
			TRY(load(&r, ctx, built_in[i].file, built_in[i].text));
			TRY(ctx_keep(ctx, &built_in[i], r, release));
		}
		*out = r;
		return EFILE_OK;
	}
	return FAIL(ctx, EFILE_E_NOTFOUND, 2830, "there are no rules for %s", syntax);
}
