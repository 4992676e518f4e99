-- The hub's words, under keys that it had, that its log goes on under another
-- one: it came back from an older copy.
-- owner: internal/hub
CREATE TABLE succession (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  note TEXT NOT NULL
);
