-- The documents that a recall, update or replacement is about, apart from its
-- own: what comes later about one of them does not overtake it while it waits.
-- owner: internal/hub
CREATE TABLE about (
  sender BIGINT NOT NULL,
  document TEXT NOT NULL,
  packet BIGINT NOT NULL REFERENCES packet (id),
  PRIMARY KEY (sender, document, packet)
);
-- Of what waits now: one target as it stands, of several those that the sender sent.
INSERT INTO about SELECT p.sender, p.target, p.id FROM packet p
  WHERE p.kind IN ('recall', 'update', 'replace') AND p.target NOT IN ('', p.document) AND p.target NOT LIKE '%
%' AND p.id IN (SELECT packet FROM waiting);
INSERT INTO about SELECT DISTINCT d.sender, d.document, p.id FROM packet p JOIN delivery d ON d.sender = p.sender AND d.document <> p.document
  AND replace('
' || p.target || '
', '
' || d.document || '
', '') <> '
' || p.target || '
' WHERE p.kind IN ('recall', 'update', 'replace') AND p.target LIKE '%
%' AND p.id IN (SELECT packet FROM waiting);
