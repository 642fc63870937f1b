//! Makes a module of every exercise's starter, solution and wrong answers, whose tests are plain functions.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::ToTokens;
use serde::Deserialize;
use syn::visit_mut::{VisitMut, visit_item_fn_mut, visit_item_mod_mut};
use syn::{Attribute, ItemFn, ItemMod, Visibility, parse_quote};

/// What rustlings knows of the set.
#[derive(Deserialize)]
struct Info {
    exercises: Vec<Exercise>,
}

#[derive(Deserialize)]
struct Exercise {
    name: String,
    dir: String,
}

/// A plausible mistake.
#[derive(Deserialize)]
struct Wrong {
    idea: String,
    replace: String,
    with: String,
    says: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for watched in ["info.toml", "exercises", "solutions", "answers/wrong.toml"] {
        println!("cargo::rerun-if-changed={}", set.join(watched).display());
    }
    let info: Info = toml::from_str(&fs::read_to_string(set.join("info.toml"))?)?;
    let wrong = fs::read_to_string(set.join("answers/wrong.toml"))?;
    let mut wrong: BTreeMap<String, Vec<Wrong>> = toml::from_str(&wrong)?;
    let mut made = Made::new(PathBuf::from(env::var("OUT_DIR")?));
    for exercise in &info.exercises {
        let wrong = wrong.remove(&exercise.name).unwrap_or_default();
        made.exercise(&set, exercise, &wrong)?;
    }
    if let Some(name) = wrong.keys().next() {
        return Err(format!("wrong.toml: info.toml has no exercise `{name}`").into());
    }
    made.write()
}

/// The modules, and the table of them.
struct Made {
    folder: PathBuf,
    modules: String,
    table: String,
}

impl Made {
    fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            modules: String::new(),
            table: String::new(),
        }
    }

    fn exercise(
        &mut self,
        set: &Path,
        exercise: &Exercise,
        wrong: &[Wrong],
    ) -> Result<(), Box<dyn Error>> {
        let name = &exercise.name;
        let file = Path::new(&exercise.dir).join(name).with_extension("rs");
        let starter = fs::read_to_string(set.join("exercises").join(&file))?;
        let solution = fs::read_to_string(set.join("solutions").join(&file))?;
        let same = parts(&starter)?.1 == parts(&solution)?.1;
        self.variant(&format!("{name}_starter"), &starter)?;
        self.variant(&format!("{name}_solution"), &solution)?;
        let mut rows = String::new();
        for (number, wrong) in wrong.iter().enumerate() {
            let text = replaced(&solution, wrong)
                .map_err(|reason| format!("wrong.toml, {name}, \"{}\": {reason}", wrong.idea))?;
            let module = format!("{name}_wrong_{number}");
            self.variant(&module, &text)?;
            let (idea, says) = (&wrong.idea, &wrong.says);
            write!(
                rows,
                "Wrong {{ idea: {idea:?}, says: {says:?}, tests: {module}::TESTS }}, "
            )?;
        }
        writeln!(
            self.table,
            "Exercise {{ name: {name:?}, same_tests: {same}, starter: {name}_starter::TESTS, solution: {name}_solution::TESTS, wrong: &[{rows}] }},"
        )?;
        Ok(())
    }

    /// A module with a table of its tests, which are functions.
    fn variant(&mut self, module: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let mut file = syn::parse_file(text).map_err(|error| format!("{module}: {error}"))?;
        let mut tests = Tests::default();
        tests.visit_file_mut(&mut file);
        let rows: String = tests
            .names
            .iter()
            .map(|name| format!("({name:?}, tests::{name}), "))
            .collect();
        // The exercise's own words, which the compiler expects at the top of a file and nowhere else.
        file.attrs.clear();
        let body = file.into_token_stream();
        let path = self.folder.join(format!("{module}.rs"));
        fs::write(
            &path,
            format!("{body}\npub const TESTS: &[(&str, fn())] = &[{rows}];\n"),
        )?;
        writeln!(
            self.modules,
            "#[path = {path:?}]\n#[allow(warnings, clippy::all, clippy::unwrap_used, clippy::expect_used, missing_docs)]\nmod {module};"
        )?;
        Ok(())
    }

    fn write(self) -> Result<(), Box<dyn Error>> {
        let Self {
            folder,
            modules,
            table,
        } = self;
        let table = format!("{modules}\nconst EXERCISES: &[Exercise] = &[\n{table}];\n");
        Ok(fs::write(folder.join("exercises.rs"), table)?)
    }
}

/// The solution with one mistake.
fn replaced(solution: &str, wrong: &Wrong) -> Result<String, String> {
    let (code, tests) = parts(solution)?;
    match code.matches(&wrong.replace).count() {
        1 => Ok(code.replacen(&wrong.replace, &wrong.with, 1) + tests),
        count => Err(format!(
            "expected `{}` once in the solution, found it {count} times",
            wrong.replace
        )),
    }
}

/// The code, and what comes after it: the tests.
fn parts(text: &str) -> Result<(&str, &str), String> {
    let tests = text.find("fn main() {}");
    let tests = tests.ok_or("expected `fn main() {}` between the code and its tests")?;
    Ok(text.split_at(tests))
}

/// Makes functions of tests, and remembers their names.
#[derive(Default)]
struct Tests {
    names: Vec<String>,
}

impl VisitMut for Tests {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        if module.ident == "tests" {
            module.attrs.clear();
        }
        visit_item_mod_mut(self, module);
    }

    fn visit_item_fn_mut(&mut self, function: &mut ItemFn) {
        let is_test = |attribute: &Attribute| attribute.path().is_ident("test");
        if function.attrs.iter().any(is_test) {
            function.attrs.retain(|attribute| !is_test(attribute));
            let public: Visibility = parse_quote!(pub);
            function.vis = public;
            self.names.push(function.sig.ident.to_string());
        }
        visit_item_fn_mut(self, function);
    }
}
