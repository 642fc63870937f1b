//! The names that a piece of code mentions, apart from those of its own local variables.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Token};

/// Names found by visiting code.
#[derive(Default)]
pub struct Mentions {
    /// Names that stand alone, and may be an item's.
    pub items: BTreeSet<String>,
    /// Names behind a module's, or brought in from one.
    pub qualified: BTreeSet<String>,
    /// Names after a dot or a type: those of methods, associated functions and constants.
    pub members: BTreeSet<String>,
    /// Files whose text is compiled in; `None` where the name is not written out.
    pub files: Vec<Option<String>>,
    /// The functions that `experiments!` names.
    pub experiments: Vec<String>,
    locals: Vec<String>,
}

impl Mentions {
    /// What `visit` finds.
    pub fn of(visit: impl FnOnce(&mut Self)) -> Self {
        let mut mentions = Self::default();
        visit(&mut mentions);
        mentions
    }

    /// All the names.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.items.iter().chain(&self.qualified).chain(&self.members)
    }

    fn item(&mut self, name: String) {
        if !self.locals.contains(&name) {
            self.items.insert(name);
        }
    }

    fn anything(&mut self, name: String) {
        self.members.insert(name.clone());
        self.item(name);
    }

    /// Visits code whose variables end with it.
    fn scope(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = self.locals.len();
        visit(self);
        self.locals.truncate(before);
    }

    /// Tokens that are not known to be expressions: any name in them counts.
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => self.anything(text(&ident)),
                TokenTree::Group(group) => self.tokens(group.stream()),
                // A format string holds names, and so do some attributes.
                TokenTree::Literal(literal) => {
                    names(&literal.to_string()).for_each(|name| self.anything(name));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn arguments(&mut self, tokens: &TokenStream) {
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        let repeated = Punctuated::<Expr, Token![;]>::parse_separated_nonempty;
        if let Ok(arguments) = list.parse2(tokens.clone()) {
            arguments.iter().for_each(|expr| self.visit_expr(expr));
        } else if let Ok(arguments) = repeated.parse2(tokens.clone()) {
            arguments.iter().for_each(|expr| self.visit_expr(expr));
        } else {
            self.tokens(tokens.clone());
        }
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        // A variable stands alone; before `::` stands a module or a type, even of the same name.
        let alone = path.segments.len() == 1;
        let mut after_type = false;
        for segment in &path.segments {
            let name = text(&segment.ident);
            let is_type = is_type(&name);
            match (alone, after_type) {
                (true, _) => self.item(name),
                (false, true) => drop(self.members.insert(name)),
                (false, false) => drop(self.qualified.insert(name)),
            }
            after_type = is_type;
            self.visit_path_arguments(&segment.arguments);
        }
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if path.qself.is_some() {
            let names = path.path.segments.iter().map(|segment| text(&segment.ident));
            self.members.extend(names);
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.members.insert(text(&call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for import in crate::import::imports(&item.tree) {
            self.qualified.extend(import.mentions());
        }
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        let name = invocation.path.segments.last().map(|last| text(&last.ident));
        self.items.extend(name.clone());
        self.visit_path(&invocation.path);
        match name.as_deref() {
            Some("include" | "include_str" | "include_bytes") => {
                self.files.extend(included(&invocation.tokens));
            }
            Some("experiments") => {
                let names = invocation.tokens.clone().into_iter();
                self.experiments.extend(names.filter_map(|token| match token {
                    TokenTree::Ident(ident) => Some(text(&ident)),
                    _ => None,
                }));
            }
            _ => {}
        }
        self.arguments(&invocation.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        self.visit_path(attribute.path());
        match &attribute.meta {
            syn::Meta::Path(_) => {}
            syn::Meta::List(list) => self.tokens(list.tokens.clone()),
            syn::Meta::NameValue(pair) => self.visit_expr(&pair.value),
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        for braced in literal.value().split('{').skip(1) {
            let capture = braced.split('}').next().unwrap_or_default();
            names(capture).for_each(|name| self.item(name));
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = text(&pattern.ident);
        match is_type(&name) {
            true => self.item(name),
            false => self.locals.push(name),
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let outer = std::mem::take(&mut self.locals);
        visit::visit_item(self, item);
        self.locals = outer;
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        self.scope(|inner| visit::visit_impl_item(inner, item));
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        self.scope(|inner| visit::visit_trait_item(inner, item));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.scope(|inner| visit::visit_block(inner, block));
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|inner| visit::visit_expr_closure(inner, closure));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|inner| visit::visit_arm(inner, arm));
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.scope(|inner| visit::visit_expr_while(inner, expr));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        local.attrs.iter().for_each(|attr| self.visit_attribute(attr));
        if let Some(init) = &local.init {
            self.visit_local_init(init);
        }
        self.visit_pat(&local.pat);
    }

    fn visit_expr_let(&mut self, expr: &'ast syn::ExprLet) {
        self.visit_expr(&expr.expr);
        self.visit_pat(&expr.pat);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.scope(|inner| {
            inner.visit_expr(&expr.cond);
            inner.visit_block(&expr.then_branch);
        });
        if let Some((_, otherwise)) = &expr.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_for_loop(&mut self, expr: &'ast syn::ExprForLoop) {
        self.visit_expr(&expr.expr);
        self.scope(|inner| {
            inner.visit_pat(&expr.pat);
            inner.visit_block(&expr.body);
        });
    }
}

/// An identifier's name; `r#try` is `try`.
pub fn text(ident: &proc_macro2::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// The file that is compiled in; none where it is this build script's own output.
fn included(tokens: &TokenStream) -> Option<Option<String>> {
    let is_ours = tokens.to_string().contains("\"OUT_DIR\"");
    let name = || syn::parse2::<syn::LitStr>(tokens.clone()).ok();
    (!is_ours).then(|| name().map(|name| name.value()))
}

/// The words of a text that could be names.
fn names(text: &str) -> impl Iterator<Item = String> {
    let letter = |c: char| c.is_alphanumeric() || c == '_';
    text.split(move |c| !letter(c))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(str::to_owned)
}

/// Whether a name is written as those of types, variants and constants are.
fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_uppercase())
}
