/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file types.h
 * @brief Ids, points in time and civil dates.
 */
#ifndef EFILE_TYPES_H
#define EFILE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include <efile/error.h>

EFILE_BEGIN_DECLS

/** @brief A UUID (RFC 9562) in network byte order; all zero means "none". */
typedef struct efile_id {
	unsigned char bytes[16];
} efile_id;

/* One type per kind of object, so that the compiler catches a mix-up. */
/** @brief Id of a person, unit, position, role or group. */
typedef struct efile_actor_id { efile_id id; } efile_actor_id;
/** @brief Id of a unit of the filing plan (Aktenplaneinheit). */
typedef struct efile_plan_id { efile_id id; } efile_plan_id;
/** @brief Id of a dossier or sub-dossier (Akte, Teilakte). */
typedef struct efile_dossier_id { efile_id id; } efile_dossier_id;
/** @brief Id of a case or sub-case (Vorgang, Teilvorgang). */
typedef struct efile_case_id { efile_id id; } efile_case_id;
/** @brief Id of a document or attachment (Dokument, Anlage). */
typedef struct efile_document_id { efile_id id; } efile_document_id;
/** @brief Id of a document version. */
typedef struct efile_version_id { efile_id id; } efile_version_id;
/** @brief Id of an intake item (Posteingang). */
typedef struct efile_intake_id { efile_id id; } efile_intake_id;
/** @brief Id of a process instance. */
typedef struct efile_instance_id { efile_id id; } efile_instance_id;
/** @brief Id of a human task. */
typedef struct efile_task_id { efile_id id; } efile_task_id;

enum {
	EFILE_ID_TEXT_SIZE = 37,  /**< room for an id as text with its terminator */
	EFILE_TIME_TEXT_SIZE = 28,/**< room for a time as text with its terminator */
	EFILE_DATE_TEXT_SIZE = 20 /**< room for a date as text with its terminator */
};

/** @brief A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
typedef int64_t efile_time;

/** @brief A civil date without zone, proleptic Gregorian; year 0 month 0 day 0 means "none". */
typedef struct efile_date {
	int32_t year;   /**< -999999999 to 999999999 */
	int8_t month;   /**< 1 to 12 */
	int8_t day;     /**< 1 to 31 */
	int16_t unused; /**< always 0 */
} efile_date;

/**
 * @brief Writes an id as text, lower-case 8-4-4-4-12.
 * @param id  the id
 * @param out receives EFILE_ID_TEXT_SIZE bytes with terminator
 * @return out
 * @since 0.1
 */
EFILE_API char *efile_id_format(const efile_id *id, char *out);

/**
 * @brief Reads an id from text, in either letter case.
 * @param[out] out the id
 * @param text 36 characters, 8-4-4-4-12
 * @retval EFILE_OK        read
 * @retval EFILE_E_INVALID not a UUID; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_id_parse(efile_id *out, const char *text);

/**
 * @brief Whether an id is the nil id.
 * @param id the id
 * @return 1 or 0
 * @since 0.1
 */
EFILE_API int efile_id_is_none(const efile_id *id);

/**
 * @brief Writes a time as RFC 3339 in UTC with microseconds only if there are any:
 *        2026-11-22T08:00:00Z, 2026-11-22T08:00:00.000250Z.
 * @param time years 0000 to 9999; what lies beyond is written as the first or last time in them
 * @param out  receives at most EFILE_TIME_TEXT_SIZE bytes with terminator
 * @return out
 * @since 0.1
 */
EFILE_API char *efile_time_format(efile_time time, char *out);

/**
 * @brief Reads an RFC 3339 time; the offset is obligatory, a fraction may have 1 to 9 digits
 *        (digits past the sixth are cut off).
 * @param[out] out the time
 * @param text the text
 * @retval EFILE_OK        read
 * @retval EFILE_E_INVALID not a time; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_time_parse(efile_time *out, const char *text);

/**
 * @brief Writes a date as YYYY-MM-DD; years before 0000 with a minus sign, years beyond 9999 with
 *        more digits, as XSD and FEEL do.
 * @param date a valid date; any other, "none" included, is written as ""
 * @param out  receives at most EFILE_DATE_TEXT_SIZE bytes with terminator
 * @return out
 * @since 0.1
 */
EFILE_API char *efile_date_format(efile_date date, char *out);

/**
 * @brief Reads a date YYYY-MM-DD; impossible days such as 2026-02-29 are refused.
 * @param[out] out the date
 * @param text the text
 * @retval EFILE_OK        read
 * @retval EFILE_E_INVALID not a date; out is untouched
 * @since 0.1
 */
EFILE_API efile_status efile_date_parse(efile_date *out, const char *text);

EFILE_END_DECLS

#endif
