//! The edge: files and wire formats to facts.
