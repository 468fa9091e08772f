-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Who is who, and who may do what. All tables but access_stamp are recorded (docs/FORMAT.md 2).

CREATE TABLE actor (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	kind INTEGER NOT NULL,          -- efile_actor_kind
	name TEXT NOT NULL UNIQUE,
	display TEXT NOT NULL,
	mail TEXT,
	active INTEGER NOT NULL,
	clearance INTEGER NOT NULL      -- efile_confidentiality
) STRICT;

CREATE TABLE membership (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	member INTEGER NOT NULL REFERENCES actor (id),
	container INTEGER NOT NULL REFERENCES actor (id),
	valid_from TEXT,                -- first day, NULL: since ever
	valid_until TEXT,               -- last day, NULL: without end
	UNIQUE (member, container)
) STRICT;
CREATE INDEX membership_container ON membership (container);

CREATE TABLE deputy (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	principal INTEGER NOT NULL REFERENCES actor (id),
	deputy INTEGER NOT NULL REFERENCES actor (id),
	valid_from TEXT,
	valid_until TEXT,
	rights INTEGER NOT NULL,        -- what is passed on
	only_absent INTEGER NOT NULL,
	UNIQUE (principal, deputy)
) STRICT;
CREATE INDEX deputy_deputy ON deputy (deputy);

CREATE TABLE absence (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	actor INTEGER NOT NULL REFERENCES actor (id),
	valid_from TEXT NOT NULL,
	valid_until TEXT,
	UNIQUE (actor, valid_from)
) STRICT;

CREATE TABLE login (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	login TEXT NOT NULL,
	actor INTEGER NOT NULL REFERENCES actor (id),
	UNIQUE (login, actor)
) STRICT;
CREATE INDEX login_actor ON login (actor);

CREATE TABLE access_list (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	digest BLOB NOT NULL UNIQUE     -- of its entries: docs/ACCESS.md 3
) STRICT;

CREATE TABLE access_entry (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	list INTEGER NOT NULL REFERENCES access_list (id),
	subject INTEGER NOT NULL REFERENCES actor (id),
	deny INTEGER NOT NULL,
	rights INTEGER NOT NULL,
	not_by_deputy INTEGER NOT NULL,
	UNIQUE (list, subject, deny, not_by_deputy)
) STRICT;
CREATE INDEX access_entry_subject ON access_entry (subject);

-- Derived: a random number that is new after each change of the tables above, so that sessions
-- notice. A counter would come back after a rollback.
CREATE TABLE access_stamp (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	stamp INTEGER NOT NULL
) STRICT;
INSERT INTO access_stamp (id, stamp) VALUES (1, 0);
