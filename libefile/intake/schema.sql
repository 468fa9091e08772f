-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The intake journal. All tables are recorded (docs/FORMAT.md section 2).

CREATE TABLE intake_item (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	office TEXT NOT NULL,
	year INTEGER NOT NULL,
	number INTEGER NOT NULL,
	channel INTEGER NOT NULL,        -- efile_intake_channel
	sha256 BLOB NOT NULL,            -- of the raw bytes
	blob INTEGER REFERENCES blob (id), -- NULL: rejected
	state INTEGER NOT NULL,          -- efile_intake_state
	received INTEGER NOT NULL,       -- our clock
	claimed INTEGER,                 -- the Date field
	name TEXT,
	sender TEXT,
	subject TEXT,
	message_id TEXT,
	reason TEXT,
	case_id BLOB,
	document BLOB,
	instance BLOB,
	UNIQUE (channel, sha256),
	UNIQUE (office, year, number)
) STRICT;
CREATE INDEX intake_item_state ON intake_item (state, id);

CREATE TABLE intake_number (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	office TEXT NOT NULL,
	year INTEGER NOT NULL,
	last INTEGER NOT NULL,
	UNIQUE (office, year)
) STRICT;

CREATE TABLE intake_rule (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	name TEXT NOT NULL UNIQUE,
	ord INTEGER NOT NULL,
	condition TEXT NOT NULL,
	plan TEXT NOT NULL,
	title TEXT NOT NULL,
	doctype TEXT,
	process TEXT
) STRICT;
