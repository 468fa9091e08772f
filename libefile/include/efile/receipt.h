/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file receipt.h
 * @brief The receipt of invoices (Rechnungseingang): Leitweg-ID, discount and payment days,
 *        arithmetic, what an invoice means for the office (docs/RECEIPT.md).
 *
 * What stands first needs no store: it judges invoices that efile_invoice_read() has read. The
 * register of a store is at the end.
 */
#ifndef EFILE_RECEIPT_H
#define EFILE_RECEIPT_H

#include <efile/invoice.h>
#include <efile/session.h>

EFILE_BEGIN_DECLS

/* ------------------------------------------------------------------ Leitweg-ID */

/** @brief A Leitweg-ID in its parts. */
typedef struct efile_leitweg {
	char id[48];      /**< the whole, without the prefix of Peppol */
	char coarse[13];  /**< coarse address: 2 to 12 digits */
	char fine[31];    /**< fine address: up to 30 letters and digits, "" if there is none */
	char check[3];    /**< the two check digits */
	int peppol;       /**< 1 if it came as a Peppol participant identifier, "0204:..." */
} efile_leitweg;

/**
 * @brief Reads a Leitweg-ID, and says what is wrong with it.
 *
 * White space around it is passed over, and so is the prefix of its Peppol form, "0204:". The check
 * digits are those that efile_leitweg_make() computes; 00, 01 and 99 are never right.
 *
 * @param[out] out its parts
 * @param ctx      a context; its error tells what is wrong, in its language
 * @param text     the identifier
 * @retval EFILE_OK        well formed, check digits right
 * @retval EFILE_E_INVALID not one: E3441 to E3444 say why
 * @standard KoSIT, Formatspezifikation Leitweg-ID; ISO/IEC 7064, MOD 97-10
 * @since 0.1
 */
EFILE_API efile_status efile_leitweg_parse(efile_leitweg *out, efile_ctx *ctx, const char *text);

/**
 * @brief Makes a Leitweg-ID: puts the parts together and computes the check digits.
 * @param[out] out its parts
 * @param ctx      a context
 * @param coarse   2 to 12 digits
 * @param fine     up to 30 letters and digits; NULL or "": none
 * @retval EFILE_OK        made
 * @retval EFILE_E_INVALID an address has a wrong length or character
 * @since 0.1
 */
EFILE_API efile_status efile_leitweg_make(efile_leitweg *out, efile_ctx *ctx, const char *coarse,
					  const char *fine);

/* ------------------------------------------------------------------ discount and days of payment */

/** @brief What the terms of payment depend on; fill with efile_receipt_terms_options_init(). */
typedef struct efile_receipt_terms_options {
	size_t size;              /**< sizeof(efile_receipt_terms_options) of the caller */
	const char *received;     /**< day of receipt, YYYY-MM-DD; NULL: not yet received */
	const char *corrected;    /**< day on which a corrected invoice was received; NULL: none */
	const char *due;          /**< day on which the claim falls due; NULL: with the receipt */
	const char *performed;    /**< day on which the performance was received; NULL: BT-72 or receipt */
	const char *agreed;       /**< agreed day of payment, § 286 (2) BGB; NULL: none */
	int32_t agreed_days;      /**< agreed days from the receipt of the invoice; 0: none */
	const char *skonto_start; /**< "receipt", "invoice_date", "performance", or a day by the contract;
				    *  NULL: the receipt, marked as assumed */
	const char *accepted;     /**< amount accepted after a partial rejection; NULL: BT-115 */
	const char *land;         /**< holidays at the treasury's seat, such as "BW"; obligatory */
	const char *place;        /**< its municipality, eight digits */
} efile_receipt_terms_options;

/** @brief Fills options with their defaults. @param[out] options receives them @since 0.1 */
EFILE_API void efile_receipt_terms_options_init(efile_receipt_terms_options *options);

/**
 * @brief Computes discount (Skonto) and the three clocks of an invoice as JSON
 *        "efile.receipt_terms.v1": the agreed day (§ 286 (2) BGB), 30 days after due date and receipt
 *        (§ 286 (3) BGB), and the day that the seller wishes (BT-9); each with its derivation. Agreed
 *        terms of more than 30 days are flagged (§ 271a BGB).
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param invoice  an invoice
 * @param options  what they depend on
 * @retval EFILE_OK        computed
 * @retval EFILE_E_INVALID a day, an amount, Land or place is none, no Land is given, or the lines of BT-20 that begin
 *                         with # break the form of BR-DE-18
 * @retval EFILE_E_UNSUPPORTED the tables do not know the holidays of a year
 * @retval EFILE_E_NOMEM   out of memory
 * @standard BGB §§ 187-193, 271a, 286; XRechnung BR-DE-18
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_terms(char **out, const efile_invoice *invoice,
					   const efile_receipt_terms_options *options);

/* ------------------------------------------------------------------ what an invoice means */

/**
 * @brief What the office has to know of an invoice as JSON "efile.receipt_facts.v1": identity, kind
 *        (invoice, interim, final, correction, cancellation, credit note), amounts, seller, accounts,
 *        references, Leitweg-ID with the reason why it is none, and flags: construction withholding
 *        (§ 48 EStG), reverse charge (§ 13b UStG), security retention, another payee, ...
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param invoice  an invoice
 * @retval EFILE_OK      told; what is missing is null
 * @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_facts(char **out, const efile_invoice *invoice);

/**
 * @brief Recalculates an invoice, and compares it with the order if there is one: the ground for the
 *        arithmetical certification (rechnerisch richtig), which stays a person's.
 *
 * Findings: CALC-LINE, CALC-SUM, CALC-ALLOWANCES, CALC-CHARGES, CALC-NET, CALC-VAT, CALC-VAT-TOTAL,
 * CALC-GROSS, CALC-DUE; ORDER-NUMBER, ORDER-CURRENCY, ORDER-LINE, ORDER-UNIT, ORDER-QUANTITY,
 * ORDER-RECEIVED, ORDER-PRICE, ORDER-TOTAL; each with the term, the value found and the one expected.
 *
 * @param[out] out the findings; the caller frees them with efile_report_free()
 * @param invoice  an invoice
 * @param order    a JSON object (docs/RECEIPT.md): "number", "currency", "total", "lines" with "line",
 *                 "item", "quantity", "received", "unit", "price"; NULL: there is none
 * @retval EFILE_OK       calculated
 * @retval EFILE_E_FORMAT the order is no such object
 * @retval EFILE_E_LIMIT  a number is too large
 * @retval EFILE_E_NOMEM  out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_recalculate(efile_report **out, const efile_invoice *invoice,
						 const char *order);

/**
 * @brief Compares a final invoice (Schlussrechnung) with the interim ones (Abschlagsrechnungen) of its
 *        order: whether each of them is taken off once, with what was paid, and its tax (§ 14 (5) UStG).
 *
 * Findings: INTERIM-MISSING, INTERIM-TWICE, INTERIM-UNKNOWN, INTERIM-STATE, INTERIM-CURRENCY,
 * INTERIM-ORDER, INTERIM-PAID, INTERIM-VAT, INTERIM-SECURITY (docs/RECEIPT.md).
 *
 * @param[out] out the findings; the caller frees them with efile_report_free()
 * @param invoice  the final invoice
 * @param interim  a JSON list of interim invoices, or an object with it as "invoices", as
 *                 efile_receipt_interim() tells it: "number", "state", "currency", "payable",
 *                 "accepted", "retained", "paid", "withheld", "gross", "taxes"
 * @retval EFILE_OK        compared
 * @retval EFILE_E_FORMAT  no such list
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @standard UStG § 14 (5); BGB §§ 632a, 650g (4); VOB/B §§ 16, 17
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_compare_interim(efile_report **out, const efile_invoice *invoice,
						     const char *interim);

/* ------------------------------------------------------------------ the register of a store */

/**
 * @brief The interim invoices in the register that belong to an invoice, as JSON
 *        "efile.receipt_interim.v1": those of its seller and order (of its contract where one of both
 *        names no order), and those that it names in BG-3.
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  an administrator's, or one of the treasury
 * @param invoice  a final invoice; it need not be in the register
 * @retval EFILE_OK        told
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_DENIED  the actor may not see it
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_interim(char **out, efile_session *session,
					     const efile_invoice *invoice);

/**
 * @brief Sets what the receipt of a store goes by: "land" (holidays at the treasury's seat, such as
 *        "BW"), "place" (its municipality, eight digits), "treasury" (who hands over to the finance
 *        system) and "figures" (who sees figures): names of roles, units or persons with blanks
 *        between; "handover.csv", "handover.idoc": profiles (docs/RECEIPT.md). A template sets Land and treasury.
 * @param session an administrator's session
 * @param name    which setting
 * @param value   its value
 * @retval EFILE_OK        set
 * @retval EFILE_E_INVALID no such setting, or no value
 * @retval EFILE_E_FORMAT  the profile is none
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_set(efile_session *session, const char *name,
					 const char *value);

/** @brief What the office knows of a supplier (Kreditor); fill with efile_supplier_init(). */
typedef struct efile_supplier {
	size_t size;              /**< sizeof(efile_supplier) of the caller */
	const char *seller;       /**< VAT identifier, else tax number, else name; obligatory */
	const char *name;         /**< obligatory */
	const char *creditor;     /**< number in the accounting system; NULL: none */
	const char *iban;         /**< the account that holds from now on; NULL: those that are known stay */
	const char *skonto_start; /**< where discount days begin: "receipt", "invoice_date",
				    *  "performance"; NULL: nothing agreed */
	int32_t agreed_days;      /**< agreed for payment from the receipt; 0: nothing */
	const char *exempt_until; /**< last day of the certificate of exemption (§ 48b EStG); NULL: none */
} efile_supplier;

/** @brief Fills a supplier with nothing. @param[out] supplier receives it @since 0.1 */
EFILE_API void efile_supplier_init(efile_supplier *supplier);

/**
 * @brief Keeps a supplier's data. An authorised invoice adds its account by itself; another account
 *        than those known is a warning at the next invoice.
 * @param session  an administrator's session
 * @param supplier replaces what was known under the same key
 * @retval EFILE_OK        kept
 * @retval EFILE_E_INVALID key or name are missing; a day, start or IBAN is none
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_supplier_set(efile_session *session, const efile_supplier *supplier);

/**
 * @brief What is set for the receipt, as JSON "efile.receipt_settings.v1": a member for each setting, null
 *        if it is not set.
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  an administrator's, or one of the treasury
 * @retval EFILE_OK       told
 * @retval EFILE_E_DENIED the actor may not see it
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_settings(char **out, efile_session *session);

/**
 * @brief What is known of a supplier, as JSON "efile.supplier.v1".
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  an administrator's, or one of the treasury
 * @param seller   its key; blanks and letter case do not matter
 * @retval EFILE_OK         told
 * @retval EFILE_E_NOTFOUND nothing is known of it
 * @retval EFILE_E_INVALID  an argument is missing
 * @retval EFILE_E_DENIED   the actor may not see it
 * @since 0.1
 */
EFILE_API efile_status efile_supplier_find(char **out, efile_session *session, const char *seller);

/**
 * @brief What is known of suppliers, by their keys, as JSON "efile.suppliers.v1".
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  an administrator's, or one of the treasury
 * @param after    only suppliers behind this key; NULL: from the first one
 * @param most     at most so many; 0: 1,000
 * @retval EFILE_OK       told
 * @retval EFILE_E_DENIED the actor may not see it
 * @since 0.1
 */
EFILE_API efile_status efile_supplier_list(char **out, efile_session *session, const char *after,
					   int32_t most);

/**
 * @brief Keeps the suppliers of a table with a heading: seller, name, creditor, iban, skonto_start,
 *        agreed_days, exempt_until (efile_supplier); seller and name are obligatory columns.
 * @param[out] findings rows that are wrong, "SUPPLIER" with line and key: then nothing was changed; the
 *                      caller frees it with efile_report_free(); may be NULL
 * @param[out] count    how many were kept; may be NULL
 * @param session       an administrator's session
 * @param content       read to its end, not closed
 * @retval EFILE_OK        read; the findings tell whether it took effect
 * @retval EFILE_E_FORMAT  no such table
 * @retval EFILE_E_DENIED  the actor is no administrator
 * @retval EFILE_E_STORAGE the store failed; nothing was changed
 * @since 0.1
 */
EFILE_API efile_status efile_supplier_import(efile_report **findings, int64_t *count,
					     efile_session *session, efile_reader *content);

/* ------------------------------------------------------------------ figures */

/** @brief Of which invoices; fill with efile_receipt_figures_options_init(). */
typedef struct efile_receipt_figures_options {
	size_t size;       /**< sizeof(efile_receipt_figures_options) of the caller */
	const char *from;  /**< received from this day on, YYYY-MM-DD; NULL: all */
	const char *to;    /**< to this day; NULL: all */
} efile_receipt_figures_options;

/** @brief Fills options with their defaults. @param[out] options receives them @since 0.1 */
EFILE_API void efile_receipt_figures_options_init(efile_receipt_figures_options *options);

/**
 * @brief Figures of the receipt as JSON "efile.receipt_figures.v1": invoices by month and state; amounts
 *        received, open, overdue, paid; discounts won, lost, still possible, and how many of them with
 *        assumed days; times of the steps (median and 90th percentile by nearest rank); rules that were
 *        broken; suppliers whose invoices were returned or rejected.
 *
 * They carry no person: times of fewer than ten tasks are null. Who may see them is told by the setting
 * "figures" (efile_receipt_set()), without it administrators; they are of the whole register, whatever
 * else the session may see.
 *
 * @param[out] out one JSON object; the caller frees it with efile_free()
 * @param session  one who may see figures
 * @param options  NULL: of all invoices
 * @retval EFILE_OK        told
 * @retval EFILE_E_INVALID a day is none
 * @retval EFILE_E_DENIED  the actor may not see them
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_figures(char **out, efile_session *session,
					     const efile_receipt_figures_options *options);

/** @brief Figures for people. */
typedef enum efile_receipt_figures_form {
	EFILE_RECEIPT_FIGURES_TEXT = 1, /**< lines of text */
	EFILE_RECEIPT_FIGURES_HTML = 2  /**< a page with charts and tables, without scripts or network */
} efile_receipt_figures_form;

/**
 * @brief Writes figures for people, in the language of the context.
 * @param[out] out a text; the caller frees it with efile_free()
 * @param ctx      a context
 * @param figures  what efile_receipt_figures() has answered
 * @param form     which form
 * @retval EFILE_OK        written
 * @retval EFILE_E_FORMAT  no such figures
 * @retval EFILE_E_INVALID an argument is missing, no such form
 * @since 0.1
 */
EFILE_API efile_status efile_receipt_figures_write(char **out, efile_ctx *ctx, const char *figures,
						   efile_receipt_figures_form form);

EFILE_END_DECLS

#endif
