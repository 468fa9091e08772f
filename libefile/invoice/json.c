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

/* Items of one term stand in a row. A term beyond its cardinality is for the rules to say. */
static void write_group(json_writer *w, const efile_invoice *invoice, uint32_t group)
{
	uint32_t id = invoice->items[group].child;

	while (id) {
		uint32_t term = invoice->items[id].term;
		bool many = term_at(term)->most == TERM_MANY;

		json_key(w, term_at(term)->id);
		if (many)
			json_array(w);
		write_value(w, invoice, id);
		for (id = invoice->items[id].next; id && invoice->items[id].term == term;
		     id = invoice->items[id].next)
			if (many)
				write_value(w, invoice, id);
		if (many)
			json_end_array(w);
	}
}

efile_status efile_invoice_json(char **out, const efile_invoice *invoice)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

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
