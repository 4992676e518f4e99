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

-- The word index over it; the triggers keep it in the same transaction.
-- owner: internal/search
CREATE VIRTUAL TABLE search_word USING fts5(kind, head_fold, body_fold, content='search_text', content_rowid='subject', tokenize='ascii', prefix='2 3');
CREATE TRIGGER search_text_new AFTER INSERT ON search_text BEGIN INSERT INTO search_word (rowid, kind, head_fold, body_fold) VALUES (new.subject, new.kind, new.head_fold, new.body_fold); END;
CREATE TRIGGER search_text_gone AFTER DELETE ON search_text BEGIN INSERT INTO search_word (search_word, rowid, kind, head_fold, body_fold) VALUES ('delete', old.subject, old.kind, old.head_fold, old.body_fold); END;
