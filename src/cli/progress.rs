//! A progress bar on stderr, for people only: never in CI, never into a file.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::harness::Event;
use crate::verdict::Status;

/// Shows how far a run is.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar where somebody looks, else nothing.
    pub(super) fn new(quiet: bool) -> Self {
        let ci = std::env::var_os("CI").is_some_and(|v| !v.is_empty());
        let target = if quiet || ci || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        Progress { bar: ProgressBar::with_draw_target(None, target) }
    }

    /// Takes note of an event of the run.
    pub(super) fn on(&self, event: Event<'_>) {
        match event {
            Event::Begin { detections } => {
                self.bar.set_length(detections as u64);
                if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
                    self.bar.set_style(style);
                }
            }
            Event::Left(_) => {}
            Event::Done(detection) => {
                if matches!(detection.status, Status::Fail | Status::Error) {
                    self.bar.println(format!("{} {}", detection.status.word(), detection.name));
                }
                self.bar.set_message(detection.name.clone());
                self.bar.inc(1);
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
