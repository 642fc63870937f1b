//! Which changes of the sources make an experiment run again.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../build/dependencies.rs"]
mod dependencies;
#[path = "../build/fingerprint.rs"]
mod fingerprint;
#[path = "../build/graph.rs"]
mod graph;
#[path = "../build/import.rs"]
mod import;
#[path = "../build/item.rs"]
mod item;
#[path = "../build/mentions.rs"]
mod mentions;

use std::path::Path;

use dependencies::Dependencies;
use fingerprint::{Entry, Source, Surroundings, entries};

const LIBRARY: &str = "
//! A library.
use extension::Extension;

pub mod prelude {
    pub use crate::network::{Network, train};
    pub use crate::rate::RATE;
}

/// Not reached by anything.
pub fn lonely() -> u32 { 1 }
";

const NETWORK: &str = "
use std::fmt;
use crate::rate::{step as pace, Scale};

/// A network.
pub struct Network { weights: Vec<f64> }

impl Network {
    /// Makes one.
    pub fn new() -> Self { Self { weights: vec![start(); 3] } }
    pub fn cost(&self) -> f64 { self.weights.iter().sum() }
    pub fn unused(&self) -> f64 { 1.0 }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, \"a network\") }
}

pub fn train(network: &mut Network) { network.weights[0] -= pace() * network.cost().scaled(); }

fn start() -> f64 { 0.5 }

#[cfg(test)]
mod tests {
    fn start() -> f64 { panic!() }
}
";

const RATE: &str = "
use libm::exp;
pub const RATE: f64 = 0.1;
pub fn step() -> f64 { exp(RATE) }
pub trait Scale { fn scaled(self) -> f64; }
impl Scale for f64 { fn scaled(self) -> f64 { 2.0 * self } }
";

const CHAPTER: &str = "
use trainable::prelude::*;
use crate::experiment::{Experiment, experiments};
use crate::outcome::Outcome;

pub fn experiments() -> Vec<Experiment> { experiments![he, zeros] }

/// Trains.
fn he() -> Outcome {
    let zeros = 1;
    let mut network = Network::new();
    train(&mut network);
    Outcome::new(assert_eq!(network.cost(), LIMIT + zeros))
}

fn zeros() -> Outcome {
    let points = measured().map(points);
    Outcome::new(format!(\"{points:.PLACES$}\"))
}

const LIMIT: f64 = 3.0;
const PLACES: usize = 3;

fn points(x: f64) -> f64 { x }
fn measured() -> Option<f64> { None }
";

const OUTCOME: &str = "
pub struct Outcome(String);
impl Outcome { pub fn new(x: impl Into<String>) -> Self { Self(x.into()) } }
";

const MANIFEST: &str = "
[workspace.dependencies]
libm = { version = '0.2' }
[dependencies]
libm = { workspace = true }
clap = '4'
";

const LOCK: &str = "
version = 4
[[package]]
name = 'trainable'
version = '0.1.0'
dependencies = ['libm', 'clap']
[[package]]
name = 'libm'
version = '0.2.16'
source = 'registry'
checksum = 'aa'
dependencies = ['deep 1.0.0']
[[package]]
name = 'deep'
version = '1.0.0'
source = 'registry'
[[package]]
name = 'deep'
version = '2.0.0'
source = 'registry'
[[package]]
name = 'clap'
version = '4.0.0'
source = 'registry'
dependencies = ['deep 2.0.0']
";

/// The sources, with the texts that tests change.
#[derive(Clone)]
struct Project {
    files: Vec<(usize, &'static str, String)>,
    manifest: String,
    lock: String,
    compiler: &'static str,
    data: &'static str,
}

impl Project {
    fn new() -> Self {
        let file = |crate_number, path, text: &str| (crate_number, path, text.to_owned());
        Self {
            files: vec![
                file(0, "lib", LIBRARY),
                file(0, "network", NETWORK),
                file(0, "rate", RATE),
                file(1, "initialization", CHAPTER),
                file(1, "outcome", OUTCOME),
            ],
            manifest: MANIFEST.to_owned(),
            lock: LOCK.to_owned(),
            compiler: "rustc 1.95",
            data: "data",
        }
    }

    /// The same project with a text replaced in one file.
    fn with(&self, file: &str, old: &str, new: &str) -> Self {
        let mut project = self.clone();
        let (.., text) = project.files.iter_mut().find(|(_, path, _)| *path == file).unwrap();
        assert!(text.contains(old), "{old}");
        *text = text.replacen(old, new, 1);
        project
    }

    fn and(mut self, crate_number: usize, file: &'static str, text: &str) -> Self {
        self.files.push((crate_number, file, text.to_owned()));
        self
    }

    fn entries(&self) -> Result<Vec<Entry>, String> {
        let sources: Vec<Source> = self
            .files
            .iter()
            .map(|(crate_number, path, text)| Source {
                crate_number: *crate_number,
                path: path.split('/').map(str::to_owned).collect(),
                file: format!("{}/{path}.rs", ["src", "lab/src"][*crate_number]),
                text: text.clone(),
            })
            .collect();
        let read = |path: &Path| match path.to_str() {
            Some("lab/src/../data.csv") => Ok(self.data.into()),
            _ => Err(format!("{}: no such file", path.display())),
        };
        let dependencies = Dependencies::read(&[&self.manifest], &self.lock)?;
        entries(
            &sources,
            &Surroundings { dependencies: &dependencies, compiler: self.compiler, read: &read },
        )
    }

    /// The fingerprints of `he` and `zeros`.
    fn fingerprints(&self) -> [String; 2] {
        let entries = self.entries().unwrap();
        ["initialization::he", "initialization::zeros"].map(|path| {
            let entry = entries.iter().find(|entry| entry.path == path);
            entry.unwrap().fingerprint.clone()
        })
    }

    /// Which of `he` and `zeros` run again when this becomes `other`.
    fn reruns(&self, other: &Self) -> [bool; 2] {
        let (before, after) = (self.fingerprints(), other.fingerprints());
        [before[0] != after[0], before[1] != after[1]]
    }

    /// Which of `he` and `zeros` run again after the replacement of a text in one file.
    fn after(&self, file: &str, old: &str, new: &str) -> [bool; 2] {
        self.reruns(&self.with(file, old, new))
    }
}

const LAB: &str = "
use crate::experiment::{Experiment, experiments};
use crate::outcome::Outcome;

pub fn experiments() -> Vec<Experiment> { experiments![he] }
fn he() -> Outcome { Outcome::new(limit()) }
fn limit() -> f64 { 7.0 }
";

#[test]
fn modules_of_one_name_keep_apart() {
    let project = Project::new().and(1, "open/initialization", LAB);
    let [chapter, lab] = ["initialization::he", "open::initialization::he"].map(|path| {
        move |project: &Project| {
            let entries = project.entries().unwrap();
            let found: Vec<Entry> = entries.into_iter().filter(|e| e.path == path).collect();
            assert_eq!(found.len(), 1, "{path}");
            found[0].clone()
        }
    });
    assert_eq!(chapter(&project).file, "lab/src/initialization.rs");
    assert_eq!(lab(&project).file, "lab/src/open/initialization.rs");
    let lab_changed = project.with("open/initialization", "7.0", "8.0");
    assert_eq!(chapter(&project), chapter(&lab_changed));
    assert_ne!(lab(&project), lab(&lab_changed));
    let chapter_changed = project.with("initialization", "LIMIT: f64 = 3.0", "LIMIT: f64 = 4.0");
    assert_ne!(chapter(&project), chapter(&chapter_changed));
    assert_eq!(lab(&project), lab(&chapter_changed));
}

const NONE: [bool; 2] = [false, false];
const HE: [bool; 2] = [true, false];
const ZEROS: [bool; 2] = [false, true];
const BOTH: [bool; 2] = [true, true];

#[test]
fn knows_where_each_experiment_is() {
    let entries = Project::new().entries().unwrap();
    let places: Vec<(&str, &str, usize)> = entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.file.as_str(), entry.line))
        .collect();
    let file = "lab/src/initialization.rs";
    assert_eq!(places, [("initialization::he", file, 9), ("initialization::zeros", file, 16)]);
}

#[test]
fn what_is_called_counts_however_far_away() {
    let project = Project::new();
    assert_eq!(project.after("initialization", "let mut", "let"), HE);
    assert_eq!(project.after("initialization", "3.0", "4.0"), HE);
    assert_eq!(project.after("network", "0.5", "0.6"), HE);
    assert_eq!(project.after("network", "sum()", "product()"), HE);
    assert_eq!(project.after("network", "vec![start(); 3]", "vec![start(); 4]"), HE);
    assert_eq!(project.after("rate", "exp(RATE)", "exp(-RATE)"), HE);
    assert_eq!(project.after("rate", "0.1", "0.2"), HE);
    assert_eq!(project.after("rate", "2.0 * self", "3.0 * self"), HE);
    assert_eq!(project.after("outcome", "x.into()", "x.into().into()"), BOTH);
}

#[test]
fn a_trait_of_a_type_counts_without_being_named() {
    let project = Project::new();
    assert_eq!(project.after("network", "a network", "another"), HE);
    let added = project.clone().and(
        0,
        "drop",
        "impl Drop for crate::network::Network { fn drop(&mut self) {} }",
    );
    assert_eq!(project.reruns(&added), HE);
    let renamed = project.clone().and(
        0,
        "drop",
        "use crate::network::Network as N; impl Drop for N { fn drop(&mut self) {} }",
    );
    assert_eq!(project.reruns(&renamed), HE);
}

#[test]
fn what_is_not_called_does_not_count() {
    let project = Project::new();
    assert_eq!(project.after("lib", "{ 1 }", "{ 2 }"), NONE);
    assert_eq!(project.after("network", "1.0", "2.0"), NONE);
    assert_eq!(project.after("network", "panic!()", "0.0"), NONE);
    let added = project.clone().and(
        1,
        "dropout",
        "use trainable::prelude::*; fn train() {} pub fn masks() { train() }",
    );
    assert_eq!(project.reruns(&added), NONE);
}

#[test]
fn documentation_and_comments_do_not_count() {
    let project = Project::new();
    assert_eq!(
        project.after(
            "network",
            "/// Makes one.",
            "/// Makes one:\n///\n/// ```\n/// start();\n/// ```"
        ),
        NONE
    );
    assert_eq!(
        project.after("network", "/// A network.", "// A network.\n#[doc = \"Two.\"]"),
        NONE
    );
    assert_eq!(
        project.after("initialization", "let zeros = 1;", "\n// One.\nlet zeros = 1; /* one */"),
        NONE
    );
    let moved = project.with("initialization", "/// Trains.", "/// Trains\n/// much.");
    assert_eq!(moved.entries().unwrap()[0].line, 10);
}

#[test]
fn a_local_variable_is_not_a_function_of_the_same_name() {
    let project = Project::new();
    assert_eq!(
        project.after(
            "initialization",
            "points(x: f64) -> f64 { x }",
            "points(x: f64) -> f64 { -x }"
        ),
        ZEROS
    );
    assert_eq!(
        project.after("initialization", "measured().map(points)", "measured().map( |x| x)"),
        ZEROS
    );
}

#[test]
fn a_variable_of_an_inner_block_ends_with_it() {
    let project = Project::new().with(
        "initialization",
        "let zeros = 1;",
        "{ let zeros = 1; } if let Some(zeros) = None::<u32> { dbg!(zeros); } else { (|zeros: u32| zeros)(1); }",
    );
    let inside = project.with("initialization", "LIMIT + zeros", "LIMIT");
    assert_eq!(inside.after("initialization", "None }", "Some(1.0) }"), ZEROS);
    assert_eq!(project.after("initialization", "None }", "Some(1.0) }"), BOTH);
}

#[test]
fn names_in_format_strings_count() {
    assert_eq!(
        Project::new().after("initialization", "PLACES: usize = 3", "PLACES: usize = 4"),
        ZEROS
    );
}

#[test]
fn renames_are_followed() {
    let project = Project::new().with("network", "step as pace", "walk as pace");
    let project = project.with("rate", "pub fn step", "pub fn walk() -> f64 { 1.0 } pub fn step");
    assert_eq!(Project::new().reruns(&project), HE);
    assert_eq!(project.after("rate", "exp(RATE)", "exp(-RATE)"), NONE);
    assert_eq!(project.after("rate", "walk() -> f64 { 1.0 }", "walk() -> f64 { 2.0 }"), HE);
}

#[test]
fn an_import_from_elsewhere_counts() {
    let project = Project::new();
    assert_eq!(project.after("rate", "use libm::exp", "use other::exp"), HE);
    assert_eq!(project.after("lib", "crate::rate::RATE", "crate::rate::SPEED as RATE"), NONE);
    assert_eq!(
        project.after(
            "lib",
            "crate::network::{Network, train}",
            "crate::network::{Network, learn as train}"
        ),
        HE
    );
    assert_eq!(
        project.after("rate", "use libm::exp", "use libm::exp; use other::Trait"),
        HE,
        "it may bring in methods"
    );
}

#[test]
fn macros_count_with_their_arguments_and_their_bodies() {
    let body = "macro_rules! twice { ($x:expr) => { $x + helper() } }";
    let project = Project::new()
        .with("network", "fn start() -> f64 { 0.5 }", "fn start() -> f64 { twice!(0.5 + other(1)) } fn helper() -> f64 { 1.0 } fn other(n: u32) -> f64 { 2.0 }")
        .and(0, "macros", body);
    assert_eq!(project.after("macros", "$x +", "$x -"), HE);
    assert_eq!(project.after("network", "twice!(0.5", "twice!(0.6"), HE);
    assert_eq!(
        project.after("network", "other(n: u32) -> f64 { 2.0 }", "other(n: u32) -> f64 { 3.0 }"),
        HE
    );
    assert_eq!(
        project.after("network", "helper() -> f64 { 1.0 }", "helper() -> f64 { 2.0 }"),
        HE,
        "called by the macro's body"
    );
    let generated = Project::new().and(0, "generated", "make_impls!(Network);");
    assert_eq!(Project::new().reruns(&generated), BOTH, "an item's macro may make anything");
}

#[test]
fn private_items_of_other_modules_do_not_count() {
    let project = Project::new().and(
        1,
        "dropout",
        "fn points() -> f64 { 1.0 } fn measured() {} const LIMIT: f64 = 9.0;",
    );
    assert_eq!(Project::new().reruns(&project), NONE);
    let project = Project::new().and(1, "dropout", "pub fn points() -> f64 { 1.0 }");
    assert_eq!(Project::new().reruns(&project), NONE, "the module's own comes first");
    let project = Project::new().and(0, "dropout", "pub fn train() -> f64 { 1.0 }");
    assert_eq!(Project::new().reruns(&project), HE, "this one may be meant");
}

#[test]
fn files_compiled_in_count() {
    let project =
        Project::new().with("initialization", "LIMIT + zeros", "include_str!(\"../data.csv\")");
    let changed = Project { data: "other", ..project.clone() };
    assert_eq!(project.reruns(&changed), HE);
    let included = &project.entries().unwrap()[0].included;
    assert!(included.contains(Path::new("lab/src/../data.csv")), "{included:?}");
    let missing =
        Project::new().with("initialization", "LIMIT + zeros", "include_str!(\"none.csv\")");
    assert!(missing.entries().unwrap_err().contains("none.csv: no such file"));
    let computed = Project::new().with(
        "initialization",
        "LIMIT + zeros",
        "include_str!(concat!(\"a\", \"b\"))",
    );
    assert!(computed.entries().unwrap_err().contains("not a plain string"));
}

#[test]
fn crates_count_where_they_are_named_with_all_that_they_bring_in() {
    let project = Project::new();
    let lock = |old: &str, new: &str| {
        assert!(LOCK.contains(old), "{old}");
        let lock = LOCK.replace(old, new);
        project.reruns(&Project { lock, ..project.clone() })
    };
    assert_eq!(lock("0.2.16", "0.2.17"), HE);
    assert_eq!(lock("'aa'", "'bb'"), HE);
    assert_eq!(lock("1.0.0", "1.0.1"), HE);
    assert_eq!(lock("4.0.0", "4.0.1"), NONE);
    assert_eq!(lock("2.0.0", "2.0.1"), NONE);
    let manifest = MANIFEST.replace("version = '0.2'", "version = '0.2', features = ['arch']");
    assert_eq!(project.reruns(&Project { manifest, ..project.clone() }), HE);
}

#[test]
fn the_compiler_counts() {
    let project = Project::new();
    assert_eq!(project.reruns(&Project { compiler: "rustc 1.96", ..project.clone() }), BOTH);
}

#[test]
fn what_cannot_be_followed_is_an_error_with_its_file() {
    for (text, expected) in [
        ("fn f( {}", "src/bad.rs: "),
        ("#[path = \"x.rs\"] mod x;", "src/bad.rs: `#[path]` of `mod x`"),
        ("extern \"C\" { fn f(); }", "src/bad.rs: an item of an unknown kind"),
    ] {
        let error = Project::new().and(0, "bad", text).entries().unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    let error =
        Project::new().with("initialization", "[he, zeros]", "[he, none]").entries().unwrap_err();
    assert!(error.contains("`none`, which is no function of this module"), "{error}");
}
