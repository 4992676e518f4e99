-- What was found at the arrival about the packet's own signatures, as JSON; ''
-- where it has none.
ALTER TABLE arrival ADD COLUMN signatures TEXT NOT NULL DEFAULT '';
