//! Which edits make a chapter's experiments run again, and which are refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::path::Path;

use lab::store::sources::{Surroundings, read};
use tempfile::TempDir;

/// A repository in small: every kind of thing that an edit below changes.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[workspace.dependencies]\nlibm = '0.2'\nextra = { path = 'extra' }\n\
         [features]\ndefault = ['quick']\nquick = []\n",
    ),
    ("Cargo.lock", "[[package]]\nname = 'libm'\nversion = '0.2.16'\n"),
    ("lab/Cargo.toml", "[dependencies]\ntrainable = { path = '..' }\n"),
    ("extra/Cargo.toml", "[package]\nname = 'extra'\n"),
    ("extra/src/lib.rs", "pub fn extra() -> u32 { 1 }\n"),
    ("src/lib.rs", LIBRARY),
    ("src/rate.rs", "use crate::{fast, slow as pace};\npub fn rate() -> f64 { fast() + pace() }\n"),
    ("src/generated.in", "pub fn generated() -> f64 { helper() }\n"),
    ("src/points.csv", "1,2\n"),
    ("lab/src/lib.rs", "pub mod chapters;\nmod seeds;\npub use chapters::experiments;\n"),
    (
        "lab/src/chapters.rs",
        "use crate::experiment::Experiment;\npub mod dropout;\npub mod l2;\n\
         include!(concat!(env!(\"OUT_DIR\"), \"/chapters.rs\"));\n",
    ),
    (
        "lab/src/seeds.rs",
        "pub mod early { pub const SEEDS: u32 = 10; }\npub const SEEDS: u32 = 20;\n",
    ),
    ("lab/src/store.rs", "pub fn load() { std::fs::read(\"x\"); }\n"),
    ("lab/src/chapters/l2.rs", CHAPTER),
    ("lab/src/chapters/l2/claims.rs", CLAIMS),
    ("lab/src/judge/evidence.rs", "use crate::error::Error;\npub fn measure() -> f64 { 1.0 }\n"),
    ("lab/src/judge/rule.rs", "pub fn judge() -> bool { true }\n"),
    ("lab/src/game.rs", "use crate::{noise::Noise as N, error::Error};\npub fn game() {}\n"),
    ("lab/src/noise.rs", "pub struct Noise(f64);\n"),
    ("lab/src/error.rs", "pub struct Error;\n"),
    ("lab/src/chapters/l2.toml", "[he.values]\ncost = 'cost|fixed(2)'\n"),
    ("lab/src/chapters/dropout.rs", "fn keep() -> f64 { 0.86 }\n"),
    ("lab/src/bin/lab/main.rs", "fn main() {}\n"),
    ("book/l2.md", "# L2\n"),
];

const LIBRARY: &str = "\
//! A library.
mod rate;
const A: f64 = 0.1;
mod other { const A: f64 = 0.2; }
macro_rules! first { () => { 1.0 } }
macro_rules! first { () => { 2.0 } }
macro_rules! twice { ($x:expr) => { $x + helper() } }
macro_rules! text { () => { include_str!(\"points.csv\") } }
include!(\"generated.in\");
/// A trait.
pub trait Scale { fn scaled(self) -> f64; fn again(self) -> f64 { 2.0 } }
pub trait Size { fn scaled(self) -> f64; }
impl<T> Scale for T { fn scaled(self) -> f64 { 3.0 } }
impl Drop for Net { fn drop(&mut self) { noise() } }
impl std::ops::Add for Net { fn add(self, o: Self) -> Self { o } }
pub fn generic<T: Scale>(x: T) -> f64 { x.scaled() }
pub fn object(x: &dyn Size) -> f64 { 1.0 }
static CLOSURE: fn() -> f64 = || 4.0;
const CHAIN: f64 = LINK + 1.0;
const LINK: f64 = 5.0;
pub fn turbo() -> f64 { parse::<f64>() }
pub fn fast() -> f64 { CLOSURE() }
pub fn slow() -> f64 { first!() }
fn helper() -> f64 { 6.0 }
fn uncalled() { impl Scale for u8 { fn scaled(self) -> f64 { 7.0 } } }
#[cfg(feature = \"quick\")] mod quick { pub fn speed() -> f64 { 8.0 } }
#[cfg(feature = \"quick\")] pub fn steps() -> u32 { 1 }
#[cfg(not(feature = \"quick\"))] pub fn steps() -> u32 { 2 }
pub use self::rate::*;
fn profile() -> u32 { 3 }
#[cfg(test)]
mod tests { fn test() { assert_eq!(1, 1) } }
";

const CHAPTER: &str = "\
//! L2.
use trainable::Scale;
use crate::seeds::SEEDS;
const LAMBDA: f64 = 0.7;
/// Trains.
fn he() -> Outcome { let mut found = train(LAMBDA, SEEDS); found.sort(); told(found) }
fn told<T>(found: T) -> Outcome { Outcome::new(format!(\"{LAMBDA}\")) }
struct Measured { train: f64 }
impl From<&Run> for Measured { fn from(run: &Run) -> Self { Self { train: run.train } } }
#[cfg(test)]
mod tests { use super::*; fn test() { assert!(true) } }
";

const CLAIMS: &str = "\
use crate::error::Error;
use crate::game::game;
use crate::judge::{Case, Rule};
pub fn better() -> f64 { game() }
";

struct Project(TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for (file, text) in FILES {
            project.write(file, text);
        }
        project
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.0.path().join(file)).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        self.write(file, &text.replacen(old, new, 1));
    }

    fn of_claims(&self, surroundings: &Surroundings) -> String {
        let sources = read(self.0.path(), surroundings).unwrap();
        sources.chapters["chapters::l2::claims"].fingerprint.clone()
    }

    fn fingerprints(&self) -> Result<[String; 2], String> {
        self.fingerprints_with(&Surroundings::default())
    }

    fn fingerprints_with(&self, surroundings: &Surroundings) -> Result<[String; 2], String> {
        let sources = read(self.0.path(), surroundings)?;
        let of = |chapter: &str| sources.chapters[chapter].fingerprint.clone();
        Ok([of("chapters::l2"), of("chapters::dropout")])
    }
}

/// Which of the chapters L2 and dropout train again after an edit; or why it is refused.
fn after(edit: impl FnOnce(&Project)) -> Result<[bool; 2], String> {
    let project = Project::new();
    let [l2, dropout] = project.fingerprints().unwrap();
    edit(&project);
    let [l2_now, dropout_now] = project.fingerprints()?;
    Ok([l2 != l2_now, dropout != dropout_now])
}

const LIB: &str = "src/lib.rs";
const L2: &str = "lab/src/chapters/l2.rs";

/// An edit: what it is, the file, and a text of it in place of another.
type Edit = (&'static str, &'static str, &'static str, &'static str);

/// Edits that change what an experiment finds, though a graph of names would not always see it.
const NOTICED: &[Edit] = &[
    ("a function far away", LIB, "6.0", "6.5"),
    ("the body of a macro", LIB, "$x + helper()", "$x - helper()"),
    ("a method of a trait", LIB, "{ 3.0 }", "{ 3.5 }"),
    ("a default of a trait", LIB, "{ 2.0 }", "{ 2.5 }"),
    ("a blanket implementation", LIB, "impl<T> Scale for T", "impl<T: Size> Scale for T"),
    ("a generic function", LIB, "x.scaled() }", "-x.scaled() }"),
    ("a trait object", LIB, "dyn Size) -> f64 { 1.0", "dyn Size) -> f64 { 1.5"),
    ("an operator", LIB, "{ o }", "{ self }"),
    ("a closure in a static", LIB, "|| 4.0", "|| 4.5"),
    ("what is dropped", LIB, "noise()", "silence()"),
    ("a chain of constants", LIB, "LINK: f64 = 5.0", "LINK: f64 = 5.5"),
    ("a glob import", LIB, "pub use self::rate::*;", "pub use self::other::*;"),
    ("a turbofish", LIB, "parse::<f64>()", "parse::<f32>()"),
    ("a rename in an import", "src/rate.rs", "slow as pace", "fast as pace"),
    ("two imports of one name", "src/rate.rs", "fast, slow as pace", "slow as fast, fast as pace"),
    ("a constant's value", LIB, "A: f64 = 0.1", "A: f64 = 0.3"),
    (
        "two constants of one name, swapped",
        "lab/src/seeds.rs",
        "10; }\npub const SEEDS: u32 = 20",
        "20; }\npub const SEEDS: u32 = 10",
    ),
    (
        "another trait with a method of the name",
        LIB,
        "pub trait Size { fn scaled(self) -> f64; }",
        "pub trait Size { fn scaled(self) -> f64 { 9.0 } }",
    ),
    ("data read through a macro", "src/points.csv", "1,2", "1,3"),
    ("what included code calls", LIB, "fn helper() -> f64 { 6.0 }", "fn helper() -> f64 { 6.1 }"),
    ("included code", "src/generated.in", "helper()", "helper() + 1.0"),
    ("default features", "Cargo.toml", "default = ['quick']", "default = []"),
    (
        "the condition of a module",
        LIB,
        "#[cfg(feature = \"quick\")] mod",
        "#[cfg(not(feature = \"quick\"))] mod",
    ),
    ("the version for a feature", LIB, "{ 1 }\n#[cfg(not", "{ 4 }\n#[cfg(not"),
    ("the version without it", LIB, "steps() -> u32 { 2 }", "steps() -> u32 { 5 }"),
    (
        "the order of two macros",
        LIB,
        "{ 1.0 } }\nmacro_rules! first { () => { 2.0 } }",
        "{ 2.0 } }\nmacro_rules! first { () => { 1.0 } }",
    ),
    ("an implementation inside of a function", LIB, "{ 7.0 }", "{ 7.5 }"),
    ("a crate of the workspace", "extra/src/lib.rs", "{ 1 }", "{ 2 }"),
    ("the lock file", "Cargo.lock", "0.2.16", "0.2.17"),
    (
        "a dependency's features",
        "Cargo.toml",
        "libm = '0.2'",
        "libm = { version = '0.2', features = ['arch'] }",
    ),
    ("the lab's manifest", "lab/Cargo.toml", "path = '..'", "path = '..', features = ['x']"),
    ("a unit test that becomes code", LIB, "#[cfg(test)]", "#[cfg(not(test))]"),
];

#[test]
fn what_all_chapters_share_runs_all_again() {
    for (what, file, old, new) in NOTICED {
        let trained = after(|project| project.replace(file, old, new));
        assert_eq!(trained, Ok([true, true]), "{what}");
    }
}

/// Edits of a chapter.
const OWN: &[Edit] = &[
    ("a constant", L2, "0.7", "0.07"),
    ("a type's method call", L2, "found.sort()", "found.reverse()"),
    ("a format string", L2, "{LAMBDA}", "{LAMBDA:.1}"),
    ("an import", L2, "use trainable::Scale", "use trainable::Size"),
    ("a generic function", L2, "told<T>(found: T)", "told<T: Clone>(found: T)"),
    ("an implementation", L2, "train: run.train", "train: run.test"),
    ("a text", "lab/src/chapters/l2.toml", "fixed(2)", "fixed(3)"),
];

#[test]
fn a_chapters_own_files_run_that_chapter_again() {
    for (what, file, old, new) in OWN {
        let trained = after(|project| project.replace(file, old, new));
        assert_eq!(trained, Ok([true, false]), "{what}");
    }
    let nested = "lab/src/chapters/l2/sweep.rs";
    assert_eq!(after(|project| project.write(nested, "fn sweep() {}")), Ok([true, false]));
    let keep = ("lab/src/chapters/dropout.rs", "0.86", "0.5");
    assert_eq!(after(|project| project.replace(keep.0, keep.1, keep.2)), Ok([false, true]));
}

/// Edits that no experiment can notice.
const UNNOTICED: &[Edit] = &[
    ("prose", "book/l2.md", "# L2", "# L2 regularization"),
    ("documentation", LIB, "/// A trait.", "/// A trait of numbers.\n/// More."),
    ("a comment", L2, "fn he()", "// Why.\nfn he()"),
    ("a unit test", LIB, "assert_eq!(1, 1)", "assert_eq!(2, 2)"),
    ("a chapter's unit test", L2, "assert!(true)", "assert!(!false)"),
    ("layout", L2, "{ let mut found", "{\n    let mut found"),
    ("a program", "lab/src/bin/lab/main.rs", "fn main() {}", "fn main() { run() }"),
    ("what only programs use", "lab/src/store.rs", "\"x\"", "\"y\""),
    ("a manifest's comment", "Cargo.toml", "[features]", "# Why.\n[features]"),
];

#[test]
fn what_no_experiment_can_reach_runs_nothing_again() {
    for (what, file, old, new) in UNNOTICED {
        let trained = after(|project| {
            project.replace(file, old, new);
        });
        assert_eq!(trained, Ok([false, false]), "{what}");
    }
    let chapter = after(|project| {
        project.replace("lab/src/chapters.rs", "pub mod l2;", "pub mod l2;\npub mod momentum;");
        project.write("lab/src/chapters/momentum.rs", "fn beta() -> f64 { 0.9 }");
    });
    assert_eq!(chapter, Ok([false, false]), "a new chapter");
    let windows = after(|project| {
        let text = fs::read_to_string(project.0.path().join(LIB)).unwrap();
        project.write(LIB, &text.replace('\n', "\r\n"));
    });
    assert_eq!(windows, Ok([false, false]), "other line ends");
}

/// Edits after which a fingerprint of files would prove nothing, and what is said of them.
const REFUSED: &[(&str, &str, &str, &str, &str)] = &[
    ("a file read at run time", L2, "found.sort()", "std::fs::read(\"x\")", "`fs` reads"),
    (
        "the same by a glob import",
        L2,
        "const LAMBDA",
        "use std::fs::*;\nconst LAMBDA",
        "`fs` reads",
    ),
    ("a variable at run time", LIB, "silence()", "std::env::var(\"X\")", "`env` reads"),
    ("a variable when compiled", LIB, "silence()", "option_env!(\"X\")", "`option_env` reads"),
    ("a clock", L2, "found.sort()", "Instant::now()", "`Instant` reads"),
    (
        "a file's name from a macro",
        LIB,
        "include_str!(\"points.csv\")",
        "include_str!($file)",
        "needs the file's name",
    ),
    (
        "a file's name in the call of a macro",
        LIB,
        "twice { ($x:expr) => {",
        "twice { ($f:expr) => { include_str!(concat!($f)); ",
        "needs the file's name",
    ),
    (
        "another name for a macro",
        LIB,
        "mod rate;",
        "mod rate; use std::include_str as grab;",
        "needs the file's name",
    ),
    ("another path of a module", LIB, "mod rate;", "#[path = \"x.rs\"] mod rate;", "`path = …`"),
    (
        "a path on a condition",
        LIB,
        "mod rate;",
        "#[cfg_attr(unix, path = \"x.rs\")] mod rate;",
        "`path = …`",
    ),
    (
        "another chapter's item",
        L2,
        "const LAMBDA",
        "use crate::chapters::dropout::keep;\nconst LAMBDA",
        "keeps to itself",
    ),
    (
        "another chapter by a list",
        L2,
        "const LAMBDA",
        "use crate::{chapters as c};\nconst LAMBDA",
        "keeps to itself",
    ),
    (
        "another chapter by its parent",
        L2,
        "const LAMBDA",
        "use super::dropout::keep;\nconst LAMBDA",
        "`super` leads",
    ),
    (
        "a chapter's item handed on",
        "lab/src/seeds.rs",
        "pub mod early",
        "pub use crate::chapters::l2::he;\npub mod early",
        "keeps to itself",
    ),
    ("what reads files", L2, "found.sort()", "crate::store::load()", "keeps to itself"),
    (
        "what others see too",
        L2,
        "impl From<&Run> for Measured",
        "impl From<&Run> for Outcome",
        "is seen by other chapters",
    ),
    (
        "a macro for others",
        L2,
        "const LAMBDA",
        "#[macro_export]\nmacro_rules! m { () => {} }\nconst LAMBDA",
        "a macro of a chapter",
    ),
    (
        "a condition on a chapter",
        "lab/src/chapters.rs",
        "pub mod l2;",
        "#[cfg(unix)] pub mod l2;",
        "expected nothing but",
    ),
    (
        "the chapter, from its claims",
        "lab/src/chapters/l2/claims.rs",
        "use crate::game::game;",
        "use super::he;",
        "`super` leads",
    ),
    ("no Rust", LIB, "mod rate;", "mod rate; fn f( {", "src/lib.rs: "),
];

#[test]
fn what_a_fingerprint_cannot_see_is_refused_with_its_file() {
    for (what, file, old, new, said) in REFUSED {
        let old = if *old == "silence()" { "noise()" } else { old };
        let error = match after(|project| project.replace(file, old, new)) {
            Ok(trained) => panic!("{what}: not refused, {trained:?}"),
            Err(error) => error,
        };
        assert!(error.starts_with(file) && error.contains(said), "{what}: {error}");
    }
}

#[test]
fn a_crate_put_in_the_place_of_another_counts() {
    let project = Project::new();
    project.write("vendored/Cargo.toml", "[package]\nname = 'libm'\n");
    project.write("vendored/src/lib.rs", "pub fn exp() -> f64 { 1.0 }\n");
    project.replace(
        "Cargo.toml",
        "[features]",
        "[patch.crates-io]\nlibm = { path = 'vendored' }\n[features]",
    );
    let before = project.fingerprints().unwrap();
    project.replace("vendored/src/lib.rs", "1.0", "2.0");
    let after = project.fingerprints().unwrap();
    assert!(before[0] != after[0] && before[1] != after[1]);
}

#[test]
fn cargos_configuration_counts() {
    let flags = |project: &Project| {
        project.write(".cargo/config.toml", "[build]\nrustflags = ['-C', 'target-cpu=native']\n");
    };
    assert_eq!(after(flags), Ok([true, true]));
    assert_eq!(after(|project| project.write("rust-toolchain", "nightly")), Ok([true, true]));
}

#[test]
fn the_compiler_and_its_flags_count() {
    let project = Project::new();
    let with =
        |compiler: &str| Surroundings { compiler: compiler.to_owned(), ..Surroundings::default() };
    let [before, after] = ["rustc 1.95", "rustc 1.96"]
        .map(|version| project.fingerprints_with(&with(version)).unwrap());
    assert!(before[0] != after[0] && before[1] != after[1]);
}

#[test]
fn the_profile_counts_where_code_asks_for_it() {
    let project = Project::new();
    let in_profile = |profile: &str| {
        let profile = profile.to_owned();
        project.fingerprints_with(&Surroundings { profile, ..Surroundings::default() }).unwrap()
    };
    assert_eq!(in_profile("debug"), in_profile("release"));
    project.replace(LIB, "{ 3 }", "{ if cfg!(debug_assertions) { 2 } else { 3 } }");
    assert_ne!(in_profile("debug"), in_profile("release"));
}

/// Edits after which claims are measured otherwise.
const MEASURED: &[Edit] = &[
    ("the claims", "lab/src/chapters/l2/claims.rs", "{ game() }", "{ -game() }"),
    ("the library", LIB, "6.0", "6.5"),
    ("what the claims name", "lab/src/game.rs", "fn game() {}", "fn game() -> f64 { 1.0 }"),
    ("what that names", "lab/src/noise.rs", "f64", "f32"),
    ("what measures", "lab/src/judge/evidence.rs", "1.0", "2.0"),
];

/// Edits after which they are measured as before.
const NOT_MEASURED: &[Edit] = &[
    ("the chapter's figures", L2, "found.sort()", "found.reverse()"),
    ("its texts", "lab/src/chapters/l2.toml", "fixed(2)", "fixed(3)"),
    ("what judges", "lab/src/judge/rule.rs", "true", "false"),
    ("what others use", "lab/src/seeds.rs", "20", "30"),
    ("the lock file", "Cargo.lock", "0.2.16", "0.2.17"),
    ("documentation", LIB, "/// A trait.", "/// A trait of numbers."),
];

#[test]
fn claims_are_stale_after_an_edit_of_what_measures_them_and_no_other() {
    let edits = MEASURED.iter().map(|edit| (edit, true));
    for ((what, file, old, new), is_stale) in
        edits.chain(NOT_MEASURED.iter().map(|edit| (edit, false)))
    {
        let project = Project::new();
        let before = project.of_claims(&Surroundings::default());
        project.replace(file, old, new);
        assert_eq!(before != project.of_claims(&Surroundings::default()), is_stale, "{what}");
    }
}

#[test]
fn what_was_judged_elsewhere_counts_here() {
    let project = Project::new();
    let with =
        |compiler: &str| Surroundings { compiler: compiler.to_owned(), ..Surroundings::default() };
    assert_eq!(project.of_claims(&with("rustc 1.95")), project.of_claims(&with("rustc 1.96")));
}

#[test]
fn functions_have_their_lines() {
    let project = Project::new();
    let sources = read(project.0.path(), &Surroundings::default()).unwrap();
    let he = sources.chapters["chapters::l2"].functions.iter().find(|f| f.name == "he").unwrap();
    assert_eq!((he.file.as_str(), he.line), (L2, 6));
    assert!(sources.files.contains(Path::new("src/points.csv")));
    assert!(!sources.files.contains(Path::new("lab/src/store.rs")));
}
