/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file handover.h
 * @brief Handing over to the finance system (Übergabe an das Finanzverfahren): authorised invoices leave
 *        as postings in numbered batches, and its answers come back (docs/RECEIPT.md).
 *
 * A batch is made first, durably, and written afterwards, as often as need be, with the same bytes:
 * whatever fails in between, no posting is lost and none leaves twice.
 *
 * Who may do it is told by the setting "treasury" (efile_receipt_set()): names of roles, units or
 * persons; without it administrators. Invoices that the session may not export stay behind.
 */
#ifndef EFILE_HANDOVER_H
#define EFILE_HANDOVER_H

#include <efile/decimal.h>
#include <efile/reader.h>
#include <efile/report.h>
#include <efile/session.h>

EFILE_BEGIN_DECLS

/** @brief How a batch is written. */
typedef enum efile_handover_format {
	EFILE_HANDOVER_CSV = 1,  /**< a table; its columns are told by a profile */
	EFILE_HANDOVER_XML = 2,  /**< XML by schemas/handover/handover.xsd */
	EFILE_HANDOVER_IDOC = 3  /**< SAP IDocs INVOIC02, as a file port reads them */
} efile_handover_format;

/**
 * @brief The name of a format.
 * @param format one
 * @return "csv", "xml", "idoc"; NULL if there is no such format
 * @since 0.1
 */
EFILE_API const char *efile_handover_format_name(efile_handover_format format);
/**
 * @brief The format of a name.
 * @param[out] out receives it
 * @param name     as efile_handover_format_name() answers it
 * @retval EFILE_OK        found
 * @retval EFILE_E_INVALID no such format
 * @since 0.1
 */
EFILE_API efile_status efile_handover_format_parse(efile_handover_format *out, const char *name);

/** @brief What a batch is made by; fill with efile_handover_options_init(). */
typedef struct efile_handover_options {
	size_t size;                  /**< sizeof(efile_handover_options) of the caller */
	efile_handover_format format; /**< default: EFILE_HANDOVER_CSV */
	int32_t most;                 /**< at most so many postings, up to 100,000; 0: 10,000 */
	const char *profile;          /**< JSON (docs/RECEIPT.md); NULL: the setting "handover.csv" or
				        *  "handover.idoc", else what the library has by itself */
} efile_handover_options;

/** @brief Fills options with their defaults. @param[out] options receives them @since 0.1 */
EFILE_API void efile_handover_options_init(efile_handover_options *options);

/**
 * @brief Makes the next batch of the postings that wait, or answers the one that was made but whose
 *        file is not yet written (the options then play no part).
 *
 * What cannot be written (a letter that the encoding does not have) is refused here, before anything is
 * changed.
 *
 * @param[out] number  the number of the batch, from 1, without gaps
 * @param session      one who may hand over
 * @param options      NULL: the defaults
 * @retval EFILE_OK        there is a batch to be written
 * @retval EFILE_DONE      nothing waits; number is untouched
 * @retval EFILE_E_DENIED  the actor may not hand over
 * @retval EFILE_E_FORMAT  the profile is none
 * @retval EFILE_E_INVALID a value cannot be written as the profile says, or an option is none
 * @retval EFILE_E_STORAGE the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_handover_make(int64_t *number, efile_session *session,
					   const efile_handover_options *options);
/**
 * @brief Writes the file of a batch: each time the same bytes.
 * @param session one who may hand over
 * @param number  a batch
 * @param writer  receives it
 * @retval EFILE_OK         written
 * @retval EFILE_E_NOTFOUND no such batch
 * @retval EFILE_E_DENIED   the actor may not hand over
 * @retval EFILE_E_DAMAGED  the bytes are not those that the batch was made with
 * @since 0.1
 */
EFILE_API efile_status efile_handover_write(efile_session *session, int64_t number,
					    efile_writer *writer);
/**
 * @brief Writes the file of a batch to a path, whole or not at all (it appears, synced, under its name;
 *        an older file of that name is replaced), and notes that it is written.
 * @param session one who may hand over
 * @param number  a batch; one that was written may be written again
 * @param path    the file
 * @retval EFILE_OK         the file is durable, and the batch no longer waits for it
 * @retval EFILE_E_NOTFOUND no such batch
 * @retval EFILE_E_DENIED   the actor may not hand over
 * @retval EFILE_E_STATE    inside of a transaction of the caller: the batch may not be durable yet
 * @retval EFILE_E_IO       the file could not be written; the batch waits on
 * @retval EFILE_E_DAMAGED  as efile_handover_write()
 * @retval EFILE_E_STORAGE  the file is there, but the store failed: call again
 * @since 0.1
 */
EFILE_API efile_status efile_handover_save(efile_session *session, int64_t number,
					   const char *path);
enum { EFILE_HANDOVER_CURRENCIES = 32 };

/** @brief What a batch has of one currency. */
typedef struct efile_handover_sum {
	char currency[8];   /**< ISO 4217 */
	int64_t count;      /**< postings */
	efile_decimal sum;  /**< of their amounts */
} efile_handover_sum;

/** @brief A batch. */
typedef struct efile_handover_batch {
	int64_t number;                /**< from 1, without gaps */
	efile_handover_format format;
	int written;                   /**< 0: its file is still to be written */
	int64_t postings;              /**< how many */
	efile_time created;
	efile_decimal control;         /**< sum of all amounts, whatever the currency */
	size_t sum_count;              /**< currencies */
	efile_handover_sum sums[EFILE_HANDOVER_CURRENCIES];
} efile_handover_batch;

/**
 * @brief A batch by its number.
 * @param[out] out what it is
 * @param session  one who may hand over
 * @param number   a batch
 * @retval EFILE_OK         found
 * @retval EFILE_E_NOTFOUND no such batch
 * @retval EFILE_E_DENIED   the actor may not hand over
 * @since 0.1
 */
EFILE_API efile_status efile_handover_find(efile_handover_batch *out, efile_session *session,
					   int64_t number);
/**
 * @brief The newest batch below a number: all of them, when asked again and again.
 * @param[out] out what it is; untouched if there is none
 * @param session  one who may hand over
 * @param before   a number; 0: the newest of all
 * @retval EFILE_OK       found
 * @retval EFILE_DONE     there is none
 * @retval EFILE_E_DENIED the actor may not hand over
 * @since 0.1
 */
EFILE_API efile_status efile_handover_next(efile_handover_batch *out, efile_session *session,
					   int64_t before);
/**
 * @brief How many postings wait to be handed over.
 * @param[out] out their number
 * @param session  one who may hand over
 * @retval EFILE_OK       counted
 * @retval EFILE_E_DENIED the actor may not hand over
 * @since 0.1
 */
EFILE_API efile_status efile_handover_waiting(int64_t *out, efile_session *session);
/**
 * @brief A batch with its totals and postings as JSON "efile.handover.v1".
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  one who may hand over
 * @param number   a batch
 * @retval EFILE_OK         told
 * @retval EFILE_E_NOTFOUND no such batch
 * @retval EFILE_E_DENIED   the actor may not hand over
 * @since 0.1
 */
EFILE_API efile_status efile_handover_show(char **out, efile_session *session, int64_t number);
/**
 * @brief The batches, newest first, and how many postings wait, as JSON "efile.handover_list.v1".
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  one who may hand over
 * @param before   only batches below this number; 0: from the newest one
 * @param most     at most so many; 0: 100
 * @retval EFILE_OK       told
 * @retval EFILE_E_DENIED the actor may not hand over
 * @since 0.1
 */
EFILE_API efile_status efile_handover_list(char **out, efile_session *session, int64_t before,
					   int32_t most);

/** @brief What became of the answers of a file. */
typedef struct efile_handover_counts {
	int64_t lines;     /**< answers in the file */
	int64_t accepted;  /**< postings that the finance system has booked */
	int64_t rejected;  /**< postings that it has refused: their invoices go to mend-payment */
	int64_t paid;      /**< postings that it has paid: their invoices are filed and closed */
	int64_t same;      /**< answers that were known */
} efile_handover_counts;

/**
 * @brief Reads the answers of the finance system (Rückmeldung): a table with a heading, or XML by
 *        schemas/handover/answers.xsd (docs/RECEIPT.md).
 *
 * All answers of the file take effect or none: any finding that is an error leaves everything as it is.
 * Reading the same file again changes nothing. Findings: ANSWER-KEY, ANSWER-STATE, ANSWER-DATE,
 * ANSWER-ORDER, ANSWER-DOCUMENT, ANSWER-CURRENCY, ANSWER-AMOUNT, ANSWER-PROCESS; ANSWER-DISCOUNT is a
 * warning. Each has the line, and the key as its term.
 *
 * @param[out] findings what is wrong; the caller frees it with efile_report_free(); may be NULL
 * @param[out] counts   what became of them, zeros but for lines after an error; may be NULL
 * @param session       one who may hand over; answers about invoices that it may not write to are
 *                      unknown keys
 * @param content       read to its end, not closed
 * @retval EFILE_OK        read; the findings tell whether it took effect
 * @retval EFILE_E_FORMAT  neither such a table nor such XML
 * @retval EFILE_E_DENIED  the actor may not hand over
 * @retval EFILE_E_LIMIT   the file is too long
 * @retval EFILE_E_STORAGE the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_handover_acknowledge(efile_report **findings,
						  efile_handover_counts *counts,
						  efile_session *session, efile_reader *content);

EFILE_END_DECLS

#endif
