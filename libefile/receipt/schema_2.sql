-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The register of invoices (Rechnungseingangsbuch). All tables are recorded (docs/FORMAT.md section 2).

CREATE TABLE receipt_setting (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	name TEXT NOT NULL UNIQUE,
	value TEXT NOT NULL
) STRICT;

CREATE TABLE receipt_supplier (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	seller TEXT NOT NULL UNIQUE,     -- VAT identifier, tax number or name, folded
	name TEXT NOT NULL,
	creditor TEXT,                   -- number in the accounting system
	ibans TEXT NOT NULL,             -- that invoices were paid to, separated by blanks
	skonto_start TEXT,               -- where discount days begin
	agreed_days INTEGER,             -- agreed for payment
	exempt_until TEXT                -- certificate of exemption (§ 48b EStG)
) STRICT;

CREATE TABLE receipt_invoice (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	instance BLOB NOT NULL UNIQUE,
	document BLOB NOT NULL,
	seller TEXT NOT NULL,
	seller_name TEXT,
	number TEXT NOT NULL,
	folded TEXT NOT NULL,            -- the number without blanks, in lower case
	day TEXT,                        -- of the invoice
	kind TEXT NOT NULL,
	payable TEXT,
	currency TEXT,
	iban TEXT,
	contract TEXT,
	sha256 BLOB NOT NULL,            -- of the document
	received TEXT NOT NULL,
	state INTEGER NOT NULL,          -- receipt_state
	original INTEGER,                -- row of the invoice that this one corrects, credits or cancels
	discount_until TEXT,
	discount TEXT,                   -- what it saves
	pay_by TEXT,
	authoriser BLOB,
	authorised TEXT,
	accepted TEXT,                   -- amount, if less than payable
	paid TEXT,
	paid_amount TEXT,
	reason TEXT,
	rules TEXT,                      -- that the check found broken, separated by blanks
	registered INTEGER NOT NULL,
	ended INTEGER
) STRICT;
CREATE INDEX receipt_invoice_seller ON receipt_invoice (seller, folded);
CREATE INDEX receipt_invoice_content ON receipt_invoice (sha256);
CREATE INDEX receipt_invoice_authorised ON receipt_invoice (authoriser, authorised);

CREATE TABLE receipt_posting (
	id INTEGER PRIMARY KEY,
	rev INTEGER NOT NULL,
	uuid BLOB NOT NULL UNIQUE,
	invoice INTEGER NOT NULL REFERENCES receipt_invoice (id),
	amount TEXT NOT NULL,
	data TEXT NOT NULL,              -- JSON: docs/RECEIPT.md
	state INTEGER NOT NULL,          -- 1 waits, 5 paid
	created INTEGER NOT NULL,
	note TEXT
) STRICT;
CREATE INDEX receipt_posting_invoice ON receipt_posting (invoice);
