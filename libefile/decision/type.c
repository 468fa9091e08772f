/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Item definitions become types of FEEL (DMN 1.5, 7.3.2 and 10.3.2.9). */
#include <string.h>

#include "decision/model.h"

/* Names of built-in types in older files and in those of other engines. */
static const struct alias {
	const char *name, *type;
} aliases[] = {
	{ "dateTime", "date and time" }, { "dayTimeDuration", "days and time duration" },
	{ "yearMonthDuration", "years and months duration" }, { "integer", "number" },
	{ "long", "number" }, { "double", "number" }, { "int", "number" }, { "decimal", "number" },
	{ "any", "Any" },
};

static const expr_type *builtin(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (str_equal(aliases[i].name, name))
			return expr_type_builtin(aliases[i].type);
	return expr_type_builtin(name);
}

static const dmn_item *item_named(const dmn_model *m, const char *name)
{
	for (size_t i = 0; i < m->item_count; i++)
		if (str_equal(m->items[i].name, name))
			return &m->items[i];
	return NULL;
}

/* "import.tType", by the name of an import, or "ns:tType", by a prefix of the file. */
static const dmn_item *item_imported(const dmn_model *m, const char *ref)
{
	for (size_t i = 0; i < m->import_count; i++) {
		const dmn_import *import = &m->imports[i];
		size_t length = strlen(import->name);

		if (import->model && !length && item_named(import->model, ref))
			return item_named(import->model, ref);
		if (import->model && length && !strncmp(ref, import->name, length) && ref[length] == '.')
			return item_named(import->model, ref + length + 1);
	}
	for (size_t i = 0; i < m->prefix_count; i++) {
		size_t length = strlen(m->prefixes[i].prefix);
		const dmn_model *other;

		if (!length || strncmp(ref, m->prefixes[i].prefix, length) || ref[length] != ':')
			continue;
		other = dmn_set_model(m->set, m->prefixes[i].uri);
		return other ? item_named(other, ref + length + 1) : NULL;
	}
	return NULL;
}

const dmn_item *dmn_item_find(dmn_model *m, const char *ref)
{
	const dmn_item *own = ref ? item_named(m, ref) : NULL;

	return own || !ref ? own : item_imported(m, ref);
}

const expr_type *dmn_type_find(dmn_model *m, const char *ref)
{
	const dmn_item *item = dmn_item_find(m, ref);
	const char *colon;

	if (item || !ref)
		return item ? item->type : NULL;
	colon = strrchr(ref, ':');
	return builtin(colon ? colon + 1 : ref);
}

efile_status dmn_type_check(const expr_type **out, dmn_model *m, const char *ref, const char *id,
			long line, long column)
{
	report_place place = { .term = id, .path = m->source, .line = line, .column = column,
			       .actual = ref };

	*out = dmn_type_find(m, ref);
	if (*out && (*out)->kind == EXPR_TYPE_ANY)
		*out = NULL;
	else if (ref && !*out)
		return report_add(m->set->report, "DMN-TYPE", EFILE_SEVERITY_WARNING, &place,
				  "no such type: %s", ref);
	return EFILE_OK;
}

/* ---- resolving ---- */

/* A structure may hold itself; what is only another name may not. */
enum { STATE_NEW, STATE_OPEN, STATE_STRUCTURE, STATE_DONE };

static efile_status resolve(dmn_item *item, dmn_model *m);

/* Every item has its type from the beginning, so that members can point to it. */
static efile_status prepare(dmn_item *item, pool *p)
{
	item->type = dmn_pool_new(p, sizeof(*item->type));
	item->all_allowed = item->allowed;
	if (!item->type)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < item->count; i++)
		TRY(prepare(&item->parts[i], p));
	return EFILE_OK;
}

static efile_status program_new(expr_program **out, decision_set *set)
{
	*out = dmn_pool_new(&set->pool, sizeof(**out));
	return *out ? EFILE_OK : EFILE_E_NOMEM;
}

static efile_status compile_allowed(const expr_program **out, const dmn_item *item, dmn_model *m,
				    const char *text)
{
	compiling c = { m->set, m, NULL, item->id ? item->id : item->name, m->names };
	expr_program *program;

	if (!*text)
		return EFILE_OK;
	TRY(program_new(&program, m->set));
	TRY(dmn_compile_text(program, &c, text, TEXT_TESTS, item->line, item->column));
	if (program->bytes)
		*out = program;
	return EFILE_OK;
}

/* A type made of another keeps what that one demands. */
static efile_status join_allowed(dmn_item *item, const dmn_item *base, dmn_model *m)
{
	AUTO(buf) text = BUF_INIT;

	if (!base || !*base->all_allowed || item->collection)
		return EFILE_OK;
	if (!*item->allowed) {
		item->all_allowed = base->all_allowed;
		return EFILE_OK;
	}
	buf_add_format(&text, "(? in (%s)) and (? in (%s))", base->all_allowed, item->allowed);
	TRY(buf_status(&text, m->set->ctx));
	return dmn_pool_text(&item->all_allowed, &m->set->pool, buf_text(&text), text.length);
}

static efile_status resolve_members(expr_type *out, dmn_item *item, dmn_model *m)
{
	expr_member_type *members = dmn_pool_new(&m->set->pool, (item->count + 1) * sizeof(*members));

	item->state = STATE_STRUCTURE;
	if (!members)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < item->count; i++) {
		TRY(resolve(&item->parts[i], m));
		members[i].name = item->parts[i].name;
		members[i].type = item->parts[i].type;
	}
	out->members = members;
	out->member_count = item->count;
	return EFILE_OK;
}

/* The type behind typeRef: of an item that is resolved first, or a built-in one. */
static efile_status resolve_base(expr_type *out, dmn_item *item, dmn_model *m)
{
	dmn_item *base = (dmn_item *)dmn_item_find(m, item->type_ref);
	const expr_type *type;

	if (base && base->state == STATE_OPEN && !item->collection) {
		report_place place = { .term = item->name, .path = m->source, .line = item->line,
				       .column = item->column };

		return report_add(m->set->report, "DMN-TYPE-CYCLE", EFILE_SEVERITY_ERROR, &place,
				  "the type %s is made of itself", item->name);
	}
	if (base && base->state == STATE_NEW)
		TRY(resolve(base, m));
	if (base && !item->collection && !*item->allowed && !*item->constraint) {
		item->type = base->type; /* another name for it, which may still be in the making */
		item->all_allowed = base->all_allowed;
		return EFILE_OK;
	}
	TRY(dmn_type_check(&type, m, item->type_ref, item->name, item->line, item->column));
	if (!type)
		return EFILE_OK;
	if (item->collection)
		out->element = type; /* may still be in the making: only its address counts */
	else
		*out = *type;
	return join_allowed(item, base, m);
}

static efile_status resolve_one(expr_type *out, dmn_item *item, dmn_model *m)
{
	out->kind = EXPR_TYPE_ANY;
	if (item->function) {
		out->kind = EXPR_TYPE_FUNCTION;
		TRY(dmn_type_check(&out->element, m, item->type_ref, item->name, item->line, item->column));
		return resolve_members(out, item, m);
	}
	if (item->count) {
		out->kind = EXPR_TYPE_CONTEXT;
		return resolve_members(out, item, m);
	}
	return item->type_ref ? resolve_base(out, item, m) : EFILE_OK;
}

static efile_status resolve_collection(dmn_item *item, dmn_model *m)
{
	expr_type *element = dmn_pool_new(&m->set->pool, sizeof(*element));
	expr_type *type = item->type;

	if (!element)
		return EFILE_E_NOMEM;
	if (item->count || item->function) {
		TRY(resolve_one(element, item, m));
		type->element = element;
	} else if (item->type_ref) {
		TRY(resolve_base(type, item, m));
	}
	type->kind = EXPR_TYPE_LIST;
	TRY(compile_allowed(&type->allowed_items, item, m, item->allowed));
	return compile_allowed(&type->allowed, item, m, item->constraint);
}

static efile_status resolve(dmn_item *item, dmn_model *m)
{
	expr_type *own;

	if (item->state != STATE_NEW)
		return EFILE_OK;
	own = item->type;
	item->state = item->collection ? STATE_STRUCTURE : STATE_OPEN;
	if (item->collection) {
		TRY(resolve_collection(item, m));
	} else {
		TRY(resolve_one(own, item, m));
		if (item->type == own) {
			own->allowed = NULL;
			TRY(compile_allowed(&own->allowed, item, m,
					    *item->constraint ? item->constraint :
								item->all_allowed));
		}
	}
	item->state = STATE_DONE;
	return EFILE_OK;
}

static efile_status name_imported(decision_set *set, const dmn_import *import)
{
	for (size_t i = 0; i < import->model->item_count; i++) {
		expr_member_type *named = &set->type_names[set->type_name_count];
		AUTO(buf) text = BUF_INIT;

		buf_add_format(&text, "%s.%s", import->name, import->model->items[i].name);
		TRY(buf_status(&text, set->ctx));
		TRY(dmn_pool_text(&named->name, &set->pool, buf_text(&text), text.length));
		named->type = import->model->items[i].type;
		set->type_name_count++;
	}
	return EFILE_OK;
}

/* Types of imported models as expressions of the importing ones name them. */
static efile_status name_all_imported(decision_set *set)
{
	size_t room = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < set->model_count; i++)
			for (size_t k = 0; k < set->models[i].import_count; k++) {
				const dmn_import *import = &set->models[i].imports[k];

				if (!import->model || !*import->name)
					continue;
				if (pass)
					TRY(name_imported(set, import));
				else
					room += import->model->item_count;
			}
		if (!pass)
			set->type_names = dmn_pool_new(&set->pool, (room + 1) * sizeof(*set->type_names));
		if (!set->type_names)
			return EFILE_E_NOMEM;
	}
	return EFILE_OK;
}

efile_status dmn_set_types(decision_set *set)
{
	for (size_t i = 0; i < set->model_count; i++)
		for (size_t k = 0; k < set->models[i].item_count; k++)
			TRY(prepare(&set->models[i].items[k], &set->pool));
	for (size_t i = 0; i < set->model_count; i++)
		for (size_t k = 0; k < set->models[i].item_count; k++)
			TRY(resolve(&set->models[i].items[k], &set->models[i]));
	return name_all_imported(set);
}
