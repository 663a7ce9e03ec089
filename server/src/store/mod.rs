//! What keeps lists and accounts, behind a trait; SQLite.
