/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reference numbers (Aktenzeichen): issuing without gaps, aliases, looking up. */
#include "model/inner.h"

#include <stdlib.h>
#include <string.h>

#include "model/pattern.h"

enum { TAKEN_LIMIT = 10000 }; /* numbers given by hand that the counter may meet in a row */

/* Letter case, accents and blanks do not matter: mails and scans spell numbers as they like. */
efile_status reference_key(char **out, efile_ctx *ctx, const char *text)
{
	AUTO(buf) folded = BUF_INIT;
	AUTO(buf) key = BUF_INIT;

	TRY(str_fold(&folded, ctx, text, strlen(text)));
	for (size_t i = 0; i < folded.length; i++)
		if ((unsigned char)folded.data[i] > ' ')
			buf_add_char(&key, folded.data[i]);
	return buf_take(out, &key, ctx);
}

static pattern_kind part_of_kind(int64_t kind)
{
	static const pattern_kind parts[] = {
		[EFILE_NODE_DOSSIER] = PATTERN_DOSSIER,
		[EFILE_NODE_CASE] = PATTERN_CASE,
		[EFILE_NODE_DOCUMENT] = PATTERN_DOCUMENT,
		[EFILE_NODE_ATTACHMENT] = PATTERN_TEXT, /* as sub-dossiers and sub-cases: none */
	};

	return parts[kind];
}

/* Whether another node than this one has the number, or had it. */
static efile_status is_taken(bool *out, efile_store *store, const char *reference, int64_t node)
{
	AUTO(reference_record) found = { 0 };
	AUTO_PTR(char) key = NULL;
	efile_status status;

	TRY(reference_key(&key, store_ctx(store), reference));
	status = reference_find(&found, store, key);
	*out = status == EFILE_OK && (node == 0 || found.node != node);
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static efile_status counter_save(efile_store *store, counter_record *counter)
{
	return counter->head.id ? row_update(store, &kind_counter, counter) :
				  row_insert(store, &kind_counter, counter);
}

static efile_status counter_of_scope(counter_record *out, efile_store *store, const char *scope)
{
	efile_status status = counter_find(out, store, scope);

	if (status != EFILE_E_NOTFOUND)
		return status;
	return mem_dup(&out->scope, store_ctx(store), scope);
}

typedef struct issue {
	const pattern *pattern;
	pattern_kind part;
	const char *above;     /* the number that this one continues */
	const char *code;
	int year;
} issue;

static void write_number(buf *out, const issue *i, int64_t counter)
{
	buf_reset(out);
	buf_add_text(out, i->above);
	pattern_write(out, i->pattern, i->part, i->code, i->year, counter);
}

/* The next free number of its scope. A number given by hand before is passed over: it exists, so
 * that there is no gap. */
static efile_status next_number(char **out, efile_store *store, const issue *i)
{
	AUTO(counter_record) counter = { 0 };
	AUTO(buf) text = BUF_INIT;
	efile_ctx *ctx = store_ctx(store);
	bool taken = true;

	write_number(&text, i, -1);
	TRY(buf_status(&text, ctx));
	TRY(counter_of_scope(&counter, store, text.data));
	for (int tries = 0; taken; tries++) {
		if (tries == TAKEN_LIMIT)
			return FAIL(ctx, EFILE_E_LIMIT, 2013,
				    "no free reference number after %s", text.data);
		counter.last++;
		write_number(&text, i, counter.last);
		TRY(buf_status(&text, ctx));
		TRY(is_taken(&taken, store, text.data, 0));
	}
	TRY(counter_save(store, &counter));
	return buf_take(out, &text, ctx);
}

static efile_status take_wanted(char **out, efile_store *store, const char *wanted, int64_t node)
{
	efile_ctx *ctx = store_ctx(store);
	AUTO_PTR(char) key = NULL;
	bool taken;

	TRY(check_text(ctx, "reference number", wanted, true));
	if (strlen(wanted) > 255)
		return FAIL(ctx, EFILE_E_LIMIT, 2014, "reference number is longer than 255 bytes");
	TRY(reference_key(&key, ctx, wanted));
	if (!*key)
		return FAIL(ctx, EFILE_E_INVALID, 2015, "reference number is blank");
	TRY(is_taken(&taken, store, wanted, node));
	if (taken)
		return FAIL(ctx, EFILE_E_EXISTS, 2016, "reference number %s is in use", wanted);
	return mem_dup(out, ctx, wanted);
}

/* The nearest number above: parts of dossiers and cases have none of their own. */
static efile_status number_above(char **out, efile_store *store, const node_record *above)
{
	AUTO(node_record) node = { 0 };
	opt_int row = above->parent;

	if (above->reference)
		return mem_dup(out, store_ctx(store), above->reference);
	while (row.set) {
		node_record_clear(&node);
		TRY(node_record_load(&node, store, row.value));
		if (node.reference)
			return mem_dup(out, store_ctx(store), node.reference);
		row = node.parent;
	}
	return mem_dup(out, store_ctx(store), "");
}

efile_status reference_choose(efile_session *session, node_record *node, const node_record *above,
			      int64_t plan, const char *wanted)
{
	efile_store *store = session_store(session);
	char text[PATTERN_SIZE];
	AUTO(plan_record) unit = { 0 };
	AUTO_PTR(char) prefix = NULL;
	efile_date today;
	pattern p;

	if (wanted)
		return take_wanted(&node->reference, store, wanted, node->head.id);
	if (part_of_kind(node->kind) == PATTERN_TEXT)
		return EFILE_OK;
	TRY(plan_pattern(text, store, plan));
	TRY(pattern_parse(&p, store_ctx(store), text));
	if (!pattern_has(&p, part_of_kind(node->kind)))
		return EFILE_OK;
	TRY(plan_find_row(&unit, store, plan));
	TRY(access_today(&today, store));
	if (above)
		TRY(number_above(&prefix, store, above));
	return next_number(&node->reference, store,
			   &(issue){ &p, part_of_kind(node->kind), prefix ? prefix : "",
				     unit.code, today.year });
}

efile_status reference_note(efile_session *session, const node_record *node)
{
	efile_store *store = session_store(session);
	AUTO(reference_record) record = { 0 };
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(char) key = NULL;
	efile_status status;

	if (!node->reference)
		return EFILE_OK;
	TRY(reference_key(&key, ctx, node->reference));
	status = reference_find(&record, store, key);
	if (status < 0 && status != EFILE_E_NOTFOUND)
		return status;
	free(record.reference);
	record.reference = NULL;
	TRY(mem_dup(&record.reference, ctx, node->reference));
	record.dossier = node->dossier;
	record.node = node->head.id;
	record.present = 1;
	record.since = ctx_now(ctx);
	if (status == EFILE_OK) /* an alias of its own that is taken up again */
		return row_update(store, &kind_reference, &record);
	record.reference_key = STEAL(key);
	return row_insert(store, &kind_reference, &record);
}

efile_status reference_retire(efile_session *session, const node_record *node)
{
	AUTO(reference_record) record = { 0 };
	AUTO_PTR(char) key = NULL;

	if (!node->reference)
		return EFILE_OK;
	TRY(reference_key(&key, session_ctx(session), node->reference));
	TRY(reference_find(&record, session_store(session), key));
	record.present = 0;
	return row_update(session_store(session), &kind_reference, &record);
}

/* ---- the dossier that goes by a name of ours ---- */

static efile_status find_alias(reference_record *out, efile_session *session, const char *alias)
{
	AUTO_PTR(char) key = NULL;

	TRY(reference_key(&key, session_ctx(session), alias));
	return reference_find(out, session_store(session), key);
}

efile_status dossier_by_alias(efile_dossier_id *out, efile_session *session, const efile_id *plan,
			      const char *alias)
{
	efile_store *store = session_store(session);
	AUTO(reference_record) found = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO(plan_record) unit = { 0 };

	TRY(find_alias(&found, session, alias));
	TRY(node_record_load(&node, store, found.node));
	TRY(plan_find(&unit, store, plan));
	if (node.kind != EFILE_NODE_DOSSIER || node.state != EFILE_STATE_OPEN || node.trashed.set ||
	    !node.plan.set || node.plan.value != unit.head.id)
		return EFILE_E_NOTFOUND;
	out->id = node.uuid;
	return EFILE_OK;
}

efile_status dossier_set_alias(efile_session *session, efile_dossier_id dossier, const char *alias)
{
	efile_store *store = session_store(session);
	AUTO(reference_record) row = { 0 };
	AUTO(node_record) node = { 0 };
	efile_status status = find_alias(&row, session, alias);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	if (status == EFILE_OK && row.present)
		return EFILE_OK; /* somebody has it as his number: that counts */
	TRY(node_find(&node, store, &dossier.id));
	row.dossier = node.dossier;
	row.node = node.head.id;
	if (status == EFILE_OK)
		return row_update(store, &kind_reference, &row);
	row.since = ctx_now(session_ctx(session));
	TRY(mem_dup(&row.reference, session_ctx(session), alias));
	TRY(reference_key(&row.reference_key, session_ctx(session), alias));
	return row_insert(store, &kind_reference, &row);
}
