//! The commands of the binary `ucs`.
