//! What a `use` brings into a module, one name at a time.

use syn::UseTree;

use crate::mentions::text;

/// One name, or all of a module's, brought in from elsewhere.
pub struct Import {
    path: Vec<String>,
    /// The name it has from here on; `None` for `*` and `_`.
    pub name: Option<String>,
}

/// All that a `use` brings in.
pub fn imports(tree: &UseTree) -> Vec<Import> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn collect(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    let (last, name) = match tree {
        UseTree::Path(inner) => {
            path.push(text(&inner.ident));
            collect(&inner.tree, path, found);
            path.pop();
            return;
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| collect(tree, path, found));
            return;
        }
        UseTree::Name(name) => (text(&name.ident), Some(text(&name.ident))),
        UseTree::Rename(rename) => {
            let name = Some(text(&rename.rename)).filter(|name| name != "_");
            (text(&rename.ident), name)
        }
        UseTree::Glob(_) => ("*".to_owned(), None),
    };
    let mut import = Import { path: path.clone(), name };
    match last.as_str() {
        // `use a::{self}` brings in `a`.
        "self" if import.name.as_deref() == Some("self") => import.name = path.last().cloned(),
        "self" => {}
        _ => import.path.push(last),
    }
    found.push(import);
}

impl Import {
    /// The names it mentions: a crate or module, types on the way, and what is brought in.
    pub fn mentions(&self) -> impl Iterator<Item = String> {
        let last = self.path.len().saturating_sub(1);
        self.path
            .iter()
            .enumerate()
            .filter(move |(place, name)| {
                *place == 0 || *place == last || name.starts_with(char::is_uppercase)
            })
            .map(|(_, name)| name.clone())
    }

    /// The import as text.
    pub fn text(&self) -> String {
        let name = self.name.as_deref().unwrap_or("_");
        format!("use {} as {name}", self.path.join("::"))
    }
}
