-- One accepted packet (gói tin). The body is the blob that hash names. name is
-- the id outside: derived from sender and key, so that what is offered again
-- after a restore comes back under the name that receivers already know.
-- gone is when the body was purged, 0 while it is here.
-- owner: internal/hub
CREATE TABLE packet (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  sender BIGINT NOT NULL REFERENCES agency (id),
  from_code TEXT NOT NULL,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  target TEXT NOT NULL,
  notation TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  content TEXT NOT NULL,
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  at BIGINT NOT NULL,
  leaf BIGINT NOT NULL,
  gone BIGINT NOT NULL
);
CREATE INDEX packet_notation ON packet (sender, notation);
CREATE INDEX packet_hash ON packet (hash);

-- One recipient of a packet with its state along §6.3. transport is the other
-- layer: initial, processing, done, fail, as the receiving system says of its
-- own fetching. via is the agency whose system fetches: the recipient, or its
-- gateway. changed is the sender's change token.
-- owner: internal/hub
CREATE TABLE delivery (
  packet BIGINT NOT NULL REFERENCES packet (id),
  recipient BIGINT NOT NULL REFERENCES agency (id),
  sender BIGINT NOT NULL,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  via BIGINT NOT NULL,
  to_code TEXT NOT NULL,
  state TEXT NOT NULL,
  former TEXT NOT NULL,
  state_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  transport TEXT NOT NULL,
  fetched_at BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  PRIMARY KEY (packet, recipient)
);
CREATE INDEX delivery_document ON delivery (sender, document, recipient, packet);
CREATE UNIQUE INDEX delivery_changed ON delivery (sender, changed);

-- What waits for an agency. Rows leave when confirmed, so that the cost of a
-- look does not depend on what went before. class 0 is urgent.
-- owner: internal/hub
CREATE TABLE waiting (
  recipient BIGINT NOT NULL,
  class BIGINT NOT NULL,
  packet BIGINT NOT NULL,
  sender BIGINT NOT NULL,
  status BOOLEAN NOT NULL,
  since BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (recipient, class, packet)
);
CREATE INDEX waiting_kind ON waiting (recipient, status, class, packet);
CREATE UNIQUE INDEX waiting_packet ON waiting (packet, recipient);

-- Queue lengths, kept on write: the console never counts rows.
-- owner: internal/hub
CREATE TABLE queue (
  agency BIGINT PRIMARY KEY,
  waiting BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  failed BIGINT NOT NULL
);

-- Every status packet about a delivery, applied or not: those that §6.3 does
-- not allow are kept as anomalies with the reason in why.
-- owner: internal/hub
CREATE TABLE status (
  id BIGINT PRIMARY KEY,
  packet BIGINT NOT NULL,
  subject BIGINT NOT NULL,
  recipient BIGINT NOT NULL,
  code TEXT NOT NULL,
  said_at TEXT NOT NULL,
  at BIGINT NOT NULL,
  staff TEXT NOT NULL,
  note TEXT NOT NULL,
  outcome TEXT NOT NULL,
  why TEXT NOT NULL
);
CREATE INDEX status_subject ON status (subject, recipient, id);
CREATE INDEX status_outcome ON status (outcome, id);
