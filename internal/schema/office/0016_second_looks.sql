-- A sealed file whose evidence could not be renewed is tried again, later each
-- time: how often it was tried, when the next time is, and what was wrong.
ALTER TABLE evidence ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
