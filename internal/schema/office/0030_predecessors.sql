-- When an agency was closed on the hub, milliseconds since 1970; 0 where it is
-- not, or nobody told. What it sealed until then its heir sends on.
ALTER TABLE directory ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX directory_successor ON directory (successor);

-- The whole directory is read anew: of agencies closed before this the day is
-- not known yet.
UPDATE setting SET value = '' WHERE name = 'directory.since';
