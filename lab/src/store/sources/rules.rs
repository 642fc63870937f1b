//! What a source file may not do, because a fingerprint of files could not see it.

use std::path::PathBuf;

use super::tokens::{Token, after_group};

/// Where a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The library, or a crate that the lab uses: every experiment can reach it.
    Library,
    /// What all chapters of the lab share.
    Common,
    /// A chapter's own file; one below the chapter's folder may say `super`.
    Chapter {
        /// Whether it is below the chapter's folder.
        nested: bool,
    },
}

/// Names without which no program reads what is no code: files, variables, clocks.
const INPUT: [&str; 8] =
    ["fs", "env", "process", "net", "stdin", "Instant", "SystemTime", "from_path"];
/// The folders whose modules keep to themselves.
const APART: [&str; 3] = ["chapters", "open", "store"];

/// The files that the tokens compile in, relative to theirs.
///
/// # Errors
/// What a file may not do.
pub fn included(tokens: &[Token], kind: Kind) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let Token::Ident(name) = token else {
            continue;
        };
        match name.as_str() {
            "include" | "include_str" | "include_bytes" => {
                files.extend(file(&tokens[place..], name)?);
            }
            "option_env" => return Err(input(name)),
            _ if INPUT.contains(&name.as_str()) && !is_generated(tokens, place) => {
                return Err(input(name));
            }
            "path" if is_attribute(tokens, place) => {
                return Err("`path = …`: give the module the file of its name".to_owned());
            }
            _ => {}
        }
        apart(tokens, place, kind)?;
    }
    if let Kind::Chapter { nested } = kind {
        parents(tokens, nested)?;
    }
    Ok(files)
}

fn input(name: &str) -> String {
    format!("`{name}` reads what is no code: only lab/src/store/ may, which no experiment uses")
}

/// The file of an `include…!("name")`; none for the build script's own.
fn file(tokens: &[Token], name: &str) -> Result<Option<PathBuf>, String> {
    if is_generated(tokens, 6) {
        return Ok(None);
    }
    let path = match tokens {
        [_, bang, Token::Open(_), path, Token::Close(_), ..] if bang.is_punct('!') => path.string(),
        _ => None,
    };
    let path = path.ok_or_else(|| format!("`{name}!` needs the file's name as a plain string"))?;
    Ok(Some(PathBuf::from(path)))
}

/// Whether the `env` at a place is that of `include!(concat!(env!("OUT_DIR"), …))`.
fn is_generated(tokens: &[Token], place: usize) -> bool {
    let Some(start) = place.checked_sub(6) else {
        return false;
    };
    let text: String = tokens[start..].iter().take(11).map(Token::text).collect();
    text.starts_with("include ! ( concat ! ( env ! ( \"OUT_DIR\" )")
}

/// Refuses names of modules that keep to themselves, but for their declaration.
fn apart(tokens: &[Token], place: usize, kind: Kind) -> Result<(), String> {
    let Token::Ident(name) = &tokens[place] else {
        return Ok(());
    };
    if !APART.contains(&name.as_str()) || kind == Kind::Library {
        return Ok(());
    }
    let before = |back: usize| place.checked_sub(back).map(|place| &tokens[place]);
    let declared = kind == Kind::Common && before(1).is_some_and(|token| token.is("mod"));
    let catalog =
        kind == Kind::Common && tokens.get(place + 3).is_some_and(|token| token.is("experiments"));
    let field = before(1).is_some_and(|token| token.is_punct('.'));
    let leads_on = is_punct(tokens, place + 1, ':') && is_punct(tokens, place + 2, ':');
    let in_path = leads_on || follows_colons(tokens, place) || is_imported(tokens, place);
    if declared || catalog || field || !in_path {
        return Ok(());
    }
    Err(format!("`{name}` keeps to itself: what others use too belongs in a file of lab/src/"))
}

/// The modules that code names as `crate::name` or in `crate::{name, …}`.
pub fn of_crate(tokens: &[Token]) -> impl Iterator<Item = &str> {
    let starts = (0..tokens.len()).filter(|place| {
        tokens[*place].is("crate")
            && is_punct(tokens, place + 1, ':')
            && is_punct(tokens, place + 2, ':')
    });
    starts.flat_map(|start| first_names(&tokens[start + 3..]))
}

/// The name that a path begins with, or the names of a list of paths.
fn first_names(path: &[Token]) -> Vec<&str> {
    let list = match path.first() {
        Some(Token::Open('{')) => &path[1..after_group(path, 0) - 1],
        _ => path.get(..1).unwrap_or_default(),
    };
    let begins = |place: usize| place == 0 || list[place - 1].is_punct(',');
    let mut depth = 0_i32;
    let mut names = Vec::new();
    for (place, token) in list.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth -= 1,
            Token::Ident(name) if depth == 0 && begins(place) => names.push(name.as_str()),
            _ => {}
        }
    }
    names
}

/// Refuses ways out of a chapter to its siblings, and implementations that these would see.
fn parents(tokens: &[Token], nested: bool) -> Result<(), String> {
    let defined = definitions(tokens);
    for (place, token) in tokens.iter().enumerate() {
        if token.is("super") && (!nested || tokens.get(place + 3).is_some_and(|t| t.is("super"))) {
            return Err(
                "`super` leads to other chapters: name what is meant from `crate`".to_owned()
            );
        }
        if token.is("macro_use") || token.is("macro_export") {
            return Err("a macro of a chapter is that chapter's only".to_owned());
        }
        if token.is("impl") && begins_item(tokens, place) {
            implemented(&tokens[place..], &defined)?;
        }
    }
    Ok(())
}

/// The types and traits that a file defines.
fn definitions(tokens: &[Token]) -> Vec<&str> {
    let defining = |token: &Token| ["struct", "enum", "union", "trait"].iter().any(|k| token.is(k));
    let pairs = tokens.windows(2).filter(|pair| defining(&pair[0]));
    pairs
        .filter_map(|pair| match &pair[1] {
            Token::Ident(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn begins_item(tokens: &[Token], place: usize) -> bool {
    match place.checked_sub(1).map(|before| &tokens[before]) {
        None | Some(Token::Open('{') | Token::Close('}' | ']')) => true,
        Some(token) => token.is_punct(';') || token.is("unsafe") || token.is("default"),
    }
}

/// Refuses an implementation of another file's trait for another file's type.
fn implemented(tokens: &[Token], defined: &[&str]) -> Result<(), String> {
    let mut outer: Vec<&str> = Vec::new();
    let mut depth = 0_i32;
    let mut place = 1;
    while let Some(token) = tokens.get(place) {
        match token {
            Token::Open('{') => break,
            Token::Open(_) => place = after_group(tokens, place) - 1,
            Token::Punct('<', _) => depth += 1,
            Token::Punct('>', _) if !is_punct(tokens, place - 1, '-') => depth -= 1,
            Token::Ident(name) if name == "where" && depth == 0 => break,
            Token::Ident(name) if depth == 0 => outer.push(name),
            _ => {}
        }
        place += 1;
    }
    if outer.iter().any(|name| defined.contains(name)) {
        return Ok(());
    }
    let what = outer.join(" ");
    Err(format!(
        "`impl {what}` is seen by other chapters too: put it where the type or the trait is"
    ))
}

/// Whether a name is an attribute's, given a text.
fn is_attribute(tokens: &[Token], place: usize) -> bool {
    let given = tokens.get(place + 2).is_some_and(|token| token.string().is_some());
    let first = place.checked_sub(1).map(|before| &tokens[before]);
    let in_brackets = matches!(first, Some(Token::Open('[' | '(')))
        || first.is_some_and(|token| token.is_punct(','));
    in_brackets && is_punct(tokens, place + 1, '=') && given
}

/// Whether the statement that a name stands in is a `use`.
fn is_imported(tokens: &[Token], place: usize) -> bool {
    let before = tokens[..place].iter().rev();
    let statement = before.take_while(|token| !token.is_punct(';') && **token != Token::Close('}'));
    statement.into_iter().any(|token| token.is("use"))
}

fn follows_colons(tokens: &[Token], place: usize) -> bool {
    is_punct(tokens, place.wrapping_sub(1), ':') && is_punct(tokens, place.wrapping_sub(2), ':')
}

fn is_punct(tokens: &[Token], place: usize, wanted: char) -> bool {
    tokens.get(place).is_some_and(|token| token.is_punct(wanted))
}
