/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Schemas: compiled once, out of files that are given and no others.
 *
 * libxml2 loads what a schema imports by name, from disk or network, through one loader for the whole
 * process. We do not touch that loader, because it belongs to the application. Instead every file is
 * read with the hardened reader, its imports are rewritten to the names of anonymous files in memory
 * (memfd) that hold the other given files, and what they do not cover is refused before libxml2 sees
 * it. */
#include "xml/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libxml/xmlschemas.h>

#define XSD_URI "http://www.w3.org/2001/XMLSchema"

enum { FILE_LIMIT = 64, PATTERN_LIMIT = 1000 };

/* ---- patterns whose matching could explode ----
 *
 * libxml2 matches patterns by backtracking: "(a+)+b" costs time exponential in the text until it
 * gives up after ten million steps, a second or more per value. What makes a pattern explode is a
 * repeated group with a repetition inside; such patterns are refused when the schema is loaded. */

/* Whether a quantifier at this place repeats more than once, and how long it is. */
static bool quantifier(const char *at, size_t left, size_t *length)
{
	const char *end;

	*length = 0;
	if (left == 0)
		return false;
	if (*at == '?') {
		*length = 1;
		return false;
	}
	if (*at == '*' || *at == '+') {
		*length = 1;
		return true;
	}
	if (*at != '{' || !(end = memchr(at, '}', left)))
		return false;
	*length = (size_t)(end - at) + 1;
	return memchr(at, ',', *length) != NULL; /* {n} alone repeats without a choice */
}

/* Behind a character class with its nested subtractions. */
static size_t class_length(const char *at, size_t left)
{
	size_t depth = 0;

	for (size_t i = 0; i < left; i++) {
		if (at[i] == '\\')
			i++;
		else if (at[i] == '[')
			depth++;
		else if (at[i] == ']' && --depth == 0)
			return i + 1;
	}
	return left;
}

/* Behind "\\d" or "\\p{Lu}". */
static size_t escape_length(const char *at, size_t left)
{
	const char *end = left > 2 && (at[1] == 'p' || at[1] == 'P') && at[2] == '{' ?
		memchr(at, '}', left) : NULL;

	return end ? (size_t)(end - at) + 1 : left > 1 ? 2 : 1;
}

/* Behind one atom that is no group. */
static size_t atom_length(const char *at, size_t left)
{
	if (*at == '\\')
		return escape_length(at, left);
	return *at == '[' ? class_length(at, left) : 1;
}

bool xml_pattern_explodes(const char *pattern, size_t length)
{
	bool repeats[64] = { false };  /* per open group: is there a repetition inside */
	size_t depth = 0, at = 0;

	if (length > PATTERN_LIMIT)
		return true;
	while (at < length) {
		bool inside = false, many;
		size_t quantified;

		if (pattern[at] == '(') {
			if (++depth == ARRAY_SIZE(repeats))
				return true;
			repeats[depth] = false;
			at++;
			continue;
		}
		if (pattern[at] == ')' && depth > 0)
			inside = repeats[depth--];
		at += atom_length(pattern + at, length - at);
		many = quantifier(pattern + at, length - at, &quantified);
		if (many && inside)
			return true;
		repeats[depth] |= many || inside;
		at += quantified;
	}
	return false;
}

/* ---- rewriting one file ---- */

typedef struct set_file {
	const xml_schema_file *given;
	int fd;
} set_file;

typedef struct file_set {
	efile_ctx *ctx;
	set_file files[FILE_LIMIT];
	size_t count;
} file_set;

typedef struct rewriter {
	file_set *set;
	const char *name;
	xml_writer out;
	buf namespaces;          /* declarations to come with the next tag */
} rewriter;

static const set_file *file_by_name(const file_set *set, const char *name, size_t length)
{
	for (size_t i = 0; i < set->count; i++)
		if (strlen(set->files[i].given->name) == length &&
		    memcmp(set->files[i].given->name, name, length) == 0)
			return &set->files[i];
	return NULL;
}

static efile_status on_namespace(void *user, const char *prefix, const char *uri)
{
	rewriter *r = user;

	buf_add_format(&r->namespaces, "xmlns%s%s", prefix[0] ? ":" : "", prefix);
	buf_add_char(&r->namespaces, '\0');
	buf_add_text(&r->namespaces, uri);
	buf_add_char(&r->namespaces, '\0');
	return buf_status(&r->namespaces, r->set->ctx);
}

static void write_namespaces(rewriter *r)
{
	const char *at = buf_text(&r->namespaces), *end = at + r->namespaces.length;

	while (at < end) {
		const char *value = at + strlen(at) + 1;

		xml_writer_attribute(&r->out, at, value);
		at = value + strlen(value) + 1;
	}
	buf_reset(&r->namespaces);
}

static bool refers(const xml_element *e)
{
	return strcmp(e->uri, XSD_URI) == 0 &&
		(strcmp(e->name, "import") == 0 || strcmp(e->name, "include") == 0 ||
		 strcmp(e->name, "redefine") == 0);
}

/* The last part of a location: "../common/x.xsd" is the given file "x.xsd". */
static efile_status write_location(rewriter *r, const xml_attribute *a)
{
	const char *slash = memrchr(a->value, '/', a->length);
	size_t skip = slash ? (size_t)(slash + 1 - a->value) : 0;
	const set_file *file = file_by_name(r->set, a->value + skip, a->length - skip);
	char place[40];

	if (!file)
		return FAIL(r->set->ctx, EFILE_E_NOTFOUND, 1440,
			    "the schema refers to %.*s, which is not among the given files",
			    (int)(a->length < 200 ? a->length : 200), a->value);
	snprintf(place, sizeof(place), "/proc/self/fd/%d", file->fd);
	xml_writer_attribute(&r->out, a->name, place);
	return EFILE_OK;
}

static efile_status check_pattern(const rewriter *r, const xml_attribute *a)
{
	if (!xml_pattern_explodes(a->value, a->length))
		return EFILE_OK;
	return FAIL(r->set->ctx, EFILE_E_UNSUPPORTED, 1441,
		    "matching the schema's pattern %.*s could take for ever",
		    (int)(a->length < 100 ? a->length : 100), a->value);
}

static efile_status write_attributes(rewriter *r, const xml_element *e)
{
	bool pattern = strcmp(e->uri, XSD_URI) == 0 && strcmp(e->name, "pattern") == 0;
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];

		if (refers(e) && !a->uri[0] && strcmp(a->name, "schemaLocation") == 0) {
			TRY(write_location(r, a));
			continue;
		}
		if (pattern && strcmp(a->name, "value") == 0)
			TRY(check_pattern(r, a));
		buf_reset(&text);
		buf_add_format(&text, "%s%s%s", a->prefix, a->prefix[0] ? ":" : "", a->name);
		buf_add_char(&text, '\0');
		buf_add(&text, a->value, a->length);
		TRY(buf_status(&text, r->set->ctx));
		xml_writer_attribute(&r->out, text.data, text.data + strlen(text.data) + 1);
	}
	return EFILE_OK;
}

static efile_status on_start(void *user, xml_element *e)
{
	rewriter *r = user;
	AUTO(buf) name = BUF_INIT;

	buf_add_format(&name, "%s%s%s", e->prefix, e->prefix[0] ? ":" : "", e->name);
	TRY(buf_status(&name, r->set->ctx));
	xml_writer_start(&r->out, name.data);
	write_namespaces(r);
	return write_attributes(r, e);
}

static efile_status on_end(void *user, const xml_element *e)
{
	(void)e;
	xml_writer_close(&((rewriter *)user)->out);
	return EFILE_OK;
}

static efile_status on_text(void *user, const char *text, size_t length)
{
	xml_writer_text_n(&((rewriter *)user)->out, text, length);
	return EFILE_OK;
}

static efile_status rewrite(buf *out, file_set *set, const xml_schema_file *file)
{
	static const xml_handler handler = { .start = on_start, .end = on_end, .text = on_text,
					     .namespace = on_namespace };
	rewriter r = { .set = set, .name = file->name, .namespaces = BUF_INIT };
	efile_status status;

	xml_writer_begin(&r.out, set->ctx, out, NULL, false);
	status = xml_read_bytes(set->ctx, file->text, file->length, file->name, &handler, &r);
	if (status == EFILE_OK)
		status = xml_writer_end(&r.out);
	xml_writer_clear(&r.out);
	buf_clear(&r.namespaces);
	return status;
}

/* ---- the set of files ---- */

static void close_set(file_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		close(set->files[i].fd);
}

static efile_status open_set(file_set *set, const xml_schema_file *files, size_t count)
{
	if (count == 0 || count > FILE_LIMIT)
		return FAIL(set->ctx, EFILE_E_LIMIT, 1442, "a schema consists of 1 to %d files",
			    FILE_LIMIT);
	for (size_t i = 0; i < count; i++) {
		int fd = memfd_create("efile-schema", MFD_CLOEXEC);

		if (fd < 0)
			return FAIL(set->ctx, EFILE_E_IO, 1443, "no file in memory for a schema");
		set->files[set->count++] = (set_file){ &files[i], fd };
	}
	return EFILE_OK;
}

static efile_status write_file(const file_set *set, int fd, const buf *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t n = write(fd, text->data + done, text->length - done);

		if (n <= 0)
			return FAIL(set->ctx, EFILE_E_IO, 1443, "no file in memory for a schema");
		done += (size_t)n;
	}
	return EFILE_OK;
}

static efile_status fill_set(file_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		AUTO(buf) text = BUF_INIT;

		TRY(rewrite(&text, set, set->files[i].given));
		TRY(write_file(set, set->files[i].fd, &text));
	}
	return EFILE_OK;
}

/* ---- compiling ---- */

typedef struct first_error {
	long line;
	bool memory;
	char text[256];
} first_error;

static void take_error(void *user, xmlErrorPtr error)
{
	first_error *first = user;

	if (error->code == XML_ERR_NO_MEMORY)
		first->memory = true;
	if (first->text[0] || error->level == XML_ERR_WARNING)
		return;
	first->line = error->line;
	snprintf(first->text, sizeof(first->text), "%s", error->message ? error->message : "?");
	first->text[strcspn(first->text, "\n")] = '\0';
}

static efile_status compile(xml_schema *out, efile_ctx *ctx, const file_set *set)
{
	first_error first = { 0, false, "" };
	xmlSchemaParserCtxtPtr parser;
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", set->files[0].fd);
	parser = xmlSchemaNewParserCtxt(path);
	if (!parser)
		return mem_failed(ctx);
	xmlSchemaSetParserStructuredErrors(parser, take_error, &first);
	out->compiled = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	if (out->compiled)
		return EFILE_OK;
	if (first.memory || !first.text[0])
		return mem_failed(ctx);
	FAIL(ctx, EFILE_E_FORMAT, 1444, "not a valid XML schema: %s", first.text);
	return error_at(ctx, set->files[0].given->name, first.line, 0);
}

efile_status xml_schema_load(xml_schema **out, efile_ctx *ctx, const xml_schema_file *files,
			     size_t count)
{
	file_set set = { .ctx = ctx };
	efile_status status;
	xml_schema *schema = mem_new(ctx, sizeof(*schema));

	if (!schema)
		return EFILE_E_NOMEM;
	xmlInitParser();
	status = open_set(&set, files, count);
	if (status == EFILE_OK)
		status = fill_set(&set);
	if (status == EFILE_OK)
		status = compile(schema, ctx, &set);
	close_set(&set);
	if (status < 0)
		xml_schema_free(schema);
	else
		*out = schema;
	return status;
}

void xml_schema_free(xml_schema *schema)
{
	if (!schema)
		return;
	if (schema->compiled)
		xmlSchemaFree(schema->compiled);
	free(schema);
}
