-- law:HT33-9.9
-- owner: internal/register
CREATE TABLE entry (
  id BIGINT PRIMARY KEY,
  number BIGINT NOT NULL,
  subject TEXT NOT NULL,
  subject_fold TEXT NOT NULL,
  at BIGINT NOT NULL
);
-- owner: internal/task
CREATE TABLE task (
  id BIGINT PRIMARY KEY,
  state TEXT NOT NULL
);
CREATE TABLE orphan (
  id BIGINT PRIMARY KEY
);
