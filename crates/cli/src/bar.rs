//! Progress as a bar on the terminal; nothing where standard error is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use onefold::Progress;

/// Draws one bar at a time.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        Self(ProgressBar::hidden())
    }
}

impl Progress for Bar {
    fn begin(&mut self, phase: &str, total: Option<u64>) {
        self.0.finish_and_clear();
        let (bar, style) = match total {
            Some(total) => (ProgressBar::new(total), "{msg:>24} {bar:40} {percent:>3} %"),
            None => (ProgressBar::new_spinner(), "{msg:>24} {spinner}"),
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(phase.to_owned());
        self.0 = bar;
    }

    fn done(&mut self, steps: u64) {
        self.0.set_position(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
