/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file period.h
 * @brief Public holidays (gesetzliche Feiertage), working days and legal periods (Fristen).
 *
 * A **calendar** is named by the Land and, if it matters, the place: `DE-BW`, or `DE-BY/09162000`
 * with the eight digits of the municipality key (AGS). Some holidays are kept in parts of a Land
 * only: Corpus Christi in Saxony and Thuringia, Assumption Day and the Peace Festival in Bavaria.
 * Without the place, or where the tables do not know it, the answer is EFILE_DAY_ASK: never a
 * guess. docs/PERIOD.md tells what the tables hold and where it comes from.
 *
 * Nothing here depends on the clock or on a store.
 */
#ifndef EFILE_PERIOD_H
#define EFILE_PERIOD_H

#include <efile/ctx.h>
#include <efile/types.h>

EFILE_BEGIN_DECLS

enum {
	EFILE_CALENDAR_FIRST_YEAR = 1995, /**< before it the tables know nothing */
	EFILE_CALENDAR_LAST_YEAR = 2199   /**< by the law as it stands today */
};

/** @brief The answer to a question about a day. */
typedef enum efile_day_answer {
	EFILE_DAY_NO = 0,  /**< it is not */
	EFILE_DAY_YES = 1, /**< it is */
	EFILE_DAY_ASK = 2  /**< a holiday in parts of the Land: the place decides */
} efile_day_answer;

/** @brief Which days count as working days. */
typedef enum efile_day_kind {
	EFILE_OFFICE_DAY = 0, /**< Monday to Friday without public holidays (Arbeitstag) */
	EFILE_WERKTAG = 1     /**< Monday to Saturday without public holidays (Werktag) */
} efile_day_kind;

/** @brief A public holiday. Texts live as long as the library. */
typedef struct efile_holiday {
	efile_date date;         /**< the day */
	efile_day_answer answer; /**< EFILE_DAY_YES, or EFILE_DAY_ASK if the place decides */
	const char *code;        /**< stable code, such as "KARFREITAG" */
	const char *name;        /**< name in the language of the context */
	const char *law;         /**< the act that makes it one */
} efile_holiday;

/** @brief Walks over the holidays of a year. */
typedef struct efile_holiday_cursor efile_holiday_cursor;

/**
 * @brief Lists the public holidays of a year by day and code; those that the place decides
 *        included. Two can fall on one day, as Ascension Day did on 1 May 2008.
 * @param[out] out the cursor; the caller frees it with efile_holiday_cursor_free()
 * @param ctx      the context
 * @param calendar such as "DE-BW" or "DE-BY/09162000"
 * @param year     EFILE_CALENDAR_FIRST_YEAR to EFILE_CALENDAR_LAST_YEAR
 * @retval EFILE_OK            made
 * @retval EFILE_E_INVALID     no such calendar, or a place outside its Land
 * @retval EFILE_E_UNSUPPORTED the tables do not know the year
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_holidays(efile_holiday_cursor **out, efile_ctx *ctx,
				      const char *calendar, int32_t year);

/**
 * @brief The next holiday.
 * @param cursor       a cursor
 * @param[out] holiday receives it
 * @retval EFILE_OK        a holiday
 * @retval EFILE_DONE      the end
 * @retval EFILE_E_INVALID an argument is missing
 * @since 0.1
 */
EFILE_API efile_status efile_holiday_cursor_next(efile_holiday_cursor *cursor,
						 efile_holiday *holiday);

/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_holiday_cursor_free(efile_holiday_cursor *cursor);

/**
 * @brief Whether a day is a public holiday.
 *
 * An ordinary Sunday is none here, although some acts count it among them: no period ends on it
 * either way.
 *
 * @param[out] out     the answer; EFILE_DAY_ASK if the place decides
 * @param[out] holiday which one; untouched if the answer is EFILE_DAY_NO; NULL if not wanted
 * @param ctx          the context
 * @param calendar     such as "DE-BW" or "DE-BY/09162000"
 * @param date         the day
 * @retval EFILE_OK            answered
 * @retval EFILE_E_INVALID     no such calendar, a place outside its Land, or not a date
 * @retval EFILE_E_UNSUPPORTED the tables do not know the year
 * @since 0.1
 */
EFILE_API efile_status efile_is_holiday(efile_day_answer *out, efile_holiday *holiday,
					efile_ctx *ctx, const char *calendar, efile_date date);

/**
 * @brief Whether a day is a working day: of the office, or a Werktag.
 * @param[out] out the answer; EFILE_DAY_ASK if the place decides
 * @param ctx      the context
 * @param calendar such as "DE-BW" or "DE-BY/09162000"
 * @param date     the day
 * @param kind     which days count
 * @retval EFILE_OK            answered
 * @retval EFILE_E_INVALID     no such calendar or kind, a place outside its Land, or not a date
 * @retval EFILE_E_UNSUPPORTED the tables do not know the year
 * @since 0.1
 */
EFILE_API efile_status efile_is_working_day(efile_day_answer *out, efile_ctx *ctx,
					    const char *calendar, efile_date date,
					    efile_day_kind kind);

/**
 * @brief The n-th working day after (n > 0) or before (n < 0) a day, which itself never counts;
 *        with n = 0 the first working day on or after it.
 *
 * If a holiday on the way is one in parts of the Land only and the calendar names no place that
 * decides it, there are two results: with the holiday worked, and with all such holidays free.
 *
 * @param[out] out   the day, such holidays worked: the nearer one
 * @param[out] other the day, such holidays free: the farther one; equal to out if the place is of
 *                   no matter. NULL insists on one result
 * @param ctx        the context
 * @param calendar   such as "DE-BW" or "DE-BY/09162000"
 * @param date       the day to count from
 * @param n          working days
 * @param kind       which days count
 * @retval EFILE_OK            counted
 * @retval EFILE_E_INVALID     no such calendar or kind, a place outside its Land, not a date; or
 *                             other is NULL and the place decides: the message names the holiday
 * @retval EFILE_E_UNSUPPORTED the way leads into a year that the tables do not know
 * @since 0.1
 */
EFILE_API efile_status efile_working_days_add(efile_date *out, efile_date *other, efile_ctx *ctx,
					      const char *calendar, efile_date date, int32_t n,
					      efile_day_kind kind);

/* ---- legal periods ---- */

/** @brief How sure a computed date is. */
typedef enum efile_period_state {
	EFILE_PERIOD_FINAL = 0,     /**< it is the date */
	EFILE_PERIOD_WAITS = 1,     /**< the event that begins the period has not happened: no date */
	EFILE_PERIOD_ASK_PLACE = 2, /**< the place decides: efile_period_other() if it keeps the holiday */
	EFILE_PERIOD_LAW_OPEN = 3   /**< a change of the Land's act is not confirmed:
				     *   efile_period_other() is the date by the older text */
} efile_period_state;

/** @brief The place and the parameters of a computation. */
typedef struct efile_period_options {
	size_t size;            /**< set by EFILE_PERIOD_OPTIONS_INIT */
	const char *land;       /**< whose holidays count: "BW" or "DE-BW"; NULL if none matter */
	const char *place;      /**< key of the municipality, eight digits; NULL if not known */
	const char *parameters; /**< "unit=M;n=1": what the rule declares; NULL for its defaults */
} efile_period_options;

/** @brief The defaults of efile_period_options. */
#define EFILE_PERIOD_OPTIONS_INIT { sizeof(efile_period_options), NULL, NULL, NULL }

/** @brief Sets the defaults, for languages without macros. @param options what to set @since 0.1 */
EFILE_API void efile_period_options_init(efile_period_options *options);

/** @brief One step of a derivation. Texts live as long as the period, the struct until the next call. */
typedef struct efile_period_step {
	efile_date date;  /**< the day it is about; none if there is no day */
	const char *code; /**< stable code, such as "END_188_2" (docs/PERIOD.md) */
	const char *law;  /**< the clause it follows */
	const char *text; /**< the reason in the language of the context */
} efile_period_step;

/** @brief A named rule. Texts live as long as the library; "" where there is none. */
typedef struct efile_period_rule {
	const char *name;       /**< such as "bgb.period" */
	const char *title;      /**< what it computes, in the language of the context */
	const char *land;       /**< "DE", or the Land whose law it is */
	const char *law;        /**< the law */
	const char *valid_from; /**< first day, "" open */
	const char *valid_to;   /**< last day, "" open */
	const char *start;      /**< "day", "instant" or "none" */
	const char *status;     /**< "law", "open" (a point is to be confirmed) or "own" */
	const char *parameters; /**< name:type[=default], separated by blanks */
} efile_period_rule;

/** @brief A computed period: date, end, derivation. */
typedef struct efile_period efile_period;

/**
 * @brief Computes the end of a period (Fristende), or another day by a named rule, with its
 *        derivation.
 *
 * An instant counts by its local day in Germany, unless the rule counts hours. Where a holiday is
 * kept in parts of the Land only and the place is not known, it is computed both ways; different
 * dates answer EFILE_PERIOD_ASK_PLACE, never a guess.
 *
 * @param[out] out the result; the caller frees it with efile_period_free()
 * @param ctx      the context
 * @param rule     name of the rule, as efile_period_rule_at() lists them
 * @param from     the start: a date, or an instant with offset; NULL: it has not happened yet
 * @param options  place and parameters; NULL takes the defaults
 * @retval EFILE_OK            computed; look at efile_period_state_of()
 * @retval EFILE_E_NOTFOUND    no such rule
 * @retval EFILE_E_INVALID     no such Land, place, parameter or value; or the rule needs one that is
 *                             missing
 * @retval EFILE_E_UNSUPPORTED the way leads into a year whose holidays the tables do not know
 * @retval EFILE_E_NOMEM       out of memory
 * @standard BGB §§ 186-193, VwVfG §§ 31, 41, AO §§ 108, 122, ZPO § 222, Regulation 1182/71
 * @since 0.1
 */
EFILE_API efile_status efile_period_compute(efile_period **out, efile_ctx *ctx, const char *rule,
					    const char *from, const efile_period_options *options);

/** @brief The day: the last one of the period. @param period a period
 * @return the day; none if the period waits for its event @since 0.1 */
EFILE_API efile_date efile_period_date(const efile_period *period);
/** @brief The day by the other reading, if the state tells of one. @param period a period
 * @return the day, or none @since 0.1 */
EFILE_API efile_date efile_period_other(const efile_period *period);
/** @brief The instant of the end: the first one that is too late, or the instant itself for rules of
 * hours. @param period a period @return the instant; 0 if the period waits for its event
 * @since 0.1 */
EFILE_API efile_time efile_period_end(const efile_period *period);
/** @brief How sure the date is. @param period a period @return the state @since 0.1 */
EFILE_API efile_period_state efile_period_state_of(const efile_period *period);
/** @brief The name of a state: "final", "waits_for_event", "ask_place", "law_unconfirmed".
 * @param state which @return constant text, "" for no state @since 0.1 */
EFILE_API const char *efile_period_state_name(efile_period_state state);
/** @brief A step of the derivation. @param period a period @param index from 0
 * @return the step, valid until the next call; NULL past the end @since 0.1 */
EFILE_API const efile_period_step *efile_period_step_at(efile_period *period, size_t index);
/**
 * @brief The period as JSON: docs/json.md, efile.period.v1.
 * @param[out] json_out one JSON object; the caller frees it with efile_free()
 * @param period        a period
 * @retval EFILE_OK        written
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_period_json(char **json_out, const efile_period *period);
/** @brief Frees a period. @param period a period or NULL @since 0.1 */
EFILE_API void efile_period_free(efile_period *period);

/**
 * @brief Lists the rules.
 * @param[out] out the rule
 * @param ctx      the context, for the language
 * @param index    from 0
 * @retval EFILE_OK        a rule
 * @retval EFILE_DONE      there is none at the index
 * @retval EFILE_E_INVALID an argument is missing
 * @since 0.1
 */
EFILE_API efile_status efile_period_rule_at(efile_period_rule *out, efile_ctx *ctx, size_t index);

EFILE_END_DECLS

#endif
