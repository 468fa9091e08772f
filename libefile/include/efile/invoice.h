/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file invoice.h
 * @brief Electronic invoices (E-Rechnung): EN 16931 in UBL 2.1 and CII D16B.
 *
 * Reading needs no store. What an invoice says is a tree of business terms (BT) in groups (BG), each
 * with its place in the document; what is wrong with it is a report.
 */
#ifndef EFILE_INVOICE_H
#define EFILE_INVOICE_H

#include <efile/decimal.h>
#include <efile/reader.h>
#include <efile/report.h>

EFILE_BEGIN_DECLS

/** @brief What bytes are, as far as invoices are concerned. */
typedef enum efile_invoice_format {
	EFILE_INVOICE_NOT_XML = 0,        /**< neither XML nor PDF */
	EFILE_INVOICE_PDF = 1,            /**< a PDF, which may carry an invoice as attachment */
	EFILE_INVOICE_OTHER_XML = 2,      /**< XML with another root element */
	EFILE_INVOICE_UBL_INVOICE = 3,    /**< UBL 2.1 Invoice */
	EFILE_INVOICE_UBL_CREDIT_NOTE = 4,/**< UBL 2.1 CreditNote */
	EFILE_INVOICE_CII = 5,            /**< UN/CEFACT CrossIndustryInvoice D16B */
	EFILE_INVOICE_ZUGFERD_1 = 6,      /**< ZUGFeRD 1.0, recognised but not read */
	EFILE_INVOICE_ORDER_X = 7,        /**< Order-X, an order and no invoice */
	EFILE_INVOICE_DRAFT = 8           /**< no document: made by efile_invoice_new() */
} efile_invoice_format;

/** @brief An invoice that has been read. */
typedef struct efile_invoice efile_invoice;
/** @brief A term or group of an invoice; borrowed from it. */
typedef struct efile_invoice_item efile_invoice_item;

/**
 * @brief The name of a format: "ubl-invoice", "ubl-credit-note", "cii", "zugferd-1", "order-x",
 *        "other-xml", "pdf", "not-xml", "draft".
 * @param format which @return constant text, never NULL
 * @since 0.1
 */
EFILE_API const char *efile_invoice_format_name(efile_invoice_format format);

/**
 * @brief Tells what bytes are, by their root element or first bytes.
 * @param[out] out  the format
 * @param[out] root the root element of XML with its namespace, "{uri}name"; NULL for anything else;
 *                  may be NULL; the caller frees it with free()
 * @param ctx a context @param data the bytes @param length their number
 * @retval EFILE_OK      told; what is no XML is no error
 * @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_detect(efile_invoice_format *out, char **root, efile_ctx *ctx,
					    const void *data, size_t length);

/**
 * @brief Reads an invoice in XML.
 * @param[out] out the invoice; the caller frees it with efile_invoice_free()
 * @param ctx    a context; the invoice belongs to it
 * @param reader read to its end, not closed
 * @retval EFILE_OK            read; whether it obeys the rules says efile_invoice_check()
 * @retval EFILE_E_FORMAT      not well-formed XML, or with a DOCTYPE; line and column are on ctx
 * @retval EFILE_E_UNSUPPORTED well-formed, but neither UBL invoice or credit note nor CII
 * @retval EFILE_E_LIMIT       too large, too deep, too many
 * @retval EFILE_E_NOMEM       out of memory; also errors of the reader
 * @standard EN 16931-1:2017, CEN/TS 16931-3-2 and -3-3
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_read(efile_invoice **out, efile_ctx *ctx,
					  efile_reader *reader);

/**
 * @brief Reads an invoice in XML from memory; as efile_invoice_read().
 * @param[out] out the invoice; the caller frees it with efile_invoice_free()
 * @param ctx a context @param data the bytes, read only during the call @param length their number
 * @retval EFILE_OK read @retval EFILE_E_FORMAT not well-formed @retval EFILE_E_UNSUPPORTED no
 * invoice @retval EFILE_E_LIMIT too large @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_from_xml(efile_invoice **out, efile_ctx *ctx,
					      const void *data, size_t length);

/** @brief Frees an invoice. @param invoice an invoice or NULL @since 0.1 */
EFILE_API void efile_invoice_free(efile_invoice *invoice);

/** @brief The syntax that the invoice came in. @param invoice an invoice
 * @return UBL invoice, UBL credit note, CII or draft @since 0.1 */
EFILE_API efile_invoice_format efile_invoice_format_of(const efile_invoice *invoice);

/** @brief The specification identifier (BT-24). @param invoice an invoice
 * @return borrowed text, "" if there is none @since 0.1 */
EFILE_API const char *efile_invoice_profile(const efile_invoice *invoice);

/**
 * @brief The first value of a term anywhere in the invoice.
 * @param invoice an invoice @param term such as "BT-1"
 * @return borrowed text (dates as YYYY-MM-DD, all else as written without white space around), NULL
 * if the invoice has none
 * @since 0.1
 */
EFILE_API const char *efile_invoice_value(const efile_invoice *invoice, const char *term);

/**
 * @brief The first item of a term or group below another.
 * @param invoice an invoice @param group a group of it, NULL for the document level
 * @param term such as "BG-25" or "BT-131"; NULL for whatever comes first
 * @return borrowed, NULL if there is none
 * @since 0.1
 */
EFILE_API const efile_invoice_item *efile_invoice_first(const efile_invoice *invoice,
							const efile_invoice_item *group,
							const char *term);
/**
 * @brief The next item in the same group.
 * @param invoice an invoice @param item an item of it
 * @param term which term or group to look for; NULL for whatever comes next
 * @return borrowed, NULL if there is none
 * @since 0.1
 */
EFILE_API const efile_invoice_item *efile_invoice_next(const efile_invoice *invoice,
						       const efile_invoice_item *item,
						       const char *term);
/** @brief The term of an item, such as "BT-131". @param item an item @return constant text @since 0.1 */
EFILE_API const char *efile_invoice_item_term(const efile_invoice_item *item);
/** @brief The name of an item's term in the context's language. @param invoice an invoice
 * @param item an item of it @return constant text @since 0.1 */
EFILE_API const char *efile_invoice_item_name(const efile_invoice *invoice,
					      const efile_invoice_item *item);
/** @brief The value of an item, as efile_invoice_value(). @param invoice an invoice
 * @param item an item of it @return borrowed text, "" for a group @since 0.1 */
EFILE_API const char *efile_invoice_item_value(const efile_invoice *invoice,
					       const efile_invoice_item *item);
/** @brief The line of an item's element in the document. @param invoice an invoice
 * @param item an item of it @param[out] column the column in bytes from 1; may be NULL
 * @return the line from 1 @since 0.1 */
EFILE_API long efile_invoice_item_line(const efile_invoice *invoice, const efile_invoice_item *item,
				       long *column);
/**
 * @brief The path of an item's element, such as "/Invoice/cac:InvoiceLine[3]/cbc:ID[1]".
 * @param[out] out the path; the caller frees it with free()
 * @param invoice an invoice @param item an item of it
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_item_path(char **out, const efile_invoice *invoice,
					       const efile_invoice_item *item);

/**
 * @brief Decodes an attached document (BT-125) of a supporting document (BG-24).
 * @param invoice an invoice @param item a BG-24 or BT-125 of it
 * @param writer  receives the bytes, at most efile_limits.document_bytes
 * @retval EFILE_OK          written
 * @retval EFILE_E_NOTFOUND  the group has no attached document
 * @retval EFILE_E_FORMAT    not base64
 * @retval EFILE_E_LIMIT     too long; also errors of the writer
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_attachment(const efile_invoice *invoice,
						const efile_invoice_item *item,
						efile_writer *writer);

/**
 * @brief A file name for an attached document that is safe on every disk: made of the name that the
 *        invoice gives (BT-125-2) or the reference of the document (BT-122), without folders, control
 *        and invisible characters, and unlike those of the invoice's other documents.
 * @param[out] out the name; the caller frees it with free()
 * @param invoice an invoice @param group a BG-24 of it
 * @retval EFILE_OK         made
 * @retval EFILE_E_NOTFOUND the group has no attached document
 * @retval EFILE_E_NOMEM    out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_attachment_name(char **out, const efile_invoice *invoice,
						     const efile_invoice_item *group);

/**
 * @brief The whole invoice as JSON "efile.invoice.v1": terms by their number, repeated ones as
 *        arrays, attached documents without their bytes (docs/json.md).
 * @param[out] out the JSON text, one line; the caller frees it with free()
 * @param invoice an invoice
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_json(char **out, const efile_invoice *invoice);

/**
 * @brief Checks an invoice against the structure of its syntax (findings "XSD"), EN 16931 and, if
 *        it says that it is one (BT-24), XRechnung: every rule as the CEN artefacts 1.3.16 and XRechnung 2.5.0 evaluate it in the invoice's syntax. A
 *        rule that fires on three elements gives three findings. Where those artefacts stop without
 *        a verdict, since a value is no number or there are two of what there may be one, a finding
 *        EFILE-... says so and the other rules go on.
 * @param[out] out the findings in the context's language, with term, line, column and path; the
 *                 caller frees them with efile_report_free()
 * @param invoice an invoice
 * @retval EFILE_OK checked; an invoice without findings of severity error is accepted by these rules
 * @retval EFILE_E_STATE a draft: write it, and read what was written
 * @retval EFILE_E_NOMEM out of memory
 * @standard EN 16931-1:2017, section 6.4
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_check(efile_report **out, const efile_invoice *invoice);

/**
 * @brief Begins an invoice that is made and not read: a draft without any term.
 *
 * efile_invoice_add() puts terms into it, efile_invoice_write() makes a document of it. Asking for its
 * terms works as with one that was read; there are no places, and it is checked by reading the
 * document that was written.
 *
 * @param[out] out the draft; the caller frees it with efile_invoice_free()
 * @param ctx a context; the draft belongs to it
 * @retval EFILE_OK begun @retval EFILE_E_INVALID no context or no place for the result
 * @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_new(efile_invoice **out, efile_ctx *ctx);

/**
 * @brief Adds a term or group to a draft, in any order.
 *
 * Items that were borrowed from the draft before are no longer good after it.
 *
 * @param[out] out the number of a group, to add to it; may be NULL
 * @param invoice a draft
 * @param group   0 for the document level, else the number of a group
 * @param term    such as "BT-1" or "BG-25"; a part such as "BT-29-1" goes to the last BT-29 of the group
 * @param value   a date as 2026-03-02, a number as 12.50, an attached document in base64, else text;
 *                NULL for a group
 * @retval EFILE_OK        added
 * @retval EFILE_E_INVALID no such term or group, the term does not belong there, or no value for it
 * @retval EFILE_E_EXISTS  the group has that term already and may have it once
 * @retval EFILE_E_STATE   the invoice was read from a document
 * @retval EFILE_E_NOMEM   out of memory
 * @standard EN 16931-1:2017, section 6.3
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_add(size_t *out, efile_invoice *invoice, size_t group,
					 const char *term, const char *value);

/**
 * @brief A draft of what JSON says, in the shape of efile_invoice_json() (docs/json.md); attached
 *        documents are objects {"base64": "..."}.
 * @param[out] out the draft; the caller frees it with efile_invoice_free()
 * @param ctx a context @param text the JSON @param length its bytes
 * @retval EFILE_OK        made
 * @retval EFILE_E_FORMAT  no JSON, or no object
 * @retval EFILE_E_INVALID a term that there is not, that does not belong there or has a wrong value
 * @retval EFILE_E_EXISTS  a term is there twice
 * @retval EFILE_E_LIMIT   nested too deep @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_from_json(efile_invoice **out, efile_ctx *ctx, const char *text,
					       size_t length);

/**
 * @brief Writes an invoice as a document in UBL 2.1 or CII D16B, whichever it came in.
 *
 * @param[out] out    the document, UTF-8 with a NUL behind; the caller frees it with free()
 * @param[out] length its bytes; may be NULL
 * @param[out] losses what is not in it; may be NULL; the caller frees it with efile_report_free().
 *                    EFILE-LOSS: a term that the syntax cannot say, or not so often; EFILE-FILLED: a
 *                    value that the syntax demands was put in; EFILE-OUTSIDE: the source has more than
 *                    the terms of EN 16931. The written document is read again for it.
 * @param invoice an invoice that was read, or a draft
 * @param format  EFILE_INVOICE_UBL_INVOICE, EFILE_INVOICE_UBL_CREDIT_NOTE or EFILE_INVOICE_CII
 * @retval EFILE_OK        written; whether it obeys the rules says efile_invoice_check()
 * @retval EFILE_E_INVALID another format, or text that XML cannot hold
 * @retval EFILE_E_LIMIT   too long to be read again @retval EFILE_E_NOMEM out of memory
 * @standard CEN/TS 16931-3-2 and -3-3
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_write(char **out, size_t *length, efile_report **losses,
					   const efile_invoice *invoice,
					   efile_invoice_format format);

/**
 * @brief Which document of UBL an invoice makes: a credit note for the type codes (BT-3) that UNTDID
 *        1001 has for those, else an invoice; one that was read from UBL stays what it was.
 * @param invoice an invoice
 * @return EFILE_INVOICE_UBL_INVOICE or EFILE_INVOICE_UBL_CREDIT_NOTE
 * @since 0.1
 */
EFILE_API efile_invoice_format efile_invoice_ubl_format(const efile_invoice *invoice);

/** @brief A rule that invoices are checked by. Text is borrowed and lives as long as the context. */
typedef struct efile_invoice_rule {
	const char *id;              /**< such as "BR-CO-10" */
	const char *layer;           /**< "CEN-EN16931" or "XRechnung" */
	const char *version;         /**< of the layer, such as "1.3.16" */
	const char *source;          /**< what the layer is */
	efile_severity severity;     /**< of a finding, before a scenario changes it */
	const char *terms;           /**< business terms, "BT-106 BT-131"; "" for none */
	const char *context;         /**< which elements it is tried on (schemas/invoice/README.md) */
	const char *test;            /**< what must be true for them */
	const char *message;         /**< what a finding says, in the context's language */
} efile_invoice_rule;

/**
 * @brief One rule of the sets that efile_invoice_check() evaluates.
 * @param[out] out  the rule
 * @param ctx    a context
 * @param format the syntax; UBL invoices and credit notes share their rules
 * @param index  from 0
 * @retval EFILE_OK       given
 * @retval EFILE_DONE     there are no more rules
 * @retval EFILE_E_FORMAT a rule file in the context's schema folder is wrong
 * @retval EFILE_E_NOMEM  out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_rule_at(efile_invoice_rule *out, efile_ctx *ctx,
					     efile_invoice_format format, size_t index);

/** @brief Whether an invoice is to be accepted. */
typedef struct efile_invoice_decision {
	char scenario[96];           /**< the scenario that decides; "" if there is none for the invoice */
	int accepted;                /**< 1: no finding is an error in the scenario, or without one at all */
	size_t errors;               /**< findings that are errors in the scenario */
	size_t warnings;             /**< findings that are warnings in the scenario */
} efile_invoice_decision;

/**
 * @brief Decides by the findings whether an invoice is to be accepted, as XRechnung's test
 *        configuration does: a scenario for the format and the specification identifier (BT-24)
 *        changes the severity of some rules.
 * @param[out] out the decision @param invoice an invoice
 * @param report its findings, from efile_invoice_check(); they stay as they are
 * @retval EFILE_OK decided @retval EFILE_E_NOMEM out of memory
 * @retval EFILE_E_FORMAT a line of rules/scenarios.rules in the schema folder is not understood
 * @retval EFILE_E_IO that file is there and cannot be read @retval EFILE_E_LIMIT it is too long
 * @standard XRechnung 3.0.2, test configuration of 2026-01-31
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_decide(efile_invoice_decision *out,
					    const efile_invoice *invoice,
					    const efile_report *report);

/** @brief What an invoice is judged by: which rules run, and which of them change their severity. */
typedef struct efile_invoice_scenario {
	char name[96];               /**< such as "EN16931 XRechnung (UBL Invoice)" */
	char specification[256];     /**< the specification identifier (BT-24) that it fits */
	char layers[64];             /**< of rules, with blanks between: "CEN-EN16931 XRechnung" */
	efile_invoice_format format; /**< the document that it fits */
} efile_invoice_scenario;

/**
 * @brief One scenario of XRechnung's test configuration.
 * @param[out] out the scenario @param ctx a context @param index from 0
 * @retval EFILE_OK told @retval EFILE_DONE there are no more @retval EFILE_E_NOMEM out of memory
 * @retval EFILE_E_FORMAT a line of rules/scenarios.rules in the schema folder is not understood
 * @retval EFILE_E_IO that file is there and cannot be read @retval EFILE_E_LIMIT it is too long
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_scenario_at(efile_invoice_scenario *out, efile_ctx *ctx,
						 size_t index);

/**
 * @brief Chooses the scenario of an invoice, whatever its BT-24 says: efile_invoice_check() then runs its
 *        layers of rules, efile_invoice_decide() and efile_invoice_report_write() weigh by it.
 * @param invoice an invoice that was read
 * @param name    as efile_invoice_scenario_at() has it, or without the document in brackets ("EN16931
 *                XRechnung"); letter case does not matter. NULL: again the one that fits
 * @retval EFILE_OK         chosen
 * @retval EFILE_E_NOTFOUND there is no such scenario for the invoice's format; the message names those
 *                          that there are
 * @retval EFILE_E_FORMAT   a line of rules/scenarios.rules in the schema folder is not understood
 * @retval EFILE_E_IO that file is there and cannot be read @retval EFILE_E_LIMIT it is too long
 * @retval EFILE_E_NOMEM    out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_set_scenario(efile_invoice *invoice, const char *name);

/**
 * @brief Lets efile_invoice_check() also go by XML schemas in a folder, such as the official ones of UBL 2.1
 *        or CII D16B. The one that declares the invoice's document element is found by its namespace below the
 *        folder, whatever the files are called; what it imports is taken from there only, never from a
 *        network. It is compiled once per context. What it says more than the own check of the structure
 *        comes as findings "XSD".
 * @param invoice an invoice that was read
 * @param folder  where the schemas are; NULL: none, as from the beginning
 * @retval EFILE_OK            found and compiled
 * @retval EFILE_E_NOTFOUND    there is none for this document, or a schema that it imports is missing
 * @retval EFILE_E_FORMAT      not a valid schema
 * @retval EFILE_E_UNSUPPORTED a pattern in it could take for ever to match
 * @retval EFILE_E_STATE       a draft: write it, and read what was written
 * @retval EFILE_E_IO the folder cannot be read @retval EFILE_E_LIMIT too many files, or too long ones
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_set_schemas(efile_invoice *invoice, const char *folder);

/** @brief The form of a report. */
typedef enum efile_invoice_report_format {
	EFILE_INVOICE_REPORT_JSONL = 0, /**< one JSON object per finding (docs/json.md) */
	EFILE_INVOICE_REPORT_XML = 1,   /**< XML in the form of SVRL (ISO/IEC 19757-3) */
	EFILE_INVOICE_REPORT_HTML = 2,  /**< a page to read and print */
	EFILE_INVOICE_REPORT_LETTER = 3 /**< text of a letter that tells the sender what to mend */
} efile_invoice_report_format;

/**
 * @brief Writes what was found out about an invoice, in the context's language.
 * @param[out] out the text, UTF-8; the caller frees it with free()
 * @param invoice an invoice
 * @param report  its findings, from efile_invoice_check(); the scenario weighs them as
 *                efile_invoice_decide() does
 * @param format  which form
 * @retval EFILE_OK written @retval EFILE_E_INVALID no such form @retval EFILE_E_NOMEM out of memory
 * @retval EFILE_E_FORMAT a rule or scenario file in the schema folder is not understood
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_report_write(char **out, const efile_invoice *invoice,
						  const efile_report *report,
						  efile_invoice_report_format format);

/**
 * @brief The invoice as a page to read and print (Lesefassung): HTML in the context's language with
 *        every term once, without scripts and without anything from outside.
 * @param[out] out the page, UTF-8 and well-formed XML behind its first line; the caller frees it with
 *                 free()
 * @param invoice an invoice, also a draft
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_html(char **out, const efile_invoice *invoice);

/**
 * @brief The key under which the same invoice would arrive again: seller's VAT identifier or tax
 *        number (else name), invoice number and date, normalised.
 * @param[out] out the key; the caller frees it with free()
 * @param invoice an invoice
 * @retval EFILE_OK made @retval EFILE_E_NOTFOUND number, date or seller are missing
 * @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_duplicate_key(char **out, const efile_invoice *invoice);

/** @brief An attachment of a PDF that may be the invoice. */
typedef struct efile_invoice_candidate {
	const char *name;            /**< file name */
	const void *data;            /**< content */
	size_t length;               /**< its bytes */
} efile_invoice_candidate;

/**
 * @brief Picks the invoice out of the attachments of a PDF: by root element, of several the one with
 *        a name that Factur-X or ZUGFeRD prescribe.
 * @param[out] index  which one it is
 * @param[out] report findings: several invoices, a prescribed name on something else, a ZUGFeRD 1 or
 *                    Order-X file; the caller frees it with efile_report_free()
 * @param ctx a context @param candidates the attachments @param count their number
 * @retval EFILE_OK         picked
 * @retval EFILE_E_NOTFOUND none of them is an invoice; the report is given all the same
 * @retval EFILE_E_NOMEM    out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_pick(size_t *index, efile_report **report, efile_ctx *ctx,
					  const efile_invoice_candidate *candidates, size_t count);

/** @brief What a PDF says about the invoice that it carries; all texts may be NULL. */
typedef struct efile_invoice_pdf {
	const char *name;            /**< file name of the attachment that is the invoice */
	const char *xmp;             /**< the XMP packet, from efile_parse_result_xmp() */
	size_t xmp_length;           /**< its bytes */
	const char *text;            /**< what people read, UTF-8; NULL: not to be compared */
} efile_invoice_pdf;

/**
 * @brief Compares an invoice with the PDF that carries it (hybrid invoice): the profile, file name and
 *        kind in its metadata, and whether number, date and total stand in its text.
 * @param[out] out findings PDF-XMP (no metadata), PDF-XMP-PROFILE, PDF-XMP-NAME, PDF-XMP-TYPE, PDF-TEXT (no text),
 *                 PDF-TEXT-NUMBER, PDF-TEXT-DATE, PDF-TEXT-TOTAL; the caller frees them with
 *                 efile_report_free()
 * @param invoice the invoice @param pdf what the PDF says
 * @retval EFILE_OK compared @retval EFILE_E_NOMEM out of memory
 * @standard Factur-X 1.0, ZUGFeRD 2.x: XMP extension
 * @since 0.1
 */
EFILE_API efile_status efile_invoice_compare_pdf(efile_report **out, const efile_invoice *invoice,
						 const efile_invoice_pdf *pdf);

/**
 * @brief Checks a Leitweg-ID: coarse address of 2 to 12 digits, an optional fine address of up to 30
 *        letters and digits, two check digits (ISO/IEC 7064, MOD 97-10), joined by hyphens.
 * @param text the identifier @return 1 if well formed with right check digits, else 0
 * @standard KoSIT, Formatspezifikation Leitweg-ID
 * @since 0.1
 */
EFILE_API int efile_leitweg_id_valid(const char *text);

/** @brief One line of cash discount terms (Skonto) in BT-20. */
typedef struct efile_skonto {
	int days;                    /**< within so many days; 1 and up */
	efile_decimal percent;       /**< so much off */
	efile_decimal base;          /**< of this amount, if has_base */
	int has_base;                /**< otherwise of the amount due */
	int late;                    /**< not a discount but interest for late payment (VERZUG) */
} efile_skonto;

/**
 * @brief Reads the cash discount lines of payment terms: #SKONTO#TAGE=14#PROZENT=2.00# and
 *        #VERZUG#…, optionally with BASISBETRAG=n.nn#.
 * @param[out] out   receives at most capacity lines
 * @param capacity room in out
 * @param[out] count how many lines there are, which may exceed capacity
 * @param terms the text of BT-20
 * @retval EFILE_OK        read; lines that do not begin with "#" are free text
 * @retval EFILE_E_INVALID a line begins with "#" but breaks the form
 * @standard XRechnung BR-DE-18
 * @since 0.1
 */
EFILE_API efile_status efile_skonto_parse(efile_skonto *out, size_t capacity, size_t *count,
					  const char *terms);

EFILE_END_DECLS

#endif
