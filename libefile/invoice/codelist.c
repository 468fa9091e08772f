/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/codelist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/invoice/codelists.inc"

/* Offsets into a list are 16 bits wide. */
enum { LIST_BYTES = 60000, LONGEST_CODE = 100, LISTS = ARRAY_SIZE(builtin) };

/* The lists of one context, kept with it. */
typedef struct codelists {
	codelist rows[LISTS];
	char *text[LISTS];               /* what was read from a folder; NULL: compiled in */
	uint16_t *at[LISTS];
} codelists;

/* ---- reading one from a file ---- */

static void take_header(codelist *row, const char *line)
{
	static const char standard[] = "# standard: ", version[] = "# version: ", source[] = "# source: ";

	if (str_starts_with(line, standard))
		row->standard = line + strlen(standard);
	else if (str_starts_with(line, version))
		row->version = line + strlen(version);
	else if (str_starts_with(line, source))
		row->source = line + strlen(source);
}

/* Cuts a line into its codes. */
static efile_status take_codes(codelist *row, uint16_t *at, char *line, efile_ctx *ctx)
{
	char *rest = NULL;

	for (char *code = strtok_r(line, " \t", &rest); code; code = strtok_r(NULL, " \t", &rest)) {
		if (strlen(code) > LONGEST_CODE)
			return FAIL(ctx, EFILE_E_FORMAT, 2850, "a code is longer than %d characters",
				    LONGEST_CODE);
		at[row->count++] = (uint16_t)(code - row->text);
	}
	return EFILE_OK;
}

static int compare_codes(const void *a, const void *b, void *text)
{
	return strcmp((const char *)text + *(const uint16_t *)a, (const char *)text + *(const uint16_t *)b);
}

static efile_status parse(codelist *row, uint16_t *at, char *text, efile_ctx *ctx)
{
	*row = (codelist){ row->name, "", "", "", text, at, 0 };
	for (char *line = text, *end; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (line[0] == '#')
			take_header(row, line);
		else
			TRY(take_codes(row, at, line, ctx));
	}
	qsort_r(at, row->count, sizeof(*at), compare_codes, text);
	return EFILE_OK;
}

static efile_status read_list(codelists *lists, size_t i, efile_ctx *ctx)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) path = BUF_INIT;
	char name[64];
	efile_status status;

	snprintf(name, sizeof(name), "codelists/%s.txt", builtin[i].name);
	status = reader_load_newer(&text, &path, ctx, name, LIST_BYTES);
	if (status != EFILE_OK)
		return status;
	buf_add_char(&text, '\n');
	TRY(buf_status(&text, ctx));
	lists->at[i] = mem_new(ctx, (text.length / 2 + 1) * sizeof(uint16_t));
	if (!lists->at[i])
		return EFILE_E_NOMEM;
	TRY(buf_take(&lists->text[i], &text, ctx));
	status = parse(&lists->rows[i], lists->at[i], lists->text[i], ctx);
	return status < 0 ? error_at(ctx, path.data, 0, 0) : status;
}

/* ---- those of a context ---- */

static void codelists_free(void *value)
{
	codelists *lists = value;

	if (!lists)
		return;
	for (size_t i = 0; i < LISTS; i++) {
		free(lists->text[i]);
		free(lists->at[i]);
	}
	free(lists);
}

static efile_status read_newer(codelists *lists, efile_ctx *ctx)
{
	for (size_t i = 0; i < LISTS; i++)
		TRY(read_list(lists, i, ctx));
	return EFILE_OK;
}

efile_status codelists_ready(efile_ctx *ctx)
{
	codelists *lists;
	efile_status status;

	if (!ctx->schema_path || ctx_kept(ctx, builtin))
		return EFILE_OK;
	lists = mem_new(ctx, sizeof(*lists));
	if (!lists)
		return EFILE_E_NOMEM;
	memcpy(lists->rows, builtin, sizeof(builtin));
	status = read_newer(lists, ctx);
	if (status < 0) {
		codelists_free(lists);
		return status;
	}
	return ctx_keep(ctx, builtin, lists, codelists_free);
}

size_t codelist_total(void)
{
	return LISTS;
}

const codelist *codelist_number(const efile_ctx *ctx, size_t index)
{
	const codelists *lists = ctx_kept(ctx, builtin);

	return lists ? &lists->rows[index] : &builtin[index];
}

const codelist *codelist_find(const efile_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < LISTS; i++)
		if (strcmp(builtin[i].name, name) == 0)
			return codelist_number(ctx, i);
	return NULL;
}

/* ---- looking up ---- */

bool codelist_has(const codelist *list, const char *text, size_t length)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *code = list->text + list->at[middle];
		int order = strncmp(code, text, length);

		if (order == 0 && code[length])
			order = 1;
		if (order == 0)
			return length > 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
