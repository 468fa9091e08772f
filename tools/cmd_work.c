/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work for programs outside: a command per job, what stands still, and the clock of the processes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"

enum {
	RESULT_MAX = 1024 * 1024,
	MESSAGE_MAX = 400,
	COMMAND_ERROR = 3,      /* exit code of a command: an error that the process may catch */
	IDLE_SECONDS = 5
};

/* ---- signals: blocked, and asked for where we wait ---- */

static int stop_signal;

static void watch_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, before);
	stop_signal = 0;
}

/* Waits for a signal at most so long; true if a child has ended. Notes who wants us to stop. */
static bool wait_signal(double seconds)
{
	struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	number = sigtimedwait(&set, NULL, &time);
	if (number == SIGINT || number == SIGTERM)
		stop_signal = number;
	return number == SIGCHLD;
}

static int stopped(int code)
{
	return stop_signal == SIGINT ? EXIT_INTERRUPTED : code;
}

/* ---- a command for one job ---- */

typedef struct work_run {
	tool *t;
	char **command;
	long lease;             /* seconds */
	sigset_t signals;       /* of our caller, for the command */
	int input, output, errors; /* files in memory */
} work_run;

static void close_files(work_run *r)
{
	int *files[] = { &r->input, &r->output, &r->errors };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (*files[i] >= 0)
			close(*files[i]);
		*files[i] = -1;
	}
}

static bool open_files(work_run *r, const char *variables)
{
	size_t length = strlen(variables);

	r->input = memfd_create("input", MFD_CLOEXEC);
	r->output = memfd_create("output", MFD_CLOEXEC);
	r->errors = memfd_create("errors", MFD_CLOEXEC);
	return r->input >= 0 && r->output >= 0 && r->errors >= 0 &&
		write(r->input, variables, length) == (ssize_t)length &&
		lseek(r->input, 0, SEEK_SET) == 0;
}

/* What a command wrote; NULL if it is too long. */
static char *read_file(int file, size_t most)
{
	off_t length = lseek(file, 0, SEEK_END);
	char *text;

	if (length < 0 || (size_t)length > most)
		return NULL;
	text = calloc(1, (size_t)length + 1);
	if (text && pread(file, text, (size_t)length, 0) != length) {
		free(text);
		return NULL;
	}
	return text;
}

static void set_environment(const efile_work *work)
{
	char id[EFILE_ID_TEXT_SIZE], number[32];

	setenv("EFILE_JOB", efile_id_format(&work->id, id), 1);
	setenv("EFILE_INSTANCE", efile_id_format(&work->instance.id, id), 1);
	setenv("EFILE_TOPIC", work->topic, 1);
	setenv("EFILE_NODE", work->node, 1);
	snprintf(number, sizeof(number), "%lld", (long long)work->failures);
	setenv("EFILE_FAILURES", number, 1);
}

/* Does not return in the child. */
static pid_t spawn(const work_run *r, const efile_work *work)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	sigprocmask(SIG_SETMASK, &r->signals, NULL);
	set_environment(work);
	if (dup2(r->input, 0) < 0 || dup2(r->output, 1) < 0 || dup2(r->errors, 2) < 0)
		_exit(126);
	execvp(r->command[0], r->command);
	dprintf(2, "%s: %s\n", r->command[0], strerror(errno));
	_exit(127);
}

/* Waits for the command, making the lease longer meanwhile; false: it is lost, the command killed. */
static bool attend(work_run *r, pid_t child, const efile_work *work, int *status)
{
	time_t extend = time(NULL) + r->lease / 2;

	while (waitpid(child, status, WNOHANG) != child) {
		wait_signal(0.5);
		if (time(NULL) < extend)
			continue;
		extend = time(NULL) + r->lease / 2;
		if (efile_work_extend(NULL, r->t->session, work->id, work->token, r->lease) == EFILE_OK)
			continue;
		kill(child, SIGTERM);
		waitpid(child, status, 0);
		return false;
	}
	return true;
}

/* ---- what becomes of it ---- */

typedef enum outcome { DONE, RAISED, FAILED, RELEASED, LOST } outcome;

static const char *const outcome_names[] = { "done", "error", "failed", "released", "lost" };

static void show(tool *t, const efile_work *work, outcome o, efile_time again)
{
	char id[EFILE_ID_TEXT_SIZE];

	if (!t->json) {
		put("%s  %-20s %s\n", efile_id_format(&work->id, id), work->topic,
		    tr(t, outcome_names[o]));
		return;
	}
	json_line(t, "flow_worked");
	json_identity(t, "job", &work->id);
	json_identity(t, "instance", &work->instance.id);
	json_string(t, "topic", work->topic);
	json_string(t, "node", work->node);
	json_string(t, "outcome", outcome_names[o]);
	json_instant(t, "again", again);
	json_line_end(t);
}

/* The last line that is not empty. */
static const char *last_line(char *text)
{
	char *end = text + strlen(text), *begin;

	while (end > text && (end[-1] == '\n' || end[-1] == ' '))
		*--end = '\0';
	begin = strrchr(text, '\n');
	begin = begin ? begin + 1 : text;
	if (strlen(begin) > MESSAGE_MAX)
		begin[MESSAGE_MAX] = '\0';
	return begin;
}

static efile_status fail_try(work_run *r, const efile_work *work, int status, char *errors,
			     efile_time *again)
{
	char message[MESSAGE_MAX + 64];
	const char *line = errors ? last_line(errors) : "";

	if (*line)
		snprintf(message, sizeof(message), "%s", line);
	else if (WIFSIGNALED(status))
		snprintf(message, sizeof(message), "signal %d", WTERMSIG(status));
	else
		snprintf(message, sizeof(message), "exit code %d", WEXITSTATUS(status));
	return efile_work_fail(again, r->t->session, work->id, work->token, message);
}

/* The code stands in the first line of the output, a JSON object may follow. */
static efile_status raise_error(work_run *r, const efile_work *work, char *result)
{
	char *code = result + strspn(result, " \n");
	char *end = code + strcspn(code, "\n"), *rest = *end ? end + 1 : end;

	*end = '\0';
	return efile_work_error(r->t->session, work->id, work->token, code, NULL,
				rest[strspn(rest, " \n")] ? rest : NULL);
}

static efile_status report(work_run *r, const efile_work *work, int status, outcome *o,
			   efile_time *again)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	char *result = read_file(r->output, RESULT_MAX), *errors = read_file(r->errors, RESULT_MAX);
	bool empty = !result || !result[strspn(result, " \n")];
	efile_status answer;

	if (errors && *errors && !r->t->quiet)
		fputs(errors, stderr);
	if (code == 0 && result) {
		*o = DONE;
		answer = efile_work_complete(r->t->session, work->id, work->token, empty ? NULL : result);
	} else if (code == COMMAND_ERROR && !empty) {
		*o = RAISED;
		answer = raise_error(r, work, result);
	} else if (code == EXIT_TEMPORARY || stop_signal) {
		*o = RELEASED;
		answer = efile_work_release(r->t->session, work->id, work->token);
	} else {
		*o = FAILED;
		answer = fail_try(r, work, status, errors, again);
	}
	if (answer == EFILE_E_FORMAT) { /* what it wrote is no JSON object */
		*o = FAILED;
		answer = efile_work_fail(again, r->t->session, work->id, work->token,
					 efile_error_message(r->t->ctx));
	}
	free(result);
	free(errors);
	return answer;
}

static int do_job(work_run *r, const efile_work *work)
{
	outcome o = LOST;
	efile_time again = 0;
	efile_status answer = EFILE_OK;
	int status = 0;
	pid_t child = -1;

	if (open_files(r, work->variables))
		child = spawn(r, work);
	if (child < 0) {
		close_files(r);
		efile_work_release(r->t->session, work->id, work->token);
		say(r->t, "the command could not be started: %s", efile_system_message(r->t->ctx, errno));
		return EXIT_OUTSIDE;
	}
	if (attend(r, child, work, &status))
		answer = report(r, work, status, &o, &again);
	close_files(r);
	if (answer == EFILE_E_CONFLICT || answer == EFILE_E_NOTFOUND)
		o = LOST;
	else if (answer != EFILE_OK)
		return fail(r->t);
	show(r->t, work, o, again);
	if (o == RELEASED)
		return EXIT_NOT_FOUND; /* not now: the same job would come at once again */
	return o == FAILED || o == LOST ? EXIT_PARTLY : EXIT_DONE;
}

/* ---- flow work ---- */

static efile_status lease(work_run *r, efile_work_cursor **cursor, const char *topic)
{
	efile_work_options o;

	efile_work_options_init(&o);
	o.seconds = r->lease;
	if (tool_has(r->t, "worker"))
		o.worker = tool_value(r->t, "worker", 0);
	return efile_work_lease(cursor, r->t->session, topic, &o);
}

/* One job; EXIT_NOT_FOUND if there is none for now. */
static int work_once(work_run *r, const char *topic)
{
	efile_work_cursor *cursor = NULL;
	efile_work work;
	efile_status status = lease(r, &cursor, topic);
	int code;

	if (status == EFILE_OK)
		status = efile_work_cursor_next(cursor, &work);
	code = status == EFILE_OK ? do_job(r, &work) :
		status == EFILE_DONE ? EXIT_NOT_FOUND : fail(r->t);
	efile_work_cursor_free(cursor);
	return code;
}

static int work_all(work_run *r, const char *topic, long most)
{
	int code = EXIT_DONE;

	for (long done = 0; (!most || done < most) && !stop_signal;) {
		int one = work_once(r, topic);

		if (one == EXIT_NOT_FOUND && !tool_has(r->t, "watch"))
			break;
		if (one == EXIT_NOT_FOUND) {
			wait_signal(IDLE_SECONDS);
			continue;
		}
		code = worse(code, one);
		if (one != EXIT_DONE && one != EXIT_PARTLY)
			break;
		done++;
		wait_signal(0);
	}
	return stopped(code);
}

/* What would be leased now. */
static int work_dry(work_run *r, const char *topic)
{
	efile_work_cursor *cursor = NULL;
	efile_work work;
	efile_status status = try_begin(r->t);
	bool any = false;

	if (status == EFILE_OK)
		status = lease(r, &cursor, topic);
	if (status == EFILE_OK)
		any = efile_work_cursor_next(cursor, &work) == EFILE_OK;
	efile_work_cursor_free(cursor);
	try_end(r->t);
	if (status != EFILE_OK)
		return fail(r->t);
	return would(r->t, any ? "would work on: %s" : "nothing to do: %s", topic);
}

int cmd_flow_work(tool *t, int count, char **arguments)
{
	work_run r = { .t = t, .command = arguments + 1, .input = -1, .output = -1, .errors = -1 };
	long most = tool_number(t, "max", 0, 0, 1000000);

	(void)count; /* the list of arguments ends with NULL */
	r.lease = tool_number(t, "lease", 60, 1, 86400);
	if (most < 0 || r.lease < 0)
		return EXIT_USAGE;
	if (t->dry_run)
		return work_dry(&r, arguments[0]);
	watch_signals(&r.signals);
	return work_all(&r, arguments[0], most);
}

/* ---- flow jobs, flow incidents ---- */

static void show_job(tool *t, const efile_job *job)
{
	char id[EFILE_ID_TEXT_SIZE], time[EFILE_TIME_TEXT_SIZE] = "";

	if (!t->json) {
		put("%s  %-20s %s%s%s\n", efile_id_format(&job->id, id), job->handler,
		    job->worker, *job->worker ? " " : "",
		    job->ready ? local_time(t, job->ready, time) : "");
		return;
	}
	json_line(t, "flow_job");
	json_identity(t, "id", &job->id);
	json_identity(t, "instance", &job->instance.id);
	json_string(t, "topic", job->handler);
	json_string(t, "node", job->node);
	json_instant(t, "created", job->created);
	json_instant(t, "ready", job->ready);
	json_number(t, "failures", job->failures);
	json_number(t, "priority", job->priority);
	json_string(t, "worker", job->worker);
	json_ready(t, "variables", job->variables);
	json_line_end(t);
}

int cmd_flow_jobs(tool *t, int count, char **arguments)
{
	efile_job_cursor *cursor = NULL;
	efile_job job;
	efile_status status = efile_job_list(&cursor, t->session, count ? arguments[0] : NULL);

	while (status == EFILE_OK && (status = efile_job_cursor_next(cursor, &job)) == EFILE_OK)
		show_job(t, &job);
	efile_job_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

static void show_incident(tool *t, const efile_incident *incident)
{
	char id[EFILE_ID_TEXT_SIZE];

	if (!t->json) {
		put("%s  %-12s %-12s %s\n", efile_id_format(&incident->instance.id, id),
		    incident->process, incident->node, incident->message);
		return;
	}
	json_line(t, "flow_incident");
	json_identity(t, "instance", &incident->instance.id);
	json_string(t, "process", incident->process);
	json_string(t, "node", incident->node);
	json_string(t, "topic", incident->topic);
	json_string(t, "message", incident->message);
	json_instant(t, "created", incident->created);
	json_line_end(t);
}

int cmd_flow_incidents(tool *t, int count, char **arguments)
{
	efile_incident_cursor *cursor = NULL;
	efile_incident incident;
	efile_status status = efile_incident_list(&cursor, t->session);

	(void)count;
	(void)arguments;
	while (status == EFILE_OK &&
	       (status = efile_incident_cursor_next(cursor, &incident)) == EFILE_OK)
		show_incident(t, &incident);
	efile_incident_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

/* ---- flow run ---- */

/* Until something is due, at most so long: others may add something at any moment. */
static efile_status sleep_until_due(tool *t, double most)
{
	efile_time due = 0;
	efile_status status = efile_flow_next_due(&due, t->session);
	double left;

	if (status < 0)
		return status;
	left = (double)due / 1e6 - (double)time(NULL) + 0.01;
	if (status == EFILE_OK && left < most)
		most = left;
	wait_signal(most > 0 ? most : 0);
	return EFILE_OK;
}

/* A writer that is in the way is no reason to end. */
static bool goes_on(efile_status status)
{
	return status >= 0 || status == EFILE_E_BUSY;
}

static int run_for_ever(tool *t, double most)
{
	efile_status status = EFILE_OK;
	int64_t fired = 0, all = 0;
	sigset_t before;

	watch_signals(&before);
	for (; !stop_signal && goes_on(status); all += fired) {
		fired = 0;
		status = efile_flow_run_due(&fired, t->session);
		if (goes_on(status))
			status = sleep_until_due(t, most);
	}
	if (!goes_on(status))
		return fail(t);
	if (t->json) {
		json_line(t, "flow_run_due");
		json_number(t, "fired", all);
		json_line_end(t);
	} else {
		say(t, "ended by a signal; %lld timers have fired", (long long)all);
	}
	return stopped(EXIT_DONE);
}

int cmd_flow_run(tool *t, int count, char **arguments)
{
	long most = tool_number(t, "interval", IDLE_SECONDS, 1, 3600);

	if (most < 0)
		return EXIT_USAGE;
	if (t->dry_run || !tool_has(t, "watch"))
		return cmd_flow_run_due(t, count, arguments);
	return run_for_ever(t, (double)most);
}

/* ---- flow migrate ---- */

enum { MAPPINGS_MAX = TOOL_OPTIONS_MAX };

/* "old=new" is cut in place; false: another form. */
static int read_mappings(tool *t, efile_flow_mapping *mappings, char **copies)
{
	int count = 0;

	for (const char *text; (text = tool_value(t, "map", count)); count++) {
		char *equals;

		copies[count] = strdup(text);
		equals = copies[count] ? strchr(copies[count], '=') : NULL;
		if (!equals || equals == copies[count] || !equals[1]) {
			usage(t, "not of the form OLD=NEW: %s", text);
			return -1;
		}
		*equals = '\0';
		mappings[count] = (efile_flow_mapping){ copies[count], equals + 1 };
	}
	return count;
}

static int show_migrated(tool *t, const char *process, const efile_flow_migrated *done,
			 const efile_report *report)
{
	if (t->json) {
		json_line(t, "flow_migrated");
		json_string(t, "process", process);
		json_boolean(t, "dry_run", t->dry_run);
		json_number(t, "migrated", done->migrated);
		json_number(t, "refused", done->refused);
		json_report(t, "findings", report);
		json_line_end(t);
	} else {
		print_report(t, process, report);
		out(t, t->dry_run ? "would migrate %lld, would refuse %lld" :
				    "%lld migrated, %lld refused",
		    (long long)done->migrated, (long long)done->refused);
	}
	return done->refused ? EXIT_PARTLY : EXIT_DONE;
}

static int migrate(tool *t, const char *process, efile_flow_migration *o)
{
	efile_report *report = NULL;
	efile_flow_migrated done = { 0, 0 };
	int code;

	o->dry_run = t->dry_run;
	if (efile_flow_migrate(&done, &report, t->session, process, o) != EFILE_OK)
		return fail(t);
	code = show_migrated(t, process, &done, report);
	efile_report_free(report);
	return code;
}

int cmd_flow_migrate(tool *t, int count, char **arguments)
{
	efile_flow_mapping mappings[MAPPINGS_MAX];
	char *copies[MAPPINGS_MAX + 1] = { NULL };
	efile_flow_migration o;
	const char *instance = tool_value(t, "instance", 0);
	int code = EXIT_USAGE;

	(void)count;
	efile_flow_migration_init(&o);
	o.from_version = tool_number(t, "from", 0, 1, 1000000000);
	o.to_version = tool_number(t, "to", 0, 1, 1000000000);
	count = read_mappings(t, mappings, copies);
	o.mappings = mappings;
	o.mapping_count = count < 0 ? 0 : (size_t)count;
	if (instance && efile_id_parse(&o.instance.id, instance) != EFILE_OK)
		usage(t, "not an id: %s", instance);
	else if (count >= 0 && o.from_version >= 0 && o.to_version >= 0)
		code = migrate(t, arguments[0], &o);
	for (int i = 0; copies[i]; i++)
		free(copies[i]);
	return code;
}

/* ---- flow history, flow figures, flow heat ---- */

int cmd_flow_history(tool *t, int count, char **arguments)
{
	efile_instance_id id;
	char *json = NULL;

	(void)count;
	if (efile_id_parse(&id.id, arguments[0]) != EFILE_OK)
		return usage(t, "not an id: %s", arguments[0]);
	if (efile_flow_history(&json, t->session, id) != EFILE_OK)
		return fail(t);
	if (t->json)
		puts(json);
	else
		put_history(t, json);
	efile_free(json);
	return EXIT_DONE;
}

int cmd_flow_figures(tool *t, int count, char **arguments)
{
	long version = tool_number(t, "process-version", 0, 1, 1000000000);
	char *json = NULL;

	(void)count;
	if (version < 0)
		return EXIT_USAGE;
	return show_json(t, NULL, efile_flow_figures(&json, t->session, arguments[0], version), &json);
}

int cmd_flow_heat(tool *t, int count, char **arguments)
{
	long version = tool_number(t, "process-version", 0, 1, 1000000000);
	out_file file;

	(void)count;
	if (version < 0 || !open_out(t, &file, tool_value(t, "output", 0)))
		return EXIT_USAGE;
	return close_out(t, &file, efile_flow_heat(t->session, arguments[0], version, file.writer));
}

/* ---- retention ---- */

int cmd_flow_retain(tool *t, int count, char **arguments)
{
	long days = tool_has(t, "days") ? tool_number(t, "days", 0, 0, 36500) : -1;
	long max = tool_has(t, "max") ? tool_number(t, "max", 1, 1, 1000000000) : 0;
	efile_flow_retention r;
	char *json = NULL;
	efile_status status;

	(void)count;
	(void)arguments;
	if ((tool_has(t, "days") && days < 0) || max < 0)
		return EXIT_USAGE;
	efile_flow_retention_init(&r);
	r.days = days;
	r.max = max;
	r.process = tool_value(t, "process", 0);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_retain(&json, t->session, &r);
	try_end(t);
	return show_json(t, NULL, status, &json);
}
