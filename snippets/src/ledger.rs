use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

type Blocks = BTreeSet<(String, usize)>;

static RAN: Mutex<Blocks> = Mutex::new(Blocks::new());
static ANOTHER: Condvar = Condvar::new();
static HOOK: Once = Once::new();

/// Runs the block that begins at a line of a document, and notes that it ran.
///
/// The snippet is moved down to the line where it stands, so that the lines the compiler and a
/// panic name are the document's.
///
/// # Panics
///
/// As the test does.
pub fn run(document: &str, line: usize, snippet: &str, test: impl FnOnce(&str)) {
    HOOK.call_once(keep_commands_quiet);
    // The snippet brings one line break before its first line.
    let snippet = "\n".repeat(line.saturating_sub(1)) + snippet;
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| test(&snippet)));
    note(document, line);
    if let Err(cause) = outcome {
        eprintln!(
            "{document}:{line}: this Rust block failed. The lines of `test.rs` are those of {document}."
        );
        panic::resume_unwind(cause);
    }
}

/// The blocks that ran in this process, once there are as many as expected, or at the latest
/// after `patience`.
pub fn ran(expected: usize, patience: Duration) -> Blocks {
    let ran = RAN.lock().unwrap_or_else(PoisonError::into_inner);
    let (ran, _) = ANOTHER
        .wait_timeout_while(ran, patience, |ran| ran.len() < expected)
        .unwrap_or_else(PoisonError::into_inner);
    ran.clone()
}

/// When a snippet fails, skeptic panics with the whole command line: the compiler's or the
/// snippet's own message says more.
fn keep_commands_quiet() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        if !message.starts_with("Command failed:") {
            hook(info);
        }
    }));
}

fn note(document: &str, line: usize) {
    RAN.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert((document.to_owned(), line));
    ANOTHER.notify_all();
}
