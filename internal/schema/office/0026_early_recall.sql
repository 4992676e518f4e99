-- A recall that came before its document, until that comes. said_at is the
-- sender's own time of it, 0 where he tells none.
-- owner: internal/exchange
CREATE TABLE early_recall (
  sender TEXT NOT NULL,
  document_key TEXT NOT NULL,
  reason TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (sender, document_key)
);

-- Since when the file of a packet is no longer kept; 0: it is.
ALTER TABLE arrival ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
CREATE INDEX arrival_kept ON arrival (kind, at) WHERE gone = 0;

-- Whether the hub says that nobody has fetched the packet of a line for long:
-- '' not asked, 'yes', or 'no': it was fetched, or the hub cannot tell.
ALTER TABLE delivery ADD COLUMN late TEXT NOT NULL DEFAULT '';
