//! The behaviour of profiles, through the public API.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
mod access;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod combined_rules;
#[cfg(test)]
mod computed;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod history;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod purchases;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod scores;
#[cfg(test)]
mod support;
