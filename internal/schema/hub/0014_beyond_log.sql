-- The log of the hub beyond a gateway, as the gateway saw it last: the key that
-- signs it, its signed head, and the newest receipt since, which claims a head.
-- trouble is what a person must see to, '' when nothing.
-- owner: internal/hub
CREATE TABLE beyond_log (
  via BIGINT PRIMARY KEY,
  key TEXT NOT NULL,
  head TEXT NOT NULL,
  claim TEXT NOT NULL,
  trouble TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- Where a receipt of acceptance stands in that log; -1 for others, and for those
-- from before this column.
ALTER TABLE relayed_receipt ADD COLUMN place BIGINT NOT NULL DEFAULT -1;
CREATE INDEX relayed_place ON relayed_receipt (via, packet, place) WHERE place >= 0;
