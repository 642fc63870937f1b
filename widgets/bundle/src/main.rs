//! Makes the widgets' script, or says what is missing for it.

use std::path::Path;
use std::process::ExitCode;

use bundle::{Bundle, SCRIPT, VARIABLE, build};

fn main() -> ExitCode {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).unwrap_or(here);
    match build(root) {
        Ok(Bundle::Built { .. }) => {
            println!("{SCRIPT} is up to date");
            ExitCode::SUCCESS
        }
        Ok(Bundle::NoTarget) => {
            eprintln!(
                "error: expected a compiler for WebAssembly, found none: `rustup target add \
                 wasm32-unknown-unknown`, or one that .ci/wasm makes in {VARIABLE}"
            );
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
