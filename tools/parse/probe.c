/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only in the test build: tries from inside the sandbox what must be refused, and reports. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parse/document.h"

#include "parse/protocol.h"

static bool open_password_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool open_fonts(void)
{
	return open("/etc/fonts/fonts.conf", O_RDONLY) >= 0;
}

static bool write_file(void)
{
	return open("/tmp/efile-probe", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool read_folder(void)
{
	return open("/", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool internet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool local_socket(void)
{
	int pair[2];

	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static bool start_program(void)
{
	static char name[] = "true";
	char *argv[] = { name, NULL };

	execv("/bin/true", argv);
	return false; /* coming back is the refusal; going on would end with no record at all */
}

static bool new_process(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0;
}

static bool signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool new_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	       MAP_FAILED;
}

static bool use_control_socket(void)
{
	return fcntl(PARSE_CONTROL_FD, F_GETFL) >= 0 &&
	       send(PARSE_CONTROL_FD, "x", 1, MSG_NOSIGNAL) == 1;
}

void probe(reply *out)
{
	static const struct {
		const char *name;
		bool (*works)(void);
	} rows[] = {
		{ "open /etc/passwd", open_password_file },
		{ "open fonts", open_fonts },
		{ "write a file", write_file },
		{ "read a folder", read_folder },
		{ "internet socket", internet_socket },
		{ "local socket", local_socket },
		{ "start a program", start_program },
		{ "new process", new_process },
		{ "trace the parent", trace_parent },
		{ "signal the parent", signal_parent },
		{ "new code", new_code },
		{ "control socket", use_control_socket },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[128];
		int length = snprintf(text, sizeof(text), "%s%c%s", rows[i].name, 0,
				      rows[i].works() ? "works" : "refused");

		reply_record(out, PARSE_TAG_METADATA, text, (size_t)length);
	}
}
