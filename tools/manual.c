/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, man pages, bash completion and the JSON list of commands: all out of the command table. */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char *const exit_codes[][2] = {
	{ "0", "done; duplicates and nothing-to-do included" },
	{ "1", "findings, or a negative result" },
	{ "2", "wrong usage" },
	{ "3", "partly done: some items are in quarantine" },
	{ "4", "not found" },
	{ "5", "refused: right, state, hold or signature" },
	{ "6", "conflict or locked: try again" },
	{ "7", "the store is damaged" },
	{ "8", "an outside service, the disk or memory failed" },
	{ "70", "internal error" },
	{ "130", "interrupted" },
};

static void print_options(const tool *t, const tool_option *options)
{
	for (; options && options->name; options++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", options->name, options->value ? " " : "",
			 options->value ? options->value : "");
		printf("  %-30s %s\n", left, tr(t, options->help));
	}
}

static void print_command(const tool *t, const command *c)
{
	printf("%s: efile %s %s\n\n%s.\n", tr(t, "usage"), c->name, c->arguments,
	       tr(t, c->summary));
	if (c->options && c->options->name) {
		printf("\n%s:\n", tr(t, "options"));
		print_options(t, c->options);
	}
	printf("\n%s:\n", tr(t, "everywhere"));
	print_options(t, global_options());
	if (c->example)
		printf("\n%s:\n  efile %s\n", tr(t, "example"), c->example);
}

static bool starts_with_words(const char *name, const char *const *words, int count)
{
	for (int i = 0; i < count; i++) {
		size_t length = strcspn(name, " ");

		if (strlen(words[i]) != length || strncmp(name, words[i], length) != 0)
			return false;
		name += length;
		while (*name == ' ')
			name++;
	}
	return true;
}

int list_commands(const tool *t, FILE *file, const char *const *words, int count)
{
	int shown = 0;

	for (const command *c = commands; c->name; c++) {
		if (!starts_with_words(c->name, words, count))
			continue;
		fprintf(file, "  %-22s %s\n", c->name, tr(t, c->summary));
		shown++;
	}
	return shown;
}

int print_help(tool *t, const char *const *words, int count)
{
	int used;
	const command *exact = find_command((char **)words, count, &used);

	if (exact && used == count) {
		print_command(t, exact);
		return 0;
	}
	if (count == 0)
		printf("%s\n\n", tr(t, "efile: e-files, intake, invoices, workflows and archive exports in "
				       "one folder"));
	if (!list_commands(t, stdout, words, count)) {
		usage(t, "no such command: %s; efile help lists them", words[0]);
		return EXIT_USAGE;
	}
	if (count == 0)
		printf("\n%s\n", tr(t, "efile help COMMAND tells more; man efile tells all"));
	return 0;
}

/* ---- man pages ---- */

static void roff(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '-')
			fputs("\\-", stdout);
		else if (*c == '\\')
			fputs("\\e", stdout);
		else
			putchar(*c);
	}
}

static void roff_options(const tool *t, const tool_option *options)
{
	for (; options && options->name; options++) {
		printf(".TP\n\\fB\\-\\-");
		roff(options->name);
		printf("\\fR");
		if (options->value) {
			printf(" \\fI");
			roff(options->value);
			printf("\\fR");
		}
		putchar('\n');
		roff(tr(t, options->help));
		putchar('\n');
	}
}

static void roff_head(const tool *t, const char *name, const char *summary)
{
	printf(".TH \"");
	for (const char *c = name; *c; c++)
		putchar(*c == ' ' ? '-' : *c);
	printf("\" 1 \"\" \"libefile %s\" \"%s\"\n.SH %s\n", efile_version(), tr(t, "User commands"),
	       tr(t, "NAME"));
	for (const char *c = name; *c; c++)
		fputs(*c == ' ' ? "\\-" : (char[]){ *c, '\0' }, stdout);
	printf(" \\- ");
	roff(summary);
	putchar('\n');
}

static void roff_exit_codes(const tool *t)
{
	printf(".SH %s\n", tr(t, "EXIT CODES"));
	for (size_t i = 0; i < sizeof(exit_codes) / sizeof(*exit_codes); i++)
		printf(".TP\n%s\n%s\n", exit_codes[i][0], tr(t, exit_codes[i][1]));
}

static void manual_of_all(const tool *t)
{
	roff_head(t, "efile", tr(t, "e-files, intake, invoices, workflows and archive exports"));
	printf(".SH %s\n\\fBefile\\fR \\fI%s\\fR [...]\n.SH %s\n", tr(t, "SYNOPSIS"),
	       tr(t, "COMMAND"), tr(t, "COMMANDS"));
	for (const command *c = commands; c->name; c++) {
		printf(".TP\n\\fB%s\\fR \\fI", c->name);
		roff(c->arguments);
		printf("\\fR\n");
		roff(tr(t, c->summary));
		putchar('\n');
	}
	printf(".SH %s\n", tr(t, "OPTIONS"));
	roff_options(t, global_options());
	roff_exit_codes(t);
}

int print_manual(tool *t, const char *name)
{
	char full[128] = "efile ";

	if (strcmp(name, "efile") == 0) {
		manual_of_all(t);
		return EXIT_DONE;
	}
	for (const command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) != 0)
			continue;
		snprintf(full, sizeof(full), "efile %s", c->name);
		roff_head(t, full, tr(t, c->summary));
		printf(".SH %s\n\\fBefile %s\\fR \\fI", tr(t, "SYNOPSIS"), c->name);
		roff(c->arguments);
		printf("\\fR\n.SH %s\n", tr(t, "OPTIONS"));
		roff_options(t, c->options);
		roff_options(t, global_options());
		if (c->example) {
			printf(".SH %s\n.nf\nefile ", tr(t, "EXAMPLE"));
			roff(c->example);
			printf("\n.fi\n");
		}
		roff_exit_codes(t);
		printf(".SH %s\n.BR efile (1)\n", tr(t, "SEE ALSO"));
		return EXIT_DONE;
	}
	return usage(t, "no such command: %s; efile help lists them", name);
}

/* ---- completion and the list for generators ---- */

int print_completion(void)
{
	puts("# bash completion of efile, generated from its command table");
	puts("_efile() {");
	puts("\tlocal words=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" cur=\"${COMP_WORDS[COMP_CWORD]}\"");
	puts("\tcase \"$cur\" in -*)");
	printf("\t\tlocal options=\"");
	for (const tool_option *o = global_options(); o->name; o++)
		printf("--%s ", o->name);
	puts("\"");
	puts("\t\tcase \"$words\" in");
	for (const command *c = commands; c->name; c++) {
		printf("\t\t\"%s\"*) options+=\"", c->name);
		for (const tool_option *o = c->options; o && o->name; o++)
			printf("--%s ", o->name);
		puts("\" ;;");
	}
	puts("\t\tesac");
	puts("\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); return ;;");
	puts("\tesac");
	printf("\tlocal all=\"");
	for (const command *c = commands; c->name; c++)
		printf("%s\n", c->name);
	puts("\"");
	puts("\tlocal next=$(while IFS= read -r line; do");
	puts("\t\tcase \"$line\" in \"${words:+$words }\"*) line=${line#\"${words:+$words }\"}; echo \"${line%% *}\" ;; esac");
	puts("\tdone <<<\"$all\")");
	puts("\tCOMPREPLY=($(compgen -W \"$next\" -- \"$cur\"))");
	puts("\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))");
	puts("}");
	puts("complete -o filenames -F _efile efile");
	return EXIT_DONE;
}

int print_commands_json(tool *t)
{
	for (const command *c = commands; c->name; c++) {
		json_line(t, "command");
		json_string(t, "name", c->name);
		json_string(t, "arguments", c->arguments);
		json_string(t, "summary", tr(t, c->summary));
		json_string(t, "example", c->example);
		json_boolean(t, "writes", (c->flags & COMMAND_WRITES) != 0);
		json_boolean(t, "store", (c->flags & (COMMAND_STORE | COMMAND_SESSION)) != 0);
		json_open(t, "options", '[');
		for (const tool_option *o = c->options; o && o->name; o++) {
			json_open(t, NULL, '{');
			json_string(t, "name", o->name);
			json_string(t, "value", o->value);
			json_string(t, "help", tr(t, o->help));
			json_close(t, '}');
		}
		json_close(t, ']');
		json_line_end(t);
	}
	return EXIT_DONE;
}
