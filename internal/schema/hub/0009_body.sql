-- The body of a small packet, exactly as it came, so that one commit keeps
-- packet and body. Larger ones, and those that are no text, are the files that
-- packet.hash names; so are the small ones from before this table.
-- owner: internal/hub
CREATE TABLE body (
  packet BIGINT PRIMARY KEY REFERENCES packet (id),
  text TEXT NOT NULL
);
