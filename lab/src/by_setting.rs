//! What was found at each of several settings, looked up by the setting.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Error;
use crate::spread::Spread;

/// What was found at each of several settings, in their increasing order. A text has it by setting
/// too: `{{ found[100].train }}`.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct BySetting<T>(BTreeMap<usize, T>);

impl<T> BySetting<T> {
    /// Finds it at each setting.
    ///
    /// # Errors
    /// The first one of `find`.
    pub fn find(
        settings: &[usize],
        find: impl Fn(usize) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        let found = settings.iter().map(|setting| Ok((*setting, find(*setting)?)));
        Ok(Self(found.collect::<Result<_, Error>>()?))
    }

    /// What was found at a setting.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting that it was not looked for at.
    pub fn at(&self, setting: usize) -> Result<&T, Error> {
        self.0.get(&setting).ok_or_else(|| Error::Setting {
            expected: format!("{:?}", self.0.keys()),
            got: setting.to_string(),
        })
    }

    /// The settings, each with what was found at it.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.0.iter().map(|(setting, found)| (*setting, found))
    }

    /// One number against the setting, as the points of a line.
    pub fn line(&self, number: impl Fn(&T) -> f64) -> Vec<(f64, f64)> {
        self.iter().map(|(setting, found)| (setting as f64, number(found))).collect()
    }

    /// One number's spread at each setting.
    pub fn spreads(&self, number: impl Fn(&T) -> &Spread) -> Vec<(f64, Spread)> {
        self.iter().map(|(setting, found)| (setting as f64, number(found).clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_looked_up_by_the_setting() {
        let found = BySetting::find(&[20, 10], |n| Ok(2.0 * n as f64)).unwrap();
        assert_eq!(found.at(20).unwrap(), &40.0);
        assert_eq!(found.line(|double| double + 1.0), [(10.0, 21.0), (20.0, 41.0)]);
        let said = found.at(15).unwrap_err().to_string();
        assert_eq!(said, "expected one of the settings [10, 20], got 15");
    }

    #[test]
    fn a_text_looks_it_up_by_the_setting_too() {
        let found = BySetting::find(&[100], |n| Ok(n + 1)).unwrap();
        let template = "{{ found[100] }}{% for n in found %}, {{ n }}{% endfor %}";
        let said = minijinja::render!(template, found);
        assert_eq!(said, "101, 100");
    }
}
