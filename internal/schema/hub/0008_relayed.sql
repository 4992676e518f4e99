-- What the hub beyond a gateway gave for a packet that went on to it: its own
-- signed receipt, word for word. via is the gateway.
-- owner: internal/hub
CREATE TABLE relayed (
  packet BIGINT NOT NULL REFERENCES packet (id),
  via BIGINT NOT NULL,
  at BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (packet, via)
);
