//! Turns every exercise's starter, solution and wrong answers into modules with plain functions for
//! tests.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use exercise_set::{Exercise, Set};
use quote::ToTokens;
use syn::visit_mut::{VisitMut, visit_item_fn_mut, visit_item_mod_mut};
use syn::{Attribute, ItemFn, ItemMod, Visibility, parse_quote};

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.parent().ok_or("expected a folder around answers/")?;
    // Not exercises/: a reader's own solutions must change nothing here.
    for watched in ["info.toml", "solutions", "answers"] {
        println!("cargo::rerun-if-changed={}", folder.join(watched).display());
    }
    let mut made = Made::new(PathBuf::from(env::var("OUT_DIR")?));
    for exercise in &Set::read(folder)?.exercises {
        made.exercise(exercise)?;
    }
    made.write()
}

/// The modules, and the table that lists them.
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

    fn exercise(&mut self, exercise: &Exercise) -> Result<(), Box<dyn Error>> {
        let name = &exercise.name;
        self.variant(&format!("{name}_starter"), &exercise.starter)?;
        self.variant(&format!("{name}_solution"), &exercise.solution)?;
        let mut rows = String::new();
        for (number, wrong) in exercise.wrong.iter().enumerate() {
            let (idea, says) = (&wrong.idea, &wrong.says);
            let text = wrong
                .edit
                .applied(&exercise.solution)
                .map_err(|reason| format!("answers/, {name}, \"{idea}\": {reason}"))?;
            let module = format!("{name}_wrong_{number}");
            self.variant(&module, &text)?;
            write!(
                rows,
                "Wrong {{ idea: {idea:?}, says: {says:?}, tests: {module}::TESTS }}, "
            )?;
        }
        let (chapter, graded) = (exercise.chapter(), exercise.words.course.is_some());
        writeln!(
            self.table,
            "Exercise {{ name: {name:?}, chapter: {chapter:?}, graded: {graded}, \
             starter: {name}_starter::TESTS, solution: {name}_solution::TESTS, wrong: &[{rows}] }},"
        )?;
        Ok(())
    }

    /// A module with its tests as functions, and a table of them.
    fn variant(&mut self, module: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let mut file = syn::parse_file(text).map_err(|error| format!("{module}: {error}"))?;
        let mut tests = Tests::default();
        tests.visit_file_mut(&mut file);
        let rows: String = tests
            .names
            .iter()
            .map(|name| format!("({name:?}, tests::{name}), "))
            .collect();
        // The exercise's `//!` lines, which the compiler accepts only at the top of a file.
        file.attrs.clear();
        let body = file.into_token_stream();
        let path = self.folder.join(format!("{module}.rs"));
        fs::write(
            &path,
            format!("{body}\npub const TESTS: &[(&str, fn())] = &[{rows}];\n"),
        )?;
        writeln!(
            self.modules,
            "#[path = {path:?}]\n\
             #[allow(warnings, clippy::all, clippy::unwrap_used, clippy::expect_used, missing_docs)]\n\
             mod {module};"
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

/// Turns tests into functions and collects their names.
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
