//! What a widget shows after some steps, computed without the browser: the bits of its number,
//! or how fast it is.

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use widgets::Live;

const USAGE: &str =
    "expected a widget's name, its settings as in an address, and a number of steps";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match answer(&arguments) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The 16 hex digits of the number, and the iterations a second.
fn answer(arguments: &[String]) -> Result<String, String> {
    let [name, settings, steps] = arguments else {
        return Err(USAGE.to_owned());
    };
    let steps: usize = steps.parse().map_err(|_| USAGE.to_owned())?;
    let mut live = Live::open(name, settings).map_err(|refusal| refusal.message)?;
    let start = Instant::now();
    live.advance(steps).map_err(|refusal| refusal.message)?;
    let rate = live.widget().iteration() as f64 / start.elapsed().as_secs_f64();
    let bits = live.widget().number().to_bits();
    Ok(format!("{bits:016x} {rate:.0}"))
}
