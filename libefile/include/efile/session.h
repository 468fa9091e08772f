/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file session.h
 * @brief A session: an open store with an acting person. No act without an actor.
 */
#ifndef EFILE_SESSION_H
#define EFILE_SESSION_H

#include <efile/store.h>

EFILE_BEGIN_DECLS

/** @brief A store with an acting person; every function on e-files takes one. */
typedef struct efile_session efile_session;

/** @brief Options of efile_session_open(); fill with efile_session_options_init(). */
typedef struct efile_session_options {
	size_t size;                    /**< sizeof(efile_session_options) of the caller */
	const char *login;              /**< how the caller was authenticated, such as "os:weber" or
	                                     "app:portal"; NULL: the operating system's user that runs
	                                     the process, "os:" and its name */
	const char *on_behalf_of;       /**< name or id of the person who is substituted; NULL: nobody */
	const char *purpose;            /**< why, for the log; NULL */
	const char *break_glass_reason; /**< asks for emergency access and gives the reason; NULL: none */
} efile_session_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_session_options_init(efile_session_options *options);

/**
 * @brief Opens a session in which a person acts.
 *
 * The login must be permitted to act as that person (efile_login_permit()). A person who acts on
 * behalf of another must be that one's deputy today. Emergency access (docs/ACCESS.md section 7)
 * needs a reason, is journaled and written to the log hook as a warning. A refusal is journaled.
 *
 * @param[out] out the session; the caller closes it with efile_session_close()
 * @param store    an open store; it must stay open as long as the session
 * @param actor    name ("m.weber") or id of the person
 * @param options  NULL takes the defaults
 * @retval EFILE_OK         open
 * @retval EFILE_E_INVALID  no actor, an empty reason, or emergency access on behalf of another
 * @retval EFILE_E_DENIED   the login may not act as that person (or there is none), the person is
 *                          not active, no deputy of the other today, or emergency access was asked
 *                          for by an administrator
 * @retval EFILE_E_STORAGE  the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_session_open(efile_session **out, efile_store *store,
					  const char *actor, const efile_session_options *options);

/**
 * @brief Closes a session.
 * @param session a session or NULL; everything made from it must be freed before
 * @since 0.1
 */
EFILE_API void efile_session_close(efile_session *session);

/**
 * @brief The store of a session.
 * @param session an open session
 * @return borrowed
 * @since 0.1
 */
EFILE_API efile_store *efile_session_store(const efile_session *session);

/**
 * @brief The person who acts.
 * @param session an open session
 * @return the id
 * @since 0.1
 */
EFILE_API efile_actor_id efile_session_actor(const efile_session *session);

/**
 * @brief The name of the person who acts.
 * @param session an open session
 * @return borrowed, lives as long as the session
 * @since 0.1
 */
EFILE_API const char *efile_session_actor_name(const efile_session *session);

/**
 * @brief The person who is substituted (Vertretung).
 * @param session an open session
 * @return the id; nil if the actor acts in the own name
 * @since 0.1
 */
EFILE_API efile_actor_id efile_session_behalf(const efile_session *session);

/**
 * @brief Whether the actor holds the role "administrator" today.
 * @param session      an open session
 * @param[out] out     1 or 0
 * @retval EFILE_OK        said
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_session_is_administrator(efile_session *session, int *out);

EFILE_END_DECLS

#endif
