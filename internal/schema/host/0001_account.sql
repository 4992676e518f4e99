-- owner: internal/account
CREATE TABLE agency (
  code TEXT PRIMARY KEY,
  store TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  short TEXT NOT NULL
);

-- owner: internal/account
CREATE TABLE account (
  login TEXT PRIMARY KEY,
  agency TEXT NOT NULL REFERENCES agency (code),
  person BIGINT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  hash TEXT NOT NULL,
  must_change BOOLEAN NOT NULL,
  changed_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  fails BIGINT NOT NULL,
  first_fail BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  last_seen BIGINT NOT NULL
);

-- owner: internal/account
CREATE TABLE old_password (
  id BIGINT PRIMARY KEY,
  login TEXT NOT NULL REFERENCES account (login),
  hash TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- owner: internal/account
CREATE TABLE session (
  token TEXT PRIMARY KEY,
  login TEXT NOT NULL REFERENCES account (login),
  agency TEXT NOT NULL,
  person BIGINT NOT NULL,
  must_change BOOLEAN NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX session_login ON session (login);

-- owner: internal/account
CREATE TABLE sign_in (
  id BIGINT PRIMARY KEY,
  login TEXT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL
);
CREATE INDEX sign_in_login ON sign_in (login, at);
