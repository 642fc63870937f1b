//! What an experiment found, put into its chapter's words.
//!
//! The texts of a chapter are templates in a file of their own, by experiment. They name what they
//! say, `{{ train.free|percent(1) }}`, so that no two numbers can be swapped by their order, and
//! they can be translated. A name is a field of what the experiment found, or a constant of the
//! chapter that `texts!` lists. Values, captions and alternative texts come from there:
//!
//! ```toml
//! [lambdas.values]
//! test_held = "held.test|percent(1)"
//!
//! [lambdas.figures.accuracy]
//! alt = "Median accuracy over {{ SEEDS }} seeds: {{ held.test|percent(1) }} at λ = {{ LAMBDA }}."
//! caption = "Medians, shaded from the lowest to the highest."
//!
//! [lambdas.tables.sweep]
//! caption = "…"
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use figures::format;
use figures::{Drawing, FigureError};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Deserialize;

use crate::error::Error;
use crate::outcome::{Outcome, Table, Value};
use crate::printed::Printed;

/// The texts of a chapter, as TOML.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// The chapter's module.
    pub chapter: &'static str,
    /// The file's contents.
    pub toml: &'static str,
}

/// The texts of one experiment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    values: BTreeMap<String, String>,
    figures: BTreeMap<String, FigureTexts>,
    tables: BTreeMap<String, TableTexts>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureTexts {
    alt: String,
    caption: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableTexts {
    caption: String,
}

/// An outcome in the making: what was measured gets its texts when it is added.
///
/// The first problem is kept, and returned by [`Report::outcome`].
#[derive(Debug)]
pub struct Report {
    place: String,
    said: Said,
    named: minijinja::Value,
    outcome: Outcome,
    problem: Option<Error>,
}

/// Declares a chapter's texts, and the function `report`, which begins the report of an experiment.
///
/// The texts may name the constants that are listed, and what the experiment found.
macro_rules! texts {
    ($toml:expr, [$($setting:ident),* $(,)?]) => {
        /// The chapter's texts.
        pub(super) const TEXTS: $crate::report::Texts = $crate::report::Texts {
            chapter: module_path!(),
            toml: $toml,
        };

        fn report(experiment: &str, found: impl serde::Serialize) -> $crate::report::Report {
            let found = minijinja::Value::from_serialize(found);
            TEXTS.report(experiment, minijinja::context! { $($setting),* }, found)
        }
    };
}
pub(crate) use texts;

impl Texts {
    /// Begins the report of an experiment. Its texts may name the settings and what was found.
    pub fn report(
        self,
        experiment: &str,
        settings: minijinja::Value,
        found: minijinja::Value,
    ) -> Report {
        let (said, problem) = match self.said() {
            Ok(mut all) => (all.remove(experiment).unwrap_or_default(), None),
            Err(error) => (Said::default(), Some(error)),
        };
        Report {
            place: format!("{}: {experiment}", self.file()),
            said,
            named: context! { ..found, ..settings },
            outcome: Outcome::new(),
            problem,
        }
    }

    fn said(self) -> Result<BTreeMap<String, Said>, Error> {
        let wrong = |error| Error::Text(format!("{}: {error}", self.file()));
        toml::from_str(self.toml).map_err(wrong)
    }

    /// The file, from the repository's root.
    fn file(self) -> String {
        let chapter = self.chapter.rsplit("::").next().unwrap_or_default();
        format!("lab/src/chapters/{chapter}.toml")
    }
}

impl Report {
    /// Adds a number beside the course's.
    #[must_use]
    pub fn printed(mut self, name: &str, printed: Result<Printed, Error>) -> Self {
        match printed {
            Ok(printed) => {
                self.outcome.printed(name, printed);
            }
            Err(error) => self.fail(error),
        }
        self
    }

    /// Adds a table; its caption is a text.
    #[must_use]
    pub fn table(mut self, name: &str, table: impl Into<Table>) -> Self {
        let Some(texts) = self.said.tables.remove(name) else {
            return self.without("tables", name, "`caption`");
        };
        let mut table = table.into();
        table.caption = self.text(&texts.caption);
        self.outcome.table(name, table);
        self
    }

    /// Adds a figure; its alternative text and its caption are texts.
    #[must_use]
    pub fn figure(mut self, name: &str, drawing: Result<Drawing, FigureError>) -> Self {
        let Some(texts) = self.said.figures.remove(name) else {
            return self.without("figures", name, "`alt` and `caption`");
        };
        let (alt, caption) = (self.text(&texts.alt), self.text(&texts.caption));
        match drawing {
            Ok(drawing) => {
                self.outcome.figure(name, drawing, alt, caption);
            }
            Err(error) => self.fail(error.into()),
        }
        self
    }

    /// Everything that was added.
    ///
    /// # Errors
    /// [`Error::Text`] for something without its texts, a text that names what there is not, or one
    /// that nothing was added for; and whatever a figure or a printed number failed with.
    pub fn outcome(mut self) -> Result<Outcome, Error> {
        for (name, format) in std::mem::take(&mut self.said.values) {
            match self.value(&format) {
                Ok(value) => {
                    self.outcome.value(&name, value);
                }
                Err(error) => self.fail(error),
            }
        }
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let figures = self.said.figures.keys().map(|name| format!("figures.{name}"));
        let tables = self.said.tables.keys().map(|name| format!("tables.{name}"));
        let unused: Vec<String> = figures.chain(tables).collect();
        if unused.is_empty() {
            return Ok(self.outcome);
        }
        Err(Error::Text(format!(
            "{} has texts for what the experiment does not return: {}; take them out, or add it",
            self.place,
            unused.join(", ")
        )))
    }

    /// The number that an expression such as `held.test|percent(1)` formats, and its text; infinity
    /// beside a text that is no number.
    fn value(&self, expression: &str) -> Result<Value, Error> {
        let evaluated =
            |expression: &str| ENVIRONMENT.compile_expression(expression)?.eval(&self.named);
        let number = expression.rsplit_once('|').map_or(expression, |(number, _)| number);
        let value = evaluated(expression).and_then(|text| {
            let number = evaluated(number)?;
            // A name, such as a version, has no number.
            let number = match number.as_str() {
                Some(_) => f64::INFINITY,
                None => f64::try_from(number)?,
            };
            let text = text.to_string();
            Ok(Value { number, text })
        });
        value.map_err(|error| self.refused(&error, expression))
    }

    fn refused(&self, error: &minijinja::Error, text: &str) -> Error {
        refused(error, text, &self.place)
    }

    fn fail(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }

    fn without(mut self, kind: &str, name: &str, needed: &str) -> Self {
        let place = &self.place;
        self.fail(Error::Text(format!(
            "{place}.{kind}.{name} is not there: write {needed} for what the experiment returns"
        )));
        self
    }

    fn text(&mut self, template: &str) -> String {
        rendered(template, &self.named, &self.place).unwrap_or_else(|error| {
            self.fail(error);
            String::new()
        })
    }
}

/// A template with its names filled in.
///
/// # Errors
/// [`Error::Text`], which says at which place, for a name that means nothing.
pub(crate) fn rendered(
    template: &str,
    named: &minijinja::Value,
    place: &str,
) -> Result<String, Error> {
    let rendered = ENVIRONMENT.render_str(template, named);
    rendered.map_err(|error| refused(&error, template, place))
}

fn refused(error: &minijinja::Error, text: &str, place: &str) -> Error {
    Error::Text(format!("{place}: {error:#}, in `{text}`"))
}

/// Templates that know the lab's formats, and refuse names that mean nothing.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("integer", format::integer);
    environment.add_filter("fixed", format::fixed);
    environment.add_filter("percent", format::percent);
    environment.add_filter("small_percent", format::small_percent);
    environment.add_filter("points", format::points);
    environment.add_filter("scientific", format::scientific);
    environment.add_filter("short", format::short);
    environment.add_filter("round", f64::round);
    environment.add_filter("exp", libm::exp);
    environment.add_filter("plain", format::plain);
    environment.add_filter("code", format::code);
    environment.add_filter("words", format::words);
    environment.add_filter("capitalized", format::capitalized);
    environment.add_filter("mean_and_deviation", mean_and_deviation);
    environment
}

/// The mean of a spread and its standard deviation, both fractions.
fn mean_and_deviation(
    spread: &minijinja::Value,
    decimals: usize,
) -> Result<String, minijinja::Error> {
    let mean = f64::try_from(spread.get_attr("mean")?)?;
    let deviation = f64::try_from(spread.get_attr("standard_deviation")?)?;
    Ok(format::mean_and_deviation(mean, deviation, decimals))
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;
    use figures::{LineChart, Role};

    const TEXTS: Texts = Texts {
        chapter: "lab::chapters::l2",
        toml: "[he.values]\n\
               cost = 'cost.first|fixed(2)'\n\
               steps = 'STEPS|integer'\n\
               machine = 'machine'\n\
               [he.figures.cost]\n\
               alt = 'From {{ cost.first|fixed(2) }} on, over {{ seeds }} seeds.'\n\
               caption = 'The *cost*.'\n\
               [he.tables.rows]\n\
               caption = 'With {{ STEPS|integer }} steps.'\n",
    };

    fn drawing() -> Result<Drawing, FigureError> {
        LineChart::new("x", "y").line("a", Role::He, &[(0.0, 1.0), (1.0, 2.0)]).draw()
    }

    fn report() -> Report {
        let found = context! { cost => context! { first => 0.693 }, seeds => 10, machine => "CPU" };
        TEXTS.report("he", context! { STEPS => 15_000 }, found)
    }

    fn refused(report: Report) -> String {
        report.outcome().unwrap_err().to_string()
    }

    #[test]
    fn texts_and_values_name_what_was_found() {
        let report = report().figure("cost", drawing()).table("rows", Table::of::<u8>(&[]));
        let outcome = report.outcome().unwrap();
        assert_eq!(outcome.figures["cost"].alt, "From 0.69 on, over 10 seeds.");
        assert_eq!(outcome.tables["rows"].caption, "With 15\u{a0}000 steps.");
        assert_eq!(outcome.values["cost"], Value::fixed(0.693, 2));
        assert_eq!(outcome.values["steps"], Value::integer(15_000));
        let machine = &outcome.values["machine"];
        assert_eq!((machine.number, machine.text.as_str()), (f64::INFINITY, "CPU"));
    }

    #[test]
    fn what_has_no_text_is_refused() {
        let said = refused(report().table("better", Table::of::<u8>(&[])));
        assert!(said.contains("l2.toml: he.tables.better is not there"), "{said}");
    }

    #[test]
    fn a_text_for_nothing_is_refused() {
        let said = refused(report().figure("cost", drawing()));
        assert!(said.contains("does not return: tables.rows"), "{said}");
    }

    #[test]
    fn a_name_that_means_nothing_is_refused() {
        let without =
            || TEXTS.report("he", context! { STEPS => 15_000 }, minijinja::Value::UNDEFINED);
        let said = refused(without().figure("cost", drawing()));
        assert!(said.contains("undefined") && said.contains("cost.first"), "{said}");
        let said = refused(without());
        assert!(said.contains("undefined") && said.contains("cost.first"), "{said}");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let texts = Texts { toml: "[he.figure.cost]\nalt = ''\n", ..TEXTS };
        let said = refused(texts.report("he", context! {}, minijinja::Value::UNDEFINED));
        assert!(said.contains("lab/src/chapters/l2.toml: "), "{said}");
    }
}
