//! [`Progress`]: how long work reports where it is, and learns that it should stop.

/// Told by long work where it is. The command draws a bar from it; a service may ignore it.
pub trait Progress {
    /// A phase begins. `total` is the number of steps, where it is known.
    fn begin(&mut self, phase: &str, total: Option<u64>);

    /// So many steps of the phase are done, counted from its beginning.
    fn done(&mut self, steps: u64);

    /// Whether the work should stop as soon as it can.
    fn stopped(&self) -> bool {
        false
    }
}

/// Says nothing, never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _phase: &str, _total: Option<u64>) {}

    fn done(&mut self, _steps: u64) {}
}
