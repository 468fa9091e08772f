/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as JSON: the shape that `efile intake inspect --json` prints (docs/json.md). */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/sha256.h"

static void put_digest(json_writer *w, const char *key, const unsigned char digest[SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	json_put_text(w, key, str_hex(hex, digest, SHA256_SIZE));
}

/* Domains know no case: written small, so that addresses can be compared. */
static void put_address(json_writer *w, const char *address)
{
	AUTO(buf) text = BUF_INIT;
	const char *at = strrchr(address, '@');

	for (const char *c = address; *c; c++)
		buf_add_char(&text, at && c > at ? str_ascii_lower(*c) : *c);
	if (text.failed)
		w->out->failed = true;
	json_text(w, buf_text(&text));
}

static void put_addresses(json_writer *w, const char *key, const efile_mail *mail,
			  efile_mail_field field)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < efile_mail_address_count(mail, field); i++)
		put_address(w, efile_mail_address_at(mail, field, i)->address);
	json_end_array(w);
}

/* Size and hash of the decoded bytes. */
static efile_status put_content(json_writer *w, const efile_mail *mail, size_t index)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(sha256_ctx) hash = SHA256_CTX_INIT;
	unsigned char digest[SHA256_SIZE];
	char piece[16 * 1024];
	int64_t size = 0;
	efile_status status;
	size_t got;

	TRY(efile_mail_part_open(&reader, mail, index));
	TRY(sha256_start(&hash, mail->ctx));
	while ((status = efile_reader_read(reader, piece, sizeof(piece), &got)) == EFILE_OK) {
		TRY(sha256_add(&hash, piece, got));
		size += (int64_t)got;
	}
	TRY(status);
	TRY(sha256_finish(digest, &hash));
	json_put_int(w, "size", size);
	put_digest(w, "sha256", digest);
	return EFILE_OK;
}

/* The text with line ends as LF and no blanks at the end, so that transport does not change the
 * hash. */
static efile_status put_text_hash(json_writer *w, const efile_mail *mail, size_t index)
{
	unsigned char digest[SHA256_SIZE];
	AUTO_PTR(char) text = NULL;
	size_t length = 0;

	TRY(efile_mail_part_text(&text, mail, index));
	for (const char *at = text; *at; at++)
		if (*at != '\r' || at[1] != '\n')
			text[length++] = *at;
	while (length > 0 && str_ascii_space(text[length - 1]))
		length--;
	TRY(sha256(digest, mail->ctx, text, length));
	put_digest(w, "text_sha256", digest);
	return EFILE_OK;
}

static efile_status put_part(json_writer *w, const efile_mail *mail, size_t index)
{
	const efile_mail_part *part = efile_mail_part_at(mail, index);

	json_object(w);
	json_put_text(w, "path", part->path);
	json_put_text(w, "type", part->type);
	json_put_text(w, "disposition", part->disposition);
	json_put_text(w, "filename", part->filename);
	if (!part->is_container) {
		TRY(put_content(w, mail, index));
		if (str_starts_with(part->type, "text/"))
			TRY(put_text_hash(w, mail, index));
	}
	json_end_object(w);
	return EFILE_OK;
}

static void put_envelope(json_writer *w, const efile_mail *mail)
{
	json_put_text(w, "schema", "efile.mail.v1");
	json_put_text(w, "subject", mail->subject);
	put_addresses(w, "from", mail, EFILE_MAIL_FROM);
	put_addresses(w, "to", mail, EFILE_MAIL_TO);
	put_addresses(w, "cc", mail, EFILE_MAIL_CC);
	json_key(w, "date");
	if (mail->has_date)
		json_int(w, mail->date / 1000000);
	else
		json_null(w);
	json_put_text(w, "message_id", mail->message_id);
}

efile_status efile_mail_json(char **out, const efile_mail *mail)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!out || !mail)
		return EFILE_E_INVALID;
	error_clear(mail->ctx);
	json_begin(&w, &text);
	json_object(&w);
	put_envelope(&w, mail);
	json_key(&w, "parts");
	json_array(&w);
	for (size_t i = 0; i < mail->node_count; i++)
		TRY(put_part(&w, mail, i));
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &text, mail->ctx);
}
