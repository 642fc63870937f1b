//! The script's text.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};

/// The script that hands the three over.
pub(crate) fn text(glue: &str, worker: &str, module: &[u8]) -> String {
    let module = STANDARD.encode(compressed(module));
    let [glue, worker, module] = [glue, worker, &module].map(string);
    format!("globalThis.trainable = {{ glue: {glue}, worker: {worker}, module: {module} }};\n")
}

/// A JavaScript string.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The bytes by gzip, without a time or a name in them, so that the same bytes give the same.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn the_script_holds_what_it_was_given() {
        let glue = "let a = \"b\\n\";\n// </script> \u{2028}";
        let text = text(glue, "postMessage(1)", &[0, 97, 115, 109]);
        let object = text
            .strip_prefix("globalThis.trainable = ")
            .and_then(|rest| rest.strip_suffix(";\n"))
            .unwrap();
        let object = ["glue", "worker", "module"]
            .iter()
            .fold(object.to_owned(), |text, key| {
                text.replacen(&format!("{key}: "), &format!("\"{key}\": "), 1)
            });
        let object: serde_json::Value = serde_json::from_str(&object).unwrap();
        assert_eq!(object["glue"], glue);
        assert_eq!(object["worker"], "postMessage(1)");
        let module = STANDARD.decode(object["module"].as_str().unwrap()).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(&module[..]).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [0, 97, 115, 109]);
    }

    #[test]
    fn the_same_bytes_are_compressed_to_the_same() {
        assert_eq!(compressed(&[7; 1_000]), compressed(&[7; 1_000]));
        assert!(compressed(&[7; 1_000]).len() < 100);
    }
}
