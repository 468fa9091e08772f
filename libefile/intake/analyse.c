/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Analysis: what a letter is, from whom, with which enclosures, and whether it is an invoice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "intake/inner.h"
#include "parse/parse.h"

enum {
	SLOT_PARSE = 2,
	TEXT_BYTES = 1 << 20, /* of text for people, rules and the search */
	TEXT_PAGES = 100
};

void analysis_clear(analysis *a)
{
	for (size_t i = 0; i < a->enclosure_count; i++) {
		free(a->enclosures[i].name);
		free(a->enclosures[i].media_type);
		free(a->enclosures[i].data);
		blob_staged_free(a->enclosures[i].staged);
	}
	free(a->enclosures);
	free(a->raw);
	free(a->media_type);
	free(a->subject);
	free(a->sender);
	free(a->recipient);
	free(a->message_id);
	free(a->text);
	blob_staged_free(a->staged);
	notes_clear(&a->flaw);
	notes_clear(&a->unread);
	efile_invoice_free(a->invoice);
	efile_report_free(a->findings);
	memset(a, 0, sizeof(*a));
}

/* What is wrong with the letter itself parks it; what is wrong with us is an error. */
static efile_status park(analysis *a, efile_status status, const char *where)
{
	if (status != EFILE_E_FORMAT && status != EFILE_E_LIMIT && status != EFILE_E_UNSUPPORTED)
		return status;
	if (!is_flawed(a))
		return notes_take_error(&a->flaw, a->ctx, where, EFILE_UNREAD_NONE);
	error_clear(a->ctx);
	return EFILE_OK;
}

/* ---- the helper for PDF and unknown types ---- */

static void release_parser(void *parser)
{
	efile_parser_free(parser);
}

static efile_status parser_of(efile_parser **out, efile_store *store)
{
	efile_parser *parser = store_slot(store, SLOT_PARSE);

	if (!parser) {
		TRY(efile_parser_new(&parser, store_ctx(store)));
		store_set_slot(store, SLOT_PARSE, parser, release_parser);
	}
	*out = parser;
	return EFILE_OK;
}

/* The XMP metadata of a hybrid invoice stand in the file unpacked (PDF/A-3, ISO 19005-3 6.6.2.1), with
 * this name of the extension schema of ZUGFeRD and Factur-X; others have at least the file's name. */
static bool says_invoice(const char *data, size_t length)
{
	static const char *const signs[] = { "pdfa:CrossIndustryDocument", "factur-x.xml",
					     "ZUGFeRD-invoice.xml", "zugferd-invoice.xml",
					     "xrechnung.xml" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (memmem(data, length, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/* A file that could not be looked into is said on the letter. What the helper could not do, because it
 * is not there or not well, is tried again: all letters wait for one that is not well; without any
 * those wait that would lose an invoice. */
static efile_status note_unread(analysis *a, efile_status status, const char *data, size_t length,
				const char *name, efile_intake_unread *why)
{
	efile_intake_unread cause;

	if (status != EFILE_E_UNSUPPORTED && status != EFILE_E_EXTERNAL &&
	    status != EFILE_E_NOTFOUND && status != EFILE_E_LIMIT && status != EFILE_E_FORMAT)
		return status;
	cause = unread_cause(efile_error_number(a->ctx));
	ctx_log(a->ctx, EFILE_LOG_INFO, "intake", "a file could not be looked into: %s",
		efile_error_message(a->ctx));
	*why = cause;
	a->maybe_invoice |= says_invoice(data, length);
	a->waits |= cause == EFILE_UNREAD_HELPER_FAILED ||
		    (cause == EFILE_UNREAD_NO_HELPER && a->maybe_invoice);
	return notes_take_error(&a->unread, a->ctx, name, cause);
}

enum { HEADER_BYTES = 1024 }; /* ISO 32000-1 annex H.3.4.1: rubbish before the header is passed over */

static bool is_xml(const char *data, size_t length);

static bool is_pdf(const char *data, size_t length)
{
	return memmem(data, length < HEADER_BYTES ? length : HEADER_BYTES, "%PDF-", 5) &&
	       !is_xml(data, length);
}

/* By its bytes or by what it is called: a damaged one has lost its header. */
static bool may_be_pdf(const char *data, size_t length, const char *media_type, const char *name)
{
	size_t at = name ? strlen(name) : 0;

	if (media_type && str_starts_with(media_type, "text/"))
		return false;
	return is_pdf(data, length) || str_equal(media_type, "application/pdf") ||
	       str_equal(media_type, "application/x-pdf") ||
	       (at > 4 && strcasecmp(name + at - 4, ".pdf") == 0);
}

static bool is_xml(const char *data, size_t length)
{
	size_t i = length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < length && str_ascii_space(data[i]))
		i++;
	return i < length && data[i] == '<';
}

/* ---- invoices ---- */

/* An XML that calls itself an invoice must be readable as one; other XML is just a file. The first
 * invoice of a letter is the letter's. */
static efile_status look_for_invoice(analysis *a, const char *data, size_t length,
				     const char *name)
{
	efile_invoice *invoice = NULL;
	efile_status status;

	if (a->invoice || !is_xml(data, length))
		return EFILE_OK;
	status = efile_invoice_from_xml(&invoice, a->ctx, data, length);
	if (status == EFILE_E_UNSUPPORTED) { /* some other XML */
		error_clear(a->ctx);
		return EFILE_OK;
	}
	if (status < 0)
		return park(a, status, name);
	a->invoice = invoice;
	return efile_invoice_check(&a->findings, invoice);
}

/* Appends text up to the limit, whole characters only. */
static void add_text(buf *text, const char *more)
{
	size_t room = text->length < TEXT_BYTES ? TEXT_BYTES - text->length : 0;
	size_t length = more ? strlen(more) : 0;

	if (length > room)
		for (length = room; length > 0 && ((unsigned char)more[length] & 0xc0) == 0x80;)
			length--;
	buf_add(text, more, length);
}

static efile_status read_text(buf *text, efile_parser *parser, const char *data, size_t length)
{
	AUTO_PTR(efile_parse_result) result = NULL;
	uint32_t pages;

	TRY(efile_parse_text(&result, parser, data, length, 0, TEXT_PAGES));
	pages = efile_parse_result_page_count(result);
	for (uint32_t p = 0; p < pages && p < TEXT_PAGES && text->length < TEXT_BYTES; p++) {
		add_text(text, efile_parse_result_text(result, p));
		add_text(text, "\n");
	}
	return EFILE_OK;
}

/* A flaw of an invoice in there is the letter's: *flawed tells it from an error of the helper's. */
static efile_status read_attachments(analysis *a, efile_parser *parser, const char *data,
				     size_t length, const char *name, bool *flawed)
{
	AUTO_PTR(efile_parse_result) result = NULL;
	bool xml = false;
	size_t count;

	TRY(efile_parse_attachments(&result, parser, data, length));
	*flawed = true;
	count = efile_parse_result_attachment_count(result);
	for (size_t i = 0; i < count; i++) {
		const efile_parse_attachment *f = efile_parse_result_attachment(result, i);

		xml |= is_xml(f->data, f->length);
		TRY(look_for_invoice(a, f->data, f->length, name));
	}
	*flawed = false;
	if (!a->invoice && (efile_parse_result_flags(result) & EFILE_PARSE_DAMAGED))
		return FAIL(a->ctx, EFILE_E_FORMAT, 2612,
			    "the PDF file is damaged: only a part of it can be read");
	if (!xml && says_invoice(data, length))
		return FAIL(a->ctx, EFILE_E_FORMAT, 2609,
			    "the PDF file says that it carries an e-invoice, and there is none in it");
	return EFILE_OK;
}

static efile_status look_into_pdf(analysis *a, efile_store *store, const char *data,
				  size_t length, const char *name, buf *text,
				  efile_intake_unread *why)
{
	efile_parser *parser;
	efile_status status;
	bool flawed = false;

	/* Asked once, the helper that does not answer would take as long for each further file. */
	if (a->waits)
		return EFILE_OK;
	TRY(parser_of(&parser, store));
	status = read_text(text, parser, data, length);
	if (status < 0)
		TRY(note_unread(a, status, data, length, name, why));
	if (unread_by_surroundings(*why))
		return EFILE_OK;
	status = read_attachments(a, parser, data, length, name, &flawed);
	if (status == EFILE_OK || flawed)
		return status;
	if (*why == EFILE_UNREAD_NONE)
		return note_unread(a, status, data, length, name, why);
	error_clear(a->ctx); /* the same file for the same reason: said */
	return status == EFILE_E_NOMEM ? status : EFILE_OK;
}

static efile_status look_into(analysis *a, efile_store *store, const char *data, size_t length,
			      const char *name, const char *media_type, buf *text,
			      efile_intake_unread *why)
{
	if (may_be_pdf(data, length, media_type, name))
		return look_into_pdf(a, store, data, length, name, text, why);
	return look_for_invoice(a, data, length, name);
}

/* ---- mail ---- */

static efile_status format_address(char **out, efile_ctx *ctx, const efile_mail *mail,
				   efile_mail_field field)
{
	const efile_mail_address *address;
	AUTO(buf) text = BUF_INIT;

	if (!efile_mail_address_count(mail, field))
		return EFILE_OK;
	address = efile_mail_address_at(mail, field, 0);
	if (address->name && *address->name)
		buf_add_format(&text, "%s <%s>", address->name,
			       address->address ? address->address : "");
	else
		buf_add_text(&text, address->address);
	free(*out);
	*out = NULL;
	return buf_take(out, &text, ctx);
}

static efile_status add_enclosure(analysis *a, const efile_mail *mail, size_t index)
{
	const efile_mail_part *part = efile_mail_part_at(mail, index);
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) data = BUF_INIT;
	enclosure *e;

	TRY(mem_grow(a->ctx, (void **)&a->enclosures, &a->enclosure_capacity, a->enclosure_count,
		     sizeof(*a->enclosures)));
	TRY(efile_mail_part_open(&reader, mail, index));
	TRY(reader_read_all(&data, a->ctx, reader, a->ctx->limits.document_bytes,
			    part->filename ? part->filename : part->path));
	e = &a->enclosures[a->enclosure_count];
	memset(e, 0, sizeof(*e));
	a->enclosure_count++;
	TRY(mem_dup(&e->name, a->ctx, part->filename));
	TRY(mem_dup(&e->media_type, a->ctx, part->type));
	e->length = data.length;
	return buf_take(&e->data, &data, a->ctx);
}

static bool is_body_text(const efile_mail_part *part)
{
	return str_equal(part->type, "text/plain") && !part->filename &&
	       !str_equal(part->disposition, "attachment");
}

static efile_status walk_parts(analysis *a, efile_store *store, const efile_mail *mail, buf *text)
{
	for (size_t i = 0; i < efile_mail_part_count(mail); i++) {
		const efile_mail_part *part = efile_mail_part_at(mail, i);
		enclosure *e;

		if (part->is_container && !str_starts_with(part->type, "message/"))
			continue;
		if (is_body_text(part)) {
			AUTO_PTR(char) body = NULL;

			TRY(efile_mail_part_text(&body, mail, i));
			add_text(text, body);
			continue;
		}
		if (strchr(part->path, '.') && part->container < 0 && !part->filename)
			continue; /* alternatives and related parts of the text; all in the original */
		if (part->is_container)
			continue;
		TRY(add_enclosure(a, mail, i));
		e = &a->enclosures[a->enclosure_count - 1];
		TRY(look_into(a, store, e->data, e->length, e->name, e->media_type, text,
			      &e->unread));
	}
	return EFILE_OK;
}

/* Findings of weight mean that parts of the message could not be made out. */
static efile_status heed_findings(analysis *a, const efile_mail *mail)
{
	const efile_report *report = efile_mail_report(mail);

	for (size_t i = 0; i < efile_report_count(report) && !is_flawed(a); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (f->severity == EFILE_SEVERITY_ERROR)
			TRY(notes_add(&a->flaw, a->ctx, 0, f->message));
	}
	return EFILE_OK;
}

/* What the reader finds is kept, so that its texts are not those of whoever acts. */
static efile_status parse_in_english(efile_mail **out, analysis *a)
{
	efile_language language = a->ctx->language;
	efile_status status;

	a->ctx->language = EFILE_LANGUAGE_EN;
	status = efile_mail_parse(out, a->ctx, a->raw, a->raw_length);
	a->ctx->language = language;
	return status;
}

static efile_status analyse_mail(analysis *a, efile_store *store, buf *text)
{
	efile_mail *mail = NULL;
	efile_time date;
	efile_status status;

	TRY(mem_dup(&a->media_type, a->ctx, "message/rfc822"));
	status = parse_in_english(&mail, a);
	if (status < 0)
		return park(a, status, NULL);
	a->claimed.set = efile_mail_date(&date, mail);
	a->claimed.value = a->claimed.set ? date : 0;
	status = mem_dup(&a->subject, a->ctx, efile_mail_subject(mail));
	if (status == EFILE_OK)
		status = mem_dup(&a->message_id, a->ctx, efile_mail_message_id(mail));
	if (status == EFILE_OK)
		status = format_address(&a->sender, a->ctx, mail, EFILE_MAIL_FROM);
	if (status == EFILE_OK)
		status = format_address(&a->recipient, a->ctx, mail, EFILE_MAIL_TO);
	if (status == EFILE_OK)
		status = park(a, walk_parts(a, store, mail, text), NULL);
	if (status == EFILE_OK)
		status = heed_findings(a, mail);
	if (status == EFILE_OK && !a->sender && !a->subject && !is_flawed(a))
		status = notes_add(&a->flaw, a->ctx, 2611, "no message: neither sender nor subject");
	efile_mail_free(mail);
	return status;
}

/* ---- single files ---- */

static efile_status analyse_file(analysis *a, efile_store *store, const char *name, buf *text)
{
	const char *type = may_be_pdf(a->raw, a->raw_length, NULL, name) ? "application/pdf" :
			   is_xml(a->raw, a->raw_length) ? "application/xml" :
							   "application/octet-stream";

	efile_intake_unread why = EFILE_UNREAD_NONE;

	TRY(mem_dup(&a->media_type, a->ctx, type));
	TRY(mem_dup(&a->subject, a->ctx, name));
	return look_into(a, store, a->raw, a->raw_length, name, type, text, &why);
}

efile_status analyse_bytes(analysis *out, efile_session *session, buf *raw,
			   efile_intake_channel channel, const char *name)
{
	AUTO(buf) text = BUF_INIT;

	out->ctx = session_ctx(session);
	out->raw_length = raw->length;
	TRY(buf_take(&out->raw, raw, out->ctx));
	if (channel == EFILE_CHANNEL_MAIL)
		TRY(analyse_mail(out, session->store, &text));
	else
		TRY(analyse_file(out, session->store, name, &text));
	return buf_take(&out->text, &text, out->ctx);
}

efile_status analyse(analysis *out, efile_session *session, const item_record *row)
{
	AUTO(buf) raw = BUF_INIT;

	TRY(blob_load(&raw, session->store, row->blob.value,
		      session_ctx(session)->limits.document_bytes));
	return analyse_bytes(out, session, &raw, (efile_intake_channel)row->channel, row->name);
}

/* ---- for those who need what could not be had ---- */

static efile_status as_error(const analysis *a, efile_status status, int number, const note *n)
{
	AUTO(buf) text = BUF_INIT;

	note_text(&text, (int)a->ctx->language, n);
	TRY(buf_status(&text, a->ctx));
	return FAIL(a->ctx, status, number, "%s", buf_text(&text));
}

efile_status flaw_as_error(const analysis *a)
{
	return as_error(a, EFILE_E_FORMAT, 2605, &a->flaw.rows[0]);
}

efile_status unread_as_error(const analysis *a)
{
	const note *n = &a->unread.rows[0];

	return as_error(a, unread_by_surroundings(n->why) ? EFILE_E_EXTERNAL : EFILE_E_FORMAT, 2605, n);
}

/* ---- facts ---- */

static void put_value(json_writer *w, const char *key, const efile_invoice *invoice,
		      const char *term)
{
	const char *value = efile_invoice_value(invoice, term);

	json_put_text(w, key, value && *value ? value : NULL);
}

static void put_number(json_writer *w, const char *key, const char *text)
{
	efile_decimal value;

	json_key(w, key);
	if (text && efile_decimal_parse(&value, text, (size_t)-1) == EFILE_OK) {
		char plain[EFILE_DECIMAL_TEXT_SIZE];

		json_raw(w, efile_decimal_format(value, plain));
	} else {
		json_null(w);
	}
}

static void put_invoice(json_writer *w, const analysis *a)
{
	size_t errors;

	json_key(w, "invoice");
	if (!a->invoice) {
		json_null(w);
		return;
	}
	errors = efile_report_count_severity(a->findings, EFILE_SEVERITY_ERROR);
	json_object(w);
	put_value(w, "number", a->invoice, "BT-1");
	put_value(w, "date", a->invoice, "BT-2");
	put_value(w, "due", a->invoice, "BT-9");
	put_value(w, "currency", a->invoice, "BT-5");
	put_value(w, "buyer_reference", a->invoice, "BT-10");
	put_value(w, "seller", a->invoice, "BT-27");
	put_value(w, "iban", a->invoice, "BT-84");
	put_number(w, "total", efile_invoice_value(a->invoice, "BT-112"));
	put_number(w, "amount", efile_invoice_value(a->invoice, "BT-115"));
	json_put_int(w, "errors", (int64_t)errors);
	json_put_int(w, "warnings",
		     (int64_t)efile_report_count_severity(a->findings, EFILE_SEVERITY_WARNING));
	json_end_object(w);
}

static const char *unread_or_null(efile_intake_unread why)
{
	return why ? efile_intake_unread_name(why) : NULL;
}

efile_status analysis_facts(char **out, const analysis *a, const item_record *row, bool text)
{
	AUTO(buf) facts = BUF_INIT;
	json_writer w;

	json_begin(&w, &facts);
	json_object(&w);
	json_put_text(&w, "channel", efile_intake_channel_name((efile_intake_channel)row->channel));
	json_put_text(&w, "subject", a->subject);
	json_put_text(&w, "sender", a->sender);
	json_put_text(&w, "recipient", a->recipient);
	json_put_text(&w, "name", row->name);
	json_put_text(&w, "media_type", a->media_type);
	if (text)
		json_put_text(&w, "text", a->text);
	json_key(&w, "enclosures");
	json_array(&w);
	for (size_t i = 0; i < a->enclosure_count; i++) {
		json_object(&w);
		json_put_text(&w, "name", a->enclosures[i].name);
		json_put_text(&w, "media_type", a->enclosures[i].media_type);
		json_put_int(&w, "bytes", (int64_t)a->enclosures[i].length);
		json_put_text(&w, "unread", unread_or_null(a->enclosures[i].unread));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_put_text(&w, "unread",
		      unread_or_null(a->unread.count ? a->unread.rows[0].why : EFILE_UNREAD_NONE));
	json_put_bool(&w, "maybe_invoice", a->maybe_invoice);
	put_invoice(&w, a);
	json_end_object(&w);
	return buf_take(out, &facts, a->ctx);
}
