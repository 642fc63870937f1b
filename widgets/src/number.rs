//! Numbers as they stand in an address.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;

/// The number that a text writes in decimal digits, with a point or an exponent or without.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let in_a_number = |byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E');
    if text.is_empty() || !text.bytes().all(in_a_number) {
        return None;
    }
    let number = read(text);
    (!number.is_nan()).then_some(number)
}

#[cfg(not(target_arch = "wasm32"))]
fn read(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

// The page's reader of numbers gives the same: the nearest number. With our own one the module
// would have a table of powers of five, 10 kB that cannot be compressed.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn read(text: &str) -> f64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_digits_are_numbers() {
        for (text, expected) in [
            ("0.1", 0.1),
            ("-3", -3.0),
            ("+.5", 0.5),
            ("2.", 2.0),
            ("1e-4", 1e-4),
            ("1E+300", 1e300),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "", " ", ".", "e", "5e", "1.2.3", "--1", "NaN", "inf", "Infinity", "0x10", "1_000",
            "1,5", "１",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
