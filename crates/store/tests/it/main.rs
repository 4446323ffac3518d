//! What the store promises, through its public API.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
mod conforms;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod on_disk;
#[cfg(test)]
mod support;
#[cfg(test)]
mod texts;
