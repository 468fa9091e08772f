-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Filing plan, dossiers, cases, documents: format 1.
CREATE TABLE plan(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	parent INTEGER REFERENCES plan(id),
	code TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	title_key TEXT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	retention INTEGER,
	retention_start INTEGER,
	disposal INTEGER,
	confidentiality INTEGER,
	access_list INTEGER,
	pattern TEXT
) STRICT;
CREATE INDEX plan_parent ON plan(parent, code);
CREATE TABLE counter(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	scope TEXT NOT NULL UNIQUE,
	last INTEGER NOT NULL
) STRICT;
CREATE TABLE doctype(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	name TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	definition TEXT NOT NULL
) STRICT;
CREATE TABLE node(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	dossier INTEGER NOT NULL,
	parent INTEGER REFERENCES node(id),
	plan INTEGER REFERENCES plan(id),
	kind INTEGER NOT NULL,
	ord INTEGER NOT NULL,
	path TEXT NOT NULL,
	doctype INTEGER REFERENCES doctype(id),
	state INTEGER NOT NULL,
	title TEXT NOT NULL,
	title_key TEXT NOT NULL,
	reference TEXT,
	unit BLOB,
	begin_date TEXT,
	end_date TEXT,
	received INTEGER,
	created INTEGER NOT NULL,
	author BLOB,
	medium INTEGER NOT NULL,
	confidentiality INTEGER,
	access_list INTEGER,
	marked INTEGER NOT NULL,
	sender TEXT,
	closed INTEGER,
	trashed INTEGER,
	filing_key TEXT
) STRICT;
CREATE INDEX node_filing_key ON node(dossier, filing_key) WHERE filing_key IS NOT NULL;
CREATE INDEX node_parent ON node(parent, ord) WHERE parent IS NOT NULL;
CREATE INDEX node_plan ON node(plan, id) WHERE plan IS NOT NULL;
CREATE INDEX node_dossier ON node(dossier, id);
CREATE TABLE reference(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	dossier INTEGER NOT NULL,
	node INTEGER NOT NULL REFERENCES node(id),
	reference TEXT NOT NULL,
	reference_key TEXT NOT NULL UNIQUE,
	present INTEGER NOT NULL,
	since INTEGER NOT NULL
) STRICT;
CREATE INDEX reference_node ON reference(node);
CREATE TABLE version(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	dossier INTEGER NOT NULL,
	node INTEGER NOT NULL REFERENCES node(id),
	number INTEGER NOT NULL,
	created INTEGER NOT NULL,
	author BLOB,
	label TEXT,
	remark TEXT,
	UNIQUE(node, number)
) STRICT;
CREATE TABLE rendition(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	dossier INTEGER NOT NULL,
	version INTEGER NOT NULL REFERENCES version(id),
	role INTEGER NOT NULL,
	blob INTEGER NOT NULL,
	media_type TEXT NOT NULL,
	file_name TEXT
) STRICT;
CREATE INDEX rendition_version ON rendition(version, role);
CREATE INDEX rendition_blob ON rendition(blob);
CREATE TABLE attribute(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	dossier INTEGER NOT NULL,
	node INTEGER NOT NULL REFERENCES node(id),
	name TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	datatype INTEGER NOT NULL,
	value TEXT NOT NULL,
	value_key TEXT NOT NULL
) STRICT;
CREATE INDEX attribute_node ON attribute(node, name, ordinal);
CREATE INDEX attribute_value ON attribute(name, value_key, node);
CREATE TABLE relation(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	dossier INTEGER NOT NULL,
	source INTEGER NOT NULL REFERENCES node(id),
	target INTEGER NOT NULL REFERENCES node(id),
	kind TEXT NOT NULL,
	remark TEXT,
	UNIQUE(source, target, kind)
) STRICT;
CREATE INDEX relation_target ON relation(target);
CREATE TABLE node_lock(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	dossier INTEGER NOT NULL,
	node INTEGER NOT NULL UNIQUE REFERENCES node(id),
	actor BLOB NOT NULL,
	since INTEGER NOT NULL,
	remark TEXT
) STRICT;
CREATE INDEX node_lock_dossier ON node_lock(dossier);
-- Derived: children that are not in the trash, per parent and kind.
CREATE TABLE child_count(
	parent INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	total INTEGER NOT NULL,
	open INTEGER NOT NULL,
	own_access INTEGER NOT NULL,
	PRIMARY KEY(parent, kind)
) STRICT;
