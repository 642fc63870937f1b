use std::fmt;
use std::fs;
use std::io;
use std::mem;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use walkdir::WalkDir;

/// A Markdown document whose Rust blocks are tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its path from the root, with `/` between the parts.
    pub path: String,
    /// Its Rust blocks, in their order.
    pub blocks: Vec<Block>,
    /// What would keep a block of it from being compiled and run.
    pub traps: Vec<Trap>,
}

impl Document {
    /// Reads `README.md` and all Markdown files under `book/`, in the order of their paths.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or its path is not UTF-8.
    pub fn read_all(root: &Path) -> io::Result<Vec<Document>> {
        let mut documents = vec![Self::read(root, &root.join("README.md"))?];
        for entry in WalkDir::new(root.join("book")).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() && is_markdown(entry.path()) {
                documents.push(Self::read(root, entry.path())?);
            }
        }
        Ok(documents)
    }

    /// Looks through the text of a document.
    pub fn new(path: &str, text: &str) -> Document {
        let mut document = Document {
            path: path.to_owned(),
            blocks: Vec::new(),
            traps: Vec::new(),
        };
        document.check_name();
        document.scan(text);
        document
    }

    fn read(root: &Path, file: &Path) -> io::Result<Document> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
        let text = fs::read_to_string(file).map_err(named)?;
        Ok(Self::new(&relative(root, file)?, &text))
    }

    fn check_name(&mut self) {
        let path = self.path.clone();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let first = name.chars().find(char::is_ascii_alphanumeric);
        if first.is_some_and(|first| first.is_ascii_digit()) {
            self.trap(
                1,
                "tests are named after the file, and a name cannot begin with a digit: \
                 let the file's name begin with a letter",
            );
        }
    }

    fn scan(&mut self, text: &str) {
        let line_of = |offset: usize| text[..offset].matches('\n').count() + 1;
        let mut section = None;
        let mut part = Part::Other;
        for (event, range) in Parser::new_ext(text, MDBOOK).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) if names_tests(level) => {
                    part = Part::Heading(String::new());
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    part = Part::Code(line_of(range.start), info(kind), String::new());
                }
                Event::Text(text) => part.push(&text),
                Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock) => match mem::take(&mut part) {
                    Part::Heading(heading) => section = Some(heading),
                    Part::Code(line, info, code) => {
                        self.check_fence(line, section.as_deref(), &info, &code);
                    }
                    Part::Other => {}
                },
                Event::Html(html) | Event::InlineHtml(html) => {
                    self.check_html(line_of(range.start), &html);
                }
                _ => {}
            }
        }
    }

    fn check_fence(&mut self, line: usize, section: Option<&str>, info: &str, code: &str) {
        if info.is_empty() {
            return self.trap(
                line,
                "a code block names its language: rust, text, sh, toml …",
            );
        }
        if info == "rust" {
            self.blocks.push(Block {
                name: self.test_name(section, line),
                line,
                code: code.lines().map(uncovered).collect(),
            });
            return self.check_code(line, code);
        }
        let words: Vec<&str> = words(info).collect();
        if let Some((word, advice)) = REFUSED.iter().find(|(word, _)| words.contains(word)) {
            return self.trap(line, format!("`{word}` in `{info}`: {advice}"));
        }
        if words.iter().any(|word| is_rust(word)) {
            self.trap(
                line,
                format!(
                    "expected `rust` alone, found `{info}`: \
                     every Rust block is compiled and run, as edition 2021"
                ),
            );
        }
    }

    fn test_name(&self, section: Option<&str>, line: usize) -> String {
        let stem = identifier(stem(&self.path));
        match section {
            Some(section) => format!("{stem}_sect_{}_line_{line}", identifier(section)),
            None => format!("{stem}_line_{line}"),
        }
    }

    fn check_code(&mut self, line: usize, code: &str) {
        if code.trim().is_empty() {
            return self.trap(line, "an empty Rust block");
        }
        if code.contains("{{#") {
            self.trap(
                line,
                "`{{#` in a Rust block: directives are not expanded in a test, \
                 so write the code out or use a listing",
            );
        }
        if !code.contains("fn main(") {
            self.trap(
                line,
                "no `fn main`: a snippet is a whole program, so put it between the hidden lines \
                 `# fn main() -> Result<(), Error> {` and `# Ok(()) }`",
            );
        }
    }

    fn check_html(&mut self, line: usize, html: &str) {
        for (offset, html) in html.lines().enumerate() {
            let fenced = ["```", "~~~"].iter().any(|fence| {
                let mut inner = html.split(fence).skip(1);
                inner.any(|inner| words(inner).next().is_some_and(is_rust))
            });
            if fenced || html.contains("language-rust") {
                self.trap(
                    line + offset,
                    "Rust inside HTML or a comment is not tested: \
                     leave a blank line between the HTML and the fence, or delete it",
                );
            }
        }
    }

    fn trap(&mut self, line: usize, message: impl Into<String>) {
        self.traps.push(Trap {
            path: self.path.clone(),
            line,
            message: message.into(),
        });
    }
}

/// A Rust block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The name of its test: the document, the heading above it, its line.
    pub name: String,
    /// The line of its opening fence, counted from 1.
    pub line: usize,
    /// The program, with the lines that are hidden on the page.
    pub code: String,
}

/// What would keep a block from being compiled and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// The document's path from the root.
    pub path: String,
    /// The line of the fence, counted from 1.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub message: String,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// The part of a document whose text is being read.
#[derive(Default)]
enum Part {
    #[default]
    Other,
    Heading(String),
    /// The line of the fence, what follows it there, and the code.
    Code(usize, String, String),
}

impl Part {
    fn push(&mut self, more: &str) {
        match self {
            Part::Other => {}
            Part::Heading(text) | Part::Code(_, _, text) => text.push_str(more),
        }
    }
}

/// The extensions that mdBook has on and that may decide what is a code block.
const MDBOOK: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_GFM);

const REFUSED: [(&str, &str); 5] = [
    ("ignore", "every Rust block is compiled and run"),
    ("no_run", "every Rust block is compiled and run"),
    (
        "compile_fail",
        "skeptic cannot expect an error of the compiler: show it in a `text` block",
    ),
    (
        "should_panic",
        "it would pass on any error of the compiler: assert on the `Result` instead",
    ),
    (
        "skeptic-template",
        "templates are refused: write each snippet out, with hidden `# ` lines",
    ),
];

/// Tests are named after chapters and their sections, as skeptic names them.
fn names_tests(level: HeadingLevel) -> bool {
    level <= HeadingLevel::H2
}

/// A line as the compiler gets it: `# ` only hides it on the page.
fn uncovered(line: &str) -> String {
    let text = line.trim_start();
    let text = match text.strip_prefix("# ") {
        Some(hidden) => hidden,
        None if text.trim_end() == "#" => "",
        None => line,
    };
    format!("{text}\n")
}

/// The name of a file, without what comes before and after it.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The ASCII letters and digits of a text, with one `_` for what is between them.
fn identifier(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_lowercase()
}

fn info(kind: CodeBlockKind) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info.trim().to_owned(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// The words of a fence's info string, separated as rustdoc does.
fn words(info: &str) -> impl Iterator<Item = &str> {
    info.split(|c: char| !(c == '_' || c == '-' || c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

fn is_rust(word: &str) -> bool {
    ["rust", "rs"]
        .iter()
        .any(|rust| word.eq_ignore_ascii_case(rust))
        || word.starts_with("skt-")
}

fn is_markdown(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn relative(root: &Path, file: &Path) -> io::Result<String> {
    let parts: Option<Vec<&str>> = file
        .strip_prefix(root)
        .unwrap_or(file)
        .iter()
        .map(|part| part.to_str())
        .collect();
    let parts = parts.ok_or_else(|| {
        let message = format!("expected a path in UTF-8, found {}", file.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })?;
    Ok(parts.join("/"))
}
