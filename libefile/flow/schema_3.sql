-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Format 3: entries of sign-off lists.

ALTER TABLE flow_task ADD COLUMN instruction INTEGER; -- efile_instruction; NULL: none
