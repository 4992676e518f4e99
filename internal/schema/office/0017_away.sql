-- What a key signed is recorded before it is entered: file 0 in "signature"
-- until then, and for good where it never came to that.

-- The use of the key that a file came back with; 0: none yet.
ALTER TABLE handout ADD COLUMN signature BIGINT NOT NULL DEFAULT 0;

-- The batch that a file was handed out with; 0: by itself.
ALTER TABLE handout ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;
CREATE INDEX handout_batch ON handout (batch);

-- A batch that is signed in another program: the token, by its hash, that takes
-- its files back, and until when. '' and 0 where the server signs.
ALTER TABLE batch ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;

-- A personal key that its owner has entrusted to the keeping of another, under
-- a rule of the agency. until: the last day.
-- owner: internal/signing
CREATE TABLE entrustment (
  id BIGINT PRIMARY KEY,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  person BIGINT NOT NULL,
  keeper BIGINT NOT NULL,
  rule TEXT NOT NULL,
  rule_day TEXT NOT NULL,
  rule_name TEXT NOT NULL,
  rule_file TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  until TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  ended_by BIGINT NOT NULL
);
CREATE UNIQUE INDEX entrustment_open ON entrustment (certificate) WHERE ended_at = 0;
CREATE INDEX entrustment_keeper ON entrustment (keeper);
