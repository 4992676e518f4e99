-- owner: internal/document
CREATE TABLE document (
  id BIGINT PRIMARY KEY,
  direction TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  number TEXT NOT NULL,
  notation TEXT NOT NULL,
  doc_key TEXT NOT NULL,
  doc_day TEXT NOT NULL,
  issuer_code TEXT NOT NULL,
  issuer_name TEXT NOT NULL,
  urgency BIGINT NOT NULL,
  mark TEXT NOT NULL,
  field TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  signer_title TEXT NOT NULL,
  pages BIGINT NOT NULL,
  due_day TEXT NOT NULL,
  note TEXT NOT NULL,
  source TEXT NOT NULL,
  arrival_no BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  registered_at BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  text_fold TEXT NOT NULL
);
CREATE INDEX document_state ON document (direction, state, id);
CREATE INDEX document_key ON document (direction, doc_key);

-- owner: internal/document
CREATE TABLE file (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  version BIGINT NOT NULL,
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  mime TEXT NOT NULL,
  pages BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  sentence TEXT NOT NULL,
  report TEXT NOT NULL,
  at BIGINT NOT NULL,
  closed BOOLEAN NOT NULL
);
CREATE INDEX file_document ON file (document, id);

-- What waits for whom: the work desk is this table.
-- owner: internal/document
CREATE TABLE waiting (
  id BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES document (id),
  token TEXT NOT NULL,
  step TEXT NOT NULL,
  since BIGINT NOT NULL,
  due BIGINT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX waiting_token ON waiting (token);
CREATE INDEX waiting_document ON waiting (document);

-- owner: internal/document
CREATE TABLE link (
  from_document BIGINT NOT NULL REFERENCES document (id),
  to_document BIGINT NOT NULL REFERENCES document (id),
  kind TEXT NOT NULL,
  PRIMARY KEY (from_document, to_document, kind)
);
CREATE INDEX link_to ON link (to_document);
