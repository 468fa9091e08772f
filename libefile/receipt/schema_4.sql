-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 4: interim and final invoices.

ALTER TABLE receipt_invoice ADD COLUMN order_number TEXT; -- BT-13
ALTER TABLE receipt_invoice ADD COLUMN amounts TEXT;      -- JSON: gross amount and taxes, for the final invoice
ALTER TABLE receipt_invoice ADD COLUMN retained TEXT;     -- as security (§ 17 VOB/B)
CREATE INDEX receipt_invoice_kind ON receipt_invoice (seller, kind, id);
