/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file template.h
 * @brief Templates: filing plan, roles, types and processes to start with.
 */
#ifndef EFILE_TEMPLATE_H
#define EFILE_TEMPLATE_H

#include <efile/document.h>

EFILE_BEGIN_DECLS

/**
 * @brief Brings a template into a store: actors, access lists, document types, filing plan
 *        and processes, in one transaction.
 *
 * What is there already by its name or code stays as it is, so that a template may be applied
 * again, and on top of another one.
 *
 * @param session an administrator's session
 * @param name    "municipal"
 * @param land    the Land's two letters, "BW" or "HE"
 * @retval EFILE_OK         applied
 * @retval EFILE_E_NOTFOUND no such template or Land
 * @retval EFILE_E_DENIED   the actor is no administrator
 * @retval EFILE_E_FORMAT   a template file of the context's schema folder is malformed
 * @retval EFILE_E_STORAGE  the store failed; nothing was applied
 * @since 0.1
 */
EFILE_API efile_status efile_template_apply(efile_session *session, const char *name,
					    const char *land);

EFILE_END_DECLS

#endif
