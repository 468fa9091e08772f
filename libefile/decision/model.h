/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decision model in memory: what its XML says, linked and compiled. All of it lives in the pool of
 * its set. */
#ifndef DECISION_MODEL_H
#define DECISION_MODEL_H

#include "decision/decision.h"
#include "xml/tree.h"

/* ---- pool.c: memory that goes with the set ---- */
typedef struct pool {
	efile_ctx *ctx;
	struct pool_chunk *chunks;
	size_t used;
} pool;

void *dmn_pool_new(pool *p, size_t size);           /* zeroed; NULL: NOMEM is set */
efile_status dmn_pool_text(const char **out, pool *p, const char *text, size_t length);
void dmn_pool_clear(pool *p);

/* ---- expressions ---- */

typedef enum logic_kind {
	LOGIC_LITERAL, LOGIC_CONTEXT, LOGIC_INVOCATION, LOGIC_FUNCTION, LOGIC_LIST, LOGIC_RELATION,
	LOGIC_CONDITIONAL, LOGIC_FILTER, LOGIC_FOR, LOGIC_SOME, LOGIC_EVERY, LOGIC_TABLE
} logic_kind;

typedef struct logic logic;
typedef struct table table;

/* An entry of a context, a binding, an item, a cell of a relation, a branch. */
typedef struct logic_part {
	const char *name;       /* NULL: none */
	const char *type_ref;
	const expr_type *type;
	logic *logic;           /* NULL: left empty */
} logic_part;

typedef enum body_kind { BODY_FEEL, BODY_JAVA, BODY_PMML } body_kind;

struct logic {
	logic_kind kind;
	const char *id;
	const char *type_ref;
	const expr_type *type;  /* what the result is coerced to; NULL: any */
	long line, column;
	const char *text;       /* of a literal expression; "" if there is none */
	bool foreign;           /* in another language than FEEL */
	expr_program program;   /* of a literal expression, or of a boxed one that FEEL can say */
	/* the entries; of an invocation the callee, then the bindings; of a function its body; of a
	 * relation rows of columns; if, then, else; in, match; in, return or satisfies */
	logic_part *parts;
	size_t count;
	logic_part *columns;    /* of a relation; of a function its parameters */
	size_t column_count;
	const char *variable;   /* of an iterator */
	body_kind function;
	expr_type *function_type;
	table *table;
};

/* ---- tables ---- */

typedef enum cell_kind {
	CELL_ANY,               /* "-" */
	CELL_NUMBERS,           /* numbers and intervals of numbers */
	CELL_TEXTS, CELL_BOOLEAN,
	CELL_PROGRAM            /* all else: FEEL decides */
} cell_kind;

typedef struct interval {
	efile_decimal low, high;
	bool has_low, has_high, low_in, high_in;
} interval;

typedef struct cell {
	cell_kind kind;
	bool negated;
	bool boolean;
	const char *text;
	interval *intervals;
	const char **texts;
	size_t count;           /* of intervals or texts */
	expr_program program;
	long line, column;
} cell;

/* Which rules a value can meet: bits per segment of the number line, or per text. */
typedef struct column_index {
	cell_kind kind;         /* CELL_ANY: no index */
	efile_decimal *points;  /* ascending; segment 2i + 1 is points[i], 2i what lies before it */
	const char **texts;     /* ascending by bytes */
	size_t count;           /* of points or texts; of booleans 2 */
	uint64_t *bits;         /* (2 count + 1) or (count + 1) sets; the last one of texts: all others */
	uint64_t *loose;        /* rules whose cell FEEL must judge */
} column_index;

typedef struct table_input {
	logic *expression;
	const char *name;       /* the expression is this plain variable; else NULL */
	const char *label;
	cell *values;           /* NULL: any */
	cell *domain;           /* those, or those of the type: for checks */
	column_index index;
} table_input;

typedef struct table_output {
	const char *name;       /* NULL if there is one only */
	const char *type_ref;
	const expr_type *type;
	const char *values_text;/* "" none */
	cell *values;           /* as a test */
	logic *order;           /* as a list, for priorities; NULL none */
	logic *fallback;        /* the default output; NULL none */
	long line, column;
} table_output;

typedef struct rule_output {
	logic *expression;
	expr_value constant;    /* if is_constant */
	bool is_constant;
} rule_output;

typedef struct table_rule {
	const char *id;
	cell *cells;            /* as many as inputs */
	rule_output *outputs;
	const char *annotation; /* "" none */
	long line, column;
} table_rule;

struct table {
	table_policy policy;
	table_input *inputs;
	table_output *outputs;
	table_rule *rules;
	size_t input_count, output_count, rule_count;
	bool indexed;
	size_t words;           /* of a set of rules */
};

/* ---- definitions ---- */

typedef struct dmn_model dmn_model;
typedef struct dmn_node dmn_node;

typedef struct dmn_item {
	const char *name, *id, *type_ref;
	const char *allowed, *constraint;       /* "" none */
	bool collection, function;
	struct dmn_item *parts; /* components; of a function its parameters */
	size_t count;
	expr_type *type;
	const char *all_allowed;/* with those of the type it is made of */
	unsigned char state;    /* while types are resolved */
	long line, column;
} dmn_item;

typedef enum reference_kind {
	REFERENCE_INPUT, REFERENCE_DECISION, REFERENCE_KNOWLEDGE,
	REFERENCE_OUTPUT, REFERENCE_ENCAPSULATED, REFERENCE_INPUT_DECISION, REFERENCE_INPUT_DATA
} reference_kind;

typedef struct reference {
	reference_kind kind;
	const char *href;
	dmn_node *target;       /* NULL: dangling */
	const char *import;     /* name of the import behind which it is seen; NULL: plain */
	long line, column;
} reference;

struct dmn_node {
	decision_kind kind;
	const char *id, *name, *variable, *type_ref, *tag;
	const expr_type *type;
	dmn_model *model;
	logic *logic;           /* of a decision; of a BKM a function */
	reference *references;
	size_t reference_count;
	expr_type *function_type; /* of BKM and service */
	size_t index;           /* among all nodes of the set */
	unsigned char mark;     /* while looking for cycles */
	bool cyclic;
	long line, column;
};

typedef struct dmn_import {
	const char *name, *namespace;
	dmn_model *model;       /* NULL: not given, or not DMN */
	long line, column;
} dmn_import;

typedef struct dmn_prefix {
	const char *prefix, *uri;
} dmn_prefix;

struct dmn_model {
	decision_set *set;
	const char *source;     /* the file's name */
	const char *namespace, *name;
	bool foreign;           /* expressions are not FEEL by default */
	bool open;              /* no input data: all that is given is seen, as other engines do */
	dmn_import *imports;
	dmn_item *items;
	dmn_node **nodes;
	dmn_node **sorted;      /* by id */
	dmn_prefix *prefixes;
	size_t import_count, item_count, node_count, prefix_count;
	const char **names;     /* members, parameters, types with blanks or signs */
	size_t name_count, name_capacity;
};

struct efile_dmn {
	efile_ctx *ctx;
	pool pool;
	dmn_model *models;      /* [0] is the one that was asked for */
	size_t model_count;
	dmn_node **nodes;
	size_t node_count;
	expr_member_type *type_names; /* of imported models: "import.tType" */
	size_t type_name_count;
	expr_program **programs;/* all, to be freed */
	size_t program_count, program_capacity;
	efile_report *report;
};

/* read.c, read_logic.c */
efile_status dmn_read(dmn_model *out, const decision_source *source);
typedef struct reading {
	xml_tree tree;
	dmn_model *model;
	pool *pool;
	const char *uri;        /* the namespace of DMN in this file */
	buf text;
} reading;

xml_node_ref dmn_child_of(const reading *r, xml_node_ref node, const char *name);
xml_node_ref dmn_child_next(const reading *r, xml_node_ref at, const char *name); /* a later sibling */
size_t dmn_child_count(const reading *r, xml_node_ref node, const char *name);
efile_status dmn_read_attribute(const char **out, reading *r, xml_node_ref node, const char *name);
/* The text of a child element's <text>, or of the element itself; "" if absent. */
efile_status dmn_read_text(const char **out, reading *r, xml_node_ref node);
/* The type of an element: an attribute, or a child in DMN 1.1. */
efile_status dmn_read_type(const char **out, reading *r, xml_node_ref node);
void dmn_read_place(const reading *r, xml_node_ref node, long *line, long *column);
bool dmn_logic_element(const reading *r, xml_node_ref node);
efile_status dmn_read_logic(logic **out, reading *r, xml_node_ref node);
efile_status dmn_read_logic_below(logic **out, reading *r, xml_node_ref node); /* the first expression */
efile_status dmn_read_table(logic *out, reading *r, xml_node_ref node);
efile_status dmn_logic_new(logic **out, reading *r, xml_node_ref node, logic_kind kind);
const char *dmn_element_name(const reading *r, xml_node_ref node);
bool dmn_is_element(const reading *r, xml_node_ref node);

/* link.c */
efile_status dmn_set_link(decision_set *set);
dmn_node *dmn_node_by_id(const dmn_model *m, const char *id);
dmn_model *dmn_set_model(const decision_set *set, const char *namespace);

/* type.c */
efile_status dmn_set_types(decision_set *set);
const expr_type *dmn_type_find(dmn_model *m, const char *ref); /* NULL: any, or unknown */
const dmn_item *dmn_item_find(dmn_model *m, const char *ref);
efile_status dmn_type_check(const expr_type **out, dmn_model *m, const char *ref, const char *id,
			long line, long column);

/* compile.c */
efile_status dmn_set_compile(decision_set *set);
typedef enum text_kind { TEXT_EXPRESSION, TEXT_TESTS } text_kind;
typedef struct compiling {
	decision_set *set;
	dmn_model *model;
	const dmn_node *node;
	const char *id;         /* of the element, for findings */
	const char *const *names;
} compiling;
/* What does not compile becomes a finding and leaves the program empty. */
efile_status dmn_compile_text(expr_program *out, const compiling *c, const char *text, text_kind kind,
			  long line, long column);
efile_status dmn_compile_logic(logic *l, compiling *c);
efile_status dmn_compile_table(logic *l, compiling *c);
bool dmn_is_plain_name(const char *text);

/* cell.c */
/* Reads what needs no FEEL; leaves CELL_PROGRAM otherwise. */
efile_status dmn_cell_parse(cell *out, pool *p, const char *text);
/* 1 met, 0 not met, -1 FEEL must say. */
int dmn_cell_test(const cell *c, const expr_value *value);
bool dmn_interval_holds(const interval *i, efile_decimal n);
bool dmn_constant_parse(expr_value *out, pool *p, const char *text, efile_status *status);

/* index.c */
efile_status dmn_table_index(table *t, pool *p);
/* One column, for a look-up or a check; domain (or NULL) adds its points. Too large: CELL_ANY. */
efile_status dmn_index_column(column_index *i, const table *t, size_t column, const cell *domain,
			  pool *p);
size_t dmn_index_segments(const column_index *i);
void dmn_index_mark(bool *met, const column_index *i, const cell *c);
/* The rules that the value can meet; those of loose are to be judged by FEEL. */
const uint64_t *dmn_index_bits(const column_index *i, const expr_value *value, size_t words);

/* table_check.c */
efile_status dmn_table_check(const logic *l, const dmn_node *owner, efile_report *report);

/* ---- running (run.c, run_logic.c, run_table.c) ---- */

typedef struct run_function {
	decision_run *run;
	const dmn_node *node;   /* of a BKM or service */
	const logic *logic;     /* of a boxed function */
	const expr_env *env;
} run_function;

typedef struct run_message {
	const dmn_node *node;
	size_t rule;            /* from 1; 0 none */
	const char *text;
} run_message;

enum { RUN_MESSAGES = 64 };

struct decision_run {
	const decision_set *set;
	efile_ctx *ctx;
	expr_scope *scope;
	expr_value input;       /* a context */
	bool texts;             /* input comes from JSON: dates and decimals are texts */
	expr_value *values;     /* per node */
	unsigned char *states;
	const expr_env **envs;  /* of BKMs: the functions that they require */
	struct decision_run *root;
	/* of the root: */
	const dmn_node *node;   /* what is being evaluated */
	size_t rule;
	size_t claimed;         /* warnings of the scope that have their owner */
	run_message messages[RUN_MESSAGES];
	size_t message_count;
};

efile_status dmn_run_logic(expr_value *out, decision_run *run, const logic *l, const expr_env *env);
efile_status dmn_run_table(expr_value *out, decision_run *run, const logic *l, const expr_env *env);
efile_status dmn_run_program(expr_value *out, decision_run *run, const expr_program *program,
			 const expr_env *env);
efile_status dmn_run_coerce(expr_value *out, decision_run *run, const expr_type *type);
void dmn_run_claim(decision_run *run);
efile_status dmn_run_node(expr_value *out, decision_run *run, const dmn_node *node);

#endif
