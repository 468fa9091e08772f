/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file access.h
 * @brief Who is who, and who may do what: actors, memberships, deputies, access lists.
 *
 * docs/ACCESS.md states the rules of the decision completely.
 */
#ifndef EFILE_ACCESS_H
#define EFILE_ACCESS_H

#include <efile/session.h>

EFILE_BEGIN_DECLS

/** @brief Kind of an actor. */
typedef enum efile_actor_kind {
	EFILE_ACTOR_PERSON = 1,   /**< a natural person; the only kind that acts */
	EFILE_ACTOR_UNIT = 2,     /**< organisational unit (Organisationseinheit) */
	EFILE_ACTOR_POSITION = 3, /**< position (Stelle) */
	EFILE_ACTOR_ROLE = 4,     /**< role; the one named "administrator" administers */
	EFILE_ACTOR_GROUP = 5     /**< any other group of actors */
} efile_actor_kind;

/** @brief Rights, as bits of a mask. Each of them brings EFILE_RIGHT_EXISTS along. */
typedef enum efile_right {
	EFILE_RIGHT_EXISTS = 1,   /**< to learn that the object exists */
	EFILE_RIGHT_READ = 2,     /**< metadata and content */
	EFILE_RIGHT_WRITE = 4,    /**< change, add, close */
	EFILE_RIGHT_SIGN = 8,     /**< sign and co-sign */
	EFILE_RIGHT_DISPOSE = 16, /**< offer, transfer, destroy */
	EFILE_RIGHT_EXPORT = 32,  /**< take out of the store */
	EFILE_RIGHT_GRANT = 64,   /**< change the access list and confidentiality */
	EFILE_RIGHT_ALL = 127     /**< all of them */
} efile_right;

/** @brief Confidentiality of an object, and what a person is cleared for (Verschlusssachen). */
typedef enum efile_confidentiality {
	EFILE_CONFIDENTIALITY_OPEN = 0,         /**< offen */
	EFILE_CONFIDENTIALITY_RESTRICTED = 1,   /**< VS - nur für den Dienstgebrauch */
	EFILE_CONFIDENTIALITY_CONFIDENTIAL = 2, /**< VS-vertraulich */
	EFILE_CONFIDENTIALITY_SECRET = 3,       /**< geheim */
	EFILE_CONFIDENTIALITY_TOP_SECRET = 4    /**< streng geheim */
} efile_confidentiality;

/**
 * @brief The name of a kind of actor, such as "person".
 * @param kind any value
 * @return constant text; NULL for other numbers
 * @since 0.1
 */
EFILE_API const char *efile_actor_kind_name(efile_actor_kind kind);

/**
 * @brief The kind of actor that a name stands for.
 * @param[out] out the kind
 * @param name "person", "unit", "position", "role", "group"
 * @retval EFILE_OK        found
 * @retval EFILE_E_INVALID no such kind; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_actor_kind_parse(efile_actor_kind *out, const char *name);

/**
 * @brief The name of one right, such as "read".
 * @param right one bit
 * @return constant text; NULL for other numbers
 * @since 0.1
 */
EFILE_API const char *efile_right_name(efile_right right);

/**
 * @brief Reads a list of rights such as "read,write" or "all".
 * @param[out] out the mask
 * @param text names separated by commas
 * @retval EFILE_OK        read
 * @retval EFILE_E_INVALID an unknown or missing name; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_rights_parse(unsigned *out, const char *text);

/**
 * @brief The name of a confidentiality level: "open", "restricted", "confidential", "secret",
 *        "top_secret".
 * @param level any value
 * @return constant text; NULL for other numbers
 * @since 0.1
 */
EFILE_API const char *efile_confidentiality_name(efile_confidentiality level);

/**
 * @brief The confidentiality level that a name stands for.
 * @param[out] out the level
 * @param name as efile_confidentiality_name() writes it
 * @retval EFILE_OK        found
 * @retval EFILE_E_INVALID no such level; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_confidentiality_parse(efile_confidentiality *out, const char *name);

/* ------------------------------------------------------------------ the first actor */

/**
 * @brief Creates the first person and the role "administrator" in a store without actors.
 *
 * The person gets the role, and the login the permission to act as that person. The role may manage
 * actors, filing plan, document types, access lists and process definitions; it gives no right on
 * content.
 *
 * @param[out] out the person; NULL: not wanted
 * @param store    an open store
 * @param login    as in efile_session_options; NULL: the operating system's user of the process
 * @param name     name of the person, such as "m.weber": 1 to 100 bytes of UTF-8, no white space
 * @param display  name for people; NULL: as name
 * @retval EFILE_OK        created
 * @retval EFILE_E_EXISTS  the store has an actor already
 * @retval EFILE_E_INVALID not a name
 * @retval EFILE_E_STORAGE the store failed; nothing was created
 * @since 0.1
 */
EFILE_API efile_status efile_access_bootstrap(efile_actor_id *out, efile_store *store,
					      const char *login, const char *name,
					      const char *display);

/* ------------------------------------------------------------------ actors */

/** @brief Settings of an actor; fill with efile_actor_options_init(). */
typedef struct efile_actor_options {
	size_t size;                     /**< sizeof(efile_actor_options) of the caller */
	const char *display;             /**< name for people; NULL: as name, or unchanged */
	const char *mail;                /**< mail address; NULL: none, or unchanged; "": removed */
	int active;                      /**< 1 active, 0 not, -1 (default) active, or unchanged */
	int clearance;                   /**< an efile_confidentiality, -1 (default) open, or unchanged */
} efile_actor_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_actor_options_init(efile_actor_options *options);

/**
 * @brief Creates a person, unit, position, role or group.
 * @param[out] out the actor
 * @param session  an administrator's
 * @param kind     what it is
 * @param name     its unique key, such as "m.weber": 1 to 100 bytes of UTF-8, no white space
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        created
 * @retval EFILE_E_INVALID not a name, kind or clearance
 * @retval EFILE_E_EXISTS  the name is taken
 * @retval EFILE_E_DENIED  not an administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was created
 * @since 0.1
 */
EFILE_API efile_status efile_actor_create(efile_actor_id *out, efile_session *session,
					  efile_actor_kind kind, const char *name,
					  const efile_actor_options *options);

/**
 * @brief Changes an actor. Actors are never deleted, only set inactive: the log names them.
 * @param session an administrator's
 * @param actor   the actor
 * @param options what to change
 * @retval EFILE_OK         changed, or nothing to change
 * @retval EFILE_E_INVALID  not a clearance
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STATE    the last active administrator must stay active
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_actor_update(efile_session *session, efile_actor_id actor,
					  const efile_actor_options *options);

/**
 * @brief Finds an actor by name or by the text of its id.
 * @param[out] out the actor
 * @param session  an open session
 * @param name     name or id
 * @retval EFILE_OK         found
 * @retval EFILE_E_NOTFOUND no such actor
 * @since 0.1
 */
EFILE_API efile_status efile_actor_find(efile_actor_id *out, efile_session *session,
					const char *name);

/** @brief An actor as a cursor hands it out; texts are borrowed until the next call. */
typedef struct efile_actor {
	efile_actor_id id;      /**< its id */
	efile_actor_kind kind;  /**< what it is */
	const char *name;       /**< unique key */
	const char *display;    /**< name for people */
	const char *mail;       /**< mail address or NULL */
	int active;             /**< 1 or 0 */
	efile_confidentiality clearance; /**< cleared for */
} efile_actor;

/** @brief Walks over actors. */
typedef struct efile_actor_cursor efile_actor_cursor;

/** @brief Which actors to list; fill with efile_actor_filter_init(). */
typedef struct efile_actor_filter {
	size_t size;            /**< sizeof(efile_actor_filter) of the caller */
	int kind;               /**< an efile_actor_kind; 0: all */
	int only_active;        /**< 1: leave out the inactive */
	efile_actor_id actor;   /**< only this one; nil: all */
	const char *after;      /**< start behind this name; NULL: at the first */
} efile_actor_filter;

/**
 * @brief Fills a filter that lets all actors through.
 * @param[out] filter receives the defaults
 * @since 0.1
 */
EFILE_API void efile_actor_filter_init(efile_actor_filter *filter);

/**
 * @brief Lists actors by name.
 * @param[out] out the cursor; the caller frees it with efile_actor_cursor_free()
 * @param session  an open session; it must outlive the cursor
 * @param filter   NULL lists all
 * @retval EFILE_OK        opened
 * @retval EFILE_E_INVALID a filter of a newer library with a setting unknown here
 * @since 0.1
 */
EFILE_API efile_status efile_actor_list(efile_actor_cursor **out, efile_session *session,
					const efile_actor_filter *filter);

/**
 * @brief The next actor.
 * @param cursor     a cursor
 * @param[out] actor borrowed texts, valid until the next call
 * @retval EFILE_OK        an actor
 * @retval EFILE_DONE      the end
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_actor_cursor_next(efile_actor_cursor *cursor, efile_actor *actor);

/**
 * @brief Frees a cursor.
 * @param cursor a cursor or NULL
 * @since 0.1
 */
EFILE_API void efile_actor_cursor_free(efile_actor_cursor *cursor);

/* ------------------------------------------------------------------ memberships */

/**
 * @brief Makes an actor a member of a unit, position, role or group, for a period.
 *
 * Members of members count too. Adding a membership that is there changes its period.
 *
 * @param session   an administrator's
 * @param member    person, unit, position, role or group
 * @param container unit, position, role or group
 * @param from      first day; nil: since ever
 * @param until     last day; nil: without end
 * @retval EFILE_OK         member
 * @retval EFILE_E_INVALID  container is a person, both are the same, or the period ends before it
 *                          begins
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STATE    the last active administrator must stay one
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_member_add(efile_session *session, efile_actor_id member,
					efile_actor_id container, efile_date from,
					efile_date until);

/**
 * @brief Ends a membership at once.
 * @param session   an administrator's
 * @param member    the member
 * @param container of what
 * @retval EFILE_OK         removed
 * @retval EFILE_E_NOTFOUND no such membership
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STATE    the last active administrator must stay one
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_member_remove(efile_session *session, efile_actor_id member,
					   efile_actor_id container);

/** @brief A membership as a cursor hands it out. */
typedef struct efile_member {
	efile_actor_id member;    /**< who */
	efile_actor_id container; /**< is in what */
	efile_date from;          /**< first day or nil */
	efile_date until;         /**< last day or nil */
} efile_member;

/** @brief Walks over memberships. */
typedef struct efile_member_cursor efile_member_cursor;

/**
 * @brief Lists direct memberships, past and future ones too.
 * @param[out] out  the cursor; the caller frees it with efile_member_cursor_free()
 * @param session   an open session; it must outlive the cursor
 * @param member    only of this member; nil: all
 * @param container only in this container; nil: all
 * @retval EFILE_OK opened
 * @since 0.1
 */
EFILE_API efile_status efile_member_list(efile_member_cursor **out, efile_session *session,
					 efile_actor_id member, efile_actor_id container);

/**
 * @brief The next membership.
 * @param cursor      a cursor
 * @param[out] member the membership
 * @retval EFILE_OK        a membership
 * @retval EFILE_DONE      the end
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_member_cursor_next(efile_member_cursor *cursor, efile_member *member);

/**
 * @brief Frees a cursor.
 * @param cursor a cursor or NULL
 * @since 0.1
 */
EFILE_API void efile_member_cursor_free(efile_member_cursor *cursor);

/* ------------------------------------------------------------------ deputies and absence */

/** @brief Settings of a substitution; fill with efile_deputy_options_init(). */
typedef struct efile_deputy_options {
	size_t size;        /**< sizeof(efile_deputy_options) of the caller */
	efile_date from;    /**< first day; nil: since ever */
	efile_date until;   /**< last day; nil: without end */
	unsigned rights;    /**< what is passed on; EFILE_RIGHT_ALL; grant never is */
	int only_absent;    /**< 1: only on days on which the principal is absent */
} efile_deputy_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_deputy_options_init(efile_deputy_options *options);

/**
 * @brief Names a deputy (Vertretung). Naming the same one again changes period and scope.
 * @param session   the principal's own or an administrator's, not on behalf of another
 * @param principal the person who is substituted
 * @param deputy    the person who steps in
 * @param options   NULL takes the defaults
 * @retval EFILE_OK         named
 * @retval EFILE_E_INVALID  not persons, the same person, no rights, or a period that ends before it
 *                          begins
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_DENIED   neither principal nor administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_deputy_add(efile_session *session, efile_actor_id principal,
					efile_actor_id deputy,
					const efile_deputy_options *options);

/**
 * @brief Ends a substitution at once.
 * @param session   the principal's own or an administrator's, not on behalf of another
 * @param principal the person who was substituted
 * @param deputy    the person who stepped in
 * @retval EFILE_OK         ended
 * @retval EFILE_E_NOTFOUND no such substitution
 * @retval EFILE_E_DENIED   neither principal nor administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_deputy_remove(efile_session *session, efile_actor_id principal,
					   efile_actor_id deputy);

/** @brief A substitution as a cursor hands it out. */
typedef struct efile_deputy {
	efile_actor_id principal; /**< who is substituted */
	efile_actor_id deputy;    /**< by whom */
	efile_date from;          /**< first day or nil */
	efile_date until;         /**< last day or nil */
	unsigned rights;          /**< what is passed on */
	int only_absent;          /**< 1: only while the principal is absent */
	int today;                /**< 1: in force today */
} efile_deputy;

/** @brief Walks over substitutions. */
typedef struct efile_deputy_cursor efile_deputy_cursor;

/**
 * @brief Lists substitutions, past and future ones too.
 * @param[out] out  the cursor; the caller frees it with efile_deputy_cursor_free()
 * @param session   an open session; it must outlive the cursor
 * @param principal only of this person; nil: all
 * @param deputy    only by this person; nil: all
 * @retval EFILE_OK opened
 * @since 0.1
 */
EFILE_API efile_status efile_deputy_list(efile_deputy_cursor **out, efile_session *session,
					 efile_actor_id principal, efile_actor_id deputy);

/**
 * @brief The next substitution.
 * @param cursor      a cursor
 * @param[out] deputy the substitution
 * @retval EFILE_OK        a substitution
 * @retval EFILE_DONE      the end
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_deputy_cursor_next(efile_deputy_cursor *cursor, efile_deputy *deputy);

/**
 * @brief Frees a cursor.
 * @param cursor a cursor or NULL
 * @since 0.1
 */
EFILE_API void efile_deputy_cursor_free(efile_deputy_cursor *cursor);

/**
 * @brief Notes that a person is absent (Abwesenheit). The same first day again changes the last.
 * @param session the person's own or an administrator's, not on behalf of another
 * @param person  who is absent
 * @param from    first day
 * @param until   last day; nil: without end
 * @retval EFILE_OK         noted
 * @retval EFILE_E_INVALID  not a person, no first day, or a period that ends before it begins
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_DENIED   neither the person nor an administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_absence_set(efile_session *session, efile_actor_id person,
					 efile_date from, efile_date until);

/**
 * @brief Takes an absence back.
 * @param session the person's own or an administrator's, not on behalf of another
 * @param person  who is not absent after all
 * @param from    its first day
 * @retval EFILE_OK         taken back
 * @retval EFILE_E_NOTFOUND no absence that begins on that day
 * @retval EFILE_E_DENIED   neither the person nor an administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_absence_remove(efile_session *session, efile_actor_id person,
					    efile_date from);

/**
 * @brief Whether a person is absent today.
 * @param session  an open session
 * @param person   the person
 * @param[out] out 1 or 0
 * @retval EFILE_OK         said
 * @retval EFILE_E_NOTFOUND no such actor
 * @since 0.1
 */
EFILE_API efile_status efile_absence_today(efile_session *session, efile_actor_id person, int *out);

/* ------------------------------------------------------------------ logins */

/**
 * @brief Permits a login to act as a person.
 * @param session an administrator's
 * @param login   such as "os:weber": 1 to 200 bytes of UTF-8, no white space
 * @param person  as whom it may act
 * @retval EFILE_OK         permitted, or was before
 * @retval EFILE_E_INVALID  not a login, or not a person
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_login_permit(efile_session *session, const char *login,
					  efile_actor_id person);

/**
 * @brief Takes the permission back; open sessions of that login end with it.
 * @param session an administrator's
 * @param login   the login
 * @param person  as whom it could act
 * @retval EFILE_OK         revoked
 * @retval EFILE_E_NOTFOUND no such permission
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STORAGE  the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_login_revoke(efile_session *session, const char *login,
					  efile_actor_id person);

/* ------------------------------------------------------------------ access lists */

/** @brief One line of an access list. */
typedef struct efile_access_entry {
	efile_actor_id subject;  /**< person, unit, position, role or group */
	unsigned rights;         /**< mask of efile_right */
	int deny;                /**< 1: denied, and that wins; 0: allowed */
	int not_by_deputy;       /**< 1: an allowed right does not pass on to deputies */
} efile_access_entry;

/**
 * @brief Gives an access list with exactly these entries a number.
 *
 * Lists are shared and never change: equal entries, in whatever order, have one number. Making one
 * gives nobody anything; using it for an object needs EFILE_RIGHT_GRANT there.
 *
 * @param[out] out the number, above 0
 * @param session  an open session
 * @param entries  at most 1,000
 * @param count    how many; 0: nobody may anything
 * @retval EFILE_OK         there it is
 * @retval EFILE_E_INVALID  an entry without rights, or with unknown ones
 * @retval EFILE_E_LIMIT    more than 1,000 entries
 * @retval EFILE_E_NOTFOUND no such actor
 * @retval EFILE_E_STORAGE  the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_access_list_make(int64_t *out, efile_session *session,
					      const efile_access_entry *entries, size_t count);

/** @brief Walks over the entries of an access list. */
typedef struct efile_access_cursor efile_access_cursor;

/**
 * @brief Lists the entries of an access list.
 * @param[out] out the cursor; the caller frees it with efile_access_cursor_free()
 * @param session  an open session; it must outlive the cursor
 * @param list     the list's number
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such list
 * @since 0.1
 */
EFILE_API efile_status efile_access_list_show(efile_access_cursor **out, efile_session *session,
					      int64_t list);

/**
 * @brief The next entry.
 * @param cursor     a cursor
 * @param[out] entry the entry
 * @retval EFILE_OK        an entry
 * @retval EFILE_DONE      the end
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_access_cursor_next(efile_access_cursor *cursor,
						efile_access_entry *entry);

/**
 * @brief Frees a cursor.
 * @param cursor a cursor or NULL
 * @since 0.1
 */
EFILE_API void efile_access_cursor_free(efile_access_cursor *cursor);

EFILE_END_DECLS

#endif
