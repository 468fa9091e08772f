/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people read: one page without scripts and without a network, to be printed and listened to
 * (EN 301 549): headings in order, a language, table headers, links with words, no colour alone. */
#include <stdlib.h>
#include <string.h>

#include "exchange/inner.h"
#include "model/model.h"

static const char style[] =
	"body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
	"color:#1a1a1a;background:#fff}h1,h2,h3{line-height:1.25}table{border-collapse:collapse;"
	"width:100%;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
	"border-bottom:1px solid #767676}th{width:14rem}code{overflow-wrap:anywhere}"
	"a{color:#00489c}a:focus{outline:3px solid #00489c}.skip{position:absolute;left:-99rem}"
	".skip:focus{left:1rem}section{break-inside:avoid}";

static const char *word(const export_work *w, const char *english)
{
	return message_translate((int)w->ctx->language, english);
}

static void escape(buf *out, const char *text)
{
	for (const char *c = text ? text : ""; *c; c++) {
		switch (*c) {
		case '&': buf_add_text(out, "&amp;"); break;
		case '<': buf_add_text(out, "&lt;"); break;
		case '>': buf_add_text(out, "&gt;"); break;
		case '"': buf_add_text(out, "&quot;"); break;
		default: buf_add_char(out, *c);
		}
	}
}

/* Text of others among ours: an unclosed turn of the writing direction in a title must not turn what
 * stands behind it (UAX #9; HTML, section "bdi"). */
static void foreign(buf *out, const char *text)
{
	buf_add_text(out, "<bdi>");
	escape(out, text);
	buf_add_text(out, "</bdi>");
}

/* Marks and turns of direction: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool turns(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* The window's title cannot isolate: it goes without them. */
static void plain_title(buf *out, const char *text)
{
	AUTO(buf) plain = BUF_INIT;
	size_t length = strlen(text);
	uint32_t c;

	for (size_t i = 0; i < length;) {
		i += str_utf8_next(&c, text + i, length - i);
		if (!turns(c))
			str_utf8_add(&plain, c);
	}
	out->failed |= plain.failed;
	escape(out, buf_text(&plain));
}

/* A path as a link: names are data, so everything but letters, digits and - _ . ~ / is encoded. */
static void escape_url(buf *out, const char *path)
{
	for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
		bool plain = str_ascii_digit((char)*c) ||
			     (str_ascii_lower((char)*c) >= 'a' && str_ascii_lower((char)*c) <= 'z') ||
			     strchr("-_.~/", *c);

		if (plain)
			buf_add_char(out, (char)*c);
		else
			buf_add_format(out, "%%%02X", *c);
	}
}

static void row(buf *out, const export_work *w, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_add_text(out, "<tr><th scope=\"row\">");
	escape(out, word(w, name));
	buf_add_text(out, "</th><td>");
	foreign(out, value);
	buf_add_text(out, "</td></tr>\n");
}

/* As the office reads it; in UTC where the system knows no zones. */
static const char *local_time(const export_work *w, efile_time time, char *text)
{
	if (efile_time_local(text, w->ctx, time) != EFILE_OK) {
		error_clear(w->ctx);
		efile_time_format(time, text);
	}
	return text;
}

static void row_time(buf *out, const export_work *w, const char *name, efile_time time)
{
	char text[EFILE_TIME_TEXT_SIZE];

	if (time)
		row(out, w, name, local_time(w, time, text));
}

/* The words for a type and its fields, out of its definition; the keys themselves if it says none. */
static efile_status load_type(json_document **out, const export_work *w, const char *name)
{
	AUTO_PTR(char) text = NULL;
	efile_status status;

	*out = NULL;
	if (!name || !*name)
		return EFILE_OK;
	status = efile_doctype_load(&text, w->session, name);
	if (status == EFILE_E_NOTFOUND) {
		error_clear(w->ctx);
		return EFILE_OK;
	}
	TRY(status);
	return json_parse(out, w->ctx, text, strlen(text));
}

static const char *title_of_type(const json_document *type, const char *name)
{
	const char *title = type ? json_member_text(json_root(type), "title") : NULL;

	return title && *title ? title : name;
}

static const char *title_of_field(const json_document *type, const char *name)
{
	const json_value *fields = type ? json_member(json_root(type), "fields") : NULL;

	for (const json_value *f = fields ? fields->child : NULL; f; f = f->next) {
		const char *key = json_member_text(f, "name"), *title = json_member_text(f, "title");

		if (key && title && *title && strcmp(key, name) == 0)
			return title;
	}
	return name;
}

static efile_status attribute_rows(buf *out, const export_work *w, const json_document *type,
				   efile_id id)
{
	efile_attribute_cursor *cursor = NULL;
	efile_attribute a;
	efile_status status = efile_node_attributes(&cursor, w->session, id);

	while (status == EFILE_OK && (status = efile_attribute_cursor_next(cursor, &a)) == EFILE_OK)
		row(out, w, title_of_field(type, a.name), a.value);
	efile_attribute_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static void file_links(buf *out, const export_work *w, const export_item *item)
{
	if (!item->file_count)
		return;
	buf_add_text(out, "<ul>\n");
	for (size_t i = 0; i < item->file_count; i++) {
		const export_file *f = &item->files[i];

		buf_add_text(out, "<li><a href=\"");
		escape_url(out, f->path);
		buf_add_text(out, "\">");
		foreign(out, strrchr(f->path, '/') + 1);
		buf_add_text(out, "</a> (");
		escape(out, f->media_type);
		buf_add_format(out, ", %lld %s)<br><code>SHA-256 ", (long long)f->bytes,
			       word(w, "bytes"));
		escape(out, f->sha256);
		buf_add_text(out, "</code></li>\n");
	}
	buf_add_text(out, "</ul>\n");
}

static efile_status section(buf *out, const export_work *w, size_t index)
{
	const export_item *item = &w->items[index];
	const efile_node *n = item->node;
	int level = item->depth + 2 > 6 ? 6 : item->depth + 2;
	AUTO_PTR(json_document) type = NULL;

	TRY(load_type(&type, w, efile_node_doctype(n)));
	buf_add_format(out, "<section id=\"n%zu\">\n<h%d>", index, level);
	escape(out, word(w, efile_node_kind_name(efile_node_kind_of(n))));
	buf_add_text(out, ": ");
	foreign(out, efile_node_title(n));
	buf_add_format(out, "</h%d>\n<table>\n", level);
	row(out, w, "reference number", efile_node_reference(n));
	row(out, w, "state", word(w, efile_node_state_name(efile_node_state_of(n))));
	row(out, w, "type", title_of_type(type, efile_node_doctype(n)));
	row(out, w, "sender", efile_node_sender(n));
	row_time(out, w, "received", efile_node_received(n));
	row_time(out, w, "created", efile_node_created(n));
	row_time(out, w, "filed away", efile_node_closed(n));
	TRY(attribute_rows(out, w, type, efile_node_id(n)));
	buf_add_text(out, "</table>\n");
	file_links(out, w, item);
	buf_add_text(out, "</section>\n");
	return EFILE_OK;
}

/* Lists in list items, as HTML wants it; a node lies at most one level below the one before. */
static void contents(buf *out, const export_work *w)
{
	int depth = -1;

	for (size_t i = 0; i < w->count; i++) {
		const export_item *item = &w->items[i];

		if (item->depth > depth)
			buf_add_text(out, "<ul>\n");
		for (; depth > item->depth; depth--)
			buf_add_text(out, "</li>\n</ul>\n");
		if (item->depth == depth)
			buf_add_text(out, "</li>\n");
		buf_add_format(out, "<li><a href=\"#n%zu\">", i);
		foreign(out, efile_node_title(item->node));
		buf_add_text(out, "</a>\n");
		depth = item->depth;
	}
	for (; depth >= 0; depth--)
		buf_add_text(out, "</li>\n</ul>\n");
}

/* ---- the history: who did what, when ---- */

static efile_status actor_name(char **out, const export_work *w, efile_id id)
{
	efile_actor_cursor *cursor = NULL;
	efile_actor_filter filter;
	efile_actor actor;
	efile_status status;

	if (efile_id_is_none(&id))
		return mem_dup(out, w->ctx, word(w, "the library"));
	efile_actor_filter_init(&filter);
	filter.actor.id = id;
	status = efile_actor_list(&cursor, w->session, &filter);
	if (status == EFILE_OK)
		status = efile_actor_cursor_next(cursor, &actor);
	if (status == EFILE_OK)
		status = mem_dup(out, w->ctx, actor.display);
	else if (status == EFILE_DONE)
		status = mem_dup(out, w->ctx, "?");
	efile_actor_cursor_free(cursor);
	return status;
}

static efile_status history_row(buf *out, const export_work *w, const efile_event *e,
				const efile_node *node)
{
	AUTO_PTR(char) who = NULL;
	char time[EFILE_TIME_TEXT_SIZE];
	bool machine;

	TRY(actor_name(&who, w, e->actor));
	buf_add_format(out, "<tr><td>%s</td><td>", local_time(w, e->time, time));
	foreign(out, who);
	buf_add_text(out, "</td><td>");
	escape(out, word(w, journal_words(&machine, e->action)));
	buf_add_text(out, "</td><td>");
	foreign(out, efile_node_title(node));
	buf_add_text(out, "</td></tr>\n");
	return EFILE_OK;
}

/* What machinery does stands in journal.jsonl; people read what people did. */
static bool is_told(const efile_event *e)
{
	bool machine;

	journal_words(&machine, e->action);
	return export_tells(e) && !machine;
}

static efile_status history_of(buf *out, const export_work *w, const efile_node *node)
{
	efile_event_cursor *cursor = NULL;
	efile_id id = efile_node_id(node);
	efile_event event;
	efile_status status = journal_events_of(&cursor, w->session->store, &id);

	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &event)) == EFILE_OK)
		status = is_told(&event) ? history_row(out, w, &event, node) : EFILE_OK;
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static efile_status history(buf *out, const export_work *w)
{
	static const char *const heads[] = { "time", "who", "what", "where" };

	buf_add_format(out, "<section id=\"history\">\n<h2>%s</h2>\n<table>\n<tr>",
		       word(w, "history"));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		buf_add_format(out, "<th scope=\"col\">%s</th>", word(w, heads[i]));
	buf_add_text(out, "</tr>\n");
	for (size_t i = 0; i < w->count; i++)
		TRY(history_of(out, w, w->items[i].node));
	buf_add_text(out, "</table>\n</section>\n");
	return EFILE_OK;
}

efile_status export_page(buf *out, const export_work *w)
{
	const efile_node *root = w->items[0].node;

	buf_add_format(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
			    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
		       w->ctx->language == EFILE_LANGUAGE_DE ? "de" : "en");
	plain_title(out, efile_node_title(root));
	buf_add_format(out, "</title>\n<style>%s</style>\n</head>\n<body>\n"
			    "<a class=\"skip\" href=\"#n0\">%s</a>\n<header><h1>",
		       style, word(w, "to the content"));
	foreign(out, efile_node_title(root));
	buf_add_format(out, "</h1></header>\n<nav aria-label=\"%s\">\n", word(w, "contents"));
	contents(out, w);
	buf_add_format(out, "<p><a href=\"#history\">%s</a></p></nav>\n<main>\n",
		       word(w, "history"));
	for (size_t i = 0; i < w->count; i++)
		TRY(section(out, w, i));
	TRY(history(out, w));
	buf_add_text(out, "</main>\n</body>\n</html>\n");
	return buf_status(out, w->ctx);
}
