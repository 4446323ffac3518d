//! The command as people use it: run as a process, judged by its exit code, what it prints and what it writes.

// `cfg(test)` tells the lints that helpers are test code too.
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod database;
#[cfg(test)]
mod dedupe;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod evaluate;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod governance;
#[cfg(test)]
mod import;
#[cfg(test)]
mod mapping;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod purchases;
mod sales;
#[cfg(test)]
mod sales_import;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod sla;
#[cfg(test)]
mod unify;
#[cfg(test)]
mod workflows;
