-- How long a signed file proves itself, and whether a renewed file has taken over.
-- owner: internal/document
CREATE TABLE evidence (
  file BIGINT PRIMARY KEY REFERENCES file (id),
  until BIGINT NOT NULL,
  stamped BIGINT NOT NULL,
  rsa BIGINT NOT NULL,
  renewed BOOLEAN NOT NULL
);
CREATE INDEX evidence_until ON evidence (renewed, until);
