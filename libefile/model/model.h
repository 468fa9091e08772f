/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filing plan, dossiers, cases, documents: what the modules above need beyond <efile/document.h>. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <efile/document.h>

#include "access/access.h"

/* ------------------------------------------------------------------ for api/wiring.c */

extern const char model_schema[]; /* format 1 */
extern const record_kind kind_plan, kind_node, kind_version, kind_rendition, kind_doctype,
	kind_attribute, kind_relation, kind_reference, kind_counter, kind_node_lock;

efile_status model_figures(efile_figures *figures, efile_store *store);

/* ------------------------------------------------------------------ recorded rows */

typedef struct plan_record {
	record_head head;
	efile_id uuid;
	opt_int parent;            /* row of plan */
	char *code;
	char *title;
	char *title_key;
	char *valid_from;          /* dates as text */
	char *valid_to;
	opt_int retention;         /* years; -2 without end; not set: inherited */
	opt_int retention_start;   /* efile_retention_start */
	opt_int disposal;          /* efile_disposal */
	opt_int confidentiality;
	opt_int access_list;
	char *pattern;
} plan_record;

typedef struct node_record {
	record_head head;
	efile_id uuid;
	int64_t dossier;           /* row of the dossier, its own for a dossier: shard key and chain */
	opt_int parent;            /* row of node */
	opt_int plan;              /* row of plan; dossiers only */
	int64_t kind;              /* efile_node_kind */
	int64_t ord;
	char *path;                /* rows of all above, "17/205/"; "" for a dossier */
	opt_int doctype;           /* row of doctype */
	int64_t state;             /* efile_node_state */
	char *title;
	char *title_key;           /* str_fold() */
	char *reference;           /* the present one */
	efile_id unit;
	char *begin_date;
	char *end_date;
	opt_int received;
	int64_t created;
	efile_id author;
	int64_t medium;
	opt_int confidentiality;
	opt_int access_list;
	int64_t marked;
	char *sender;
	opt_int closed;            /* time */
	opt_int trashed;           /* time */
	char *filing_key;          /* efile_document_options.key */
} node_record;

typedef struct version_record {
	record_head head;
	efile_id uuid;
	int64_t dossier;
	int64_t node;
	int64_t number;
	int64_t created;
	efile_id author;
	char *label;
	char *remark;
} version_record;

typedef struct rendition_record {
	record_head head;
	int64_t dossier;
	int64_t version;
	int64_t role;
	int64_t blob;
	char *media_type;
	char *file_name;
} rendition_record;

static inline void plan_record_clear(plan_record *r)
{
	record_clear(&kind_plan, r);
}

static inline void node_record_clear(node_record *r)
{
	record_clear(&kind_node, r);
}

static inline void version_record_clear(version_record *r)
{
	record_clear(&kind_version, r);
}

static inline void rendition_record_clear(rendition_record *r)
{
	record_clear(&kind_rendition, r);
}

/* ------------------------------------------------------------------ nodes */

/* A loaded node; a transaction must be open for all that follows. */
struct efile_node {
	node_record row;
	efile_id parent;           /* UUIDs of the rows that it names */
	efile_id dossier;
	efile_id plan;
	char *doctype;             /* name */
};

/* What holds at a node by itself and everything above it. */
typedef struct node_standing {
	int64_t plan;              /* row of the dossier's unit */
	int64_t list_node;         /* row of the node that names the access list; 0: the plan does */
	int64_t list;
	int level;
	int level_node;            /* level by nodes alone, -1: none says */
	bool marked;
	bool trashed;              /* it or what it lies in */
	bool parent_closed;        /* something that it lies in is closed */
} node_standing;

efile_status node_standing_load(node_standing *out, efile_store *store, int64_t row);

/* The node with that id if the session has the right; state and standing are taken into account.
 * parts of kind mask (1 << efile_node_kind) only, else NOTFOUND. */
efile_status node_require(node_record *out, efile_session *session, efile_right right,
			  const efile_id *id, unsigned kinds);
/* The same for content: journaled if marked. Ask outside of txn_begin_read(). */
efile_status node_require_content(node_record *out, efile_session *session, const efile_id *id);
/* By row: for cursors of other modules. Answers like access_peek(). */
efile_status node_peek(efile_session *session, efile_right right, int64_t row);
/* By row, before a page of a list is shown: access_sight(); end with access_sight_end(). */
efile_status node_sight(efile_session *session, int64_t row);

efile_status node_row_of(int64_t *out, efile_store *store, const efile_id *id);  /* NOTFOUND without message */
efile_status node_record_load(node_record *out, efile_store *store, int64_t row);/* NOTFOUND without message */
efile_status node_handle(efile_node **out, efile_store *store, node_record *row);/* takes the row's texts */

enum {
	NODE_KINDS_DOSSIER = 1u << EFILE_NODE_DOSSIER | 1u << EFILE_NODE_SUB_DOSSIER,
	NODE_KINDS_CASE = 1u << EFILE_NODE_CASE | 1u << EFILE_NODE_SUB_CASE,
	NODE_KINDS_DOCUMENT = 1u << EFILE_NODE_DOCUMENT | 1u << EFILE_NODE_ATTACHMENT,
	NODE_KINDS_ANY = 0x7e
};

/* ------------------------------------------------------------------ for search */

/* The text rendition of the newest version, cut to limit bytes; empty if there is none. */
efile_status document_text(buf *out, efile_store *store, int64_t node, uint64_t limit);
efile_status doctype_name_of(char **out, efile_store *store, int64_t row); /* the caller frees it */
/* All metadata values of a node, one after the other with blanks between. */
efile_status node_attribute_text(buf *out, efile_store *store, int64_t node);
/* Rows of a node and all below it with a row above after, in order; at most ARRAY_SIZE. */
typedef struct node_page {
	int64_t rows[256];
	size_t count;
} node_page;
efile_status node_subtree(node_page *out, efile_store *store, int64_t root, int64_t after);
efile_status node_of_plan(node_page *out, efile_store *store, int64_t plan, int64_t after);
/* The unit's list and level as they hold, and the row of the unit that names the list. */
typedef struct plan_standing {
	int64_t list;
	int64_t list_from;
	int level;
} plan_standing;
efile_status plan_standing_load(plan_standing *out, efile_store *store, int64_t row);
/* A unit by its code, whoever asks: NOTFOUND without message. */
efile_status plan_find_code(plan_record *out, efile_store *store, const char *code);

/* ------------------------------------------------------------------ fsck */

/* The derived counters against the rows: differences are findings FSCK-DERIVED; or made anew. */
efile_status model_check_derived(efile_store *store, efile_report *report, bool rebuild);

DEFINE_AUTO_PTR(efile_plan, efile_plan_free)
DEFINE_AUTO_PTR(efile_node, efile_node_free)
DEFINE_AUTO_PTR(efile_dossier, efile_node_free)
DEFINE_AUTO_PTR(efile_case, efile_node_free)
DEFINE_AUTO_PTR(efile_document, efile_node_free)

/* A document or attachment whose content is staged already; NULL: none yet. */
efile_status document_file_staged(efile_document **out, efile_session *session,
				  const efile_id *above, int64_t kind, blob_staged *content,
				  const efile_document_options *options);

/* The open dossier of a unit that goes by an alias among the reference numbers, whatever its title and
 * number are by now; NOTFOUND without message. Whoever makes use of it is asked for the rights. */
efile_status dossier_by_alias(efile_dossier_id *out, efile_session *session, const efile_id *plan,
			      const char *alias);
/* Gives it the alias, which another one may have had; in a transaction whose entry follows. */
efile_status dossier_set_alias(efile_session *session, efile_dossier_id dossier, const char *alias);

#endif
