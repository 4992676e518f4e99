-- Packets that the hub has taken, as they were in the outbox, for as long as it
-- may have to be offered them again. entry is the place in the hub's log.
-- owner: internal/exchange
CREATE TABLE handed (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  note TEXT NOT NULL,
  receiver TEXT NOT NULL,
  packet TEXT NOT NULL,
  message TEXT NOT NULL,
  entry BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX handed_entry ON handed (entry);
CREATE INDEX handed_at ON handed (at);
CREATE INDEX handed_message ON handed (message);

-- A packet that the hub had taken and has forgotten.
ALTER TABLE outbox ADD COLUMN again BOOLEAN NOT NULL DEFAULT FALSE;

-- Signed heads of the hub's log that this agency has seen, under the key that
-- signed them: with the proof that the log went on, or in a receipt. Those that
-- the hub's log does not lead to any more (lost) stay, as evidence.
-- owner: internal/exchange
CREATE TABLE hub_head (
  id BIGINT PRIMARY KEY,
  size BIGINT NOT NULL,
  note TEXT NOT NULL,
  key TEXT NOT NULL,
  proven BOOLEAN NOT NULL,
  lost BOOLEAN NOT NULL
);
CREATE INDEX hub_head_size ON hub_head (lost, size);
