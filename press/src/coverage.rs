//! Which section covers which lecture and which graded function of the course.

use course::Work;
use course::syllabus::{Item, Syllabus};
use exercise_set::{Exercise, Set};

use crate::exercise;
use crate::html;
use crate::inline;
use crate::nearest;
use crate::place::{Cover, Places};
use crate::source::Sources;

/// What the table of coverage is made of.
pub(crate) struct Coverage<'a> {
    pub(crate) syllabus: Syllabus,
    pub(crate) places: &'a Places,
    pub(crate) sources: &'a Sources,
    pub(crate) exercises: Option<&'a Set>,
}

impl Coverage<'_> {
    /// The line under a section's heading that says what of the course it covers.
    ///
    /// # Errors
    ///
    /// Says what the course does not have, what another section covers already, and what is said to
    /// be missing. A lecture may be covered by several chapters.
    pub(crate) fn mark(
        &self,
        ids: &[String],
        here: &[&Cover],
        to_root: &str,
    ) -> Result<String, String> {
        let mut marks = Vec::new();
        for (id, cover) in ids.iter().zip(here) {
            let item = self.item(id)?;
            if let Some(first) = self.first(id)
                && first != *cover
                && (item.work != Work::Lectures || first.page == cover.page)
            {
                return Err(format!(
                    "`{id}` is covered already, in {}:{}",
                    first.file, first.line
                ));
            }
            if let Some(week) = self.syllabus.missing_in(id) {
                return Err(format!(
                    "`{id}` is covered now: take it out of NOT_YET in course/src/week_{}.rs",
                    week.number
                ));
            }
            let name = match item.work {
                Work::Lectures => name(item)?,
                _ => format!("<code>{id}</code>"),
            };
            let name = match &self.places.coverage {
                Some(page) => format!("<a href=\"{to_root}{page}#{}\">{name}</a>", row_id(item)),
                None => name,
            };
            marks.push(format!("<span id=\"{}\">{name}</span>", cover.anchor));
        }
        Ok(format!(
            "<p class=\"covers\">In the course: {}</p>",
            marks.join(" · ")
        ))
    }

    /// Everything the course has, by its parts: the section, the code, and what checks it.
    ///
    /// # Errors
    ///
    /// Says what no chapter covers, and which code and which tests do not exist.
    pub(crate) fn table(&self, to_root: &str) -> Result<String, String> {
        let missing: Vec<String> = self
            .syllabus
            .items()
            .filter(|item| !self.is_covered(item))
            .map(|item| format!("`{{{{#covers {}}}}}`", item.id))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "expected a chapter to cover everything that the course has, found none with {}",
                missing.join(", ")
            ));
        }
        let mut page = self.summary();
        for work in Work::ALL {
            page.push_str(&self.section(work, to_root)?);
        }
        Ok(page)
    }

    fn item(&self, id: &str) -> Result<&'static Item, String> {
        self.syllabus.item(id).ok_or_else(|| {
            let hint = nearest::hint(id, self.syllabus.items().map(|item| item.id));
            format!("the course has no lecture or function `{id}`{hint}")
        })
    }

    fn all<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Cover> {
        self.places
            .covers
            .iter()
            .filter(move |cover| cover.id == id)
    }

    fn first<'a>(&'a self, id: &'a str) -> Option<&'a Cover> {
        self.all(id).next()
    }

    fn is_covered(&self, item: &Item) -> bool {
        self.first(item.id).is_some() || self.syllabus.missing_in(item.id).is_some()
    }

    fn summary(&self) -> String {
        let items = self.syllabus.items();
        let covered = items.filter(|item| self.first(item.id).is_some());
        format!(
            "<p>{} of {} lectures and functions are covered.</p>",
            covered.count(),
            self.syllabus.items().count()
        )
    }

    fn section(&self, work: Work, to_root: &str) -> Result<String, String> {
        let rows = self.syllabus.items().filter(|item| item.work == work);
        let rows = rows.map(|item| self.row(item, to_root));
        let rows = rows.collect::<Result<Vec<String>, String>>()?.concat();
        if rows.is_empty() {
            return Ok(String::new());
        }
        let title = work.name();
        let id = format!("coverage-{}", title.to_ascii_lowercase().replace(' ', "-"));
        let kind = if work == Work::Lectures {
            "Lecture"
        } else {
            "Function"
        };
        let header = [kind, "Section", "Code", "Checked by"]
            .map(|name| format!("<th scope=\"col\">{name}</th>"))
            .concat();
        let heading = html::heading(&id, title);
        Ok(format!(
            "{heading}\
             <div class=\"table-wrapper coverage\" tabindex=\"0\" role=\"region\" \
             aria-label=\"{title}: where the book has them\">\
             <table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>"
        ))
    }

    fn row(&self, item: &Item, to_root: &str) -> Result<String, String> {
        let (id, name) = (row_id(item), name(item)?);
        if self.first(item.id).is_none() {
            return Ok(format!(
                "<tr id=\"{id}\"><th scope=\"row\">{name}</th>\
                 <td>not yet</td><td></td><td></td></tr>"
            ));
        }
        let sections = self.all(item.id).map(|cover| self.place(cover, to_root));
        let section = sections
            .collect::<Result<Vec<String>, String>>()?
            .join("<br>");
        let code = item
            .code
            .iter()
            .map(|(file, line)| self.code(file, line, to_root));
        let code = code.collect::<Result<Vec<String>, String>>()?.join("<br>");
        let checks = self.checks(item, to_root)?;
        Ok(format!(
            "<tr id=\"{id}\"><th scope=\"row\">{name}</th><td>{section}</td>\
             <td>{code}</td><td>{checks}</td></tr>"
        ))
    }

    fn place(&self, cover: &Cover, to_root: &str) -> Result<String, String> {
        let chapter = inline::render(&cover.chapter)?;
        let section = match &cover.section {
            Some(section) => format!("{chapter}: {}", inline::render(section)?),
            None => chapter,
        };
        Ok(format!(
            "<a href=\"{to_root}{}#{}\">{section}</a>",
            cover.page, cover.anchor
        ))
    }

    /// A link to the line of a file that begins so.
    fn code(&self, file: &str, begins: &str, to_root: &str) -> Result<String, String> {
        let line = line(self.sources.text(file)?, begins)
            .ok_or_else(|| format!("no line of {file} begins with `{begins}`"))?;
        let address = Sources::address(file, line);
        let short = file.trim_start_matches("src/");
        Ok(format!(
            "<a href=\"{to_root}{address}\"><code>{short}:{line}</code></a>"
        ))
    }

    /// The test of the course's numbers, the exercise, and the claims of the chapters.
    fn checks(&self, item: &Item, to_root: &str) -> Result<String, String> {
        const TESTS: &str = "tests/course.rs";
        let mut checks = Vec::new();
        if let Some(test) = item.test {
            let text = self.sources.text(TESTS)?;
            let line = line(text, &format!("fn {test}(")).ok_or_else(|| {
                let names = text
                    .lines()
                    .filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
                format!("{TESTS} has no test `{test}`{}", nearest::hint(test, names))
            })?;
            let address = Sources::address(TESTS, line);
            let words = test.replace('_', " ");
            checks.push(format!("test <a href=\"{to_root}{address}\">{words}</a>"));
        }
        checks.extend(self.exercise(item, to_root));
        if item.work == Work::Lectures {
            checks.extend(
                self.all(item.id)
                    .filter_map(|cover| self.claims(cover, to_root)),
            );
        }
        Ok(checks.join("<br>"))
    }

    /// The exercise in which readers write the function, where a chapter shows it.
    fn exercise(&self, item: &Item, to_root: &str) -> Option<String> {
        let is_it = |exercise: &&Exercise| exercise.words.course.as_deref() == Some(item.id);
        let exercise = self.exercises?.exercises.iter().find(is_it)?;
        let mut shown = self.places.exercises.iter();
        let place = shown.find(|place| place.name == exercise.chapter())?;
        let (page, anchor) = (&place.page, exercise::anchor(exercise));
        Some(format!("<a href=\"{to_root}{page}#{anchor}\">your own</a>"))
    }

    /// How many claims a chapter has, if it has any, with a link to them.
    fn claims(&self, cover: &Cover, to_root: &str) -> Option<String> {
        let claims = self.places.claims.iter();
        let claims = claims.filter(|(_, place)| place.page == cover.page).count();
        let counted = match claims {
            0 => return None,
            1 => "the chapter’s claim".to_owned(),
            _ => format!("the chapter’s {claims} claims"),
        };
        Some(match &self.places.claims_page {
            Some(page) => {
                let section = crate::claims::section_id(&cover.page);
                format!("<a href=\"{to_root}{page}#{section}\">{counted}</a>")
            }
            None => counted,
        })
    }
}

/// The line that begins so, from 1.
pub(crate) fn line(text: &str, begins: &str) -> Option<usize> {
    let place = text
        .lines()
        .position(|line| line.trim_start().starts_with(begins));
    place.map(|place| place + 1)
}

fn name(item: &Item) -> Result<String, String> {
    let title = inline::render(item.title)?;
    Ok(match item.work {
        Work::Lectures => format!("{} {title}", item.id),
        _ => format!("<code>{}</code> {title}", item.id),
    })
}

fn row_id(item: &Item) -> String {
    format!("course-{}", item.id.replace(['.', '_'], "-"))
}
