/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expr/value.h"

#include <stdlib.h>
#include <string.h>

#include "expr/vm.h"

/* ---- warnings ---- */

void scope_warn(expr_scope *scope, const char *format, ...)
{
	scope_warning *w = &scope->warnings[scope->warning_count];
	AUTO(buf) text = BUF_INIT;
	va_list args;
	char *place = NULL, *message, *kept;

	if (scope->quiet || scope->warning_count == EXPR_WARNINGS_MAX)
		return;
	*w = (scope_warning){ NULL, 0, 0 };
	vm_place(scope, &w->line, &w->column);
	if (w->line)
		place = message_format(scope->ctx, "line %u, column %u: ", w->line, w->column);
	text.failed = w->line && !place;
	if (place)
		buf_add_text(&text, place);
	free(place);
	va_start(args, format);
	message = message_vformat(scope->ctx, format, args);
	va_end(args);
	if (message)
		buf_add_text(&text, message);
	kept = message && !text.failed ? scope_alloc(scope, text.length + 1) : NULL;
	free(message);
	if (!kept) {
		scope->failed = true;
		return;
	}
	w->text = memcpy(kept, buf_text(&text), text.length + 1);
	scope->warning_count++;
}

size_t expr_scope_warning_count(const expr_scope *scope)
{
	return scope->warning_count;
}

const char *expr_scope_warning(const expr_scope *scope, size_t index)
{
	return index < scope->warning_count ? scope->warnings[index].text : NULL;
}

void expr_scope_warning_place(const expr_scope *scope, size_t index, long *line, long *column)
{
	bool known = index < scope->warning_count;

	*line = known ? scope->warnings[index].line : 0;
	*column = known ? scope->warnings[index].column : 0;
}

void expr_scope_warnings_cut(expr_scope *scope, size_t count)
{
	if (count < scope->warning_count)
		scope->warning_count = count;
}

/* ---- making values ---- */

efile_status value_string(expr_value *out, expr_scope *scope, const char *text, size_t length)
{
	char *copy = scope_alloc(scope, length + 1);

	if (!copy)
		return scope_failed(scope);
	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	*out = value_borrow(copy, length);
	return EFILE_OK;
}

efile_status value_from_buf(expr_value *out, expr_scope *scope, const buf *text)
{
	TRY(buf_status(text, scope->ctx));
	return value_string(out, scope, buf_text(text), text->length);
}

efile_status value_temporal(expr_value *out, expr_scope *scope, expr_kind kind,
			    const expr_temporal *t)
{
	expr_temporal *copy = scope_alloc(scope, sizeof(*copy));

	if (!copy)
		return scope_failed(scope);
	*copy = *t;
	*out = VALUE_NULL;
	out->kind = kind;
	out->as.temporal = copy;
	return EFILE_OK;
}

efile_status value_list_sized(expr_value *out, expr_scope *scope, size_t capacity)
{
	size_t wanted = capacity < EXPR_MEMORY_MAX ? capacity : EXPR_MEMORY_MAX;
	expr_list *list = scope_alloc(scope, sizeof(*list) + wanted * sizeof(expr_value));

	if (!list)
		return scope_failed(scope);
	*list = (expr_list){ (expr_value *)(list + 1), 0, wanted };
	*out = VALUE_NULL;
	out->kind = EXPR_LIST;
	out->as.list = list;
	return EFILE_OK;
}

efile_status value_list(expr_value *out, expr_scope *scope)
{
	return value_list_sized(out, scope, 4);
}

efile_status value_list_of(expr_value *out, expr_scope *scope, const expr_value *item)
{
	expr_value list;

	TRY(value_list_sized(&list, scope, 1));
	list.as.list->items[list.as.list->count++] = *item;
	*out = list;
	return EFILE_OK;
}

/* Room for one more in an array of the arena. */
static efile_status grow(expr_scope *scope, void **items, size_t *capacity, size_t count,
			 size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 4;
	void *bigger;

	if (count < *capacity)
		return EFILE_OK;
	bigger = scope_alloc(scope, more * size);
	if (!bigger)
		return scope_failed(scope);
	if (count)
		memcpy(bigger, *items, count * size);
	*items = bigger;
	*capacity = more;
	return EFILE_OK;
}

efile_status list_append(expr_scope *scope, expr_list *list, expr_value item)
{
	void *items = list->items;

	TRY(grow(scope, &items, &list->capacity, list->count, sizeof(item)));
	list->items = items;
	list->items[list->count++] = item;
	return EFILE_OK;
}

efile_status list_append_all(expr_scope *scope, expr_list *list, const expr_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		TRY(list_append(scope, list, from->items[i]));
	return EFILE_OK;
}

efile_status value_context(expr_value *out, expr_scope *scope)
{
	expr_context *context = scope_alloc(scope, sizeof(*context));

	if (!context)
		return scope_failed(scope);
	*context = (expr_context){ NULL, 0, 0 };
	*out = VALUE_NULL;
	out->kind = EXPR_CONTEXT;
	out->as.context = context;
	return EFILE_OK;
}

efile_status context_put(expr_scope *scope, expr_context *c, const char *key, expr_value value)
{
	expr_value *there = (expr_value *)context_find(c, key);

	if (!there)
		return context_add(scope, c, key, value);
	*there = value;
	return EFILE_OK;
}

efile_status context_add(expr_scope *scope, expr_context *c, const char *key, expr_value value)
{
	void *entries = c->entries;

	TRY(grow(scope, &entries, &c->capacity, c->count, sizeof(*c->entries)));
	c->entries = entries;
	c->entries[c->count++] = (expr_entry){ key, value };
	return EFILE_OK;
}

const expr_value *context_find(const expr_context *c, const char *key)
{
	for (size_t i = c->count; i > 0; i--)
		if (strcmp(c->entries[i - 1].key, key) == 0)
			return &c->entries[i - 1].value;
	return NULL;
}

efile_status value_range(expr_value *out, expr_scope *scope, const expr_range *range)
{
	expr_range *copy = scope_alloc(scope, sizeof(*copy));

	if (!copy)
		return scope_failed(scope);
	*copy = *range;
	*out = VALUE_NULL;
	out->kind = EXPR_RANGE;
	out->as.range = copy;
	return EFILE_OK;
}

efile_status expr_scope_set(expr_scope *scope, const char *name, expr_value value)
{
	expr_value key;

	TRY(value_string(&key, scope, name, strlen(name)));
	return context_put(scope, &scope->variables, key.as.string.text, value);
}

const expr_value *expr_member(const expr_value *context, const char *key)
{
	return context->kind == EXPR_CONTEXT ? context_find(context->as.context, key) : NULL;
}

bool expr_is_true(const expr_value *value)
{
	return value->kind == EXPR_BOOLEAN && value->as.boolean;
}

static const name_row kind_names[] = {
	{ EXPR_NULL, "null" },
	{ EXPR_BOOLEAN, "boolean" },
	{ EXPR_NUMBER, "number" },
	{ EXPR_STRING, "string" },
	{ EXPR_DATE, "date" },
	{ EXPR_TIME, "time" },
	{ EXPR_DATE_TIME, "date and time" },
	{ EXPR_MONTHS, "years and months duration" },
	{ EXPR_SECONDS, "days and time duration" },
	{ EXPR_LIST, "list" },
	{ EXPR_CONTEXT, "context" },
	{ EXPR_RANGE, "range" },
	{ EXPR_FUNCTION, "function" },
};

const char *expr_kind_name(expr_kind kind)
{
	return TABLE_NAME(kind_names, (int)kind);
}
