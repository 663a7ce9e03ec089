-- The lists: keyed by mailbox first. `sum` is a checksum of the row.
CREATE TABLE list (
    mailbox BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    last_item INTEGER NOT NULL,
    migrated INTEGER NOT NULL,
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE list_group (
    mailbox BLOB NOT NULL,
    id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    smtp_address TEXT,
    sum INTEGER NOT NULL,
    PRIMARY KEY (mailbox, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE contact (
    mailbox BLOB NOT NULL,
    id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    sip_address TEXT,
    created INTEGER NOT NULL,
    groups BLOB NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (mailbox, id)
) STRICT, WITHOUT ROWID;
