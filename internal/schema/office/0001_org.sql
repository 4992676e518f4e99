-- owner: internal/org
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Every agency of the province and beyond, as the hub's directory tells.
-- owner: internal/org
CREATE TABLE directory (
  code TEXT PRIMARY KEY,
  alt_code TEXT NOT NULL,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  short TEXT NOT NULL,
  parent TEXT NOT NULL,
  hub_state TEXT NOT NULL,
  successor TEXT NOT NULL
);

-- owner: internal/org
CREATE TABLE unit (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  short TEXT NOT NULL,
  parent BIGINT NOT NULL
);

-- owner: internal/org
CREATE TABLE person (
  id BIGINT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_fold TEXT NOT NULL,
  title TEXT NOT NULL,
  unit BIGINT NOT NULL,
  fields TEXT NOT NULL,
  active BOOLEAN NOT NULL
);

-- owner: internal/org
CREATE TABLE role (
  id BIGINT PRIMARY KEY,
  person BIGINT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  unit BIGINT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL,
  basis TEXT NOT NULL
);
CREATE INDEX role_person ON role (person);

-- owner: internal/org
CREATE TABLE mandate (
  id BIGINT PRIMARY KEY,
  giver BIGINT NOT NULL REFERENCES person (id),
  receiver BIGINT NOT NULL REFERENCES person (id),
  scope TEXT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL,
  basis TEXT NOT NULL
);
CREATE INDEX mandate_receiver ON mandate (receiver);
