/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml.h"

#include <stdlib.h>

/* Past so many different names below one element, positions are no longer counted: hostile input
 * must not make the search through them quadratic. */
enum { NAMES_COUNTED = 256 };

typedef struct path_count {
	const char *uri;
	const char *name;
	uint32_t count;
} path_count;

typedef struct path_level {
	const char *prefix;
	const char *name;
	uint32_t index;       /* 0: not counted */
	size_t children;      /* where the counts of its children begin */
} path_level;

/* The counts of a level's children lie behind those of the levels around it, so one array serves as
 * a stack: whenever a name is looked up, deeper levels have been popped. */
struct xml_path {
	efile_ctx *ctx;
	path_level *levels;
	size_t depth, level_capacity;
	path_count *counts;
	size_t count, count_capacity;
};

efile_status xml_path_new(xml_path **out, efile_ctx *ctx)
{
	xml_path *path = mem_new(ctx, sizeof(*path));

	if (!path)
		return EFILE_E_NOMEM;
	path->ctx = ctx;
	*out = path;
	return EFILE_OK;
}

void xml_path_free(xml_path *path)
{
	if (!path)
		return;
	free(path->levels);
	free(path->counts);
	free(path);
}

static efile_status count_up(uint32_t *out, xml_path *path, const char *uri, const char *name)
{
	size_t first = path->depth ? path->levels[path->depth - 1].children : 0;

	*out = 0;
	for (size_t i = first; i < path->count; i++)
		if (path->counts[i].name == name && path->counts[i].uri == uri) {
			*out = ++path->counts[i].count;
			return EFILE_OK;
		}
	if (path->count - first >= NAMES_COUNTED)
		return EFILE_OK;
	TRY(mem_grow(path->ctx, (void **)&path->counts, &path->count_capacity, path->count,
		     sizeof(*path->counts)));
	path->counts[path->count++] = (path_count){ uri, name, 1 };
	*out = 1;
	return EFILE_OK;
}

efile_status xml_path_push(xml_path *path, const char *uri, const char *prefix, const char *name)
{
	uint32_t index;

	TRY(count_up(&index, path, uri, name));
	TRY(mem_grow(path->ctx, (void **)&path->levels, &path->level_capacity, path->depth,
		     sizeof(*path->levels)));
	path->levels[path->depth++] = (path_level){ prefix, name, index, path->count };
	return EFILE_OK;
}

void xml_path_pop(xml_path *path)
{
	if (path->depth)
		path->count = path->levels[--path->depth].children;
}

uint32_t xml_path_index(const xml_path *path)
{
	return path->depth ? path->levels[path->depth - 1].index : 0;
}

void xml_path_format(buf *out, const xml_path *path)
{
	for (size_t i = 0; i < path->depth; i++) {
		const path_level *level = &path->levels[i];

		buf_add_char(out, '/');
		if (level->prefix[0])
			buf_add_format(out, "%s:", level->prefix);
		buf_add_text(out, level->name);
		if (i > 0 && level->index)
			buf_add_format(out, "[%u]", level->index);
	}
}
