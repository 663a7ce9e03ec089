//! What the generator writes for the schema in this folder.
