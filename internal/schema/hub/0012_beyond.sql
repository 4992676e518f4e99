-- Copies that a gateway passed on and whose hub gave no word of them yet, among
-- those that a system is still fetching: few, and looked at every minute.
CREATE INDEX delivery_open ON delivery (via, recipient) WHERE state = 'sent' AND transport = 'processing';
