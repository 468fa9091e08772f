/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file work.h
 * @brief Work for programs outside: leasing jobs, reporting them, what failed for good, what is due.
 *
 * A worker leases jobs of a topic for a while and gets a token with each. While the lease holds
 * nobody else gets the job; when it has run out the token is worth nothing, so that of two workers
 * only one can ever apply a result. docs/WORK.md tells the rest.
 */
#ifndef EFILE_WORK_H
#define EFILE_WORK_H

#include <efile/task.h>

EFILE_BEGIN_DECLS

/* ------------------------------------------------------------------ leasing */

/** @brief Options of efile_work_lease(); fill with efile_work_options_init(). */
typedef struct efile_work_options {
	size_t size;             /**< sizeof(efile_work_options) of the caller */
	const char *worker;      /**< a name for the log and for lists; "worker" */
	int64_t seconds;         /**< for how long; 60 */
	int64_t count;           /**< at most so many jobs; 1 */
} efile_work_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_work_options_init(efile_work_options *options);

/** @brief A leased job. Texts are borrowed from the cursor until its next call. */
typedef struct efile_work {
	efile_id id;                /**< of the job: the stable key of its outside effect */
	int64_t token;              /**< proves the lease */
	efile_time until;           /**< when the lease runs out */
	efile_instance_id instance; /**< its instance */
	efile_case_id case_id;      /**< the case; none */
	efile_document_id document; /**< the document; none */
	const char *process;        /**< id of the process */
	const char *topic;          /**< what is to be done */
	const char *node;           /**< id of the BPMN element */
	int64_t failures;           /**< how often it has failed before */
	int64_t priority;           /**< higher goes first */
	const char *variables;      /**< what the job sees, a JSON object */
} efile_work;

/** @brief Jobs that a call has leased. */
typedef struct efile_work_cursor efile_work_cursor;

/**
 * @brief Leases jobs of a topic: by priority, then the oldest; not those that are leased, that wait
 *        for another try, or whose process is suspended.
 * @param[out] out the jobs; the caller frees it with efile_work_cursor_free(), which ends no lease
 * @param session  an administrator's session
 * @param topic    the handler that the model names
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        leased; perhaps none
 * @retval EFILE_E_INVALID no topic, no worker's name, less than one job or second, or more than a day
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @retval EFILE_E_BUSY    another process is writing
 * @since 0.1
 */
EFILE_API efile_status efile_work_lease(efile_work_cursor **out, efile_session *session,
					const char *topic, const efile_work_options *options);

/**
 * @brief The next leased job. One whose process has ended in the meantime is left out.
 * @param cursor    what efile_work_lease() gave
 * @param[out] work borrowed texts, valid until the next call
 * @retval EFILE_OK   a job
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_work_cursor_next(efile_work_cursor *cursor, efile_work *work);

/** @brief Frees the list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_work_cursor_free(efile_work_cursor *cursor);

/**
 * @brief Makes a lease last longer, counted from now.
 * @param[out] until when it runs out now; NULL: not wanted
 * @param session    an administrator's session
 * @param job        the job
 * @param token      of the lease
 * @param seconds    from 1 to a day
 * @retval EFILE_OK         extended
 * @retval EFILE_E_NOTFOUND no such job: done, failed for good, or cancelled
 * @retval EFILE_E_CONFLICT the lease has run out or is another's
 * @retval EFILE_E_INVALID  the seconds
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_work_extend(efile_time *until, efile_session *session, efile_id job,
					 int64_t token, int64_t seconds);

/**
 * @brief Reports a leased job as done and runs its process on.
 * @param session   an administrator's session
 * @param job       the job
 * @param token     of the lease
 * @param variables a JSON object that is merged into the instance's variables; NULL: none
 * @retval EFILE_OK         done
 * @retval EFILE_E_NOTFOUND no such job: done, failed for good, or cancelled
 * @retval EFILE_E_CONFLICT the lease has run out or is another's: nothing was applied
 * @retval EFILE_E_STATE    the process is suspended
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_work_complete(efile_session *session, efile_id job, int64_t token,
					   const char *variables);

/**
 * @brief Reports a try as failed: the job waits for the next one, or, after the last, its instance
 *        has an incident (efile_incident_list(), efile_flow_retry()).
 *
 * How often and when is tried again says the model: `retries` of the task, such as
 * "R3/PT10S,PT1M,PT10M"; else after 10 seconds, 1 minute and 10 minutes.
 *
 * @param[out] again when it may be leased again; 0: that was the last try; NULL: not wanted
 * @param session    an administrator's session
 * @param job        the job
 * @param token      of the lease
 * @param message    what went wrong; NULL: nothing to say
 * @retval EFILE_OK         noted
 * @retval EFILE_E_NOTFOUND no such job
 * @retval EFILE_E_CONFLICT the lease has run out or is another's
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_work_fail(efile_time *again, efile_session *session, efile_id job,
				       int64_t token, const char *message);

/**
 * @brief Raises a BPMN error at a leased job: who catches it in the process goes on; else an incident.
 * @param session   an administrator's session
 * @param job       the job
 * @param token     of the lease
 * @param code      of the error
 * @param message   NULL: none
 * @param variables a JSON object that is merged into the instance's variables; NULL: none
 * @retval EFILE_OK         raised
 * @retval EFILE_E_NOTFOUND no such job
 * @retval EFILE_E_CONFLICT the lease has run out or is another's
 * @retval EFILE_E_INVALID  no code
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_work_error(efile_session *session, efile_id job, int64_t token,
					const char *code, const char *message,
					const char *variables);

/**
 * @brief Gives a leased job back: it may be leased at once, and this was no failure.
 * @param session an administrator's session
 * @param job     the job
 * @param token   of the lease
 * @retval EFILE_OK         given back
 * @retval EFILE_E_NOTFOUND no such job
 * @retval EFILE_E_CONFLICT the lease has run out or is another's
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_work_release(efile_session *session, efile_id job, int64_t token);

/* ------------------------------------------------------------------ what stands still */

/** @brief What holds a process back until efile_flow_retry(). Texts are borrowed from the cursor. */
typedef struct efile_incident {
	efile_instance_id instance; /**< its instance */
	const char *process;        /**< id of the process */
	const char *node;           /**< id of the BPMN element */
	const char *message;        /**< what went wrong */
	const char *topic;          /**< of the job that failed for good; "": another reason */
	efile_time created;         /**< since when */
} efile_incident;

/** @brief A list of incidents. */
typedef struct efile_incident_cursor efile_incident_cursor;

/**
 * @brief Lists what holds processes back, oldest first: also the jobs that failed for good.
 *
 * Incidents from before format 2 of the store are not in the list; their processes are.
 *
 * @param[out] out the list; the caller frees it with efile_incident_cursor_free()
 * @param session  an administrator's session
 * @retval EFILE_OK       listed
 * @retval EFILE_E_DENIED the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_incident_list(efile_incident_cursor **out, efile_session *session);

/**
 * @brief The next incident.
 * @param cursor        a list
 * @param[out] incident borrowed texts, valid until the next call
 * @retval EFILE_OK   an incident
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_incident_cursor_next(efile_incident_cursor *cursor,
						  efile_incident *incident);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_incident_cursor_free(efile_incident_cursor *cursor);

/* ------------------------------------------------------------------ time */

/**
 * @brief When efile_flow_run_due() will next have something to do.
 * @param[out] due the earliest time after now; others may add earlier ones at any moment
 * @param session  an administrator's session
 * @retval EFILE_OK       there is one
 * @retval EFILE_DONE     nothing waits for a time
 * @retval EFILE_E_DENIED the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_next_due(efile_time *due, efile_session *session);

/* ------------------------------------------------------------------ another version */

/** @brief Where a node of the old version is in the new one. */
typedef struct efile_flow_mapping {
	const char *from;        /**< id in the old version */
	const char *to;          /**< id in the new version */
} efile_flow_mapping;

/** @brief Options of efile_flow_migrate(); fill with efile_flow_migration_init(). */
typedef struct efile_flow_migration {
	size_t size;             /**< sizeof(efile_flow_migration) of the caller */
	int64_t from_version;    /**< instances of this version; 0: of every other one */
	int64_t to_version;      /**< go on by this one; 0: the newest */
	efile_instance_id instance; /**< only this one; nil: all that run or are suspended */
	const efile_flow_mapping *mappings; /**< nodes that have another id now; the rest keep theirs */
	size_t mapping_count;    /**< how many */
	int dry_run;             /**< only say what would be */
	int64_t most;            /**< stop after so many; 0: all */
} efile_flow_migration;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_flow_migration_init(efile_flow_migration *options);

/** @brief What efile_flow_migrate() has done, or would do. */
typedef struct efile_flow_migrated {
	int64_t migrated;        /**< instances of the new version now */
	int64_t refused;         /**< instances that do not fit, and are as before */
} efile_flow_migrated;

/**
 * @brief Lets running instances go on by another version of their process.
 *
 * Every thing that is alive in an instance (tasks, jobs, calls, open sub-processes and loops, tokens
 * at joins, events that a token waits for) must find its node in the new version: of the same kind, in
 * the same sub-process, repeated in the same way. Else the instance stays as it is, and a finding
 * (rules FLOW-MIGRATE-*, docs/WORK.md) names node (term) and instance (path); at most those of the
 * first thousand. Tasks keep their candidates, claims and due dates, timers their time. Events at
 * activities follow the new version. Each instance changes in a step with its entry in the log, so that
 * a replay goes the same way; some hundred share a transaction, and what is committed stays if the call
 * fails later.
 *
 * @param[out] out      how many; NULL: not wanted. Also set on an error
 * @param[out] findings why not; the caller frees it with efile_report_free(); NULL: not wanted
 * @param session       an administrator's session
 * @param process       id of the process
 * @param options       NULL: all instances to the newest version, by the ids of the nodes
 * @retval EFILE_OK         done, with or without refusals
 * @retval EFILE_E_NOTFOUND no such process, version or instance
 * @retval EFILE_E_INVALID  the plan names a node that is not there, or the instance is of another process
 * @retval EFILE_E_STATE    the instance has ended
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_migrate(efile_flow_migrated *out, efile_report **findings,
					  efile_session *session, const char *process,
					  const efile_flow_migration *options);

/* ------------------------------------------------------------------ history and figures */

/**
 * @brief What happened to an instance, told from the log: who did what when, what waited where and for
 *        how long. docs/json.md, efile.flow_history.v1.
 * @param[out] json_out one JSON object; the caller frees it with efile_free()
 * @param session       open session; its actor may read the case
 * @param instance      the instance
 * @retval EFILE_OK         told
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @since 0.1
 */
EFILE_API efile_status efile_flow_history(char **json_out, efile_session *session,
					  efile_instance_id instance);

/**
 * @brief Cycle times of a process: how often each node was passed and how long things waited there, over
 *        all instances that have this version now. No persons. docs/json.md, efile.flow_figures.v1.
 * @param[out] json_out one JSON object; the caller frees it with efile_free()
 * @param session       an administrator's session
 * @param process       id of the process
 * @param version       its version; 0: the newest
 * @retval EFILE_OK         counted
 * @retval EFILE_E_NOTFOUND no such process or version
 * @retval EFILE_E_INVALID  an argument is missing
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_figures(char **json_out, efile_session *session,
					  const char *process, int64_t version);

/**
 * @brief Draws a process with these figures as a heat map, in SVG.
 * @param session an administrator's session
 * @param process id of the process
 * @param version its version; 0: the newest
 * @param writer  receives the picture
 * @retval EFILE_OK         drawn
 * @retval EFILE_E_NOTFOUND no such process or version
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @retval EFILE_E_IO       the writer failed
 * @since 0.1
 */
EFILE_API efile_status efile_flow_heat(efile_session *session, const char *process, int64_t version,
				       efile_writer *writer);

/* ------------------------------------------------------------------ retention */

/** @brief Which instances are erased; fill with efile_flow_retention_init(). */
typedef struct efile_flow_retention {
	size_t size;          /**< sizeof(efile_flow_retention) of the caller */
	const char *process;  /**< only of this process; NULL: of all */
	int64_t days;         /**< days after the end, for processes whose model says none
			       *   (efile:retainDays); -1: those are kept */
	int64_t max;          /**< at most so many; 0: all */
} efile_flow_retention;

/**
 * @brief Fills a retention with its defaults.
 * @param[out] retention receives the defaults
 * @since 0.1
 */
EFILE_API void efile_flow_retention_init(efile_flow_retention *retention);

/**
 * @brief Erases what processes that have ended long enough ago keep of their contents and of persons.
 *
 * Variables, comments, who did which task, and the bodies of the log entries go; the entries, their
 * chain, the tasks with their dates and the figures stay. Each instance is a transaction of its own, with
 * an entry store.erased that names the entries whose bodies are gone. Who acted stands in the entries
 * themselves and stays. An erased instance can't be replayed any more.
 *
 * @param[out] out  what was done, one JSON object: docs/json.md, efile.flow_retained.v1; the caller frees
 *                  it with efile_free(); NULL: not wanted
 * @param session   an administrator's session
 * @param retention NULL takes the defaults: what the models say
 * @retval EFILE_OK        done, perhaps nothing
 * @retval EFILE_E_INVALID no such number of days
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; what was done before stays
 * @since 0.1
 */
EFILE_API efile_status efile_flow_retain(char **out, efile_session *session,
					 const efile_flow_retention *retention);

EFILE_END_DECLS

#endif
