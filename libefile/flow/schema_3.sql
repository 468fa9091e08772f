-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 3: entries of sign-off lists; reminders and escalations of tasks; messages find who waits by their key.

ALTER TABLE flow_task ADD COLUMN instruction INTEGER; -- efile_instruction; NULL: none
ALTER TABLE flow_task ADD COLUMN reminders INTEGER;   -- the highest number of its reminders; NULL: none

CREATE TABLE flow_reminder (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	task INTEGER NOT NULL REFERENCES flow_task (id),
	number INTEGER NOT NULL,         -- within the task
	moment TEXT NOT NULL,            -- as it was said: due-2 office-days
	calendar TEXT,
	due INTEGER,                     -- NULL: counts from a due date that there is not
	fired INTEGER,
	names TEXT,                      -- to whom it escalates; NULL: a reminder
	priority INTEGER,                -- at least, from then on
	UNIQUE (task, number)
) STRICT;
CREATE INDEX flow_reminder_due ON flow_reminder (due, id) WHERE due IS NOT NULL AND fired IS NULL;

ALTER TABLE flow_instance ADD COLUMN erased INTEGER;  -- when its retention was over
ALTER TABLE flow_instance ADD COLUMN figures TEXT;    -- what history still tells then, JSON

DROP INDEX flow_wait_name;
CREATE INDEX flow_wait_key ON flow_wait (name, kind, key, id) WHERE instance <> 0;
CREATE INDEX flow_wait_start ON flow_wait (name, kind, id) WHERE instance = 0;
CREATE INDEX flow_message_key ON flow_message (name, key, id);
