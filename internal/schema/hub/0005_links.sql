-- What the operator attested of an agency's readiness list (danh mục điều kiện
-- liên thông, C31); what the hub sees for itself is not kept.
-- owner: internal/hub
CREATE TABLE readiness (
  agency BIGINT NOT NULL REFERENCES agency (id),
  item TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (agency, item)
);
CREATE INDEX agency_gateway ON agency (gateway) WHERE gateway <> '';
CREATE INDEX agency_trial ON agency (trial_ends) WHERE state = 'trial';

-- What other clocks said, in milliseconds against the hub's (lệch giờ; positive:
-- the hub is behind). source is 'tsa' with its whole history, or an agency's
-- code with its newest only.
-- owner: internal/hub
CREATE TABLE drift (
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  ms BIGINT NOT NULL,
  PRIMARY KEY (source, at)
);

CREATE INDEX checkpoint_bare ON checkpoint (size) WHERE stamp = '';
