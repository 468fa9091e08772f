/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file period.h
 * @brief Public holidays (gesetzliche Feiertage) and working days of the 16 Länder.
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

EFILE_END_DECLS

#endif
