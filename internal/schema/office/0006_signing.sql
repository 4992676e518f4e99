-- owner: internal/signing
CREATE TABLE certificate (
  id BIGINT PRIMARY KEY,
  person BIGINT NOT NULL,
  driver TEXT NOT NULL,
  key_ref TEXT NOT NULL,
  serial TEXT NOT NULL,
  subject TEXT NOT NULL,
  issuer TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  device TEXT NOT NULL,
  ended_at BIGINT NOT NULL
);

-- owner: internal/signing
CREATE TABLE custody (
  id BIGINT PRIMARY KEY,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  person BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  permission TEXT NOT NULL,
  minutes TEXT NOT NULL
);

-- owner: internal/signing
CREATE TABLE signature (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  file BIGINT NOT NULL,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  person BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX signature_document ON signature (document);
