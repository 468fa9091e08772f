/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file plan.h
 * @brief The filing plan (Aktenplan): a tree of units that hand their rules down.
 *
 * Everybody may read the plan; administrators write it. Its access lists are for what is filed.
 */
#ifndef EFILE_PLAN_H
#define EFILE_PLAN_H

#include <efile/access.h>

EFILE_BEGIN_DECLS

/** @brief What happens to a dossier at the end of its retention period (Aussonderungsart). */
typedef enum efile_disposal {
	EFILE_DISPOSAL_INHERITED = 0, /**< as the unit above says */
	EFILE_DISPOSAL_KEEP = 1,      /**< A: goes to the archive (archivwuerdig) */
	EFILE_DISPOSAL_APPRAISE = 2,  /**< B: the archive decides (bewerten) */
	EFILE_DISPOSAL_DESTROY = 3    /**< V: is destroyed (vernichten) */
} efile_disposal;

/** @brief When a retention period (Aufbewahrungsfrist) starts. */
typedef enum efile_retention_start {
	EFILE_RETENTION_START_INHERITED = 0, /**< as the unit above says */
	EFILE_RETENTION_START_CLOSED = 1,    /**< the day of filing away (z.d.A.) */
	EFILE_RETENTION_START_YEAR_END = 2,  /**< the end of the calendar year of filing away */
	EFILE_RETENTION_START_EVENT = 3      /**< an event reported from outside, such as leaving service */
} efile_retention_start;

enum {
	EFILE_RETENTION_INHERITED = -1,      /**< retention_years: as the unit above says */
	EFILE_RETENTION_UNLIMITED = -2,      /**< retention_years: without end */
	EFILE_CONFIDENTIALITY_INHERITED = -1 /**< confidentiality: as the object above says */
};

/** @brief A unit of the filing plan (Aktenplaneinheit). */
typedef struct efile_plan efile_plan;
/** @brief A cursor over units of the filing plan. */
typedef struct efile_plan_cursor efile_plan_cursor;

/** @brief What a unit says; fill with efile_plan_options_init(). */
typedef struct efile_plan_options {
	size_t size;               /**< sizeof(efile_plan_options) of the caller */
	efile_plan_id parent;      /**< the unit above; none for a top unit */
	const char *code;          /**< unique, such as "10.24.1"; obligatory */
	const char *title;         /**< obligatory */
	efile_date valid_from;     /**< first day; none: always */
	efile_date valid_to;       /**< last day; none: always */
	int32_t retention_years;   /**< 0 to 1000, or EFILE_RETENTION_INHERITED, _UNLIMITED */
	efile_retention_start retention_start; /**< inherited */
	efile_disposal disposal;   /**< inherited */
	int32_t confidentiality;   /**< level 0 to 4, or EFILE_CONFIDENTIALITY_INHERITED */
	int64_t access_list;       /**< number of an access list; 0: inherited */
	const char *pattern;       /**< of reference numbers, such as
	                            * "{plan.code}-{dossier:04}/{case:03}-{yyyy}"; NULL: inherited */
} efile_plan_options;

/** @brief The rules in force at a unit, each with the unit that says so (none: nobody does). */
typedef struct efile_plan_rules {
	int32_t retention_years;             /**< years, or EFILE_RETENTION_UNLIMITED */
	efile_plan_id retention_years_from;  /**< its source */
	efile_retention_start retention_start; /**< filing away, if nobody says */
	efile_plan_id retention_start_from;  /**< its source */
	efile_disposal disposal;             /**< appraise, if nobody says */
	efile_plan_id disposal_from;         /**< its source */
	int32_t confidentiality;             /**< 0, if nobody says */
	efile_plan_id confidentiality_from;  /**< its source */
	int64_t access_list;                 /**< 0, if nobody says: then nobody may read */
	efile_plan_id access_list_from;      /**< its source */
	char pattern[256];                   /**< the pattern of reference numbers */
	efile_plan_id pattern_from;          /**< its source; none: the built-in pattern */
} efile_plan_rules;

/**
 * @brief Fills options with their defaults: everything inherited.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_plan_options_init(efile_plan_options *options);

/**
 * @brief Creates a unit of the filing plan.
 * @param[out] out the unit; the caller frees it with efile_plan_free(); NULL: not wanted
 * @param session  open session of an administrator
 * @param options  code and title at least
 * @retval EFILE_OK         created
 * @retval EFILE_E_INVALID  no code or title, a broken pattern, a value out of range
 * @retval EFILE_E_EXISTS   the code is in use
 * @retval EFILE_E_NOTFOUND no such unit above, or no such access list
 * @retval EFILE_E_DENIED   not an administrator
 * @retval EFILE_E_STORAGE  database or disk failed; nothing was created
 * @standard xdomea: Aktenplaneinheit
 * @since 0.1
 */
EFILE_API efile_status efile_plan_create(efile_plan **out, efile_session *session,
					 const efile_plan_options *options);

/**
 * @brief Changes what a unit says; the parent stays.
 * @param session  open session of an administrator
 * @param id       the unit
 * @param revision the one seen: efile_plan_revision()
 * @param options  the new values, all of them
 * @retval EFILE_OK         changed
 * @retval EFILE_E_INVALID  no code or title, a broken pattern, a value out of range
 * @retval EFILE_E_EXISTS   the code is in use
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile
 * @retval EFILE_E_NOTFOUND no such unit or access list
 * @retval EFILE_E_DENIED   not an administrator
 * @since 0.1
 */
EFILE_API efile_status efile_plan_update(efile_session *session, efile_plan_id id,
					 int64_t revision, const efile_plan_options *options);

/**
 * @brief Loads a unit.
 * @param[out] out the unit; the caller frees it with efile_plan_free()
 * @param session  open session
 * @param id       the unit
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such unit
 * @since 0.1
 */
EFILE_API efile_status efile_plan_load(efile_plan **out, efile_session *session, efile_plan_id id);

/**
 * @brief Loads a unit by its code.
 * @param[out] out the unit; the caller frees it with efile_plan_free()
 * @param session  open session
 * @param code     such as "10.24.1"
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such unit
 * @since 0.1
 */
EFILE_API efile_status efile_plan_by_code(efile_plan **out, efile_session *session,
					  const char *code);

/**
 * @brief Lists the units right below a unit, by code.
 * @param[out] out the cursor; the caller frees it with efile_plan_cursor_free()
 * @param session  open session
 * @param parent   the unit above; none lists the top units
 * @param after    code of the last unit seen: the list goes on behind it; NULL starts it
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such unit above
 * @since 0.1
 */
EFILE_API efile_status efile_plan_children(efile_plan_cursor **out, efile_session *session,
					   efile_plan_id parent, const char *after);

/**
 * @brief The next unit.
 * @param cursor   a cursor
 * @param[out] out the unit; the caller frees it with efile_plan_free()
 * @retval EFILE_OK   a unit
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_plan_cursor_next(efile_plan_cursor *cursor, efile_plan **out);

/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_plan_cursor_free(efile_plan_cursor *cursor);

/**
 * @brief The rules in force at a unit: its own and those it inherits, each with its source.
 * @param[out] out the rules
 * @param session  open session
 * @param id       the unit
 * @retval EFILE_OK         found
 * @retval EFILE_E_NOTFOUND no such unit
 * @since 0.1
 */
EFILE_API efile_status efile_plan_effective(efile_plan_rules *out, efile_session *session,
					    efile_plan_id id);

/** @brief What an import did. */
typedef struct efile_plan_import_counts {
	int64_t created; /**< units that are new */
	int64_t changed; /**< units that say something else now */
	int64_t same;    /**< units that were so already */
} efile_plan_import_counts;

/**
 * @brief Imports a filing plan from a table: each row a unit, made or brought up to date.
 *
 * The table is text as spreadsheets write it (RFC 4180; comma, semicolon or tab; UTF-8). Its first row
 * names the columns, in English or German: code (Kennzeichen), title (Titel, Bezeichnung), and, where
 * wanted, parent (übergeordnet: a code), valid_from, valid_to (gültig_ab, gültig_bis: YYYY-MM-DD), retention
 * (Aufbewahrung: years or unlimited), start (Fristbeginn: closed, year_end, event), disposal (Aussonderung: A,
 * B, V), confidentiality (Geheimhaltung: a level's name), access_list (Zugriffsliste: a number), pattern
 * (Muster). An empty cell means: inherited; a column that is not there leaves alone what units say. Without
 * the column parent, a unit lies below the longest code that its own begins with. Units that the table
 * does not name stay; none is moved.
 *
 * All rows or none: if the report has an error, nothing was written. Repeated, it changes nothing.
 *
 * @param[out] out    findings PLAN-COLUMN, PLAN-VALUE, PLAN-PARENT, PLAN-UNIT, each with its line; the
 *                    caller frees it with efile_report_free()
 * @param[out] counts what was done; NULL: not wanted
 * @param session     open session of an administrator
 * @param csv         the table, read to its end, not closed; at most 16 MiB and 20,000 rows
 * @retval EFILE_OK        imported, or the report says why not
 * @retval EFILE_E_INVALID no table or no place for the report
 * @retval EFILE_E_FORMAT  no such table: not UTF-8, a quotation mark that is not closed
 * @retval EFILE_E_LIMIT   too long
 * @retval EFILE_E_DENIED  not an administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was written
 * @since 0.1
 */
EFILE_API efile_status efile_plan_import(efile_report **out, efile_plan_import_counts *counts,
					 efile_session *session, efile_reader *csv);

/** @brief The id. @param plan a unit @return the id @since 0.1 */
EFILE_API efile_plan_id efile_plan_unit_id(const efile_plan *plan);
/** @brief The unit above. @param plan a unit @return its id, none for a top unit @since 0.1 */
EFILE_API efile_plan_id efile_plan_parent(const efile_plan *plan);
/** @brief The code. @param plan a unit @return borrowed @since 0.1 */
EFILE_API const char *efile_plan_code(const efile_plan *plan);
/** @brief The title as given. @param plan a unit @return borrowed @since 0.1 */
EFILE_API const char *efile_plan_title(const efile_plan *plan);
/** @brief The revision for optimistic updates. @param plan a unit @return the revision
 * @since 0.1 */
EFILE_API int64_t efile_plan_revision(const efile_plan *plan);
/**
 * @brief What the unit itself says, nothing inherited.
 * @param plan     a unit
 * @param[out] out the values; texts are borrowed from the unit
 * @since 0.1
 */
EFILE_API void efile_plan_options_of(const efile_plan *plan, efile_plan_options *out);
/** @brief Frees a unit. @param plan a unit or NULL @since 0.1 */
EFILE_API void efile_plan_free(efile_plan *plan);

EFILE_END_DECLS

#endif
