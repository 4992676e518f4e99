-- Copies that a gateway took on to the hub beyond it, under the id that they
-- have there. Such a copy is Sent until that hub tells more.
-- owner: internal/hub
CREATE TABLE passed (
  packet BIGINT NOT NULL REFERENCES packet (id),
  recipient BIGINT NOT NULL,
  via BIGINT NOT NULL,
  beyond TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (packet, recipient)
);
CREATE INDEX passed_beyond ON passed (via, beyond);

-- How far a gateway has told what became of packets beyond it: the change
-- token of the hub there, moved on together with what it told.
-- owner: internal/hub
CREATE TABLE told (
  via BIGINT PRIMARY KEY,
  token TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- What the hub beyond a gateway gave for a packet that went on to it: its own
-- signed receipts, word for word. event and recipient are as the gateway names
-- them; recipient is '' for the acceptance.
-- owner: internal/hub
CREATE TABLE relayed_receipt (
  packet BIGINT NOT NULL REFERENCES packet (id),
  via BIGINT NOT NULL,
  event TEXT NOT NULL,
  recipient TEXT NOT NULL,
  at BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (packet, via, event, recipient)
);
INSERT INTO relayed_receipt SELECT packet, via, 'accepted', '', at, receipt FROM relayed;
DROP TABLE relayed;

-- SHA-256 (hex) of the TLS certificate that the system with this secret shows,
-- and whose it is; '' for none.
ALTER TABLE credential ADD COLUMN certificate TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN holder TEXT NOT NULL DEFAULT '';
