/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which contexts the elements of a kind of place can match, by their names. What is found out about a
 * kind is kept with the rules: one invoice is made like the next. */
#include <stdlib.h>
#include <string.h>

#include "invoice/rule_run.h"

enum { KEPT = 4096, FIRST_HASH = 512 };

typedef struct known_kind {
	uint32_t parent, name;   /* its number here, that of the rules */
	uint32_t first, count;   /* candidates */
} known_kind;

struct rule_kinds {
	known_kind *rows;        /* 0 is none */
	size_t count, capacity;
	uint32_t *hash;          /* by parent and name */
	size_t hash_size;
	rule_candidate *candidates;
	size_t candidate_count, candidate_capacity;
};

void rule_kinds_free(struct rule_kinds *kinds)
{
	if (!kinds)
		return;
	free(kinds->rows);
	free(kinds->hash);
	free(kinds->candidates);
	free(kinds);
}

/* ---- kept kinds ---- */

static uint32_t *slot_of(const struct rule_kinds *k, uint32_t parent, uint32_t name)
{
	uint64_t mix = ((uint64_t)parent << 32 | name) * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot = (size_t)(mix >> 32) & (k->hash_size - 1);

	for (; k->hash[slot]; slot = (slot + 1) & (k->hash_size - 1)) {
		const known_kind *row = &k->rows[k->hash[slot]];

		if (row->parent == parent && row->name == name)
			break;
	}
	return &k->hash[slot];
}

static efile_status hash_grow(struct rule_kinds *k, efile_ctx *ctx)
{
	size_t size = k->hash_size ? k->hash_size * 2 : FIRST_HASH;
	uint32_t *hash = mem_new(ctx, size * sizeof(*hash));

	if (!hash)
		return EFILE_E_NOMEM;
	free(k->hash);
	k->hash = hash;
	k->hash_size = size;
	for (uint32_t i = 1; i < k->count; i++)
		*slot_of(k, k->rows[i].parent, k->rows[i].name) = i;
	return EFILE_OK;
}

static efile_status kinds_of(struct rule_kinds **out, rules *r)
{
	if (!r->kinds) {
		r->kinds = mem_new(r->ctx, sizeof(*r->kinds));
		if (!r->kinds)
			return EFILE_E_NOMEM;
	}
	*out = r->kinds;
	if (!r->kinds->count) {
		TRY(mem_grow(r->ctx, (void **)&r->kinds->rows, &r->kinds->capacity, 0,
			     sizeof(*r->kinds->rows)));
		r->kinds->rows[0] = (known_kind){ 0, 0, 0, 0 };
		r->kinds->count = 1;
	}
	return r->kinds->hash ? EFILE_OK : hash_grow(r->kinds, r->ctx);
}

/* ---- finding out ---- */

typedef struct search {
	rules *r;
	const rule_run *run;
	rule_candidate **list;
	size_t *count, *capacity;
} search;

static const rule_link *link_at(const rules *r, uint32_t index)
{
	return index ? &r->links[index - 1] : NULL;
}

static efile_status add_candidate(search *s, const rule_link *link)
{
	TRY(mem_grow(s->run->ctx, (void **)s->list, s->capacity, *s->count, sizeof(**s->list)));
	(*s->list)[(*s->count)++] = (rule_candidate){ link->context, link->alternative };
	return EFILE_OK;
}

/* In order: those about its name and those with a wildcard. Behind one without tests no other of its
 * pattern has a turn. */
static efile_status find_candidates(search *s, uint32_t kind, uint32_t name)
{
	const rule_link *named = name ? link_at(s->r, s->r->by_name[name]) : NULL;
	const rule_link *any = link_at(s->r, s->r->by_name[0]);
	uint32_t taken = UINT32_MAX; /* pattern */

	while (named || any) {
		bool take_any = !named || (any && any->context < named->context);
		const rule_link *link = take_any ? any : named;
		const rule_context *c = &s->r->contexts[link->context];

		if (take_any)
			any = link_at(s->r, any->next);
		else
			named = link_at(s->r, named->next);
		if (c->pattern == taken || !rule_could_match(s->run, link->alternative, kind))
			continue;
		TRY(add_candidate(s, link));
		if (!link->alternative->tests)
			taken = c->pattern;
	}
	return EFILE_OK;
}

/* ---- the kinds of a document ---- */

static efile_status keep_kind(struct rule_kinds *k, search *s, uint32_t parent, uint32_t name,
			      uint32_t kind)
{
	size_t before = k->candidate_count;
	uint32_t number;

	if ((k->count + 1) * 2 > k->hash_size)
		TRY(hash_grow(k, s->run->ctx));
	TRY(mem_grow(s->run->ctx, (void **)&k->rows, &k->capacity, k->count, sizeof(*k->rows)));
	s->list = &k->candidates;
	s->count = &k->candidate_count;
	s->capacity = &k->candidate_capacity;
	TRY(find_candidates(s, kind, name));
	number = (uint32_t)k->count++;
	k->rows[number] = (known_kind){ parent, name, (uint32_t)before,
					(uint32_t)(k->candidate_count - before) };
	*slot_of(k, parent, name) = number;
	return EFILE_OK;
}

static efile_status find_own(rule_places *out, search *s, uint32_t kind, uint32_t name)
{
	struct rule_place *row = &out->rows[kind];

	row->first = (uint32_t)out->own_count;
	s->list = &out->own;
	s->count = &out->own_count;
	s->capacity = &out->own_capacity;
	TRY(find_candidates(s, kind, name));
	row->count = (uint32_t)out->own_count - row->first;
	return EFILE_OK;
}

/* numbers: of the document's kinds those kept here, 0 for the others. */
static efile_status find_kind(rule_places *out, search *s, uint32_t *numbers, uint32_t kind,
			      uint32_t name)
{
	const tree_kind *k = &s->run->t->kinds[kind];
	struct rule_kinds *kept = s->r->kinds;
	uint32_t parent = numbers[k->parent], number;

	/* Nothing is kept of a document in which two namespaces would share a name. */
	if (!name || (kind != 1 && !parent) || s->run->names[name] != k->name)
		return find_own(out, s, kind, name);
	number = *slot_of(kept, parent, name);
	if (!number) {
		if (kept->count >= KEPT)
			return find_own(out, s, kind, name);
		TRY(keep_kind(kept, s, parent, name, kind));
		number = (uint32_t)kept->count - 1;
	}
	numbers[kind] = number;
	out->rows[kind] = (struct rule_place){ kept->rows[number].first, kept->rows[number].count, true };
	return EFILE_OK;
}

efile_status rule_places_find(rule_places *out, rules *r, const rule_run *run, const uint32_t *known)
{
	const tree *t = run->t;
	search s = { .r = r, .run = run };
	struct rule_kinds *kept;
	efile_status status = EFILE_OK;
	uint32_t *numbers;

	TRY(kinds_of(&kept, r));
	out->kinds = kept;
	out->rows = mem_new(run->ctx, t->kind_count * sizeof(*out->rows));
	numbers = mem_new(run->ctx, t->kind_count * sizeof(*numbers));
	if (!out->rows || !numbers)
		status = EFILE_E_NOMEM;
	for (uint32_t kind = 1; kind < t->kind_count && status == EFILE_OK; kind++)
		status = find_kind(out, &s, numbers, kind, known[t->kinds[kind].name]);
	free(numbers);
	return status;
}

void rule_places_clear(rule_places *p)
{
	free(p->rows);
	free(p->own);
}

const rule_candidate *rule_places_at(const rule_places *p, uint32_t kind, uint32_t *count)
{
	const struct rule_place *row = &p->rows[kind];

	*count = row->count;
	return row->count ? (row->kept ? p->kinds->candidates : p->own) + row->first : NULL;
}
