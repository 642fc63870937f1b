//! Every seeded claim judged again on other seeds: `lab/recorded/replicated.toml`, which `lab replicate`
//! writes.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::course_data::CourseData;
use crate::error::Error;
use crate::judge::evidence::measure;
use crate::judge::{Chapter, Claim, Said, Verdict};

/// The file, from the repository's root.
const FILE: &str = "lab/recorded/replicated.toml";

/// What came of judging a claim on other blocks of its seeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replicated {
    /// What the claim's seeds are recognized by: of another rule, nothing counts.
    pub key: String,
    /// The verdict on each block, by its number.
    pub verdicts: BTreeMap<String, String>,
    /// The estimates of the rule's sides on each block.
    pub estimates: BTreeMap<String, Vec<f64>>,
}

/// What came of all of them, by the claim's id.
pub type All = BTreeMap<String, Replicated>;

/// What is recorded for the rules of today.
///
/// # Errors
/// [`Error::File`]; [`Error::Evidence`] for a file that is not what [`replicate`] writes.
pub fn recorded(root: &Path, chapters: &[Chapter]) -> Result<All, Error> {
    let mut all = read(root)?;
    for chapter in chapters {
        for (claim, said) in chapter.said()? {
            let key = claim.held(&said).key();
            all.retain(|id, replicated| *id != claim.id() || replicated.key == key);
        }
    }
    Ok(all)
}

/// Judges the seeded claims that `is_meant` on the block of that number, and records what comes of it; those
/// on the course's data are left out where nobody has these.
///
/// # Errors
/// As [`recorded`], and what measuring or judging fails with.
pub fn replicate(
    root: &Path,
    chapters: &[Chapter],
    course: Option<&CourseData>,
    block: usize,
    is_meant: impl Fn(&Claim) -> bool,
    mut tell: impl FnMut(&str, Verdict),
) -> Result<(), Error> {
    let mut all = recorded(root, chapters)?;
    for chapter in chapters {
        for (claim, said) in chapter.said()? {
            let is_seeded = claim.judging.rule.is_seeded();
            if !is_meant(claim) || !is_seeded || !claim.can_be_measured(course) {
                continue;
            }
            let (verdict, estimates) = judged(claim, &said, block, course)?;
            let replicated = all.entry(claim.id()).or_default();
            replicated.key = claim.held(&said).key();
            let block = block.to_string();
            replicated.verdicts.insert(block.clone(), verdict.judgement().to_string());
            replicated.estimates.insert(block, estimates);
            write(root, &all)?;
            tell(&claim.id(), verdict);
        }
    }
    Ok(())
}

fn judged(
    claim: &Claim,
    said: &Said,
    block: usize,
    course: Option<&CourseData>,
) -> Result<(Verdict, Vec<f64>), Error> {
    let sides = measure(claim, &claim.held(said), block, course)?;
    let judged = claim.judge(said, &sides)?;
    let estimates = judged.sides.iter().filter_map(|side| Some(side.interval?.estimate));
    Ok((judged.verdict, estimates.collect()))
}

fn path(root: &Path) -> PathBuf {
    root.join(FILE)
}

fn read(root: &Path) -> Result<All, Error> {
    let path = path(root);
    match fs::read_to_string(&path) {
        Ok(text) => {
            toml::from_str(&text).map_err(|error| Error::Evidence { path, reason: Box::new(error) })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(All::new()),
        Err(error) => Err(Error::at(&path)(error)),
    }
}

fn write(root: &Path, all: &All) -> Result<(), Error> {
    let text = toml::to_string(all).map_err(|error| Error::Text(error.to_string()))?;
    let path = path(root);
    fs::write(&path, text).map_err(Error::at(&path))
}
