/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every sub-command of efile shares: the command table, global options, output. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <efile.h>

enum {
	EXIT_DONE = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_PARTLY = 3,
	EXIT_NOT_FOUND = 4,
	EXIT_OUTSIDE = 8,
	EXIT_INTERNAL = 70,
	EXIT_TEMPORARY = 75,
	EXIT_INTERRUPTED = 130
};

enum {
	COMMAND_STORE = 1,    /* opens the store */
	COMMAND_SESSION = 2,  /* and acts as somebody */
	COMMAND_WRITES = 4,   /* has --dry-run */
	COMMAND_READ_ONLY = 8,/* opens the store without writing */
	COMMAND_MAY_ACT = 32, /* acts as somebody if --as says so */
	COMMAND_PIPE = 16     /* with - a pipe target of the mail server: what fails is tried again */
};

typedef struct tool tool;

typedef struct tool_option {
	const char *name;     /* long name without dashes; NULL ends the list */
	const char *value;    /* what it takes, such as "DIR"; NULL: a switch */
	const char *help;
} tool_option;

typedef struct command {
	const char *name;     /* "intake mail" */
	const char *arguments;/* "FILE..." or "" */
	const char *summary;  /* one line, English */
	const char *example;  /* arguments of an example, without "efile" */
	const tool_option *options;
	unsigned flags;
	int minimum;          /* arguments */
	int maximum;          /* arguments; -1: any number */
	int (*run)(tool *t, int count, char **arguments);
} command;

/* All commands, in the order of the manual; the last name is NULL. */
extern const command commands[];

enum { TOOL_OPTIONS_MAX = 32, TOOL_SETTINGS = 6 };

/* A setting as it holds, and where it comes from: "--store", "EFILE_STORE", "FILE:LINE", "default". */
typedef struct tool_setting {
	char *value;          /* NULL: not set */
	char origin[2100];
} tool_setting;

struct tool {
	efile_ctx *ctx;
	efile_store *store;
	efile_session *session;
	const command *command;
	const char *store_path;
	const char *as;
	const char *login;
	const char *on_behalf_of;
	const char *purpose;
	const char *break_glass;
	const char *language;
	const char *color;
	const char *progress;
	const char *helper;
	tool_setting settings[TOOL_SETTINGS]; /* config.c */
	char config_flaw[2200];               /* the first line of a file that names no setting */
	bool json;
	bool dry_run;
	bool quiet;
	int verbose;
	/* options of the command, as given */
	struct {
		const tool_option *option;
		const char *value;
	} given[TOOL_OPTIONS_MAX];
	int given_count;
	/* JSON output */
	int json_depth;
	bool json_comma;
};

/* The value of an option of the command: NULL if not given, "" for a switch. The index counts
 * repeated ones from 0. */
const char *tool_value(const tool *t, const char *name, int index);
bool tool_has(const tool *t, const char *name);
/* A whole number within bounds, or -1 after a usage error was printed. */
long tool_number(tool *t, const char *name, long fallback, long least, long most);

/* The text in the user's language. */
const char *tr(const tool *t, const char *english) __attribute__((format_arg(2)));

/* One line of talk on stderr, unless --quiet; the format is translated. */
void say(tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One line of text on stdout; the format is translated. */
void out(tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text on stdout as it is, but for control characters. */
void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the context's error with number, place and exit code; answers the exit code. */
int fail(tool *t);
/* The same with a thing in front: "efile: FILE: error E...". */
int fail_at(tool *t, const char *thing);
/* The end of a command whose answer is JSON that the library has made: prints and frees it, or tells the
 * error, with a thing in front (NULL: none). */
int put_json(tool *t, const char *thing, efile_status status, char **json);
/* The same for people: without --json the answer is an indented list. */
int show_json(tool *t, const char *thing, efile_status status, char **json);
/* JSON of the library as an indented list: names instead of ids of persons, local time. */
void put_plain(tool *t, const char *json);
/* The history of a process (efile_flow_history()) as a timeline. */
void put_history(tool *t, const char *json);
/* A time to the minute in the office's zone; text has EFILE_TIME_TEXT_SIZE bytes and is the answer. */
const char *local_time(tool *t, efile_time time, char *text);
/* What people call an actor; "" without a session or if there is none. Answers text. */
const char *actor_name(tool *t, const efile_id *id, char *text, size_t size);
/* What --dry-run says: the format is translated and has one %s for the thing. Answers EXIT_DONE. */
int would(tool *t, const char *format, const char *thing);
/* With --dry-run what a command writes is tried inside a transaction that is taken back: between
 * these two everything is checked, and nothing stays. Without it they do nothing. */
efile_status try_begin(tool *t);
void try_end(tool *t);
/* The end of a command that changes one object: its error, what --dry-run says, or one JSON line with
 * the object's id. */
int changed(tool *t, const char *schema, efile_status status, const efile_id *id);
/* Wrong usage; answers EXIT_USAGE. The format is translated. */
int usage(tool *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* JSON, one object per line on stdout. */
void json_line(tool *t, const char *schema);      /* {"schema":"efile.<schema>.v1" */
void json_line_end(tool *t);                      /* }\n */
void json_open(tool *t, const char *key, char bracket);  /* key may be NULL inside an array */
void json_close(tool *t, char bracket);
void json_string(tool *t, const char *key, const char *text);
void json_number(tool *t, const char *key, long long value);
void json_boolean(tool *t, const char *key, bool value);
void json_ready(tool *t, const char *key, const char *json);
void json_identity(tool *t, const char *key, const efile_id *id);
void json_instant(tool *t, const char *key, efile_time time);

/* Progress on stderr: a bar on a terminal, else a line every 30 seconds (--progress). */
void progress(tool *t, const char *what, unsigned long long done, unsigned long long total);
void progress_end(tool *t);

/* Findings as text or as members of the present JSON object ("findings":[...]). */
void print_report(tool *t, const char *file, const efile_report *report);
void json_report(tool *t, const char *key, const efile_report *report);

/* The exit code of several things: the larger one. */
static inline int worse(int a, int b)
{
	return a > b ? a : b;
}

/* Whether somebody has asked us to stop. */
bool interrupted(void);
/* The same between two of several items, told with what is left. */
bool stop_between(tool *t, int done, int count);

/* Reads a whole file ("-" is stdin) into malloc'd memory. Prints the error itself. */
int read_input(tool *t, const char *path, char **data, size_t *length);

/* outfile.c: a result as a file that is there whole or not at all; NULL or "-" is stdout. */
typedef struct out_file {
	efile_writer *writer;
	const char *path;
} out_file;

bool open_out(tool *t, out_file *file, const char *path);           /* prints the error itself */
int close_out(tool *t, out_file *file, efile_status status);        /* answers the exit code */

/* session.c: opens t->session; prints the error itself. */
int open_session(tool *t);

/* config.c: settings by option, environment, ~/.config/efile/config, /etc/efile/config, in this order. */
void config_resolve(tool *t);
void config_forget(tool *t, bool options); /* options: those of the command line, too */

/* manual.c: generated out of the command table. */
int print_help(tool *t, const char *const *words, int count);
/* One line for each command that begins with the words; answers how many. */
int list_commands(const tool *t, FILE *file, const char *const *words, int count);
int print_manual(tool *t, const char *name);
int print_completion(void);
int print_commands_json(tool *t);
const tool_option *global_options(void);
const command *find_command(char **words, int count, int *used);

#endif
