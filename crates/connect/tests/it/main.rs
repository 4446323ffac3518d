//! The edge through its public API: what files say, and what is set aside of them.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
#[cfg(all(feature = "calendar", feature = "card"))]
mod calendars;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod inference;
#[cfg(test)]
mod laws;
#[cfg(test)]
#[cfg(feature = "mail")]
mod mail;
#[cfg(test)]
mod mapping_file;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod objects;
#[cfg(test)]
#[cfg(feature = "parquet")]
mod parquet_files;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
