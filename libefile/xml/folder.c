/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema of a folder that declares a document element, whatever the files are called: official sets
 * have their own names and subfolders. It and what it imports are looked for inside of the folder only;
 * links are not followed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "xml/folder.h"

#define XSD_URI "http://www.w3.org/2001/XMLSchema"

enum { FILES = 1000, PARTS = 64, DEPTH = 4, FILE_BYTES = 8 * 1024 * 1024 };

typedef struct part {
	size_t file;             /* index of its path */
	buf text;
} part;

typedef struct search {
	efile_ctx *ctx;
	const char *uri, *root;
	char **paths;            /* sorted */
	size_t count, capacity;
	part parts[PARTS];       /* what is needed, the document's schema first */
	size_t part_count;
	size_t reading;          /* the part whose references are being read */
	bool same_uri, declares; /* of the file being looked at */
} search;

/* ---- which files there are ---- */

efile_status xml_folder_next(const char **out, efile_ctx *ctx, DIR *dir, const char *folder)
{
	const struct dirent *entry;

	errno = 0; /* the only way to tell the end from a failure */
	entry = readdir(dir);
	if (!entry)
		return errno ? FAIL(ctx, EFILE_E_IO, 1447, "cannot read the folder %s", folder) : EFILE_DONE;
	*out = entry->d_name;
	return EFILE_OK;
}

bool xml_is_schema_name(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && str_ascii_casecmp(name + length - 4, ".xsd") == 0;
}

static efile_status list_folder(search *s, const char *folder, int depth);

static efile_status list_entry(search *s, const char *folder, const char *name, int depth)
{
	AUTO(buf) path = BUF_INIT;
	struct stat info;

	buf_add_format(&path, "%s/%s", folder, name);
	TRY(buf_status(&path, s->ctx));
	if (name[0] == '.' || lstat(path.data, &info) != 0)
		return EFILE_OK;
	if (S_ISDIR(info.st_mode) && depth < DEPTH)
		return list_folder(s, path.data, depth + 1);
	if (!S_ISREG(info.st_mode) || !xml_is_schema_name(name))
		return EFILE_OK;
	if (s->count == FILES)
		return FAIL(s->ctx, EFILE_E_LIMIT, 1446, "the folder %s has more than %d schemas", folder,
			    FILES);
	TRY(mem_grow(s->ctx, (void **)&s->paths, &s->capacity, s->count, sizeof(*s->paths)));
	return buf_take(&s->paths[s->count++], &path, s->ctx);
}

static efile_status list_folder(search *s, const char *folder, int depth)
{
	efile_status status;
	const char *name = NULL;
	DIR *dir = opendir(folder);

	if (!dir)
		return FAIL(s->ctx, EFILE_E_IO, 1447, "cannot read the folder %s", folder);
	while ((status = xml_folder_next(&name, s->ctx, dir, folder)) == EFILE_OK)
		if ((status = list_entry(s, folder, name, depth)) < 0)
			break;
	closedir(dir);
	return status == EFILE_DONE ? EFILE_OK : status;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- the document type declaration of an official schema ----
 *
 * UBL ships the schema of XML signatures with a DOCTYPE that has an internal subset: entities of which
 * the schema uses none. The reader refuses every DOCTYPE, and shall; so it is blanked out before. An
 * entity that a schema does use is then unknown, which is said. */

/* Behind a comment or an instruction of the prolog; NULL if it has no end. */
static char *behind(char *at, const char *end, const char *close)
{
	char *found = memmem(at, (size_t)(end - at), close, strlen(close));

	return found ? found + strlen(close) : NULL;
}

/* Behind the declaration: its ">" stands outside of quotes, comments and the internal subset. */
static char *doctype_end(char *at, char *end)
{
	bool subset = false;

	while (at && at < end && (*at != '>' || subset)) {
		if (*at == '"' || *at == '\'')
			at = behind(at + 1, end, *at == '"' ? "\"" : "'");
		else if (end - at > 4 && memcmp(at, "<!--", 4) == 0)
			at = behind(at + 4, end, "-->");
		else if (end - at > 2 && memcmp(at, "<?", 2) == 0)
			at = behind(at + 2, end, "?>");
		else
			subset = *at == '[' || (subset && *at != ']'), at++;
	}
	return at && at < end ? at + 1 : NULL;
}

static void drop_doctype(buf *text)
{
	static const char word[] = "<!DOCTYPE";
	char *at = text->data, *end = at + text->length, *behind_it;

	while (at && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		if (end - at > 4 && memcmp(at, "<!--", 4) == 0)
			at = behind(at + 4, end, "-->");
		else if (end - at > 2 && at[1] == '?')
			at = behind(at + 2, end, "?>");
		else
			break;
	}
	if (!at || (size_t)(end - at) < sizeof(word) || memcmp(at, word, sizeof(word) - 1) != 0)
		return;
	behind_it = doctype_end(at + sizeof(word) - 1, end);
	for (; behind_it && at < behind_it; at++)
		if (*at != '\n')
			*at = ' ';
}

static efile_status load_file(buf *out, const search *s, size_t file)
{
	TRY(reader_load_file(out, s->ctx, s->paths[file], FILE_BYTES));
	drop_doctype(out);
	return EFILE_OK;
}

/* ---- which of them declares the element ---- */

static const xml_attribute *attribute(const xml_element *e, const char *name)
{
	for (size_t i = 0; i < e->attribute_count; i++)
		if (!e->attributes[i].uri[0] && strcmp(e->attributes[i].name, name) == 0)
			return &e->attributes[i];
	return NULL;
}

static bool has_value(const xml_element *e, const char *name, const char *value)
{
	const xml_attribute *a = attribute(e, name);

	return a && a->length == strlen(value) && memcmp(a->value, value, a->length) == 0;
}

/* Reads no further than it must. */
static efile_status look(void *user, xml_element *e)
{
	search *s = user;

	if (e->depth == 1)
		s->same_uri = strcmp(e->uri, XSD_URI) == 0 && has_value(e, "targetNamespace", s->uri);
	else if (e->depth == 2 && strcmp(e->name, "element") == 0)
		s->declares |= has_value(e, "name", s->root);
	return s->same_uri && !s->declares ? EFILE_OK : EFILE_E_CANCELLED;
}

/* What is no schema, or no XML, is not the one. */
static efile_status declares(bool *out, search *s, const buf *text, const char *path)
{
	static const xml_handler handler = { .start = look };
	efile_status status;

	s->same_uri = s->declares = false;
	status = xml_read_bytes(s->ctx, text->data, text->length, path, &handler, s);
	if (status == EFILE_E_NOMEM)
		return status;
	error_clear(s->ctx);
	*out = s->declares;
	return EFILE_OK;
}

static efile_status find_root(search *s)
{
	for (size_t i = 0; i < s->count; i++) {
		AUTO(buf) text = BUF_INIT;
		bool found;

		TRY(load_file(&text, s, i));
		TRY(declares(&found, s, &text, s->paths[i]));
		if (!found)
			continue;
		s->parts[s->part_count++] = (part){ i, text };
		text = (buf)BUF_INIT;
		return EFILE_OK;
	}
	return EFILE_DONE;
}

/* ---- what it refers to ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* How many folders two paths share from their beginning: the nearest of several files is meant. */
static size_t nearness(const char *a, const char *b)
{
	size_t n = 0;

	for (; *a && *a == *b; a++, b++)
		n += *a == '/';
	return n;
}

static bool find_file(size_t *out, const search *s, const char *from, const char *name, size_t length)
{
	size_t best = 0;

	for (size_t i = 0; i < s->count; i++) {
		const char *own = base_name(s->paths[i]);

		if (strlen(own) == length && memcmp(own, name, length) == 0 &&
		    nearness(s->paths[i], from) > best) {
			best = nearness(s->paths[i], from);
			*out = i;
		}
	}
	return best > 0;
}

static bool is_part(const search *s, size_t file)
{
	for (size_t i = 0; i < s->part_count; i++)
		if (s->parts[i].file == file)
			return true;
	return false;
}

/* A file that is missing is named by xml_schema_load(). */
static efile_status follow(void *user, xml_element *e)
{
	search *s = user;
	const xml_attribute *a = e->depth == 2 ? attribute(e, "schemaLocation") : NULL;
	const char *slash = a ? memrchr(a->value, '/', a->length) : NULL;
	size_t skip = slash ? (size_t)(slash + 1 - a->value) : 0, file;

	if (!a || !find_file(&file, s, s->paths[s->parts[s->reading].file], a->value + skip,
			     a->length - skip) || is_part(s, file))
		return EFILE_OK;
	if (s->part_count == PARTS)
		return FAIL(s->ctx, EFILE_E_LIMIT, 1442, "a schema consists of 1 to %d files", PARTS);
	s->parts[s->part_count] = (part){ file, BUF_INIT };
	return load_file(&s->parts[s->part_count++].text, s, file);
}

static efile_status follow_all(search *s)
{
	static const xml_handler handler = { .start = follow };

	for (s->reading = 0; s->reading < s->part_count; s->reading++) {
		const part *p = &s->parts[s->reading];

		TRY(xml_read_bytes(s->ctx, p->text.data, p->text.length, s->paths[p->file], &handler, s));
	}
	return EFILE_OK;
}

/* ---- all ---- */

static efile_status compile(xml_schema **out, const search *s)
{
	xml_schema_file files[PARTS];

	for (size_t i = 0; i < s->part_count; i++)
		files[i] = (xml_schema_file){ base_name(s->paths[s->parts[i].file]), s->parts[i].text.data,
					      s->parts[i].text.length };
	return xml_schema_load(out, s->ctx, files, s->part_count);
}

static efile_status load(xml_schema **out, search *s, const char *folder)
{
	efile_status status;

	TRY(list_folder(s, folder, 0));
	if (s->count)
		qsort(s->paths, s->count, sizeof(*s->paths), by_text);
	status = find_root(s);
	TRY(status);
	if (status == EFILE_DONE)
		return FAIL(s->ctx, EFILE_E_NOTFOUND, 1450, "no schema in %s declares the element %s of %s",
			    folder, s->root, s->uri);
	TRY(follow_all(s));
	return compile(out, s);
}

efile_status xml_schema_load_for(xml_schema **out, efile_ctx *ctx, const char *folder, const char *uri,
				 const char *root)
{
	search *s = mem_new(ctx, sizeof(*s));
	efile_status status;

	if (!s)
		return EFILE_E_NOMEM;
	s->ctx = ctx;
	s->uri = uri;
	s->root = root;
	status = load(out, s, folder);
	for (size_t i = 0; i < s->part_count; i++)
		buf_clear(&s->parts[i].text);
	for (size_t i = 0; i < s->count; i++)
		free(s->paths[i]);
	free(s->paths);
	free(s);
	return status;
}
