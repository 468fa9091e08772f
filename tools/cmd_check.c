/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that need no store: expressions, letters. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- expressions ---- */

/* The value as JSON on stdout, what went wrong on the way on stderr; with --json all in one. */
static int eval(tool *t, const char *expression)
{
	const char *context = tool_value(t, "context", 0), *warning;
	efile_feel *feel = NULL;
	char *result = NULL, *value = NULL;
	int code = EXIT_DONE;

	if (efile_feel_compile(&feel, t->ctx, EFILE_FEEL_EXPRESSION, expression, context) != EFILE_OK ||
	    efile_feel_evaluate(&result, feel, context) != EFILE_OK ||
	    efile_feel_value(&value, feel) != EFILE_OK)
		code = fail(t);
	else
		puts(t->json ? result : value);
	for (size_t i = 0; !t->json && (warning = efile_feel_warning(feel, i, NULL, NULL)); i++)
		say(t, "warning: %s", warning);
	efile_free(result);
	efile_free(value);
	efile_feel_free(feel);
	return code;
}

/* One expression a line: for many, and for those that no command line can hold. */
static int eval_lines(tool *t)
{
	char *data = NULL, *rest = NULL;
	size_t length;
	int code = read_input(t, "-", &data, &length);

	for (char *line = data ? strtok_r(data, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		code = worse(code, eval(t, line));
	free(data);
	return code;
}

int cmd_feel_eval(tool *t, int count, char **arguments)
{
	(void)count;
	return strcmp(arguments[0], "-") == 0 ? eval_lines(t) : eval(t, arguments[0]);
}

/* ---- letters ---- */

static int inspect(tool *t, const char *path)
{
	efile_mail *mail = NULL;
	char *data = NULL, *json = NULL;
	size_t length;
	int code = read_input(t, path, &data, &length);

	if (code == EXIT_DONE) {
		if (efile_mail_parse(&mail, t->ctx, data, length) != EFILE_OK ||
		    efile_mail_json(&json, mail) != EFILE_OK)
			code = fail_at(t, path);
		else
			puts(json);
	}
	efile_free(json);
	efile_mail_free(mail);
	free(data);
	return code;
}

int cmd_intake_inspect(tool *t, int count, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count && !stop_between(t, i, count); i++)
		code = worse(code, inspect(t, arguments[i]));
	return code;
}
