-- owner: internal/journal
CREATE TABLE entry (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  person BIGINT NOT NULL,
  on_behalf BIGINT NOT NULL,
  verb TEXT NOT NULL,
  subject BIGINT NOT NULL,
  parent BIGINT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX entry_subject ON entry (subject, id);

-- owner: internal/journal
CREATE TABLE follower (
  name TEXT PRIMARY KEY,
  entry BIGINT NOT NULL
);

-- Who somebody is to a document: token is "person:7", "role:clerk", "head:3".
-- owner: internal/access
CREATE TABLE relation (
  subject BIGINT NOT NULL,
  token TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (subject, token, kind)
);
CREATE INDEX relation_token ON relation (token, subject);

-- owner: internal/notice
CREATE TABLE notice (
  id BIGINT PRIMARY KEY,
  person BIGINT NOT NULL,
  at BIGINT NOT NULL,
  text TEXT NOT NULL,
  subject BIGINT NOT NULL,
  read_at BIGINT NOT NULL
);
CREATE INDEX notice_person ON notice (person, read_at, id);
