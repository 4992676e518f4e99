-- owner: internal/draft
CREATE TABLE draft (
  document BIGINT PRIMARY KEY REFERENCES document (id),
  drafter BIGINT NOT NULL,
  unit BIGINT NOT NULL,
  signer BIGINT NOT NULL,
  capacity TEXT NOT NULL,
  form TEXT NOT NULL,
  version BIGINT NOT NULL,
  approved_hash TEXT NOT NULL,
  approved_by BIGINT NOT NULL,
  flow TEXT NOT NULL,
  place TEXT NOT NULL,
  reply_to BIGINT NOT NULL
);

-- owner: internal/draft
CREATE TABLE version (
  document BIGINT NOT NULL REFERENCES document (id),
  no BIGINT NOT NULL,
  author BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  locked BOOLEAN NOT NULL,
  PRIMARY KEY (document, no)
);

-- owner: internal/draft
CREATE TABLE opinion (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  version BIGINT NOT NULL,
  person BIGINT NOT NULL,
  step TEXT NOT NULL,
  verdict TEXT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX opinion_document ON opinion (document, id);

-- owner: internal/draft
CREATE TABLE recipient (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (document, code, name)
);
