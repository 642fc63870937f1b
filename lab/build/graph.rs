//! Which items a function can reach: too many rather than too few.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::item::{Item, Kind, Module, Reach, When};

/// All items of all crates, and who owns what.
pub struct Graph {
    items: Vec<Item>,
    /// For each item, the types and traits that own it, if it is a member of some.
    owners: Vec<Vec<usize>>,
    /// The names that each module defines or imports, macros apart.
    defined: HashSet<(Module, String)>,
}

impl Graph {
    /// The graph of the given items.
    pub fn new(mut items: Vec<Item>) -> Self {
        for import in unmentioned_imports(&items) {
            items[import].when = When::ModuleReached;
        }
        let owners: Vec<Vec<usize>> = items.iter().map(|item| owners(item, &items)).collect();
        for (item, owners) in items.iter_mut().zip(&owners) {
            let owned = matches!(item.when, When::Owned { .. } | When::Member { .. });
            if owned && owners.is_empty() {
                item.when = When::Always;
            }
        }
        let defined = items.iter().filter_map(definition).collect();
        Self { items, owners, defined }
    }

    /// All items.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The function `name` of `module`.
    pub fn function(&self, module: &Module, name: &str) -> Option<usize> {
        self.items.iter().position(|item| {
            item.module == *module && matches!(&item.when, When::Mentioned { name: n, kind: Kind::Function, .. } if n == name)
        })
    }

    /// Everything that the item `root` can reach, with itself.
    pub fn reachable(&self, root: usize) -> Vec<&Item> {
        let mut reached = Reached::default();
        reached.add(root, &self.items[root]);
        loop {
            let more: Vec<usize> = (0..self.items.len())
                .filter(|index| {
                    !reached.indices.contains(index) && self.is_reached(*index, &reached)
                })
                .collect();
            if more.is_empty() {
                return reached.indices.iter().map(|index| &self.items[*index]).collect();
            }
            more.iter().for_each(|index| reached.add(*index, &self.items[*index]));
        }
    }

    fn is_reached(&self, index: usize, reached: &Reached) -> bool {
        let item = &self.items[index];
        let owned = || self.owners[index].iter().any(|owner| reached.indices.contains(owner));
        match &item.when {
            When::Mentioned { name, members, .. } => {
                let by_path = |from: &usize| can_mention(&self.items[*from], item);
                let alone =
                    |from: &usize| by_path(from) && self.may_mean(&self.items[*from], name, item);
                reached.items(name).any(alone)
                    || reached.qualified(name).any(by_path)
                    || members.iter().any(|member| reached.mentions(member))
            }
            When::Member { name, .. } => owned() && reached.mentions(name),
            When::Owned { .. } => owned(),
            When::ModuleReached => {
                let mut modules = reached.indices.iter().map(|index| &self.items[*index].module);
                modules.any(|module| module.is_inside(&item.module))
            }
            When::Always => true,
        }
    }

    /// Whether a name that stands alone in `from` may mean `item`: what the module itself defines
    /// or imports comes before what it sees through a `*`.
    fn may_mean(&self, from: &Item, name: &str, item: &Item) -> bool {
        from.module == item.module
            || is_macro(from)
            || is_macro(item)
            || !self.defined.contains(&(from.module.clone(), name.to_owned()))
    }
}

/// What has been reached, and which of it mentions a name.
#[derive(Default)]
struct Reached<'a> {
    indices: HashSet<usize>,
    items: HashMap<&'a str, Vec<usize>>,
    qualified: HashMap<&'a str, Vec<usize>>,
    all: HashSet<&'a str>,
}

impl<'a> Reached<'a> {
    fn add(&mut self, index: usize, item: &'a Item) {
        self.indices.insert(index);
        for name in &item.mentions.items {
            self.items.entry(name).or_default().push(index);
        }
        for name in &item.mentions.qualified {
            self.qualified.entry(name).or_default().push(index);
        }
        self.all.extend(item.mentions.all().map(String::as_str));
    }

    fn items(&self, name: &str) -> impl Iterator<Item = &usize> {
        self.items.get(name).into_iter().flatten()
    }

    fn qualified(&self, name: &str) -> impl Iterator<Item = &usize> {
        self.qualified.get(name).into_iter().flatten()
    }

    fn mentions(&self, name: &str) -> bool {
        self.all.contains(name)
    }
}

fn definition(item: &Item) -> Option<(Module, String)> {
    match &item.when {
        When::Mentioned { name, kind, .. } if *kind != Kind::Macro => {
            Some((item.module.clone(), name.clone()))
        }
        _ => None,
    }
}

fn is_macro(item: &Item) -> bool {
    matches!(item.when, When::Mentioned { kind: Kind::Macro, .. })
}

/// Whether `from` may mention `item` as far as its visibility goes. A macro's code stands wherever
/// the macro is called.
fn can_mention(from: &Item, item: &Item) -> bool {
    is_macro(from) || is_visible(&from.module, item)
}

fn is_visible(from: &Module, item: &Item) -> bool {
    match item.visibility {
        Reach::Inside => from.is_inside(&item.module),
        Reach::Crate => from.crate_number == item.module.crate_number,
        Reach::Everywhere => from.crate_number >= item.module.crate_number,
    }
}

/// Imports whose name no other item of the module mentions: of traits, for their methods.
fn unmentioned_imports(items: &[Item]) -> Vec<usize> {
    let is_mentioned = |import: usize, name: &String| {
        items.iter().enumerate().any(|(index, item)| {
            index != import
                && item.module.is_inside(&items[import].module)
                && item.mentions.all().any(|mentioned| mentioned == name)
        })
    };
    let unmentioned = |(index, item): (usize, &Item)| match &item.when {
        When::Mentioned { name, kind: Kind::Alias, .. } if item.visibility == Reach::Inside => {
            (!is_mentioned(index, name)).then_some(index)
        }
        _ => None,
    };
    items.iter().enumerate().filter_map(unmentioned).collect()
}

/// The types and traits that an `impl` block belongs to, whatever name it calls them by.
fn owners(item: &Item, items: &[Item]) -> Vec<usize> {
    let (When::Owned { owners } | When::Member { owners, .. }) = &item.when else {
        return Vec::new();
    };
    let mut names: Vec<(&Module, &String)> =
        owners.iter().map(|name| (&item.module, name)).collect();
    let (mut found, mut followed) = (BTreeSet::new(), HashSet::new());
    while let Some((from, called)) = names.pop() {
        for (index, item) in items.iter().enumerate() {
            let When::Mentioned { name, kind, .. } = &item.when else {
                continue;
            };
            if name != called || !is_visible(from, item) || !followed.insert(index) {
                continue;
            }
            match kind {
                Kind::Owner => drop(found.insert(index)),
                Kind::Alias => names.extend(item.mentions.all().map(|name| (&item.module, name))),
                Kind::Function | Kind::Macro | Kind::Constant => {}
            }
        }
    }
    found.into_iter().collect()
}
