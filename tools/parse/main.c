/* SPDX-License-Identifier: GPL-2.0-or-later */
/* efile-parse: reads foreign documents for libefile, one short-lived process each. It is started by
 * the library with a socket as descriptor 3 and has no use of its own; docs/PARSE.md tells more. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "parse/document.h"
#include "parse/sandbox.h"

#include "parse/protocol.h"

typedef struct outcome {
	unsigned kind;
	unsigned detail;
	uint32_t wall_ms;
	uint32_t cpu_ms;
	uint32_t peak_kib;
} outcome;

/* ---- control frames ---- */

typedef struct frame {
	unsigned char bytes[PARSE_REQUEST_BYTES];
	size_t at;
} frame;

static void put(frame *f, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		f->bytes[f->at++] = (unsigned char)(value >> (8 * i));
}

static uint64_t take(frame *f, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | f->bytes[f->at++];
	return value;
}

static bool send_frame(const frame *f)
{
	size_t sent = 0;

	while (sent < f->at) {
		ssize_t n = send(PARSE_CONTROL_FD, f->bytes + sent, f->at - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return true;
}

static bool send_hello(int landlock)
{
	frame f = { .at = 0 };

	put(&f, PARSE_HELLO_BYTES - 4, 4);
	put(&f, PARSE_KIND_HELLO, 4);
	put(&f, PARSE_VERSION, 2);
	put(&f, (uint64_t)landlock, 2);
	put(&f, 1, 2); /* each child has a system call filter, or refuses */
	return send_frame(&f);
}

static bool send_status(const request *r, const outcome *o)
{
	frame f = { .at = 0 };

	put(&f, PARSE_STATUS_BYTES - 4, 4);
	put(&f, PARSE_KIND_STATUS, 4);
	put(&f, r->id, 4);
	put(&f, o->kind, 2);
	put(&f, o->detail, 2);
	put(&f, o->wall_ms, 4);
	put(&f, o->cpu_ms, 4);
	put(&f, o->peak_kib, 4);
	return send_frame(&f);
}

static bool decode_request(request *r, frame *f)
{
	f->at = 0;
	if (take(f, 4) != PARSE_REQUEST_BYTES - 4 || take(f, 4) != PARSE_KIND_REQUEST ||
	    take(f, 2) != PARSE_VERSION)
		return false;
	r->operation = (unsigned)take(f, 2);
	r->id = (uint32_t)take(f, 4);
	r->page = (uint32_t)take(f, 4);
	r->count = (uint32_t)take(f, 4);
	r->width = (uint32_t)take(f, 4);
	r->milliseconds = (uint32_t)take(f, 4);
	r->megabytes = (uint32_t)take(f, 4);
	r->pages = (uint32_t)take(f, 4);
	r->bytes = take(f, 8);
	return true;
}

/* One request and its two descriptors; false at the end, or when it is not one. */
static bool receive_request(request *r, int fds[2])
{
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr head;
	} room;
	frame f = { .at = 0 };
	struct iovec part = { f.bytes, sizeof(f.bytes) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes,
				  .msg_controllen = sizeof(room.bytes) };
	ssize_t n;

	do
		n = recvmsg(PARSE_CONTROL_FD, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(f.bytes) || (message.msg_flags & MSG_CTRUNC) ||
	    message.msg_controllen < sizeof(room.head) ||
	    room.head.cmsg_len != CMSG_LEN(2 * sizeof(int)) ||
	    room.head.cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(fds, CMSG_DATA(&room.head), 2 * sizeof(int));
	return decode_request(r, &f);
}

/* ---- the child ---- */

static void info(reply *out, const document *d, const request *r)
{
	image_size image;

	if (pdf_recognise(d)) {
		pdf_info(out, d, r);
		return;
	}
	reply_text(out, PARSE_TAG_MEDIA_TYPE, media_type(d->data, d->length));
	if (image_measure(&image, d->data, d->length)) {
		uint32_t flags = FLAG_IMAGE | (image.damaged ? FLAG_DAMAGED : 0);

		reply_numbers(out, PARSE_TAG_IMAGE, (uint32_t[]){ image.width, image.height }, 2);
		reply_numbers(out, PARSE_TAG_PAGES, &image.pages, 1);
		reply_numbers(out, PARSE_TAG_FLAGS, &flags, 1);
	}
}

static void answer(reply *out, const document *d, const request *r)
{
	static const struct {
		unsigned operation;
		void (*run)(reply *out, const document *d, const request *r);
	} rows[] = {
		{ PARSE_OP_INFO, info },
		{ PARSE_OP_TEXT, pdf_text },
		{ PARSE_OP_ATTACHMENTS, pdf_attachments },
		{ PARSE_OP_PREVIEW, pdf_preview },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].operation == r->operation)
			rows[i].run(out, d, r);
#ifdef EFILE_PARSE_PROBE
	if (r->operation == PARSE_OP_PROBE)
		probe(out);
#endif
	reply_record(out, PARSE_TAG_END, "", 0);
}

static bool map_document(document *d, int fd)
{
	struct stat status;
	void *data;

	if (fstat(fd, &status) != 0 || status.st_size < 0)
		return false;
	d->length = (size_t)status.st_size;
	data = d->length ? mmap(NULL, d->length, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (data == MAP_FAILED)
		return false;
	d->data = d->length ? data : (const unsigned char *)"";
	return true;
}

static int child(const request *r, int fds[2], int landlock, pid_t parent)
{
	document d = { NULL, 0 };
	reply out = { fds[1], r->bytes, false };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
	close(PARSE_CONTROL_FD);
	signal(SIGPIPE, SIG_IGN);
	if (!map_document(&d, fds[0]) ||
	    !sandbox_enter(landlock, r->milliseconds, r->megabytes)) {
		reply_refuse(&out, PARSE_REFUSED_SANDBOX);
		reply_record(&out, PARSE_TAG_END, "", 0);
		return 0;
	}
	close(fds[0]);
	answer(&out, &d, r);
	return 0;
}

/* ---- the warm parent ---- */

static uint32_t milliseconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)((now.tv_sec - start->tv_sec) * 1000 +
			  (now.tv_nsec - start->tv_nsec) / 1000000);
}

/* Until the child ends, its time is over, or the library has gone. */
static bool watch(int process, uint32_t milliseconds)
{
	struct pollfd fds[2] = {
		{ .fd = process, .events = POLLIN },
		{ .fd = PARSE_CONTROL_FD, .events = POLLRDHUP },
	};
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		uint32_t used = milliseconds_since(&start);
		int ready;

		if (used >= milliseconds)
			return false;
		ready = poll(fds, 2, (int)(milliseconds - used));
		if (ready > 0)
			return fds[0].revents != 0;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

static void await(outcome *o, pid_t pid, uint32_t milliseconds)
{
	int process = pidfd_open(pid, 0), status = 0;
	bool ended = process >= 0 && watch(process, milliseconds);
	struct rusage used = { 0 };

	if (!ended)
		kill(pid, SIGKILL);
	if (process >= 0)
		close(process);
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	o->kind = !ended ? PARSE_OUTCOME_TIMEOUT :
		  WIFSIGNALED(status) ? PARSE_OUTCOME_SIGNAL : PARSE_OUTCOME_EXITED;
	o->detail = WIFSIGNALED(status) ? (unsigned)WTERMSIG(status) : (unsigned)WEXITSTATUS(status);
	o->cpu_ms = (uint32_t)((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
			       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
	o->peak_kib = (uint32_t)used.ru_maxrss;
}

static void serve(outcome *o, const request *r, int fds[2], int landlock)
{
	struct timespec start;
	pid_t parent = getpid(), pid;

	clock_gettime(CLOCK_MONOTONIC, &start);
	pid = fork();
	if (pid == 0)
		_exit(child(r, fds, landlock, parent));
	close(fds[0]);
	close(fds[1]);
	if (pid < 0)
		o->kind = PARSE_OUTCOME_FORK;
	else
		await(o, pid, r->milliseconds);
	o->wall_ms = milliseconds_since(&start);
}

int main(int argc, char **argv)
{
	struct stat status;
	request r;
	int fds[2], landlock = 1;

	if (fstat(PARSE_CONTROL_FD, &status) != 0 || !S_ISSOCK(status.st_mode)) {
		fputs("efile-parse is started by libefile and has no use of its own\n", stderr);
		return 2;
	}
	fcntl(PARSE_CONTROL_FD, F_SETFD, FD_CLOEXEC);
	pdf_warm_up();
	if (!media_load())
		return 70;
#ifdef EFILE_PARSE_PROBE
	landlock = argc < 2; /* any argument: as on a kernel without Landlock */
#endif
	(void)argc;
	(void)argv;
	landlock = sandbox_files(landlock);
	if (landlock < 0 || !send_hello(landlock))
		return 70;
	while (receive_request(&r, fds)) {
		outcome o = { 0 };

		serve(&o, &r, fds, landlock);
		if (!send_status(&r, &o))
			return 8;
	}
	return 0;
}
