/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing ZIP as a stream. Nothing of the machine, the user or the hour gets in, so that the same
 * entries give the same bytes. */
#include "archive/archive.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/time.h"

enum {
	PROBE = 64 * 1024,
	OUTPUT = 64 * 1024,
	NAME_MOST = 0xffff,
	DESCRIPTOR = 16,
	FLAG_DESCRIPTOR = 1 << 3,
	FLAG_UTF8 = 1 << 11,
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
	VERSION_PLAIN = 20,
	VERSION_WIDE = 45,
	MADE_BY_UNIX = 3 << 8,
	MODE_FILE = 0100644
};

#define FULL32 UINT64_C(0xffffffff)

typedef struct written {
	char *name;
	uint64_t offset;
	uint64_t in;        /* bytes in the archive */
	uint64_t out;       /* bytes of the content */
	uint32_t crc;
	uint32_t when;      /* DOS date and time */
	unsigned method;
	unsigned flags;
	bool wide;          /* local header and descriptor are ZIP64 */
} written;

struct archive_zip {
	efile_ctx *ctx;
	efile_writer *target;
	uint64_t at;
	written *entries;
	size_t count, room;
	bool finished;
	bool failed;        /* after an error what was written is no archive any more */
	unsigned char probe[PROBE];
	unsigned char output[OUTPUT];
};

static void add_little(buf *out, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(unsigned char)(value >> (8 * i)));
}

static efile_status put(archive_zip *zip, const void *data, size_t length)
{
	efile_status status = efile_writer_write(zip->target, data, length);

	zip->at += length;
	zip->failed = zip->failed || status < 0;
	return status;
}

static efile_status put_buf(archive_zip *zip, const buf *b)
{
	TRY(buf_status(b, zip->ctx));
	return put(zip, b->data, b->length);
}

efile_status archive_zip_new(archive_zip **out, efile_ctx *ctx, efile_writer *target)
{
	archive_zip *zip = mem_new(ctx, sizeof(*zip));

	if (!zip)
		return EFILE_E_NOMEM;
	zip->ctx = ctx;
	zip->target = target;
	*out = zip;
	return EFILE_OK;
}

void archive_zip_free(archive_zip *zip)
{
	if (!zip)
		return;
	for (size_t i = 0; i < zip->count; i++)
		free(zip->entries[i].name);
	free(zip->entries);
	free(zip);
}

/* ---- what an entry may be called, when it was, how it is packed ---- */

static bool part_is(const char *part, size_t length, const char *text)
{
	return length == strlen(text) && memcmp(part, text, length) == 0;
}

/* Relative, no empty part, no "." or "..", no backslash: what every reader unpacks in one place. */
static bool name_fits(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > NAME_MOST || !str_utf8_valid(name, length) ||
	    strchr(name, '\\'))
		return false;
	for (const char *part = name; part;) {
		const char *slash = strchr(part, '/');
		size_t n = slash ? (size_t)(slash - part) : strlen(part);

		if (n == 0 || part_is(part, n, ".") || part_is(part, n, ".."))
			return false;
		part = slash ? slash + 1 : NULL;
	}
	return true;
}

/* MS-DOS knows 1980 to 2107 in steps of two seconds. */
static uint32_t dos_time(efile_time time)
{
	civil c;

	time_to_civil(&c, time, 0);
	if (c.date.year < 1980)
		return UINT32_C(0x00210000);
	if (c.date.year > 2107)
		return UINT32_C(0xff9fbf7d);
	return (uint32_t)(c.date.year - 1980) << 25 | (uint32_t)c.date.month << 21 |
	       (uint32_t)c.date.day << 16 | (uint32_t)c.hour << 11 | (uint32_t)c.minute << 5 |
	       (uint32_t)c.second / 2;
}

/* Media types whose content is compressed already. */
static bool is_packed(const char *media_type)
{
	static const char *const starts[] = {
		"application/epub+zip", "application/gzip", "application/java-archive",
		"application/vnd.oasis.opendocument.", "application/vnd.openxmlformats-officedocument.",
		"application/vnd.rar", "application/x-7z-compressed", "application/x-bzip2",
		"application/x-rar", "application/x-xz", "application/zip", "application/zstd",
		"audio/aac", "audio/mp4", "audio/mpeg", "audio/ogg", "image/avif", "image/gif",
		"image/heic", "image/jp2", "image/jpeg", "image/png", "image/webp", "video/",
	};

	for (size_t i = 0; media_type && i < ARRAY_SIZE(starts); i++)
		if (str_starts_with(media_type, starts[i]))
			return true;
	return false;
}

static efile_status deflate_start(archive_zip *zip, z_stream *z)
{
	*z = (z_stream){ 0 };
	/* Level 6, 32 KiB, raw: spelled out, since other values are other bytes. */
	if (deflateInit2(z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return mem_failed(zip->ctx);
	return EFILE_OK;
}

/* Whether the beginning shrinks by a sixteenth at least, and by more than the descriptor costs. */
static efile_status probe_shrinks(archive_zip *zip, size_t length, bool *shrinks)
{
	z_stream z;
	size_t size = 0;
	int state = Z_OK;

	TRY(deflate_start(zip, &z));
	z.next_in = zip->probe;
	z.avail_in = (uInt)length;
	while (state == Z_OK) {
		z.next_out = zip->output;
		z.avail_out = OUTPUT;
		state = deflate(&z, Z_FINISH);
		size += OUTPUT - z.avail_out;
	}
	deflateEnd(&z);
	*shrinks = size + DESCRIPTOR < length - length / 16;
	return EFILE_OK;
}

static efile_status fill_probe(archive_zip *zip, efile_reader *content, size_t *length, bool *all)
{
	*length = 0;
	*all = false;
	while (*length < PROBE && !*all) {
		size_t got;
		efile_status status = efile_reader_read(content, zip->probe + *length,
							PROBE - *length, &got);

		TRY(status);
		*length += got;
		*all = status == EFILE_DONE;
	}
	return EFILE_OK;
}

/* ---- an entry's bytes ---- */

static efile_status put_stored(archive_zip *zip, written *entry, const void *data, size_t length)
{
	entry->crc = (uint32_t)crc32(entry->crc, data, (uInt)length);
	entry->in += length;
	entry->out += length;
	return put(zip, data, length);
}

static efile_status put_deflated(archive_zip *zip, written *entry, z_stream *z, const void *data,
				 size_t length, int flush)
{
	int state;

	entry->crc = (uint32_t)crc32(entry->crc, data, (uInt)length);
	entry->out += length;
	z->next_in = (unsigned char *)(uintptr_t)data;
	z->avail_in = (uInt)length;
	do {
		z->next_out = zip->output;
		z->avail_out = OUTPUT;
		state = deflate(z, flush);
		entry->in += OUTPUT - z->avail_out;
		TRY(put(zip, zip->output, OUTPUT - z->avail_out));
	} while (z->avail_out == 0 && state == Z_OK);
	return EFILE_OK;
}

/* The probe, then the rest of the stream in pieces of the same size. */
static efile_status put_content(archive_zip *zip, written *entry, z_stream *z, size_t length,
				bool all, efile_reader *content)
{
	for (;;) {
		efile_status status;

		TRY(z ? put_deflated(zip, entry, z, zip->probe, length, Z_NO_FLUSH) :
			put_stored(zip, entry, zip->probe, length));
		if (all)
			break;
		status = efile_reader_read(content, zip->probe, PROBE, &length);
		TRY(status);
		all = status == EFILE_DONE;
	}
	return z ? put_deflated(zip, entry, z, zip->probe, 0, Z_FINISH) : EFILE_OK;
}

static efile_status put_body(archive_zip *zip, written *entry, size_t length, bool all,
			     efile_reader *content)
{
	efile_status status;
	z_stream z;

	if (entry->method == METHOD_STORED)
		return put_content(zip, entry, NULL, length, all, content);
	TRY(deflate_start(zip, &z));
	status = put_content(zip, entry, &z, length, all, content);
	deflateEnd(&z);
	return status;
}

/* ---- headers ---- */

static unsigned version_of(const written *entry)
{
	return entry->wide || entry->offset >= FULL32 || entry->in >= FULL32 ||
	       entry->out >= FULL32 ? VERSION_WIDE : VERSION_PLAIN;
}

static void add_common(buf *out, const written *entry)
{
	add_little(out, version_of(entry), 2);
	add_little(out, entry->flags, 2);
	add_little(out, entry->method, 2);
	add_little(out, entry->when, 4);
}

static efile_status put_local(archive_zip *zip, const written *entry)
{
	AUTO(buf) out = BUF_INIT;
	size_t length = strlen(entry->name);

	buf_add(&out, "PK\3\4", 4);
	add_common(&out, entry);
	add_little(&out, entry->crc, 4);
	add_little(&out, entry->wide ? FULL32 : entry->in, 4);
	add_little(&out, entry->wide ? FULL32 : entry->out, 4);
	add_little(&out, length, 2);
	add_little(&out, entry->wide ? 20 : 0, 2);
	buf_add(&out, entry->name, length);
	if (entry->wide) { /* 4.5.3: sizes of which nothing is known yet are 0 */
		add_little(&out, 1, 2);
		add_little(&out, 16, 2);
		add_little(&out, 0, 8);
		add_little(&out, 0, 8);
	}
	return put_buf(zip, &out);
}

static efile_status put_descriptor(archive_zip *zip, const written *entry)
{
	AUTO(buf) out = BUF_INIT;
	int size = entry->wide ? 8 : 4;

	buf_add(&out, "PK\7\10", 4);
	add_little(&out, entry->crc, 4);
	add_little(&out, entry->in, size);
	add_little(&out, entry->out, size);
	return put_buf(zip, &out);
}

static void add_central(buf *out, const written *entry)
{
	const uint64_t values[] = { entry->out, entry->in, entry->offset };
	AUTO(buf) wide = BUF_INIT;
	size_t length = strlen(entry->name);

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i] >= FULL32)
			add_little(&wide, values[i], 8);
	buf_add(out, "PK\1\2", 4);
	add_little(out, MADE_BY_UNIX | version_of(entry), 2);
	add_common(out, entry);
	add_little(out, entry->crc, 4);
	add_little(out, entry->in < FULL32 ? entry->in : FULL32, 4);
	add_little(out, entry->out < FULL32 ? entry->out : FULL32, 4);
	add_little(out, length, 2);
	add_little(out, wide.length ? wide.length + 4 : 0, 2);
	add_little(out, 0, 2 + 2 + 2); /* comment, disk, internal attributes */
	add_little(out, (uint64_t)MODE_FILE << 16, 4);
	add_little(out, entry->offset < FULL32 ? entry->offset : FULL32, 4);
	buf_add(out, entry->name, length);
	if (wide.length) {
		add_little(out, 1, 2);
		add_little(out, wide.length, 2);
		buf_add(out, wide.data, wide.length);
	}
	out->failed = out->failed || wide.failed;
}

/* ---- adding ---- */

static efile_status remember(archive_zip *zip, const archive_zip_entry *given, written **out)
{
	TRY(mem_grow(zip->ctx, (void **)&zip->entries, &zip->room, zip->count,
		     sizeof(*zip->entries)));
	*out = &zip->entries[zip->count];
	**out = (written){ .offset = zip->at, .when = dos_time(given->modified),
			   .crc = (uint32_t)crc32(0, NULL, 0), .flags = FLAG_UTF8 };
	TRY(mem_dup(&(*out)->name, zip->ctx, given->name));
	zip->count++;
	return EFILE_OK;
}

static efile_status choose_method(archive_zip *zip, written *entry, const char *media_type,
				  size_t length)
{
	bool shrinks = false;

	if (length > 0 && !is_packed(media_type))
		TRY(probe_shrinks(zip, length, &shrinks));
	entry->method = shrinks ? METHOD_DEFLATED : METHOD_STORED;
	return EFILE_OK;
}

/* What fits the probe and is stored has an exact header; all else is followed by its sizes. Content
 * that may reach 4 GiB is announced as ZIP64, since that cannot be mended afterwards. */
static efile_status add_entry(archive_zip *zip, const archive_zip_entry *given, written *entry,
			      efile_reader *content)
{
	size_t length;
	bool all;

	TRY(fill_probe(zip, content, &length, &all));
	TRY(choose_method(zip, entry, given->media_type, length));
	if (all && entry->method == METHOD_STORED) {
		written header = *entry;

		header.crc = (uint32_t)crc32(entry->crc, zip->probe, (uInt)length);
		header.in = header.out = length;
		TRY(put_local(zip, &header));
		return put_body(zip, entry, length, all, content);
	}
	entry->flags |= FLAG_DESCRIPTOR;
	entry->wide = !all && given->length >= FULL32 - FULL32 / 1024;
	TRY(put_local(zip, entry));
	TRY(put_body(zip, entry, length, all, content));
	if (!entry->wide && (entry->in >= FULL32 || entry->out >= FULL32))
		return FAIL(zip->ctx, EFILE_E_LIMIT, 1863, "%s is longer than announced", entry->name);
	return put_descriptor(zip, entry);
}

efile_status archive_zip_add(archive_zip *zip, const archive_zip_entry *given,
			     efile_reader *content)
{
	written *entry;
	efile_status status;

	if (zip->failed || zip->finished)
		return FAIL(zip->ctx, EFILE_E_STATE, 1864, "the archive takes no more entries");
	if (!given->name || !name_fits(given->name))
		return FAIL(zip->ctx, EFILE_E_INVALID, 1865, "not a name for an archive's entry: %s",
			    given->name ? given->name : "");
	TRY(remember(zip, given, &entry));
	status = add_entry(zip, given, entry, content);
	zip->failed = zip->failed || status < 0;
	return status;
}

/* ---- the end ---- */

static efile_status put_end(archive_zip *zip, uint64_t directory)
{
	AUTO(buf) out = BUF_INIT;
	uint64_t end = zip->at, length = end - directory;
	bool wide = zip->count >= 0xffff || length >= FULL32 || directory >= FULL32;
	uint64_t count = wide && zip->count >= 0xffff ? 0xffff : zip->count;

	if (wide) {
		buf_add(&out, "PK\6\6", 4);
		add_little(&out, 44, 8);
		add_little(&out, MADE_BY_UNIX | VERSION_WIDE, 2);
		add_little(&out, VERSION_WIDE, 2);
		add_little(&out, 0, 8);
		add_little(&out, zip->count, 8);
		add_little(&out, zip->count, 8);
		add_little(&out, length, 8);
		add_little(&out, directory, 8);
		buf_add(&out, "PK\6\7\0\0\0\0", 8);
		add_little(&out, end, 8);
		add_little(&out, 1, 4);
	}
	buf_add(&out, "PK\5\6\0\0\0\0", 8);
	add_little(&out, count, 2);
	add_little(&out, count, 2);
	add_little(&out, length < FULL32 ? length : FULL32, 4);
	add_little(&out, directory < FULL32 ? directory : FULL32, 4);
	add_little(&out, 0, 2);
	return put_buf(zip, &out);
}

efile_status archive_zip_finish(archive_zip *zip)
{
	uint64_t directory = zip->at;

	if (zip->failed || zip->finished)
		return FAIL(zip->ctx, EFILE_E_STATE, 1864, "the archive takes no more entries");
	zip->finished = true;
	for (size_t i = 0; i < zip->count; i++) {
		AUTO(buf) out = BUF_INIT;

		add_central(&out, &zip->entries[i]);
		TRY(put_buf(zip, &out));
	}
	return put_end(zip, directory);
}
