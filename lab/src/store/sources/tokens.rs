//! The tokens of a source file: its code without comments, documentation and unit tests.

use std::str::FromStr;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A token; groups are their brackets and what is between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Ident(String),
    /// A character, and whether the next one belongs to it.
    Punct(char, bool),
    /// A literal as it is written.
    Literal(String),
    /// An opening bracket; 0 for the invisible one around what a macro was given.
    Open(char),
    /// A closing bracket.
    Close(char),
}

impl Token {
    /// Whether it is this name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Ident(ident) if ident == name)
    }

    /// Whether it is this character.
    pub fn is_punct(&self, wanted: char) -> bool {
        matches!(self, Self::Punct(found, _) if *found == wanted)
    }

    /// The text of a plain string.
    pub fn string(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => text.strip_prefix('"')?.strip_suffix('"'),
            _ => None,
        }
    }

    /// What is hashed: one text for one token, never the same for two.
    pub fn text(&self) -> String {
        match self {
            Self::Ident(text) | Self::Literal(text) => format!("{text} "),
            Self::Punct(character, true) => character.to_string(),
            Self::Punct(character, false) | Self::Open(character) | Self::Close(character) => {
                format!("{character} ")
            }
        }
    }
}

/// The tokens of a file's text.
///
/// # Errors
/// What is wrong with a text that is no Rust.
pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let stream = TokenStream::from_str(text).map_err(|error| error.to_string())?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Ok(without_tests(&without_docs(&tokens)))
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Ident(ident) => tokens.push(Token::Ident(ident.to_string())),
            TokenTree::Literal(literal) => tokens.push(Token::Literal(literal.to_string())),
            TokenTree::Punct(punct) => {
                let joint = punct.spacing() == Spacing::Joint;
                tokens.push(Token::Punct(punct.as_char(), joint));
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => ('\0', '\0'),
                };
                tokens.push(Token::Open(open));
                flatten(group.stream(), tokens);
                tokens.push(Token::Close(close));
            }
        }
    }
}

/// Where the group that opens at `open` ends: the place after its closing bracket.
pub fn after_group(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place + 1;
        }
    }
    tokens.len()
}

/// Leaves out `#[doc …]` and `#![doc …]`, which is also what doc comments are.
fn without_docs(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let inner = usize::from(tokens.get(place + 1).is_some_and(|token| token.is_punct('!')));
        let open = place + 1 + inner;
        let is_doc = tokens[place].is_punct('#')
            && tokens.get(open) == Some(&Token::Open('['))
            && tokens.get(open + 1).is_some_and(|token| token.is("doc"));
        if is_doc {
            place = after_group(tokens, open);
        } else {
            kept.push(tokens[place].clone());
            place += 1;
        }
    }
    kept
}

/// Leaves out `#[cfg(test)] mod name { … }`, written exactly so: no experiment is compiled with it.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const START: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let is_start = |at: &[Token]| {
        at.len() > START.len() + 1
            && at.iter().zip(START).all(|(token, text)| token.text().trim_end() == text)
            && at[START.len() + 1] == Token::Open('{')
    };
    let mut kept = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        if is_start(&tokens[place..]) {
            place = after_group(tokens, place + START.len() + 1);
        } else {
            kept.push(tokens[place].clone());
            place += 1;
        }
    }
    kept
}
