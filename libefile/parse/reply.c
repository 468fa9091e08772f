/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The helper's reply. It comes from a process that has read hostile bytes, so nothing in it is
 * believed: lengths, order and counts are checked, text is made valid UTF-8. */
#include "parse/parse.h"

#include <stdlib.h>
#include <string.h>

enum { METADATA_MOST = 64, NAME_MOST = 64 * 1024 };

typedef struct page_size {
	uint32_t width;
	uint32_t height;
} page_size;

typedef struct metadata {
	char *key;
	char *value;
} metadata;

typedef struct page_text {
	uint32_t page;
	buf text;
} page_text;

typedef struct attachment {
	efile_parse_attachment view;
	char *name;
	char *media_type;
	buf content;
} attachment;

struct efile_parse_result {
	char *media_type;
	uint32_t flags;
	uint32_t pages;
	bool has_image;
	page_size image;
	page_size *sizes;
	size_t size_count, size_room;
	metadata *entries;
	size_t entry_count, entry_room;
	page_text *texts;
	size_t text_count, text_room;
	attachment *attachments;
	size_t attachment_count, attachment_room;
	buf xmp;
	buf preview;
};

typedef struct decoder {
	efile_ctx *ctx;
	efile_parse_result *result;
	uint32_t refused;
	bool ended;
} decoder;

typedef efile_status (*record_fn)(decoder *d, const unsigned char *bytes, size_t length);

static efile_status broken(decoder *d, const char *what)
{
	return FAIL(d->ctx, EFILE_E_EXTERNAL, 3440, "efile-parse answers with a broken %s", what);
}

static uint32_t u32_at(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Text of the document as valid UTF-8 without NUL; what is not becomes U+FFFD. */
static void add_clean(buf *out, const char *text, size_t length)
{
	if (str_utf8_valid(text, length)) {
		buf_add(out, text, length);
		return;
	}
	while (length > 0) {
		uint32_t character;
		size_t used = str_utf8_next(&character, text, length);

		str_utf8_add(out, character ? character : 0xfffd);
		text += used ? used : 1;
		length -= used ? used : 1;
	}
}

static efile_status clean_copy(char **out, efile_ctx *ctx, const void *text, size_t length)
{
	AUTO(buf) clean = BUF_INIT;
	char *copy;

	add_clean(&clean, text, length);
	TRY(buf_take(&copy, &clean, ctx));
	free(*out);
	*out = copy;
	return EFILE_OK;
}

/* ---- one function per tag ---- */

static efile_status on_media_type(decoder *d, const unsigned char *bytes, size_t length)
{
	return clean_copy(&d->result->media_type, d->ctx, bytes, length);
}

static efile_status on_flags(decoder *d, const unsigned char *bytes, size_t length)
{
	(void)length;
	d->result->flags = u32_at(bytes);
	return EFILE_OK;
}

static efile_status on_pages(decoder *d, const unsigned char *bytes, size_t length)
{
	(void)length;
	d->result->pages = u32_at(bytes);
	return EFILE_OK;
}

static efile_status on_page_size(decoder *d, const unsigned char *bytes, size_t length)
{
	efile_parse_result *r = d->result;

	(void)length;
	if (u32_at(bytes) != r->size_count ||
	    r->size_count >= efile_ctx_limits(d->ctx)->pdf_pages)
		return broken(d, "page size");
	TRY(mem_grow(d->ctx, (void **)&r->sizes, &r->size_room, r->size_count, sizeof(*r->sizes)));
	r->sizes[r->size_count++] = (page_size){ u32_at(bytes + 4), u32_at(bytes + 8) };
	return EFILE_OK;
}

static efile_status on_metadata(decoder *d, const unsigned char *bytes, size_t length)
{
	efile_parse_result *r = d->result;
	const unsigned char *nul = memchr(bytes, 0, length);
	metadata *entry;

	if (!nul || r->entry_count >= METADATA_MOST)
		return broken(d, "metadata entry");
	TRY(mem_grow(d->ctx, (void **)&r->entries, &r->entry_room, r->entry_count,
		     sizeof(*r->entries)));
	entry = &r->entries[r->entry_count++];
	*entry = (metadata){ NULL, NULL };
	TRY(clean_copy(&entry->key, d->ctx, bytes, (size_t)(nul - bytes)));
	return clean_copy(&entry->value, d->ctx, nul + 1, length - (size_t)(nul + 1 - bytes));
}

static efile_status on_xmp(decoder *d, const unsigned char *bytes, size_t length)
{
	buf_add(&d->result->xmp, bytes, length);
	return buf_status(&d->result->xmp, d->ctx);
}

static efile_status on_image(decoder *d, const unsigned char *bytes, size_t length)
{
	(void)length;
	d->result->has_image = true;
	d->result->image = (page_size){ u32_at(bytes), u32_at(bytes + 4) };
	return EFILE_OK;
}

static efile_status on_page(decoder *d, const unsigned char *bytes, size_t length)
{
	efile_parse_result *r = d->result;
	uint32_t page = u32_at(bytes);

	(void)length;
	if ((r->text_count && r->texts[r->text_count - 1].page >= page) ||
	    r->text_count >= efile_ctx_limits(d->ctx)->pdf_pages)
		return broken(d, "page");
	TRY(mem_grow(d->ctx, (void **)&r->texts, &r->text_room, r->text_count, sizeof(*r->texts)));
	r->texts[r->text_count++] = (page_text){ page, BUF_INIT };
	return EFILE_OK;
}

static efile_status on_text(decoder *d, const unsigned char *bytes, size_t length)
{
	efile_parse_result *r = d->result;
	buf *text;

	if (!r->text_count)
		return broken(d, "text without page");
	text = &r->texts[r->text_count - 1].text;
	buf_add(text, bytes, length);
	return buf_status(text, d->ctx);
}

static efile_status on_attachment(decoder *d, const unsigned char *bytes, size_t length)
{
	efile_parse_result *r = d->result;
	attachment *added;

	if (length > NAME_MOST || r->attachment_count >= efile_ctx_limits(d->ctx)->archive_entries)
		return broken(d, "attachment");
	TRY(mem_grow(d->ctx, (void **)&r->attachments, &r->attachment_room, r->attachment_count,
		     sizeof(*r->attachments)));
	added = &r->attachments[r->attachment_count++];
	*added = (attachment){ .content = BUF_INIT };
	return clean_copy(&added->name, d->ctx, bytes, length);
}

static attachment *present_attachment(decoder *d)
{
	efile_parse_result *r = d->result;

	return r->attachment_count ? &r->attachments[r->attachment_count - 1] : NULL;
}

static efile_status on_content(decoder *d, const unsigned char *bytes, size_t length)
{
	attachment *a = present_attachment(d);

	if (!a)
		return broken(d, "content without attachment");
	buf_add(&a->content, bytes, length);
	return buf_status(&a->content, d->ctx);
}

static efile_status on_content_type(decoder *d, const unsigned char *bytes, size_t length)
{
	attachment *a = present_attachment(d);

	if (!a)
		return broken(d, "media type without attachment");
	return clean_copy(&a->media_type, d->ctx, bytes, length);
}

static efile_status on_preview(decoder *d, const unsigned char *bytes, size_t length)
{
	buf_add(&d->result->preview, bytes, length);
	return buf_status(&d->result->preview, d->ctx);
}

static efile_status on_refused(decoder *d, const unsigned char *bytes, size_t length)
{
	(void)length;
	d->refused = u32_at(bytes);
	return d->refused ? EFILE_OK : broken(d, "refusal");
}

static efile_status on_end(decoder *d, const unsigned char *bytes, size_t length)
{
	(void)bytes;
	(void)length;
	d->ended = true;
	return EFILE_OK;
}

static const struct record_row {
	record_fn read;
	uint32_t least;
	uint32_t most;
} record_rows[] = {
	[PARSE_TAG_MEDIA_TYPE] = { on_media_type, 1, 255 },
	[PARSE_TAG_FLAGS] = { on_flags, 4, 4 },
	[PARSE_TAG_PAGES] = { on_pages, 4, 4 },
	[PARSE_TAG_PAGE_SIZE] = { on_page_size, 12, 12 },
	[PARSE_TAG_METADATA] = { on_metadata, 2, PARSE_CHUNK_BYTES },
	[PARSE_TAG_XMP] = { on_xmp, 0, PARSE_CHUNK_BYTES },
	[PARSE_TAG_IMAGE] = { on_image, 8, 8 },
	[PARSE_TAG_PAGE] = { on_page, 4, 4 },
	[PARSE_TAG_TEXT] = { on_text, 0, PARSE_CHUNK_BYTES },
	[PARSE_TAG_ATTACHMENT] = { on_attachment, 0, PARSE_CHUNK_BYTES },
	[PARSE_TAG_CONTENT] = { on_content, 0, PARSE_CHUNK_BYTES },
	[PARSE_TAG_CONTENT_TYPE] = { on_content_type, 1, 255 },
	[PARSE_TAG_PREVIEW] = { on_preview, 0, PARSE_CHUNK_BYTES },
	[PARSE_TAG_REFUSED] = { on_refused, 4, 4 },
	[PARSE_TAG_END] = { on_end, 0, 0 },
};

static efile_status read_record(decoder *d, const unsigned char **at, size_t *left)
{
	const struct record_row *row;
	uint32_t tag, length;

	if (d->ended || *left < PARSE_RECORD_BYTES)
		return broken(d, "record");
	tag = u32_at(*at) >> 16;
	length = u32_at(*at + 4);
	*at += PARSE_RECORD_BYTES;
	*left -= PARSE_RECORD_BYTES;
	row = tag < ARRAY_SIZE(record_rows) ? &record_rows[tag] : NULL;
	if (!row || !row->read || length > *left || length < row->least || length > row->most)
		return broken(d, "record");
	TRY(row->read(d, *at, length));
	*at += length;
	*left -= length;
	return EFILE_OK;
}

static efile_status finish_text(efile_ctx *ctx, buf *text)
{
	AUTO(buf) clean = BUF_INIT;

	buf_add(text, "", 0);
	TRY(buf_status(text, ctx));
	if (str_utf8_valid(text->data, text->length))
		return EFILE_OK;
	add_clean(&clean, text->data, text->length);
	TRY(buf_status(&clean, ctx));
	buf_clear(text);
	*text = clean;
	clean = (buf)BUF_INIT;
	return EFILE_OK;
}

/* Text came in pieces that may cut a character; views are set when nothing moves any more. */
static efile_status finish(decoder *d)
{
	efile_parse_result *r = d->result;

	if (!d->ended)
		return broken(d, "end");
	for (size_t i = 0; i < r->text_count; i++)
		TRY(finish_text(d->ctx, &r->texts[i].text));
	for (size_t i = 0; i < r->attachment_count; i++) {
		attachment *a = &r->attachments[i];

		a->view = (efile_parse_attachment){
			a->name, a->media_type ? a->media_type : "application/octet-stream",
			buf_text(&a->content), a->content.length
		};
	}
	return EFILE_OK;
}

efile_status parse_reply_read(efile_parse_result **out, unsigned *why, efile_ctx *ctx,
			      const void *data, size_t length)
{
	AUTO_PTR(efile_parse_result) result = mem_new(ctx, sizeof(*result));
	decoder d = { .ctx = ctx, .result = result };
	const unsigned char *at = data;

	if (!result)
		return EFILE_E_NOMEM;
	while (length > 0)
		TRY(read_record(&d, &at, &length));
	TRY(finish(&d));
	*why = d.refused;
	*out = STEAL(result);
	return EFILE_OK;
}

/* ---- the result ---- */

void efile_parse_result_free(efile_parse_result *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->entry_count; i++) {
		free(r->entries[i].key);
		free(r->entries[i].value);
	}
	for (size_t i = 0; i < r->text_count; i++)
		buf_clear(&r->texts[i].text);
	for (size_t i = 0; i < r->attachment_count; i++) {
		free(r->attachments[i].name);
		free(r->attachments[i].media_type);
		buf_clear(&r->attachments[i].content);
	}
	free(r->media_type);
	free(r->sizes);
	free(r->entries);
	free(r->texts);
	free(r->attachments);
	buf_clear(&r->xmp);
	buf_clear(&r->preview);
	free(r);
}

const char *efile_parse_result_media_type(const efile_parse_result *r)
{
	return r->media_type ? r->media_type : "";
}

int efile_parse_result_flags(const efile_parse_result *r)
{
	return (int)(r->flags & 0xffff);
}

uint32_t efile_parse_result_page_count(const efile_parse_result *r)
{
	return r->pages;
}

efile_status efile_parse_result_page_size(const efile_parse_result *r, uint32_t page,
					  uint32_t *width, uint32_t *height)
{
	if (!r || !width || !height)
		return EFILE_E_INVALID;
	if (page >= r->size_count)
		return EFILE_E_NOTFOUND;
	*width = r->sizes[page].width;
	*height = r->sizes[page].height;
	return EFILE_OK;
}

efile_status efile_parse_result_image_size(const efile_parse_result *r, uint32_t *width,
					   uint32_t *height)
{
	if (!r || !width || !height)
		return EFILE_E_INVALID;
	if (!r->has_image)
		return EFILE_E_NOTFOUND;
	*width = r->image.width;
	*height = r->image.height;
	return EFILE_OK;
}

const char *efile_parse_result_metadata(const efile_parse_result *r, const char *key)
{
	for (size_t i = 0; i < r->entry_count; i++)
		if (str_equal(r->entries[i].key, key))
			return r->entries[i].value;
	return NULL;
}

const char *efile_parse_result_xmp(const efile_parse_result *r, size_t *length)
{
	if (length)
		*length = r->xmp.length;
	return r->xmp.length ? r->xmp.data : NULL;
}

const char *efile_parse_result_text(const efile_parse_result *r, uint32_t page)
{
	for (size_t low = 0, high = r->text_count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (r->texts[middle].page == page)
			return buf_text(&r->texts[middle].text);
		if (r->texts[middle].page < page)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

size_t efile_parse_result_attachment_count(const efile_parse_result *r)
{
	return r->attachment_count;
}

const efile_parse_attachment *efile_parse_result_attachment(const efile_parse_result *r,
							    size_t index)
{
	return index < r->attachment_count ? &r->attachments[index].view : NULL;
}

const void *efile_parse_result_preview(const efile_parse_result *r, size_t *length)
{
	if (length)
		*length = r->preview.length;
	return r->preview.length ? r->preview.data : NULL;
}
