//! Rules through the public API.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
mod analysis;
#[cfg(test)]
mod evaluate;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod live;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod sql;
#[cfg(test)]
mod support;
#[cfg(test)]
mod text;
#[cfg(test)]
mod time;
#[cfg(test)]
mod vocabulary;
