//! The items of a source file, as far as it matters which of them code can reach.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, ImplItem, Visibility};

use crate::import::imports;
use crate::mentions::{Mentions, text};

/// The module that an item is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Module {
    /// The file, from the repository's root.
    pub file: String,
    /// The crate, counted so that a crate comes after those it uses.
    pub crate_number: usize,
    /// The names of the modules down to this one; none for the crate's root.
    pub path: Vec<String>,
}

/// An item, an inherent method, or one name of a `use`.
pub struct Item {
    /// Where it is.
    pub module: Module,
    /// Who may mention it.
    pub visibility: Reach,
    /// What has to be reached for it to be reached.
    pub when: When,
    /// Its code, without documentation.
    pub code: String,
    /// The names in it.
    pub mentions: Mentions,
}

/// From where an item can be mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From the modules that its own module contains.
    Inside,
    /// From the whole crate.
    Crate,
    /// From other crates too.
    Everywhere,
}

/// What has to be reached for an item to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Something that mentions it by its name, or by that of a member (a trait's methods).
    Mentioned {
        /// The item's name.
        name: String,
        /// Its members' names, where mentioning one is enough.
        members: Vec<String>,
        /// What kind of item it is.
        kind: Kind,
    },
    /// One of its owners (a type or a trait), and something that mentions it.
    Member {
        /// Names of the owners.
        owners: Vec<String>,
        /// The member's name.
        name: String,
    },
    /// One of its owners (a type or a trait).
    Owned {
        /// Names of the owners.
        owners: Vec<String>,
    },
    /// Something in its module, for it may bring in a trait whose methods are called.
    ModuleReached,
    /// Nothing: it counts always.
    Always,
}

/// Kinds of named items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A struct, an enum, a union or a trait: it can own `impl` blocks.
    Owner,
    /// A type alias or an import: another name for something.
    Alias,
    /// A function.
    Function,
    /// A macro, whose code is put where it is called.
    Macro,
    /// A constant or a static.
    Constant,
}

impl Module {
    /// Whether code in this module sees what is private to `other`.
    pub fn is_inside(&self, other: &Self) -> bool {
        self.crate_number == other.crate_number && self.path.starts_with(&other.path)
    }
}

/// The items of one file, without those for tests only.
///
/// # Errors
/// A text that says what stands there that cannot be followed.
pub fn items(module: &Module, source: &str) -> Result<Vec<Item>, String> {
    let file = syn::parse_file(source).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for item in &file.items {
        read(item, module, &mut found)?;
    }
    Ok(found)
}

fn read(item: &syn::Item, module: &Module, found: &mut Vec<Item>) -> Result<(), String> {
    if is_for_tests(attributes(item)) {
        return Ok(());
    }
    match item {
        syn::Item::Mod(inner) => return read_module(inner, module, found),
        syn::Item::Use(import) => return read_import(import, module, found),
        syn::Item::Impl(block) => return read_impl(block, module, found),
        _ => {}
    }
    let (visibility, when) = place(item)?;
    found.push(Item {
        module: module.clone(),
        visibility,
        when,
        code: code(item),
        mentions: Mentions::of(|mentions| mentions.visit_item(item)),
    });
    Ok(())
}

fn read_module(inner: &syn::ItemMod, module: &Module, found: &mut Vec<Item>) -> Result<(), String> {
    if inner.attrs.iter().any(|attr| attr.path().is_ident("path")) {
        return Err(format!("`#[path]` of `mod {}` is not followed", inner.ident));
    }
    let Some((_, items)) = &inner.content else {
        return Ok(());
    };
    let mut module = module.clone();
    module.path.push(text(&inner.ident));
    items.iter().try_for_each(|item| read(item, &module, found))
}

fn read_import(item: &syn::ItemUse, module: &Module, found: &mut Vec<Item>) -> Result<(), String> {
    let visibility = reach(&item.vis);
    for import in imports(&item.tree) {
        let when = match (import.name.clone(), visibility) {
            (Some(name), _) => named(name, Kind::Alias),
            (None, Reach::Inside) => When::ModuleReached,
            (None, _) => When::Always,
        };
        found.push(Item {
            module: module.clone(),
            visibility,
            when,
            code: import.text(),
            mentions: Mentions::of(|mentions| mentions.qualified.extend(import.mentions())),
        });
    }
    Ok(())
}

/// An inherent block's members can be reached one by one; a trait's also without being named.
fn read_impl(block: &syn::ItemImpl, module: &Module, found: &mut Vec<Item>) -> Result<(), String> {
    let owners = Mentions::of(|mentions| {
        mentions.visit_type(&block.self_ty);
        if let Some((path, _)) = &block.trait_ {
            mentions.visit_path(path);
        }
    });
    let owners: Vec<String> = owners.all().cloned().collect();
    if block.trait_.is_some() {
        found.push(Item {
            module: module.clone(),
            visibility: Reach::Everywhere,
            when: When::Owned { owners },
            code: code(block),
            mentions: Mentions::of(|mentions| mentions.visit_item_impl(block)),
        });
        return Ok(());
    }
    let mut head = block.clone();
    head.items.clear();
    for item in &block.items {
        let (attributes, when) = match item {
            ImplItem::Fn(item) => (&item.attrs, Some(text(&item.sig.ident))),
            ImplItem::Const(item) => (&item.attrs, Some(text(&item.ident))),
            ImplItem::Type(item) => (&item.attrs, Some(text(&item.ident))),
            ImplItem::Macro(item) => (&item.attrs, None),
            _ => return Err("an `impl` block has an item of an unknown kind".to_owned()),
        };
        if is_for_tests(attributes) {
            continue;
        }
        let owners = owners.clone();
        found.push(Item {
            module: module.clone(),
            visibility: Reach::Everywhere,
            when: match when {
                Some(name) => When::Member { owners, name },
                None => When::Owned { owners },
            },
            code: format!("{} {}", code(&head), code(item)),
            mentions: Mentions::of(|mentions| {
                mentions.visit_item_impl(&head);
                mentions.visit_impl_item(item);
            }),
        });
    }
    Ok(())
}

fn place(item: &syn::Item) -> Result<(Reach, When), String> {
    use syn::Item::{Const, Enum, Fn, Macro, Static, Struct, Trait, Type, Union};
    let (visibility, name, kind) = match item {
        Const(item) if item.ident == "_" => return Ok((Reach::Inside, When::Always)),
        Const(item) => (&item.vis, &item.ident, Kind::Constant),
        Enum(item) => (&item.vis, &item.ident, Kind::Owner),
        Fn(item) => (&item.vis, &item.sig.ident, Kind::Function),
        Static(item) => (&item.vis, &item.ident, Kind::Constant),
        Struct(item) => (&item.vis, &item.ident, Kind::Owner),
        Type(item) => (&item.vis, &item.ident, Kind::Alias),
        Union(item) => (&item.vis, &item.ident, Kind::Owner),
        Trait(item) => return Ok((reach(&item.vis), of_trait(item))),
        Macro(item) => {
            let name = item.ident.as_ref().map(text);
            let when = name.map_or(When::Always, |name| named(name, Kind::Macro));
            return Ok((Reach::Everywhere, when));
        }
        other => return Err(format!("an item of an unknown kind: {}", code(other))),
    };
    Ok((reach(visibility), named(text(name), kind)))
}

fn named(name: String, kind: Kind) -> When {
    When::Mentioned { name, members: Vec::new(), kind }
}

/// A trait's methods can be called where the trait came in with a `*`.
fn of_trait(item: &syn::ItemTrait) -> When {
    let members = item.items.iter().filter_map(|item| match item {
        syn::TraitItem::Fn(item) => Some(text(&item.sig.ident)),
        syn::TraitItem::Const(item) => Some(text(&item.ident)),
        syn::TraitItem::Type(item) => Some(text(&item.ident)),
        _ => None,
    });
    When::Mentioned { name: text(&item.ident), members: members.collect(), kind: Kind::Owner }
}

fn reach(visibility: &Visibility) -> Reach {
    match visibility {
        Visibility::Public(_) => Reach::Everywhere,
        Visibility::Restricted(_) => Reach::Crate,
        Visibility::Inherited => Reach::Inside,
    }
}

fn attributes(item: &syn::Item) -> &[Attribute] {
    use syn::Item::{Const, Enum, Fn, Impl, Macro, Mod, Static, Struct, Trait, Type, Union, Use};
    match item {
        Const(item) => &item.attrs,
        Enum(item) => &item.attrs,
        Fn(item) => &item.attrs,
        Impl(item) => &item.attrs,
        Macro(item) => &item.attrs,
        Mod(item) => &item.attrs,
        Static(item) => &item.attrs,
        Struct(item) => &item.attrs,
        Trait(item) => &item.attrs,
        Type(item) => &item.attrs,
        Union(item) => &item.attrs,
        Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let argument = attribute.parse_args::<syn::Ident>();
        attribute.path().is_ident("cfg") && argument.is_ok_and(|argument| argument == "test")
    })
}

/// The tokens, without documentation.
fn code(item: &impl ToTokens) -> String {
    let mut code = String::new();
    write(item.to_token_stream(), &mut code);
    code
}

fn write(tokens: TokenStream, code: &mut String) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                match tokens.next_if(is_documentation) {
                    Some(_) => {}
                    None => code.push('#'),
                }
            }
            TokenTree::Punct(mark) => code.push(mark.as_char()),
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                code.push(open);
                write(group.stream(), code);
                code.push(close);
            }
            other => {
                code.push(' ');
                code.push_str(&other.to_string());
            }
        }
    }
}

fn brackets(delimiter: Delimiter) -> (char, char) {
    match delimiter {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Brace => ('{', '}'),
        Delimiter::Bracket => ('[', ']'),
        Delimiter::None => (' ', ' '),
    }
}

fn is_documentation(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(ident)) if ident == "doc")
}
