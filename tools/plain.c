/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people read where programs read JSON: local time, names instead of ids, and the library's JSON as
 * an indented list. */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

const char *local_time(tool *t, efile_time time, char *text)
{
	if (efile_time_local(text, t->ctx, time) != EFILE_OK)
		efile_time_format(time, text); /* no zones on this system: UTC, and it says so */
	return text;
}

const char *actor_name(tool *t, const efile_id *id, char *text, size_t size)
{
	efile_actor_cursor *cursor = NULL;
	efile_actor_filter filter;
	efile_actor actor;

	text[0] = '\0';
	if (!t->session || efile_id_is_none(id))
		return text;
	efile_actor_filter_init(&filter);
	filter.actor.id = *id;
	if (efile_actor_list(&cursor, t->session, &filter) == EFILE_OK &&
	    efile_actor_cursor_next(cursor, &actor) == EFILE_OK)
		snprintf(text, size, "%s", actor.display && *actor.display ? actor.display : actor.name);
	efile_actor_cursor_free(cursor);
	return text;
}

/* ---- JSON of the library as text. It is well-formed and nested within the library's limit. ---- */

typedef struct walk {
	tool *t;
	const char *at;
} walk;

static void skip(walk *w)
{
	w->at += strspn(w->at, " \t\r\n");
}

static unsigned hex4(const char *at)
{
	char digits[5] = "";

	memcpy(digits, at, strnlen(at, 4));
	return (unsigned)strtoul(digits, NULL, 16);
}

static char *put_utf8(char *to, unsigned long c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 63));
		*to++ = (char)(0x80 | (c & 63));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 63));
		*to++ = (char)(0x80 | (c >> 6 & 63));
		*to++ = (char)(0x80 | (c & 63));
	}
	return to;
}

/* Behind the backslash; answers the place behind what it stands for. */
static const char *read_escape(const char *at, char **to)
{
	static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
	const char *found = strchr(from, *at);
	unsigned long c;

	if (*at != 'u') {
		*(*to)++ = found && *at ? into[found - from] : *at;
		return at + 1;
	}
	c = hex4(at + 1);
	at += 5;
	if (c >= 0xd800 && c < 0xdc00 && at[0] == '\\' && at[1] == 'u') {
		c = 0x10000 + ((c - 0xd800) << 10) + (hex4(at + 2) - 0xdc00);
		at += 6;
	}
	*to = put_utf8(*to, c);
	return at;
}

/* The string at the quotation mark, malloc'd. */
static char *read_string(walk *w)
{
	size_t length = 0;
	char *text, *to;

	for (const char *c = w->at + 1; *c && *c != '"'; c++, length++)
		if (*c == '\\' && c[1])
			c++, length++;
	text = to = malloc(length + 1);
	if (!text)
		exit(efile_status_exit_code(EFILE_E_NOMEM));
	w->at++;
	while (*w->at && *w->at != '"') {
		if (*w->at == '\\' && w->at[1] == 'r')
			w->at += 2; /* a line ends with one character here */
		else if (*w->at == '\\')
			w->at = read_escape(w->at + 1, &to);
		else
			*to++ = *w->at++;
	}
	*to = '\0';
	w->at += *w->at == '"';
	return text;
}

/* Ids of persons become names, times local, dates those of the language. */
static void put_value(tool *t, const char *text)
{
	char name[300], local[EFILE_TIME_TEXT_SIZE];
	efile_time time;
	efile_date date;
	efile_id id;

	if (efile_id_parse(&id, text) == EFILE_OK && *actor_name(t, &id, name, sizeof(name)))
		put("%s", name);
	else if (efile_time_parse(&time, text) == EFILE_OK)
		put("%s", local_time(t, time, local));
	else if (strlen(text) == 10 && efile_date_parse(&date, text) == EFILE_OK &&
		 efile_date_local(local, t->ctx, date) == EFILE_OK)
		put("%s", local);
	else
		put("%s", text);
}

/* "pay_by" is read as "pay by"; what the tables know, is said in the user's language. */
static void put_key(tool *t, const char *key)
{
	char words[128];

	snprintf(words, sizeof(words), "%s", key);
	for (char *c = words; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	put("%s: ", efile_message(t->ctx, words));
}

static void put_scalar(walk *w)
{
	static const struct {
		const char *json;
		const char *text;
	} words[] = { { "null", "-" }, { "true", "yes" }, { "false", "no" } };
	size_t length = strcspn(w->at, ",]} \t\r\n");
	char *text;

	if (*w->at == '"') {
		text = read_string(w);
		put_value(w->t, text);
		free(text);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		if (strlen(words[i].json) == length && strncmp(words[i].json, w->at, length) == 0) {
			put("%s", efile_message(w->t->ctx, words[i].text));
			w->at += length;
			return;
		}
	put("%.*s", (int)length, w->at);
	w->at += length;
}

/* Whether an object or array holds no other one: it is written on one line. */
static bool is_flat(const char *at)
{
	bool text = false;

	for (at++; *at; at++) {
		if (text && *at == '\\' && at[1])
			at++;
		else if (*at == '"')
			text = !text;
		else if (!text && (*at == '{' || *at == '['))
			return false;
		else if (!text && (*at == '}' || *at == ']'))
			return true;
	}
	return true;
}

static void new_line(int depth)
{
	printf("\n%*s", depth * 2, "");
}

/* One value. What lies in an array begins with a dash; an object in it goes on behind the dash. */
static void put_node(walk *w, int depth, bool top, bool is_item);

static void put_members(walk *w, int depth, bool top, bool is_item)
{
	char end = *w->at == '{' ? '}' : ']';
	bool line = !top && is_flat(w->at), first = true, begun = *w->at == '{' && is_item;

	for (w->at++, skip(w); *w->at && *w->at != end; skip(w)) {
		char *key = NULL;

		if (*w->at == ',') {
			w->at++;
			skip(w);
		}
		if (end == '}') {
			key = read_string(w);
			skip(w);
			w->at += *w->at == ':';
			skip(w);
			if (top && strcmp(key, "schema") == 0) {
				free(read_string(w));
				free(key);
				continue;
			}
		}
		if (line && !first)
			put(", ");
		else if (!line && !((top || begun) && first))
			new_line(depth);
		first = false;
		if (!line && end == ']')
			put("- ");
		if (key)
			put_key(w->t, key);
		free(key);
		put_node(w, depth + 1, false, end == ']');
	}
	w->at += *w->at == end;
	if (first && !top)
		put("-");
}

static void put_node(walk *w, int depth, bool top, bool is_item)
{
	if (*w->at == '{' || *w->at == '[')
		put_members(w, depth, top, is_item);
	else
		put_scalar(w);
}

void put_plain(tool *t, const char *json)
{
	walk w = { t, json };

	skip(&w);
	put_node(&w, 0, true, false);
	putchar('\n');
}

/* ---- the history of a process ---- */

static void skip_value(walk *w)
{
	int depth = 0;

	do {
		if (*w->at == '"') {
			free(read_string(w));
			continue;
		}
		depth += (*w->at == '{' || *w->at == '[') - (*w->at == '}' || *w->at == ']');
		w->at++;
	} while (*w->at && (depth > 0 || !strchr(",]} \t\r\n", *w->at)));
}

/* The value of a member of an object; NULL if it is not there. */
static const char *member(tool *t, const char *object, const char *key)
{
	walk w = { t, object };

	if (!object || *object != '{')
		return NULL;
	for (w.at++, skip(&w); *w.at == '"'; skip(&w)) {
		char *found = read_string(&w);
		bool same = strcmp(found, key) == 0;

		free(found);
		skip(&w);
		w.at += *w.at == ':';
		skip(&w);
		if (same)
			return w.at;
		skip_value(&w);
		skip(&w);
		w.at += *w.at == ',';
		skip(&w);
	}
	return NULL;
}

/* The element of an array behind another one, or the first one (of the array itself); NULL: the end. */
static const char *element(tool *t, const char *at, bool first)
{
	walk w = { t, at };

	if (!at || (first && *at != '['))
		return NULL;
	if (first)
		w.at++;
	else
		skip_value(&w);
	skip(&w);
	w.at += !first && *w.at == ',';
	skip(&w);
	return *w.at && *w.at != ']' ? w.at : NULL;
}

static void put_member(tool *t, const char *object, const char *key)
{
	walk w = { t, member(t, object, key) };

	if (w.at)
		put_scalar(&w);
}

static void put_names(tool *t, const char *heading, const char *nodes)
{
	bool first = true;

	for (const char *n = element(t, nodes, true); n; n = element(t, n, false), first = false) {
		put("%s", first ? heading : ", ");
		put_member(t, n, "name");
	}
}

static void put_event(tool *t, const char *e)
{
	const char *at = member(t, e, "at"), *behalf = member(t, e, "on_behalf_of");
	walk what = { t, member(t, e, "event") };
	char *name = what.at ? read_string(&what) : NULL;

	put("  ");
	put_member(t, e, "time");
	put("  ");
	put_member(t, e, "actor");
	if (behalf && *behalf == '"') {
		put(tr(t, " for "));
		put_member(t, e, "on_behalf_of");
	}
	put("  ");
	for (char *c = name; c && *c; c++)
		*c = *c == '_' ? ' ' : *c;
	put("%s", name ? efile_message(t->ctx, name) : "");
	if (at && *at == '{') {
		put(": ");
		put_member(t, at, "name");
	}
	put_names(t, " -> ", member(t, e, "began"));
	putchar('\n');
	free(name);
}

void put_history(tool *t, const char *json)
{
	walk at = { t, member(t, json, "status") };
	char *status = at.at ? read_string(&at) : NULL;

	put_member(t, json, "process");
	put(", ");
	put("%s ", tr(t, "version"));
	put_member(t, json, "version");
	put(", ");
	put("%s\n", status ? efile_message(t->ctx, status) : "");
	free(status);
	for (const char *e = element(t, member(t, json, "events"), true); e; e = element(t, e, false))
		put_event(t, e);
}

int show_json(tool *t, const char *thing, efile_status status, char **json)
{
	if (t->json || status != EFILE_OK)
		return put_json(t, thing, status, json);
	put_plain(t, *json);
	efile_free(*json);
	*json = NULL;
	return EXIT_DONE;
}
