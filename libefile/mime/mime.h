/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Message parsing. Pure: bytes in, a tree of byte ranges out; it knows base and nothing else. */
#ifndef MIME_MIME_H
#define MIME_MIME_H

#include <efile/mail.h>

#include "base/base.h"

/* A range of somebody else's bytes. */
typedef struct span {
	const char *data;
	size_t length;
} span;

#define SPAN_NONE ((span){ NULL, 0 })
#define SPAN_TEXT(text) ((span){ (text), sizeof(text) - 1 })

bool span_is(span s, const char *text);      /* ASCII letters of either case are equal */
bool span_same(span a, span b);              /* likewise */
span span_trim(span s);                      /* blanks and line ends at both sides */
efile_status span_dup(char **out, efile_ctx *ctx, span s, bool lower);

/* What was odd about a part; each bit has its rule and text in mime/notes.c. */
enum mime_note {
	NOTE_DEPTH = 1 << 0,
	NOTE_PARTS = 1 << 1,
	NOTE_HEADER = 1 << 2,
	NOTE_FIELD = 1 << 3,
	NOTE_PARAMETERS = 1 << 4,
	NOTE_LINE = 1 << 5,
	NOTE_BOUNDARY = 1 << 6,
	NOTE_DELIMITER = 1 << 7,
	NOTE_END = 1 << 8,
	NOTE_EPILOGUE = 1 << 9,
	NOTE_ENCODING = 1 << 10,
	NOTE_RAW = 1 << 11,
	NOTE_CHARSET = 1 << 12,
	NOTE_MISLABELLED = 1 << 13,
	NOTE_TYPE = 1 << 14,
	NOTE_DUPLICATE = 1 << 15,
	NOTE_DATE = 1 << 16,
	NOTE_EXPANSION = 1 << 17,
};

/* ---- header.c: fields of a header block ---- */
typedef struct header_field {
	span name;
	span value; /* raw, folds included, without the line end */
} header_field;

/* A block of header lines; eol is '\n', or '\r' where a message knows nothing else. */
typedef struct header_block {
	span bytes;
	char eol;
} header_block;

/* Fields that the reader itself looks at. */
typedef enum known_field {
	FIELD_CONTENT_TYPE,
	FIELD_ENCODING,
	FIELD_DISPOSITION,
	FIELD_CONTENT_ID,
	FIELD_SUBJECT,
	FIELD_DATE,
	FIELD_MESSAGE_ID,
	FIELD_IN_REPLY_TO,
	FIELD_REFERENCES,
	FIELD_COUNT
} known_field;

/* The first field of each kind, found in one pass; data is NULL where there is none. */
typedef struct header_index {
	span first[FIELD_COUNT];
	unsigned repeated; /* bit per field that stands twice */
} header_index;

void header_index_read(header_index *out, header_block block);

/* The next field; lines that are none are skipped. block moves on; false at the end. */
bool header_next(header_field *out, header_block *block);
/* The index-th field of a name. */
bool header_find(span *value, header_block block, const char *name, size_t index);
/* Length of the field name at the start of a line, 0 if the line is no field. */
size_t header_name_length(const char *line, size_t length);
/* Removes line ends of folds; at most limit bytes are taken. */
void header_unfold(buf *out, span value, size_t limit, unsigned *notes);

/* ---- word.c: RFC 2047 ---- */
/* Decodes text with encoded words to UTF-8; raw 8-bit bytes are repaired, control characters
 * become blanks or U+FFFD. */
efile_status word_decode(buf *out, efile_ctx *ctx, span text, unsigned *notes);

/* ---- param.c: Content-Type, Content-Disposition and RFC 2231 ---- */
typedef struct mime_param {
	char *name;  /* lower case */
	char *value; /* decoded UTF-8 */
	bool extended;
} mime_param;

typedef struct mime_params {
	char *value; /* before the parameters, lower case, without comments and blanks */
	mime_param *items;
	size_t count;
	size_t capacity;
} mime_params;

#define MIME_PARAMS_INIT { NULL, NULL, 0, 0 }

efile_status mime_params_parse(mime_params *out, efile_ctx *ctx, span unfolded, unsigned *notes);
const char *mime_params_get(const mime_params *params, const char *name); /* NULL if absent */
void mime_params_clear(mime_params *params);

/* ---- address.c ---- */
typedef struct address_list {
	efile_mail_address *items;
	size_t count;
	size_t capacity;
} address_list;

efile_status address_parse(address_list *out, efile_ctx *ctx, span unfolded, unsigned *notes);
void address_list_clear(address_list *list);

/* ---- date.c ---- */
bool mime_date_parse(efile_time *out, span text);

/* ---- charset.c ---- */
/* Appends bytes as valid UTF-8 without NUL; an unknown or lying charset is repaired and noted. */
efile_status charset_decode(buf *out, efile_ctx *ctx, span charset, span bytes, unsigned *notes);

/* ---- transfer.c: base64, quoted-printable, uuencode ---- */
typedef struct transfer {
	efile_mail_encoding encoding;
	uint32_t bits;
	unsigned count;
	unsigned state;
	size_t pending;
	char hold[80];
} transfer;

void transfer_init(transfer *t, efile_mail_encoding encoding);
/* Decodes a piece; out has room for length + TRANSFER_ROOM bytes (uuencode: for 64 times length).
 * Answers the bytes made. */
enum { TRANSFER_ROOM = 96 };
size_t transfer_decode(transfer *t, char *out, const char *in, size_t length);
int mime_hex_digit(char c); /* -1 if it is none */
size_t transfer_finish(transfer *t, char *out); /* what the end leaves over */
efile_status transfer_reader(efile_reader **out, efile_ctx *ctx, efile_mail_encoding encoding,
			     span bytes);
efile_status transfer_all(buf *out, efile_mail_encoding encoding, span bytes);

/* ---- parse.c, mail.c ---- */
typedef struct mime_source {
	span bytes;
	char *owned; /* decoded content of an encoded message */
	char eol;
	long part;   /* the encoded message part, -1 for the given bytes */
} mime_source;

typedef struct mime_node {
	efile_mail_part part;
	size_t source;
	size_t parent, first, last, next; /* MIME_NONE where there is none */
	uint32_t depth;
	unsigned notes;
	bool message_child; /* the entity inside a message part */
} mime_node;

#define MIME_NONE ((size_t)-1)

struct efile_mail {
	efile_ctx *ctx;
	mime_source *sources;
	size_t source_count, source_capacity;
	mime_node *nodes;
	size_t node_count, node_capacity;
	size_t *order; /* node of each part in the order of the message */
	efile_report *report;
	char *subject;
	char *message_id;
	char *in_reply_to;
	char **references;
	size_t reference_count, reference_capacity;
	bool has_date;
	efile_time date;
	address_list addresses[EFILE_MAIL_SENDER + 1];
};

efile_status mime_parse(efile_mail *mail, span bytes);  /* fills nodes, sources and order */
efile_status mime_envelope(efile_mail *mail, unsigned *notes); /* subject, addresses, date, ids */
efile_status mime_report(efile_mail *mail); /* notes to findings */
efile_status mime_report_node(const efile_mail *mail, const mime_node *node, unsigned notes);
header_block mime_node_header(const efile_mail *mail, const mime_node *node);
span mime_node_body(const efile_mail *mail, const mime_node *node);

DEFINE_AUTO_PTR(efile_mail, efile_mail_free)

#endif
