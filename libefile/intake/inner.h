/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stages of intake and their rows; only intake's own files include this. */
#ifndef INTAKE_INNER_H
#define INTAKE_INNER_H

#include <efile/invoice.h>
#include <efile/mail.h>

#include "base/json.h"
#include "intake/intake.h"

typedef struct item_record {
	record_head head;
	efile_id uuid;
	char *office;
	int64_t year;
	int64_t number;
	int64_t channel;
	bytes sha256;
	opt_int blob;
	int64_t state;
	int64_t received;
	opt_int claimed;
	char *name;
	char *sender;
	char *subject;
	char *message_id;
	char *reason;
	efile_id case_id;
	efile_id document;
	efile_id instance;
} item_record;

typedef struct number_record {
	record_head head;
	char *office;
	int64_t year;
	int64_t last;
} number_record;

typedef struct rule_record {
	record_head head;
	char *name;
	int64_t ord;
	char *condition;
	char *plan;
	char *title;
	char *doctype;
	char *process;
} rule_record;

static inline void item_record_clear(item_record *r)
{
	record_clear(&kind_intake_item, r);
}

static inline void number_record_clear(number_record *r)
{
	record_clear(&kind_intake_number, r);
}

static inline void rule_record_clear(rule_record *r)
{
	record_clear(&kind_intake_rule, r);
}

/* ---- remarks: note.c ---- */

typedef struct note {
	int number;                /* E-number, 0: none */
	efile_intake_unread why;   /* 0: the remark is not about a file that could not be read */
	char *file;                /* which file, or NULL */
	char *english;             /* with its conversions */
	char *arguments;           /* as of error_parts() */
	long line;
} note;

typedef struct notes {
	note *rows;
	size_t count, capacity;
} notes;

void notes_clear(notes *n);
efile_status notes_add(notes *n, efile_ctx *ctx, int number, const char *english);
/* Turns the error of the context into a remark. */
efile_status notes_take_error(notes *n, efile_ctx *ctx, const char *file, efile_intake_unread why);
void note_text(buf *out, int language, const note *n);
/* The column "reason": a rule alone stands there as it is, remarks as JSON. */
efile_status reason_write(char **out, efile_ctx *ctx, const char *rule, const notes *n);
/* The member "reason" of a journal entry: the rule or the first remark in English, and "remarks". */
efile_status put_reason(json_writer *w, efile_ctx *ctx, const char *text);
efile_status reason_read(char **rule, notes *out, efile_ctx *ctx, const char *text);

efile_intake_unread unread_cause(int number);            /* of an error of the helper's client */
bool unread_by_surroundings(efile_intake_unread why);    /* another try may succeed */

struct efile_intake_item {
	efile_ctx *ctx;
	item_record row;
	char number[32];
	char sha256[65];
	char *reason;              /* in the language of the context */
	char **texts;              /* of the remarks, likewise */
	efile_intake_remark *remarks;
	notes notes;
	bool duplicate;
};

/* intake_db.c; NOTFOUND without message where there is no row */
efile_status item_by_key(item_record *out, efile_store *store, int64_t channel,
			 const unsigned char sha256[32]);
efile_status item_by_uuid(item_record *out, efile_store *store, const efile_id *id);
efile_status item_by_number(item_record *out, efile_store *store, const char *office, int64_t year,
			    int64_t number);
efile_status item_next(item_record *out, efile_store *store, int64_t after, int state); /* DONE */
efile_status number_by_year(number_record *out, efile_store *store, const char *office,
			    int64_t year);
efile_status rule_last(rule_record *out, efile_store *store);
efile_status rule_by_name(rule_record *out, efile_store *store, const char *name);
efile_status rule_next(rule_record *out, efile_store *store, int64_t after_order, int64_t after_id); /* DONE */

efile_status item_handle(efile_intake_item **out, efile_ctx *ctx, item_record *row); /* takes the row */
efile_status item_refresh(efile_intake_item *item); /* the texts, after a change of the row */

/* ---- analysis: what the letter is; pure but for the PDF helper ---- */

/* One file that came with the letter. */
typedef struct enclosure {
	char *name;
	char *media_type;
	char *data;
	size_t length;
	efile_intake_unread unread;
	blob_staged *staged;
} enclosure;

typedef struct analysis {
	efile_ctx *ctx;
	char *raw;                 /* the original */
	size_t raw_length;
	char *media_type;          /* of the original */
	char *subject;
	char *sender;
	char *recipient;
	char *message_id;
	opt_int claimed;
	char *text;                /* for people and the search */
	enclosure *enclosures;
	size_t enclosure_count;
	size_t enclosure_capacity;
	efile_invoice *invoice;    /* the letter's e-invoice, or NULL */
	efile_report *findings;    /* about the invoice, or NULL */
	notes flaw;                /* why it must be quarantined: at most one */
	notes unread;              /* the files that could not be looked into */
	bool maybe_invoice;        /* one of them says that it carries an e-invoice */
	blob_staged *staged;       /* the original; both by stage_letter() */
	bool waits;                /* for a helper that works: nothing is decided without it */
} analysis;

static inline bool is_flawed(const analysis *a)
{
	return a->flaw.count > 0;
}


void analysis_clear(analysis *a);
/* What is wrong with the letter ends up in a->flaw, what the helper could not do in a->unread; other
 * errors are answered. */
efile_status analyse(analysis *out, efile_session *session, const item_record *row);
/* The same for bytes at hand, which are taken out of raw. */
efile_status analyse_bytes(analysis *out, efile_session *session, buf *raw,
			   efile_intake_channel channel, const char *name);
efile_status flaw_as_error(const analysis *a);          /* FORMAT */
efile_status unread_as_error(const analysis *a);        /* EXTERNAL, or FORMAT if the file is to blame */
/* The facts of docs/INTAKE.md as JSON; rules see the text, a process's variables go without. */
efile_status analysis_facts(char **out, const analysis *a, const item_record *row, bool text);

/* ---- classification ---- */

typedef struct verdict {
	rule_record rule;
	char *title;               /* of the new case */
	efile_id case_id;          /* an existing case that the letter names; nil: none */
	char *reference;           /* by this reference number */
} verdict;

void verdict_clear(verdict *v);
/* The first rule that holds; DONE if none does. */
efile_status classify(verdict *out, efile_session *session, const char *facts);
/* A case or dossier that text names by its reference number: the first that the session may see. */
efile_status find_named_case(verdict *out, efile_session *session, const char *text);

/* ---- filing: inside a transaction ---- */

/* Before the transaction: what is to be hashed and synced. */
efile_status stage_letter(analysis *a, efile_session *session, const item_record *row);
efile_status file_letter(item_record *row, efile_session *session, const analysis *a,
			 const verdict *v, const char *facts);

#endif
