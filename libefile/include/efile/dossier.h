/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file dossier.h
 * @brief Dossiers (Akten) and cases (Vorgaenge), and what all objects of a file have in common.
 *
 * Dossiers, cases and documents are nodes of one tree: dossier > sub-dossier > case > sub-case >
 * document > attachment, where the parts are optional. All getters efile_node_* take any of them.
 */
#ifndef EFILE_DOSSIER_H
#define EFILE_DOSSIER_H

#include <efile/plan.h>

EFILE_BEGIN_DECLS

/** @brief Kind of a node. */
typedef enum efile_node_kind {
	EFILE_NODE_DOSSIER = 1,     /**< dossier (Akte) */
	EFILE_NODE_SUB_DOSSIER = 2, /**< part of a dossier (Teilakte, Aktenband) */
	EFILE_NODE_CASE = 3,        /**< case (Vorgang) */
	EFILE_NODE_SUB_CASE = 4,    /**< part of a case (Teilvorgang) */
	EFILE_NODE_DOCUMENT = 5,    /**< document (Dokument) */
	EFILE_NODE_ATTACHMENT = 6   /**< attachment of a document (Anlage) */
} efile_node_kind;

/** @brief State of a node. */
typedef enum efile_node_state {
	EFILE_STATE_OPEN = 1,        /**< in work */
	EFILE_STATE_CLOSED = 2,      /**< filed away (z.d.A.) */
	EFILE_STATE_RETENTION = 3,   /**< the retention period runs */
	EFILE_STATE_OFFERED = 4,     /**< offered to the archive */
	EFILE_STATE_APPRAISED = 5,   /**< the archive has decided */
	EFILE_STATE_TRANSFERRED = 6, /**< handed over to the archive */
	EFILE_STATE_DESTROYED = 7    /**< destroyed */
} efile_node_state;

/** @brief Where the content is. */
typedef enum efile_medium {
	EFILE_MEDIUM_ELECTRONIC = 1, /**< electronic */
	EFILE_MEDIUM_PAPER = 2,      /**< on paper */
	EFILE_MEDIUM_HYBRID = 3      /**< partly on paper */
} efile_medium;

/** @brief Any object of a file. */
typedef struct efile_node efile_node;
/** @brief A dossier or sub-dossier (Akte, Teilakte); a node. */
typedef struct efile_node efile_dossier;
/** @brief A case or sub-case (Vorgang, Teilvorgang); a node. */
typedef struct efile_node efile_case;
/** @brief A document or attachment (Dokument, Anlage); a node. */
typedef struct efile_node efile_document;
/** @brief A cursor over nodes. */
typedef struct efile_node_cursor efile_node_cursor;

/** @brief Values of a dossier or case; fill with efile_node_options_init(). */
typedef struct efile_node_options {
	size_t size;             /**< sizeof(efile_node_options) of the caller */
	const char *title;       /**< obligatory */
	const char *reference;   /**< reference number (Aktenzeichen); NULL: issued by the pattern */
	efile_date begin;        /**< begin of the period covered; none */
	efile_date end;          /**< its end; none */
	efile_id unit;           /**< responsible unit, an actor; none */
	efile_medium medium;     /**< electronic */
	int32_t confidentiality; /**< level 0 to 4, or EFILE_CONFIDENTIALITY_INHERITED */
	int64_t access_list;     /**< number of an access list; 0: inherited */
	int marked;              /**< 1: every read of content in it is journaled; 0: as above it */
	const char *doctype;     /**< name of its type (efile_doctype_define()); NULL: none */
} efile_node_options;

/** @brief Options of lists; fill with efile_list_options_init(). */
typedef struct efile_list_options {
	size_t size;       /**< sizeof(efile_list_options) of the caller */
	efile_id after;    /**< id of the last node seen: the list goes on behind it; none starts it */
	int trashed;       /**< 1: only what lies in the trash; 0: only what does not */
} efile_list_options;

/** @brief How many children an actor may see, each counted to 1,000 at most. */
typedef struct efile_node_counts {
	int32_t sub_dossiers; /**< sub-dossiers */
	int32_t cases;        /**< cases and sub-cases */
	int32_t open_cases;   /**< of these not filed away */
	int32_t documents;    /**< documents and attachments */
} efile_node_counts;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_node_options_init(efile_node_options *options);

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_list_options_init(efile_list_options *options);

/* ------------------------------------------------------------------ dossiers */

/**
 * @brief Opens a dossier (Akte) in a unit of the filing plan.
 *
 * The reference number is issued in the same transaction: gapless within its scope, which is the
 * number's own text with the counter held open.
 *
 * @param[out] out the dossier; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the unit
 * @param plan     the unit
 * @param options  a title at least
 * @retval EFILE_OK         created
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value out of range
 * @retval EFILE_E_EXISTS   the reference number is in use
 * @retval EFILE_E_NOTFOUND no such unit or type, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_STATE    the unit is not valid today
 * @retval EFILE_E_STORAGE  database or disk failed; nothing was created
 * @standard xdomea: Akte
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_create(efile_dossier **out, efile_session *session,
					    efile_plan_id plan, const efile_node_options *options);

/**
 * @brief Adds a sub-dossier (Teilakte) to a dossier or sub-dossier.
 * @param[out] out the sub-dossier; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the dossier
 * @param dossier  the dossier or sub-dossier
 * @param options  a title at least
 * @retval EFILE_OK         created
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value out of range
 * @retval EFILE_E_NOTFOUND no such dossier, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_STATE    the dossier is closed or in the trash
 * @retval EFILE_E_LIMIT    nested too deeply
 * @standard xdomea: Teilakte
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_add_part(efile_dossier **out, efile_session *session,
					      efile_dossier_id dossier,
					      const efile_node_options *options);

/**
 * @brief Loads a dossier or sub-dossier.
 * @param[out] out the dossier; the caller frees it with efile_node_free()
 * @param session  open session
 * @param id       the dossier
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such dossier, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_load(efile_dossier **out, efile_session *session,
					  efile_dossier_id id);

/**
 * @brief Loads a dossier by its reference number, present or former.
 * @param[out] out  the dossier; the caller frees it with efile_node_free()
 * @param session   open session
 * @param reference letter case and blanks do not matter
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such dossier, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_by_reference(efile_dossier **out, efile_session *session,
						  const char *reference);

/**
 * @brief Lists the dossiers of a unit of the filing plan, oldest first; invisible ones are left out.
 * @param[out] out the cursor; the caller frees it with efile_node_cursor_free()
 * @param session  open session
 * @param plan     the unit
 * @param options  NULL takes the defaults
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such unit, or not visible to the actor
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_list(efile_node_cursor **out, efile_session *session,
					  efile_plan_id plan, const efile_list_options *options);

/**
 * @brief Files a dossier or sub-dossier away (z.d.A.); all its cases must be filed away.
 * @param session  open session; its actor needs write access
 * @param id       the dossier
 * @param revision the one seen: efile_node_revision()
 * @retval EFILE_OK         closed; records starts the retention period
 * @retval EFILE_E_STATE    already closed, in the trash, or a case or sub-dossier is open
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such dossier, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_close(efile_session *session, efile_dossier_id id,
					   int64_t revision);

/**
 * @brief Opens a closed dossier or sub-dossier again.
 * @param session  open session; its actor needs write access
 * @param id       the dossier
 * @param revision the one seen
 * @param reason   stands in the log; obligatory
 * @retval EFILE_OK         open
 * @retval EFILE_E_INVALID  no reason
 * @retval EFILE_E_STATE    not closed, being disposed of, or what it lies in is closed
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such dossier, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_reopen(efile_session *session, efile_dossier_id id,
					    int64_t revision, const char *reason);

/**
 * @brief Files a dossier in another unit of the plan; the way back stands in the log.
 * @param session  open session; its actor needs write access to the dossier and the new unit
 * @param id       a dossier (not a sub-dossier)
 * @param plan     the new unit
 * @param revision the one seen
 * @param renumber 1: new reference numbers by the unit's pattern, the old ones stay as aliases
 * @param reason   stands in the log; may be NULL
 * @retval EFILE_OK         filed there
 * @retval EFILE_E_STATE    the dossier is closed or in the trash, or the unit is not valid today
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such dossier or unit, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @standard OKeVA: Umprotokollieren
 * @since 0.1
 */
EFILE_API efile_status efile_dossier_refile(efile_session *session, efile_dossier_id id,
					    efile_plan_id plan, int64_t revision, int renumber,
					    const char *reason);

/* ------------------------------------------------------------------ cases */

/**
 * @brief Opens a case (Vorgang) in an open dossier or sub-dossier (Akte, Teilakte).
 * @param[out] out the case; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the dossier
 * @param dossier  the dossier or sub-dossier
 * @param options  a title at least
 * @retval EFILE_OK         created
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value out of range
 * @retval EFILE_E_EXISTS   the reference number is in use
 * @retval EFILE_E_NOTFOUND no such dossier or type, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_STATE    the dossier is closed or in the trash
 * @retval EFILE_E_STORAGE  database or disk failed; nothing was created
 * @standard xdomea: Vorgang
 * @since 0.1
 */
EFILE_API efile_status efile_case_create(efile_case **out, efile_session *session,
					 efile_dossier_id dossier,
					 const efile_node_options *options);

/**
 * @brief Adds a sub-case (Teilvorgang) to a case or sub-case.
 * @param[out] out the sub-case; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the case
 * @param case_id  the case or sub-case
 * @param options  a title at least
 * @retval EFILE_OK         created
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value out of range
 * @retval EFILE_E_NOTFOUND no such case, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_STATE    the case is closed or in the trash
 * @retval EFILE_E_LIMIT    nested too deeply
 * @standard xdomea: Teilvorgang
 * @since 0.1
 */
EFILE_API efile_status efile_case_add_part(efile_case **out, efile_session *session,
					   efile_case_id case_id,
					   const efile_node_options *options);

/**
 * @brief Loads a case or sub-case.
 * @param[out] out the case; the caller frees it with efile_node_free()
 * @param session  open session
 * @param id       the case
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such case, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_case_load(efile_case **out, efile_session *session, efile_case_id id);

/**
 * @brief Files a case or sub-case away (z.d.A.); its sub-cases must be filed away, and none of
 *        its documents checked out.
 * @param session  open session; its actor needs write access
 * @param id       the case
 * @param revision the one seen
 * @retval EFILE_OK         closed
 * @retval EFILE_E_STATE    already closed, in the trash, or a sub-case is open
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile, or a document is checked out
 * @retval EFILE_E_NOTFOUND no such case, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_case_close(efile_session *session, efile_case_id id,
					int64_t revision);

/**
 * @brief Opens a closed case or sub-case again.
 * @param session  open session; its actor needs write access
 * @param id       the case
 * @param revision the one seen
 * @param reason   stands in the log; obligatory
 * @retval EFILE_OK         open
 * @retval EFILE_E_INVALID  no reason
 * @retval EFILE_E_STATE    not closed, or what it lies in is closed
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such case, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_case_reopen(efile_session *session, efile_case_id id,
					 int64_t revision, const char *reason);

/* ------------------------------------------------------------------ any node */

/**
 * @brief Loads a node of any kind.
 * @param[out] out the node; the caller frees it with efile_node_free()
 * @param session  open session
 * @param id       the node
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_load(efile_node **out, efile_session *session, efile_id id);

/**
 * @brief Finds the dossier, case or document with a reference number (Aktenzeichen), present or
 *        former.
 * @param[out] out  the node; the caller frees it with efile_node_free()
 * @param session   open session
 * @param reference letter case and blanks do not matter
 * @retval EFILE_OK         found
 * @retval EFILE_E_NOTFOUND nothing with that number, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_find_by_reference(efile_node **out, efile_session *session,
					       const char *reference);

/**
 * @brief Lists the children of a node, one level, in their order; invisible ones are left out.
 * @param[out] out the cursor; the caller frees it with efile_node_cursor_free()
 * @param session  open session
 * @param parent   the node
 * @param options  NULL takes the defaults
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_children(efile_node_cursor **out, efile_session *session,
					   efile_id parent, const efile_list_options *options);

/**
 * @brief The next node.
 *
 * A cursor reads page by page and holds no snapshot: what is filed meanwhile may appear.
 *
 * @param cursor   a cursor
 * @param[out] out the node; the caller frees it with efile_node_free()
 * @retval EFILE_OK   a node
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_node_cursor_next(efile_node_cursor *cursor, efile_node **out);

/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_node_cursor_free(efile_node_cursor *cursor);

/**
 * @brief Counts the children of a node that the actor may see and that are not in the trash.
 * @param[out] out the counts
 * @param session  open session
 * @param id       the node
 * @retval EFILE_OK         counted
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_count(efile_node_counts *out, efile_session *session,
					efile_id id);

/**
 * @brief Changes title, period, unit, medium, confidentiality and access list of a node.
 * @param session  open session; its actor needs write access, and the right to grant if access
 *                 list or confidentiality change
 * @param id       the node
 * @param revision the one seen
 * @param options  the new values, all of them; another reference number than the present one
 *                 renumbers, the old one stays as alias, NULL leaves it; doctype NULL: none
 * @retval EFILE_OK         changed
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value out of range
 * @retval EFILE_E_EXISTS   the reference number is in use
 * @retval EFILE_E_STATE    closed or in the trash
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile, or checked out by someone else
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_node_update(efile_session *session, efile_id id, int64_t revision,
					 const efile_node_options *options);

/**
 * @brief Moves a node with all it holds; the way back stands in the log.
 *
 * Cases go into dossiers and sub-dossiers, sub-cases into cases, documents into cases and
 * sub-cases, attachments to documents, sub-dossiers into dossiers. Dossiers are refiled:
 * efile_dossier_refile(). Reference numbers stay.
 *
 * @param session  open session; its actor needs write access to the node, to what it lies in and
 *                 to where it goes
 * @param id       the node
 * @param parent   where it goes
 * @param revision the one seen
 * @param reason   stands in the log; may be NULL
 * @retval EFILE_OK         moved
 * @retval EFILE_E_INVALID  a node of this kind can't lie there, or it would hold itself
 * @retval EFILE_E_STATE    one of the three is closed or in the trash
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile, or checked out
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @standard OKeVA: Umprotokollieren
 * @since 0.1
 */
EFILE_API efile_status efile_node_move(efile_session *session, efile_id id, efile_id parent,
				       int64_t revision, const char *reason);

/**
 * @brief Puts a node with all it holds into the trash (Papierkorb); it keeps place and number.
 * @param session  open session; its actor needs write access
 * @param id       the node
 * @param revision the one seen
 * @param reason   stands in the log; may be NULL
 * @retval EFILE_OK         in the trash
 * @retval EFILE_E_STATE    closed, or in the trash already: what is filed away is disposed of,
 *                          never thrown away
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile, or checked out by someone else
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_node_trash(efile_session *session, efile_id id, int64_t revision,
					const char *reason);

/**
 * @brief Takes a node out of the trash.
 * @param session  open session; its actor needs write access
 * @param id       the node that was put there
 * @param revision the one seen
 * @retval EFILE_OK         restored
 * @retval EFILE_E_STATE    not in the trash, or what it lies in is closed or in the trash
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_node_restore(efile_session *session, efile_id id, int64_t revision);

/**
 * @brief Checks a node out: until efile_node_unlock() only this actor may change it.
 * @param session open session; its actor needs write access
 * @param id      the node
 * @param remark  why; may be NULL
 * @retval EFILE_OK         locked; also if this actor held the lock already
 * @retval EFILE_E_STATE    closed or in the trash
 * @retval EFILE_E_CONFLICT locked by someone else, named in the message
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_node_lock(efile_session *session, efile_id id, const char *remark);

/**
 * @brief Checks a node in.
 * @param session open session; the actor who locked it, or one with the right to grant
 * @param id      the node
 * @retval EFILE_OK         unlocked
 * @retval EFILE_E_STATE    not locked
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   locked by someone else
 * @since 0.1
 */
EFILE_API efile_status efile_node_unlock(efile_session *session, efile_id id);

/**
 * @brief Who has checked a node out.
 * @param[out] out the actor; none if it is free
 * @param session  open session
 * @param id       the node
 * @retval EFILE_OK         answered
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_locked_by(efile_id *out, efile_session *session, efile_id id);

/** @brief The id. @param node a node @return the id @since 0.1 */
EFILE_API efile_id efile_node_id(const efile_node *node);
/** @brief The id of a dossier or sub-dossier. @param dossier a dossier @return the id
 * @since 0.1 */
EFILE_API efile_dossier_id efile_dossier_node_id(const efile_dossier *dossier);
/** @brief The id of a case or sub-case. @param c a case @return the id @since 0.1 */
EFILE_API efile_case_id efile_case_node_id(const efile_case *c);
/** @brief The kind. @param node a node @return the kind @since 0.1 */
EFILE_API efile_node_kind efile_node_kind_of(const efile_node *node);
/** @brief The name of a kind, such as "sub_dossier". @param kind a kind
 * @return constant text @since 0.1 */
EFILE_API const char *efile_node_kind_name(efile_node_kind kind);
/** @brief The state. @param node a node @return the state @since 0.1 */
EFILE_API efile_node_state efile_node_state_of(const efile_node *node);
/** @brief The name of a state, such as "closed". @param state a state
 * @return constant text @since 0.1 */
EFILE_API const char *efile_node_state_name(efile_node_state state);
/** @brief The title as given. @param node a node @return borrowed @since 0.1 */
EFILE_API const char *efile_node_title(const efile_node *node);
/** @brief The reference number. @param node a node @return borrowed; "" if it has none
 * @since 0.1 */
EFILE_API const char *efile_node_reference(const efile_node *node);
/** @brief The name of its type. @param node a node @return borrowed; "" if it has none
 * @since 0.1 */
EFILE_API const char *efile_node_doctype(const efile_node *node);
/** @brief The sender of a document. @param node a node @return borrowed; "" if none is known
 * @since 0.1 */
EFILE_API const char *efile_node_sender(const efile_node *node);
/** @brief The revision for optimistic updates. @param node a node @return the revision
 * @since 0.1 */
EFILE_API int64_t efile_node_revision(const efile_node *node);
/** @brief When it was created. @param node a node @return the time @since 0.1 */
EFILE_API efile_time efile_node_created(const efile_node *node);
/** @brief When it was filed away. @param node a node @return the time, 0 if it is not
 * @since 0.1 */
EFILE_API efile_time efile_node_closed(const efile_node *node);
/** @brief When it was put into the trash. @param node a node @return the time, 0 if it is not
 * there @since 0.1 */
EFILE_API efile_time efile_node_trashed(const efile_node *node);
/** @brief When a document was received. @param node a node @return the time, 0 if unknown
 * @since 0.1 */
EFILE_API efile_time efile_node_received(const efile_node *node);
/** @brief Begin of the period covered, or the date of a document. @param node a node
 * @return the date or none @since 0.1 */
EFILE_API efile_date efile_node_begin(const efile_node *node);
/** @brief End of the period covered. @param node a node @return the date or none @since 0.1 */
EFILE_API efile_date efile_node_end(const efile_node *node);
/** @brief The responsible unit. @param node a node @return an actor's id or none @since 0.1 */
EFILE_API efile_id efile_node_unit(const efile_node *node);
/** @brief The medium. @param node a node @return the medium @since 0.1 */
EFILE_API efile_medium efile_node_medium(const efile_node *node);
/** @brief The node's own confidentiality. @param node a node
 * @return a level, or EFILE_CONFIDENTIALITY_INHERITED @since 0.1 */
EFILE_API int32_t efile_node_confidentiality(const efile_node *node);
/** @brief The node's own access list. @param node a node @return its number; 0: inherited
 * @since 0.1 */
EFILE_API int64_t efile_node_access_list(const efile_node *node);
/** @brief Whether every read of content in it is journaled by its own mark. @param node a node
 * @return 1 or 0 @since 0.1 */
EFILE_API int efile_node_marked(const efile_node *node);
/** @brief Place among its brothers and sisters. @param node a node @return from 1; of a dossier 0
 * @since 0.1 */
EFILE_API int64_t efile_node_order(const efile_node *node);
/** @brief What it lies in. @param node a node @return a node's id; of a dossier: none
 * @since 0.1 */
EFILE_API efile_id efile_node_parent(const efile_node *node);
/** @brief The dossier it belongs to. @param node a node @return the id; of a dossier its own
 * @since 0.1 */
EFILE_API efile_dossier_id efile_node_dossier(const efile_node *node);
/** @brief The unit of the filing plan that its dossier is filed in. @param node a node
 * @return the id @since 0.1 */
EFILE_API efile_plan_id efile_node_plan(const efile_node *node);
/** @brief Frees a node. @param node a node or NULL @since 0.1 */
EFILE_API void efile_node_free(efile_node *node);

EFILE_END_DECLS

#endif
