/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The semantic model as JSON. A term is a text, a group an object; what may occur several times is
 * always an array, so that a reader need not ask which. */
#include "base/json.h"

#include "invoice/invoice.h"

static void write_group(json_writer *w, const efile_invoice *invoice, uint32_t group);

/* Bytes of an attachment do not belong here; their length tells that there are some. */
static void write_value(json_writer *w, const efile_invoice *invoice, uint32_t id)
{
	const efile_invoice_item *item = &invoice->items[id];

	switch (term_at(item->term)->kind) {
	case TERM_GROUP:
		json_object(w);
		write_group(w, invoice, id);
		json_end_object(w);
		break;
	case TERM_BINARY:
		json_object(w);
		json_put_int(w, "base64_length", item->text_length);
		json_end_object(w);
		break;
	default:
		json_text_n(w, invoice->tree.texts.data + item->text, item->text_length);
		break;
	}
}

/* Whether an item is of a term or, behind one, a part of it such as BT-29-1. */
static bool belongs(const efile_invoice *invoice, uint32_t id, uint32_t term)
{
	return id && (invoice->items[id].term == term ||
		      term_whole(invoice->items[id].term) == term);
}

/* A part of a repeated term: one value, or null, for each of them. */
static void write_part(json_writer *w, const efile_invoice *invoice, uint32_t first, uint32_t part)
{
	uint32_t whole = invoice->items[first].term, id = first;

	json_key(w, term_at(part)->id);
	json_array(w);
	while (belongs(invoice, id, whole)) {
		uint32_t found = 0;

		for (id = invoice->items[id].next;
		     belongs(invoice, id, whole) && invoice->items[id].term != whole;
		     id = invoice->items[id].next)
			if (invoice->items[id].term == part)
				found = id;
		if (found)
			write_value(w, invoice, found);
		else
			json_null(w);
	}
	json_end_array(w);
}

static bool has_part(const efile_invoice *invoice, uint32_t first, uint32_t part)
{
	uint32_t whole = invoice->items[first].term;

	for (uint32_t id = first; belongs(invoice, id, whole); id = invoice->items[id].next)
		if (invoice->items[id].term == part)
			return true;
	return false;
}

/* The items of a term stand in a row, each with its parts behind it. What is there more often than
 * its cardinality allows is for the rules to say. */
static uint32_t write_term(json_writer *w, const efile_invoice *invoice, uint32_t first)
{
	uint32_t term = invoice->items[first].term, id;
	bool many = term_at(term)->most == TERM_MANY;

	json_key(w, term_at(term)->id);
	if (many)
		json_array(w);
	write_value(w, invoice, first);
	for (id = invoice->items[first].next; belongs(invoice, id, term); id = invoice->items[id].next)
		if (many && invoice->items[id].term == term)
			write_value(w, invoice, id);
	if (many)
		json_end_array(w);
	for (uint32_t part = term + 1; part < term_count() && term_whole(part) == term; part++)
		if (many && has_part(invoice, first, part))
			write_part(w, invoice, first, part);
	return id;
}

static uint32_t write_parts(json_writer *w, const efile_invoice *invoice, uint32_t first)
{
	uint32_t term = invoice->items[first].term, id = invoice->items[first].next;
	uint32_t end = write_term(w, invoice, first);

	if (term_at(term)->most == TERM_MANY)
		return end;
	for (; id != end && invoice->items[id].term != term; id = invoice->items[id].next)
		json_put_text(w, term_at(invoice->items[id].term)->id,
			      invoice->tree.texts.data + invoice->items[id].text);
	return end;
}

static void write_group(json_writer *w, const efile_invoice *invoice, uint32_t group)
{
	uint32_t id = invoice->items[group].child;

	while (id)
		id = write_parts(w, invoice, id);
}

efile_status efile_invoice_json(char **out, const efile_invoice *invoice)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!out || !invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.invoice.v1");
	json_put_text(&w, "format", efile_invoice_format_name(invoice->format));
	json_put_text(&w, "profile", efile_invoice_profile(invoice));
	json_key(&w, "invoice");
	json_object(&w);
	write_group(&w, invoice, 0);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, invoice->ctx);
}
