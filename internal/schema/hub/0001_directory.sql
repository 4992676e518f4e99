-- Agencies of the exchange (danh bạ). Nothing is deleted, only closed with a
-- date (C02). changed is the directory's change token: the id of the last act
-- that touched the row.
-- owner: internal/hub
CREATE TABLE agency (
  id BIGINT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  alt_code TEXT NOT NULL,
  name TEXT NOT NULL,
  symbol TEXT NOT NULL,
  parent TEXT NOT NULL,
  gateway TEXT NOT NULL,
  class TEXT NOT NULL,
  mail TEXT NOT NULL,
  phone TEXT NOT NULL,
  fax TEXT NOT NULL,
  address TEXT NOT NULL,
  website TEXT NOT NULL,
  contact TEXT NOT NULL,
  state TEXT NOT NULL,
  state_at BIGINT NOT NULL,
  trial_ends BIGINT NOT NULL,
  paused BOOLEAN NOT NULL,
  successor TEXT NOT NULL,
  decision TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX agency_changed ON agency (changed);
CREATE INDEX agency_parent ON agency (parent);

-- Every code that ever named an agency, in both code systems and as it was
-- before a merger: a code names one agency for ever (C02).
-- owner: internal/hub
CREATE TABLE agency_code (
  code TEXT PRIMARY KEY,
  agency BIGINT NOT NULL REFERENCES agency (id),
  since TEXT NOT NULL,
  until TEXT NOT NULL
);
CREATE INDEX agency_code_agency ON agency_code (agency);

-- Secrets of the agencies' systems. hash is SHA-256 of the secret, for
-- presenting it; sealed is the secret under the hub's key, for the dialect
-- that signs with it (HMAC). Two may be valid while one replaces the other.
-- owner: internal/hub
CREATE TABLE credential (
  id BIGINT PRIMARY KEY,
  agency BIGINT NOT NULL REFERENCES agency (id),
  label TEXT NOT NULL,
  hash TEXT NOT NULL,
  sealed TEXT NOT NULL,
  since BIGINT NOT NULL,
  revoked BIGINT NOT NULL
);
CREATE INDEX credential_agency ON credential (agency);

-- What the operator and the clock did to agencies: who, when, to whom.
-- owner: internal/hub
CREATE TABLE event (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor BIGINT NOT NULL,
  address TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, id);
