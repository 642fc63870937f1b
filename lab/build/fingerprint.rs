//! A hash of everything that an experiment's outcome depends on, and of nothing else.
//!
//! The sources are read as a graph of items. What an experiment's function can reach in it is found
//! by name, on the safe side where names alone do not decide. The hash is over the code of all that,
//! without comments and documentation; over the versions of the crates that it names; and over the
//! compiler's version. What a program reads while it runs is not seen: an experiment reads nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::dependencies::Dependencies;
use crate::graph::Graph;
use crate::item::{self, Item, Module};

/// A source file.
pub struct Source {
    /// Its crate, counted so that a crate comes after those it uses.
    pub crate_number: usize,
    /// Its path from the crate's source folder, without `.rs`, in parts.
    pub path: Vec<String>,
    /// Its path from the repository's root.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// What is known of an experiment's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `module::function`, the module from the crate's root.
    pub path: String,
    /// The hash.
    pub fingerprint: String,
    /// The function's file, from the repository's root.
    pub file: String,
    /// The function's line, from 1.
    pub line: usize,
    /// Files whose text is compiled in.
    pub included: BTreeSet<PathBuf>,
}

/// Everything besides the sources that outcomes depend on.
pub struct Surroundings<'a> {
    /// The crates from elsewhere.
    pub dependencies: &'a Dependencies,
    /// The compiler's version.
    pub compiler: &'a str,
    /// Reads a file whose text is compiled in.
    pub read: &'a dyn Fn(&Path) -> Result<Vec<u8>, String>,
}

/// One entry for each function that an `experiments!` names.
///
/// # Errors
/// A text that says which file has something that cannot be followed.
pub fn entries(sources: &[Source], surroundings: &Surroundings<'_>) -> Result<Vec<Entry>, String> {
    let mut items = Vec::new();
    for source in sources {
        let module = source.module();
        let found = item::items(&module, &source.text);
        items.extend(found.map_err(|error| format!("{}: {error}", source.file))?);
    }
    let graph = Graph::new(items);
    let mut entries = Vec::new();
    for chapter in graph.items() {
        for function in &chapter.mentions.experiments {
            let source = sources.iter().find(|source| source.file == chapter.module.file);
            let text = source.map_or("", |source| &source.text);
            let entry = entry(&graph, &chapter.module, function, text, surroundings)
                .map_err(|error| format!("{}: {error}", chapter.module.file))?;
            entries.push(entry);
        }
    }
    Ok(entries)
}

impl Source {
    fn module(&self) -> Module {
        let path = match self.path.split_last() {
            Some((last, parents)) if last == "lib" || last == "mod" => parents.to_vec(),
            _ => self.path.clone(),
        };
        Module { file: self.file.clone(), crate_number: self.crate_number, path }
    }
}

fn entry(
    graph: &Graph,
    module: &Module,
    function: &str,
    text: &str,
    surroundings: &Surroundings<'_>,
) -> Result<Entry, String> {
    let root = graph.function(module, function).ok_or_else(|| {
        format!("`experiments!` names `{function}`, which is no function of this module")
    })?;
    let reachable = graph.reachable(root);
    let included = included(&reachable)?;
    let fingerprint = fingerprint(&reachable, &included, surroundings)?;
    Ok(Entry {
        path: format!("{}::{function}", module.path.join("::")),
        fingerprint,
        file: module.file.clone(),
        line: line(text, function),
        included,
    })
}

fn fingerprint(
    reachable: &[&Item],
    included: &BTreeSet<PathBuf>,
    surroundings: &Surroundings<'_>,
) -> Result<String, String> {
    let codes: BTreeSet<&String> = reachable.iter().map(|item| &item.code).collect();
    let names: BTreeSet<&String> = reachable.iter().flat_map(|item| item.mentions.all()).collect();
    let crates: BTreeSet<&String> =
        names.into_iter().flat_map(|name| surroundings.dependencies.of(name)).collect();
    let mut hash = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hash.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    part(surroundings.compiler.as_bytes());
    for parts in [codes, crates] {
        part(&(parts.len() as u64).to_le_bytes());
        parts.iter().for_each(|text| part(text.as_bytes()));
    }
    for file in included {
        part(&(surroundings.read)(file)?);
    }
    Ok(hash.finalize().to_hex()[..32].to_owned())
}

/// The files whose text is compiled in, from the repository's root.
fn included(reachable: &[&Item]) -> Result<BTreeSet<PathBuf>, String> {
    let mut files = BTreeSet::new();
    for item in reachable {
        let folder = Path::new(&item.module.file).parent().unwrap_or(Path::new(""));
        for file in &item.mentions.files {
            let file = file.as_ref().ok_or_else(|| {
                format!("{} includes a file whose name is not a plain string", item.module.file)
            })?;
            files.insert(folder.join(file));
        }
    }
    Ok(files)
}

/// The line that a function begins on, from 1.
fn line(text: &str, function: &str) -> usize {
    let begins = |line: &str| {
        let (_, after) = line.split_once("fn ")?;
        let rest = after.strip_prefix(function)?;
        let indented = line.trim_start();
        let is_code = indented.starts_with("fn ") || indented.starts_with("pub");
        (is_code && rest.starts_with(['(', '<'])).then_some(())
    };
    text.lines().position(|line| begins(line).is_some()).map_or(1, |place| place + 1)
}
