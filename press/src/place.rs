//! Where figures, tables, claims, exercises and the course's numbers stand in the book, and their
//! labels.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::directive::Directive;
use crate::page::{Page, What};

/// The place of a figure, a table or a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The chapter's title.
    pub(crate) chapter: String,
    /// The page, from the book's root: `initialization.html`.
    pub(crate) page: String,
    /// `Figure 1.2`, `Table 3` or `Claim 1.1`.
    pub(crate) label: String,
    /// The element's id.
    pub(crate) anchor: String,
}

/// The section that covers a lecture or a function of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The lecture's number or the function's name.
    pub(crate) id: String,
    /// The chapter's title.
    pub(crate) chapter: String,
    /// The section's title, below the chapter's own.
    pub(crate) section: Option<String>,
    /// The page, from the book's root.
    pub(crate) page: String,
    /// The element's id.
    pub(crate) anchor: String,
    /// The chapter's file, from the repository's root.
    pub(crate) file: String,
    /// The line in it, from 1.
    pub(crate) line: usize,
    /// The byte in it.
    at: usize,
}

/// The section with a chapter's exercises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// The chapter's name: its file's.
    pub(crate) name: String,
    /// The chapter's title.
    pub(crate) title: String,
    /// The page, from the book's root.
    pub(crate) page: String,
}

/// Every place in the book.
#[derive(Default)]
pub(crate) struct Places {
    /// By page and by byte in it.
    by_position: HashMap<(String, usize), Place>,
    /// The first place of each figure and each table.
    by_id: BTreeMap<String, Place>,
    /// Claims in reading order, each once.
    pub(crate) claims: Vec<(String, Place)>,
    /// The tables of the course's numbers in reading order, by experiment, each once.
    pub(crate) printed: Vec<(String, Place)>,
    /// What covers which lecture or function, in reading order.
    pub(crate) covers: Vec<Cover>,
    /// The page with the table of what covers which.
    pub(crate) coverage: Option<String>,
    /// The page with all claims.
    pub(crate) claims_page: Option<String>,
    /// The chapters that show their exercises, in reading order.
    pub(crate) exercises: Vec<Chapter>,
    /// The page with all exercises.
    pub(crate) exercises_page: Option<String>,
    /// Where each widget is, in reading order.
    widgets: Vec<Widget>,
}

/// A widget in the book.
struct Widget {
    name: String,
    /// The chapter's file, from the repository's root.
    file: String,
    /// The line in it, from 1.
    line: usize,
    /// The byte in it.
    at: usize,
}

impl Places {
    pub(crate) fn of(pages: &[Page]) -> Self {
        let mut places = Self::default();
        let mut uses = HashMap::new();
        for page in pages {
            places.number(page, &mut uses);
            places.cover(page, &mut uses);
        }
        places
    }

    fn number(&mut self, page: &Page, uses: &mut HashMap<String, usize>) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for found in &page.found {
            let What::Block(directive) = &found.what else {
                continue;
            };
            let Some((list, kind, id)) = numbered(directive) else {
                continue;
            };
            let count = counts.entry(kind).or_default();
            *count += 1;
            let place = Place {
                chapter: page.title.clone(),
                page: html_path(&page.path),
                label: match &page.number {
                    Some(chapter) => format!("{kind} {chapter}.{count}"),
                    None => format!("{kind} {count}"),
                },
                anchor: anchor(list.prefix(), id, uses),
            };
            self.keep(list, id, &place);
            let position = (page.file.clone(), found.range.start);
            self.by_position.insert(position, place);
        }
    }

    fn cover(&mut self, page: &Page, uses: &mut HashMap<String, usize>) {
        for found in &page.found {
            match &found.what {
                What::Block(Directive::Covers(ids)) => {
                    for id in ids {
                        self.covers.push(covered(id, page, found.range.start, uses));
                    }
                }
                What::Block(Directive::Coverage) => self.coverage = Some(html_path(&page.path)),
                What::Block(Directive::Claims) => self.claims_page = Some(html_path(&page.path)),
                What::Block(Directive::Exercises(Some(chapter))) => self.exercises.push(Chapter {
                    name: chapter.clone(),
                    title: page.title.clone(),
                    page: html_path(&page.path),
                }),
                What::Block(Directive::Exercises(None)) => {
                    self.exercises_page = Some(html_path(&page.path));
                }
                What::Block(Directive::Widget { name, .. }) => self.widgets.push(Widget {
                    name: name.clone(),
                    file: page.file.clone(),
                    line: page.line(found.range.start),
                    at: found.range.start,
                }),
                _ => {}
            }
        }
    }

    /// What the directive at a byte of a page covers.
    pub(crate) fn covered_at(&self, page: &Page, byte: usize) -> Vec<&Cover> {
        let covers = self.covers.iter();
        covers
            .filter(|cover| cover.file == page.file && cover.at == byte)
            .collect()
    }

    /// Whether the book has any widget.
    pub(crate) fn has_widgets(&self) -> bool {
        !self.widgets.is_empty()
    }

    /// The file and the line of the widget `name`, where that is before the byte of a page.
    pub(crate) fn widget_before(
        &self,
        name: &str,
        page: &Page,
        byte: usize,
    ) -> Option<(&str, usize)> {
        let first = self.widgets.iter().find(|widget| widget.name == name)?;
        let is_here = first.file == page.file && first.at == byte;
        (!is_here).then_some((first.file.as_str(), first.line))
    }

    fn keep(&mut self, list: List, id: &str, place: &Place) {
        let list = match list {
            List::Claims => &mut self.claims,
            List::Printed => &mut self.printed,
            List::Figures | List::Tables => {
                let first = self.by_id.entry(id.to_owned());
                first.or_insert_with(|| place.clone());
                return;
            }
        };
        if list.iter().all(|(known, _)| known != id) {
            list.push((id.to_owned(), place.clone()));
        }
    }

    /// The place of the directive at a byte of a page.
    pub(crate) fn at(&self, page: &Page, byte: usize) -> Option<&Place> {
        self.by_position.get(&(page.file.clone(), byte))
    }

    /// The place of a figure or table.
    pub(crate) fn find(&self, id: &str) -> Option<&Place> {
        self.by_id.get(id)
    }

    /// The figures and tables that can be referred to.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.by_id.keys()
    }
}

fn covered(id: &str, page: &Page, at: usize, uses: &mut HashMap<String, usize>) -> Cover {
    let mut headings = page.layout.headings.iter().enumerate();
    let section = headings.rfind(|(_, (start, _))| *start < at);
    Cover {
        id: id.to_owned(),
        chapter: page.title.clone(),
        // The first heading is the chapter's own title.
        section: section
            .filter(|(index, _)| *index > 0)
            .map(|(_, (_, title))| title.clone()),
        page: html_path(&page.path),
        anchor: anchor("covers", &id.replace(['.', '_'], "-"), uses),
        file: page.file.clone(),
        line: page.line(at),
        at,
    }
}

/// What is kept together.
#[derive(Clone, Copy)]
enum List {
    Figures,
    Tables,
    Claims,
    Printed,
}

impl List {
    /// What the ids of its elements begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Figures => "figure",
            Self::Tables => "table",
            Self::Claims => "claim",
            Self::Printed => "printed",
        }
    }
}

fn numbered(directive: &Directive) -> Option<(List, &'static str, &str)> {
    match directive {
        Directive::Figure(id) | Directive::Widget { figure: id, .. } => {
            Some((List::Figures, "Figure", id))
        }
        Directive::Table(id) => Some((List::Tables, "Table", id)),
        Directive::Claim(id) => Some((List::Claims, "Claim", id)),
        Directive::Printed(id) => Some((List::Printed, "Table", id)),
        _ => None,
    }
}

/// An id that is unique in the book, since the print page holds every chapter.
fn anchor(prefix: &str, id: &str, uses: &mut HashMap<String, usize>) -> String {
    let plain = format!("{prefix}-{}", id.replace('/', "-"));
    let count = uses.entry(plain.clone()).or_default();
    *count += 1;
    match *count {
        1 => plain,
        again => format!("{plain}-{again}"),
    }
}

/// The page of a Markdown file.
pub(crate) fn html_path(path: &Path) -> String {
    path.with_extension("html")
        .to_string_lossy()
        .replace('\\', "/")
}

/// The way from a page to the book's root: `../` for each folder.
pub(crate) fn to_root(path: &Path) -> String {
    "../".repeat(path.components().count().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::{Places, to_root};
    use crate::page::Page;
    use mdbook_preprocessor::book::{Chapter, SectionNumber};
    use std::path::Path;

    fn page(path: &str, number: Option<u32>, markdown: &str) -> Page {
        let mut chapter = Chapter::new("A", markdown.to_owned(), path, vec![]);
        chapter.number = number.map(|number| SectionNumber::new([number]));
        Page::read(&chapter, "book", &mut Vec::new()).unwrap()
    }

    #[test]
    fn figures_and_tables_are_counted_by_chapter() {
        let pages = [
            page(
                "a.md",
                Some(1),
                "{{#figure a/b}}\n\n{{#table a/t}}\n\n{{#figure a/c}}",
            ),
            page("b.md", None, "{{#figure a/d}}"),
        ];
        let places = Places::of(&pages);
        assert_eq!(places.find("a/c").unwrap().label, "Figure 1.2");
        assert_eq!(places.find("a/t").unwrap().label, "Table 1.1");
        assert_eq!(places.find("a/d").unwrap().label, "Figure 1");
        assert_eq!(places.find("a/d").unwrap().page, "b.html");
    }

    #[test]
    fn a_figure_shown_twice_has_two_ids() {
        let pages = [
            page("a.md", Some(1), "{{#figure a/b}}"),
            page("b.md", Some(2), "{{#figure a/b}}"),
        ];
        let places = Places::of(&pages);
        assert_eq!(places.at(&pages[0], 0).unwrap().anchor, "figure-a-b");
        assert_eq!(places.at(&pages[1], 0).unwrap().anchor, "figure-a-b-2");
        assert_eq!(places.find("a/b").unwrap().label, "Figure 1.1");
    }

    #[test]
    fn a_widget_counts_as_its_figure() {
        let pages = [page(
            "a.md",
            Some(1),
            "{{#figure a/b}}\n\n{{#widget l2 a/c}}\n\n{{#figure a/c}}",
        )];
        let places = Places::of(&pages);
        assert_eq!(places.find("a/c").unwrap().label, "Figure 1.2");
        assert_eq!(places.find("a/c").unwrap().anchor, "figure-a-c");
    }

    #[test]
    fn a_widget_is_once_in_the_book() {
        let pages = [
            page("a.md", Some(1), "{{#widget l2 a/b}}\n\n{{#widget l2 a/b}}"),
            page("b.md", Some(2), "{{#widget l2 a/b}}"),
        ];
        let places = Places::of(&pages);
        assert!(places.has_widgets());
        assert_eq!(places.widget_before("l2", &pages[0], 0), None);
        for (page, byte) in [(&pages[0], 20), (&pages[1], 0)] {
            let first = places.widget_before("l2", page, byte);
            assert_eq!(first, Some(("book/a.md", 1)));
        }
    }

    #[test]
    fn deeper_pages_climb_to_the_root() {
        assert_eq!(to_root(Path::new("a.md")), "");
        assert_eq!(to_root(Path::new("b/c/a.md")), "../../");
    }
}
