-- What a signed copy was made from: the scan, and the form of the copy.
-- owner: internal/document
CREATE TABLE scan_copy (
  file BIGINT PRIMARY KEY REFERENCES file (id),
  scan BIGINT NOT NULL REFERENCES file (id),
  form TEXT NOT NULL
);
