//! Values, kinds, identifiers and facts: the ground floor of onefold.
