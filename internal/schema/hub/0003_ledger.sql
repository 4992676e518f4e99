-- The hub's tamper-evident log (sổ cái): one row per entry, never changed.
-- owner: internal/hub
CREATE TABLE leaf (
  id BIGINT PRIMARY KEY,
  packet BIGINT NOT NULL,
  recipient BIGINT NOT NULL,
  event TEXT NOT NULL,
  entry TEXT NOT NULL,
  hashes TEXT NOT NULL
);
CREATE INDEX leaf_packet ON leaf (packet, id);

-- The right edge of the log's tree, one row; origin is the name under which
-- the log was last gone on with.
-- owner: internal/hub
CREATE TABLE tail (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  tail TEXT NOT NULL,
  origin TEXT NOT NULL
);

-- Checkpoints that the hub published on its own account, with their RFC 3161
-- token (base64) when it came.
-- owner: internal/hub
CREATE TABLE checkpoint (
  size BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  stamp TEXT NOT NULL
);
