/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What machines read: metadata.json and journal.jsonl (docs/json.md). */
#include <string.h>

#include "exchange/inner.h"
#include "model/model.h"

static efile_status put_attributes(json_writer *j, const export_work *w, efile_id id)
{
	efile_attribute_cursor *cursor = NULL;
	efile_attribute a;
	efile_status status = efile_node_attributes(&cursor, w->session, id);

	json_key(j, "attributes");
	json_object(j);
	while (status == EFILE_OK && (status = efile_attribute_cursor_next(cursor, &a)) == EFILE_OK)
		json_put_text(j, a.name, a.value);
	json_end_object(j);
	efile_attribute_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static void put_files(json_writer *j, const export_item *item)
{
	json_key(j, "files");
	json_array(j);
	for (size_t i = 0; i < item->file_count; i++) {
		const export_file *f = &item->files[i];

		json_object(j);
		json_put_text(j, "path", f->path);
		json_put_text(j, "role", efile_role_name(f->role));
		json_put_int(j, "version", f->version);
		json_put_text(j, "media_type", f->media_type);
		json_put_int(j, "bytes", f->bytes);
		json_put_text(j, "sha256", f->sha256);
		json_end_object(j);
	}
	json_end_array(j);
}

static void put_time(json_writer *j, const char *key, efile_time time)
{
	if (time)
		json_put_time(j, key, time);
	else
		json_put_text(j, key, NULL);
}

static efile_status put_item(json_writer *j, const export_work *w, const export_item *item)
{
	const efile_node *n = item->node;
	efile_id id = efile_node_id(n), parent = efile_node_parent(n);

	json_object(j);
	json_put_id(j, "id", &id);
	json_put_id(j, "parent", &parent);
	json_put_text(j, "kind", efile_node_kind_name(efile_node_kind_of(n)));
	json_put_text(j, "state", efile_node_state_name(efile_node_state_of(n)));
	json_put_text(j, "reference", efile_node_reference(n));
	json_put_text(j, "title", efile_node_title(n));
	json_put_text(j, "type", efile_node_doctype(n));
	json_put_text(j, "sender", efile_node_sender(n));
	json_put_date(j, "date", efile_node_begin(n));
	put_time(j, "received", efile_node_received(n));
	put_time(j, "created", efile_node_created(n));
	put_time(j, "closed", efile_node_closed(n));
	TRY(put_attributes(j, w, id));
	put_files(j, item);
	json_end_object(j);
	return EFILE_OK;
}

efile_status export_metadata(buf *out, const export_work *w)
{
	json_writer j;

	json_begin(&j, out);
	json_object(&j);
	json_put_text(&j, "schema", "efile.export.v1");
	json_put_text(&j, "library", efile_version());
	json_put_id(&j, "store", store_id(w->session->store));
	json_put_bool(&j, "parts_left_out", w->left_out);
	json_key(&j, "nodes");
	json_array(&j);
	for (size_t i = 0; i < w->count; i++)
		TRY(put_item(&j, w, &w->items[i]));
	json_end_array(&j);
	json_end_object(&j);
	buf_add_char(out, '\n');
	return buf_status(out, w->ctx);
}

/* ---- the log entries about the nodes ---- */

static void put_event(buf *out, const efile_event *e)
{
	json_writer j;

	json_begin(&j, out);
	json_object(&j);
	json_put_text(&j, "schema", "efile.event.v1");
	json_put_int(&j, "position", e->position);
	json_put_int(&j, "chain", e->chain);
	json_put_int(&j, "number", e->number);
	json_put_time(&j, "time", e->time);
	json_put_id(&j, "actor", &e->actor);
	json_put_id(&j, "on_behalf_of", &e->behalf);
	json_put_text(&j, "action", e->action);
	json_put_id(&j, "object", &e->object);
	json_key(&j, "body");
	json_raw(&j, e->body && *e->body ? e->body : "null");
	json_put_text(&j, "hash", e->hash);
	json_end_object(&j);
	buf_add_char(out, '\n');
}

/* Earlier exports say nothing about the dossier; with them no package would be like the one before. */
bool export_tells(const efile_event *e)
{
	return strcmp(e->action, journal_action_name(JOURNAL_EXPORTED)) != 0;
}

static efile_status put_events(buf *out, const export_work *w, efile_id id)
{
	efile_event_cursor *cursor = NULL;
	efile_event event;
	efile_status status = journal_events_of(&cursor, w->session->store, &id);

	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &event)) == EFILE_OK)
		if (export_tells(&event))
			put_event(out, &event);
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

efile_status export_journal(buf *out, const export_work *w)
{
	for (size_t i = 0; i < w->count; i++)
		TRY(put_events(out, w, efile_node_id(w->items[i].node)));
	return buf_status(out, w->ctx);
}
