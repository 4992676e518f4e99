-- The paper original of an issued document that the clerk has printed, sealed
-- and keeps: where, who says so, and when. No row: not recorded yet.
-- owner: internal/document
CREATE TABLE kept_paper (
  document BIGINT PRIMARY KEY REFERENCES document (id),
  place TEXT NOT NULL,
  person BIGINT NOT NULL,
  at BIGINT NOT NULL
);
