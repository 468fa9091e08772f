/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/receipt_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a name among the changes; NULL: it stays. */
static const char *changed(const char *changes, const char *name, size_t length, size_t *value_length)
{
	for (const char *at = changes; at && *at;) {
		size_t all = strcspn(at, "|");

		if (all > length && strncmp(at, name, length) == 0 && at[length] == '=') {
			*value_length = all - length - 1;
			return at + length + 1;
		}
		at += all + (at[all] == '|');
	}
	return NULL;
}

void receipt_sample(buf *out, const char *changes)
{
	size_t length;
	char *text = test_own_data("receipt/rechnung.xml", &length);
	const char *at = text;

	TAP_OK(text != NULL);
	while (at && *at) {
		size_t name = *at == '{' ? strcspn(at + 1, "=") : 0, whole, value_length;
		const char *value;

		if (*at != '{') {
			buf_add_char(out, *at++);
			continue;
		}
		whole = strcspn(at, "}");
		value = changed(changes, at + 1, name, &value_length);
		if (!value) {
			value = at + name + 2;
			value_length = whole - name - 2;
		}
		buf_add(out, value, value_length);
		at += whole + 1;
	}
	free(text);
}

efile_invoice *receipt_invoice(efile_ctx *ctx, const char *changes)
{
	AUTO(buf) xml = BUF_INIT;
	efile_invoice *invoice = NULL;

	receipt_sample(&xml, changes);
	if (!TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml.data, xml.length), EFILE_OK)) {
		printf("# %s\n", efile_error_message(ctx));
		exit(1);
	}
	return invoice;
}

static const json_value *member_at(const json_value *value, const char *step)
{
	long index = strtol(step, NULL, 10);

	if (value->type == JSON_OBJECT)
		return json_member(value, step);
	if (value->type != JSON_ARRAY)
		return NULL;
	for (value = value->child; value && index > 0; index--)
		value = value->next;
	return value;
}

const char *receipt_json(efile_ctx *ctx, const char *json, const char *steps)
{
	static char out[1024];
	AUTO_PTR(json_document) document = NULL;
	const json_value *value;
	char copy[128], *rest = NULL;

	snprintf(out, sizeof(out), "-");
	if (!json || json_parse(&document, ctx, json, strlen(json)) != EFILE_OK)
		return out;
	value = json_root(document);
	snprintf(copy, sizeof(copy), "%s", steps);
	for (char *step = strtok_r(copy, ".", &rest); step && value; step = strtok_r(NULL, ".", &rest))
		value = member_at(value, step);
	if (!value)
		return out;
	if (value->type == JSON_STRING || value->type == JSON_NUMBER)
		snprintf(out, sizeof(out), "%s", value->text);
	else if (value->type == JSON_NULL)
		snprintf(out, sizeof(out), "null");
	else if (value->type == JSON_TRUE || value->type == JSON_FALSE)
		snprintf(out, sizeof(out), "%s", value->type == JSON_TRUE ? "true" : "false");
	else
		snprintf(out, sizeof(out), "%s", value->child ? "..." : "[]");
	return out;
}
