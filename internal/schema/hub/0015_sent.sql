-- The index of the list of sent packets serves that list alone: its first
-- column is written so that an engine does not take it for another question
-- about a sender, and read all that was ever sent, before it knows its rows.
DROP INDEX delivery_changed;
CREATE UNIQUE INDEX delivery_sent ON delivery ((sender + 0), changed);
