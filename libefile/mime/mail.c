/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public face: a message, its envelope and its parts. */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

/* ---- parts ---- */

header_block mime_node_header(const efile_mail *mail, const mime_node *node)
{
	const mime_source *source = &mail->sources[node->source];
	uint64_t length = node->part.header_length, limit = mail->ctx->limits.mime_header_bytes;

	return (header_block){ { source->bytes.data + node->part.header_offset,
				 (size_t)(length < limit ? length : limit) }, source->eol };
}

span mime_node_body(const efile_mail *mail, const mime_node *node)
{
	const mime_source *source = &mail->sources[node->source];

	return (span){ source->bytes.data + node->part.body_offset,
		       (size_t)node->part.body_length };
}

static const mime_node *part_node(const efile_mail *mail, size_t index)
{
	return index < mail->node_count ? &mail->nodes[mail->order[index]] : NULL;
}

size_t efile_mail_part_count(const efile_mail *mail)
{
	return mail->node_count;
}

const efile_mail_part *efile_mail_part_at(const efile_mail *mail, size_t index)
{
	const mime_node *node = part_node(mail, index);

	return node ? &node->part : NULL;
}

static efile_status no_part(const efile_mail *mail, size_t index)
{
	return FAIL(mail->ctx, EFILE_E_NOTFOUND, 1751, "the mail has no part %zu", index);
}

efile_status efile_mail_part_open(efile_reader **out, const efile_mail *mail, size_t index)
{
	const mime_node *node;

	if (!mail)
		return EFILE_E_INVALID;
	if (!out || !mail)
		return EFILE_E_INVALID;
	error_clear(mail->ctx);
	node = part_node(mail, index);
	if (!node)
		return no_part(mail, index);
	return transfer_reader(out, mail->ctx, node->part.encoding, mime_node_body(mail, node));
}

/* What reading a text showed is said once, however often it is read. */
static efile_status note_text(const efile_mail *mail, size_t index, unsigned notes)
{
	mime_node *node = &mail->nodes[mail->order[index]];
	unsigned fresh = notes & ~node->notes;

	node->notes |= fresh;
	return mime_report_node(mail, node, fresh);
}

efile_status efile_mail_part_text(char **out, const efile_mail *mail, size_t index)
{
	const mime_node *node;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) bytes = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	unsigned notes = 0;
	span charset = SPAN_NONE;

	if (!out || !mail)
		return EFILE_E_INVALID;
	error_clear(mail->ctx);
	node = part_node(mail, index);
	if (!node)
		return no_part(mail, index);
	TRY(transfer_reader(&reader, mail->ctx, node->part.encoding, mime_node_body(mail, node)));
	TRY(reader_read_all(&bytes, mail->ctx, reader, mail->ctx->limits.document_bytes,
			    "the part of a mail"));
	if (node->part.charset)
		charset = (span){ node->part.charset, strlen(node->part.charset) };
	TRY(charset_decode(&text, mail->ctx, charset, (span){ buf_text(&bytes), bytes.length },
			   &notes));
	TRY(note_text(mail, index, notes));
	return buf_take(out, &text, mail->ctx);
}

/* ---- header fields ---- */

static efile_status find_field(span *out, const efile_mail *mail, size_t part, const char *name,
			       size_t index)
{
	const mime_node *node = part_node(mail, part);

	error_clear(mail->ctx);
	if (!name || !name[0])
		return FAIL(mail->ctx, EFILE_E_INVALID, 1752, "a header field needs a name");
	if (!node)
		return no_part(mail, part);
	if (!header_find(out, mime_node_header(mail, node), name, index))
		return FAIL(mail->ctx, EFILE_E_NOTFOUND, 1753, "the mail has no field %s", name);
	return EFILE_OK;
}

efile_status efile_mail_header_raw(const void **out, size_t *length, const efile_mail *mail,
				   size_t part, const char *name, size_t index)
{
	span value;

	if (!out || !mail)
		return EFILE_E_INVALID;
	TRY(find_field(&value, mail, part, name, index));
	*out = value.data;
	*length = value.length;
	return EFILE_OK;
}

static efile_status decode_field(char **out, efile_ctx *ctx, span value, unsigned *notes)
{
	AUTO(buf) unfolded = BUF_INIT;
	AUTO(buf) text = BUF_INIT;

	header_unfold(&unfolded, value, ctx->limits.mime_field_bytes, notes);
	TRY(buf_status(&unfolded, ctx));
	TRY(word_decode(&text, ctx, span_trim((span){ buf_text(&unfolded), unfolded.length }),
			notes));
	return buf_take(out, &text, ctx);
}

efile_status efile_mail_header(char **out, const efile_mail *mail, size_t part, const char *name,
			       size_t index)
{
	unsigned notes = 0;
	span value;

	if (!out || !mail)
		return EFILE_E_INVALID;
	TRY(find_field(&value, mail, part, name, index));
	return decode_field(out, mail->ctx, value, &notes);
}

/* ---- the envelope: what the header of the message itself says ---- */

/* Of two senders the first counts; recipients of repeated fields are all recipients. */
static const struct {
	efile_mail_field field;
	const char *name;
	bool all;
} address_fields[] = {
	{ EFILE_MAIL_FROM, "From", false },         { EFILE_MAIL_TO, "To", true },
	{ EFILE_MAIL_CC, "Cc", true },              { EFILE_MAIL_BCC, "Bcc", true },
	{ EFILE_MAIL_REPLY_TO, "Reply-To", false }, { EFILE_MAIL_SENDER, "Sender", false },
};

typedef struct envelope {
	efile_mail *mail;
	header_index header;
	unsigned *notes;
} envelope;

/* The first field of a kind, unfolded; a second one is noted. False if there is none. */
static bool first_field(buf *out, envelope *e, known_field which)
{
	if (!e->header.first[which].data)
		return false;
	if (e->header.repeated & 1u << which)
		*e->notes |= NOTE_DUPLICATE;
	header_unfold(out, e->header.first[which], e->mail->ctx->limits.mime_field_bytes, e->notes);
	return true;
}

static efile_status read_subject(envelope *e)
{
	AUTO(buf) field = BUF_INIT;
	AUTO(buf) text = BUF_INIT;

	if (!first_field(&field, e, FIELD_SUBJECT))
		return EFILE_OK;
	TRY(buf_status(&field, e->mail->ctx));
	TRY(word_decode(&text, e->mail->ctx, span_trim((span){ buf_text(&field), field.length }),
			e->notes));
	return buf_take(&e->mail->subject, &text, e->mail->ctx);
}

static efile_status add_addresses(address_list *out, efile_mail *mail, span value,
				  unsigned *notes)
{
	AUTO(buf) field = BUF_INIT;

	header_unfold(&field, value, mail->ctx->limits.mime_field_bytes, notes);
	TRY(buf_status(&field, mail->ctx));
	return address_parse(out, mail->ctx, (span){ buf_text(&field), field.length }, notes);
}

static efile_status read_addresses(efile_mail *mail, unsigned *notes)
{
	header_block header = mime_node_header(mail, &mail->nodes[0]);
	header_field field;
	unsigned seen = 0;

	while (header_next(&field, &header)) {
		for (size_t i = 0; i < ARRAY_SIZE(address_fields); i++) {
			efile_mail_field which = address_fields[i].field;

			if (!span_is(field.name, address_fields[i].name))
				continue;
			if (seen & 1u << which)
				*notes |= NOTE_DUPLICATE;
			if (address_fields[i].all || !(seen & 1u << which))
				TRY(add_addresses(&mail->addresses[which], mail, field.value,
						  notes));
			seen |= 1u << which;
		}
	}
	return EFILE_OK;
}

static efile_status read_date(envelope *e)
{
	AUTO(buf) field = BUF_INIT;
	efile_mail *mail = e->mail;

	if (!first_field(&field, e, FIELD_DATE))
		return EFILE_OK;
	TRY(buf_status(&field, mail->ctx));
	mail->has_date = mime_date_parse(&mail->date, (span){ buf_text(&field), field.length });
	if (!mail->has_date)
		*e->notes |= NOTE_DATE;
	return EFILE_OK;
}

/* The next <id>; without brackets the first word is one. */
static span next_id(span *text)
{
	const char *open, *close, *end;
	span id;

	*text = span_trim(*text);
	if (text->length == 0)
		return SPAN_NONE;
	end = text->data + text->length;
	open = memchr(text->data, '<', text->length);
	close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	if (close) {
		id = span_trim((span){ open + 1, (size_t)(close - open - 1) });
		*text = (span){ close + 1, (size_t)(end - close - 1) };
		return id;
	}
	id = (span){ text->data, 0 };
	while (id.length < text->length && !str_ascii_space(id.data[id.length]))
		id.length++;
	*text = (span){ id.data + id.length, text->length - id.length };
	if (id.length > 0 && id.data[0] == '<')
		id = (span){ id.data + 1, id.length - 1 };
	return id;
}

static efile_status take_id(char **out, envelope *e, span id)
{
	AUTO(buf) text = BUF_INIT;

	TRY(word_decode(&text, e->mail->ctx, id, e->notes));
	return buf_take(out, &text, e->mail->ctx);
}

static efile_status read_id(char **out, envelope *e, known_field which)
{
	AUTO(buf) field = BUF_INIT;
	span rest, id;

	if (!first_field(&field, e, which))
		return EFILE_OK;
	TRY(buf_status(&field, e->mail->ctx));
	rest = (span){ buf_text(&field), field.length };
	id = next_id(&rest);
	return id.length ? take_id(out, e, id) : EFILE_OK;
}

static efile_status read_references(envelope *e)
{
	AUTO(buf) field = BUF_INIT;
	efile_mail *mail = e->mail;
	span rest, id;

	if (!first_field(&field, e, FIELD_REFERENCES))
		return EFILE_OK;
	TRY(buf_status(&field, mail->ctx));
	rest = (span){ buf_text(&field), field.length };
	while ((id = next_id(&rest)).data) {
		if (id.length == 0)
			continue;
		TRY(mem_grow(mail->ctx, (void **)&mail->references, &mail->reference_capacity,
			     mail->reference_count, sizeof(*mail->references)));
		TRY(take_id(&mail->references[mail->reference_count], e, id));
		mail->reference_count++;
	}
	return EFILE_OK;
}

efile_status mime_envelope(efile_mail *mail, unsigned *notes)
{
	envelope e = { .mail = mail, .notes = notes };

	header_index_read(&e.header, mime_node_header(mail, &mail->nodes[0]));
	TRY(read_subject(&e));
	TRY(read_addresses(mail, notes));
	TRY(read_date(&e));
	TRY(read_id(&mail->message_id, &e, FIELD_MESSAGE_ID));
	TRY(read_id(&mail->in_reply_to, &e, FIELD_IN_REPLY_TO));
	return read_references(&e);
}

const char *efile_mail_subject(const efile_mail *mail)
{
	return mail->subject;
}

const char *efile_mail_message_id(const efile_mail *mail)
{
	return mail->message_id;
}

const char *efile_mail_in_reply_to(const efile_mail *mail)
{
	return mail->in_reply_to;
}

size_t efile_mail_reference_count(const efile_mail *mail)
{
	return mail->reference_count;
}

const char *efile_mail_reference(const efile_mail *mail, size_t index)
{
	return index < mail->reference_count ? mail->references[index] : NULL;
}

int efile_mail_date(efile_time *out, const efile_mail *mail)
{
	if (mail->has_date)
		*out = mail->date;
	return mail->has_date;
}

static const address_list *address_field(const efile_mail *mail, efile_mail_field field)
{
	static const address_list none;

	return (unsigned)field <= EFILE_MAIL_SENDER ? &mail->addresses[field] : &none;
}

size_t efile_mail_address_count(const efile_mail *mail, efile_mail_field field)
{
	return address_field(mail, field)->count;
}

const efile_mail_address *efile_mail_address_at(const efile_mail *mail, efile_mail_field field,
						size_t index)
{
	const address_list *list = address_field(mail, field);

	return index < list->count ? &list->items[index] : NULL;
}

const efile_report *efile_mail_report(const efile_mail *mail)
{
	return mail->report;
}

/* ---- life ---- */

static void node_clear(mime_node *node)
{
	free((char *)node->part.path);
	free((char *)node->part.type);
	free((char *)node->part.disposition);
	free((char *)node->part.filename);
	free((char *)node->part.charset);
	free((char *)node->part.content_id);
}

void efile_mail_free(efile_mail *mail)
{
	if (!mail)
		return;
	for (size_t i = 0; i < mail->node_count; i++)
		node_clear(&mail->nodes[i]);
	free(mail->nodes);
	free(mail->order);
	for (size_t i = 0; i < mail->source_count; i++)
		free(mail->sources[i].owned);
	free(mail->sources);
	for (size_t i = 0; i < mail->reference_count; i++)
		free(mail->references[i]);
	free(mail->references);
	for (size_t i = 0; i < ARRAY_SIZE(mail->addresses); i++)
		address_list_clear(&mail->addresses[i]);
	free(mail->subject);
	free(mail->message_id);
	free(mail->in_reply_to);
	efile_report_free(mail->report);
	free(mail);
}

efile_status efile_mail_parse(efile_mail **out, efile_ctx *ctx, const void *data, size_t length)
{
	AUTO_PTR(efile_mail) mail = NULL;

	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!out || (!data && length > 0))
		return FAIL(ctx, EFILE_E_INVALID, 1754, "a mail needs bytes to be read from");
	if (length == 0)
		return FAIL(ctx, EFILE_E_FORMAT, 1755, "the mail is empty");
	mail = mem_new(ctx, sizeof(*mail));
	if (!mail)
		return EFILE_E_NOMEM;
	mail->ctx = ctx;
	TRY(report_new(&mail->report, ctx));
	TRY(mime_parse(mail, (span){ data, length }));
	TRY(mime_envelope(mail, &mail->nodes[0].notes));
	TRY(mime_report(mail));
	*out = STEAL(mail);
	return EFILE_OK;
}
