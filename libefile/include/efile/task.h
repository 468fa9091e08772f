/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file task.h
 * @brief Processes at work: deployed definitions, running instances, tasks of people, jobs.
 */
#ifndef EFILE_TASK_H
#define EFILE_TASK_H

#include <efile/document.h>

EFILE_BEGIN_DECLS

/* ------------------------------------------------------------------ definitions and instances */

/**
 * @brief Deploys a process or decisions: its BPMN 2.0 file becomes the newest version of the process's
 *        id, a DMN file that of each decision and service in it (by its id).
 *
 * Running instances stay with the version they were started with (efile_flow_migrate() changes it). A
 * business rule task asks the newest version of its decision when it is reached, or the one that it
 * names. The same bytes are not deployed twice: then the present version is the answer.
 *
 * @param[out] version the version's number; NULL: not wanted
 * @param[out] findings what the static checks say; the caller frees it with efile_report_free();
 *                      NULL: not wanted. Also set if the answer is EFILE_E_FORMAT
 * @param session      an administrator's session
 * @param bpmn         the file, BPMN or DMN, read to its end
 * @retval EFILE_OK       deployed, or there already
 * @retval EFILE_E_FORMAT not executable, or decisions that are not sound: the findings say why
 * @retval EFILE_E_DENIED the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was deployed
 * @since 0.1
 */
EFILE_API efile_status efile_flow_deploy(int64_t *version, efile_report **findings,
					 efile_session *session, efile_reader *bpmn);

/** @brief Options of efile_flow_start(); fill with efile_flow_start_options_init(). */
typedef struct efile_flow_start_options {
	size_t size;                 /**< sizeof(efile_flow_start_options) of the caller */
	const char *variables;       /**< a JSON object; NULL: none */
	efile_case_id case_id;       /**< the case that it belongs to; none */
	efile_document_id document;  /**< the document that it is about; none */
} efile_flow_start_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_flow_start_options_init(efile_flow_start_options *options);

/**
 * @brief Starts an instance of the newest version of a process and runs it until it waits or ends.
 * @param[out] out the instance
 * @param session  open session; its actor needs write access to the case, if there is one
 * @param process  id of the process, such as "invoice"
 * @param options  NULL takes the defaults
 * @retval EFILE_OK         started; a failing service task leaves an incident, not an error
 * @retval EFILE_E_NOTFOUND no such process, case or document
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @retval EFILE_E_DENIED   the case may not be written, or the document not read
 * @retval EFILE_E_STORAGE  the store failed; nothing was started
 * @since 0.1
 */
EFILE_API efile_status efile_flow_start(efile_instance_id *out, efile_session *session,
					const char *process,
					const efile_flow_start_options *options);

/** @brief How an instance stands. */
typedef enum efile_flow_status {
	EFILE_FLOW_RUNNING = 0,  /**< it waits for people, jobs or an incident's end */
	EFILE_FLOW_ENDED = 1,    /**< it came to its end */
	EFILE_FLOW_CANCELLED = 2,/**< somebody ended it */
	EFILE_FLOW_FAILED = 3,   /**< an error that nobody in it caught ended it */
	EFILE_FLOW_SUSPENDED = 4 /**< it is held until efile_flow_resume() */
} efile_flow_status;

/** @brief One instance. Texts are borrowed from the cursor until its next call. */
typedef struct efile_flow_instance {
	efile_instance_id id;    /**< its id */
	const char *process;     /**< id of the process */
	int64_t version;         /**< version of the process */
	efile_flow_status status;/**< how it stands */
	efile_case_id case_id;   /**< the case; none */
	efile_document_id document; /**< the document; none */
	efile_time started;      /**< when */
	efile_time ended;        /**< when; 0 while it runs */
	const char *variables;   /**< a JSON object */
} efile_flow_instance;

/** @brief A list of instances. */
typedef struct efile_flow_cursor efile_flow_cursor;

/**
 * @brief Lists the instances that the actor may see, oldest first.
 * @param[out] out the list; the caller frees it with efile_flow_cursor_free()
 * @param session  open session
 * @param instance only this one; nil: all
 * @retval EFILE_OK listed
 * @since 0.1
 */
EFILE_API efile_status efile_flow_list(efile_flow_cursor **out, efile_session *session,
				       efile_instance_id instance);

/**
 * @brief The next instance.
 * @param cursor        a list
 * @param[out] instance borrowed texts, valid until the next call
 * @retval EFILE_OK   an instance
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_flow_cursor_next(efile_flow_cursor *cursor,
					      efile_flow_instance *instance);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_flow_cursor_free(efile_flow_cursor *cursor);

/** @brief The name of a status: "running", "ended", "cancelled", "failed",
 * "suspended". @param status which
 * @return constant text @since 0.1 */
EFILE_API const char *efile_flow_status_name(efile_flow_status status);

/**
 * @brief Ends an instance before its end; its tasks and jobs end with it.
 * @param session  open session; its actor needs write access to the case
 * @param instance the instance
 * @param reason   why; obligatory
 * @retval EFILE_OK         ended
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_STATE    it has ended already
 * @retval EFILE_E_INVALID  no reason
 * @since 0.1
 */
EFILE_API efile_status efile_flow_cancel(efile_session *session, efile_instance_id instance,
					 const char *reason);

/**
 * @brief Rebuilds an instance's state from the log and compares it with the stored one.
 * @param session  open session
 * @param instance the instance
 * @param[out] steps number of entries replayed; NULL: not wanted
 * @retval EFILE_OK         the very same state
 * @retval EFILE_E_DAMAGED  it differs
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @since 0.1
 */
EFILE_API efile_status efile_flow_replay(efile_session *session, efile_instance_id instance,
					 int64_t *steps);

/**
 * @brief Draws an instance: the process as SVG with the path taken and where it waits.
 * @param session  open session
 * @param instance the instance
 * @param writer   receives the picture
 * @retval EFILE_OK         drawn
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_IO       the writer failed
 * @since 0.1
 */
EFILE_API efile_status efile_flow_render(efile_session *session, efile_instance_id instance,
					 efile_writer *writer);

/**
 * @brief Sends a message: to the instance that waits for it with this key, else it starts a process
 *        with such a start event, else it is kept until somebody waits for it.
 * @param[out] met  1 if somebody waited or was started, 0 if it is kept; more if further messages
 *                  followed from it; NULL: not wanted
 * @param session   an administrator's session
 * @param name      of the message
 * @param key       the correlation key; NULL: none, then only who asks for no key gets it
 * @param variables a JSON object for the receiver; NULL: none
 * @retval EFILE_OK        delivered or kept
 * @retval EFILE_E_INVALID no name
 * @retval EFILE_E_FORMAT  the variables are no JSON object
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_message(int64_t *met, efile_session *session, const char *name,
					  const char *key, const char *variables);

/**
 * @brief Broadcasts a signal: to all instances that wait for it, and all processes that it starts.
 * @param[out] met  how many there were; NULL: not wanted
 * @param session   an administrator's session
 * @param name      of the signal
 * @param variables a JSON object for the receivers; NULL: none
 * @retval EFILE_OK        told to all
 * @retval EFILE_E_INVALID no name
 * @retval EFILE_E_FORMAT  the variables are no JSON object
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_signal(int64_t *met, efile_session *session, const char *name,
					 const char *variables);

/**
 * @brief Tells what is seen outside, for start events that wait for a condition: each whose condition
 *        becomes true by it starts its process with these variables. Before it can do so again, it must have
 *        been false; a condition that the variables do not decide stays as it was.
 * @param[out] met  how many conditions became true; NULL: not wanted
 * @param session   an administrator's session
 * @param variables a JSON object: what the conditions may speak of, besides the time; NULL: the time alone
 * @retval EFILE_OK        told
 * @retval EFILE_E_FORMAT  the variables are no JSON object
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @standard BPMN 2.0.2, 10.5.2 (conditional start events)
 * @since 0.1
 */
EFILE_API efile_status efile_flow_observe(int64_t *met, efile_session *session, const char *variables);

/**
 * @brief Fires all timers that are due by the context's clock, the oldest first, each in a
 *        transaction of its own: one that fails stays due and keeps no other back. Then what
 *        efile_flow_observe() does with the time alone.
 * @param[out] fired how many; NULL: not wanted
 * @param session    an administrator's session
 * @retval EFILE_OK       done, perhaps with nothing to do
 * @retval EFILE_E_DENIED the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; those fired before stay fired
 * @since 0.1
 */
EFILE_API efile_status efile_flow_run_due(int64_t *fired, efile_session *session);

/**
 * @brief Tries again what incidents of an instance hold back.
 * @param[out] retried how many incidents there were; NULL: not wanted
 * @param session      open session; its actor needs write access to the case
 * @param instance     the instance
 * @param variables    a JSON object that mends its variables first; NULL: none
 * @retval EFILE_OK         tried; what fails again is an incident again
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_STATE    it is suspended
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @since 0.1
 */
EFILE_API efile_status efile_flow_retry(int64_t *retried, efile_session *session,
					efile_instance_id instance, const char *variables);

/**
 * @brief Holds an instance: nothing happens to it until efile_flow_resume().
 * @param session  open session; its actor needs write access to the case
 * @param instance the instance
 * @retval EFILE_OK         held
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_STATE    it has ended, or is held already
 * @since 0.1
 */
EFILE_API efile_status efile_flow_suspend(efile_session *session, efile_instance_id instance);

/**
 * @brief Lets a held instance go on.
 * @param session  open session; its actor needs write access to the case
 * @param instance the instance
 * @retval EFILE_OK         it goes on
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_STATE    it is not suspended
 * @since 0.1
 */
EFILE_API efile_status efile_flow_resume(efile_session *session, efile_instance_id instance);

/**
 * @brief Moves an instance by hand: ends what waits at one node, and begins at another.
 * @param session  an administrator's session with write access to the case
 * @param instance the instance
 * @param from     id of the node where it waits; NULL: nothing ends
 * @param to       id of the node where it goes on; NULL: nowhere
 * @retval EFILE_OK         moved
 * @retval EFILE_E_NOTFOUND no such instance or node, or it does not wait there
 * @retval EFILE_E_INVALID  neither of the two is named
 * @retval EFILE_E_STATE    it has ended, or the node's sub-process is not open
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_flow_move(efile_session *session, efile_instance_id instance,
				       const char *from, const char *to);

/* ------------------------------------------------------------------ tasks of people */

/** @brief Whether a task was handed to another person. */
typedef enum efile_task_handed {
	EFILE_TASK_NOT_HANDED = 0, /**< it was not */
	EFILE_TASK_DELEGATED = 1,  /**< the assignee does it for the owner */
	EFILE_TASK_RESOLVED = 2    /**< the delegate is through; the owner completes it */
} efile_task_handed;

/** @brief What somebody is asked for on a sign-off list (Laufweg, Verfügungspunkt). */
typedef enum efile_instruction {
	EFILE_INSTRUCTION_NONE = 0,        /**< nothing in particular: none */
	EFILE_INSTRUCTION_INFORMATION = 1, /**< zur Kenntnis: information */
	EFILE_INSTRUCTION_COMMENT = 2,     /**< zur Stellungnahme: comment */
	EFILE_INSTRUCTION_CO_SIGN = 3,     /**< zur Mitzeichnung: co-sign */
	EFILE_INSTRUCTION_SIGN = 4,        /**< zur Zeichnung: sign */
	EFILE_INSTRUCTION_FINAL_SIGN = 5   /**< zur Schlusszeichnung: final-sign */
} efile_instruction;

/**
 * @brief The name of an instruction.
 * @param instruction a value of the enumeration
 * @return such as "co-sign"; "" for no such value
 * @since 0.1
 */
EFILE_API const char *efile_instruction_name(efile_instruction instruction);

/**
 * @brief The instruction of a name.
 * @param[out] out the instruction; untouched if there is none of the name
 * @param name     such as "co-sign"
 * @retval EFILE_OK        found
 * @retval EFILE_E_INVALID no such name
 * @since 0.1
 */
EFILE_API efile_status efile_instruction_parse(efile_instruction *out, const char *name);

/** @brief One task. Texts are borrowed from the cursor until its next call. */
typedef struct efile_task {
	efile_task_id id;           /**< its id */
	efile_instance_id instance; /**< its instance */
	const char *process;        /**< id of the process */
	const char *node;           /**< id of the BPMN element */
	const char *name;           /**< what is to be done */
	efile_actor_id assignee;    /**< who has claimed it; none */
	efile_actor_id owner;       /**< who delegated it; none */
	efile_time created;         /**< since when */
	efile_time due;             /**< until when; 0: no date */
	efile_case_id case_id;      /**< the case; none */
	efile_document_id document; /**< the document; none */
	const char *variables;      /**< the instance's variables, a JSON object; NULL in a worklist
				     *   that did not ask for them */
	int32_t priority;           /**< 0 to 100; 50 unless somebody said otherwise */
	efile_time follow_up;       /**< Wiedervorlage: not before then; 0: no date */
	efile_task_handed handed;   /**< whether it was handed to the assignee */
	efile_actor_id on_behalf_of;/**< whose desk it lies on, if the list shows those of others;
				     *   none: the actor's */
	efile_instruction instruction; /**< what it asks for as an entry of a sign-off list */
} efile_task;

/** @brief A list of tasks. */
typedef struct efile_task_cursor efile_task_cursor;

/**
 * @brief Lists the open tasks that the actor may do: the worklist, oldest first.
 *
 * What somebody has claimed or was handed is in that person's worklist only; asked for by its id, it
 * is still shown to all whom it is for.
 *
 * @param[out] out the list; the caller frees it with efile_task_cursor_free()
 * @param session  open session
 * @param task     only this one; nil: all
 * @retval EFILE_OK listed
 * @since 0.1
 */
EFILE_API efile_status efile_task_list(efile_task_cursor **out, efile_session *session,
				       efile_task_id task);

/** @brief The order of a worklist. */
typedef enum efile_task_order {
	EFILE_TASK_BY_CREATED = 0,  /**< oldest first */
	EFILE_TASK_BY_DUE = 1,      /**< the next due date first; those without at the end, oldest first */
	EFILE_TASK_BY_PRIORITY = 2  /**< the highest first; of the same, oldest first */
} efile_task_order;

/** @brief Which tasks a worklist shows. */
typedef enum efile_task_hold {
	EFILE_TASK_ANY_HOLD = 0,    /**< all */
	EFILE_TASK_HELD = 1,        /**< claimed by the actor, or handed to it */
	EFILE_TASK_FREE = 2         /**< those that nobody has claimed */
} efile_task_hold;

/** @brief Options of efile_worklist(); fill with efile_worklist_options_init(). */
typedef struct efile_worklist_options {
	size_t size;                /**< sizeof(efile_worklist_options) of the caller */
	efile_task_order order;     /**< the order */
	efile_task_hold hold;       /**< which of them */
	int later;                  /**< 1: also those whose follow-up date is still to come */
	int deputies;               /**< 1: also what lies on the desks of persons that the actor may
				     *   substitute today; efile_task.on_behalf_of tells whose */
	int variables;              /**< 1: with the instance's variables */
	const char *process;        /**< only tasks of this process; NULL: of all */
	const char *node;           /**< only tasks of this BPMN element; NULL: of all */
	efile_case_id case_id;      /**< only tasks of this case; none: of all */
	efile_instance_id instance; /**< only tasks of this instance; none: of all */
	efile_time due_before;      /**< only tasks that are due before; 0: all */
	const char *after;          /**< go on behind this place, from efile_task_cursor_position() */
} efile_worklist_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_worklist_options_init(efile_worklist_options *options);

/**
 * @brief Lists the open tasks that the actor may do, in an order, page by page if need be.
 *
 * What it costs depends on what is shown, not on how many tasks there are. What somebody has claimed
 * or was handed is in that person's worklist only.
 *
 * @param[out] out the list; the caller frees it with efile_task_cursor_free()
 * @param session  open session
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        listed
 * @retval EFILE_E_INVALID no such order or hold, or a place that no list in this order gave
 * @since 0.1
 */
EFILE_API efile_status efile_worklist(efile_task_cursor **out, efile_session *session,
				      const efile_worklist_options *options);

/**
 * @brief Where a worklist stands: behind the task that it gave last.
 * @param[out] out a short text for efile_worklist_options.after; the caller frees it with efile_free()
 * @param cursor   a list
 * @retval EFILE_OK      told
 * @retval EFILE_E_STATE it has given no task yet, or shows one task only
 * @since 0.1
 */
EFILE_API efile_status efile_task_cursor_position(char **out, efile_task_cursor *cursor);

/**
 * @brief The next task.
 * @param cursor    a list
 * @param[out] task borrowed texts, valid until the next call
 * @retval EFILE_OK   a task
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_task_cursor_next(efile_task_cursor *cursor, efile_task *task);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_task_cursor_free(efile_task_cursor *cursor);

/**
 * @brief Claims a task: from now on it is the actor's alone.
 *
 * The owner of a delegated task calls it back by this, and to whom it was escalated takes it over.
 *
 * @param session open session
 * @param task    the task
 * @retval EFILE_OK         claimed, or was the actor's already
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @retval EFILE_E_DENIED   separation of duty: the actor did a task that this one is separated from
 * @since 0.1
 */
EFILE_API efile_status efile_task_claim(efile_session *session, efile_task_id task);

/**
 * @brief Lets a claimed task go: it is there for all who may do it.
 * @param session open session; its actor has claimed the task
 * @param task    the task
 * @retval EFILE_OK         free again
 * @retval EFILE_E_NOTFOUND no such open task, or not the actor's
 * @retval EFILE_E_STATE    nobody has claimed it; or it was delegated: it is returned or resolved
 * @since 0.1
 */
EFILE_API efile_status efile_task_unclaim(efile_session *session, efile_task_id task);

/**
 * @brief Completes a task and runs its process on until it waits again or ends.
 * @param session   open session
 * @param task      the task
 * @param variables a JSON object that is merged into the instance's variables; NULL: none
 * @retval EFILE_OK         completed
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @retval EFILE_E_DENIED   separation of duty: the actor did a task that this one is separated from
 * @retval EFILE_E_FORMAT   the variables are no JSON object, or not what the form asks for: the place
 *                          of the error is the id of the field
 * @retval EFILE_E_STORAGE  the store failed; the task is as before
 * @since 0.1
 */
EFILE_API efile_status efile_task_complete(efile_session *session, efile_task_id task,
					   const char *variables);

/** @brief One task of efile_task_complete_all(), and what became of it. */
typedef struct efile_task_result {
	efile_task_id task;  /**< in: the task */
	efile_status status; /**< out: as efile_task_complete() answers */
	int number;          /**< out: number of the error, 0: none */
	char message[200];   /**< out: its text in the language of the context, "" */
} efile_task_result;

/**
 * @brief Completes several tasks with the same variables, in one transaction: each by itself done or
 *        left as it was.
 * @param[out] failed  how many were not completed; NULL: not wanted
 * @param session      open session
 * @param results      the tasks; receives what became of each
 * @param count        their number
 * @param variables    a JSON object that is merged into the variables of each instance; NULL: none
 * @retval EFILE_OK        all were tried: results tell
 * @retval EFILE_E_INVALID no tasks
 * @retval EFILE_E_STORAGE the store failed; none was completed
 * @since 0.1
 */
EFILE_API efile_status efile_task_complete_all(int64_t *failed, efile_session *session,
					       efile_task_result *results, size_t count,
					       const char *variables);

/**
 * @brief The sign-off list (Laufweg) that a task is an entry of: docs/json.md, efile.route.v1.
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  open session
 * @param task     the task
 * @retval EFILE_OK         described
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_STATE    the task has no sign-off list
 * @retval EFILE_E_INVALID  no place for the answer
 * @since 0.1
 */
EFILE_API efile_status efile_task_route(char **out, efile_session *session, efile_task_id task);

/** @brief How a sign-off list is changed. */
typedef enum efile_route_act {
	EFILE_ROUTE_INSERT = 1, /**< one more entry */
	EFILE_ROUTE_REMOVE = 2, /**< an entry is taken out */
	EFILE_ROUTE_MOVE = 3    /**< an entry goes to another place */
} efile_route_act;

/** @brief One change of a sign-off list; fill with efile_route_change_init(). */
typedef struct efile_route_change {
	size_t size;             /**< sizeof(efile_route_change) of the caller */
	efile_route_act act;     /**< what is done */
	int64_t step;            /**< remove, move: number of the entry */
	int64_t behind;          /**< insert, move: behind this entry and those beside it; 0: next */
	int64_t beside;          /**< insert, move: beside this one, which has not begun; 0: alone */
	const char *to;          /**< insert: person, position, unit, role; several with commas */
	efile_instruction instruction; /**< insert: what it is asked for */
	int required;            /**< insert: 1: obligatory, nobody can take it out or move it */
	const char *due;         /**< insert: until when, as efile:dueIn; NULL: as the model says */
	const char *note;        /**< insert: a word to who has it; NULL: none */
} efile_route_change;

/**
 * @brief Fills a change with its defaults.
 * @param[out] change receives the defaults
 * @since 0.1
 */
EFILE_API void efile_route_change_init(efile_route_change *change);

/**
 * @brief Changes the sign-off list of a task behind the place where it stands.
 *
 * Entries that have begun stay as they are; obligatory ones stay where they are.
 *
 * @param session open session; its actor has the task, or may take it
 * @param task    the task of an entry that is open
 * @param change  what is done
 * @retval EFILE_OK         changed
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor; no such entry; nobody of that name
 * @retval EFILE_E_STATE    the task has no sign-off list, or the entry has begun
 * @retval EFILE_E_DENIED   the entry is obligatory
 * @retval EFILE_E_CONFLICT somebody else has claimed the task
 * @retval EFILE_E_INVALID  no such change, or working days without a calendar
 * @retval EFILE_E_FORMAT   nobody is named, or the due time is none
 * @retval EFILE_E_LIMIT    too many entries
 * @since 0.1
 */
EFILE_API efile_status efile_task_route_change(efile_session *session, efile_task_id task,
					       const efile_route_change *change);

/**
 * @brief Sends a sign-off list back to somebody who had it before.
 *
 * The entry of the actor ends as returned, those beside it are withdrawn. Then the earlier entry comes
 * again, and all that stood between, unless it is to come back directly.
 *
 * @param session open session; its actor has the task, or may take it
 * @param task    the task of an entry that is open
 * @param step    number of an entry that is done; 0: the last one before
 * @param direct  1: from there back here; 0: by all that stood between
 * @param reason  why
 * @retval EFILE_OK         sent back
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_STATE    the task has no sign-off list, or nobody had it before
 * @retval EFILE_E_DENIED   separation of duty
 * @retval EFILE_E_CONFLICT somebody else has claimed the task
 * @retval EFILE_E_INVALID  no reason
 * @since 0.1
 */
EFILE_API efile_status efile_task_send_back(efile_session *session, efile_task_id task, int64_t step,
					    int direct, const char *reason);

/**
 * @brief Refuses: the sign-off list ends, and its process goes on with the outcome "refused".
 * @param session open session; its actor has the task, or may take it
 * @param task    the task of an entry that is open
 * @param reason  why
 * @retval EFILE_OK         refused
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_STATE    the task has no sign-off list
 * @retval EFILE_E_DENIED   separation of duty
 * @retval EFILE_E_CONFLICT somebody else has claimed the task
 * @retval EFILE_E_INVALID  no reason
 * @since 0.1
 */
EFILE_API efile_status efile_task_refuse(efile_session *session, efile_task_id task,
					 const char *reason);

/**
 * @brief What the form of a task asks for, after the manner of JSON Schema: docs/json.md,
 *        efile.form.v1.
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  open session
 * @param task     the task
 * @retval EFILE_OK         described; a task without a form asks for nothing
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_INVALID  no place for the answer
 * @since 0.1
 */
EFILE_API efile_status efile_task_form(char **out, efile_session *session, efile_task_id task);

/**
 * @brief Tries variables against the form of a task: each problem is a finding with the field as path.
 *
 * Rules FORM-REQUIRED, FORM-READ-ONLY, FORM-TYPE, FORM-CHOICE, FORM-MINIMUM, FORM-MAXIMUM. Without a
 * finding efile_task_complete() accepts them.
 *
 * @param[out] out  the findings; the caller frees them with efile_report_free()
 * @param session   open session
 * @param task      the task
 * @param variables a JSON object; NULL: none
 * @retval EFILE_OK         checked, whatever was found
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @since 0.1
 */
EFILE_API efile_status efile_task_check(efile_report **out, efile_session *session,
					efile_task_id task, const char *variables);

/**
 * @brief Escalates a task: an actor sees it, whoever has claimed it, and may take it over by claiming.
 * @param session open session; its actor has claimed the task, or may do it
 * @param task    the task
 * @param to      a person, position, unit or role
 * @retval EFILE_OK         escalated
 * @retval EFILE_E_NOTFOUND no such open task or actor, or not for the actor
 * @since 0.1
 */
EFILE_API efile_status efile_task_escalate(efile_session *session, efile_task_id task,
					   efile_actor_id to);

/** @brief What somebody said. Texts are borrowed from the cursor until its next call. */
typedef struct efile_comment {
	efile_id id;                 /**< its id */
	efile_instance_id instance;  /**< the process */
	efile_task_id task;          /**< the task; none: on the process */
	efile_actor_id author;       /**< who */
	efile_actor_id on_behalf_of; /**< for whom; none */
	efile_time created;          /**< when */
	const char *text;            /**< what */
} efile_comment;

/** @brief A list of comments. */
typedef struct efile_comment_cursor efile_comment_cursor;

/**
 * @brief Says something about a task.
 * @param session open session
 * @param task    the task
 * @param text    at most 10,000 bytes
 * @retval EFILE_OK         noted
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_INVALID  no text
 * @retval EFILE_E_LIMIT    too long
 * @since 0.1
 */
EFILE_API efile_status efile_task_comment(efile_session *session, efile_task_id task,
					  const char *text);

/**
 * @brief Says something about a process at work.
 * @param session  open session; its actor needs write access to the case
 * @param instance the instance
 * @param text     at most 10,000 bytes
 * @retval EFILE_OK         noted
 * @retval EFILE_E_NOTFOUND no such instance, or not visible
 * @retval EFILE_E_INVALID  no text
 * @retval EFILE_E_LIMIT    too long
 * @since 0.1
 */
EFILE_API efile_status efile_flow_comment(efile_session *session, efile_instance_id instance,
					  const char *text);

/**
 * @brief Lists what was said, oldest first: about a process and its tasks, or about a task and its
 *        process.
 * @param[out] out the list; the caller frees it with efile_comment_cursor_free()
 * @param session  open session
 * @param instance all of this instance; nil if a task is named
 * @param task     of this open task; nil if an instance is named
 * @retval EFILE_OK         listed
 * @retval EFILE_E_NOTFOUND no such instance or task, or not visible
 * @retval EFILE_E_INVALID  neither or both are named
 * @since 0.1
 */
EFILE_API efile_status efile_comment_list(efile_comment_cursor **out, efile_session *session,
					  efile_instance_id instance, efile_task_id task);

/**
 * @brief The next comment.
 * @param cursor       a list
 * @param[out] comment borrowed texts, valid until the next call
 * @retval EFILE_OK   a comment
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_comment_cursor_next(efile_comment_cursor *cursor,
						 efile_comment *comment);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_comment_cursor_free(efile_comment_cursor *cursor);

/**
 * @brief Hands a task to another person, who resolves it, gives it back with efile_task_return(), or
 *        completes it.
 *
 * Who had it stays its owner, however often it is handed on, and may call it back by claiming it.
 *
 * @param session open session; its actor has claimed the task, or may do it
 * @param task    the task
 * @param to      a person
 * @retval EFILE_OK         delegated
 * @retval EFILE_E_NOTFOUND no such open task or person, or not for the actor
 * @retval EFILE_E_INVALID  a unit or role, which has no desk
 * @retval EFILE_E_STATE    the person is not active
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @retval EFILE_E_DENIED   separation of duty shuts that person out
 * @retval EFILE_E_LIMIT    it was handed on too often
 * @since 0.1
 */
EFILE_API efile_status efile_task_delegate(efile_session *session, efile_task_id task,
					   efile_actor_id to);

/**
 * @brief Tells that a delegated task is through: its owner has it again, to look at and complete.
 * @param session   open session; its actor has the task
 * @param task      the task
 * @param variables a JSON object that is merged into the instance's variables; NULL: none
 * @retval EFILE_OK         resolved
 * @retval EFILE_E_NOTFOUND no such open task, or not the actor's
 * @retval EFILE_E_STATE    it was not delegated
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @since 0.1
 */
EFILE_API efile_status efile_task_resolve(efile_session *session, efile_task_id task,
					  const char *variables);

/**
 * @brief Gives a task back: to the one who had it before, or to all who may do it.
 * @param session open session; its actor has the task
 * @param task    the task
 * @retval EFILE_OK         given back
 * @retval EFILE_E_NOTFOUND no such open task, or not the actor's
 * @retval EFILE_E_STATE    nobody has claimed it
 * @since 0.1
 */
EFILE_API efile_status efile_task_return(efile_session *session, efile_task_id task);

/**
 * @brief Computes a point of time as tasks spell it.
 *
 * A day "2026-05-04", an instant "2026-05-04T12:00" (in Germany, unless it names its offset), a
 * duration "P5D" or "PT4H", a number of working days "5 office-days" (Monday to Friday without public
 * holidays) or "3 werktage" (Saturdays, too). Where the place decides about a holiday and the calendar
 * names none, the nearer day is taken.
 *
 * @param[out] out the point of time
 * @param ctx      a context
 * @param text     what is computed
 * @param calendar whose holidays count, such as "DE-BW" or "DE-BY/09162000"; NULL: none
 * @param from     durations and working days begin here
 * @param last     1: of a day its last second, as for a due date; 0: its first one
 * @retval EFILE_OK        computed
 * @retval EFILE_E_FORMAT  none of these
 * @retval EFILE_E_INVALID an argument is missing; no such calendar, or none where days are counted
 * @retval EFILE_E_UNSUPPORTED the way leads into a year whose holidays the tables do not know
 * @since 0.1
 */
EFILE_API efile_status efile_task_time_compute(efile_time *out, efile_ctx *ctx, const char *text,
					       const char *calendar, efile_time from, int last);

/** @brief What is to change of a task; fill with efile_task_changes_init(). */
typedef struct efile_task_changes {
	size_t size;          /**< sizeof(efile_task_changes) of the caller */
	const char *due;      /**< until when, as efile_task_time_compute() reads it; "": no date;
			       *   NULL: as it is */
	const char *follow_up;/**< not before then on the worklist (Wiedervorlage); the same */
	const char *calendar; /**< whose working days count, such as "DE-BW"; NULL: the process's */
	int32_t priority;     /**< 0 to 100; -1: as it is */
} efile_task_changes;

/**
 * @brief Sets everything to "as it is".
 * @param[out] changes receives the defaults
 * @since 0.1
 */
EFILE_API void efile_task_changes_init(efile_task_changes *changes);

/**
 * @brief Changes dates and priority of a task.
 * @param session open session; its actor has claimed the task, or may do it
 * @param task    the task
 * @param changes what is to change
 * @retval EFILE_OK         changed
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @retval EFILE_E_INVALID  no such priority or calendar
 * @retval EFILE_E_FORMAT   no such point of time
 * @since 0.1
 */
EFILE_API efile_status efile_task_update(efile_session *session, efile_task_id task,
					 const efile_task_changes *changes);

/** @brief A reminder or escalation; fill with efile_reminder_init(). */
typedef struct efile_reminder {
	size_t size;          /**< sizeof(efile_reminder) of the caller */
	const char *at;       /**< when: "due", "due-2 office-days", "due+P1D", or as
			       *   efile_task_time_compute() reads it, counted from when the task began */
	const char *calendar; /**< whose working days count, such as "DE-BW"; NULL: the process's */
	const char *to;       /**< to whom it escalates: person, position, unit, role; several with
			       *   commas. NULL: only a reminder */
	int32_t priority;     /**< escalation: the priority is at least this then; -1: as it is */
} efile_reminder;

/**
 * @brief Fills a reminder with its defaults.
 * @param[out] reminder receives the defaults
 * @since 0.1
 */
EFILE_API void efile_reminder_init(efile_reminder *reminder);

/**
 * @brief Sets a reminder or an escalation of a task; efile_flow_run_due() fires it, once.
 *
 * A reminder is an entry task.reminded in the log; an escalation lets the named actors see the task and
 * take it over, raises its priority, and is an entry task.escalated for each of them. Those that count
 * from the due date follow it when it changes; all end with the task.
 *
 * @param[out] number  its number within the task; NULL: not wanted
 * @param session      open session; its actor has claimed the task, or may do it
 * @param task         the task
 * @param reminder     when, and to whom
 * @retval EFILE_OK         set
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor; nobody of that name
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @retval EFILE_E_INVALID  no point of time or such priority; working days without a calendar
 * @retval EFILE_E_FORMAT   no such point of time
 * @retval EFILE_E_LIMIT    too many
 * @since 0.1
 */
EFILE_API efile_status efile_task_remind(int64_t *number, efile_session *session, efile_task_id task,
					 const efile_reminder *reminder);

/**
 * @brief Takes a reminder back.
 * @param session open session; its actor has claimed the task, or may do it
 * @param task    the task
 * @param number  number of the reminder
 * @retval EFILE_OK         gone
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor; no such reminder
 * @retval EFILE_E_CONFLICT somebody else has claimed it
 * @since 0.1
 */
EFILE_API efile_status efile_task_unremind(efile_session *session, efile_task_id task, int64_t number);

/**
 * @brief The reminders and escalations of a task: docs/json.md, efile.reminders.v1.
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  open session
 * @param task     the task
 * @retval EFILE_OK         listed
 * @retval EFILE_E_NOTFOUND no such open task, or not for the actor
 * @retval EFILE_E_INVALID  no place for the answer
 * @since 0.1
 */
EFILE_API efile_status efile_task_reminders(char **out, efile_session *session, efile_task_id task);

/* ------------------------------------------------------------------ jobs for outside workers */

/** @brief A job that no handler inside does. Texts are borrowed until the cursor's next call. */
typedef struct efile_job {
	efile_id id;                /**< its id: the stable key of its outside effect */
	efile_instance_id instance; /**< its instance */
	const char *handler;        /**< what is to be done */
	const char *node;           /**< id of the BPMN element */
	efile_time created;         /**< since when */
	const char *variables;      /**< what the job sees, a JSON object */
	efile_time ready;           /**< when it waits for: of another try, or the lease's end; 0 */
	int64_t failures;           /**< how often it has failed */
	int64_t priority;           /**< higher goes first */
	const char *worker;         /**< who has leased it last; "": nobody, or given back */
} efile_job;

/** @brief A list of jobs. */
typedef struct efile_job_cursor efile_job_cursor;

/**
 * @brief Lists open jobs, oldest first.
 * @param[out] out the list; the caller frees it with efile_job_cursor_free()
 * @param session  an administrator's session
 * @param handler  only jobs of this handler; NULL: all
 * @retval EFILE_OK       listed
 * @retval EFILE_E_DENIED the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_job_list(efile_job_cursor **out, efile_session *session,
				      const char *handler);

/**
 * @brief The next job.
 * @param cursor   a list
 * @param[out] job borrowed texts, valid until the next call
 * @retval EFILE_OK   a job
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_job_cursor_next(efile_job_cursor *cursor, efile_job *job);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_job_cursor_free(efile_job_cursor *cursor);

/**
 * @brief Reports a job as done and runs its process on.
 * @param session   an administrator's session
 * @param job       the job
 * @param variables a JSON object that is merged into the instance's variables; NULL: none
 * @retval EFILE_OK         done
 * @retval EFILE_E_NOTFOUND no such open job: a result that comes twice changes nothing
 * @retval EFILE_E_CONFLICT somebody has leased it (efile_work_lease())
 * @retval EFILE_E_FORMAT   the variables are no JSON object
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_job_complete(efile_session *session, efile_id job,
					  const char *variables);

/**
 * @brief Reports a job as failed: its instance has an incident.
 * @param session an administrator's session
 * @param job     the job
 * @param message what went wrong
 * @retval EFILE_OK         noted
 * @retval EFILE_E_NOTFOUND no such open job
 * @retval EFILE_E_CONFLICT somebody has leased it (efile_work_lease())
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_job_fail(efile_session *session, efile_id job, const char *message);

EFILE_END_DECLS

#endif
