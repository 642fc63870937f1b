//! The crates from elsewhere, by the names that code uses for them.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// For each crate name: how it was asked for, and the exact versions of all that it brings in.
#[derive(Debug, Default)]
pub struct Dependencies(BTreeMap<String, BTreeSet<String>>);

impl Dependencies {
    /// The dependencies of the packages with these manifests, whose first is the workspace's.
    ///
    /// # Errors
    /// A text that says what cannot be read.
    pub fn read(manifests: &[&str], lock: &str) -> Result<Self, String> {
        let manifests =
            manifests.iter().map(|manifest| parse(manifest)).collect::<Result<Vec<_>, _>>()?;
        let lock = Lock::read(lock)?;
        let shared = manifests.first().and_then(|manifest| manifest.get("workspace"));
        let shared = shared.and_then(|workspace| workspace.get("dependencies"));
        let mut found = Self::default();
        for manifest in &manifests {
            let dependencies = manifest.get("dependencies").and_then(Value::as_table);
            for (name, wanted) in dependencies.into_iter().flatten() {
                let shared = shared.and_then(|shared| shared.get(name));
                let described = found.0.entry(name.replace('-', "_")).or_default();
                described.insert(format!("{name} = {wanted:?} {shared:?}"));
                let package = [Some(wanted), shared]
                    .into_iter()
                    .flatten()
                    .find_map(|wanted| wanted.get("package")?.as_str());
                lock.collect(package.unwrap_or(name), described);
            }
        }
        Ok(found)
    }

    /// What is known of a crate; nothing if there is no dependency of that name.
    pub fn of(&self, name: &str) -> impl Iterator<Item = &String> {
        self.0.get(name).into_iter().flatten()
    }
}

/// The packages of a Cargo.lock: each with what it is, and what it needs.
struct Lock(Vec<Package>);

struct Package {
    name: String,
    version: String,
    identity: String,
    needs: Vec<String>,
}

impl Lock {
    fn read(text: &str) -> Result<Self, String> {
        let table = parse(text)?;
        let packages = table.get("package").and_then(Value::as_array);
        Ok(Self(packages.into_iter().flatten().filter_map(Package::read).collect()))
    }

    /// Adds every version of a package that is not one of the workspace's, and what it needs.
    fn collect(&self, wanted: &str, into: &mut BTreeSet<String>) {
        for package in self.0.iter().filter(|package| package.is(wanted)) {
            if into.insert(package.identity.clone()) {
                package.needs.iter().for_each(|need| self.collect(need, into));
            }
        }
    }
}

impl Package {
    /// A package with a source; those of the workspace have none.
    fn read(package: &Value) -> Option<Self> {
        let text = |key| package.get(key).and_then(Value::as_str);
        let (name, version, source) = (text("name")?, text("version")?, text("source")?);
        let needs = package.get("dependencies").and_then(Value::as_array);
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            identity: format!("{name} {version} {source} {}", text("checksum").unwrap_or_default()),
            needs: needs
                .into_iter()
                .flatten()
                .filter_map(|need| need.as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// Whether this is meant by `name` or `name version`, perhaps with a source behind.
    fn is(&self, wanted: &str) -> bool {
        let mut words = wanted.split(' ');
        words.next() == Some(&self.name)
            && words.next().is_none_or(|version| version == self.version)
    }
}

fn parse(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| error.to_string())
}
