/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ZIP (PKWARE APPNOTE 6.3), by its central directory, which must agree with what lies before it:
 * as many entries as it says, none overlapping another, each with the same name in both places.
 * A reader that believes less than all of this can be shown different files than the next one. */
#include "archive/archive.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	END_BYTES = 22,
	END_SEARCH = END_BYTES + 0xffff,
	END64_BYTES = 56,
	LOCATOR_BYTES = 20,
	CENTRAL_BYTES = 46,
	LOCAL_BYTES = 30,
	DIRECTORY_MOST = 64 << 20,
	LINK_MOST = 4096,
	INPUT = 32 * 1024,

	FLAG_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13,
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
	HOST_UNIX = 3,
	EXTRA_ZIP64 = 1
};

typedef struct zip_entry {
	uint64_t offset;    /* of the local header */
	uint64_t data;      /* of the content */
	uint64_t in;        /* compressed bytes */
	uint64_t out;       /* expanded bytes, as declared */
	uint32_t crc;
	unsigned method;
	unsigned flags;
	archive_kind kind;
	const char *raw;    /* name bytes within the directory */
	size_t raw_length;
} zip_entry;

typedef struct zip {
	efile_ctx *ctx;
	const archive_source *source;
	archive_meter meter;
	uint64_t directory_at;
	uint64_t directory_length;
	uint64_t count;     /* as declared */
	bool count_is_short;/* only its lower 16 bits */
	buf directory;
	zip_entry *entries;
	size_t entry_count, entry_room;
} zip;

static void zip_clear(zip *z)
{
	buf_clear(&z->directory);
	free(z->entries);
}

static uint64_t number(const void *at, int bytes)
{
	const unsigned char *b = at;
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | b[i];
	return value;
}

static efile_status broken(zip *z, const char *what)
{
	return FAIL(z->ctx, EFILE_E_FORMAT, 1855, "broken ZIP archive: %s", what);
}

static efile_status read_at(zip *z, void *buffer, size_t length, uint64_t offset)
{
	if (offset > z->source->length || length > z->source->length - offset)
		return broken(z, "it is cut off");
	if (z->source->read_at(buffer, length, offset, z->source->user) < 0)
		return FAIL(z->ctx, EFILE_E_IO, 1854, "the archive cannot be read");
	return EFILE_OK;
}

/* ---- the end: where the directory is ---- */

/* The record whose comment ends exactly with the file: no second reading is possible. */
static efile_status find_end(zip *z, unsigned char end[END_BYTES], uint64_t *place)
{
	AUTO(buf) tail = BUF_INIT;
	size_t length = z->source->length < END_SEARCH ? (size_t)z->source->length : END_SEARCH;

	if (!buf_reserve(&tail, length))
		return buf_status(&tail, z->ctx);
	TRY(read_at(z, tail.data, length, z->source->length - length));
	for (size_t at = length < END_BYTES ? 0 : length - END_BYTES + 1; at-- > 0;)
		if (memcmp(tail.data + at, "PK\5\6", 4) == 0 &&
		    at + END_BYTES + number(tail.data + at + 20, 2) == length) {
			memcpy(end, tail.data + at, END_BYTES);
			*place = z->source->length - length + at;
			return EFILE_OK;
		}
	return broken(z, "it has no end record, so it is cut off");
}

static bool needs_zip64(const unsigned char *end)
{
	return number(end + 8, 2) == 0xffff || number(end + 10, 2) == 0xffff ||
	       number(end + 12, 4) == 0xffffffff || number(end + 16, 4) == 0xffffffff;
}

/* The wider end record, found by the locator right before the end. Answers false if there is none. */
static efile_status read_end64(zip *z, uint64_t *end_at, bool *found)
{
	unsigned char locator[LOCATOR_BYTES], end[END64_BYTES];
	uint64_t at;

	*found = false;
	if (*end_at < LOCATOR_BYTES)
		return EFILE_OK;
	TRY(read_at(z, locator, sizeof(locator), *end_at - LOCATOR_BYTES));
	if (memcmp(locator, "PK\6\7", 4) != 0)
		return EFILE_OK;
	at = number(locator + 8, 8);
	TRY(read_at(z, end, sizeof(end), at));
	if (memcmp(end, "PK\6\6", 4) != 0 || number(locator + 4, 4) != 0 ||
	    number(end + 16, 4) != 0 || number(end + 20, 4) != 0 ||
	    number(end + 24, 8) != number(end + 32, 8))
		return broken(z, "its ZIP64 end record is wrong");
	z->count = number(end + 32, 8);
	z->directory_length = number(end + 40, 8);
	z->directory_at = number(end + 48, 8);
	*end_at = at;
	*found = true;
	return EFILE_OK;
}

static efile_status read_end(zip *z)
{
	unsigned char end[END_BYTES];
	uint64_t end_at = 0;
	bool wide = false;

	TRY(find_end(z, end, &end_at));
	if (needs_zip64(end))
		TRY(read_end64(z, &end_at, &wide));
	if (!wide) {
		if (number(end + 4, 2) != 0 || number(end + 6, 2) != 0 ||
		    number(end + 8, 2) != number(end + 10, 2))
			return FAIL(z->ctx, EFILE_E_UNSUPPORTED, 1856,
				    "a ZIP archive in several parts cannot be read");
		z->count = number(end + 10, 2);
		z->directory_length = number(end + 12, 4);
		z->directory_at = number(end + 16, 4);
	}
	if (z->directory_at > end_at || z->directory_length != end_at - z->directory_at)
		return broken(z, "its directory is not where its end says");
	return EFILE_OK;
}

/* ---- the directory ---- */

/* Sizes and offset of 4 GiB and more stand in an extra field, in this order, each only if the short
 * one is full (4.5.3). */
static efile_status read_wide(zip *z, zip_entry *entry, const char *extra, size_t length)
{
	uint64_t *wanted[] = { &entry->out, &entry->in, &entry->offset };
	size_t at = 0, size;

	for (; length - at >= 4; at += 4 + size) {
		size = (size_t)number(extra + at + 2, 2);
		if (size > length - at - 4)
			return broken(z, "an extra field is too long");
		if (number(extra + at, 2) != EXTRA_ZIP64)
			continue;
		for (size_t i = 0, from = 0; i < ARRAY_SIZE(wanted); i++) {
			if (*wanted[i] != 0xffffffff)
				continue;
			if (size - from < 8)
				return broken(z, "a ZIP64 field is too short");
			*wanted[i] = number(extra + at + 4 + from, 8);
			from += 8;
		}
		return EFILE_OK;
	}
	return EFILE_OK;
}

static archive_kind kind_of(const char *central, const char *name, size_t length)
{
	unsigned mode = (unsigned)number(central + 40, 2);

	if (number(central + 5, 1) == HOST_UNIX && (mode & 0170000) == 0120000)
		return ARCHIVE_LINK;
	if ((length > 0 && name[length - 1] == '/') || (mode & 0170000) == 0040000)
		return ARCHIVE_FOLDER;
	if (number(central + 5, 1) == HOST_UNIX && (mode & 0170000) != 0 &&
	    (mode & 0170000) != 0100000)
		return ARCHIVE_SPECIAL;
	return ARCHIVE_FILE;
}

static efile_status read_central(zip *z, zip_entry *entry, size_t *at)
{
	const char *central = z->directory.data + *at;
	size_t left = z->directory.length - *at, name, extra, comment;

	if (left < CENTRAL_BYTES || memcmp(central, "PK\1\2", 4) != 0)
		return broken(z, "its directory is wrong");
	name = (size_t)number(central + 28, 2);
	extra = (size_t)number(central + 30, 2);
	comment = (size_t)number(central + 32, 2);
	if (left - CENTRAL_BYTES < name + extra + comment)
		return broken(z, "its directory is cut off");
	*entry = (zip_entry){
		.flags = (unsigned)number(central + 8, 2),
		.method = (unsigned)number(central + 10, 2),
		.crc = (uint32_t)number(central + 16, 4),
		.in = number(central + 20, 4),
		.out = number(central + 24, 4),
		.offset = number(central + 42, 4),
		.raw = central + CENTRAL_BYTES,
		.raw_length = name,
	};
	entry->kind = kind_of(central, entry->raw, name);
	TRY(read_wide(z, entry, entry->raw + name, extra));
	*at += CENTRAL_BYTES + name + extra + comment;
	return EFILE_OK;
}

static efile_status read_directory(zip *z)
{
	if (z->directory_length > DIRECTORY_MOST)
		return FAIL(z->ctx, EFILE_E_LIMIT, 1857, "the ZIP archive's directory is too long");
	if (!buf_reserve(&z->directory, (size_t)z->directory_length))
		return buf_status(&z->directory, z->ctx);
	TRY(read_at(z, z->directory.data, (size_t)z->directory_length, z->directory_at));
	z->directory.length = (size_t)z->directory_length;
	for (size_t at = 0; at < z->directory.length;) {
		TRY(archive_meter_item(&z->meter));
		TRY(mem_grow(z->ctx, (void **)&z->entries, &z->entry_room, z->entry_count,
			     sizeof(*z->entries)));
		TRY(read_central(z, &z->entries[z->entry_count], &at));
		z->entry_count++;
	}
	if (z->count != z->entry_count)
		return broken(z, "its directory is incomplete");
	return EFILE_OK;
}

/* ---- the entries against the directory ---- */

static void decode_name(buf *out, const zip_entry *entry, bool *recoded)
{
	*recoded = archive_name_decode(out, entry->raw, entry->raw_length);
}

static efile_status refuse_entry(zip *z, const zip_entry *entry)
{
	AUTO(buf) name = BUF_INIT;
	bool recoded;

	decode_name(&name, entry, &recoded);
	TRY(buf_status(&name, z->ctx));
	if (entry->flags & FLAG_ENCRYPTED)
		return FAIL(z->ctx, EFILE_E_UNSUPPORTED, 1858, "%s in the ZIP archive is encrypted",
			    buf_text(&name));
	return FAIL(z->ctx, EFILE_E_UNSUPPORTED, 1859,
		    "%s in the ZIP archive is compressed by an unknown method (%u)", buf_text(&name),
		    entry->method);
}

static efile_status check_local(zip *z, zip_entry *entry)
{
	unsigned char local[LOCAL_BYTES];
	AUTO(buf) name = BUF_INIT;

	if ((entry->flags & FLAG_ENCRYPTED) ||
	    (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED))
		return refuse_entry(z, entry);
	TRY(read_at(z, local, sizeof(local), entry->offset));
	if (memcmp(local, "PK\3\4", 4) != 0)
		return broken(z, "an entry is not where the directory says");
	if (number(local + 8, 2) != entry->method || number(local + 26, 2) != entry->raw_length)
		return broken(z, "an entry differs from the directory");
	if (!buf_reserve(&name, entry->raw_length))
		return buf_status(&name, z->ctx);
	TRY(read_at(z, name.data, entry->raw_length, entry->offset + LOCAL_BYTES));
	if (memcmp(name.data, entry->raw, entry->raw_length) != 0)
		return broken(z, "an entry has another name than in the directory");
	entry->data = entry->offset + LOCAL_BYTES + entry->raw_length + number(local + 28, 2);
	if (entry->data > z->directory_at || entry->in > z->directory_at - entry->data)
		return broken(z, "an entry reaches into the directory");
	if (entry->method == METHOD_STORED && entry->in != entry->out)
		return broken(z, "an entry lies about its size");
	return EFILE_OK;
}

/* A heap sort: in place, no recursion, no memory, no bad case. */
static void sink(uint64_t (*spans)[2], size_t root, size_t count)
{
	for (size_t child; (child = 2 * root + 1) < count; root = child) {
		uint64_t swap[2];

		if (child + 1 < count && spans[child][0] < spans[child + 1][0])
			child++;
		if (spans[root][0] >= spans[child][0])
			return;
		memcpy(swap, spans[root], sizeof(swap));
		memcpy(spans[root], spans[child], sizeof(swap));
		memcpy(spans[child], swap, sizeof(swap));
	}
}

static void sort_spans(uint64_t (*spans)[2], size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(spans, i, count);
	for (size_t i = count; i-- > 1;) {
		uint64_t swap[2];

		memcpy(swap, spans[0], sizeof(swap));
		memcpy(spans[0], spans[i], sizeof(swap));
		memcpy(spans[i], swap, sizeof(swap));
		sink(spans, 0, i);
	}
}

/* Entries that share bytes are how 30 GB come out of 100 kB. */
static efile_status check_overlap(zip *z)
{
	uint64_t (*spans)[2];
	bool overlap = false;

	if (z->entry_count == 0)
		return EFILE_OK;
	spans = mem_new(z->ctx, z->entry_count * sizeof(*spans));
	if (!spans)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < z->entry_count; i++) {
		spans[i][0] = z->entries[i].offset;
		spans[i][1] = z->entries[i].data + z->entries[i].in;
	}
	sort_spans(spans, z->entry_count);
	for (size_t i = 1; i < z->entry_count; i++)
		overlap = overlap || spans[i][0] < spans[i - 1][1];
	free(spans);
	return overlap ? broken(z, "entries overlap") : EFILE_OK;
}

/* ---- content ---- */

typedef struct content {
	zip *zip;
	const zip_entry *entry;
	uint64_t in;        /* compressed bytes fetched */
	uint64_t out;       /* expanded bytes given out */
	uLong crc;
	bool inflating;
	bool ended;
	z_stream stream;
	unsigned char input[INPUT];
} content;

static efile_status content_end(content *c)
{
	zip *z = c->zip;

	if (c->ended)
		return EFILE_OK;
	c->ended = true;
	if (c->out != c->entry->out || c->in - c->stream.avail_in != c->entry->in)
		return broken(z, "an entry lies about its size");
	if ((uint32_t)c->crc != c->entry->crc)
		return broken(z, "the checksum of an entry is wrong");
	return EFILE_OK;
}

static efile_status fetch(content *c)
{
	uint64_t left = c->entry->in - c->in;
	size_t n = left < INPUT ? (size_t)left : INPUT;

	TRY(read_at(c->zip, c->input, n, c->entry->data + c->in));
	c->in += n;
	c->stream.next_in = c->input;
	c->stream.avail_in = (uInt)n;
	return EFILE_OK;
}

/* As many bytes as are to be had in one go; 0 at the end. */
static efile_status expand(content *c, void *buffer, size_t length, size_t *got)
{
	c->stream.next_out = buffer;
	c->stream.avail_out = (uInt)length;
	*got = 0;
	while (*got == 0 && !c->ended) {
		int state;

		if (c->stream.avail_in == 0 && c->in < c->entry->in)
			TRY(fetch(c));
		state = inflate(&c->stream, Z_NO_FLUSH);
		if (state == Z_MEM_ERROR)
			return mem_failed(c->zip->ctx);
		*got = length - c->stream.avail_out;
		if (state == Z_STREAM_END)
			break;
		if (state != Z_OK)
			return broken(c->zip, "compressed bytes are wrong or missing");
	}
	return EFILE_OK;
}

static efile_status copy_stored(content *c, void *buffer, size_t length, size_t *got)
{
	uint64_t left = c->entry->in - c->in;

	*got = left < length ? (size_t)left : length;
	TRY(read_at(c->zip, buffer, *got, c->entry->data + c->in));
	c->in += *got;
	return EFILE_OK;
}

static efile_status content_read(void *buffer, size_t length, size_t *got, void *user)
{
	content *c = user;

	if (length > INT32_MAX)
		length = INT32_MAX;
	*got = 0;
	if (c->ended || length == 0)
		return EFILE_OK;
	TRY(c->inflating ? expand(c, buffer, length, got) : copy_stored(c, buffer, length, got));
	c->out += *got;
	c->crc = crc32(c->crc, buffer, (uInt)*got);
	if (c->out > c->entry->out)
		return broken(c->zip, "an entry lies about its size");
	TRY(archive_meter_add(&c->zip->meter, *got, c->out, c->in));
	return *got == 0 ? content_end(c) : EFILE_OK;
}

static efile_status content_start(content *c)
{
	c->crc = crc32(0, NULL, 0);
	c->inflating = c->entry->method == METHOD_DEFLATED;
	if (c->inflating && inflateInit2(&c->stream, -MAX_WBITS) != Z_OK) {
		c->inflating = false;
		return mem_failed(c->zip->ctx);
	}
	return EFILE_OK;
}

static void content_release(content *c)
{
	if (!c)
		return;
	if (c->inflating)
		inflateEnd(&c->stream);
	free(c);
}

DEFINE_AUTO_PTR(content, content_release)

/* ---- one entry after the other ---- */

static efile_status hand_over_entry(zip *z, const zip_entry *entry, archive_item *item,
				    archive_item_fn each, void *user)
{
	AUTO_PTR(content) c = mem_new(z->ctx, sizeof(*c));
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) raw = BUF_INIT;
	AUTO(buf) target = BUF_INIT;

	if (!c)
		return EFILE_E_NOMEM;
	c->zip = z;
	c->entry = entry;
	TRY(content_start(c));
	TRY(efile_reader_from_callback(&reader, z->ctx, content_read, NULL, c));
	if (entry->kind == ARCHIVE_FILE)
		return archive_hand_over(item, reader, each, user);
	if (entry->kind != ARCHIVE_LINK)
		return archive_hand_over(item, NULL, each, user);
	TRY(reader_read_all(&raw, z->ctx, reader, LINK_MOST, "the target of a link"));
	archive_name_decode(&target, buf_text(&raw), raw.length);
	TRY(buf_status(&target, z->ctx));
	item->target = buf_text(&target);
	return archive_hand_over(item, NULL, each, user);
}

static efile_status read_entry(zip *z, size_t index, archive_item_fn each, void *user)
{
	const zip_entry *entry = &z->entries[index];
	archive_item item = { .kind = entry->kind, .target = "", .index = index };
	AUTO(buf) name = BUF_INIT;

	decode_name(&name, entry, &item.name_recoded);
	TRY(buf_status(&name, z->ctx));
	item.name = buf_text(&name);
	return hand_over_entry(z, entry, &item, each, user);
}

efile_status zip_read(const archive_source *source, archive_item_fn each, void *user)
{
	AUTO(zip) z = { .ctx = source->ctx, .source = source, .meter = { source->ctx, 0, 0 } };

	TRY(read_end(&z));
	TRY(read_directory(&z));
	for (size_t i = 0; i < z.entry_count; i++)
		TRY(check_local(&z, &z.entries[i]));
	TRY(check_overlap(&z));
	for (size_t i = 0; i < z.entry_count; i++)
		TRY(read_entry(&z, i, each, user));
	return EFILE_OK;
}
