/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library and the helper efile-parse say to each other; docs/PARSE.md explains it. Both
 * sides include this file, and nothing else of each other. */
#ifndef PARSE_PROTOCOL_H
#define PARSE_PROTOCOL_H

enum {
	PARSE_VERSION = 1,
	PARSE_CONTROL_FD = 3,      /* the helper's end of the control socket */

	/* control frames: u32 length of the rest, u32 kind, then the fields of that kind */
	PARSE_KIND_HELLO = 0x45465048,   /* "EFPH" helper to library */
	PARSE_KIND_REQUEST = 0x45465052, /* "EFPR" library to helper, two descriptors with it */
	PARSE_KIND_STATUS = 0x45465053,  /* "EFPS" helper to library */
	PARSE_HELLO_BYTES = 4 + 4 + 2 + 2 + 2,
	PARSE_REQUEST_BYTES = 4 + 4 + 2 + 2 + 4 * 7 + 8,
	PARSE_STATUS_BYTES = 4 + 4 + 4 + 2 + 2 + 4 + 4 + 4,

	/* reply records, on a pipe of its own per request: u16 tag, u16 zero, u32 length, bytes */
	PARSE_RECORD_BYTES = 8,
	PARSE_CHUNK_BYTES = 64 * 1024, /* long content comes in records of at most this length */
	PARSE_IMAGE_DIRECTORIES = 10000, /* image pages counted at most */
};

enum parse_operation {
	PARSE_OP_INFO = 1,
	PARSE_OP_TEXT = 2,
	PARSE_OP_ATTACHMENTS = 3,
	PARSE_OP_PREVIEW = 4,
	PARSE_OP_PROBE = 99 /* only in the test build: what does the sandbox refuse? */
};

enum parse_tag {
	PARSE_TAG_MEDIA_TYPE = 1,  /* text */
	PARSE_TAG_FLAGS = 2,       /* u32: enum efile_parse_flag */
	PARSE_TAG_PAGES = 3,       /* u32 */
	PARSE_TAG_PAGE_SIZE = 4,   /* u32 page, u32 width, u32 height in thousandths of a point */
	PARSE_TAG_METADATA = 5,    /* key, NUL, value */
	PARSE_TAG_XMP = 6,         /* bytes, appended */
	PARSE_TAG_IMAGE = 7,       /* u32 width, u32 height */
	PARSE_TAG_PAGE = 8,        /* u32: the page whose text follows */
	PARSE_TAG_TEXT = 9,        /* bytes, appended to the page */
	PARSE_TAG_ATTACHMENT = 10, /* name */
	PARSE_TAG_CONTENT = 11,    /* bytes, appended to the attachment */
	PARSE_TAG_CONTENT_TYPE = 12, /* media type of the attachment, by its bytes */
	PARSE_TAG_PREVIEW = 13,    /* bytes, appended */
	PARSE_TAG_REFUSED = 14,    /* u32: enum parse_refusal */
	PARSE_TAG_END = 15         /* empty; the last record of each complete reply */
};

enum parse_refusal {
	PARSE_REFUSED_NOT_PDF = 1,
	PARSE_REFUSED_ENCRYPTED = 2,
	PARSE_REFUSED_DAMAGED = 3,
	PARSE_REFUSED_PAGES = 4,
	PARSE_REFUSED_BYTES = 5,
	PARSE_REFUSED_NO_PAGE = 6,
	PARSE_REFUSED_MEMORY = 7,
	PARSE_REFUSED_SANDBOX = 8
};

enum parse_outcome {
	PARSE_OUTCOME_EXITED = 0,  /* detail: exit code */
	PARSE_OUTCOME_SIGNAL = 1,  /* detail: signal */
	PARSE_OUTCOME_TIMEOUT = 2, /* killed after the request's time */
	PARSE_OUTCOME_FORK = 3     /* no process could be made */
};

#endif
