//! A new chapter: its files in each part of the house, with a sample that runs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The files that are written, from the repository's root, and what is in them. `NAME`, `TITLE` and
/// `NN` stand for the chapter's name, its title and the number of its exercises.
const FILES: [(&str, &str); 8] = [
    ("lab/src/chapters/NAME.rs", include_str!("../../new/chapter.rs")),
    ("lab/src/chapters/NAME.toml", include_str!("../../new/chapter.toml")),
    ("lab/src/chapters/NAME/claims.rs", include_str!("../../new/claims.rs")),
    ("lab/src/chapters/NAME/claims.toml", include_str!("../../new/claims.toml")),
    ("book/NAME.md", include_str!("../../new/chapter.md")),
    ("widgets/src/chapters/NAME.rs", include_str!("../../new/widget.rs")),
    ("exercises/solutions/NN_NAME/NAME_step.rs", include_str!("../../new/exercise.rs")),
    ("exercises/answers/NN_NAME/NAME_step.toml", include_str!("../../new/answers.toml")),
];

/// The files that get a line or two, what these are, and the lines before which they go; at the end
/// where there are none.
const LINES: [(&str, &str, &str); 4] = [
    ("lab/src/chapters.rs", "pub mod NAME;\n", "pub mod "),
    ("widgets/src/chapters.rs", "pub mod NAME;\n", "pub mod "),
    ("book/SUMMARY.md", "- [TITLE](NAME.md)\n", "- ["),
    ("exercises/info.toml", include_str!("../../new/info.toml"), ""),
];

/// The longest name that rustlings can show with what follows it.
const LONGEST: usize = 26;

/// What cannot be a module's name although it looks like one.
const RESERVED: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A new chapter's name and title.
struct New<'a> {
    root: &'a Path,
    name: &'a str,
    title: String,
    number: String,
}

/// Writes the files of a chapter below the repository's root, and enters it where chapters are
/// listed. All is checked before anything is written.
///
/// # Errors
/// [`Error::New`] for a name that is taken, reserved or no identifier; [`Error::File`].
pub fn write(root: &Path, name: &str, title: Option<&str>) -> Result<Vec<PathBuf>, Error> {
    check(name)?;
    let title = title.map_or_else(|| titled(name), str::to_owned);
    let new = New { root, name, title, number: next_number(root)? };
    let mut written = new.files()?;
    written.extend(new.lines()?);
    for (path, text) in &written {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::at(folder))?;
        }
        fs::write(path, text).map_err(Error::at(path))?;
    }
    Ok(written.into_iter().map(|(path, _)| path).collect())
}

/// Refuses what cannot be a module's name.
fn check(name: &str) -> Result<(), Error> {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_identifier =
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(small);
    if !is_identifier {
        return Err(Error::New(format!(
            "expected a name of small letters, digits and `_` that begins with a letter, such as \
             `momentum`, got `{name}`"
        )));
    }
    if RESERVED.contains(&name) {
        return Err(Error::New(format!("`{name}` is a word of Rust: take another name")));
    }
    if name.len() > LONGEST {
        return Err(Error::New(format!(
            "expected a name of at most {LONGEST} letters, got {} in `{name}`",
            name.len()
        )));
    }
    Ok(())
}

/// `gradient_flow` as `Gradient flow`.
fn titled(name: &str) -> String {
    let words = name.replace('_', " ");
    let (first, rest) = words.split_at(1);
    first.to_uppercase() + rest
}

/// One more than the greatest number of the exercises' folders.
fn next_number(root: &Path) -> Result<String, Error> {
    let folder = root.join("exercises/solutions");
    let mut last = 0;
    for entry in fs::read_dir(&folder).map_err(Error::at(&folder))? {
        let name = entry.map_err(Error::at(&folder))?.file_name();
        let name = name.to_string_lossy();
        let number = name.split_once('_').and_then(|(number, _)| number.parse().ok());
        last = last.max(number.unwrap_or(0_u32));
    }
    Ok(format!("{:02}", last + 1))
}

impl New<'_> {
    fn filled(&self, text: &str) -> String {
        text.replace("NAME", self.name).replace("TITLE", &self.title).replace("NN", &self.number)
    }

    /// The new files, none of which may be there.
    fn files(&self) -> Result<Vec<(PathBuf, String)>, Error> {
        let mut files = Vec::new();
        for (file, text) in FILES {
            let file = self.filled(file);
            let path = self.root.join(&file);
            if path.exists() {
                return Err(Error::New(format!(
                    "{file} is there already: take another name, or remove it first"
                )));
            }
            files.push((path, self.filled(text)));
        }
        Ok(files)
    }

    /// The files with the lines that enter the chapter.
    fn lines(&self) -> Result<Vec<(PathBuf, String)>, Error> {
        let mut files = Vec::new();
        for (file, lines, alike) in LINES {
            let path = self.root.join(file);
            let text = fs::read_to_string(&path).map_err(Error::at(&path))?;
            let place = place(&text, alike);
            let (before, after) = text.split_at(place);
            files.push((path, format!("{before}{}{after}", self.filled(lines))));
        }
        Ok(files)
    }
}

/// The place after the last line that begins like this; the end for a beginning of nothing.
fn place(text: &str, alike: &str) -> usize {
    let mut place = 0;
    let mut found = text.len();
    for line in text.split_inclusive('\n') {
        place += line.len();
        if !alike.is_empty() && line.starts_with(alike) {
            found = place;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in [
            ("lab/src/chapters.rs", "pub mod dropout;\npub mod l2;\n\ninclude!(\"x\");\n"),
            ("widgets/src/chapters.rs", "pub mod l2;\n"),
            ("book/SUMMARY.md", "# Summary\n\n- [L2](l2.md)\n\n---\n\n[Notation](notation.md)\n"),
            ("book/l2.md", "# L2\n"),
            ("exercises/info.toml", "format_version = 1\n"),
            ("exercises/solutions/04_l2/l2.rs", ""),
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_chapter_has_its_files_and_is_listed() {
        let house = house();
        let written = write(house.path(), "weight_average", None).unwrap();
        assert_eq!(written.len(), FILES.len() + LINES.len());
        let text = |file: &str| fs::read_to_string(house.path().join(file)).unwrap();
        let chapters = text("lab/src/chapters.rs");
        assert!(chapters.contains("l2;\npub mod weight_average;\n\ninclude!"), "{chapters}");
        let summary = text("book/SUMMARY.md");
        let line = "- [L2](l2.md)\n- [Weight average](weight_average.md)\n\n---";
        assert!(summary.contains(line), "{summary}");
        let exercise = "exercises/solutions/05_weight_average/weight_average_step.rs";
        assert!(text(exercise).starts_with("//! # One step of Weight average"));
        let left = written.iter().map(|path| fs::read_to_string(path).unwrap());
        assert!(left.into_iter().all(|text| !text.contains("NAME") && !text.contains("TITLE")));
    }

    #[test]
    fn contributing_shows_the_sample() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let contributing = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
        let contributing = contributing.replace("\r\n", "\n");
        let (_, experiment) = FILES[0].1.split_once("texts!(").unwrap();
        let (_, claim) = FILES[2].1.split_once("/// By which factor").unwrap();
        for sample in [experiment, claim] {
            let sample = sample.replace("NAME", "weight_average");
            assert!(contributing.contains(sample.trim_end()), "{sample}");
        }
    }

    #[test]
    fn a_name_that_cannot_be_is_refused_and_nothing_written() {
        for (name, said) in [
            ("l2", "book/l2.md is there already"),
            ("match", "is a word of Rust"),
            ("Momentum", "expected a name of small letters"),
            ("2nd", "expected a name of small letters"),
            ("a-b", "expected a name of small letters"),
            ("../x", "expected a name of small letters"),
            ("", "expected a name of small letters"),
            ("a_name_that_is_very_much_too_long", "at most 26 letters"),
        ] {
            let house = house();
            let error = write(house.path(), name, None).unwrap_err().to_string();
            assert!(error.contains(said), "{name}: {error}");
            let chapters = fs::read_to_string(house.path().join("lab/src/chapters.rs")).unwrap();
            assert!(!chapters.contains(&format!("mod {name};\n\n")) || name == "l2");
        }
    }
}
