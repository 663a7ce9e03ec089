-- The directory of people, one for all mailboxes. `sum` is a checksum of the row.
-- One row. Every change of the directory adds one to `version`.
CREATE TABLE directory_state (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    last_entry INTEGER NOT NULL
) STRICT;
INSERT INTO directory_state (only, version, last_entry) VALUES (1, 1, 0);
-- `key` is the e-mail address, folded. Ids grow with time and are never given again.
CREATE TABLE directory_entry (
    id INTEGER NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    given_name TEXT,
    surname TEXT,
    im_address TEXT,
    company TEXT,
    department TEXT,
    title TEXT,
    office TEXT,
    phone TEXT,
    mobile TEXT,
    created INTEGER NOT NULL,
    sum INTEGER NOT NULL
) STRICT;
