/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plays the stories of this folder through the C interface; prints TAP. play.py says what a step is and
 * plays the same files through the Python package: same steps, same expectations.
 *
 *     play SRCDIR STORY.jsonl...
 */
#include <efile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/base.h"
#include "base/json.h"

enum { NAMES = 64, SESSIONS = 16 };

typedef struct world {
	efile_ctx *ctx;
	efile_store *store;
	const char *source;              /* folder of the sources */
	char folder[200], path[220];
	efile_time now;
	struct { char name[64], text[64]; } saved[NAMES];
	size_t saved_count;
	struct { char name[64]; efile_session *session; } sessions[SESSIONS];
	size_t session_count;
} world;

/* What a call is given and what it answers. */
typedef struct step {
	world *w;
	efile_session *s;
	efile_ctx *ctx;
	const json_value *with;
	json_writer out;                 /* an object is open */
} step;

static void must(bool good, const char *what)
{
	if (!good) {
		printf("Bail out! %s\n", what);
		exit(1);
	}
}

/* ---- what was saved, and arguments ---- */

static void save(world *w, const char *name, const char *member, const char *text)
{
	size_t at = 0;
	char full[64];

	snprintf(full, sizeof(full), "%s%s%s", name, *member ? "." : "", member);
	while (at < w->saved_count && strcmp(w->saved[at].name, full) != 0)
		at++;
	must(at < NAMES, "too many names");
	snprintf(w->saved[at].name, sizeof(w->saved[at].name), "%s", full);
	snprintf(w->saved[at].text, sizeof(w->saved[at].text), "%s", text ? text : "");
	w->saved_count += at == w->saved_count;
}

static const char *resolve(const world *w, const char *text)
{
	if (!text || *text != '$')
		return text;
	for (size_t i = 0; i < w->saved_count; i++)
		if (!strcmp(w->saved[i].name, text + 1))
			return w->saved[i].text;
	must(false, text);
	return NULL;
}

static const char *text_of(const step *p, const char *name)
{
	return resolve(p->w, json_member_text(p->with, name));
}

static efile_id id_of(const step *p, const char *name)
{
	efile_id id = { { 0 } };
	const char *text = text_of(p, name);

	must(text && efile_id_parse(&id, text) == EFILE_OK, name);
	return id;
}

static int64_t number_of(const step *p, const char *name)
{
	const json_value *value = json_member(p->with, name);
	int64_t number = 0;

	if (value && value->type == JSON_STRING)
		return strtoll(resolve(p->w, value->text), NULL, 10);
	must(!value || json_as_int(&number, value) == EFILE_OK, name);
	return number;
}

static efile_status actor_of(efile_actor_id *out, const step *p, const char *name)
{
	return efile_actor_find(out, p->s, text_of(p, name));
}

static efile_status content_of(efile_reader **out, const step *p)
{
	const char *text = text_of(p, "content");

	return efile_reader_from_memory(out, p->ctx, text, strlen(text));
}

/* ---- answers ---- */

static void put_time(json_writer *w, const char *key, efile_time time)
{
	char text[EFILE_TIME_TEXT_SIZE], *dot;

	if (!time) {
		json_put_text(w, key, NULL);
		return;
	}
	efile_time_format(time, text);
	dot = strstr(text, ".000000Z");
	if (dot)
		strcpy(dot, "Z");
	json_put_text(w, key, text);
}

static efile_status show(step *p, efile_node *node)
{
	efile_id id = efile_node_id(node);
	const char *reference = efile_node_reference(node), *sender = efile_node_sender(node);

	json_put_id(&p->out, "id", &id);
	json_put_text(&p->out, "kind", efile_node_kind_name(efile_node_kind_of(node)));
	json_put_text(&p->out, "state", efile_node_state_name(efile_node_state_of(node)));
	json_put_text(&p->out, "title", efile_node_title(node));
	json_put_text(&p->out, "reference", *reference ? reference : NULL);
	json_put_text(&p->out, "sender", *sender ? sender : NULL);
	put_time(&p->out, "closed", efile_node_closed(node));
	json_put_int(&p->out, "revision", efile_node_revision(node));
	efile_node_free(node);
	return EFILE_OK;
}

static efile_status show_id(step *p, efile_id id)
{
	efile_node *node = NULL;

	TRY(efile_node_load(&node, p->s, id));
	return show(p, node);
}

static efile_status rules(step *p, efile_status status, efile_report *report)
{
	TRY(status);
	json_key(&p->out, "rules");
	json_array(&p->out);
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity > EFILE_SEVERITY_INFORMATION)
			json_text(&p->out, efile_report_finding(report, i)->rule);
	json_end_array(&p->out);
	efile_report_free(report);
	return EFILE_OK;
}

/* ---- calls on the store ---- */

static efile_store *opened(world *w)
{
	if (!w->store)
		must(efile_store_open(&w->store, w->ctx, w->path, NULL) == EFILE_OK,
		     efile_error_message(w->ctx));
	return w->store;
}

static efile_status store_init(step *p)
{
	return efile_store_init(p->ctx, p->w->path);
}

static efile_status access_bootstrap(step *p)
{
	efile_actor_id id;

	TRY(efile_access_bootstrap(&id, opened(p->w), "test", text_of(p, "name"), NULL));
	json_put_id(&p->out, "id", &id.id);
	return EFILE_OK;
}

static efile_status set_clock(step *p)
{
	return efile_time_parse(&p->w->now, text_of(p, "time"));
}

static efile_status count_action(step *p, const char *action, int64_t *count)
{
	efile_event_cursor *cursor = NULL;
	efile_event event;
	efile_status status;

	*count = 0;
	TRY(efile_store_events(&cursor, opened(p->w), 0));
	while ((status = efile_event_cursor_next(cursor, &event)) == EFILE_OK)
		*count += !strcmp(event.action, action);
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

/* Of all actions, those that stories ask for. */
static efile_status store_events(step *p)
{
	static const char *const actions[] = { "document.filed", "version.added", "node.closed",
					       "node.reopened" };

	json_key(&p->out, "actions");
	json_object(&p->out);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		int64_t count;

		TRY(count_action(p, actions[i], &count));
		json_put_int(&p->out, actions[i], count);
	}
	json_end_object(&p->out);
	return EFILE_OK;
}

static efile_status store_fsck(step *p)
{
	efile_report *report = NULL;
	efile_status status = efile_store_fsck(&report, opened(p->w), NULL);

	return rules(p, status, report);
}

static efile_status audit_verify(step *p)
{
	efile_report *report = NULL;
	efile_status status = efile_audit_verify(&report, opened(p->w));

	return rules(p, status, report);
}

/* ---- calls in a session: who is who ---- */

static efile_status actor_create(step *p)
{
	efile_actor_kind kind;
	efile_actor_id id;

	TRY(efile_actor_kind_parse(&kind, text_of(p, "kind")));
	TRY(efile_actor_create(&id, p->s, kind, text_of(p, "name"), NULL));
	json_put_id(&p->out, "id", &id.id);
	return EFILE_OK;
}

static efile_status member_add(step *p)
{
	static const efile_date ever;
	efile_actor_id member, container;

	TRY(actor_of(&member, p, "member"));
	TRY(actor_of(&container, p, "container"));
	return efile_member_add(p->s, member, container, ever, ever);
}

static efile_status login_permit(step *p)
{
	efile_actor_id person;

	TRY(actor_of(&person, p, "person"));
	return efile_login_permit(p->s, text_of(p, "login"), person);
}

static efile_status access_list_make(step *p)
{
	efile_access_entry entries[8] = { { .deny = 0 } };
	const json_value *list = json_member(p->with, "entries");
	size_t count = 0;
	int64_t number;

	for (const json_value *e = list->child; e && count < ARRAY_SIZE(entries); e = e->next) {
		const json_value *deny = json_member(e, "deny");

		TRY(efile_actor_find(&entries[count].subject, p->s, json_member_text(e, "subject")));
		TRY(efile_rights_parse(&entries[count].rights, json_member_text(e, "rights")));
		entries[count++].deny = deny && deny->type == JSON_TRUE;
	}
	TRY(efile_access_list_make(&number, p->s, entries, count));
	json_put_int(&p->out, "id", number);
	return EFILE_OK;
}

static efile_status template_apply(step *p)
{
	return efile_template_apply(p->s, text_of(p, "name"), text_of(p, "land"));
}

/* ---- plan, dossiers, documents ---- */

static efile_status plan_create(step *p)
{
	efile_plan_options o;
	efile_plan *plan = NULL;
	efile_plan_id id;

	efile_plan_options_init(&o);
	o.code = text_of(p, "code");
	o.title = text_of(p, "title");
	o.pattern = text_of(p, "pattern");
	o.access_list = number_of(p, "access_list");
	TRY(efile_plan_create(&plan, p->s, &o));
	id = efile_plan_unit_id(plan);
	json_put_id(&p->out, "id", &id.id);
	json_put_text(&p->out, "code", efile_plan_code(plan));
	json_put_text(&p->out, "title", efile_plan_title(plan));
	efile_plan_free(plan);
	return EFILE_OK;
}

static efile_status dossier_create(step *p)
{
	efile_node_options o;
	efile_plan *plan = NULL;
	efile_node *node = NULL;
	efile_plan_id id;

	TRY(efile_plan_by_code(&plan, p->s, text_of(p, "plan")));
	id = efile_plan_unit_id(plan);
	efile_plan_free(plan);
	efile_node_options_init(&o);
	o.title = text_of(p, "title");
	TRY(efile_dossier_create(&node, p->s, id, &o));
	return show(p, node);
}

static efile_status case_create(step *p)
{
	efile_dossier_id dossier = { id_of(p, "dossier") };
	efile_node_options o;
	efile_node *node = NULL;

	efile_node_options_init(&o);
	o.title = text_of(p, "title");
	TRY(efile_case_create(&node, p->s, dossier, &o));
	return show(p, node);
}

static efile_status case_add_document(step *p)
{
	efile_case_id id = { id_of(p, "case_id") };
	efile_document_options o;
	efile_reader *reader = NULL;
	efile_node *node = NULL;
	efile_status status;

	efile_document_options_init(&o);
	o.title = text_of(p, "title");
	o.sender = text_of(p, "sender");
	o.text = text_of(p, "text");
	if (text_of(p, "date"))
		TRY(efile_date_parse(&o.date, text_of(p, "date")));
	TRY(content_of(&reader, p));
	status = efile_case_add_document(&node, p->s, id, reader, &o);
	efile_reader_free(reader);
	return status < 0 ? status : show(p, node);
}

static efile_status document_add_version(step *p)
{
	efile_document_id id = { id_of(p, "document") };
	efile_reader *reader = NULL;
	efile_status status;
	int64_t number;

	TRY(content_of(&reader, p));
	status = efile_document_add_version(&number, p->s, id, number_of(p, "seen"), reader, NULL);
	efile_reader_free(reader);
	TRY(status);
	json_put_int(&p->out, "number", number);
	return EFILE_OK;
}

static efile_status document_open_content(step *p)
{
	efile_document_id id = { id_of(p, "document") };
	const char *role = text_of(p, "role");
	efile_reader *reader = NULL;
	char text[4096];
	size_t got = 0;
	efile_status status;

	TRY(efile_document_open_content(&reader, p->s, id, number_of(p, "version"),
					role && !strcmp(role, "text") ? EFILE_ROLE_TEXT :
									EFILE_ROLE_ORIGINAL));
	status = efile_reader_read(reader, text, sizeof(text) - 1, &got);
	efile_reader_free(reader);
	TRY(status);
	text[got] = '\0';
	json_put_text(&p->out, "content", text);
	return EFILE_OK;
}

static efile_status revision_of(int64_t *out, step *p, efile_id id)
{
	efile_node *node = NULL;

	TRY(efile_node_load(&node, p->s, id));
	*out = efile_node_revision(node);
	efile_node_free(node);
	return EFILE_OK;
}

static efile_status dossier_close(step *p)
{
	efile_id id = id_of(p, "id");
	int64_t revision;

	TRY(revision_of(&revision, p, id));
	TRY(efile_dossier_close(p->s, (efile_dossier_id){ id }, revision));
	return show_id(p, id);
}

static efile_status dossier_reopen(step *p)
{
	efile_id id = id_of(p, "id");
	int64_t revision;

	TRY(revision_of(&revision, p, id));
	TRY(efile_dossier_reopen(p->s, (efile_dossier_id){ id }, revision, text_of(p, "reason")));
	return show_id(p, id);
}

static efile_status case_close(step *p)
{
	efile_id id = id_of(p, "id");
	int64_t revision;

	TRY(revision_of(&revision, p, id));
	TRY(efile_case_close(p->s, (efile_case_id){ id }, revision));
	return show_id(p, id);
}

static efile_status case_reopen(step *p)
{
	efile_id id = id_of(p, "id");
	int64_t revision;

	TRY(revision_of(&revision, p, id));
	TRY(efile_case_reopen(p->s, (efile_case_id){ id }, revision, text_of(p, "reason")));
	return show_id(p, id);
}

static efile_status node_load(step *p)
{
	return show_id(p, id_of(p, "id"));
}

static efile_status node_count(step *p)
{
	efile_node_counts counts;

	TRY(efile_node_count(&counts, p->s, id_of(p, "id")));
	json_put_int(&p->out, "sub_dossiers", counts.sub_dossiers);
	json_put_int(&p->out, "cases", counts.cases);
	json_put_int(&p->out, "open_cases", counts.open_cases);
	json_put_int(&p->out, "documents", counts.documents);
	return EFILE_OK;
}

static efile_status find_by_reference(step *p)
{
	efile_node *node = NULL;

	TRY(efile_find_by_reference(&node, p->s, text_of(p, "reference")));
	return show(p, node);
}

static efile_status search(step *p)
{
	efile_search_cursor *cursor = NULL;
	efile_status status;
	efile_hit hit;

	TRY(efile_search(&cursor, p->s, text_of(p, "query"), NULL));
	json_key(&p->out, "titles");
	json_array(&p->out);
	while ((status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		json_text(&p->out, hit.title);
	json_end_array(&p->out);
	efile_search_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

/* ---- letters, processes, packages ---- */

static efile_status intake_receive(step *p)
{
	efile_intake_item *item = NULL;
	efile_reader *reader = NULL;
	efile_status status;
	efile_intake_id id;
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", p->w->source, text_of(p, "file"));
	TRY(efile_reader_from_file(&reader, p->ctx, path));
	status = efile_intake_receive(&item, p->s, reader, NULL);
	efile_reader_free(reader);
	TRY(status);
	id = efile_intake_item_id(item);
	json_put_id(&p->out, "id", &id.id);
	json_put_text(&p->out, "number", efile_intake_item_number(item));
	json_put_text(&p->out, "state", efile_intake_state_name(efile_intake_item_state(item)));
	json_put_bool(&p->out, "is_duplicate", efile_intake_item_is_duplicate(item) != 0);
	efile_intake_item_free(item);
	return EFILE_OK;
}

static efile_status intake_process(step *p)
{
	efile_intake_id id = { id_of(p, "id") };
	efile_intake_item *item = NULL;
	efile_instance_id instance;
	efile_document_id document;
	efile_case_id of;

	TRY(efile_intake_load(&item, p->s, id));
	if (efile_intake_process(item, p->s) != EFILE_OK) {
		efile_intake_item_free(item);
		return efile_error_status(p->ctx);
	}
	of = efile_intake_item_case(item);
	document = efile_intake_item_document(item);
	instance = efile_intake_item_instance(item);
	json_put_id(&p->out, "id", &id.id);
	json_put_text(&p->out, "state", efile_intake_state_name(efile_intake_item_state(item)));
	json_put_id(&p->out, "case", &of.id);
	json_put_id(&p->out, "document", &document.id);
	json_put_id(&p->out, "instance", &instance.id);
	efile_intake_item_free(item);
	return EFILE_OK;
}

static efile_status task_list(step *p)
{
	efile_task_cursor *cursor = NULL;
	efile_task_id first = { EFILE_ID_NONE };
	efile_status status;
	efile_task task;

	TRY(efile_task_list(&cursor, p->s, (efile_task_id){ EFILE_ID_NONE }));
	json_key(&p->out, "nodes");
	json_array(&p->out);
	while ((status = efile_task_cursor_next(cursor, &task)) == EFILE_OK) {
		if (efile_id_is_none(&first.id))
			first = task.id;
		json_text(&p->out, task.node);
	}
	json_end_array(&p->out);
	json_put_id(&p->out, "id", &first.id);
	efile_task_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static efile_status task_claim(step *p)
{
	return efile_task_claim(p->s, (efile_task_id){ id_of(p, "task") });
}

static efile_status task_complete(step *p)
{
	const json_value *given = json_member(p->with, "variables");
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	if (given)
		json_copy(&w, given);
	return efile_task_complete(p->s, (efile_task_id){ id_of(p, "task") },
				   given ? buf_text(&text) : NULL);
}

static efile_status flow_list(step *p)
{
	efile_instance_id id = { id_of(p, "instance") };
	efile_flow_cursor *cursor = NULL;
	efile_flow_instance instance;
	efile_status status;

	TRY(efile_flow_list(&cursor, p->s, id));
	status = efile_flow_cursor_next(cursor, &instance);
	if (status == EFILE_OK) {
		json_put_id(&p->out, "id", &instance.id.id);
		json_put_text(&p->out, "process", instance.process);
		json_put_text(&p->out, "status", efile_flow_status_name(instance.status));
		json_key(&p->out, "variables");
		json_raw(&p->out, instance.variables);
	}
	efile_flow_cursor_free(cursor);
	return status == EFILE_DONE ? EFILE_E_NOTFOUND : status;
}

static efile_status flow_replay(step *p)
{
	return efile_flow_replay(p->s, (efile_instance_id){ id_of(p, "instance") }, NULL);
}

static efile_status collect(const void *data, size_t length, void *user)
{
	buf_add(user, data, length);
	return EFILE_OK;
}

static const char *const pages[] = { "bagit.txt", "index.html", "metadata.json" };

static efile_status note_page(const archive_item *item, efile_reader *content, void *user)
{
	const char *name = strrchr(item->name, '/');
	bool *there = user;

	(void)content;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		there[i] |= !strcmp(name ? name + 1 : item->name, pages[i]);
	return EFILE_OK;
}

static efile_status export_write(step *p)
{
	bool there[ARRAY_SIZE(pages)] = { false };
	AUTO(buf) package = BUF_INIT;
	efile_writer *writer = NULL;
	archive_source source;
	archive_span span;
	efile_status status;

	TRY(efile_writer_to_callback(&writer, p->ctx, collect, NULL, &package));
	status = efile_export_write(p->s, id_of(p, "id"), writer, NULL);
	efile_writer_free(writer);
	TRY(status);
	span = (archive_span){ package.data, package.length };
	source = archive_from_memory(p->ctx, &span);
	TRY(archive_read(p->ctx, &source, note_page, there)); /* verifies every content */
	json_key(&p->out, "pages");
	json_array(&p->out);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		if (there[i])
			json_text(&p->out, pages[i]);
	json_end_array(&p->out);
	return EFILE_OK;
}

static const struct {
	const char *name;
	efile_status (*run)(step *p);
	bool on_store;
} calls[] = {
	{ "store_init", store_init, true },
	{ "access_bootstrap", access_bootstrap, true },
	{ "clock", set_clock, true },
	{ "store_events", store_events, true },
	{ "store_fsck", store_fsck, true },
	{ "audit_verify", audit_verify, true },
	{ "access_list_make", access_list_make, false },
	{ "actor_create", actor_create, false },
	{ "case_add_document", case_add_document, false },
	{ "case_close", case_close, false },
	{ "case_create", case_create, false },
	{ "case_reopen", case_reopen, false },
	{ "document_add_version", document_add_version, false },
	{ "document_open_content", document_open_content, false },
	{ "dossier_close", dossier_close, false },
	{ "dossier_create", dossier_create, false },
	{ "dossier_reopen", dossier_reopen, false },
	{ "export_write", export_write, false },
	{ "find_by_reference", find_by_reference, false },
	{ "flow_list", flow_list, false },
	{ "flow_replay", flow_replay, false },
	{ "intake_process", intake_process, false },
	{ "intake_receive", intake_receive, false },
	{ "login_permit", login_permit, false },
	{ "member_add", member_add, false },
	{ "node_count", node_count, false },
	{ "node_load", node_load, false },
	{ "plan_create", plan_create, false },
	{ "search", search, false },
	{ "task_claim", task_claim, false },
	{ "task_complete", task_complete, false },
	{ "task_list", task_list, false },
	{ "template_apply", template_apply, false },
};

/* ---- expectations ---- */

/* Whether what was found is as expected: objects by the expected members, all else by equality. Nested
 * as deep as stories are. */
static bool fits(const world *w, const json_value *expected, const json_value *found)
{
	const json_value *e = expected->child, *f = found->child;
	const char *text = expected->text;

	if (expected->type == JSON_STRING && *text == '$') {
		text = resolve(w, text);
		return (found->type == JSON_STRING || found->type == JSON_NUMBER) &&
		       !strcmp(found->text, text);
	}
	if (expected->type != found->type)
		return false;
	if (expected->type == JSON_STRING || expected->type == JSON_NUMBER)
		return !strcmp(text, found->text);
	if (expected->type == JSON_OBJECT) {
		for (; e; e = e->next) {
			f = json_member(found, e->key);
			if (!f || !fits(w, e, f)) {
				printf("# %s\n", e->key);
				return false;
			}
		}
		return true;
	}
	for (; e && f; e = e->next, f = f->next)
		if (!fits(w, e, f))
			return false;
	return !e && !f;
}

static void save_result(world *w, const char *name, const json_value *found)
{
	static const char *const members[] = { "case", "document", "instance" };
	const json_value *id = json_member(found, "id");

	save(w, name, "", id ? id->text : NULL);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (json_member(found, members[i]))
			save(w, name, members[i], json_member_text(found, members[i]));
}

/* ---- playing ---- */

static efile_time clock_of(void *user)
{
	return ((world *)user)->now;
}

static efile_session *session_of(world *w, const char *actor)
{
	efile_session_options o;
	size_t at = 0;

	while (at < w->session_count && strcmp(w->sessions[at].name, actor) != 0)
		at++;
	if (at < w->session_count)
		return w->sessions[at].session;
	must(at < SESSIONS, "too many sessions");
	efile_session_options_init(&o);
	o.login = "test";
	must(efile_session_open(&w->sessions[at].session, opened(w), actor, &o) == EFILE_OK,
	     efile_error_message(w->ctx));
	snprintf(w->sessions[at].name, sizeof(w->sessions[at].name), "%s", actor);
	return w->sessions[w->session_count++].session;
}

static efile_status run_call(step *p, const char *name, bool on_store)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name) && calls[i].on_store == on_store)
			return calls[i].run(p);
	must(false, name);
	return EFILE_E_INTERNAL;
}

static bool judge(world *w, const json_value *line, efile_status status, const buf *answer)
{
	const char *fails = json_member_text(line, "fails"), *name = json_member_text(line, "save");
	const json_value *expected = json_member(line, "expect");
	AUTO_PTR(json_document) found = NULL;

	if (status < 0 || fails) {
		bool good = status < 0 && fails && !strcmp(efile_status_name(status), fails);

		if (!good)
			printf("# %s: %s\n", efile_status_name(status),
			       status < 0 ? efile_error_message(w->ctx) : "no error");
		return good;
	}
	must(json_parse(&found, w->ctx, answer->data, answer->length) == EFILE_OK, "an answer");
	if (name)
		save_result(w, name, json_root(found));
	if (!expected || fits(w, expected, json_root(found)))
		return true;
	printf("# found %s\n", answer->data);
	return false;
}

static bool act(world *w, const json_value *line)
{
	const char *actor = json_member_text(line, "as");
	AUTO(buf) answer = BUF_INIT;
	step p = { .w = w, .ctx = w->ctx, .with = json_member(line, "with") };
	efile_status status;

	if (actor)
		p.s = session_of(w, actor);
	json_begin(&p.out, &answer);
	json_object(&p.out);
	status = run_call(&p, json_member_text(line, "call"), !actor);
	if (status >= 0)
		json_end_object(&p.out);
	return judge(w, line, status, &answer);
}

static void world_begin(world *w, const char *source)
{
	const char *base = getenv("TMPDIR");
	efile_ctx_options o;

	memset(w, 0, sizeof(*w));
	w->source = source;
	snprintf(w->folder, sizeof(w->folder), "%s/efile-play.XXXXXX", base ? base : "/tmp");
	must(mkdtemp(w->folder) != NULL, "no folder");
	snprintf(w->path, sizeof(w->path), "%s/store", w->folder);
	efile_ctx_options_init(&o);
	o.clock = clock_of;
	o.user = w;
	o.helper_path = getenv("EFILE_HELPER");
	must(efile_time_parse(&w->now, "2026-03-02T08:00:00Z") == EFILE_OK, "clock");
	must(efile_ctx_new(&w->ctx, &o) == EFILE_OK, "no context");
}

static void world_end(world *w)
{
	char command[256];

	for (size_t i = 0; i < w->session_count; i++)
		efile_session_close(w->sessions[i].session);
	efile_store_close(w->store);
	efile_ctx_free(w->ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->folder);
	must(system(command) == 0, "clean up");
}

static void say(const json_value *line, bool good, int number, const char *story)
{
	const char *what = json_member_text(line, "say"), *actor = json_member_text(line, "as");

	printf("%s %d - %s: %s%s%s\n", good ? "ok" : "not ok", number, story, actor ? actor : "",
	       actor ? ": " : "", what ? what : json_member_text(line, "call"));
}

static int play(const char *source, const char *path, int number)
{
	const char *story = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	world w;

	must(file != NULL, path);
	world_begin(&w, source);
	while ((length = getline(&line, &room, file)) > 0) {
		AUTO_PTR(json_document) parsed = NULL;

		if (length < 3)
			continue;
		must(json_parse(&parsed, w.ctx, line, (size_t)length) == EFILE_OK,
		     efile_error_message(w.ctx));
		say(json_root(parsed), act(&w, json_root(parsed)), ++number, story);
	}
	free(line);
	fclose(file);
	world_end(&w);
	return number;
}

int main(int count, char **arguments)
{
	int number = 0;

	must(count > 2, "play SRCDIR STORY.jsonl...");
	for (int i = 2; i < count; i++)
		number = play(arguments[1], arguments[i], number);
	printf("1..%d\n", number);
	return 0;
}
