//! Ctrl-C: the first one lets the tests that run come to their end and the reports be written, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code that shells give a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A flag that the first Ctrl-C sets. Where no signal can be waited for, Ctrl-C ends the program as always.
pub(super) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if asked().await {
                set.store(true, Ordering::Relaxed);
                eprintln!("stopping: tests that run come to their end; once more ends at once");
                if asked().await {
                    end();
                }
            }
        });
    });
    flag
}

/// Ctrl-C, or what a CI server sends to a job that it cancels.
async fn asked() -> bool {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
            sent = term.recv() => sent.is_some(),
        };
    }
    tokio::signal::ctrl_c().await.is_ok()
}

#[expect(clippy::exit, reason = "the user has asked twice")]
fn end() -> ! {
    std::process::exit(INTERRUPTED)
}
