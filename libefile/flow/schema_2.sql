-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 2: jobs that are leased and tried again, incidents that can be listed, decisions.

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
