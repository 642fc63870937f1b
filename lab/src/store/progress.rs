//! What is being trained, on standard error.

use std::io::{IsTerminal, stderr};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on a terminal; elsewhere a line for each experiment that has run.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Progress of so many experiments, of which none shows nothing.
    pub fn new(experiments: usize) -> Self {
        let bar = (experiments > 0 && stderr().is_terminal()).then(|| bar(experiments));
        Self(bar)
    }

    /// Runs one experiment and says so.
    pub fn during<T>(&self, name: &str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        if let Some(bar) = &self.0 {
            bar.set_message(name.to_owned());
        }
        let result = run();
        match &self.0 {
            Some(bar) => bar.inc(1),
            None => eprintln!("{name}: {:.1} s", start.elapsed().as_secs_f64()),
        }
        result
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn bar(experiments: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("training {bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(experiments as u64).with_style(style)
}
