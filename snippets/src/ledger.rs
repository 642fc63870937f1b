use std::collections::BTreeSet;
use std::panic;
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

type Blocks = BTreeSet<(String, usize)>;

static RAN: Mutex<Blocks> = Mutex::new(Blocks::new());
static ANOTHER: Condvar = Condvar::new();
static HOOK: Once = Once::new();

/// Compiles and runs the block that begins at a line of a document, and notes that it ran.
///
/// The code is moved down to where it stands, so that the lines the compiler and a panic name are
/// the document's.
///
/// # Panics
///
/// If the block does not compile, or panics.
pub fn run(document: &str, line: usize, code: &str) {
    HOOK.call_once(keep_commands_quiet);
    let snippet = "\n".repeat(line) + code;
    let outcome = panic::catch_unwind(|| compile_and_run(&snippet));
    note(document, line);
    if let Err(cause) = outcome {
        eprintln!(
            "{document}:{line}: this Rust block failed. \
             The lines of `test.rs` are those of {document}."
        );
        panic::resume_unwind(cause);
    }
}

/// What the tests that skeptic generates call.
fn compile_and_run(snippet: &str) {
    let (package, out) = (env!("CARGO_MANIFEST_DIR"), env!("OUT_DIR"));
    skeptic::rt::run_test(package, out, env!("SNIPPETS_TARGET"), snippet);
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

/// Hides skeptic's panic, a whole command line: the compiler and the snippet say what is wrong.
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
