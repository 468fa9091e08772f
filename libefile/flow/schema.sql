-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Processes at work. All tables are recorded (docs/FORMAT.md section 2); rows of open waits only
-- live as long as the wait, but for tasks, whose end is history.

CREATE TABLE flow_definition (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	process TEXT NOT NULL,
	version INTEGER NOT NULL,
	name TEXT NOT NULL,
	source INTEGER NOT NULL REFERENCES blob (id), -- the BPMN file
	arena BLOB NOT NULL,             -- compiled (libefile/flow/definition.h)
	created INTEGER NOT NULL,
	UNIQUE (process, version)
) STRICT;

CREATE TABLE flow_instance (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	definition INTEGER NOT NULL REFERENCES flow_definition (id),
	dossier INTEGER NOT NULL,        -- row of the dossier, 0: none; the chain of its entries
	status INTEGER NOT NULL,         -- efile_flow_status
	state BLOB NOT NULL,
	case_id BLOB,
	document BLOB,
	starter BLOB NOT NULL,
	started INTEGER NOT NULL,
	ended INTEGER,
	parent INTEGER,                  -- row of the instance that called it
	parent_wait INTEGER              -- and what waits there
) STRICT;
CREATE INDEX flow_instance_case ON flow_instance (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE flow_task (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	instance INTEGER NOT NULL REFERENCES flow_instance (id),
	wait INTEGER NOT NULL,
	node TEXT NOT NULL,
	name TEXT NOT NULL,
	status INTEGER NOT NULL,         -- 1 open, 2 completed, 3 cancelled
	assignee INTEGER,                -- row of actor
	owner INTEGER,
	due INTEGER,
	created INTEGER NOT NULL,
	ended INTEGER,
	performer BLOB,
	behalf BLOB,
	UNIQUE (instance, wait)
) STRICT;
CREATE INDEX flow_task_assignee ON flow_task (assignee, id) WHERE status = 1;

CREATE TABLE flow_candidate (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	task INTEGER NOT NULL REFERENCES flow_task (id),
	actor INTEGER NOT NULL,
	UNIQUE (actor, task)
) STRICT;
CREATE INDEX flow_candidate_task ON flow_candidate (task);

CREATE TABLE flow_job (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	instance INTEGER NOT NULL REFERENCES flow_instance (id),
	wait INTEGER NOT NULL,
	node TEXT NOT NULL,
	handler TEXT NOT NULL,
	created INTEGER NOT NULL,
	UNIQUE (instance, wait)
) STRICT;
CREATE INDEX flow_job_handler ON flow_job (handler, id);

-- What instances wait for besides people and jobs: messages, signals, timers. Rows without instance
-- are the starts of the newest version of a process.
CREATE TABLE flow_wait (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	instance INTEGER NOT NULL,       -- 0: a start
	definition INTEGER NOT NULL,     -- 0: of an instance
	wait INTEGER NOT NULL,
	kind INTEGER NOT NULL,           -- flow_wait_kind
	node TEXT NOT NULL,
	name TEXT NOT NULL,
	key TEXT NOT NULL,
	due INTEGER,
	remaining INTEGER,               -- of a start that a timer repeats; NULL: without end
	UNIQUE (instance, definition, wait)
) STRICT;
CREATE INDEX flow_wait_name ON flow_wait (name, kind, id);
CREATE INDEX flow_wait_due ON flow_wait (due, id) WHERE due IS NOT NULL;

CREATE TABLE flow_message (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	name TEXT NOT NULL,
	key TEXT NOT NULL,
	variables TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX flow_message_name ON flow_message (name, id);
