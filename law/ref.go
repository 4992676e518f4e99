package law

// Ref is the id of one clause, such as "HT33-10.1.c.i" or "ND30-21.2a".
type Ref string
