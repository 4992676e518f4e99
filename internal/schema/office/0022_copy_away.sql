-- A copy that the signing program of the clerk's machine signs: its form, to
-- whom it is presented once it is back (0: nobody), and the note for him.
ALTER TABLE handout ADD COLUMN form TEXT NOT NULL DEFAULT '';
ALTER TABLE handout ADD COLUMN present_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE handout ADD COLUMN note TEXT NOT NULL DEFAULT '';
