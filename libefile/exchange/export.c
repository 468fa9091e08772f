/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A package: contents first, then what describes them, then the digests of it all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/inner.h"
#include "model/model.h"

void efile_export_options_init(efile_export_options *options)
{
	if (!options)
		return;
	*options = (efile_export_options){ .size = sizeof(*options), .format = EFILE_EXPORT_ZIP };
}

/* The bag's folder is named by the reference number, or the title. */
static efile_status name_root(export_work *w, const efile_node *node)
{
	archive_names names = ARCHIVE_NAMES_INIT;
	const char *reference = efile_node_reference(node);
	AUTO_PTR(char) wanted = NULL;
	efile_status status;

	TRY(mem_dup(&wanted, w->ctx, reference && *reference ? reference : efile_node_title(node)));
	for (char *c = wanted; *c; c++)
		if (*c == '/')
			*c = '-';
	status = archive_safe_name(&w->root, w->ctx, &names, wanted);
	archive_names_clear(&names);
	return status;
}

static efile_status put_tag_file(const char *name, const char *text, size_t length, void *user)
{
	export_work *w = user;
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_memory(&reader, w->ctx, text, length));
	return export_put_entry(w, name, "text/plain", reader, length);
}

/* RFC 8493 section 2.2.2; the date is that of the content, so that the same content gives the same
 * bytes. */
static efile_status put_bag(export_work *w)
{
	char time[EFILE_TIME_TEXT_SIZE], agent[64];

	efile_time_format(w->modified, time);
	time[10] = '\0';
	snprintf(agent, sizeof(agent), "libefile %s", efile_version());
	TRY(bagit_info(w->bag, "Bag-Software-Agent", agent));
	TRY(bagit_info(w->bag, "Bagging-Date", time));
	return bagit_write(w->bag, put_tag_file, w);
}

static efile_status put_all(export_work *w, efile_id id)
{
	AUTO(buf) text = BUF_INIT;

	TRY(export_walk(w, id));
	TRY(export_metadata(&text, w));
	TRY(export_put_text(w, "metadata.json", "application/json", &text));
	buf_reset(&text);
	TRY(export_journal(&text, w));
	TRY(export_put_text(w, "journal.jsonl", "application/json", &text));
	buf_reset(&text);
	TRY(export_page(&text, w));
	TRY(export_put_text(w, "index.html", "text/html", &text));
	TRY(put_bag(w));
	return archive_zip_finish(w->zip);
}

static efile_status journal_export(efile_session *session, const node_record *node)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	TRY(session_journal(session, JOURNAL_EXPORTED, RECORD_NODE, &node->uuid, node->dossier,
			    "{\"format\":\"zip\"}"));
	return txn_commit(&tx);
}

efile_status efile_export_write(efile_session *session, efile_id id, efile_writer *writer,
				const efile_export_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(export_work) w = { .session = session };
	AUTO(node_record) root = { .dossier = 0 };
	AUTO_PTR(efile_node) node = NULL;
	efile_export_options o;

	efile_export_options_init(&o);
	TRY(session_enter(&call, session));
	w.ctx = session_ctx(session);
	TRY(options_import(w.ctx, &o, sizeof(o), options));
	if (!writer || o.format != EFILE_EXPORT_ZIP)
		return FAIL(w.ctx, EFILE_E_INVALID, 3210, "an export needs a writer and a format");
	TRY(node_require(&root, session, EFILE_RIGHT_EXPORT, &id, NODE_KINDS_ANY));
	TRY(efile_node_load(&node, session, id));
	TRY(name_root(&w, node));
	TRY(bagit_new(&w.bag, w.ctx));
	TRY(archive_zip_new(&w.zip, w.ctx, writer));
	/* Before the first byte goes out: what cannot be journaled is not handed over. */
	TRY(journal_export(session, &root));
	return put_all(&w, id);
}
