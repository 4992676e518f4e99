-- What to encrypt to an agency with, as the hub's directory has it: base64 of
-- the certificate, '' for none.
ALTER TABLE directory ADD COLUMN certificate TEXT NOT NULL DEFAULT '';

-- The recipients that the files of an issued document are encrypted to, with
-- the certificate that was judged good when it was issued. No row: not encrypted.
-- owner: internal/exchange
CREATE TABLE sealed_for (
  document BIGINT NOT NULL REFERENCES document (id),
  agency TEXT NOT NULL,
  certificate TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (document, agency)
);

-- Files that came encrypted: the SHA-256 of the ciphertext in the packet, of
-- what it opened to ('' where it could not be opened), how, and with which key.
-- owner: internal/exchange
CREATE TABLE sealed_part (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  opened TEXT NOT NULL,
  cipher TEXT NOT NULL,
  serial TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX sealed_part_document ON sealed_part (document);
