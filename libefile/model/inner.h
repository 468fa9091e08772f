/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the model share with each other; modules above see model.h only. */
#ifndef MODEL_INNER_H
#define MODEL_INNER_H

#include "model/model.h"

enum {
	TEXT_LIMIT = 10000,     /* bytes of a title, a remark, an attribute */
	NODE_DEPTH = 16,        /* levels of one tree */
	COUNT_LIMIT = 1000,
	PATTERN_SIZE = 256
};

typedef struct doctype_record {
	record_head head;
	efile_id uuid;
	char *name;
	char *title;
	char *definition;
} doctype_record;

typedef struct attribute_record {
	record_head head;
	int64_t dossier;
	int64_t node;
	char *name;
	int64_t ordinal;
	int64_t datatype;
	char *value;
	char *value_key;
} attribute_record;

typedef struct relation_record {
	record_head head;
	efile_id uuid;
	int64_t dossier;
	int64_t source;
	int64_t target;
	char *kind;
	char *remark;
} relation_record;

typedef struct reference_record {
	record_head head;
	int64_t dossier;
	int64_t node;
	char *reference;
	char *reference_key;
	int64_t present;
	int64_t since;
} reference_record;

typedef struct counter_record {
	record_head head;
	char *scope;
	int64_t last;
} counter_record;

typedef struct lock_record {
	record_head head;
	int64_t dossier;
	int64_t node;
	efile_id actor;
	int64_t since;
	char *remark;
} lock_record;

#define DEFINE_RECORD_CLEAR(name, kind)                                                            \
	static inline void name##_record_clear(name##_record *r)                                   \
	{                                                                                          \
		record_clear(&(kind), r);                                                          \
	}

DEFINE_RECORD_CLEAR(doctype, kind_doctype)
DEFINE_RECORD_CLEAR(attribute, kind_attribute)
DEFINE_RECORD_CLEAR(relation, kind_relation)
DEFINE_RECORD_CLEAR(reference, kind_reference)
DEFINE_RECORD_CLEAR(counter, kind_counter)
DEFINE_RECORD_CLEAR(lock, kind_node_lock)

/* ---- model_db.c: all SQL ---- */

efile_status plan_find(plan_record *out, efile_store *store, const efile_id *id); /* NOTFOUND without message */
efile_status plan_find_row(plan_record *out, efile_store *store, int64_t row);
/* A page of units below a parent (0: top units) behind a code. */
typedef struct row_page {
	int64_t rows[100];
	size_t count;
} row_page;
efile_status plan_page(row_page *out, efile_store *store, int64_t parent, const char *after);
/* The unit's own pattern ("" if it has none) and the unit above. */
efile_status plan_pattern_step(char out[PATTERN_SIZE], opt_int *parent, efile_store *store,
			       int64_t row);
efile_status plan_id_of(efile_id *out, efile_store *store, int64_t row);

efile_status node_find(node_record *out, efile_store *store, const efile_id *id);
efile_status node_id_of(efile_id *out, efile_store *store, int64_t row);
efile_status node_next_order(int64_t *out, efile_store *store, int64_t parent);
/* Where a row stands by itself; one step of node_standing_load(). */
typedef struct node_step {
	opt_int parent, plan, list, level;
	bool marked, trashed;
	int64_t state;
} node_step;
efile_status node_step_load(node_step *out, efile_store *store, int64_t row);
efile_status plan_step_load(node_step *out, efile_store *store, int64_t row);

typedef enum list_source { LIST_CHILDREN, LIST_PLAN } list_source;
/* A page of nodes behind a key: order for children, row for dossiers of a unit. */
typedef struct node_key {
	int64_t row;
	int64_t key;
} node_key;
typedef struct key_page {
	node_key keys[100];
	size_t count;
} key_page;
efile_status node_page_load(key_page *out, efile_store *store, list_source source, int64_t of,
			    int64_t after, bool trashed);
efile_status attribute_page(key_page *out, efile_store *store, const char *name, const char *key,
			    int64_t after);

efile_status count_change(efile_store *store, int64_t parent, int64_t kind, int total, int open,
			  int own_access);
typedef struct child_count {
	int64_t total, open, own_access;
} child_count;
efile_status count_load(child_count *out, efile_store *store, int64_t parent, int64_t kind);

/* The document that was filed with a key; NOTFOUND without message. */
efile_status node_by_filing_key(node_record *out, efile_store *store, int64_t dossier,
				const char *key);
efile_status counter_find(counter_record *out, efile_store *store, const char *scope);
efile_status reference_find(reference_record *out, efile_store *store, const char *key);
efile_status lock_find(lock_record *out, efile_store *store, int64_t node);
efile_status closed_below(bool *out, efile_store *store, const node_record *node);
efile_status lock_below(bool *out, efile_store *store, const node_record *node);

efile_status version_find(version_record *out, efile_store *store, int64_t node, int64_t number);
efile_status version_page(row_page *out, efile_store *store, int64_t node, int64_t after);
efile_status rendition_find(rendition_record *out, efile_store *store, int64_t version,
			    int64_t role);
efile_status rendition_page(row_page *out, efile_store *store, int64_t version, int64_t after);

/* The blob of the newest version's text, 0 if there is none. */
efile_status text_blob_of(int64_t *out, efile_store *store, int64_t node);

efile_status doctype_find(doctype_record *out, efile_store *store, const char *name);
efile_status doctype_next(doctype_record *out, efile_store *store, const char *after);
efile_status attribute_rows(row_page *out, efile_store *store, int64_t node, int64_t after);
efile_status relation_find(relation_record *out, efile_store *store, const efile_id *id);
efile_status relation_exists(bool *out, efile_store *store, int64_t source, int64_t target,
			     const char *kind);
efile_status relation_page(row_page *out, efile_store *store, int64_t node, int64_t after);

/* Rewrites the dossier of all rows that belong to a node, its own row excepted. */
efile_status content_set_dossier(efile_store *store, int64_t node, int64_t dossier);

/* ---- value.c ---- */

/* A title, remark or name: valid UTF-8, not empty if obligatory, at most TEXT_LIMIT bytes. */
efile_status check_text(efile_ctx *ctx, const char *what, const char *text, bool obligatory);
efile_status check_level(efile_ctx *ctx, int32_t level);
efile_status check_name(efile_ctx *ctx, const char *what, const char *name);
efile_status date_text(char **out, efile_ctx *ctx, efile_date date);  /* NULL for none */
efile_date date_of_text(const char *text);                            /* none for NULL */
efile_status fold_new(char **out, efile_ctx *ctx, const char *text); /* str_fold() of it */
opt_int optional(bool set, int64_t value);

/* ---- plan.c ---- */

/* The unit if the session has the right; administrators may read and write the plan. */
efile_status plan_require(plan_record *out, efile_session *session, efile_right right,
			  const efile_id *id);
efile_status plan_require_valid(efile_session *session, const plan_record *plan);
/* The pattern in force: the unit's own or inherited one, else the built-in one. */
efile_status plan_pattern(char out[PATTERN_SIZE], efile_store *store, int64_t plan);

/* ---- reference.c ---- */

efile_status reference_key(char **out, efile_ctx *ctx, const char *text);
/* Gives a node that is about to be inserted its number: the wanted one, or the next of the
 * pattern; none if the pattern has nothing for its kind. */
efile_status reference_choose(efile_session *session, node_record *node, const node_record *above,
			      int64_t plan, const char *wanted);
/* Notes the number of a node that has a row now. */
efile_status reference_note(efile_session *session, const node_record *node);
/* Makes the present number an alias, before the node takes another one. */
efile_status reference_retire(efile_session *session, const node_record *node);

/* ---- node.c ---- */

typedef struct node_ask {
	efile_right right;
	unsigned kinds;
	unsigned ignore;           /* states that do not matter: ACCESS_CLOSED */
	bool content;
	const char *asked;
} node_ask;

efile_status node_ask_for(node_record *out, node_standing *standing, efile_session *session,
			  const efile_id *id, const node_ask *ask);
/* Right to write, not in the trash, not checked out by someone else, revision as seen. */
efile_status node_to_change(node_record *out, node_standing *standing, efile_session *session,
			    const efile_id *id, const node_ask *ask, int64_t revision);
/* Begins a list of what a node has: whether the session may read it. */
efile_status node_list_begin(efile_session *session, const efile_id *id);
const char *node_called(const node_record *node);
efile_status node_require_live(efile_session *session, const node_record *node,
			       const node_standing *standing);
efile_status node_require_unlocked(efile_session *session, const node_record *node);
/* Checks and takes over what is common to all kinds. */
typedef struct node_values {
	const char *title;
	efile_date begin, end;
	efile_id unit;
	int medium;
	int32_t confidentiality;
	int64_t access_list;
	int marked;
	const char *doctype;
	const char *sender;
	efile_time received;
} node_values;
efile_status node_set_values(node_record *node, efile_session *session, const node_values *values);
/* Inserts a node below another one (NULL: a dossier). */
efile_status node_insert(efile_session *session, node_record *node, const node_record *above);
efile_status node_journal(efile_session *session, journal_action action, const node_record *node,
			  const char *body);
bool node_own_access(const node_record *node);
efile_status node_give(efile_node **out, efile_session *session, node_record *node);
/* The node that shall take up a child of that kind: writable, not in the trash. */
efile_status node_above(node_record *out, node_standing *standing, efile_session *session,
			const efile_id *id, int64_t child_kind);
/* The same for a child that is there, whatever the node is: INVALID if it can't lie there. */
efile_status node_place(node_record *out, efile_session *session, const efile_id *id,
			const node_record *child);
/* Who sets an access list or a level needs the right to grant where it is set. */
efile_status node_require_grant(efile_session *session, const node_record *above,
				const node_standing *standing, const node_values *values);
/* Values of options; names and texts are borrowed. */
node_values node_values_of(const efile_node_options *o);
efile_status node_renumber(efile_session *session, node_record *node, const node_record *above,
			   int64_t plan, const char *wanted);
/* Below a dossier, case or document: makes the row and its number, and journals. */
efile_status node_create(efile_session *session, node_record *node, const node_record *above,
			 const node_standing *standing, const node_values *values,
			 const char *reference);
efile_status node_journal_created(efile_session *session, const node_record *node,
				  const efile_id *above);
efile_status node_journal_reason(efile_session *session, journal_action action,
				 const node_record *node, const char *reason);

/* ---- attribute.c ---- */

/* Replaces the values of a node, checked against its type. */
efile_status attributes_write(efile_session *session, const node_record *node,
			      const efile_attribute *attributes, size_t count);

DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)
DEFINE_AUTO_PTR(efile_plan_cursor, efile_plan_cursor_free)
DEFINE_AUTO_PTR(efile_version_cursor, efile_version_cursor_free)
DEFINE_AUTO_PTR(efile_rendition_cursor, efile_rendition_cursor_free)
DEFINE_AUTO_PTR(efile_attribute_cursor, efile_attribute_cursor_free)
DEFINE_AUTO_PTR(efile_relation_cursor, efile_relation_cursor_free)

#endif
