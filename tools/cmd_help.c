/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

int cmd_help(tool *t, int count, char **arguments)
{
	if (tool_has(t, "completion"))
		return print_completion();
	if (tool_has(t, "man"))
		return print_manual(t, tool_value(t, "man", 0));
	if (tool_has(t, "all") && t->json)
		return print_commands_json(t);
	return print_help(t, (const char *const *)arguments, count);
}

int cmd_version(tool *t, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	if (t->json) {
		json_line(t, "version");
		json_string(t, "version", efile_version());
		json_line_end(t);
	} else {
		printf("efile %s\n", efile_version());
	}
	return EXIT_DONE;
}
