-- What a sender did to a document after it had come here: an update, or a
-- replacement by another document. state: taken before the document was
-- received, open until the clerk answers, then agreed or declined.
-- owner: internal/exchange
CREATE TABLE sender_change (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  replacement BIGINT NOT NULL,
  digest TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX sender_change_document ON sender_change (document, id);
CREATE INDEX sender_change_digest ON sender_change (digest);

-- What an update says otherwise, by the name of the field.
-- owner: internal/exchange
CREATE TABLE sender_difference (
  change_id BIGINT NOT NULL REFERENCES sender_change (id),
  place BIGINT NOT NULL,
  name TEXT NOT NULL,
  was TEXT NOT NULL,
  now TEXT NOT NULL,
  PRIMARY KEY (change_id, place)
);
