//! The behaviour of calendars, through the public API.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
mod days;
#[cfg(test)]
mod files;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod support;
#[cfg(test)]
mod turns;
