-- How long packets have been tried: a clock that runs while they are, and stands
-- still when nobody tries or the machine's clock is set.
-- owner: internal/exchange
CREATE TABLE outbox_clock (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  at BIGINT NOT NULL,
  ran BIGINT NOT NULL
);
INSERT INTO outbox_clock (id, at, ran) VALUES (1, 0, 0);
ALTER TABLE outbox ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;
