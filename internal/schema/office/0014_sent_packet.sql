-- The hub's id of the packet that carried a line last; '' before the hub had one.
ALTER TABLE delivery ADD COLUMN packet TEXT NOT NULL DEFAULT '';
CREATE INDEX delivery_packet ON delivery (packet) WHERE packet <> '';
