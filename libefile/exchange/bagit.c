/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exchange/bagit.h"

#include <stdlib.h>
#include <string.h>

typedef struct bag_file {
	char *path;
	unsigned char digest[SHA256_SIZE];
} bag_file;

typedef struct bag_list {
	bag_file *files;
	size_t count, room;
} bag_list;

struct bagit {
	efile_ctx *ctx;
	bag_list payload;
	bag_list tags;
	uint64_t octets;
	buf info;
};

efile_status bagit_new(bagit **out, efile_ctx *ctx)
{
	bagit *bag = mem_new(ctx, sizeof(*bag));

	if (!bag)
		return EFILE_E_NOMEM;
	bag->ctx = ctx;
	*out = bag;
	return EFILE_OK;
}

static void list_clear(bag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->files[i].path);
	free(list->files);
	*list = (bag_list){ NULL, 0, 0 };
}

void bagit_free(bagit *bag)
{
	if (!bag)
		return;
	list_clear(&bag->payload);
	list_clear(&bag->tags);
	buf_clear(&bag->info);
	free(bag);
}

/* ---- paths ---- */

/* Section 2.1.3 with 5.1.1: no way out of the bag, no home folder, no other separators. */
static bool path_fits(const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || path[0] == '~' || !str_utf8_valid(path, length) || strchr(path, '\\'))
		return false;
	for (const char *part = path; part;) {
		const char *slash = strchr(part, '/');
		size_t n = slash ? (size_t)(slash - part) : strlen(part);

		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		part = slash ? slash + 1 : NULL;
	}
	return true;
}

static efile_status list_add(bagit *bag, bag_list *list, const char *folder, const char *path,
			     const unsigned char *digest)
{
	AUTO(buf) whole = BUF_INIT;
	bag_file *file;

	if (!path || !path_fits(path))
		return FAIL(bag->ctx, EFILE_E_INVALID, 3200, "not a path within a bag: %s",
			    path ? path : "");
	TRY(mem_grow(bag->ctx, (void **)&list->files, &list->room, list->count,
		     sizeof(*list->files)));
	buf_add_text(&whole, folder);
	buf_add_text(&whole, path);
	file = &list->files[list->count];
	TRY(buf_take(&file->path, &whole, bag->ctx));
	memcpy(file->digest, digest, SHA256_SIZE);
	list->count++;
	return EFILE_OK;
}

efile_status bagit_add(bagit *bag, const char *path, const unsigned char digest[SHA256_SIZE],
		       uint64_t length)
{
	TRY(list_add(bag, &bag->payload, "data/", path, digest));
	bag->octets += length;
	return EFILE_OK;
}

efile_status bagit_add_tag(bagit *bag, const char *path, const unsigned char digest[SHA256_SIZE])
{
	return list_add(bag, &bag->tags, "", path, digest);
}

/* ---- bag-info.txt ---- */

static bool label_fits(const char *label)
{
	size_t length = strlen(label);

	return length > 0 && str_utf8_valid(label, length) && !strpbrk(label, ":\r\n") &&
	       !str_ascii_space(label[0]) && !str_ascii_space(label[length - 1]) &&
	       str_ascii_casecmp(label, "Payload-Oxum") != 0;
}

/* A line break in a value becomes a continuation line, which begins with a blank (section 2.2.2). */
static void add_value(buf *out, const char *value)
{
	for (; *value; value++) {
		if (value[0] == '\r' && value[1] == '\n')
			continue;
		if (*value == '\r' || *value == '\n')
			buf_add_text(out, "\n  ");
		else
			buf_add_char(out, *value);
	}
}

efile_status bagit_info(bagit *bag, const char *label, const char *value)
{
	if (!label || !value || !label_fits(label) || !str_utf8_valid(value, strlen(value)))
		return FAIL(bag->ctx, EFILE_E_INVALID, 3201, "not a label and value for a bag: %s",
			    label ? label : "");
	buf_add_text(&bag->info, label);
	buf_add_text(&bag->info, ": ");
	add_value(&bag->info, value);
	buf_add_char(&bag->info, '\n');
	return buf_status(&bag->info, bag->ctx);
}

/* ---- manifests ---- */

static int by_path(const void *a, const void *b)
{
	return strcmp(((const bag_file *)a)->path, ((const bag_file *)b)->path);
}

/* A manifest is read by lines, so line ends in paths are written in hex, and the sign that says so
 * (section 2.1.3). */
static void add_path(buf *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '\n')
			buf_add_text(out, "%0A");
		else if (*path == '\r')
			buf_add_text(out, "%0D");
		else if (*path == '%')
			buf_add_text(out, "%25");
		else
			buf_add_char(out, *path);
	}
}

static efile_status add_manifest(buf *out, bagit *bag, bag_list *list)
{
	char hex[2 * SHA256_SIZE + 1];

	if (list->count > 1)
		qsort(list->files, list->count, sizeof(*list->files), by_path);
	for (size_t i = 0; i < list->count; i++) {
		const bag_file *file = &list->files[i];

		if (i > 0 && strcmp(list->files[i - 1].path, file->path) == 0)
			return FAIL(bag->ctx, EFILE_E_EXISTS, 3202, "the bag has %s twice",
				    file->path);
		buf_add_text(out, str_hex(hex, file->digest, SHA256_SIZE));
		buf_add_text(out, "  ");
		add_path(out, file->path);
		buf_add_char(out, '\n');
	}
	return buf_status(out, bag->ctx);
}

/* ---- writing ---- */

static efile_status hand_over(bagit *bag, bag_list *listed, const char *name, const buf *text,
			      bagit_file_fn take, void *user)
{
	unsigned char digest[SHA256_SIZE];

	TRY(buf_status(text, bag->ctx));
	TRY(sha256(digest, bag->ctx, buf_text(text), text->length));
	TRY(list_add(bag, listed, "", name, digest));
	return take(name, buf_text(text), text->length, user);
}

static efile_status copy_list(bagit *bag, bag_list *out, const bag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		TRY(list_add(bag, out, "", list->files[i].path, list->files[i].digest));
	return EFILE_OK;
}

/* The three files that the tag manifest lists are put into a list of their own, so that a bag can
 * be written again. */
static efile_status write_files(bagit *bag, bag_list *listed, bagit_file_fn take, void *user)
{
	AUTO(buf) declaration = BUF_INIT;
	AUTO(buf) info = BUF_INIT;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(buf) tags = BUF_INIT;

	TRY(add_manifest(&manifest, bag, &bag->payload));
	TRY(copy_list(bag, listed, &bag->tags));
	buf_add_text(&declaration, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	TRY(hand_over(bag, listed, "bagit.txt", &declaration, take, user));
	buf_add(&info, buf_text(&bag->info), bag->info.length);
	buf_add_format(&info, "Payload-Oxum: %llu.%zu\n", (unsigned long long)bag->octets,
		       bag->payload.count);
	TRY(hand_over(bag, listed, "bag-info.txt", &info, take, user));
	TRY(hand_over(bag, listed, "manifest-sha256.txt", &manifest, take, user));
	TRY(add_manifest(&tags, bag, listed));
	return take("tagmanifest-sha256.txt", buf_text(&tags), tags.length, user);
}

efile_status bagit_write(bagit *bag, bagit_file_fn take, void *user)
{
	bag_list listed = { NULL, 0, 0 };
	efile_status status = write_files(bag, &listed, take, user);

	list_clear(&listed);
	return status;
}
