//! Which code each chapter's experiments can reach, as one hash a chapter; and which code its claims are
//! measured with, as another.
//!
//! Only the compiler knows which item a name means, so whole files are hashed: a chapter's own; those
//! that all chapters share; the library's and those of crates in this repository, each without
//! comments, documentation and unit tests; the manifests, the lock file, and the compiler with its
//! settings. What a hash of files could not see, such as a file that is read at run time or an
//! implementation that other chapters see, is refused where it stands.
//!
//! The second hash is of less: what is recorded for years, on any machine, may depend on neither compiler nor
//! lock file. It is of the library, the chapter's claims, and the lab's files that these name.
//!
//! The build script hashes what is compiled, and the lab hashes what is on the disk: an outcome is
//! kept only if both are the same.

mod manifest;
mod rules;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rules::Kind;

/// The chapters' files, and those of the open labs, which are one chapter to us.
const CHAPTERS: &str = "lab/src/chapters";
const OPEN: &str = "lab/src/open";
/// The chapters' registration, which is lines of `mod name;` and nothing else.
const REGISTRATION: &str = "lab/src/chapters.rs";
/// What else it has: the list of the chapters' experiments, which the build script makes.
const GENERATED_CATALOG: &str = "use crate :: experiment :: Experiment ; \
    include ! ( concat ! ( env ! ( \"OUT_DIR\" ) , \"/chapters.rs\" ) ) ; ";
/// The file below a chapter's folder in which its claims are measured: the chapter can use it, and it can use
/// nothing of the chapter.
const CLAIMS: &str = "claims.rs";
/// What measures claims, beside the files that these name; and what judges them and shows what comes of it.
const MEASURING: [&str; 2] = ["lab/src/judge/evidence.rs", "lab/src/judge/seeds.rs"];
const JUDGING: [&str; 2] = ["judge", "error"];
/// Files of the lab that no experiment can use.
const OUTSIDE: [&str; 3] = ["lab/src/bin", "lab/src/store", "lab/src/store.rs"];
/// What Cargo reads; of these, only the manifests must exist.
const LOCK: &str = "Cargo.lock";
const MANIFESTS: [&str; 2] = ["Cargo.toml", "lab/Cargo.toml"];
const CONFIGURATION: [&str; 3] = [".cargo/config.toml", "rust-toolchain.toml", "rust-toolchain"];

/// What outcomes depend on besides files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// The compiler's version, its flags, the features: anything that it is told.
    pub compiler: String,
    /// The profile, which counts where the code asks for `debug_assertions`.
    pub profile: String,
}

/// The sources of all experiments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The chapters by module, `chapters::l2`, and their claims, `chapters::l2::claims`.
    pub chapters: BTreeMap<String, Chapter>,
    /// All files that were read, from the root.
    pub files: BTreeSet<PathBuf>,
}

/// A chapter's code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chapter {
    /// The hash of all that its experiments can reach.
    pub fingerprint: String,
    /// The lines on which its functions begin, with file and name.
    pub functions: Vec<Function>,
}

/// Where a function is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its file, from the root.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Reads the sources below a repository's root.
///
/// # Errors
/// Which file cannot be read, or does what a fingerprint could not see.
pub fn read(root: &Path, surroundings: &Surroundings) -> Result<Sources, String> {
    let mut reader = Reader { root, files: BTreeSet::new(), asks_for_profile: false };
    let chapters = reader.chapters()?;
    let mut shared = vec![surroundings.compiler.clone()];
    shared.extend(reader.cargo()?);
    shared.extend(reader.shared()?);
    let shared = shared.concat();
    let (mut own, mut measured) = (BTreeMap::new(), BTreeMap::new());
    for (module, files) in chapters {
        let claims: Vec<PathBuf> =
            files.iter().filter(|file| file.ends_with(CLAIMS)).cloned().collect();
        if !claims.is_empty() {
            measured.insert(format!("{module}::claims"), reader.claims(claims)?);
        }
        own.insert(module, reader.chapter(&files)?);
    }
    if reader.asks_for_profile {
        for (_, text) in own.values_mut() {
            text.push_str(&surroundings.profile);
        }
    }
    let chapters = own.into_iter().map(|(module, (mut chapter, text))| {
        chapter.fingerprint = hash(&[&shared, &text]);
        (module, chapter)
    });
    Ok(Sources { chapters: chapters.chain(measured).collect(), files: reader.files })
}

fn hash(texts: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for text in texts {
        hash.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hash.finalize().to_hex()[..32].to_owned()
}

/// Reads files, and remembers which.
struct Reader<'a> {
    root: &'a Path,
    files: BTreeSet<PathBuf>,
    asks_for_profile: bool,
}

impl Reader<'_> {
    /// The files of each chapter by its module.
    fn chapters(&mut self) -> Result<BTreeMap<String, Vec<PathBuf>>, String> {
        let mut chapters: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for file in self.below(Path::new(CHAPTERS))? {
            let inside = file.strip_prefix(CHAPTERS).unwrap_or(&file);
            let first = inside.components().next().map(|part| Path::new(part.as_os_str()));
            let stem = first.and_then(Path::file_stem).unwrap_or_default();
            let module = format!("chapters::{}", stem.to_string_lossy());
            chapters.entry(module).or_default().push(file);
        }
        let mut open = self.below(Path::new(OPEN))?;
        open.extend(self.existing("lab/src/open.rs"));
        chapters.insert("open".to_owned(), open);
        Ok(chapters)
    }

    /// The code of a chapter's files.
    fn chapter(&mut self, files: &[PathBuf]) -> Result<(Chapter, String), String> {
        let mut chapter = Chapter::default();
        let mut text = String::new();
        for file in files {
            let is_below = file.components().count() > Path::new(CHAPTERS).components().count() + 1;
            let kind = match file.starts_with(CHAPTERS) {
                true => Kind::Chapter { nested: is_below && !file.ends_with(CLAIMS) },
                false => Kind::Common,
            };
            text.push_str(&self.code(file, kind)?);
            chapter.functions.extend(self.functions(file)?);
        }
        Ok((chapter, text))
    }

    /// The code that the claims in a file are measured with: the library's, and the lab's as far as it is named.
    fn claims(&mut self, files: Vec<PathBuf>) -> Result<Chapter, String> {
        let (mut chapter, mut text) = self.chapter(&files)?;
        for file in self.below(Path::new("src"))? {
            text.push_str(&self.code(&file, Kind::Library)?);
        }
        let mut named: BTreeSet<PathBuf> =
            MEASURING.iter().filter_map(|file| self.existing(file)).collect();
        let mut left: Vec<PathBuf> = named.iter().cloned().chain(files).collect();
        while let Some(file) = left.pop() {
            let tokens = tokens::tokens(&self.text(&file)?)?;
            for name in rules::of_crate(&tokens).filter(|name| !JUDGING.contains(name)) {
                let module = Path::new("lab/src").join(name);
                let mut files = self.below(&module)?;
                files.extend(self.existing(module.with_extension("rs")));
                left.extend(files.into_iter().filter(|file| named.insert(file.clone())));
            }
        }
        for file in named {
            text.push_str(&self.code(&file, Kind::Common)?);
        }
        chapter.fingerprint = hash(&[&text]);
        Ok(chapter)
    }

    /// What Cargo is told: manifests, lock file, configuration.
    fn cargo(&mut self) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        for file in MANIFESTS.iter().chain(&CONFIGURATION) {
            let Some(file) = self.existing(file) else {
                continue;
            };
            let text = self.text(&file)?;
            let canonical = manifest::canonical(&text);
            // A `rust-toolchain` may be a bare name.
            texts.push(canonical.unwrap_or(text));
        }
        texts.extend(self.existing(LOCK).map(|file| self.text(&file)).transpose()?);
        Ok(texts)
    }

    /// The code that every experiment can reach.
    fn shared(&mut self) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        for folder in self.local_crates()? {
            if let Some(file) = self.existing(folder.join("Cargo.toml")) {
                texts.push(manifest::canonical(&self.text(&file)?)?);
            }
            if let Some(file) = self.existing(folder.join("build.rs")) {
                texts.push(self.text(&file)?);
            }
            for file in self.below(&folder.join("src"))? {
                texts.push(self.code(&file, Kind::Library)?);
            }
        }
        for file in self.below(Path::new("lab/src"))? {
            let apart =
                OUTSIDE.iter().chain(&[CHAPTERS, OPEN]).any(|folder| file.starts_with(folder));
            if file == Path::new(REGISTRATION) {
                self.registration(&file)?;
            } else if !apart && file != Path::new("lab/src/open.rs") {
                texts.push(self.code(&file, Kind::Common)?);
            }
        }
        Ok(texts)
    }

    /// The folders of the library and of the crates in this repository that the lab uses.
    fn local_crates(&mut self) -> Result<BTreeSet<PathBuf>, String> {
        let mut found = BTreeSet::new();
        let mut left: Vec<PathBuf> = MANIFESTS.iter().map(PathBuf::from).collect();
        while let Some(manifest) = left.pop() {
            let Some(file) = self.existing(&manifest) else {
                continue;
            };
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            let crates = manifest::local_crates(&self.text(&file)?, &folder);
            let crates = crates.map_err(|error| format!("{}: {error}", file.display()))?;
            for folder in crates {
                if folder != Path::new("lab") && found.insert(folder.clone()) {
                    left.push(folder.join("Cargo.toml"));
                }
            }
        }
        Ok(found)
    }

    /// Refuses anything in the registration but plain declarations.
    fn registration(&mut self, file: &Path) -> Result<(), String> {
        let tokens = tokens::tokens(&self.text(file)?)?;
        let code: String = tokens.iter().map(tokens::Token::text).collect();
        let declarations = code.replace("pub mod ", "mod ");
        let rest = declarations.split_inclusive("; ").filter(|statement| {
            let name = statement.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" ; "));
            name.is_none_or(|name| name.contains(' '))
        });
        let rest = rest.collect::<String>();
        match rest == GENERATED_CATALOG {
            true => Ok(()),
            false => Err(format!(
                "{}: expected nothing but `pub mod name;` and `{GENERATED_CATALOG}`, got `{rest}`",
                file.display()
            )),
        }
    }

    /// What a file says: its code, or its bytes where it is none, and what it compiles in.
    fn code(&mut self, file: &Path, kind: Kind) -> Result<String, String> {
        let wrong = |error| format!("{}: {error}", file.display());
        let text = self.text(file)?;
        if file.extension().is_none_or(|extension| extension != "rs") {
            return Ok(format!("{}\n{text}", file.display()));
        }
        let tokens = tokens::tokens(&text).map_err(wrong)?;
        self.asks_for_profile |= tokens.iter().any(|token| {
            matches!(token, tokens::Token::Ident(name) if name.starts_with("debug_assert"))
                || token.is("overflow_checks")
        });
        let mut code: String = format!("{}\n", file.display());
        code.extend(tokens.iter().map(tokens::Token::text));
        for path in rules::included(&tokens, kind).map_err(wrong)? {
            let folder = file.parent().unwrap_or(Path::new(""));
            code.push_str(&self.code(&folder.join(path), kind)?);
        }
        Ok(code)
    }

    /// The functions that a file of Rust defines, and their lines.
    fn functions(&mut self, file: &Path) -> Result<Vec<Function>, String> {
        let text = self.text(file)?;
        let lines = text.lines().zip(1..).filter_map(|(code, line)| {
            let (before, after) = code.split_once("fn ")?;
            let plain = before.split_whitespace().all(|word| word.starts_with("pub"));
            let name = after.split(['(', '<']).next().filter(|_| plain)?;
            Some(Function { name: name.to_owned(), file: slashed(file), line })
        });
        Ok(lines.collect())
    }

    /// All files below a folder, in order; none where there is no folder.
    fn below(&mut self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let path = self.root.join(folder);
        if !path.is_dir() {
            return Ok(Vec::new());
        }
        let cannot = |error| format!("{}: {error}", folder.display());
        let entries = fs::read_dir(&path).map_err(cannot)?;
        let entries =
            entries.map(|entry| Ok(entry?.file_name())).collect::<Result<BTreeSet<_>, _>>();
        let mut files = Vec::new();
        for name in entries.map_err(cannot)? {
            let inner = folder.join(&name);
            match self.root.join(&inner).is_dir() {
                true => files.extend(self.below(&inner)?),
                false => files.push(inner),
            }
        }
        Ok(files)
    }

    fn existing(&self, file: impl AsRef<Path>) -> Option<PathBuf> {
        let file = file.as_ref();
        self.root.join(file).is_file().then(|| file.to_owned())
    }

    fn text(&mut self, file: &Path) -> Result<String, String> {
        self.files.insert(file.to_owned());
        let bytes = fs::read(self.root.join(file));
        let bytes = bytes.map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
