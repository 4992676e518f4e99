-- Certificates that senders encrypt to an agency with, as the agency published
-- them. until is 0 while one is in force; it ends when another takes its place
-- or the agency takes it back.
-- owner: internal/hub
CREATE TABLE agency_key (
  id BIGINT PRIMARY KEY,
  agency BIGINT NOT NULL REFERENCES agency (id),
  certificate TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE UNIQUE INDEX agency_key_now ON agency_key (agency) WHERE until = 0;
