-- What the operator's console lists without reading the archive.
CREATE INDEX delivery_failed ON delivery (state_at) WHERE state = 'failed';
CREATE INDEX packet_body ON packet (at) WHERE gone = 0;
CREATE INDEX agency_successor ON agency (successor);
CREATE INDEX agency_link ON agency (state);
