/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mail.h
 * @brief Reading e-mail: a message as it came, taken apart without losing a byte.
 *
 * The reader is tolerant: what is broken is repaired and noted in a report, never refused. Parts
 * refer to the given bytes by offset and are decoded on demand; docs/MIME.md is its policy.
 */
#ifndef EFILE_MAIL_H
#define EFILE_MAIL_H

#include <efile/reader.h>
#include <efile/report.h>

EFILE_BEGIN_DECLS

/** @brief A message taken apart. It borrows the bytes that it was read from. */
typedef struct efile_mail efile_mail;

/** @brief Address fields of a message. */
typedef enum efile_mail_field {
	EFILE_MAIL_FROM = 0,     /**< From */
	EFILE_MAIL_TO = 1,       /**< To */
	EFILE_MAIL_CC = 2,       /**< Cc */
	EFILE_MAIL_BCC = 3,      /**< Bcc */
	EFILE_MAIL_REPLY_TO = 4, /**< Reply-To */
	EFILE_MAIL_SENDER = 5    /**< Sender */
} efile_mail_field;

/** @brief How the bytes of a part are encoded for transport. */
typedef enum efile_mail_encoding {
	EFILE_MAIL_IDENTITY = 0,        /**< 7bit, 8bit, binary, or unknown */
	EFILE_MAIL_BASE64 = 1,          /**< base64 */
	EFILE_MAIL_QUOTED_PRINTABLE = 2,/**< quoted-printable */
	EFILE_MAIL_UUENCODE = 3         /**< declared x-uuencode; inline uuencode stays text */
} efile_mail_encoding;

/** @brief One address. Text is borrowed from its message. */
typedef struct efile_mail_address {
	const char *name;    /**< display name, decoded; NULL if there is none */
	const char *address; /**< as given: usually local@domain, but not always */
	const char *group;   /**< name of the group it stands in; NULL outside */
} efile_mail_address;

/** @brief One part. Text is borrowed from its message; NULL where the message says nothing. */
typedef struct efile_mail_part {
	const char *path;        /**< "" the message, "1", "1.2"; ".0" the message inside a message */
	const char *type;        /**< media type in lower case, such as "text/plain" */
	const char *disposition; /**< "inline", "attachment", ...; lower case */
	const char *filename;    /**< as given, decoded: data, never a path to write to */
	const char *charset;     /**< as declared */
	const char *content_id;  /**< without angle brackets */
	efile_mail_encoding encoding; /**< of the body */
	int is_container;        /**< 1 if it has parts of its own */
	long container;          /**< -1: offsets count in the given bytes; else the index of the
	                              encoded message part in whose decoded content they count */
	uint64_t header_offset;  /**< where its header starts */
	uint64_t header_length;  /**< its bytes */
	uint64_t body_offset;    /**< where its body starts, as encoded */
	uint64_t body_length;    /**< its bytes */
} efile_mail_part;

/**
 * @brief Takes a message apart.
 * @param[out] out the message; the caller frees it with efile_mail_free()
 * @param ctx    a context; its mime_* limits bound the work
 * @param data   the message as it came; borrowed, must outlive the result
 * @param length its bytes
 * @retval EFILE_OK        read; efile_mail_report() tells what was odd
 * @retval EFILE_E_FORMAT  there are no bytes at all
 * @retval EFILE_E_INVALID no context, no output or no data
 * @retval EFILE_E_NOMEM   out of memory
 * @standard RFC 5322, 2045-2049, 2183, 2231, 6532
 * @since 0.1
 */
EFILE_API efile_status efile_mail_parse(efile_mail **out, efile_ctx *ctx, const void *data,
					size_t length);
/** @brief Frees a message. @param mail a message or NULL @since 0.1 */
EFILE_API void efile_mail_free(efile_mail *mail);

/** @brief The subject, decoded. @param mail a message
 * @return borrowed UTF-8 without control characters, or NULL if there is none @since 0.1 */
EFILE_API const char *efile_mail_subject(const efile_mail *mail);
/** @brief The Message-ID without angle brackets. @param mail a message
 * @return borrowed, or NULL @since 0.1 */
EFILE_API const char *efile_mail_message_id(const efile_mail *mail);
/** @brief The first id in In-Reply-To. @param mail a message @return borrowed, or NULL
 * @since 0.1 */
EFILE_API const char *efile_mail_in_reply_to(const efile_mail *mail);
/** @brief The number of ids in References. @param mail a message @return the number
 * @since 0.1 */
EFILE_API size_t efile_mail_reference_count(const efile_mail *mail);
/** @brief One id of References, oldest first. @param mail a message @param index from 0
 * @return borrowed; NULL past the end @since 0.1 */
EFILE_API const char *efile_mail_reference(const efile_mail *mail, size_t index);
/**
 * @brief The time that the sender claims (Date).
 * @param[out] out the time; untouched if there is none @param mail a message
 * @return 1, or 0 if there is no date or it cannot be read
 * @since 0.1
 */
EFILE_API int efile_mail_date(efile_time *out, const efile_mail *mail);
/** @brief The number of addresses in a field. @param mail a message @param field which
 * @return the number @since 0.1 */
EFILE_API size_t efile_mail_address_count(const efile_mail *mail, efile_mail_field field);
/** @brief One address. @param mail a message @param field which @param index from 0
 * @return borrowed, lives as long as the message; NULL past the end @since 0.1 */
EFILE_API const efile_mail_address *efile_mail_address_at(const efile_mail *mail,
							  efile_mail_field field, size_t index);

/**
 * @brief A header field's value, decoded to UTF-8.
 * @param[out] out the value, malloc'd; the caller frees it with free()
 * @param mail  a message @param part index of a part; 0 is the message itself
 * @param name  the field's name, in any case @param index 0 for the first of that name
 * @retval EFILE_OK read @retval EFILE_E_NOTFOUND no such field or part
 * @retval EFILE_E_INVALID no name @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_mail_header(char **out, const efile_mail *mail, size_t part,
					 const char *name, size_t index);
/**
 * @brief A header field's value as it came: bytes with folds.
 * @param[out] out  start of the value, borrowed @param[out] length its bytes
 * @param mail  a message @param part index of a part; 0 is the message itself
 * @param name  the field's name, in any case @param index 0 for the first of that name
 * @retval EFILE_OK found @retval EFILE_E_NOTFOUND no such field or part
 * @retval EFILE_E_INVALID no name
 * @since 0.1
 */
EFILE_API efile_status efile_mail_header_raw(const void **out, size_t *length,
					     const efile_mail *mail, size_t part, const char *name,
					     size_t index);

/** @brief The number of parts, the message itself included. @param mail a message
 * @return at least 1 @since 0.1 */
EFILE_API size_t efile_mail_part_count(const efile_mail *mail);
/** @brief One part, in the order of the message. @param mail a message
 * @param index from 0, the message itself @return borrowed; NULL past the end @since 0.1 */
EFILE_API const efile_mail_part *efile_mail_part_at(const efile_mail *mail, size_t index);
/**
 * @brief Opens a part's content with the transport encoding taken off.
 * @param[out] out the stream; the caller frees it with efile_reader_free() before the message
 * @param mail a message @param index of a part
 * @retval EFILE_OK opened @retval EFILE_E_NOTFOUND no such part @retval EFILE_E_NOMEM out of
 * memory
 * @since 0.1
 */
EFILE_API efile_status efile_mail_part_open(efile_reader **out, const efile_mail *mail,
					    size_t index);
/**
 * @brief A part's content as text: transport encoding and charset taken off, bytes that do not fit
 *        the charset repaired or replaced.
 * @param[out] out valid UTF-8, malloc'd; the caller frees it with free()
 * @param mail a message @param index of a part of any type
 * @retval EFILE_OK read @retval EFILE_E_NOTFOUND no such part @retval EFILE_E_LIMIT longer than
 * efile_limits.document_bytes @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_mail_part_text(char **out, const efile_mail *mail, size_t index);
/**
 * @brief The message as one JSON object, schema efile.mail.v1: subject, from, to, cc, date (seconds
 *        since 1970 or null), message_id and parts (path, type, disposition, filename; size, sha256
 *        of the decoded bytes; text_sha256 of text with LF line ends and no
 *        blanks at the end); domains of addresses in lower case.
 * @param[out] out the JSON text, malloc'd; the caller frees it with free()
 * @param mail a message
 * @retval EFILE_OK written @retval EFILE_E_LIMIT a text is longer than
 * efile_limits.document_bytes @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_mail_json(char **out, const efile_mail *mail);
/** @brief What was odd: limits reached and repairs made, as "MIME-..." rules with the part's path.
 * What is odd about the text of a part is added when efile_mail_part_text() reads it.
 * @param mail a message @return borrowed, lives as long as the message @since 0.1 */
EFILE_API const efile_report *efile_mail_report(const efile_mail *mail);
/**
 * @brief The key by which two addresses are the same: domain folded to lower case, local part
 *        kept but for ASCII letters folded too; quotes and blanks around it dropped.
 * @param[out] out the key, malloc'd; the caller frees it with free()
 * @param ctx a context @param address such as "Max.Muster@Stadt.example"
 * @retval EFILE_OK made @retval EFILE_E_INVALID no text @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_mail_address_key(char **out, efile_ctx *ctx, const char *address);

EFILE_END_DECLS

#endif
