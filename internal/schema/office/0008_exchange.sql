-- One line per recipient of an issued document.
-- owner: internal/exchange
CREATE TABLE delivery (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  before_recall TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  carrier TEXT NOT NULL
);
CREATE INDEX delivery_document ON delivery (document, id);
CREATE INDEX delivery_state ON delivery (state, id);

-- What happened to a line, with the hub's signed receipt.
-- owner: internal/exchange
CREATE TABLE delivery_event (
  id BIGINT PRIMARY KEY,
  delivery BIGINT NOT NULL REFERENCES delivery (id),
  code TEXT NOT NULL,
  at BIGINT NOT NULL,
  staff TEXT NOT NULL,
  note TEXT NOT NULL,
  receipt TEXT NOT NULL,
  applied BOOLEAN NOT NULL
);
CREATE INDEX delivery_event_delivery ON delivery_event (delivery, id);

-- Packets that wait for the hub, in order.
-- owner: internal/exchange
CREATE TABLE outbox (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  note TEXT NOT NULL,
  receiver TEXT NOT NULL,
  packet TEXT NOT NULL,
  tries BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  since BIGINT NOT NULL,
  error TEXT NOT NULL
);

-- Packets that came, kept raw; (sender, message) has one effect.
-- owner: internal/exchange
CREATE TABLE arrival (
  id BIGINT PRIMARY KEY,
  message TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL,
  document_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  packet TEXT NOT NULL,
  at BIGINT NOT NULL,
  document BIGINT NOT NULL
);
CREATE INDEX arrival_key ON arrival (sender, document_key);
CREATE INDEX arrival_document ON arrival (document);
