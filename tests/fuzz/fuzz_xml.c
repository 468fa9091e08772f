/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML: reading, canonical form, and the bytes as a schema. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "xml/xml.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static efile_status on_start(void *user, xml_element *e)
{
	AUTO(buf) path = BUF_INIT;

	TRY(xml_path_push(user, e->uri, e->prefix, e->name));
	xml_path_format(&path, user);
	return EFILE_OK;
}

static efile_status on_end(void *user, const xml_element *e)
{
	(void)e;
	xml_path_pop(user);
	return EFILE_OK;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const xml_handler handler = { .start = on_start, .end = on_end };
	xml_schema_file file = { "a.xsd", (const char *)data, size };
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(xml_path) path = NULL;
	AUTO(buf) out = BUF_INIT;
	xml_schema *schema = NULL;

	if (size > 65536 || efile_ctx_new(&ctx, NULL) < 0 || xml_path_new(&path, ctx) < 0)
		return 0;
	xml_read_bytes(ctx, data, size, "fuzz", &handler, path);
	xml_canonical(&out, ctx, data, size, "fuzz");
	if (size < 4096 && memmem(data, size, "XMLSchema", 9))
		xml_schema_load(&schema, ctx, &file, 1);
	xml_schema_free(schema);
	return 0;
}
