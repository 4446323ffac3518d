//! Made-up customers with truth, for demonstration, tests and benches.
