-- owner: internal/task
CREATE TABLE direction (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  author BIGINT NOT NULL,
  text TEXT NOT NULL,
  due_day TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX direction_document ON direction (document, id);

-- owner: internal/task
CREATE TABLE assignment (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  parent BIGINT NOT NULL,
  direction BIGINT NOT NULL,
  giver BIGINT NOT NULL,
  token TEXT NOT NULL,
  role TEXT NOT NULL,
  due_day TEXT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  result TEXT NOT NULL,
  reply BIGINT NOT NULL
);
CREATE INDEX assignment_document ON assignment (document, id);
CREATE INDEX assignment_token ON assignment (token, state);

-- owner: internal/task
CREATE TABLE progress (
  id BIGINT PRIMARY KEY,
  assignment BIGINT NOT NULL REFERENCES assignment (id),
  person BIGINT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);
