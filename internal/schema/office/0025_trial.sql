-- The packet came from an agency that was on trial on the exchange.
ALTER TABLE arrival ADD COLUMN trial BOOLEAN NOT NULL DEFAULT FALSE;
