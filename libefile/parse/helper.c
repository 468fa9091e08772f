/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The helper process: started once, asked over a socket, stopped when it misbehaves. */
#include "parse/parse.h"
#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	START_MILLISECONDS = 15000, /* fontconfig may have to build its cache */
	GRACE_MILLISECONDS = 2000,  /* the helper itself stops a slow document; if not, we do */
	REPLY_OVERHEAD = 1 << 20,   /* record heads, names and metadata beside the content */
	FIRST_SAFE_FD = 10          /* clear of the numbers that the child rearranges */
};

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until one of the descriptors is ready; false when the time is over. */
static bool wait_ready(struct pollfd *fds, nfds_t count, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - monotonic_ms();
		int ready;

		if (left <= 0)
			return false;
		ready = poll(fds, count, (int)left);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR && errno != EAGAIN)
			return false;
	}
}

static uint32_t read_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static unsigned read_u16(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static void fd_clear(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

typedef int fd;

/* ---- starting and stopping ---- */

/* The process id may be somebody else's by now if the host reaps every child; the pidfd is not. */
static void end_process(const efile_parser *parser)
{
	bool named = parser->pidfd >= 0;
	siginfo_t info;

	if (named)
		pidfd_send_signal(parser->pidfd, SIGKILL, NULL, 0);
	else
		kill(parser->pid, SIGKILL);
	while (waitid(named ? P_PIDFD : P_PID, (id_t)(named ? parser->pidfd : parser->pid), &info,
		      WEXITED) != 0 && errno == EINTR)
		;
}

void parse_helper_stop(efile_parser *parser)
{
	fd_clear(&parser->fd);
	/* After a fork the process belongs to the other side; only our descriptors are closed. */
	if (parser->pid > 0 && parser->owner == getpid())
		end_process(parser);
	fd_clear(&parser->pidfd);
	parser->pid = 0;
}

static int prepare_actions(posix_spawn_file_actions_t *actions, int control)
{
	int error = 0;

	for (int i = 0; i < 3 && !error; i++)
		error = posix_spawn_file_actions_addopen(actions, i, "/dev/null", O_RDWR, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(actions, control, PARSE_CONTROL_FD);
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(actions, PARSE_CONTROL_FD + 1);
	return error;
}

static int prepare_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	error = posix_spawnattr_setsigmask(attributes, &none);
	if (!error)
		error = posix_spawnattr_setsigdefault(attributes, &all);
	if (!error)
		error = posix_spawnattr_setflags(attributes,
						 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return error;
}

/* The program with one socket, three times /dev/null, no environment and no other descriptor. */
static int spawn(pid_t *pid, const char *path, int control)
{
	static char name[] = "efile-parse", locale[] = "LC_ALL=C.UTF-8";
	char *argv[] = { name, NULL }, *environment[] = { locale, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		error = prepare_actions(&actions, control);
		if (!error)
			error = prepare_attributes(&attributes);
		if (!error)
			error = posix_spawn(pid, path, &actions, &attributes, argv, environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static efile_status start_failed(efile_parser *parser, int error)
{
	const char *path = parser->ctx->helper_path;

	if (error == ENOENT || error == ENOTDIR)
		return FAIL(parser->ctx, EFILE_E_UNSUPPORTED, 3400, "efile-parse is not installed: %s",
			    path);
	if (error == ENOMEM)
		return mem_failed(parser->ctx);
	return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3401, "cannot start %s: %s", path,
		    failure_text(parser->ctx, error));
}

static efile_status broke_off(efile_parser *parser)
{
	return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3402, "%s ended unexpectedly",
		    parser->ctx->helper_path);
}

static efile_status not_our_protocol(efile_parser *parser)
{
	return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3403, "%s does not speak our protocol",
		    parser->ctx->helper_path);
}

/* Reads what has arrived of a control frame; *got counts up to size. */
static efile_status receive_some(efile_parser *parser, unsigned char *frame, size_t size,
				 size_t *got)
{
	ssize_t n = recv(parser->fd, frame + *got, size - *got, MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return broke_off(parser);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3404, "talking to %s failed: %s",
			    parser->ctx->helper_path, failure_text(parser->ctx, errno));
	if (n > 0)
		*got += (size_t)n;
	if (*got >= 4 && read_u32(frame) != size - 4)
		return not_our_protocol(parser);
	return EFILE_OK;
}

static efile_status receive_hello(efile_parser *parser)
{
	unsigned char frame[PARSE_HELLO_BYTES];
	struct pollfd ready = { .fd = parser->fd, .events = POLLIN };
	int64_t deadline = monotonic_ms() + START_MILLISECONDS;
	size_t got = 0;

	while (got < sizeof(frame)) {
		if (!wait_ready(&ready, 1, deadline))
			return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3405, "%s does not get ready",
				    parser->ctx->helper_path);
		TRY(receive_some(parser, frame, sizeof(frame), &got));
	}
	if (read_u32(frame + 4) != PARSE_KIND_HELLO || read_u16(frame + 8) != PARSE_VERSION)
		return not_our_protocol(parser);
	parser->landlock = read_u16(frame + 10);
	if (!read_u16(frame + 12))
		return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3406, "%s has no system call filter",
			    parser->ctx->helper_path);
	return EFILE_OK;
}

static efile_status start(efile_parser *parser)
{
	int pair[2], control, error;
	efile_status status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return start_failed(parser, errno);
	control = fcntl(pair[1], F_DUPFD_CLOEXEC, FIRST_SAFE_FD);
	error = control < 0 ? errno : spawn(&parser->pid, parser->ctx->helper_path, control);
	fd_clear(&control);
	fd_clear(&pair[1]);
	parser->fd = pair[0];
	if (error) {
		parser->pid = 0;
		fd_clear(&parser->fd);
		return start_failed(parser, error);
	}
	parser->owner = getpid();
	parser->pidfd = pidfd_open(parser->pid, 0);
	status = receive_hello(parser);
	if (status < 0)
		parse_helper_stop(parser);
	else
		ctx_log(parser->ctx, EFILE_LOG_INFO, "parse", "helper %d is ready, Landlock %u",
			(int)parser->pid, parser->landlock);
	return status;
}

/* A helper that says anything while nobody asked is dead or mad. */
static efile_status ensure_started(efile_parser *parser)
{
	struct pollfd idle = { .fd = parser->fd, .events = POLLIN };

	if (parser->pid && (parser->owner != getpid() || poll(&idle, 1, 0) != 0))
		parse_helper_stop(parser);
	return parser->pid ? EFILE_OK : start(parser);
}

/* ---- one request ---- */

/* The document in an anonymous file that nobody can change any more. */
static efile_status sealed_copy(int *out, efile_ctx *ctx, const void *data, size_t length)
{
	AUTO(fd) file = memfd_create("efile-document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const char *at = data;

	while (file >= 0 && length > 0) {
		ssize_t n = write(file, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
		length -= (size_t)n;
	}
	if (file < 0 || length > 0 ||
	    fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		return FAIL(ctx, EFILE_E_EXTERNAL, 3407, "cannot hand a document over: %s",
			    failure_text(ctx, errno));
	*out = file;
	file = -1;
	return EFILE_OK;
}

static void request_frame(buf *frame, efile_parser *parser, const parse_request *request)
{
	const efile_limits *limits = efile_ctx_limits(parser->ctx);

	buf_add_u32(frame, PARSE_REQUEST_BYTES - 4);
	buf_add_u32(frame, PARSE_KIND_REQUEST);
	buf_add_u16(frame, PARSE_VERSION);
	buf_add_u16(frame, (uint16_t)request->operation);
	buf_add_u32(frame, parser->request_id);
	buf_add_u32(frame, request->page);
	buf_add_u32(frame, request->count);
	buf_add_u32(frame, request->width);
	buf_add_u32(frame, limits->parse_milliseconds);
	buf_add_u32(frame, limits->parse_megabytes);
	buf_add_u32(frame, limits->pdf_pages);
	buf_add_u64(frame, request->bytes);
}

static efile_status send_request(efile_parser *parser, const parse_request *request, int document,
				 int reply)
{
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr head;
	} room = { { 0 } };
	int fds[2] = { document, reply };
	AUTO(buf) frame = BUF_INIT;
	struct iovec part;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	request_frame(&frame, parser, request);
	TRY(buf_status(&frame, parser->ctx));
	part = (struct iovec){ frame.data, frame.length };
	message.msg_control = room.bytes;
	message.msg_controllen = sizeof(room.bytes);
	room.head.cmsg_level = SOL_SOCKET;
	room.head.cmsg_type = SCM_RIGHTS;
	room.head.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&room.head), fds, sizeof(fds));
	do
		sent = sendmsg(parser->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)frame.length ? EFILE_OK : broke_off(parser);
}

static efile_status read_status(efile_parser *parser, const unsigned char *frame)
{
	parse_status *status = &parser->status;

	if (read_u32(frame + 4) != PARSE_KIND_STATUS || read_u32(frame + 8) != parser->request_id)
		return not_our_protocol(parser);
	if (read_u16(frame + 12) > PARSE_OUTCOME_FORK)
		return not_our_protocol(parser);
	status->outcome = (enum parse_outcome)read_u16(frame + 12);
	status->detail = read_u16(frame + 14);
	status->wall_ms = read_u32(frame + 16);
	status->cpu_ms = read_u32(frame + 20);
	status->peak_kib = read_u32(frame + 24);
	return EFILE_OK;
}

/* Appends what the pipe has; *fd becomes -1 at its end. */
static efile_status read_reply(efile_ctx *ctx, buf *reply, int *pipe_fd, uint64_t limit)
{
	ssize_t n;

	if (!buf_reserve(reply, PARSE_CHUNK_BYTES))
		return buf_status(reply, ctx);
	n = read(*pipe_fd, reply->data + reply->length, reply->capacity - reply->length - 1);
	if (n == 0)
		fd_clear(pipe_fd);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return FAIL(ctx, EFILE_E_EXTERNAL, 3408, "cannot read the helper's reply: %s",
			    failure_text(ctx, errno));
	if (n > 0)
		reply->length += (size_t)n;
	if (reply->length > limit)
		return FAIL(ctx, EFILE_E_EXTERNAL, 3409, "efile-parse sends more than it was allowed");
	return EFILE_OK;
}

/* Until the reply is complete and the helper has said how the document's process ended. */
static efile_status collect(efile_parser *parser, buf *reply, int *pipe_fd, uint64_t limit)
{
	unsigned char frame[PARSE_STATUS_BYTES];
	int64_t deadline = monotonic_ms() + GRACE_MILLISECONDS +
			   efile_ctx_limits(parser->ctx)->parse_milliseconds;
	size_t got = 0;

	while (*pipe_fd >= 0 || got < sizeof(frame)) {
		struct pollfd ready[2] = {
			{ .fd = *pipe_fd, .events = POLLIN },
			{ .fd = got < sizeof(frame) ? parser->fd : -1, .events = POLLIN },
		};

		if (!wait_ready(ready, 2, deadline))
			return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3410,
				    "%s does not answer and was stopped", parser->ctx->helper_path);
		if (ready[0].revents)
			TRY(read_reply(parser->ctx, reply, pipe_fd, limit));
		if (ready[1].revents)
			TRY(receive_some(parser, frame, sizeof(frame), &got));
	}
	return read_status(parser, frame);
}

static efile_status exchange(efile_parser *parser, buf *reply, const parse_request *request,
			     const void *data, size_t length)
{
	AUTO(fd) document = -1;
	AUTO(fd) in = -1;
	AUTO(fd) out = -1;
	int ends[2];

	TRY(sealed_copy(&document, parser->ctx, data, length));
	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(parser->ctx, EFILE_E_EXTERNAL, 3407, "cannot hand a document over: %s",
			    failure_text(parser->ctx, errno));
	in = ends[0];
	out = ends[1];
	fcntl(in, F_SETFL, O_NONBLOCK);
	parser->request_id++;
	TRY(send_request(parser, request, document, out));
	fd_clear(&out);
	return collect(parser, reply, &in, request->bytes + request->bytes / 1024 + REPLY_OVERHEAD);
}

efile_status parse_helper_request(efile_parser *parser, buf *reply, const parse_request *request,
				  const void *data, size_t length)
{
	efile_status status;

	TRY(ensure_started(parser));
	status = exchange(parser, reply, request, data, length);
	if (status < 0)
		parse_helper_stop(parser);
	return status;
}
