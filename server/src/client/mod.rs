//! What the client commands do with any server that speaks the protocol.
