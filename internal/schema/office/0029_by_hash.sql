-- Before a content is removed from the store, whatever may still need it is
-- looked up by its hash.
CREATE INDEX file_hash ON file (hash);
CREATE INDEX file_report ON file (report);
CREATE INDEX arrival_packet ON arrival (packet);
CREATE INDEX delivery_event_receipt ON delivery_event (receipt);
CREATE INDEX handed_packet ON handed (packet);
CREATE INDEX handed_receipt ON handed (receipt);
