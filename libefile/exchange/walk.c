/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk through the tree: contents stream into the package one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/inner.h"
#include "model/model.h"

static void item_clear(export_item *item)
{
	efile_node_free(item->node);
	for (size_t i = 0; i < item->file_count; i++) {
		free(item->files[i].path);
		free(item->files[i].media_type);
		free(item->files[i].sha256);
	}
	free(item->files);
}

void export_work_clear(export_work *w)
{
	for (size_t i = 0; i < w->count; i++)
		item_clear(&w->items[i]);
	free(w->items);
	free(w->root);
	archive_names_clear(&w->names);
	bagit_free(w->bag);
	archive_zip_free(w->zip);
}

/* ---- one entry, hashed while it streams ---- */

typedef struct hashing {
	efile_reader *content;
	sha256_ctx hash;
	uint64_t length;
} hashing;

static efile_status read_and_hash(void *buffer, size_t length, size_t *got, void *user)
{
	hashing *h = user;
	efile_status status = efile_reader_read(h->content, buffer, length, got);

	TRY(status);
	h->length += *got;
	return sha256_add(&h->hash, buffer, *got);
}

efile_status export_put_entry(export_work *w, const char *path, const char *media_type,
			      efile_reader *content, uint64_t length)
{
	AUTO(buf) full = BUF_INIT;
	archive_zip_entry entry = { .media_type = media_type, .length = length,
				    .modified = w->modified };

	buf_add_format(&full, "%s/%s", w->root, path);
	TRY(buf_status(&full, w->ctx));
	entry.name = full.data;
	return archive_zip_add(w->zip, &entry, content);
}

static efile_status put_hashed(export_work *w, const char *path, const char *media_type,
			       hashing *h, uint64_t length)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) below = BUF_INIT;

	buf_add_format(&below, "data/%s", path);
	TRY(buf_status(&below, w->ctx));
	TRY(efile_reader_from_callback(&reader, w->ctx, read_and_hash, NULL, h));
	return export_put_entry(w, below.data, media_type, reader, length);
}

efile_status export_put(export_work *w, const char *path, const char *media_type,
			efile_reader *content, uint64_t length, char **sha256_out)
{
	hashing h = { content, SHA256_CTX_INIT, 0 };
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	efile_status status = sha256_start(&h.hash, w->ctx);

	if (status == EFILE_OK)
		status = put_hashed(w, path, media_type, &h, length);
	if (status == EFILE_OK)
		status = sha256_finish(digest, &h.hash);
	sha256_ctx_clear(&h.hash);
	TRY(status);
	TRY(bagit_add(w->bag, path, digest, h.length));
	if (!sha256_out)
		return EFILE_OK;
	return mem_dup(sha256_out, w->ctx, str_hex(hex, digest, SHA256_SIZE));
}

efile_status export_put_text(export_work *w, const char *path, const char *media_type,
			     const buf *text)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(buf_status(text, w->ctx));
	TRY(efile_reader_from_memory(&reader, w->ctx, buf_text(text), text->length));
	return export_put(w, path, media_type, reader, text->length, NULL);
}

/* ---- the tree ---- */

static efile_status add_item(export_work *w, efile_node *node, int depth)
{
	efile_status status = mem_grow(w->ctx, (void **)&w->items, &w->capacity, w->count,
				       sizeof(*w->items));

	if (status < 0) {
		efile_node_free(node);
		return status;
	}
	w->items[w->count++] = (export_item){ .node = node, .depth = depth };
	if (efile_node_created(node) > w->modified)
		w->modified = efile_node_created(node);
	if (efile_node_closed(node) > w->modified)
		w->modified = efile_node_closed(node);
	return EFILE_OK;
}

/* The right to export is asked of each node: a part with a list of its own may be read and yet stay. */
static efile_status may_export(bool *out, export_work *w, const efile_id *id)
{
	int64_t row;
	efile_status status = node_row_of(&row, w->session->store, id);

	if (status == EFILE_OK)
		status = node_peek(w->session, EFILE_RIGHT_EXPORT, row);
	*out = status == EFILE_OK;
	if (status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED || status == EFILE_E_STATE)
		return EFILE_OK;
	return status;
}

enum { DEPTH_MAX = 64 };

/* The model nests a handful of levels; the bound is for damaged stores. */
static efile_status add_children(export_work *w, efile_id parent, int depth)
{
	efile_node_cursor *cursor = NULL;
	efile_status status;

	if (depth >= DEPTH_MAX)
		return FAIL(w->ctx, EFILE_E_LIMIT, 3211, "nodes lie more than %d levels deep", DEPTH_MAX);
	status = efile_node_children(&cursor, w->session, parent, NULL);
	while (status == EFILE_OK) {
		efile_node *child = NULL;
		bool allowed = false;
		efile_id id;

		status = efile_node_cursor_next(cursor, &child);
		if (status != EFILE_OK)
			break;
		id = efile_node_id(child);
		status = may_export(&allowed, w, &id);
		if (status != EFILE_OK || !allowed) {
			efile_node_free(child);
			w->left_out |= status == EFILE_OK;
			continue;
		}
		status = add_item(w, child, depth);
		if (status == EFILE_OK)
			status = add_children(w, id, depth + 1);
	}
	efile_node_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

/* ---- contents ---- */

static efile_status file_path(char **out, export_work *w, size_t number, const efile_node *node,
			      const efile_rendition *r)
{
	const char *given = r->file_name && *r->file_name ? r->file_name : efile_node_title(node);
	AUTO_PTR(char) safe = NULL;
	AUTO(buf) wanted = BUF_INIT;
	AUTO(buf) path = BUF_INIT;

	buf_add_format(&wanted, "%04zu-", number);
	if (r->version > 1 || r->role != EFILE_ROLE_ORIGINAL)
		buf_add_format(&wanted, "v%lld-%s-", (long long)r->version,
			       efile_role_name(r->role));
	buf_add_text(&wanted, given);
	if (r->role == EFILE_ROLE_TEXT)
		buf_add_text(&wanted, ".txt");
	TRY(buf_status(&wanted, w->ctx));
	TRY(archive_safe_name(&safe, w->ctx, &w->names, wanted.data));
	buf_add_format(&path, "documents/%s", safe);
	return buf_take(out, &path, w->ctx);
}

static efile_status put_rendition(export_work *w, size_t index, const efile_rendition *r)
{
	export_item *item = &w->items[index];
	efile_document_id document = efile_document_node_id(item->node);
	AUTO_PTR(efile_reader) content = NULL;
	export_file *file;

	TRY(mem_grow(w->ctx, (void **)&item->files, &item->file_capacity, item->file_count,
		     sizeof(*item->files)));
	file = &item->files[item->file_count];
	memset(file, 0, sizeof(*file));
	item->file_count++;
	file->role = r->role;
	file->version = r->version;
	file->bytes = r->bytes;
	TRY(mem_dup(&file->media_type, w->ctx, r->media_type));
	TRY(file_path(&file->path, w, index + 1, item->node, r));
	TRY(efile_document_open_content(&content, w->session, document, r->version, r->role));
	return export_put(w, file->path, file->media_type, content, (uint64_t)r->bytes,
			  &file->sha256);
}

static efile_status put_version(export_work *w, size_t index, int64_t version)
{
	efile_document_id document = efile_document_node_id(w->items[index].node);
	efile_rendition_cursor *cursor = NULL;
	efile_rendition r;
	efile_status status =
		efile_document_renditions(&cursor, w->session, document, version);

	while (status == EFILE_OK && (status = efile_rendition_cursor_next(cursor, &r)) == EFILE_OK)
		status = put_rendition(w, index, &r);
	efile_rendition_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static efile_status put_document(export_work *w, size_t index)
{
	efile_document_id document = efile_document_node_id(w->items[index].node);
	efile_version_cursor *cursor = NULL;
	efile_document_version version;
	efile_status status = efile_document_versions(&cursor, w->session, document, 0);

	while (status == EFILE_OK &&
	       (status = efile_version_cursor_next(cursor, &version)) == EFILE_OK)
		status = put_version(w, index, version.number);
	efile_version_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static bool is_document(const efile_node *node)
{
	efile_node_kind kind = efile_node_kind_of(node);

	return kind == EFILE_NODE_DOCUMENT || kind == EFILE_NODE_ATTACHMENT;
}

efile_status export_walk(export_work *w, efile_id id)
{
	efile_node *root = NULL;

	TRY(efile_node_load(&root, w->session, id));
	TRY(add_item(w, root, 0));
	TRY(add_children(w, id, 1));
	for (size_t i = 0; i < w->count; i++)
		if (is_document(w->items[i].node))
			TRY(put_document(w, i));
	return EFILE_OK;
}
