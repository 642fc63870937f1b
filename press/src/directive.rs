//! What can be written between `{{#` and `}}`.

use crate::nearest;

/// A parsed directive; ids are `experiment/name`, a value's is `experiment.name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Directive {
    Figure(String),
    /// A figure that becomes live in the page, by a widget's name.
    Widget {
        name: String,
        figure: String,
    },
    Value(String),
    Table(String),
    Claim(String),
    Claims,
    /// The course's numbers that one experiment holds ours against.
    Printed(String),
    /// All of them.
    Course,
    /// Lectures and functions of the course that a section covers.
    Covers(Vec<String>),
    /// The table of what covers which.
    Coverage,
    /// What notes of the course get wrong.
    Errata,
    /// The exercises of one chapter, or the table of all.
    Exercises(Option<String>),
    Reference(String),
    Listing {
        file: String,
        anchor: String,
    },
    /// One of mdBook's own, left to mdBook.
    Foreign {
        name: String,
        argument: String,
    },
}

const OURS: [&str; 14] = [
    "figure",
    "widget",
    "value",
    "table",
    "claim",
    "claims",
    "printed",
    "course",
    "covers",
    "coverage",
    "errata",
    "exercises",
    "ref",
    "listing",
];
const FOREIGN: [&str; 4] = ["include", "rustdoc_include", "playground", "title"];

impl Directive {
    /// Reads what stands between `{{#` and `}}`.
    ///
    /// # Errors
    ///
    /// Says what was expected: a known name, the number and the form of its arguments.
    pub(crate) fn parse(inner: &str) -> Result<Self, String> {
        let mut words = inner.split_whitespace();
        let name = words.next().unwrap_or_default();
        let arguments: Vec<&str> = words.collect();
        if FOREIGN.contains(&name) {
            return Ok(Self::Foreign {
                name: name.to_owned(),
                argument: arguments.join(" "),
            });
        }
        match name {
            "figure" => Ok(Self::Figure(id(name, '/', &arguments)?)),
            "widget" => widget(&arguments),
            "value" => Ok(Self::Value(id(name, '.', &arguments)?)),
            "table" => Ok(Self::Table(id(name, '/', &arguments)?)),
            "claim" => Ok(Self::Claim(id(name, '/', &arguments)?)),
            "ref" => Ok(Self::Reference(id(name, '/', &arguments)?)),
            "listing" => listing(&arguments),
            "printed" => Ok(Self::Printed(experiment(name, &arguments)?)),
            "claims" => alone(name, &arguments, Self::Claims),
            "course" => alone(name, &arguments, Self::Course),
            "coverage" => alone(name, &arguments, Self::Coverage),
            "errata" => alone(name, &arguments, Self::Errata),
            "exercises" => exercises(&arguments),
            "covers" if arguments.is_empty() => Err(
                "expected `{{#covers 1.12}}`, a lecture's number or a function's name".to_owned(),
            ),
            "covers" => Ok(Self::Covers(
                arguments.into_iter().map(str::to_owned).collect(),
            )),
            unknown => Err(format!(
                "there is no directive `{unknown}`{}",
                nearest::hint(unknown, OURS.into_iter().chain(FOREIGN))
            )),
        }
    }

    /// Whether it stands in a paragraph of its own.
    pub(crate) fn is_block(&self) -> bool {
        matches!(
            self,
            Self::Figure(_)
                | Self::Widget { .. }
                | Self::Table(_)
                | Self::Claim(_)
                | Self::Claims
                | Self::Printed(_)
                | Self::Course
                | Self::Covers(_)
                | Self::Coverage
                | Self::Errata
                | Self::Exercises(_)
                | Self::Listing { .. }
        )
    }
}

fn id(name: &str, separator: char, arguments: &[&str]) -> Result<String, String> {
    let form = format!("`{{{{#{name} experiment{separator}name}}}}`");
    let [argument] = arguments else {
        return Err(format!(
            "expected {form}, found {} words after `{name}`",
            arguments.len()
        ));
    };
    match is_id(argument, separator) {
        true => Ok((*argument).to_owned()),
        false => Err(format!("expected {form}, found `{argument}`")),
    }
}

fn is_id(text: &str, separator: char) -> bool {
    let parts = text.split_once(separator);
    parts.is_some_and(|(experiment, part)| is_name(experiment) && is_name(part))
}

fn widget(arguments: &[&str]) -> Result<Directive, String> {
    match arguments {
        [name, figure] if is_name(name) && is_id(figure, '/') => Ok(Directive::Widget {
            name: (*name).to_owned(),
            figure: (*figure).to_owned(),
        }),
        other => Err(format!(
            "expected `{{{{#widget name experiment/figure}}}}`, found `{}`",
            other.join(" ")
        )),
    }
}

fn experiment(name: &str, arguments: &[&str]) -> Result<String, String> {
    match arguments {
        [argument] if is_name(argument) => Ok((*argument).to_owned()),
        other => Err(format!(
            "expected `{{{{#{name} experiment}}}}`, found `{}`",
            other.join(" ")
        )),
    }
}

fn exercises(arguments: &[&str]) -> Result<Directive, String> {
    match arguments {
        [] => Ok(Directive::Exercises(None)),
        [chapter] if is_name(chapter) => Ok(Directive::Exercises(Some((*chapter).to_owned()))),
        other => Err(format!(
            "expected `{{{{#exercises chapter}}}}` or `{{{{#exercises}}}}`, found `{}`",
            other.join(" ")
        )),
    }
}

fn alone(name: &str, arguments: &[&str], directive: Directive) -> Result<Directive, String> {
    match arguments {
        [] => Ok(directive),
        _ => Err(format!("`{{{{#{name}}}}}` takes no argument")),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn listing(arguments: &[&str]) -> Result<Directive, String> {
    let form = "`{{#listing file.rs:anchor}}` or `{{#listing lab/file.rs:anchor}}`";
    let [argument] = arguments else {
        return Err(format!(
            "expected {form}, found {} words after `listing`",
            arguments.len()
        ));
    };
    let Some((file, anchor)) = argument.split_once(':') else {
        return Err(format!("expected {form}, found `{argument}`"));
    };
    if !is_name(anchor) || file.is_empty() {
        return Err(format!("expected {form}, found `{argument}`"));
    }
    let file = match file.strip_prefix("lab/") {
        Some(inside) => format!("lab/src/{inside}"),
        None => format!("src/{file}"),
    };
    Ok(Directive::Listing {
        file,
        anchor: anchor.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::Directive;

    #[test]
    fn every_directive_is_read() {
        for (text, directive) in [
            ("figure he/cost", Directive::Figure("he/cost".to_owned())),
            (
                "widget l2 he/cost",
                Directive::Widget {
                    name: "l2".to_owned(),
                    figure: "he/cost".to_owned(),
                },
            ),
            ("value he.cost", Directive::Value("he.cost".to_owned())),
            (" table  a/b ", Directive::Table("a/b".to_owned())),
            (
                "claim dropout/95",
                Directive::Claim("dropout/95".to_owned()),
            ),
            ("claims", Directive::Claims),
            ("printed he", Directive::Printed("he".to_owned())),
            ("course", Directive::Course),
            ("coverage", Directive::Coverage),
            ("errata", Directive::Errata),
            (
                "covers 1.1 f",
                Directive::Covers(vec!["1.1".to_owned(), "f".to_owned()]),
            ),
            ("ref he/cost", Directive::Reference("he/cost".to_owned())),
        ] {
            assert_eq!(Directive::parse(text), Ok(directive));
        }
    }

    #[test]
    fn listings_name_a_file_of_the_library_or_of_the_lab() {
        for (text, path) in [
            ("listing dropout.rs:mask", "src/dropout.rs"),
            ("listing lab/dropout.rs:mask", "lab/src/dropout.rs"),
        ] {
            let expected = Directive::Listing {
                file: path.to_owned(),
                anchor: "mask".to_owned(),
            };
            assert_eq!(Directive::parse(text), Ok(expected));
        }
    }

    #[test]
    fn mdbooks_own_are_left_alone() {
        assert!(matches!(
            Directive::parse("include a.rs:2:3"),
            Ok(Directive::Foreign { .. })
        ));
    }

    #[test]
    fn malformed_directives_say_what_was_expected() {
        for (text, expected) in [
            ("", "no directive ``"),
            (
                "figur he/cost",
                "no directive `figur`; the nearest is `figure`",
            ),
            (
                "figure",
                "expected `{{#figure experiment/name}}`, found 0 words",
            ),
            ("figure a b", "found 2 words"),
            (
                "figure he.cost",
                "expected `{{#figure experiment/name}}`, found `he.cost`",
            ),
            (
                "value he/cost",
                "expected `{{#value experiment.name}}`, found `he/cost`",
            ),
            ("value he.co%st", "found `he.co%st`"),
            ("table /b", "found `/b`"),
            ("table a/b/c", "found `a/b/c`"),
            (
                "widget he/cost",
                "expected `{{#widget name experiment/figure}}`, found `he/cost`",
            ),
            ("widget l2 he.cost", "found `l2 he.cost`"),
            ("widget l/2 he/cost", "found `l/2 he/cost`"),
            ("widget l2 he/cost again", "found `l2 he/cost again`"),
            ("claims all", "`{{#claims}}` takes no argument"),
            ("course all", "`{{#course}}` takes no argument"),
            ("coverage 1", "`{{#coverage}}` takes no argument"),
            ("errata 1", "`{{#errata}}` takes no argument"),
            ("exercises a b", "expected `{{#exercises chapter}}`"),
            ("covers", "expected `{{#covers 1.12}}`"),
            ("printed", "expected `{{#printed experiment}}`, found ``"),
            (
                "printed he/cost",
                "expected `{{#printed experiment}}`, found `he/cost`",
            ),
            (
                "listing dropout.rs",
                "expected `{{#listing file.rs:anchor}}`",
            ),
            ("listing", "found 0 words"),
            ("listing :mask", "found `:mask`"),
        ] {
            let error = Directive::parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
