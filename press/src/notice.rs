//! A line on standard error when something is long in coming.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(400);

/// What `work` returns; where that takes long, a line says meanwhile what is `doing`.
pub(crate) fn unless_soon<T>(doing: &'static str, work: impl FnOnce() -> T) -> T {
    let (done, wait) = channel::<()>();
    let notice = thread::spawn(move || {
        if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            eprintln!("press: {doing}, since their code changed or this is the first build");
        }
    });
    let result = work();
    drop(done);
    // The thread only prints: whether it could is of no consequence.
    let _ = notice.join();
    result
}
