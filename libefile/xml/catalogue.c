/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which schemas there are: compiled-in files, and newer ones in the context's schema_path. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xml/folder.h"

enum { FILE_LIMIT = 64, FILE_BYTES = 8 * 1024 * 1024 };

typedef struct loaded {
	char *name;
	xml_schema *schema;
} loaded;

struct xml_catalogue {
	efile_ctx *ctx;
	xml_schema_file *files;
	size_t count, capacity;
	loaded *schemas;
	size_t schema_count, schema_capacity;
};

/* ---- a folder ---- */

typedef struct folder_files {
	xml_schema_file rows[FILE_LIMIT];
	size_t count;
} folder_files;

static void folder_clear(folder_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free((char *)f->rows[i].name);
		free((char *)f->rows[i].text);
	}
}

static efile_status folder_add(folder_files *f, efile_ctx *ctx, const char *folder, const char *name)
{
	AUTO(buf) path = BUF_INIT, text = BUF_INIT;
	AUTO_PTR(char) copy = NULL;
	xml_schema_file *row;

	if (f->count == FILE_LIMIT)
		return FAIL(ctx, EFILE_E_LIMIT, 1446, "the folder %s has more than %d schemas", folder,
			    FILE_LIMIT);
	buf_add_format(&path, "%s/%s", folder, name);
	TRY(buf_status(&path, ctx));
	TRY(reader_load_file(&text, ctx, buf_text(&path), FILE_BYTES));
	TRY(mem_dup(&copy, ctx, name));
	row = &f->rows[f->count++];
	row->length = text.length;
	row->name = STEAL(copy);
	row->text = STEAL(text.data);
	text = (buf)BUF_INIT;
	return EFILE_OK;
}

static efile_status folder_rest(folder_files *f, efile_ctx *ctx, const char *folder, const char *first)
{
	efile_status status;
	const char *name = NULL;
	DIR *dir = opendir(folder);

	if (!dir)
		return FAIL(ctx, EFILE_E_IO, 1447, "cannot read the folder %s", folder);
	while ((status = xml_folder_next(&name, ctx, dir, folder)) == EFILE_OK)
		if (name[0] != '.' && xml_is_schema_name(name) && strcmp(name, first) != 0 &&
		    (status = folder_add(f, ctx, folder, name)) < 0)
			break;
	closedir(dir);
	return status == EFILE_DONE ? EFILE_OK : status;
}

static bool plain_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/');
}

efile_status xml_schema_load_folder(xml_schema **out, efile_ctx *ctx, const char *folder,
				    const char *name)
{
	folder_files *files;
	efile_status status;

	if (!plain_name(name))
		return FAIL(ctx, EFILE_E_INVALID, 1448, "not the plain name of a schema: %s", name);
	files = mem_new(ctx, sizeof(*files));
	if (!files)
		return EFILE_E_NOMEM;
	status = folder_add(files, ctx, folder, name);
	if (status == EFILE_OK)
		status = folder_rest(files, ctx, folder, name);
	if (status == EFILE_OK)
		status = xml_schema_load(out, ctx, files->rows, files->count);
	folder_clear(files);
	free(files);
	return status;
}

/* ---- the catalogue ---- */

efile_status xml_catalogue_new(xml_catalogue **out, efile_ctx *ctx)
{
	xml_catalogue *catalogue = mem_new(ctx, sizeof(*catalogue));

	if (!catalogue)
		return EFILE_E_NOMEM;
	catalogue->ctx = ctx;
	*out = catalogue;
	return EFILE_OK;
}

void xml_catalogue_free(xml_catalogue *catalogue)
{
	if (!catalogue)
		return;
	for (size_t i = 0; i < catalogue->count; i++)
		free((char *)catalogue->files[i].name);
	for (size_t i = 0; i < catalogue->schema_count; i++) {
		free(catalogue->schemas[i].name);
		xml_schema_free(catalogue->schemas[i].schema);
	}
	free(catalogue->files);
	free(catalogue->schemas);
	free(catalogue);
}

efile_status xml_catalogue_add(xml_catalogue *catalogue, const char *name, const char *text,
			       size_t length)
{
	char *copy;

	TRY(mem_grow(catalogue->ctx, (void **)&catalogue->files, &catalogue->capacity,
		     catalogue->count, sizeof(*catalogue->files)));
	TRY(mem_dup(&copy, catalogue->ctx, name));
	catalogue->files[catalogue->count++] = (xml_schema_file){ copy, text, length };
	return EFILE_OK;
}

static bool in_folder(const xml_catalogue *catalogue, const char *name)
{
	const char *folder = catalogue->ctx->schema_path;
	char path[4096];

	return folder && plain_name(name) &&
		snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
		access(path, R_OK) == 0;
}

/* The wanted file first, the others behind it. */
static efile_status compile_added(xml_schema **out, const xml_catalogue *c, size_t wanted)
{
	xml_schema_file *order = mem_new(c->ctx, c->count * sizeof(*order));
	efile_status status;
	size_t n = 1;

	if (!order)
		return EFILE_E_NOMEM;
	order[0] = c->files[wanted];
	for (size_t i = 0; i < c->count; i++)
		if (i != wanted)
			order[n++] = c->files[i];
	status = xml_schema_load(out, c->ctx, order, n);
	free(order);
	return status;
}

static efile_status load(xml_schema **out, const xml_catalogue *catalogue, const char *name)
{
	if (in_folder(catalogue, name))
		return xml_schema_load_folder(out, catalogue->ctx, catalogue->ctx->schema_path, name);
	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(catalogue->files[i].name, name) == 0)
			return compile_added(out, catalogue, i);
	return FAIL(catalogue->ctx, EFILE_E_NOTFOUND, 1449, "no such schema: %s", name);
}

efile_status xml_catalogue_schema(const xml_schema **out, xml_catalogue *catalogue, const char *name)
{
	loaded row = { NULL, NULL };
	efile_status status;

	for (size_t i = 0; i < catalogue->schema_count; i++)
		if (strcmp(catalogue->schemas[i].name, name) == 0) {
			*out = catalogue->schemas[i].schema;
			return EFILE_OK;
		}
	TRY(mem_grow(catalogue->ctx, (void **)&catalogue->schemas, &catalogue->schema_capacity,
		     catalogue->schema_count, sizeof(*catalogue->schemas)));
	TRY(mem_dup(&row.name, catalogue->ctx, name));
	status = load(&row.schema, catalogue, name);
	if (status < 0) {
		free(row.name);
		return status;
	}
	catalogue->schemas[catalogue->schema_count++] = row;
	*out = row.schema;
	return EFILE_OK;
}
