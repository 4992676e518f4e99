-- What the operator's lists and searches look in: every agency by code, with
-- its link state and the folded words of its codes, name and symbol. It follows
-- agency (see catalogue.go); counter holds how many there are in each state.
-- owner: internal/hub
CREATE TABLE catalogue (
  agency BIGINT PRIMARY KEY,
  code TEXT NOT NULL,
  state TEXT NOT NULL,
  words TEXT NOT NULL
);
CREATE INDEX catalogue_code ON catalogue (code);
CREATE INDEX catalogue_state ON catalogue (state, code);

-- Sums that are kept on write, so that the console never counts rows.
-- owner: internal/hub
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

-- What all processes of the hub did in one minute.
-- owner: internal/hub
CREATE TABLE pace (
  at BIGINT PRIMARY KEY,
  accepted BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  faults BIGINT NOT NULL,
  handed_out BIGINT NOT NULL,
  confirmed BIGINT NOT NULL,
  failed BIGINT NOT NULL
);

-- Packets that one agency sent and was sent in one hour.
-- owner: internal/hub
CREATE TABLE traffic (
  agency BIGINT NOT NULL,
  at BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  received BIGINT NOT NULL,
  PRIMARY KEY (agency, at)
);
CREATE INDEX traffic_at ON traffic (at);

-- The newest state of the log that each agency asked for and was shown: what it
-- can hold against a log that was rewritten.
-- owner: internal/hub
CREATE TABLE witness (
  agency BIGINT PRIMARY KEY,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- What somebody must see to. until is 0 while it lasts.
-- owner: internal/hub
CREATE TABLE alarm (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX alarm_open ON alarm (kind, subject) WHERE until = 0;

-- Why the operator gave a failed packet back to its sender; '' while it is a
-- dead letter.
ALTER TABLE delivery ADD COLUMN returned TEXT NOT NULL DEFAULT '';
CREATE INDEX delivery_dead ON delivery (state_at, packet) WHERE state = 'failed' AND returned = '';
DROP INDEX delivery_failed;

CREATE INDEX agency_silent ON agency (seen_at) WHERE gateway = '' AND state IN ('trial', 'official');
CREATE INDEX agency_paused ON agency (code) WHERE paused;
CREATE INDEX agency_tree ON agency (parent, code);
CREATE INDEX event_act ON event (id) WHERE verb NOT IN ('agency.enrolled', 'agency.changed');
