//! The fold of one customer: attributes with provenance, identifiers, timeline.
