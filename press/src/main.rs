//! The program that mdBook runs: reads a book from standard input, writes it back finished.

use std::io;
use std::process::ExitCode;

use mdbook_preprocessor::{Preprocessor, parse_input};
use press::Press;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => finish(print()),
        ["supports", "html"] => ExitCode::SUCCESS,
        ["supports", _] => ExitCode::FAILURE,
        _ => {
            eprintln!("press is run by mdBook: try `mdbook build`");
            ExitCode::FAILURE
        }
    }
}

fn print() -> mdbook_preprocessor::errors::Result<()> {
    let (context, book) = parse_input(io::stdin().lock())?;
    let book = Press::new().run(&context, book)?;
    serde_json::to_writer(io::stdout().lock(), &book)?;
    Ok(())
}

fn finish(result: mdbook_preprocessor::errors::Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    eprintln!("{error}");
    ExitCode::FAILURE
}
