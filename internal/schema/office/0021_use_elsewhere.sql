-- The file that a use of a key in another program came back as, so that the
-- same file twice is one use; '' where the server signed.
ALTER TABLE signature ADD COLUMN result TEXT NOT NULL DEFAULT '';
CREATE INDEX signature_result ON signature (certificate, result);
