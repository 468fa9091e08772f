/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* efile: one command with sub-commands. This file reads the command line; everything that it knows
 * about the commands stands in the table of commands.c. */
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* Links with these names start in the middle of the command tree, for units with least rights. */
static const struct {
	const char *link;
	const char *word;
} links[] = {
	{ "efile-intake", "intake" },
	{ "efile-export", "export" },
	{ "efile-workflow", "flow" },
};

static const tool_option globals[] = {
	{ "store", "DIR", "the store's folder (or EFILE_STORE)" },
	{ "as", "ACTOR", "act as this person (or EFILE_AS)" },
	{ "login", "LOGIN", "how the caller was authenticated, if not by the operating system" },
	{ "on-behalf-of", "ACTOR", "whom the acting person substitutes" },
	{ "purpose", "TEXT", "why, for the log" },
	{ "break-glass", "REASON", "emergency access, with its reason" },
	{ "json", NULL, "print JSON, one object per line" },
	{ "lang", "de|en", "language of messages (or EFILE_LANG, LC_MESSAGES)" },
	{ "dry-run", NULL, "say what would happen, change nothing" },
	{ "quiet", NULL, "no talk on the error channel" },
	{ "verbose", NULL, "more talk" },
	{ "progress", "auto|plain|json|none", "how progress is shown" },
	{ "color", "auto|always|never", "colours (NO_COLOR is heeded)" },
	{ "help", NULL, "show help for the command" },
	{ NULL, NULL, NULL },
};

const tool_option *global_options(void)
{
	return globals;
}

const char *tool_value(const tool *t, const char *name, int index)
{
	for (int i = 0; i < t->given_count; i++)
		if (strcmp(t->given[i].option->name, name) == 0 && index-- == 0)
			return t->given[i].value;
	return NULL;
}

bool tool_has(const tool *t, const char *name)
{
	return tool_value(t, name, 0) != NULL;
}

long tool_number(tool *t, const char *name, long fallback, long least, long most)
{
	const char *text = tool_value(t, name, 0);
	char *end;
	long value;

	if (!text)
		return fallback;
	value = strtol(text, &end, 10);
	if (*end || end == text || value < least || value > most) {
		usage(t, "--%s needs a number from %ld to %ld", name, least, most);
		return -1;
	}
	return value;
}

/* ---- language ---- */

static efile_language language_of(const char *text)
{
	return text && strncmp(text, "de", 2) == 0 ? EFILE_LANGUAGE_DE : EFILE_LANGUAGE_EN;
}

/* ---- the command line ---- */

typedef struct arguments {
	char **words;
	int count;
	const char *unknown;
	const char *no_value;
	const tool_option *wrong; /* got a value that is none of its own */
} arguments;

static const tool_option *find_option(const tool_option *options, const char *name, size_t length)
{
	for (; options && options->name; options++)
		if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
			return options;
	return NULL;
}

static bool set_global(tool *t, const tool_option *option, const char *value)
{
	const struct {
		const char *name;
		const char **target;
	} texts[] = {
		{ "store", &t->store_path }, { "as", &t->as },          { "lang", &t->language },
		{ "color", &t->color },      { "progress", &t->progress },
		{ "login", &t->login },      { "on-behalf-of", &t->on_behalf_of },
		{ "purpose", &t->purpose },  { "break-glass", &t->break_glass },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (strcmp(texts[i].name, option->name) == 0) {
			*texts[i].target = value;
			return true;
		}
	}
	if (strcmp(option->name, "json") == 0)
		t->json = true;
	else if (strcmp(option->name, "dry-run") == 0)
		t->dry_run = true;
	else if (strcmp(option->name, "quiet") == 0)
		t->quiet = true;
	else if (strcmp(option->name, "verbose") == 0)
		t->verbose++;
	else
		return false;
	return true;
}

/* A long option's name for a short one; the short ones are few and fixed. */
static const char *short_option(const char *word)
{
	static const struct {
		const char *word;
		const char *name;
	} shorts[] = { { "-n", "--dry-run" }, { "-q", "--quiet" }, { "-v", "--verbose" },
		       { "-h", "--help" },    { "-o", "--output" } };

	for (size_t i = 0; i < sizeof(shorts) / sizeof(*shorts); i++)
		if (strcmp(word, shorts[i].word) == 0)
			return shorts[i].name;
	return word;
}

/* "auto|always|never" names all that an option takes. */
static bool is_one_of(const char *choices, const char *value)
{
	size_t length = strlen(value);

	for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
		if (strcspn(c, "|") == length && strncmp(c, value, length) == 0)
			return true;
	return !strchr(choices, '|');
}

/* Takes one option; answers how many words it used, 0 if it is none of these. */
static int take_option(tool *t, arguments *a, const tool_option *own, char **words, int left)
{
	const char *name = short_option(words[0]) + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const tool_option *option = find_option(own, name, length);
	bool is_global = !option;
	int used = 1;

	if (is_global)
		option = find_option(globals, name, length);
	if (!option)
		return 0;
	if (option->value && !value) {
		if (left < 2) {
			a->no_value = option->name;
			return 1;
		}
		value = words[1];
		used = 2;
	}
	if (option->value && !is_one_of(option->value, value))
		a->wrong = option;
	if (is_global && set_global(t, option, value))
		return used;
	if (t->given_count < TOOL_OPTIONS_MAX) {
		t->given[t->given_count].option = option;
		t->given[t->given_count++].value = value ? value : "";
	}
	return used;
}

/* Options may stand anywhere; behind "--" everything is an argument. With own == NULL only the
 * words are wanted, to find the command. */
static void read_line(tool *t, arguments *a, const tool_option *own, bool lenient, char **words,
		      int count)
{
	bool options_end = false;

	for (int i = 0; i < count;) {
		int used = 0;

		if (!options_end && strcmp(words[i], "--") == 0) {
			options_end = true;
			i++;
			continue;
		}
		if (!options_end && short_option(words[i])[0] == '-' && short_option(words[i])[1] == '-') {
			used = take_option(t, a, own, words + i, count - i);
			if (!used && !lenient)
				a->unknown = words[i];
			i += used ? used : 1;
			continue;
		}
		if (!options_end && words[i][0] == '-' && words[i][1] && !lenient)
			a->unknown = words[i];
		a->words[a->count++] = words[i]; /* room for all was made */
		i++;
	}
}

const command *find_command(char **words, int count, int *used)
{
	const command *best = NULL;

	*used = 0;
	for (const command *c = commands; c->name; c++) {
		const char *name = c->name;
		int n = 0;

		while (*name && n < count) {
			size_t length = strcspn(name, " ");

			if (strlen(words[n]) != length || strncmp(words[n], name, length) != 0)
				break;
			n++;
			name += length;
			while (*name == ' ')
				name++;
		}
		if (!*name && n > *used) {
			best = c;
			*used = n;
		}
	}
	return best;
}

/* ---- running ---- */

static void log_line(efile_log_level level, const char *module, const char *message, void *user)
{
	(void)user;
	(void)level;
	fprintf(stderr, "efile: %s: %s\n", module, message);
}

static int make_ctx(tool *t)
{
	efile_ctx_options options;

	efile_ctx_options_init(&options);
	options.language = language_of(t->language);
	options.helper_path = t->helper;
	options.log = log_line;
	options.log_level = t->verbose > 1 ? EFILE_LOG_DEBUG :
			    t->verbose     ? EFILE_LOG_INFO :
					     EFILE_LOG_WARNING;
	efile_ctx_free(t->ctx);
	t->ctx = NULL;
	return efile_ctx_new(&t->ctx, &options) == EFILE_OK ? EXIT_DONE : EXIT_INTERNAL;
}

static bool acts(const tool *t)
{
	return (t->command->flags & COMMAND_SESSION) ||
	       ((t->command->flags & COMMAND_MAY_ACT) && t->as);
}

static int open_store(tool *t)
{
	efile_store_options options;

	if (!t->store_path || !*t->store_path)
		return usage(t, "which store? give --store DIR or set EFILE_STORE");
	efile_store_options_init(&options);
	/* What a person reads may have to be journaled. */
	options.read_only = (t->command->flags & COMMAND_READ_ONLY) != 0 && !acts(t);
	if (efile_store_open(&t->store, t->ctx, t->store_path, &options) != EFILE_OK)
		return fail(t);
	return EXIT_DONE;
}

/* ---- interruption: the item in hand is finished; a second signal ends at once ---- */

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
	signalled = number;
}

bool interrupted(void)
{
	return signalled != 0;
}

bool stop_between(tool *t, int done, int count)
{
	if (!interrupted() || done == count)
		return false;
	say(t, "interrupted: %d of %d are done; the same command again does the rest, and nothing twice",
	    done, count);
	return true;
}

/* Commands that write, or do one thing after the other, finish what they have begun. */
static int run_whole(tool *t, int count, char **words)
{
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART | SA_RESETHAND };
	int code;

	if ((t->command->flags & COMMAND_WRITES) || t->command->maximum < 0)
		sigaction(SIGINT, &action, NULL);
	code = t->command->run(t, count, words);
	return interrupted() && (code == EXIT_DONE || code == EXIT_PARTLY) ? EXIT_INTERRUPTED : code;
}

static int run(tool *t, arguments *a, int used)
{
	int count = a->count - used;
	int code = EXIT_DONE;

	a->words[a->count] = NULL;
	if (count < t->command->minimum)
		return usage(t, "something is missing: %s", t->command->arguments);
	if (t->command->maximum >= 0 && count > t->command->maximum)
		return usage(t, "too many arguments: %s", a->words[used + t->command->maximum]);
	if (t->dry_run && !(t->command->flags & COMMAND_WRITES))
		return usage(t, "--dry-run: this command changes nothing");
	if (t->command->flags & (COMMAND_STORE | COMMAND_SESSION))
		code = open_store(t);
	if (code == EXIT_DONE && acts(t))
		code = open_session(t);
	if (code == EXIT_DONE)
		return run_whole(t, count, a->words + used);
	/* The store could not be opened, or not as this person: any other code makes a mail server
	 * bounce the letter. */
	if ((t->command->flags & COMMAND_PIPE) && count == 1 && strcmp(a->words[used], "-") == 0)
		return EXIT_TEMPORARY;
	return code;
}

/* Flushing late shows a full disk behind a redirection. */
static int finish(tool *t, int code)
{
	efile_session_close(t->session);
	efile_store_close(t->store);
	efile_ctx_free(t->ctx);
	config_forget(t, true);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("efile: stdout");
		return code ? code : 8;
	}
	return code;
}

/* Whether a command begins with these words. */
static bool begins_command(char **words, int count)
{
	for (const command *c = commands; c->name; c++) {
		const char *name = c->name;
		int n = 0;

		while (n < count && strncmp(name, words[n], strlen(words[n])) == 0 &&
		       (name[strlen(words[n])] == ' ' || !name[strlen(words[n])])) {
			name += strlen(words[n]);
			name += *name == ' ';
			n++;
		}
		if (n == count)
			return true;
	}
	return false;
}

/* No such command; whose first word is one is told what goes with it. */
static int no_command(tool *t, char **words, int count)
{
	int known = 0;

	while (known < count && begins_command(words, known + 1))
		known++;
	if (!known)
		return usage(t, "no such command: %s; efile help lists them", words[0]);
	if (known < count)
		usage(t, "no such command: %s %s; there are:", words[known - 1], words[known]);
	else
		usage(t, "what about %s? there are:", words[known - 1]);
	list_commands(t, stderr, (const char *const *)words, known);
	return EXIT_USAGE;
}

static int prepare(tool *t, arguments *a, char **words, int count, int *used)
{
	tool first = *t;
	arguments only_words = { .words = a->words };

	read_line(&first, &only_words, NULL, true, words, count);
	t->language = first.language;
	config_resolve(t);
	if (make_ctx(t) != EXIT_DONE)
		return EXIT_INTERNAL;
	t->command = find_command(only_words.words, only_words.count, used);
	if (tool_has(&first, "help") || !only_words.count)
		return print_help(t, (const char *const *)only_words.words, only_words.count) ?
			EXIT_USAGE : -1;
	if (!t->command)
		return no_command(t, only_words.words, only_words.count);
	a->count = 0;
	config_forget(t, true);
	read_line(t, a, t->command->options, false, words, count);
	if (a->no_value)
		return usage(t, "--%s needs a value", a->no_value);
	if (a->wrong)
		return usage(t, "--%s takes %s", a->wrong->name, a->wrong->value);
	if (a->unknown)
		return usage(t, "unknown option: %s", a->unknown);
	config_resolve(t);
	return make_ctx(t);
}

int main(int argc, char **argv)
{
	arguments a = { .words = calloc((size_t)argc + 2, sizeof(*a.words)) };
	char **words = calloc((size_t)argc + 2, sizeof(*words));
	tool t = { .progress = NULL };
	const char *base = strrchr(argv[0], '/');
	int count = 0, used = 0, code;

	signal(SIGPIPE, SIG_DFL);
	if (!a.words || !words)
		return efile_status_exit_code(EFILE_E_NOMEM);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (strcmp(base ? base + 1 : argv[0], links[i].link) == 0)
			words[count++] = (char *)links[i].word;
	for (int i = 1; i < argc; i++)
		words[count++] = argv[i];
	code = prepare(&t, &a, words, count, &used);
	if (code == EXIT_DONE)
		code = run(&t, &a, used);
	code = finish(&t, code == -1 ? EXIT_DONE : code);
	free(a.words);
	free(words);
	return code;
}
