/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tar and tar.gz through libarchive, the only place that uses it. Its formats and filters are
 * named one by one, and it never sees the disk. */
#include "archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

enum { BLOCK = 64 * 1024 };

typedef struct archive libarchive;

typedef struct tar {
	efile_ctx *ctx;
	const archive_source *source;
	archive_meter meter;
	libarchive *handle;
	uint64_t fetched;
	char block[BLOCK];
} tar;

static void libarchive_freep(libarchive **handle)
{
	archive_read_free(*handle);
}

/* libarchive converts names by the locale of the process unless that is "C". Only this thread
 * changes, and only while libarchive runs. */
typedef locale_t plain_locale;

static void plain_locale_clear(plain_locale *before)
{
	if (*before)
		uselocale(*before);
}

static plain_locale enter_plain_locale(void)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	return plain ? uselocale(plain) : (locale_t)0;
}

static la_ssize_t fetch(libarchive *handle, void *user, const void **data)
{
	tar *t = user;
	uint64_t left = t->source->length - t->fetched;
	size_t n = left < BLOCK ? (size_t)left : BLOCK;

	if (t->source->read_at(t->block, n, t->fetched, t->source->user) < 0) {
		archive_set_error(handle, EIO, "source");
		return ARCHIVE_FATAL;
	}
	t->fetched += n;
	*data = t->block;
	return (la_ssize_t)n;
}

static efile_status refused(tar *t)
{
	const char *why = archive_error_string(t->handle);

	if (archive_errno(t->handle) == ENOMEM)
		return mem_failed(t->ctx);
	if (archive_errno(t->handle) == EIO)
		return FAIL(t->ctx, EFILE_E_IO, 1854, "the archive cannot be read");
	return FAIL(t->ctx, EFILE_E_FORMAT, 1860, "not a ZIP or tar archive, or a broken one: %s",
		    why ? why : "");
}

static efile_status open_tar(tar *t)
{
	if (archive_read_support_filter_gzip(t->handle) != ARCHIVE_OK ||
	    archive_read_support_format_tar(t->handle) != ARCHIVE_OK)
		return refused(t);
	if (archive_read_open(t->handle, t, NULL, fetch, NULL) != ARCHIVE_OK)
		return refused(t);
	return EFILE_OK;
}

/* ---- content ---- */

typedef struct content {
	tar *tar;
	uint64_t left;      /* of the declared size */
} content;

static efile_status content_read(void *buffer, size_t length, size_t *got, void *user)
{
	content *c = user;
	tar *t = c->tar;
	AUTO(plain_locale) before = enter_plain_locale();
	la_ssize_t n = archive_read_data(t->handle, buffer, length);

	(void)before;
	if (n < 0)
		return refused(t);
	if ((uint64_t)n > c->left || (n == 0 && length > 0 && c->left > 0))
		return FAIL(t->ctx, EFILE_E_FORMAT, 1861, "broken tar archive: it is cut off");
	c->left -= (uint64_t)n;
	*got = (size_t)n;
	/* One stream for all entries: the ratio can only be seen for the whole. */
	return archive_meter_add(&t->meter, (uint64_t)n, t->meter.out + (uint64_t)n,
				 (uint64_t)archive_filter_bytes(t->handle, -1));
}

/* ---- entries ---- */

static archive_kind kind_of(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK)
		return ARCHIVE_LINK;
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return ARCHIVE_FOLDER;
	return archive_entry_filetype(entry) == AE_IFREG ? ARCHIVE_FILE : ARCHIVE_SPECIAL;
}

static void add_name(buf *out, const char *name, bool *recoded)
{
	*recoded = name && archive_name_decode(out, name, strlen(name));
}

static efile_status read_entry(tar *t, struct archive_entry *entry, archive_item_fn each,
			       void *user)
{
	archive_item item = { .kind = kind_of(entry), .index = t->meter.items - 1 };
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) target = BUF_INIT;
	AUTO_PTR(efile_reader) reader = NULL;
	content c = { t, 0 };
	const char *link = archive_entry_hardlink(entry);
	bool recoded;

	add_name(&name, archive_entry_pathname(entry), &item.name_recoded);
	if (item.kind == ARCHIVE_LINK)
		add_name(&target, link ? link : archive_entry_symlink(entry), &recoded);
	TRY(buf_status(&name, t->ctx));
	TRY(buf_status(&target, t->ctx));
	item.name = buf_text(&name);
	item.target = buf_text(&target);
	if (item.kind != ARCHIVE_FILE)
		return archive_hand_over(&item, NULL, each, user);
	if (archive_entry_size(entry) < 0)
		return FAIL(t->ctx, EFILE_E_FORMAT, 1862, "broken tar archive: %s has a negative size",
			    item.name);
	c.left = (uint64_t)archive_entry_size(entry);
	TRY(efile_reader_from_callback(&reader, t->ctx, content_read, NULL, &c));
	return archive_hand_over(&item, reader, each, user);
}

static int next_header(tar *t, struct archive_entry **entry)
{
	AUTO(plain_locale) before = enter_plain_locale();

	(void)before;
	return archive_read_next_header(t->handle, entry);
}

static efile_status read_entries(tar *t, archive_item_fn each, void *user)
{
	for (;;) {
		struct archive_entry *entry;
		int state = next_header(t, &entry);

		if (state == ARCHIVE_EOF)
			return EFILE_OK;
		/* A warning says that a name is not of this locale, which we do not ask for. */
		if (state != ARCHIVE_OK && state != ARCHIVE_WARN)
			return refused(t);
		TRY(archive_meter_item(&t->meter));
		TRY(read_entry(t, entry, each, user));
	}
}

efile_status tar_read(const archive_source *source, archive_item_fn each, void *user)
{
	AUTO_PTR(libarchive) handle = archive_read_new();
	AUTO_PTR(char) room = mem_new(source->ctx, sizeof(tar));
	tar *t = (tar *)(void *)room;

	if (!handle || !t)
		return mem_failed(source->ctx);
	t->ctx = source->ctx;
	t->source = source;
	t->meter.ctx = source->ctx;
	t->handle = handle;
	TRY(open_tar(t));
	return read_entries(t, each, user);
}
