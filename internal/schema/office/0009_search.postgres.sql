-- What search reads of each document: folded words of its register line and of
-- its files, and the text itself for excerpts.
-- owner: internal/search
CREATE TABLE search_text (
  subject BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  head_fold TEXT NOT NULL,
  body_fold TEXT NOT NULL,
  body TEXT NOT NULL,
  file TEXT NOT NULL
);

-- The word index over it; the engine keeps it in the same transaction.
ALTER TABLE search_text ADD COLUMN words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', head_fold), 'A') || setweight(to_tsvector('simple', body_fold), 'B')) STORED;
CREATE INDEX search_text_words ON search_text USING gin (words);
