-- The certificate itself and its issuers, so that a signature is prepared
-- without the key.
ALTER TABLE certificate ADD COLUMN pem TEXT NOT NULL DEFAULT '';

-- A file that was handed out to be signed elsewhere.
-- owner: internal/signing
CREATE TABLE handout (
  id BIGINT PRIMARY KEY,
  session BIGINT NOT NULL,
  document BIGINT NOT NULL REFERENCES document (id),
  purpose TEXT NOT NULL,
  annex BIGINT NOT NULL,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  person BIGINT NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  handed TEXT NOT NULL,
  token TEXT NOT NULL,
  ends_at BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  result TEXT NOT NULL
);
CREATE INDEX handout_token ON handout (token);
CREATE INDEX handout_session ON handout (session);

-- Many documents signed under one confirmation.
-- owner: internal/signing
CREATE TABLE batch (
  id BIGINT PRIMARY KEY,
  person BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);
CREATE INDEX batch_person ON batch (person);

-- owner: internal/signing
CREATE TABLE batch_line (
  batch BIGINT NOT NULL REFERENCES batch (id),
  document BIGINT NOT NULL REFERENCES document (id),
  place BIGINT NOT NULL,
  state TEXT NOT NULL,
  text TEXT NOT NULL,
  next TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (batch, document)
);
