/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs cases of the DMN Technology Compatibility Kit.
 *
 * dmn-tck DIR...: each a TCK directory of any height: TestCases, a compliance level, one case. A folder
 * with "*-test-*.xml" is a case: its model is the file that the test names, the other *.dmn of the folder
 * are what it imports. Values are compared by type: numbers as numbers, contexts by their components, lists
 * in order; errorResult wants null. One line per test case, "N passed, N failed" at the end. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <efile.h>

#include "decision/decision.h"
#include "expr/value.h"
#include "xml/tree.h"

enum { FILES_MAX = 64, FILE_BYTES = 64 << 20, PATH_ROOM = 4096 };

static const char XSI[] = "http://www.w3.org/2001/XMLSchema-instance";

typedef struct tally {
	long passed, failed;
} tally;

typedef struct bench {
	efile_ctx *ctx;
	tally *tally;
	const char *folder, *file;
	xml_tree tree;
	decision_set *set;
	expr_scope *scope;
} bench;

/* ---- the test file ---- */

static const char *name_of(const bench *b, xml_node_ref node)
{
	return xml_tree_text(&b->tree, b->tree.nodes[node].name);
}

static xml_node_ref next_named(const bench *b, xml_node_ref at, const char *name)
{
	for (; at; at = b->tree.nodes[at].next)
		if (b->tree.nodes[at].kind == XML_NODE_ELEMENT && (!name || !strcmp(name_of(b, at), name)))
			return at;
	return XML_NO_NODE;
}

static xml_node_ref first(const bench *b, xml_node_ref node, const char *name)
{
	return next_named(b, b->tree.nodes[node].first, name);
}

static xml_node_ref following(const bench *b, xml_node_ref node, const char *name)
{
	return next_named(b, b->tree.nodes[node].next, name);
}

static const char *attribute(const bench *b, xml_node_ref node, const char *name)
{
	return xml_tree_attribute_of(&b->tree, node, "", name);
}

static bool is_nil(const bench *b, xml_node_ref node)
{
	const char *nil = xml_tree_attribute_of(&b->tree, node, XSI, "nil");

	return nil && (!strcmp(nil, "true") || !strcmp(nil, "1"));
}

/* ---- values ---- */

static const struct simple_type {
	const char *name;
	expr_kind kind;
} simple_types[] = {
	{ "decimal", EXPR_NUMBER }, { "double", EXPR_NUMBER }, { "float", EXPR_NUMBER },
	{ "integer", EXPR_NUMBER }, { "int", EXPR_NUMBER }, { "long", EXPR_NUMBER },
	{ "boolean", EXPR_BOOLEAN }, { "date", EXPR_DATE }, { "time", EXPR_TIME },
	{ "dateTime", EXPR_DATE_TIME }, { "duration", EXPR_SECONDS }, { "dayTimeDuration", EXPR_SECONDS },
	{ "yearMonthDuration", EXPR_MONTHS },
};

static efile_status simple(expr_value *out, const bench *b, const char *type, const char *text)
{
	const char *colon = type ? strchr(type, ':') : NULL;
	const char *local = colon ? colon + 1 : type;

	*out = VALUE_NULL;
	for (size_t i = 0; local && i < ARRAY_SIZE(simple_types); i++) {
		if (strcmp(simple_types[i].name, local) != 0)
			continue;
		if (expr_from_text(out, b->scope, simple_types[i].kind, text) < 0)
			return efile_error_status(b->ctx);
		if (out->kind == EXPR_NULL && simple_types[i].kind == EXPR_SECONDS)
			return expr_from_text(out, b->scope, EXPR_MONTHS, text);
		return EFILE_OK;
	}
	return value_string(out, b->scope, text, strlen(text));
}

static efile_status value_of(expr_value *out, const bench *b, xml_node_ref node);

static efile_status components(expr_value *out, const bench *b, xml_node_ref at)
{
	TRY(value_context(out, b->scope));
	for (; at; at = following(b, at, "component")) {
		expr_value value;

		TRY(value_of(&value, b, at));
		TRY(context_put(b->scope, out->as.context, attribute(b, at, "name"), value));
	}
	return EFILE_OK;
}

static efile_status items(expr_value *out, const bench *b, xml_node_ref list)
{
	TRY(value_list(out, b->scope));
	for (xml_node_ref at = first(b, list, "item"); at; at = following(b, at, "item")) {
		expr_value value;

		TRY(value_of(&value, b, at));
		TRY(list_append(b->scope, out->as.list, value));
	}
	return EFILE_OK;
}

/* What an element of valueType holds; null if it says so or says nothing. */
static efile_status value_of(expr_value *out, const bench *b, xml_node_ref node)
{
	xml_node_ref value = first(b, node, "value"), list = first(b, node, "list");
	xml_node_ref component = first(b, node, "component");
	buf text = BUF_INIT;
	efile_status status;

	*out = VALUE_NULL;
	if (is_nil(b, node) || (value && is_nil(b, value)) || (list && is_nil(b, list)))
		return EFILE_OK;
	if (component)
		return components(out, b, component);
	if (list)
		return items(out, b, list);
	if (!value)
		return EFILE_OK;
	xml_tree_content(&text, &b->tree, value);
	status = simple(out, b, xml_tree_attribute_of(&b->tree, value, XSI, "type"), buf_text(&text));
	buf_clear(&text);
	return status;
}

/* ---- comparing ---- */

/* Durations of zero have no kind of their own in XML. */
static bool is_zero_duration(const expr_value *v)
{
	return (v->kind == EXPR_MONTHS || v->kind == EXPR_SECONDS) && v->as.duration.amount == 0 && v->as.duration.nanosecond == 0;
}

/* Fractions are compared as the TCK's own runners do: to eight digits behind the point. */
static bool same_number(efile_decimal a, efile_decimal b)
{
	efile_decimal difference, limit = efile_decimal_from_int(1, 8);

	if (!efile_decimal_compare(a, b))
		return true;
	if (efile_decimal_subtract(&difference, a, b) != EFILE_OK)
		return false;
	if (efile_decimal_sign(difference) < 0)
		difference = efile_decimal_negate(difference);
	return efile_decimal_compare(difference, limit) < 0;
}

static bool same(const expr_value *a, const expr_value *b)
{
	if (a->kind == EXPR_NULL || b->kind == EXPR_NULL)
		return a->kind == b->kind;
	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return same_number(a->as.number, b->as.number);
	if (is_zero_duration(a) && is_zero_duration(b))
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == EXPR_LIST) {
		if (a->as.list->count != b->as.list->count)
			return false;
		for (size_t i = 0; i < a->as.list->count; i++)
			if (!same(&a->as.list->items[i], &b->as.list->items[i]))
				return false;
		return true;
	}
	if (a->kind == EXPR_CONTEXT) {
		if (a->as.context->count != b->as.context->count)
			return false;
		for (size_t i = 0; i < a->as.context->count; i++) {
			const expr_value *other = context_find(b->as.context, a->as.context->entries[i].key);

			if (!other || !same(&a->as.context->entries[i].value, other))
				return false;
		}
		return true;
	}
	return expr_equal(a, b) == 1;
}

/* ---- cases ---- */

static efile_status inputs_of(expr_value *out, const bench *b, xml_node_ref test)
{
	TRY(value_context(out, b->scope));
	for (xml_node_ref at = first(b, test, "inputNode"); at; at = following(b, at, "inputNode")) {
		const char *namespace = attribute(b, at, "namespace"), *name = attribute(b, at, "name");
		char key[1024];
		expr_value value, kept;

		TRY(value_of(&value, b, at));
		snprintf(key, sizeof(key), "%s%s%s", namespace ? namespace : "", namespace ? "#" : "",
			 name ? name : "");
		TRY(value_string(&kept, b->scope, key, strlen(key))); /* a context borrows its keys */
		TRY(context_put(b->scope, out->as.context, kept.as.string.text, value));
	}
	return EFILE_OK;
}

static void show(const char *label, const expr_value *v)
{
	buf text = BUF_INIT;

	expr_to_text(&text, v);
	printf(" %s %.300s", label, buf_text(&text));
	buf_clear(&text);
}

/* What a service answers for one of its outputs. */
static void output_named(expr_value *value, const char *name)
{
	const expr_value *found = value->kind == EXPR_CONTEXT ? expr_member(value, name) : NULL;

	if (found)
		*value = *found;
}

static efile_status evaluate(expr_value *out, const bench *b, xml_node_ref test, xml_node_ref result)
{
	const char *invoked = attribute(b, test, "invocableName"), *name = attribute(b, result, "name");
	const struct dmn_node *node;
	expr_value input;
	decision_run *run;

	TRY(decision_find(&node, b->set, invoked && *invoked ? invoked : name));
	TRY(inputs_of(&input, b, test));
	TRY(decision_begin(&run, b->set, b->scope, &input, false));
	TRY(decision_evaluate(out, run, node));
	if (invoked && *invoked)
		output_named(out, name);
	return EFILE_OK;
}

static bool run_result(const bench *b, xml_node_ref test, xml_node_ref result)
{
	const char *error = attribute(b, result, "errorResult");
	bool wants_error = error && (!strcmp(error, "true") || !strcmp(error, "1"));
	xml_node_ref expected_node = first(b, result, "expected");
	expr_value expected = VALUE_NULL, actual = VALUE_NULL;
	efile_status status;

	expr_scope_reset(b->scope);
	expr_scope_set_now(b->scope, ctx_now(b->ctx), 0);
	status = evaluate(&actual, b, test, result);
	if (status == EFILE_OK && expected_node)
		status = value_of(&expected, b, expected_node);
	if (status != EFILE_OK) {
		if (wants_error && status != EFILE_E_NOMEM)
			return true;
		printf("  %s: %s", attribute(b, result, "name"), efile_error_message(b->ctx));
		return false;
	}
	if (same(&expected, &actual))
		return true;
	printf("  %s:", attribute(b, result, "name"));
	show("got", &actual);
	show("expected", &expected);
	return false;
}

static void run_test(const bench *b, xml_node_ref test)
{
	const char *id = attribute(b, test, "id");
	bool ok = true;

	printf("%s %s", b->file, id ? id : "");
	for (xml_node_ref at = first(b, test, "resultNode"); at; at = following(b, at, "resultNode"))
		ok = run_result(b, test, at) && ok;
	printf("%s\n", ok ? " ok" : " FAILED");
	if (ok)
		b->tally->passed++;
	else
		b->tally->failed++;
}

/* ---- files ---- */

typedef struct models {
	decision_source sources[FILES_MAX];
	buf contents[FILES_MAX];
	char *names[FILES_MAX];
	size_t count;
} models;

static bool ends_with(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a >= b && !strcmp(text + a - b, end);
}

static bool load(buf *out, efile_ctx *ctx, const char *folder, const char *name)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return reader_load_file(out, ctx, path, FILE_BYTES) == EFILE_OK;
}

static void add_model(models *m, efile_ctx *ctx, const char *folder, const char *name)
{
	buf *content = &m->contents[m->count];

	if (m->count == FILES_MAX || !load(content, ctx, folder, name))
		return;
	m->names[m->count] = strdup(name);
	m->sources[m->count] = (decision_source){ m->names[m->count], content->data, content->length };
	m->count++;
}

/* The model that the test names comes first. */
static void load_models(models *m, efile_ctx *ctx, const char *folder, const char *main)
{
	DIR *dir = opendir(folder);

	add_model(m, ctx, folder, main);
	for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
		if (ends_with(e->d_name, ".dmn") && strcmp(e->d_name, main) != 0)
			add_model(m, ctx, folder, e->d_name);
	if (dir)
		closedir(dir);
}

static void models_clear(models *m)
{
	for (size_t i = 0; i < m->count; i++) {
		buf_clear(&m->contents[i]);
		free(m->names[i]);
	}
}

static void run_tests(bench *b, models *m)
{
	xml_node_ref root = xml_tree_root(&b->tree), name = first(b, root, "modelName");
	buf text = BUF_INIT;
	bool ready;

	if (name)
		xml_tree_content(&text, &b->tree, name);
	load_models(m, b->ctx, b->folder, buf_text(&text));
	buf_clear(&text);
	ready = m->count && decision_compile(&b->set, b->ctx, m->sources, m->count) == EFILE_OK &&
		expr_scope_new(&b->scope, b->ctx) == EFILE_OK;
	if (!ready)
		printf("%s: %s\n", b->file, efile_error_message(b->ctx));
	for (xml_node_ref at = first(b, root, "testCase"); at; at = following(b, at, "testCase"))
		if (ready)
			run_test(b, at);
		else
			b->tally->failed++;
}

static void run_file(tally *t, efile_ctx *ctx, const char *folder, const char *file)
{
	bench b = { .ctx = ctx, .tally = t, .folder = folder, .file = file };
	efile_reader *reader = NULL;
	buf content = BUF_INIT;
	models *m = calloc(1, sizeof(*m));

	if (m && load(&content, ctx, folder, file) &&
	    efile_reader_from_memory(&reader, ctx, content.data, content.length) == EFILE_OK &&
	    xml_tree_read(&b.tree, ctx, reader, file) == EFILE_OK) {
		run_tests(&b, m);
	} else {
		printf("%s: %s FAILED\n", file, efile_error_message(ctx));
		t->failed++;
	}
	expr_scope_free(b.scope);
	decision_free(b.set);
	xml_tree_clear(&b.tree);
	efile_reader_free(reader);
	buf_clear(&content);
	if (m)
		models_clear(m);
	free(m);
}

static void run_folder(tally *t, efile_ctx *ctx, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char path[PATH_ROOM];
		struct stat info;

		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (*name != '.' && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
			run_folder(t, ctx, path);
		else if (strstr(name, "-test-") && ends_with(name, ".xml"))
			run_file(t, ctx, folder, name);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	tally t = { 0, 0 };
	efile_ctx *ctx = NULL;

	if (argc < 2 || efile_ctx_new(&ctx, NULL) < 0) {
		fprintf(stderr, "usage: dmn-tck DIR...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		run_folder(&t, ctx, argv[i]);
	efile_ctx_free(ctx);
	printf("%ld passed, %ld failed\n", t.passed, t.failed);
	return t.failed || !t.passed ? 1 : 0;
}
