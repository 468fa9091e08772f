/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records in memory, by their field tables. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

efile_status record_new(void **out, efile_ctx *ctx, const record_kind *kind)
{
	void *record = mem_new(ctx, kind->size);

	if (!record)
		return EFILE_E_NOMEM;
	*out = record;
	return EFILE_OK;
}

static void *at(const void *record, const record_field *field)
{
	return (char *)(uintptr_t)record + field->offset;
}

void record_clear(const record_kind *kind, void *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < kind->field_count; i++) {
		const record_field *field = &kind->fields[i];

		if (field->type == FIELD_TEXT)
			free(*(char **)at(record, field));
		else if (field->type == FIELD_BLOB)
			free(((bytes *)at(record, field))->data);
	}
	memset(record, 0, kind->size);
}

static efile_status copy_field(void *to, efile_ctx *ctx, const record_field *field,
			       const void *from)
{
	const bytes *blob;
	char *data = NULL;

	switch (field->type) {
	case FIELD_INT:
		*(int64_t *)to = *(const int64_t *)from;
		return EFILE_OK;
	case FIELD_OPT_INT:
		*(opt_int *)to = *(const opt_int *)from;
		return EFILE_OK;
	case FIELD_ID:
		*(efile_id *)to = *(const efile_id *)from;
		return EFILE_OK;
	case FIELD_TEXT:
		return mem_dup((char **)to, ctx, *(char *const *)from);
	case FIELD_BLOB:
		blob = from;
		if (!blob->data)
			return EFILE_OK;
		TRY(mem_dup_bytes(&data, ctx, blob->data, blob->length));
		*(bytes *)to = (bytes){ (unsigned char *)data, blob->length };
		return EFILE_OK;
	}
	return EFILE_OK;
}

efile_status record_copy(void *out, efile_ctx *ctx, const record_kind *kind, const void *record)
{
	memset(out, 0, kind->size);
	*(record_head *)out = *(const record_head *)record;
	for (size_t i = 0; i < kind->field_count; i++) {
		efile_status status = copy_field(at(out, &kind->fields[i]), ctx, &kind->fields[i],
						 at(record, &kind->fields[i]));

		if (status < 0) {
			record_clear(kind, out);
			return status;
		}
	}
	return EFILE_OK;
}
