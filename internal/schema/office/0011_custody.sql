-- Handing over of the agency's key: offered by who keeps it, done when the
-- other has taken it. giver 0: nobody kept it before.
-- owner: internal/signing
CREATE TABLE handover (
  id BIGINT PRIMARY KEY,
  certificate BIGINT NOT NULL REFERENCES certificate (id),
  giver BIGINT NOT NULL,
  receiver BIGINT NOT NULL,
  permission TEXT NOT NULL,
  permission_day TEXT NOT NULL,
  permitted_by TEXT NOT NULL,
  condition TEXT NOT NULL,
  offered_by BIGINT NOT NULL,
  offered_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  minutes TEXT NOT NULL
);
CREATE INDEX handover_certificate ON handover (certificate, id);
CREATE UNIQUE INDEX handover_open ON handover (certificate) WHERE state = 'open';

CREATE INDEX signature_certificate ON signature (certificate, id);

-- Why a certificate was ended; '' while it is in use.
ALTER TABLE certificate ADD COLUMN ended_reason TEXT NOT NULL DEFAULT '';

-- What a notice is about when it is no document, "certificate:12"; a newer
-- notice of the same topic takes the place of the older.
ALTER TABLE notice ADD COLUMN topic TEXT NOT NULL DEFAULT '';
