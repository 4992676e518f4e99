-- Contents of recalled documents that are to be destroyed, and since when they
-- are. A row is written with the recall itself, so that no crash forgets one.
-- owner: internal/document
CREATE TABLE condemned (
  hash TEXT NOT NULL,
  document BIGINT NOT NULL REFERENCES document (id),
  at BIGINT NOT NULL,
  destroyed_at BIGINT NOT NULL,
  PRIMARY KEY (hash, document)
);
CREATE INDEX condemned_open ON condemned (destroyed_at, document);

-- What was recalled before is looked at once more.
INSERT INTO condemned (hash, document, at, destroyed_at) SELECT DISTINCT hash, document, 0, 0 FROM file WHERE closed;
