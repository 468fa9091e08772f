/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on contexts (DMN 1.5, 10.3.4.10), and "is". */
#include <string.h>

#include "expr/functions.h"

efile_status fn_is(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_value none = VALUE_NULL;

	(void)s;
	*out = value_boolean(expr_identical(&args[0], count > 1 ? &args[1] : &none));
	return EFILE_OK;
}

static efile_status wrong(expr_scope *s, const char *function, int argument, const char *type)
{
	scope_warn(s, "%s: argument %d must be a %s", function, argument, type);
	return EFILE_OK;
}

/* The keys of a path: one string, or a list of strings; NULL if it is neither. */
static const expr_value *keys_of(const expr_value *v, size_t *count)
{
	const expr_value *keys = v->kind == EXPR_LIST ? v->as.list->items : v;

	*count = v->kind == EXPR_LIST ? v->as.list->count : 1;
	for (size_t i = 0; i < *count; i++)
		if (keys[i].kind != EXPR_STRING)
			return NULL;
	return *count ? keys : NULL;
}

efile_status fn_get_value(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_value *at = &args[0], *keys = keys_of(&args[1], &count);

	if (!keys)
		return wrong(s, "get value", 2, "string");
	for (size_t i = 0; i < count && at; i++)
		at = expr_member(at, keys[i].as.string.text);
	if (at)
		*out = *at;
	return EFILE_OK;
}

static efile_status add_entry(expr_value *list, expr_scope *s, const expr_entry *entry)
{
	expr_value c;

	TRY(value_context(&c, s));
	TRY(context_add(s, c.as.context, "key", value_borrow(entry->key, strlen(entry->key))));
	TRY(context_add(s, c.as.context, "value", entry->value));
	return list_append(s, list->as.list, c);
}

efile_status fn_get_entries(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_context *c = args[0].as.context;

	(void)count;
	TRY(value_list_sized(out, s, c->count));
	for (size_t i = 0; i < c->count; i++)
		TRY(add_entry(out, s, &c->entries[i]));
	return EFILE_OK;
}

efile_status fn_context(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	expr_value c;

	(void)count;
	TRY(value_context(&c, s));
	for (size_t i = 0; i < list->count; i++) {
		const expr_value *key = expr_member(&list->items[i], "key");
		const expr_value *value = expr_member(&list->items[i], "value");

		if (!key || !value || key->kind != EXPR_STRING)
			return wrong(s, "context", 1, "list of entries with key and value");
		if (context_find(c.as.context, key->as.string.text)) {
			scope_warn(s, "the context has the key %s twice", key->as.string.text);
			return EFILE_OK;
		}
		TRY(context_add(s, c.as.context, key->as.string.text, *value));
	}
	*out = c;
	return EFILE_OK;
}

static efile_status copy_context(expr_value *out, expr_scope *s, const expr_context *from)
{
	TRY(value_context(out, s));
	for (size_t i = 0; i < from->count; i++)
		TRY(context_add(s, out->as.context, from->entries[i].key, from->entries[i].value));
	return EFILE_OK;
}

/* Copies the contexts along the path, so that the given one stays as it is. */
static efile_status put_at(expr_value *out, expr_scope *s, const expr_value *context,
			   const expr_value *keys, size_t count, const expr_value *value)
{
	expr_value at, inner;
	expr_context *c;

	TRY(copy_context(out, s, context->as.context));
	c = out->as.context;
	for (size_t i = 0; i + 1 < count; i++) {
		const expr_value *next = context_find(c, keys[i].as.string.text);

		if (!next || next->kind != EXPR_CONTEXT) {
			*out = VALUE_NULL;
			return wrong(s, "context put", 2, "path of contexts");
		}
		at = *next;
		TRY(copy_context(&inner, s, at.as.context));
		TRY(context_put(s, c, keys[i].as.string.text, inner));
		c = inner.as.context;
	}
	return context_put(s, c, keys[count - 1].as.string.text, *value);
}

efile_status fn_context_put(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_value *keys = keys_of(&args[1], &count);

	if (!keys)
		return wrong(s, "context put", 2, "string");
	return put_at(out, s, &args[0], keys, count, &args[2]);
}

efile_status fn_context_merge(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	expr_value c;

	(void)count;
	TRY(value_context(&c, s));
	for (size_t i = 0; i < list->count; i++) {
		const expr_value *item = &list->items[i];

		if (item->kind != EXPR_CONTEXT)
			return wrong(s, "context merge", 1, "list of contexts");
		for (size_t j = 0; j < item->as.context->count; j++)
			TRY(context_put(s, c.as.context, item->as.context->entries[j].key,
					item->as.context->entries[j].value));
	}
	*out = c;
	return EFILE_OK;
}
