/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process that reads a hostile document may still do: compute, read fonts, answer. */
#ifndef TOOLS_PARSE_SANDBOX_H
#define TOOLS_PARSE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/* For the warm parent, after everything is loaded, and inherited by each child: no new rights, and
 * Landlock with read access to fonts and tables only. Answers the Landlock ABI used, 0 for none
 * (then no file at all can be opened in a child), or -1 if the promise cannot be kept. Only a test
 * says false. */
int sandbox_files(bool landlock);

/* For the child: resource limits and the system call filter. */
bool sandbox_enter(int landlock, uint32_t milliseconds, uint32_t megabytes);

#endif
