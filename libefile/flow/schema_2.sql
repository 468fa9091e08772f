-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 2: jobs that are leased and tried again, incidents that can be listed, decisions; what people
-- do with tasks beyond claiming them.

ALTER TABLE flow_job ADD COLUMN ready INTEGER;    -- not before: waits for another try, or is leased until
ALTER TABLE flow_job ADD COLUMN failures INTEGER; -- how often it has failed
ALTER TABLE flow_job ADD COLUMN priority INTEGER; -- higher goes first; NULL: 0
ALTER TABLE flow_job ADD COLUMN fence INTEGER;    -- the token of the newest lease
ALTER TABLE flow_job ADD COLUMN worker TEXT;      -- who has leased it; NULL: nobody
CREATE INDEX flow_job_turn ON flow_job (handler, coalesce(priority, 0) DESC, id);
CREATE INDEX flow_job_ready ON flow_job (ready, id) WHERE ready IS NOT NULL;

CREATE TABLE flow_incident (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	instance INTEGER NOT NULL REFERENCES flow_instance (id),
	wait INTEGER NOT NULL,
	node TEXT NOT NULL,
	message TEXT NOT NULL,
	created INTEGER NOT NULL,
	handler TEXT,                    -- of the job that failed too often; NULL: none
	UNIQUE (instance, wait)
) STRICT;

ALTER TABLE flow_task ADD COLUMN follow_up INTEGER; -- not before then on the worklist
ALTER TABLE flow_task ADD COLUMN priority INTEGER;  -- 0 to 100; NULL: 50
ALTER TABLE flow_task ADD COLUMN handed INTEGER;    -- efile_task_handed; NULL: to nobody
ALTER TABLE flow_task ADD COLUMN trail TEXT;        -- rows of earlier holders, the last one last
DROP INDEX flow_task_assignee;

-- One index instead of two: the worklist has a table of its own. The rows stay as they are sealed.
CREATE TABLE flow_candidate_new (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	task INTEGER NOT NULL REFERENCES flow_task (id),
	actor INTEGER NOT NULL,
	takes INTEGER,                   -- 1: by escalation, also what somebody has claimed
	UNIQUE (task, actor)
) STRICT;
INSERT INTO flow_candidate_new (id, rev, task, actor) SELECT id, rev, task, actor FROM flow_candidate;
DROP TABLE flow_candidate;
ALTER TABLE flow_candidate_new RENAME TO flow_candidate;

-- Derived: who has which open task on the desk. What somebody has claimed is on that desk only.
CREATE TABLE flow_desk (
	actor INTEGER NOT NULL,
	task INTEGER NOT NULL,
	due INTEGER,
	rank INTEGER,                    -- 50 less the priority; NULL: 0
	follow_up INTEGER,
	PRIMARY KEY (actor, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX flow_desk_due ON flow_desk (actor, due, task, follow_up) WHERE due IS NOT NULL;
CREATE INDEX flow_desk_rank ON flow_desk (actor, rank, task, follow_up) WHERE rank IS NOT NULL;
INSERT INTO flow_desk (actor, task, due)
	SELECT assignee, id, due FROM flow_task WHERE status = 1 AND assignee IS NOT NULL;
INSERT INTO flow_desk (actor, task, due)
	SELECT c.actor, c.task, t.due FROM flow_candidate c JOIN flow_task t ON t.id = c.task
	WHERE t.status = 1 AND t.assignee IS NULL;

CREATE TABLE flow_comment (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	instance INTEGER NOT NULL REFERENCES flow_instance (id),
	task INTEGER REFERENCES flow_task (id), -- NULL: on the process
	author BLOB NOT NULL,
	behalf BLOB,
	created INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX flow_comment_instance ON flow_comment (instance, id);

CREATE TABLE flow_decision (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	decision TEXT NOT NULL,          -- id in its model
	version INTEGER NOT NULL,
	name TEXT NOT NULL,
	source INTEGER NOT NULL REFERENCES blob (id), -- the DMN file
	created INTEGER NOT NULL,
	UNIQUE (decision, version)
) STRICT;
