-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 3: postings leave in batches, and the finance system answers.

CREATE TABLE receipt_batch (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	number INTEGER NOT NULL UNIQUE,  -- from 1, no gaps
	format INTEGER NOT NULL,         -- efile_handover_format
	profile TEXT NOT NULL,           -- JSON that it was written by, so that it can be written again
	state INTEGER NOT NULL,          -- 1 made, 2 its file is written
	postings INTEGER NOT NULL,
	totals TEXT NOT NULL,            -- JSON: count and sum of each currency
	control TEXT NOT NULL,           -- sum of all amounts whatever the currency
	size INTEGER NOT NULL,           -- of the file
	sha256 BLOB,                     -- of the file
	created INTEGER NOT NULL,
	written INTEGER
) STRICT;

ALTER TABLE receipt_posting ADD COLUMN batch INTEGER;  -- row of the batch; NULL: none yet
ALTER TABLE receipt_posting ADD COLUMN external TEXT;  -- number of the document in the finance system
ALTER TABLE receipt_posting ADD COLUMN booked TEXT;    -- day of the last answer
CREATE INDEX receipt_posting_state ON receipt_posting (state, id);
CREATE INDEX receipt_posting_batch ON receipt_posting (batch, id);

ALTER TABLE receipt_invoice ADD COLUMN discount_assumed INTEGER; -- 1: nobody said where its days begin
CREATE INDEX receipt_invoice_received ON receipt_invoice (received, id);
