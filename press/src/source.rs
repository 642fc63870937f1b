//! The code's own pages at the end of the book: every listing and every figure links to its lines.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mdbook_preprocessor::book::{BookItem, Chapter, SectionNumber};

use crate::html::escape;
use crate::inline;
use crate::listing;
use crate::nearest;

/// The folders whose files have a page.
const FOLDERS: [&str; 4] = ["src", "lab/src", "figures/src", "tests"];
const TITLE: &str = "The code";

/// The Rust files of the library, of the lab, of its figures and of the library's tests, by path from the
/// repository's root.
pub(crate) struct Sources {
    files: BTreeMap<String, String>,
}

impl Sources {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for folder in FOLDERS {
            collect(root, &root.join(folder), &mut files)?;
        }
        Ok(Self { files })
    }

    /// A file's text.
    ///
    /// # Errors
    ///
    /// Says which existing file is nearest.
    pub(crate) fn text(&self, file: &str) -> Result<&str, String> {
        self.files.get(file).map(String::as_str).ok_or_else(|| {
            format!(
                "there is no file `{file}`{}",
                nearest::hint(file, self.files.keys())
            )
        })
    }

    /// The address of a line, from the book's root.
    pub(crate) fn address(file: &str, line: usize) -> String {
        let stem = file.trim_end_matches(".rs");
        format!("code/{stem}.html#{}", line_id(file, line))
    }

    /// The chapters to add to the book: one that lists the files, and below it one a file.
    pub(crate) fn chapters(&self) -> Option<BookItem> {
        if self.files.is_empty() {
            return None;
        }
        let mut list = Chapter::new(TITLE, self.list(), "code.md", vec![]);
        list.sub_items = self
            .in_order()
            .zip(1..)
            .map(|((file, text), order)| {
                let mut page = page(file, text);
                // mdBook folds by the depth of the number; the theme does not show this one.
                page.number = Some(SectionNumber::new([0, order]));
                BookItem::Chapter(page)
            })
            .collect();
        Some(BookItem::Chapter(list))
    }

    /// The library's files, then the lab's, then the tests.
    fn in_order(&self) -> impl Iterator<Item = (&String, &String)> {
        FOLDERS.iter().flat_map(|folder| {
            self.files
                .iter()
                .filter(move |(file, _)| file.starts_with(folder))
        })
    }

    fn list(&self) -> String {
        let items: String = self
            .in_order()
            .map(|(file, text)| {
                let stem = file.trim_end_matches(".rs");
                let purpose = purpose(text);
                format!("<li><a href=\"code/{stem}.html\"><code>{file}</code></a> {purpose}</li>")
            })
            .collect();
        format!(
            "# {TITLE}\n\nThe library, the experiments of this book and the tests that hold the \
             library against the course, as they were when its pages were made.\n\n\
             <ul class=\"files\">{items}</ul>\n"
        )
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path);
        let name = name.to_string_lossy().replace('\\', "/");
        files.insert(name, fs::read_to_string(&path)?);
    }
    Ok(())
}

fn page(file: &str, text: &str) -> Chapter {
    let id = file.replace(['/', '.'], "-");
    let numbers: Vec<String> = (1..=text.lines().count())
        .map(|line| format!("<span id=\"{}\">{line}</span>", line_id(file, line)))
        .collect();
    let content = format!(
        "<div class=\"source-page\"><h1 id=\"{id}\"><code>{file}</code></h1><p>{}</p>\
         <div class=\"source\"><div class=\"lines\" aria-hidden=\"true\">{}</div>{}</div></div>\n",
        purpose(text),
        numbers.concat(),
        listing::code(text)
    );
    let path = format!("code/{}.md", file.trim_end_matches(".rs"));
    Chapter::new(file, content, path, vec![TITLE.to_owned()])
}

/// The first sentence of a file's own documentation, as HTML.
fn purpose(text: &str) -> String {
    let first: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = first.join(" ");
    // Documentation may hold what is no math of ours: then it is shown as written.
    inline::render(&paragraph).unwrap_or_else(|_| escape(&paragraph))
}

fn line_id(file: &str, line: usize) -> String {
    let stem = file.trim_end_matches(".rs").replace('/', "-");
    format!("{stem}-{line}")
}
