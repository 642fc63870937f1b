//! Edits that turn a solution into its starter or into a wrong answer.

use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{Visit, visit_impl_item_fn, visit_item_fn};
use syn::{Block, ImplItemFn, ItemFn};

use crate::words;

/// The line between an exercise's code and its tests.
const MAIN: &str = "fn main() {}";
const TODO: &str = "// TODO";

/// An edit of the code; the tests stay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Edit {
    /// Another body for a function.
    Body {
        /// The function's name, which occurs once.
        function: String,
        /// The lines between its braces, without the function's indentation.
        body: String,
    },
    /// Another text.
    Text {
        /// The text to replace, which occurs once.
        replace: String,
        /// The text that replaces it.
        with: String,
    },
}

impl Edit {
    /// The solution with this edit.
    ///
    /// # Errors
    ///
    /// If what it replaces does not occur exactly once.
    pub fn applied(&self, solution: &str) -> Result<String, String> {
        let (code, tests) = parts(solution)?;
        let code = match self {
            Self::Body { function, body } => with_body(code, function, body)?,
            Self::Text { replace, with } => with_text(code, replace, with)?,
        };
        Ok(code + tests)
    }
}

/// The starter: the solution with all its edits, without the reasons.
pub(crate) fn starter(solution: &str, edits: &[Edit]) -> Result<String, String> {
    let mut starter = words::without_why(solution);
    for edit in edits {
        starter = edit.applied(&starter)?;
    }
    match starter.contains(TODO) {
        true => Ok(starter),
        false => Err(format!(
            "expected a line `{TODO}: …` in the starter, got none"
        )),
    }
}

/// The code, and the tests after it.
pub(crate) fn parts(text: &str) -> Result<(&str, &str), String> {
    let at = text.find(MAIN);
    let at = at.ok_or_else(|| format!("expected `{MAIN}` between the code and its tests"))?;
    Ok(text.split_at(at))
}

fn with_text(code: &str, replace: &str, with: &str) -> Result<String, String> {
    match code.matches(replace).count() {
        1 => Ok(code.replacen(replace, with, 1)),
        count => Err(format!(
            "expected `{replace}` once in the solution, found it {count} times"
        )),
    }
}

fn with_body(code: &str, function: &str, body: &str) -> Result<String, String> {
    let file = syn::parse_file(code).map_err(|error| error.to_string())?;
    let mut bodies = Bodies {
        name: function,
        found: Vec::new(),
    };
    bodies.visit_file(&file);
    let [found] = &bodies.found[..] else {
        return Err(format!(
            "expected a function `{function}` once in the solution, found it {} times",
            bodies.found.len()
        ));
    };
    let (before, after) = (&code[..found.start], &code[found.end..]);
    let line = before.rsplit('\n').next().unwrap_or_default();
    // A long signature ends with a line such as `) -> f64 {`, indented like its first line.
    let margin = " ".repeat(line.len() - line.trim_start().len());
    let lines: String = body
        .trim_end()
        .lines()
        .map(|line| match line.is_empty() {
            true => "\n".to_owned(),
            false => format!("{margin}    {line}\n"),
        })
        .collect();
    Ok(format!("{before}{{\n{lines}{margin}}}{after}"))
}

/// The places of the bodies of all functions with one name.
struct Bodies<'a> {
    name: &'a str,
    found: Vec<std::ops::Range<usize>>,
}

impl Bodies<'_> {
    fn add(&mut self, name: &syn::Ident, block: &Block) {
        if name == self.name {
            self.found.push(block.span().byte_range());
        }
    }
}

impl<'a> Visit<'a> for Bodies<'_> {
    fn visit_item_fn(&mut self, function: &'a ItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a ImplItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit_impl_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
/// λ, doubled.
fn twice(a: f64) -> f64 {
    2.0 * a
}

struct S;

impl S {
    fn half(
        a: f64,
    ) -> f64 {
        a / 2.0
    }
}

fn main() {}

fn test() { 2.0 }
";

    fn body(function: &str) -> Edit {
        Edit::Body {
            function: function.to_owned(),
            body: "// TODO: think.\ntodo!()\n".to_owned(),
        }
    }

    fn text(replace: &str) -> Edit {
        Edit::Text {
            replace: replace.to_owned(),
            with: "3.0".to_owned(),
        }
    }

    #[test]
    fn a_body_is_replaced_and_indented() {
        let changed = body("twice").applied(SOLUTION).unwrap();
        assert!(
            changed.contains(
                "fn twice(a: f64) -> f64 {\n    // TODO: think.\n    todo!()\n}\n\nstruct S;"
            ),
            "{changed}"
        );
        let changed = body("half").applied(SOLUTION).unwrap();
        assert!(
            changed
                .contains("    ) -> f64 {\n        // TODO: think.\n        todo!()\n    }\n}\n"),
            "{changed}"
        );
    }

    #[test]
    fn text_is_replaced_in_the_code_alone() {
        let changed = text("2.0 *").applied(SOLUTION).unwrap();
        assert!(changed.contains("    3.0 a\n"), "{changed}");
        assert!(changed.contains("fn test() { 2.0 }"), "{changed}");
    }

    #[test]
    fn what_is_not_there_once_is_refused() {
        let said = text("2.0").applied(SOLUTION).unwrap_err();
        assert!(said.contains("found it 2 times"), "{said}");
        let said = body("thrice").applied(SOLUTION).unwrap_err();
        assert!(
            said.contains("`thrice` once in the solution, found it 0 times"),
            "{said}"
        );
    }

    #[test]
    fn a_starter_says_what_to_do() {
        let said = starter(SOLUTION, &[text("2.0 *")]).unwrap_err();
        assert!(said.contains("// TODO"), "{said}");
        assert!(starter(SOLUTION, &[body("twice")]).is_ok());
    }
}
