/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings and where they come from: option, environment, the user's file, the machine's file. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* A setting of the tool; an option of the same name comes first. */
static const struct {
	const char *name;
	const char *variable;
	bool automatic;        /* "auto" if nothing says otherwise */
} settings[TOOL_SETTINGS] = {
	{ "store", "EFILE_STORE", false },      { "as", "EFILE_AS", false },
	{ "lang", "EFILE_LANG", false },        { "color", "EFILE_COLOR", true },
	{ "progress", "EFILE_PROGRESS", true }, { "helper", "EFILE_HELPER", false },
};

/* The language of the session, if nothing names one. */
static const char *const locales[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

enum { LANG = 2 };
enum { SETTINGS = TOOL_SETTINGS, LINE_MAX_BYTES = 4096 };

static const char **target_of(tool *t, size_t i)
{
	const char **targets[SETTINGS] = { &t->store_path, &t->as, &t->language, &t->color,
					   &t->progress, &t->helper };

	return targets[i];
}

static char *trimmed(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t\r\n", text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* One line "name = value"; what no setting is named stays for config explain to complain about. */
static void take_line(tool *t, const char *path, int number, char *line)
{
	char *name = trimmed(line), *equals = strchr(name, '='), *value;
	tool_setting *s;

	if (!*name || *name == '#')
		return;
	value = equals ? trimmed(equals + 1) : name + strlen(name);
	if (equals)
		*equals = '\0';
	name = trimmed(name);
	for (size_t i = 0; i < SETTINGS; i++) {
		s = &t->settings[i];
		if (strcmp(settings[i].name, name) != 0)
			continue;
		if (!s->value && (s->value = strdup(value)))
			snprintf(s->origin, sizeof(s->origin), "%s:%d", path, number);
		return;
	}
	if (!t->config_flaw[0])
		snprintf(t->config_flaw, sizeof(t->config_flaw), "%s:%d: %s", path, number, name);
}

static void read_file(tool *t, const char *path)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "re");

	for (int number = 1; file && fgets(line, sizeof(line), file); number++)
		take_line(t, path, number, line);
	if (file)
		fclose(file);
}

/* XDG Base Directory: $XDG_CONFIG_HOME, else ~/.config. */
static void read_own_file(tool *t)
{
	const char *home = getenv("XDG_CONFIG_HOME"), *below = "efile/config";
	char path[2048];

	if (!home || *home != '/') {
		home = getenv("HOME");
		below = ".config/efile/config";
	}
	if (home && *home && snprintf(path, sizeof(path), "%s/%s", home, below) < (int)sizeof(path))
		read_file(t, path);
}

static void take(tool_setting *s, const char *value, const char *prefix, const char *origin)
{
	if (s->value || !value || !*value)
		return;
	s->value = strdup(value);
	snprintf(s->origin, sizeof(s->origin), "%s%s", prefix, origin);
}

void config_resolve(tool *t)
{
	config_forget(t, false);
	for (size_t i = 0; i < SETTINGS; i++) {
		take(&t->settings[i], *target_of(t, i), "--", settings[i].name);
		take(&t->settings[i], getenv(settings[i].variable), "", settings[i].variable);
	}
	read_own_file(t);
	read_file(t, "/etc/efile/config");
	for (size_t i = 0; i < sizeof(locales) / sizeof(*locales); i++)
		take(&t->settings[LANG], getenv(locales[i]), "", locales[i]);
	for (size_t i = 0; i < SETTINGS; i++) {
		take(&t->settings[i], settings[i].automatic ? "auto" : NULL, "", "default");
		*target_of(t, i) = t->settings[i].value;
	}
}

void config_forget(tool *t, bool options)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (options)
			*target_of(t, i) = NULL;
		free(t->settings[i].value);
		t->settings[i] = (tool_setting){ .value = NULL };
	}
	t->config_flaw[0] = '\0';
}

int cmd_config_explain(tool *t, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	for (size_t i = 0; i < SETTINGS; i++) {
		const tool_setting *s = &t->settings[i];

		if (t->json) {
			json_line(t, "setting");
			json_string(t, "name", settings[i].name);
			json_string(t, "value", s->value);
			json_string(t, "origin", s->value ? s->origin : NULL);
			json_string(t, "variable", settings[i].variable);
			json_line_end(t);
		} else {
			put("%-9s %s  (%s)\n", settings[i].name, s->value ? s->value : "-",
			    s->value ? s->origin : tr(t, "not set"));
		}
	}
	if (!t->config_flaw[0])
		return EXIT_DONE;
	say(t, "no such setting: %s", t->config_flaw);
	return EXIT_FINDINGS;
}
