/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file intake.h
 * @brief Intake (Posteingang): every letter exactly once, its original kept, on its way.
 *
 * A letter is received: its raw bytes and its line in the intake journal (Posteingangsbuch) are
 * committed before any parser sees it. Then it is processed: analysed, classified by the rules,
 * filed in a case, its process started, in a second transaction. A letter that cannot be processed
 * lies in quarantine with the reason; its original stays. So does one that waits for the helper
 * efile-parse to be well again: what could not be looked into is said on the letter.
 */
#ifndef EFILE_INTAKE_H
#define EFILE_INTAKE_H

#include <efile/document.h>

EFILE_BEGIN_DECLS

/** @brief How far a letter has come. */
typedef enum efile_intake_state {
	EFILE_INTAKE_RECEIVED = 1,    /**< its original is stored; not processed yet */
	EFILE_INTAKE_FILED = 2,       /**< filed in a case */
	EFILE_INTAKE_QUARANTINED = 3, /**< parked, with a reason */
	EFILE_INTAKE_REJECTED = 4     /**< nothing to keep: no bytes, or over the limit */
} efile_intake_state;

/** @brief Why a file of a letter could not be looked into. */
typedef enum efile_intake_unread {
	EFILE_UNREAD_NONE = 0,
	EFILE_UNREAD_NO_HELPER = 1,     /**< efile-parse is not installed; another try may succeed */
	EFILE_UNREAD_HELPER_FAILED = 2, /**< it hangs, was killed or does not start; likewise */
	EFILE_UNREAD_DAMAGED = 3,       /**< the file is damaged, or is not what it says */
	EFILE_UNREAD_ENCRYPTED = 4,     /**< it is encrypted */
	EFILE_UNREAD_LIMIT = 5,         /**< it has more pages or bytes, or takes longer, than allowed */
	EFILE_UNREAD_FAILED = 6         /**< efile-parse gave up or crashed over it */
} efile_intake_unread;

/** @brief What is to be said about a letter. Borrowed from its handle. */
typedef struct efile_intake_remark {
	int number;                 /**< E-number of the message, 0 if it has none */
	const char *file;           /**< which file of the letter, "" if the whole letter */
	const char *text;           /**< in the language of the context, with the file's name */
	efile_intake_unread unread; /**< why the file could not be looked into; none: another remark */
	int retry;                  /**< 1: the cause lies outside of the letter; another try may succeed */
} efile_intake_remark;

/** @brief Where a letter came in. */
typedef enum efile_intake_channel {
	EFILE_CHANNEL_MAIL = 1, /**< an Internet message (RFC 5322) */
	EFILE_CHANNEL_FILE = 2, /**< a single file */
	EFILE_CHANNEL_SCAN = 3  /**< a scanned batch */
} efile_intake_channel;

/** @brief A letter in the intake journal. */
typedef struct efile_intake_item efile_intake_item;
/** @brief A list of letters. */
typedef struct efile_intake_cursor efile_intake_cursor;

/** @brief Options of efile_intake_receive(); fill with efile_intake_options_init(). */
typedef struct efile_intake_options {
	size_t size;                  /**< sizeof(efile_intake_options) of the caller */
	efile_intake_channel channel; /**< mail */
	const char *name;             /**< name of the file or mailbox it came from; NULL */
	const char *office;           /**< whose intake journal numbers it; NULL: the common one */
} efile_intake_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_intake_options_init(efile_intake_options *options);

/**
 * @brief Receives a letter: its bytes, number and time of receipt are durable when this returns.
 *
 * A letter is the same as an earlier one if channel and SHA-256 of its bytes are: then the earlier
 * one is the answer, and its log notes that it came again.
 *
 * @param[out] out the letter; the caller frees it with efile_intake_item_free()
 * @param session  open session; its actor takes letters in
 * @param content  the raw bytes, read to the end, not closed
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        stored, or known; efile_intake_item_is_duplicate() tells which
 * @retval EFILE_E_NOTFOUND or EFILE_E_DENIED the actor does not take letters in (docs/INTAKE.md)
 * @retval EFILE_E_STORAGE the store failed; nothing was received
 * @retval EFILE_E_IO      the content could not be read; nothing was received
 * @since 0.1
 */
EFILE_API efile_status efile_intake_receive(efile_intake_item **out, efile_session *session,
					    efile_reader *content,
					    const efile_intake_options *options);

/**
 * @brief Processes a letter that was received: analyses, classifies, files, starts its process.
 *
 * Filed letters are left as they are; a letter in quarantine is tried again. A letter that cannot
 * be understood is quarantined, which is a result and no error. So is a letter with a PDF file while
 * the helper does not answer properly, and one whose PDF file says that it carries an e-invoice while
 * there is no helper: efile_intake_item_remark() says which. Other letters are filed without the text
 * of what could not be read, with a remark.
 *
 * @param[in,out] item the letter; its state is brought up to date
 * @param session open session; its actor needs write access where the letter is filed
 * @retval EFILE_OK        the state tells what became of it
 * @retval EFILE_E_STORAGE the store failed; the letter is as before
 * @retval EFILE_E_NOMEM   out of memory; the letter is as before
 * @since 0.1
 */
EFILE_API efile_status efile_intake_process(efile_intake_item *item, efile_session *session);

/**
 * @brief Loads a letter by its id.
 * @param[out] out the letter; the caller frees it with efile_intake_item_free()
 * @param session  open session
 * @param id       the letter
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such letter
 * @since 0.1
 */
EFILE_API efile_status efile_intake_load(efile_intake_item **out, efile_session *session,
					 efile_intake_id id);

/**
 * @brief Loads a letter by its number in the common intake journal, such as "2026/000017".
 * @param[out] out the letter; the caller frees it with efile_intake_item_free()
 * @param session  open session
 * @param number   year and number
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such letter
 * @since 0.1
 */
EFILE_API efile_status efile_intake_by_number(efile_intake_item **out, efile_session *session,
					      const char *number);

/**
 * @brief Loads a letter by its number in the intake journal of an office.
 *
 * Each office counts for itself: a number alone names the letter of the common journal.
 *
 * @param[out] out the letter; the caller frees it with efile_intake_item_free()
 * @param session  open session
 * @param office   as of efile_intake_options.office; NULL or "": the common journal
 * @param number   year and number
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such letter
 * @since 0.1
 */
EFILE_API efile_status efile_intake_of_office(efile_intake_item **out, efile_session *session,
					      const char *office, const char *number);

/**
 * @brief Lists the intake journal in the order of receipt.
 * @param[out] out the list; the caller frees it with efile_intake_cursor_free()
 * @param session  open session
 * @param state    only letters of this state; 0 lists all
 * @retval EFILE_OK listed
 * @since 0.1
 */
EFILE_API efile_status efile_intake_list(efile_intake_cursor **out, efile_session *session,
					 int state);

/**
 * @brief The next letter of a list.
 * @param cursor   a list
 * @param[out] out the letter; the caller frees it with efile_intake_item_free()
 * @retval EFILE_OK   a letter
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_intake_cursor_next(efile_intake_cursor *cursor,
						efile_intake_item **out);

/** @brief Frees a list. @param cursor a list or NULL @since 0.1 */
EFILE_API void efile_intake_cursor_free(efile_intake_cursor *cursor);

/**
 * @brief Opens the raw bytes of a letter, verified against their digest.
 * @param[out] out the bytes; the caller frees it with efile_reader_free()
 * @param item     the letter
 * @param session  open session
 * @retval EFILE_OK         open
 * @retval EFILE_E_NOTFOUND a rejected letter has none
 * @since 0.1
 */
EFILE_API efile_status efile_intake_open_original(efile_reader **out,
						  const efile_intake_item *item,
						  efile_session *session);

/** @brief Its id. @param item a letter @return the id @since 0.1 */
EFILE_API efile_intake_id efile_intake_item_id(const efile_intake_item *item);
/** @brief Its number in the journal, such as "2026/000017". @param item a letter
 * @return borrowed text @since 0.1 */
EFILE_API const char *efile_intake_item_number(const efile_intake_item *item);
/** @brief The office whose journal numbers it. @param item a letter
 * @return borrowed text, "" for the common journal @since 0.1 */
EFILE_API const char *efile_intake_item_office(const efile_intake_item *item);
/** @brief How far it has come. @param item a letter @return the state @since 0.1 */
EFILE_API efile_intake_state efile_intake_item_state(const efile_intake_item *item);
/** @brief Whether it had been received before: only after efile_intake_receive(). @param item a
 * letter @return 1 or 0 @since 0.1 */
EFILE_API int efile_intake_item_is_duplicate(const efile_intake_item *item);
/** @brief Where it came in. @param item a letter @return the channel @since 0.1 */
EFILE_API efile_intake_channel efile_intake_item_channel(const efile_intake_item *item);
/** @brief When it was received, by our clock. @param item a letter @return the time @since 0.1 */
EFILE_API efile_time efile_intake_item_received(const efile_intake_item *item);
/** @brief SHA-256 of its raw bytes as 64 hex digits; "" if rejected. @param item a letter
 * @return borrowed text @since 0.1 */
EFILE_API const char *efile_intake_item_sha256(const efile_intake_item *item);
/** @brief Who sent it, as far as known; "" otherwise. @param item a letter @return borrowed text
 * @since 0.1 */
EFILE_API const char *efile_intake_item_sender(const efile_intake_item *item);
/** @brief Its subject or file name; "" if unknown. @param item a letter @return borrowed text
 * @since 0.1 */
EFILE_API const char *efile_intake_item_subject(const efile_intake_item *item);
/** @brief Why it lies where it lies: the rule that filed it, or what is wrong, in the language of the
 * context when the letter was loaded. @param item a letter @return borrowed text @since 0.1 */
EFILE_API const char *efile_intake_item_reason(const efile_intake_item *item);
/** @brief How many remarks there are: why it was not filed, which of its files could not be looked
 * into. @param item a letter @return the number @since 0.1 */
EFILE_API size_t efile_intake_item_remark_count(const efile_intake_item *item);
/** @brief A remark. @param item a letter @param index from 0
 * @return borrowed, NULL beyond the last @since 0.1 */
EFILE_API const efile_intake_remark *efile_intake_item_remark(const efile_intake_item *item,
							      size_t index);
/** @brief The name of a cause as the facts have it: "no_helper", "helper_failed", "damaged",
 * "encrypted", "limit", "failed". @param why which @return constant text, "" for none @since 0.1 */
EFILE_API const char *efile_intake_unread_name(efile_intake_unread why);
/** @brief The document that it became; none if not filed. @param item a letter @return the id
 * @since 0.1 */
EFILE_API efile_document_id efile_intake_item_document(const efile_intake_item *item);
/** @brief The case that it was filed in; none if not filed. @param item a letter @return the id
 * @since 0.1 */
EFILE_API efile_case_id efile_intake_item_case(const efile_intake_item *item);
/** @brief The process that was started; none if there is none. @param item a letter @return the id
 * @since 0.1 */
EFILE_API efile_instance_id efile_intake_item_instance(const efile_intake_item *item);
/** @brief Frees a letter's handle. @param item a letter or NULL @since 0.1 */
EFILE_API void efile_intake_item_free(efile_intake_item *item);
/** @brief The name of a state: "received", "filed", "quarantined", "rejected". @param state which
 * @return constant text @since 0.1 */
EFILE_API const char *efile_intake_state_name(efile_intake_state state);
/** @brief The name of a channel: "mail", "file", "scan". @param channel which
 * @return constant text @since 0.1 */
EFILE_API const char *efile_intake_channel_name(efile_intake_channel channel);

/** @brief A rule of classification: the first whose condition holds decides. */
typedef struct efile_intake_rule {
	size_t size;           /**< sizeof(efile_intake_rule) of the caller */
	const char *name;      /**< unique; a rule of that name is replaced */
	int64_t order;         /**< rules are tried in ascending order */
	const char *condition; /**< FEEL over the facts of docs/INTAKE.md */
	const char *plan;      /**< code of the unit where a new case is made */
	const char *title;     /**< FEEL: title of the new case */
	const char *doctype;   /**< type of the document; NULL: none */
	const char *process;   /**< key of the process to start; NULL: none */
} efile_intake_rule;

/** @brief Fills a rule with its defaults. @param[out] rule receives the defaults @since 0.1 */
EFILE_API void efile_intake_rule_init(efile_intake_rule *rule);

/**
 * @brief Sets a rule of classification.
 * @param session an administrator's session
 * @param rule    the rule
 * @retval EFILE_OK        set
 * @retval EFILE_E_INVALID name, condition, plan or title is missing
 * @retval EFILE_E_FORMAT  condition or title is no FEEL expression
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @since 0.1
 */
EFILE_API efile_status efile_intake_rule_set(efile_session *session,
					     const efile_intake_rule *rule);

/**
 * @brief The facts that a letter's rules see, as JSON; nothing is changed.
 * @param[out] out the facts; the caller frees them with efile_free()
 * @param item     the letter
 * @param session  open session
 * @retval EFILE_OK       analysed
 * @retval EFILE_E_FORMAT it cannot be understood: the reason that would quarantine it
 * @since 0.1
 */
EFILE_API efile_status efile_intake_explain(char **out, const efile_intake_item *item,
					    efile_session *session);

EFILE_END_DECLS

#endif
