/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as JSON: what can be read can be written, and reads as the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 200 };

static void write_value(json_writer *w, const json_value *v, int depth)
{
	int64_t number;

	if (v->key)
		json_key(w, v->key);
	if (v->type == JSON_OBJECT || v->type == JSON_ARRAY) {
		if (depth > DEPTH)
			abort(); /* the reader has a limit below that */
		if (v->type == JSON_OBJECT)
			json_object(w);
		else
			json_array(w);
		for (const json_value *c = v->child; c; c = c->next)
			write_value(w, c, depth + 1);
		if (v->type == JSON_OBJECT)
			json_end_object(w);
		else
			json_end_array(w);
	} else if (v->type == JSON_STRING) {
		json_text_n(w, v->text, v->length);
	} else if (v->type == JSON_NUMBER) {
		json_as_int(&number, v);
		json_raw(w, v->text);
	} else if (v->type == JSON_NULL) {
		json_null(w);
	} else {
		json_bool(w, v->type == JSON_TRUE);
	}
}

static void write_document(buf *out, const json_document *document)
{
	json_writer w;

	json_begin(&w, out);
	write_value(&w, json_root(document), 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(json_document) first = NULL;
	AUTO_PTR(json_document) second = NULL;
	AUTO(buf) once = BUF_INIT;
	AUTO(buf) twice = BUF_INIT;

	if (efile_ctx_new(&ctx, NULL) < 0 || json_parse(&first, ctx, (const char *)data, size) < 0)
		return 0;
	write_document(&once, first);
	if (json_parse(&second, ctx, buf_text(&once), once.length) < 0)
		abort();
	write_document(&twice, second);
	if (once.length != twice.length || memcmp(buf_text(&once), buf_text(&twice), once.length) != 0)
		abort();
	return 0;
}
