-- Accounts. `sum` is a checksum of the row.
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One row. Every change of accounts, grants or the directory adds one to `version`.
CREATE TABLE accounts_state (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    group_directory INTEGER NOT NULL
) STRICT;
INSERT INTO accounts_state (only, version, group_directory) VALUES (1, 1, 0);
CREATE TABLE account (
    mailbox BLOB NOT NULL PRIMARY KEY CHECK (length(mailbox) = 16),
    login TEXT NOT NULL,
    primary_smtp TEXT NOT NULL,
    sid TEXT,
    password TEXT,
    disabled INTEGER NOT NULL,
    sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Logins, addresses and SIDs, folded: each leads to one account. `uses`: 1 login, 2 primary address, 4 alias, 8 SID.
CREATE TABLE account_name (
    name TEXT NOT NULL PRIMARY KEY,
    mailbox BLOB NOT NULL REFERENCES account (mailbox) ON DELETE CASCADE,
    uses INTEGER NOT NULL,
    spelling TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_name_mailbox ON account_name (mailbox);
CREATE TABLE acts_for (
    caller BLOB NOT NULL REFERENCES account (mailbox) ON DELETE CASCADE,
    target BLOB NOT NULL REFERENCES account (mailbox) ON DELETE CASCADE,
    PRIMARY KEY (caller, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX acts_for_target ON acts_for (target);
CREATE TABLE distribution_group (
    smtp TEXT NOT NULL PRIMARY KEY,
    spelling TEXT NOT NULL,
    display_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
