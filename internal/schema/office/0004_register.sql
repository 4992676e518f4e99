-- owner: internal/register
CREATE TABLE book (
  id BIGINT PRIMARY KEY,
  direction TEXT NOT NULL,
  series TEXT NOT NULL,
  name TEXT NOT NULL,
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,
  UNIQUE (direction, series, year)
);

-- owner: internal/register
CREATE TABLE line (
  id BIGINT PRIMARY KEY,
  book BIGINT NOT NULL REFERENCES book (id),
  no BIGINT NOT NULL,
  document BIGINT NOT NULL REFERENCES document (id),
  at BIGINT NOT NULL,
  person BIGINT NOT NULL,
  void_at BIGINT NOT NULL,
  void_reason TEXT NOT NULL,
  UNIQUE (book, no)
);
CREATE INDEX line_document ON line (document);

-- owner: internal/register
CREATE TABLE amendment (
  id BIGINT PRIMARY KEY,
  line BIGINT NOT NULL REFERENCES line (id),
  at BIGINT NOT NULL,
  person BIGINT NOT NULL,
  reason TEXT NOT NULL,
  old TEXT NOT NULL
);
