/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents (Dokumente): filing, versions, renditions, content. */
#include "model/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { TEXT_CHUNK = 16 * 1024 };

/* ---- writing versions and renditions ---- */

static efile_status insert_version(version_record *out, efile_session *session,
				   const node_record *node, int64_t number,
				   const efile_version_options *o)
{
	efile_ctx *ctx = session_ctx(session);

	TRY(check_text(ctx, "label", o->label, false));
	TRY(check_text(ctx, "remark", o->remark, false));
	TRY(id_new(&out->uuid, ctx));
	TRY(mem_dup(&out->label, ctx, o->label));
	TRY(mem_dup(&out->remark, ctx, o->remark));
	out->dossier = node->dossier;
	out->node = node->head.id;
	out->number = number;
	out->created = ctx_now(ctx);
	out->author = session->actor;
	return row_insert(session_store(session), &kind_version, out);
}

static efile_status insert_rendition(efile_session *session, const version_record *version,
				     efile_role role, int64_t blob, const char *media_type,
				     const char *file_name)
{
	AUTO(rendition_record) row = { 0 };
	efile_ctx *ctx = session_ctx(session);

	TRY(check_text(ctx, "media type", media_type, false));
	TRY(check_text(ctx, "file name", file_name, false));
	TRY(mem_dup(&row.media_type, ctx,
		    media_type && *media_type ? media_type : "application/octet-stream"));
	TRY(mem_dup(&row.file_name, ctx, file_name && *file_name ? file_name : NULL));
	row.dossier = version->dossier;
	row.version = version->head.id;
	row.role = role;
	row.blob = blob;
	return row_insert(session_store(session), &kind_rendition, &row);
}

static efile_status insert_text(efile_session *session, const version_record *version,
				const char *text)
{
	blob_ref blob;

	if (!text || !*text)
		return EFILE_OK;
	if (!str_utf8_valid(text, strlen(text)))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2002, "%s is not valid UTF-8",
			    "text");
	TRY(blob_put_bytes(&blob, session_store(session), text, strlen(text)));
	return insert_rendition(session, version, EFILE_ROLE_TEXT, blob.id,
				"text/plain; charset=utf-8", NULL);
}

/* A version with its original and its text. */
static efile_status add_content(version_record *out, efile_session *session,
				const node_record *node, int64_t number, blob_staged *content,
				const efile_version_options *o)
{
	blob_ref blob;

	TRY(blob_place(&blob, content));
	TRY(insert_version(out, session, node, number, o));
	TRY(insert_rendition(session, out, EFILE_ROLE_ORIGINAL, blob.id, o->media_type,
			     o->file_name));
	return insert_text(session, out, o->text);
}

/* ---- filing ---- */

static node_values values_of(const efile_document_options *o)
{
	return (node_values){ .title = o->title, .begin = o->date, .unit = o->unit,
			      .medium = (int)o->medium, .confidentiality = o->confidentiality,
			      .access_list = o->access_list, .marked = o->marked,
			      .doctype = o->doctype, .sender = o->sender,
			      .received = o->received };
}

static efile_status add_first_content(efile_session *session, const node_record *node,
				      blob_staged *content, const efile_document_options *o)
{
	AUTO(version_record) version = { 0 };
	efile_version_options v;

	if (!content)
		return EFILE_OK;
	efile_version_options_init(&v);
	v.media_type = o->media_type;
	v.file_name = o->file_name;
	v.text = o->text;
	return add_content(&version, session, node, 1, content, &v);
}

/* ---- filing once ---- */

enum { KEY_BYTES = 200 };

/* The same content: none, or the original of the first version. */
static efile_status require_same_content(efile_session *session, const node_record *node,
					 blob_staged *content, const char *key)
{
	efile_store *store = session_store(session);
	AUTO(version_record) version = { 0 };
	AUTO(rendition_record) original = { 0 };
	blob_ref blob = { .id = 0 };
	efile_status status = version_find(&version, store, node->head.id, 1);

	if (content)
		TRY(blob_place(&blob, content));
	if (status == EFILE_OK)
		status = rendition_find(&original, store, version.head.id, EFILE_ROLE_ORIGINAL);
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	if (original.blob != blob.id)
		return FAIL(session_ctx(session), EFILE_E_EXISTS, 2056,
			    "something else was filed with the key %s", key);
	return EFILE_OK;
}

/* The document that an earlier call with the key filed; the transaction is rolled back. */
static efile_status find_filed(node_record *out, bool *found, efile_session *session,
			       const node_record *above, blob_staged *content, const char *key)
{
	efile_status status;

	*found = false;
	if (!key)
		return EFILE_OK;
	TRY(check_text(session_ctx(session), "key", key, true));
	if (strlen(key) > KEY_BYTES)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2057,
			    "a key has at most %d bytes", KEY_BYTES);
	status = node_by_filing_key(out, session_store(session), above->dossier, key);
	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	*found = true;
	return require_same_content(session, out, content, key);
}

static efile_status file_new(node_record *node, efile_session *session, const node_record *above,
			     const node_standing *standing, blob_staged *content,
			     const efile_document_options *o)
{
	node_values values = values_of(o);

	TRY(mem_dup(&node->filing_key, session_ctx(session), o->key));
	TRY(node_create(session, node, above, standing, &values, o->reference));
	TRY(add_first_content(session, node, content, o));
	TRY(attributes_write(session, node, o->attributes, o->attribute_count));
	return node_journal_created(session, node, &above->uuid);
}

/* Who may not file is refused before the content is read. Not inside of a transaction of the caller's:
 * there the lock is held all the same, and what is refused is refused below. */
static efile_status ask_before_reading(efile_session *session, const efile_id *above_id, int64_t kind)
{
	AUTO(node_record) above = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	if (store_is_writing(session_store(session)))
		return EFILE_OK;
	TRY(session_begin_read(&tx, session));
	return node_above(&above, &standing, session, above_id, kind);
}

static efile_status file_staged(efile_document **out, efile_session *session,
				const efile_id *above_id, int64_t kind, blob_staged *content,
				const efile_document_options *o)
{
	AUTO_PTR(efile_document) document = NULL;
	AUTO(node_record) node = { .kind = kind };
	AUTO(node_record) filed = { 0 };
	AUTO(node_record) above = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;
	bool found;

	TRY(session_begin(&tx, session));
	TRY(node_above(&above, &standing, session, above_id, kind));
	TRY(find_filed(&filed, &found, session, &above, content, o->key));
	if (!found)
		TRY(file_new(&node, session, &above, &standing, content, o));
	if (out)
		TRY(node_give(&document, session, found ? &filed : &node));
	if (!found)
		TRY(txn_commit(&tx));
	if (out)
		*out = STEAL(document);
	return EFILE_OK;
}

static efile_status file_document(efile_document **out, efile_session *session,
				  const efile_id *above_id, int64_t kind, efile_reader *content,
				  const efile_document_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(blob_staged) staged = NULL;
	efile_document_options o;

	TRY(session_enter(&call, session));
	efile_document_options_init(&o);
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	if (content) {
		TRY(ask_before_reading(session, above_id, kind));
		TRY(blob_stage(&staged, session_store(session), content));
	}
	return file_staged(out, session, above_id, kind, staged, &o);
}

efile_status document_file_staged(efile_document **out, efile_session *session,
				  const efile_id *above, int64_t kind, blob_staged *content,
				  const efile_document_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	return file_staged(out, session, above, kind, content, options);
}

efile_status efile_case_add_document(efile_document **out, efile_session *session,
				     efile_case_id case_id, efile_reader *content,
				     const efile_document_options *options)
{
	return file_document(out, session, &case_id.id, EFILE_NODE_DOCUMENT, content, options);
}

efile_status efile_document_add_attachment(efile_document **out, efile_session *session,
					   efile_document_id document, efile_reader *content,
					   const efile_document_options *options)
{
	return file_document(out, session, &document.id, EFILE_NODE_ATTACHMENT, content, options);
}

/* ---- a further version ---- */

static efile_status newest_number(int64_t *out, efile_store *store, int64_t node)
{
	AUTO(version_record) newest = { 0 };
	efile_status status = version_find(&newest, store, node, 0);

	*out = status == EFILE_OK ? newest.number : 0;
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static efile_status journal_version(efile_session *session, const node_record *node,
				    const version_record *version)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_int(&w, "number", version->number);
	json_put_text(&w, "label", version->label);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session, JOURNAL_VERSION_ADDED, node, body.data);
}

static efile_status require_newest(efile_session *session, const node_record *node, int64_t seen)
{
	int64_t newest;

	TRY(newest_number(&newest, session_store(session), node->head.id));
	if (newest != seen)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2060,
			    "the newest version of %s is %lld, not %lld", node_called(node),
			    (long long)newest, (long long)seen);
	return EFILE_OK;
}

static efile_status document_to_change(node_record *out, efile_session *session,
				       const efile_id *id, unsigned ignore)
{
	node_standing standing;

	TRY(node_ask_for(out, &standing, session, id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = NODE_KINDS_DOCUMENT,
				      .ignore = ignore }));
	return node_require_live(session, out, &standing);
}

static efile_status require_reader(efile_session *session, const efile_reader *content)
{
	if (!content)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2061, "there is no content");
	return EFILE_OK;
}

static efile_status node_for_version(node_record *out, efile_session *session, const efile_id *id,
				     int64_t seen)
{
	TRY(document_to_change(out, session, id, 0));
	TRY(node_require_unlocked(session, out));
	return require_newest(session, out, seen);
}

/* Refused before the content is read, as with a new document. */
static efile_status ask_for_version(efile_session *session, const efile_id *id, int64_t seen)
{
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin_read(&tx, session));
	return node_for_version(&node, session, id, seen);
}

efile_status efile_document_add_version(int64_t *out, efile_session *session,
					efile_document_id document, int64_t seen,
					efile_reader *content,
					const efile_version_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(blob_staged) staged = NULL;
	AUTO(version_record) version = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_version_options o;

	TRY(session_enter(&call, session));
	efile_version_options_init(&o);
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	TRY(require_reader(session, content));
	if (!store_is_writing(session_store(session)))
		TRY(ask_for_version(session, &document.id, seen));
	TRY(blob_stage(&staged, session_store(session), content));
	TRY(session_begin(&tx, session));
	TRY(node_for_version(&node, session, &document.id, seen));
	TRY(add_content(&version, session, &node, seen + 1, staged, &o));
	TRY(journal_version(session, &node, &version));
	TRY(txn_commit(&tx));
	if (out)
		*out = version.number;
	return EFILE_OK;
}

/* ---- a further rendition ---- */

static efile_status find_version(version_record *out, efile_session *session,
				 const node_record *node, int64_t number)
{
	efile_status status = version_find(out, session_store(session), node->head.id, number);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2062, "%s has no version %lld",
			    node_called(node), (long long)number);
	return status;
}

static efile_status require_role_free(efile_session *session, const version_record *version,
				      efile_role role)
{
	AUTO(rendition_record) there = { 0 };
	efile_status status;

	if (role < EFILE_ROLE_TEXT || role > EFILE_ROLE_SIGNATURE)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2063,
			    "%d is not a role of a further rendition", (int)role);
	if (role == EFILE_ROLE_SIGNATURE)
		return EFILE_OK;
	status = rendition_find(&there, session_store(session), version->head.id, role);
	if (status == EFILE_OK)
		return FAIL(session_ctx(session), EFILE_E_EXISTS, 2064,
			    "version %lld has that rendition already: %s",
			    (long long)version->number, efile_role_name(role));
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static efile_status journal_rendition(efile_session *session, const node_record *node,
				      const version_record *version, efile_role role)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_int(&w, "version", version->number);
	json_put_text(&w, "role", efile_role_name(role));
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session, JOURNAL_RENDITION_ADDED, node, body.data);
}

static efile_status place_for_rendition(node_record *node, version_record *row, efile_session *session,
					const efile_id *id, int64_t version, efile_role role)
{
	TRY(document_to_change(node, session, id, ACCESS_CLOSED));
	TRY(find_version(row, session, node, version));
	return require_role_free(session, row, role);
}

static efile_status ask_for_rendition(efile_session *session, const efile_id *id, int64_t version,
				      efile_role role)
{
	AUTO(version_record) row = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin_read(&tx, session));
	return place_for_rendition(&node, &row, session, id, version, role);
}

efile_status efile_document_add_rendition(efile_session *session, efile_document_id document,
					  int64_t version, efile_role role, efile_reader *content,
					  const char *media_type, const char *file_name)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(version_record) row = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO_PTR(blob_staged) staged = NULL;
	AUTO(txn) tx = TXN_NONE;
	blob_ref blob;

	TRY(session_enter(&call, session));
	TRY(require_reader(session, content));
	if (!store_is_writing(session_store(session)))
		TRY(ask_for_rendition(session, &document.id, version, role));
	TRY(blob_stage(&staged, session_store(session), content));
	TRY(session_begin(&tx, session));
	TRY(place_for_rendition(&node, &row, session, &document.id, version, role));
	TRY(blob_place(&blob, staged));
	TRY(insert_rendition(session, &row, role, blob.id, media_type, file_name));
	TRY(journal_rendition(session, &node, &row, role));
	return txn_commit(&tx);
}

/* ---- reading content ---- */

static efile_status find_rendition(rendition_record *out, efile_session *session,
				   const node_record *node, int64_t number, efile_role role)
{
	AUTO(version_record) version = { 0 };
	efile_status status;

	TRY(find_version(&version, session, node, number));
	status = rendition_find(out, session_store(session), version.head.id, role);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2065,
			    "version %lld has no such rendition: %s", (long long)version.number,
			    efile_role_name(role));
	return status;
}

efile_status efile_document_open_content(efile_reader **out, efile_session *session,
					 efile_document_id document, int64_t version,
					 efile_role role)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(rendition_record) rendition = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	/* Before the snapshot: a read that must be journaled writes (access.h). */
	TRY(node_require_content(&node, session, &document.id));
	TRY(session_begin_read(&tx, session));
	TRY(find_rendition(&rendition, session, &node, version, role));
	return blob_open(out, session_store(session), rendition.blob);
}

static efile_status read_start(buf *out, efile_store *store, int64_t blob, uint64_t limit)
{
	AUTO_PTR(efile_reader) reader = NULL;
	size_t got = 0;
	efile_status status;

	TRY(blob_open(&reader, store, blob));
	do {
		if (!buf_reserve(out, TEXT_CHUNK))
			return buf_status(out, store_ctx(store));
		status = efile_reader_read(reader, out->data + out->length, TEXT_CHUNK, &got);
		TRY(status);
		out->length += got;
		out->data[out->length] = '\0';
	} while (status == EFILE_OK && out->length < limit);
	return EFILE_OK;
}

efile_status document_text(buf *out, efile_store *store, int64_t node, uint64_t limit)
{
	int64_t blob;

	TRY(text_blob_of(&blob, store, node));
	return blob ? read_start(out, store, blob, limit) : EFILE_OK;
}

/* ---- lists ---- */

struct efile_version_cursor {
	efile_session *session;
	efile_id document;
	int64_t after;
	version_record row;
};

struct efile_rendition_cursor {
	efile_session *session;
	efile_id document;
	int64_t version, number;
	int64_t after;
	rendition_record row;
};

static efile_status require_readable(node_record *out, efile_session *session, const efile_id *id)
{
	return node_require(out, session, EFILE_RIGHT_READ, id, NODE_KINDS_DOCUMENT);
}

efile_status efile_document_versions(efile_version_cursor **out, efile_session *session,
				     efile_document_id document, int64_t after)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_version_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(require_readable(&node, session, &document.id));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->document = document.id;
	cursor->after = after;
	*out = cursor;
	return EFILE_OK;
}

static const char *text(const char *value)
{
	return value ? value : "";
}

static efile_status next_version(efile_version_cursor *c, efile_document_version *out)
{
	efile_store *store = session_store(c->session);
	AUTO(node_record) node = { 0 };
	row_page page;

	TRY(require_readable(&node, c->session, &c->document));
	TRY(version_page(&page, store, node.head.id, c->after));
	if (page.count == 0)
		return EFILE_DONE;
	version_record_clear(&c->row);
	TRY(row_load(store, &kind_version, &c->row, page.rows[0]));
	c->after = c->row.number;
	*out = (efile_document_version){ { c->row.uuid },  c->row.number,    c->row.created,
					 c->row.author,    text(c->row.label),
					 text(c->row.remark) };
	return EFILE_OK;
}

efile_status efile_version_cursor_next(efile_version_cursor *cursor,
				       efile_document_version *version)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	if (!cursor || !version)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	return next_version(cursor, version);
}

void efile_version_cursor_free(efile_version_cursor *cursor)
{
	if (!cursor)
		return;
	version_record_clear(&cursor->row);
	free(cursor);
}

efile_status efile_document_renditions(efile_rendition_cursor **out, efile_session *session,
				       efile_document_id document, int64_t version)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_rendition_cursor) cursor = NULL;
	AUTO(version_record) row = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(require_readable(&node, session, &document.id));
	TRY(find_version(&row, session, &node, version));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->document = document.id;
	cursor->version = row.head.id;
	cursor->number = row.number;
	*out = STEAL(cursor);
	return EFILE_OK;
}

static efile_status next_rendition(efile_rendition_cursor *c, efile_rendition *out)
{
	efile_store *store = session_store(c->session);
	AUTO(node_record) node = { 0 };
	row_page page;
	blob_ref blob;

	TRY(require_readable(&node, c->session, &c->document));
	TRY(rendition_page(&page, store, c->version, c->after));
	if (page.count == 0)
		return EFILE_DONE;
	rendition_record_clear(&c->row);
	TRY(row_load(store, &kind_rendition, &c->row, page.rows[0]));
	TRY(blob_stat(&blob, store, c->row.blob));
	c->after = c->row.head.id;
	*out = (efile_rendition){ .version = c->number,
				  .role = (efile_role)c->row.role,
				  .media_type = c->row.media_type,
				  .file_name = text(c->row.file_name),
				  .bytes = blob.size };
	memcpy(out->sha256, blob.sha256, sizeof(out->sha256));
	return EFILE_OK;
}

efile_status efile_rendition_cursor_next(efile_rendition_cursor *cursor,
					 efile_rendition *rendition)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	if (!cursor || !rendition)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	return next_rendition(cursor, rendition);
}

void efile_rendition_cursor_free(efile_rendition_cursor *cursor)
{
	if (!cursor)
		return;
	rendition_record_clear(&cursor->row);
	free(cursor);
}
