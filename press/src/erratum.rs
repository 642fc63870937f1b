//! The page of errata: what notes of the course get wrong, what is right, and what shows it.

use errata::{Erratum, Place, Quote, Shown, Week};
use lab::store::Results;

use crate::coverage::line;
use crate::edition::{unknown, value};
use crate::html::{escape, heading};
use crate::inline;
use crate::source::Sources;

/// What the page is made of.
pub(crate) struct Errata<'a> {
    pub(crate) weeks: &'a [Week],
    pub(crate) results: &'a Results,
    pub(crate) sources: &'a Sources,
    pub(crate) to_root: &'a str,
}

/// Which errata of a place are meant: those of notes, or the course's own.
type Choice = fn(&Place) -> &[Erratum];

impl Errata<'_> {
    /// All of them as HTML: those of notes by week, then the course's own.
    ///
    /// # Errors
    ///
    /// Says which erratum names a value that does not exist, or has math that does not parse.
    pub(crate) fn all(&self) -> Result<String, String> {
        let mut page = self.summary();
        for week in self.weeks {
            let title = format!("Week {}", week.week);
            let id = format!("errata-week-{}", week.week);
            page += &self.section(&heading(&id, &title), "errata", &[week], |place| {
                &place.notes
            })?;
        }
        let weeks: Vec<&Week> = self.weeks.iter().collect();
        let title = heading("errata-course", "In the course itself");
        page += &self.section(&title, "errata-course", &weeks, |place| &place.course)?;
        Ok(format!("<div class=\"errata\">{page}</div>"))
    }

    fn summary(&self) -> String {
        let places = || self.weeks.iter().flat_map(|week| &week.places);
        let notes: usize = places().map(|place| place.notes.len()).sum();
        let course: usize = places().map(|place| place.course.len()).sum();
        let all = places().flat_map(|place| place.notes.iter().chain(&place.course));
        let runs = all.filter(|erratum| matches!(erratum.shown, Shown::Run(_)));
        format!(
            "<p>There are {notes} slips of notes, and {course} <a href=\"#errata-course\">of the \
             course itself</a>. For {} of them, this book has run both what is written and what is \
             right.</p>",
            runs.count()
        )
    }

    /// The errata of some weeks; nothing where there are none.
    fn section(
        &self,
        title: &str,
        prefix: &str,
        weeks: &[&Week],
        choice: Choice,
    ) -> Result<String, String> {
        let mut section = String::new();
        for week in weeks {
            for place in &week.places {
                let errata = choice(place);
                if !errata.is_empty() {
                    section += &place_title(week, place, prefix)?;
                }
                for erratum in errata {
                    let html = self.erratum(erratum);
                    section += &html.map_err(|error| format!("{}: {error}", erratum.id))?;
                }
            }
        }
        Ok(match section.is_empty() {
            true => section,
            false => format!("{title}{section}"),
        })
    }

    fn erratum(&self, erratum: &Erratum) -> Result<String, String> {
        let id = &erratum.id;
        let english = match &erratum.english {
            Some(english) => format!("<p class=\"english\">{}</p>", inline::render(english)?),
            None => String::new(),
        };
        Ok(format!(
            "<section class=\"erratum\" id=\"{id}\">\
             <p class=\"name\"><a href=\"#{id}\">{}</a></p>\
             <blockquote>{}{english}</blockquote>\
             <p><strong>Right:</strong> {}</p><p><strong>{}:</strong> {}</p></section>",
            name(id),
            written(&erratum.quote)?,
            inline::render(&erratum.right)?,
            self.kind(erratum),
            self.shown(&erratum.shown)?,
        ))
    }

    /// What kind of thing shows it; a run leads to its code.
    fn kind(&self, erratum: &Erratum) -> String {
        match erratum.shown {
            Shown::Derivation(_) => "Why".to_owned(),
            Shown::Source(_) => "Source".to_owned(),
            Shown::Run(_) => match self.code(erratum) {
                Some(address) => format!("<a href=\"{}{address}\">Run</a>", self.to_root),
                None => "Run".to_owned(),
            },
        }
    }

    /// The address of the function that runs it.
    fn code(&self, erratum: &Erratum) -> Option<String> {
        let (experiment, _) = erratum.values().next()?.split_once('.')?;
        let chapter = self.results.chapter_of(experiment)?;
        let file = format!("lab/src/chapters/{chapter}.rs");
        let text = self.sources.text(&file).ok()?;
        Some(Sources::address(
            &file,
            line(text, &format!("fn {experiment}("))?,
        ))
    }

    /// The text with its values put in.
    fn shown(&self, shown: &Shown) -> Result<String, String> {
        let mut parts = shown.text().split("{{#value ");
        let mut markdown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (id, rest) = part
                .split_once("}}")
                .ok_or_else(|| format!("expected `}}}}` after `{{{{#value {part}`"))?;
            let ids = self.results.values().map(|(id, _)| id);
            let found = self.results.value(id.trim());
            markdown += &value(found.ok_or_else(|| unknown("value", id.trim(), ids))?);
            markdown += rest;
        }
        inline::render(&markdown)
    }
}

/// The heading of a lecture or a function.
fn place_title(week: &Week, place: &Place, prefix: &str) -> Result<String, String> {
    let title = inline::render(&place.title)?;
    let title = match &place.work {
        None => format!("{} {title}", place.id),
        Some(work) => format!(
            "{}, <code>{}</code>",
            inline::render(work)?,
            escape(&place.id).replace('_', "_<wbr>")
        ),
    };
    let number = match place.work {
        None => place.id.clone(),
        Some(_) => format!("{}-{}", week.week, place.id),
    };
    let id = format!("{prefix}-{}", number.replace(['.', '_'], "-"));
    Ok(format!(
        "<h3 id=\"{id}\"><a class=\"header\" href=\"#{id}\">{title}</a></h3>"
    ))
}

/// The id in words, with a capital letter.
fn name(id: &str) -> String {
    figures::format::capitalized(&id.replace('-', " "))
}

/// What is written, as it looks there.
fn written(quote: &Quote) -> Result<String, String> {
    Ok(match quote {
        Quote::Code(code) => format!("<p><code>{}</code></p>", escape(code.trim())),
        Quote::Formula(tex) => format!("<p>{}</p>", formula(tex)?),
        Quote::Words(words) => {
            let parts = words.split('$').enumerate();
            let parts: Result<String, String> = parts
                .map(|(place, part)| match place % 2 {
                    0 => Ok(escape(part)),
                    _ => formula(part),
                })
                .collect();
            let is_chinese = words
                .chars()
                .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            let language = if is_chinese { " lang=\"zh\"" } else { "" };
            format!("<p{language}>{}</p>", parts?)
        }
    })
}

fn formula(tex: &str) -> Result<String, String> {
    inline::render(&format!("$`{}`$", tex.trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use lab::outcome::{Outcome, Value};

    use super::*;

    fn erratum(shown: Shown) -> Erratum {
        Erratum {
            id: "sum-for-mean".to_owned(),
            quote: Quote::Words("求和 $x^2$ <".to_owned()),
            english: Some("*sum* it".to_owned()),
            right: "The *mean*.".to_owned(),
            shown,
        }
    }

    fn place(id: &str, notes: Vec<Erratum>, course: Vec<Erratum>) -> Place {
        Place {
            id: id.to_owned(),
            title: "Sums".to_owned(),
            work: id.contains('_').then(|| "Second assignment".to_owned()),
            notes,
            course,
        }
    }

    fn results() -> Results {
        let mut outcome = Outcome::new();
        outcome.value("ratio", Value::fixed(0.5, 1));
        Results::from_outcomes([("sums".to_owned(), "errata".to_owned(), outcome)])
    }

    fn page(places: Vec<Place>, results: &Results) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources::read(folder.path()).unwrap();
        let weeks = [Week { week: 2, places }];
        let errata = Errata {
            weeks: &weeks,
            results,
            sources: &sources,
            to_root: "",
        };
        errata.all()
    }

    #[test]
    fn an_erratum_is_a_block_with_an_address() {
        let shown = Shown::Run("It is {{#value sums.ratio}} of it.".to_owned());
        let page = page(vec![place("2.1", vec![erratum(shown)], vec![])], &results());
        let math = "<math><msup><mi>x</mi><mn>2</mn></msup></math>";
        assert_eq!(
            page.unwrap(),
            format!(
                "<div class=\"errata\"><p>There are 1 slips of notes, and 0 <a \
                 href=\"#errata-course\">of the course itself</a>. For 1 of them, this book has run \
                 both what is written and what is right.</p>\
                 <h2 id=\"errata-week-2\"><a class=\"header\" href=\"#errata-week-2\">Week 2</a></h2>\
                 <h3 id=\"errata-2-1\"><a class=\"header\" href=\"#errata-2-1\">2.1 Sums</a></h3>\
                 <section class=\"erratum\" id=\"sum-for-mean\">\
                 <p class=\"name\"><a href=\"#sum-for-mean\">Sum for mean</a></p>\
                 <blockquote><p lang=\"zh\">求和 {math} &lt;</p>\
                 <p class=\"english\"><em>sum</em> it</p></blockquote>\
                 <p><strong>Right:</strong> The <em>mean</em>.</p>\
                 <p><strong>Run:</strong> It is <data value=\"0.5\">0.5</data> of it.</p>\
                 </section></div>"
            )
        );
    }

    #[test]
    fn what_the_course_gets_wrong_is_apart() {
        let own = erratum(Shown::Derivation("By $`n`$.".to_owned()));
        let page = page(vec![place("f_n", vec![], vec![own])], &results()).unwrap();
        assert!(!page.contains("Week 2"), "{page}");
        for expected in [
            "<h2 id=\"errata-course\">",
            "<h3 id=\"errata-course-2-f-n\">",
            "Second assignment, <code>f_<wbr>n</code>",
            "<strong>Why:</strong> By <span class=\"glued\"><math>",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
    }

    #[test]
    fn a_run_that_does_not_exist_is_refused() {
        for (shown, expected) in [
            (
                "{{#value sums.ration}}",
                "sum-for-mean: there is no value `sums.ration`; the nearest is `sums.ratio`",
            ),
            ("{{#value sums.ratio", "sum-for-mean: expected `}}` after"),
            ("$`\\frac{1}`$", "sum-for-mean: the formula"),
        ] {
            let erratum = erratum(Shown::Run(shown.to_owned()));
            let page = page(vec![place("2.1", vec![erratum], vec![])], &results());
            let error = page.unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn every_run_exists_and_every_value_is_named() {
        let outcomes = lab::chapters::errata::experiments().into_iter().map(|run| {
            let outcome = run.outcome().unwrap();
            (run.name.to_owned(), run.chapter.to_owned(), outcome)
        });
        let results = Results::from_outcomes(outcomes);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let sources = Sources::read(&root).unwrap();
        let weeks = errata::weeks().unwrap();
        let errata = Errata {
            weeks: &weeks,
            results: &results,
            sources: &sources,
            to_root: "",
        };
        let page = errata.all().unwrap();
        let runs = page.matches("<strong>Run:").count();
        let linked = page
            .matches("<a href=\"code/lab/src/chapters/errata.html#")
            .count();
        assert!(runs == 0 && linked > 20, "{runs} {linked}");
        let places = weeks.iter().flat_map(|week| &week.places);
        let all = places.flat_map(|place| place.notes.iter().chain(&place.course));
        let named: BTreeSet<&str> = all.flat_map(Erratum::values).collect();
        for (id, _) in results.values() {
            assert!(named.contains(id.as_str()), "{id}");
        }
    }
}
