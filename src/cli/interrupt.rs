//! Ctrl-C: the first one lets the tests that run come to their end and the reports be written, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::{Receiver, channel};

/// The exit code that shells give a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A flag that the first Ctrl-C sets. Where no signal can be waited for, Ctrl-C ends the program as always.
pub(super) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let mut asked = signals();
            if asked.recv().await.is_some() {
                set.store(true, Ordering::Relaxed);
                eprintln!("stopping: tests that run come to their end; once more ends at once");
                if asked.recv().await.is_some() {
                    end();
                }
            }
        });
    });
    flag
}

/// Ctrl-C, and what a CI server sends to a job that it cancels.
fn signals() -> Receiver<()> {
    let (send, receive) = channel(2);
    let pressed = send.clone();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && pressed.send(()).await.is_ok() {} });
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::spawn(async move { while term.recv().await.is_some() && send.send(()).await.is_ok() {} });
    }
    receive
}

#[expect(clippy::exit, reason = "the user has asked twice")]
fn end() -> ! {
    std::process::exit(INTERRUPTED)
}
