/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Full text. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static bool coloured(const tool *t)
{
	const char *off = getenv("NO_COLOR");

	if (strcmp(t->color, "always") == 0)
		return true;
	return strcmp(t->color, "auto") == 0 && !(off && *off) && isatty(STDOUT_FILENO);
}

/* Matches stand out by inverse video, or between [ and ]. */
static void print_snippet(const tool *t, const char *text)
{
	bool colour = coloured(t);

	for (const char *c = text; *c; c++) {
		if (*c == EFILE_SNIPPET_BEGIN)
			fputs(colour ? "\033[7m" : "[", stdout);
		else if (*c == EFILE_SNIPPET_END)
			fputs(colour ? "\033[0m" : "]", stdout);
		else
			putchar((unsigned char)*c < 0x20 ? ' ' : *c);
	}
}

/* In JSON the marks are square brackets; control characters say nothing to a reader. */
static void json_snippet(tool *t, const char *text)
{
	size_t length = strlen(text);
	char *copy = malloc(length + 1);

	if (!copy)
		return;
	for (size_t i = 0; i <= length; i++)
		copy[i] = text[i] == EFILE_SNIPPET_BEGIN ? '[' :
			  text[i] == EFILE_SNIPPET_END	 ? ']' :
							   text[i];
	json_string(t, "snippet", copy);
	free(copy);
}

static void show_hit(tool *t, const efile_hit *hit)
{
	char date[EFILE_DATE_TEXT_SIZE] = "";

	if (hit->date.month)
		efile_date_format(hit->date, date);
	if (t->json) {
		json_line(t, "hit");
		json_identity(t, "id", &hit->id);
		json_string(t, "kind", efile_node_kind_name(hit->kind));
		json_string(t, "reference", *hit->reference ? hit->reference : NULL);
		json_string(t, "title", hit->title);
		json_string(t, "date", *date ? date : NULL);
		json_identity(t, "dossier", &hit->dossier.id);
		json_snippet(t, hit->snippet);
		json_line_end(t);
		return;
	}
	printf("%s  %-11s %-22s %s\n    ", date, tr(t, efile_node_kind_name(hit->kind)), hit->reference,
	       hit->title);
	print_snippet(t, hit->snippet);
	putchar('\n');
}

/* Counts to 1,000 at most. */
static int count_hits(tool *t, const char *query)
{
	int32_t found;

	if (efile_search_count(&found, t->session, query) != EFILE_OK)
		return fail(t);
	if (t->json) {
		json_line(t, "hits");
		json_number(t, "count", found);
		json_line_end(t);
	} else {
		put("%ld\n", (long)found);
	}
	return found ? EXIT_DONE : EXIT_FINDINGS;
}

int cmd_index_rebuild(tool *t, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	if (t->dry_run)
		return would(t, "would make the index anew: %s", t->store_path);
	if (efile_search_rebuild(t->session) != EFILE_OK)
		return fail(t);
	if (t->json) {
		json_line(t, "index_rebuilt");
		json_string(t, "path", t->store_path);
		json_line_end(t);
	}
	return EXIT_DONE;
}

int cmd_search(tool *t, int count, char **arguments)
{
	efile_search_cursor *cursor = NULL;
	efile_search_options options;
	efile_hit hit;
	efile_status status;
	long limit = tool_number(t, "limit", 20, 1, EFILE_SEARCH_LIMIT);
	int shown = 0;

	(void)count;
	if (limit < 0)
		return EXIT_USAGE;
	if (tool_has(t, "count"))
		return count_hits(t, arguments[0]);
	efile_search_options_init(&options);
	options.limit = (int32_t)limit;
	options.order = tool_has(t, "best") ? EFILE_SEARCH_RELEVANCE : EFILE_SEARCH_NEWEST;
	status = efile_search(&cursor, t->session, arguments[0], &options);
	while (status == EFILE_OK && (status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK) {
		show_hit(t, &hit);
		shown++;
	}
	efile_search_cursor_free(cursor);
	if (status < 0)
		return fail(t);
	if (!shown && !t->json)
		say(t, "nothing found");
	return shown ? EXIT_DONE : EXIT_FINDINGS;
}
