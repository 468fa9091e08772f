-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The store's own tables, format 1: docs/FORMAT.md.
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;
CREATE TABLE record_kind(number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE journal(
	rev INTEGER PRIMARY KEY,
	chain INTEGER NOT NULL,
	number INTEGER NOT NULL,
	time INTEGER NOT NULL,
	actor BLOB NOT NULL,
	behalf BLOB,
	action INTEGER NOT NULL,
	object_kind INTEGER NOT NULL,
	object BLOB,
	body BLOB NOT NULL,
	rows BLOB NOT NULL,
	hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_chain ON journal(chain, number);
CREATE INDEX journal_object ON journal(object, rev) WHERE object IS NOT NULL;
CREATE TABLE journal_body(
	rev INTEGER PRIMARY KEY,
	codec INTEGER NOT NULL,
	key INTEGER,
	salt BLOB,
	body BLOB
) STRICT;
CREATE TABLE record_mark(kind INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
CREATE TABLE checkpoint(
	size INTEGER PRIMARY KEY,
	root BLOB NOT NULL,
	time INTEGER NOT NULL,
	signature BLOB,
	token BLOB
) STRICT;
CREATE TABLE blob(
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	sha256 BLOB NOT NULL UNIQUE,
	size INTEGER NOT NULL,
	codec INTEGER NOT NULL,
	key INTEGER
) STRICT;
CREATE TABLE blob_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
