//! Claims, judged from a terminal.

use std::path::Path;

use lab::chapters;
use lab::course_data::CourseData;
use lab::judge::{Claim, power};
use lab::store::{judged, replicated};

use crate::Failure;

/// Judges what is stale, and says what came of each claim as soon as it is known.
pub fn judge(root: &Path, meant: Option<&str>, why: Option<&str>) -> Result<String, Failure> {
    claims(meant)?;
    let mut count = 0;
    judged::judge(
        root,
        &chapters::judged(),
        CourseData::given()?.as_ref(),
        |claim| is_meant(claim, meant),
        why,
        |change| {
            count += 1;
            let before = change.before.as_ref().filter(|before| **before != change.after);
            let before = before.map(|before| format!(" (before: {before})")).unwrap_or_default();
            println!("{}: {}{before}", change.id, change.after);
        },
    )?;
    Ok(match count {
        0 => "nothing to judge: every verdict is of today's rules and code\n".to_owned(),
        _ => format!("judged: {count}\n"),
    })
}

/// Measures the first seeds of each claim again.
pub fn check(root: &Path, seeds: usize) -> Result<String, Failure> {
    let (count, all) =
        judged::check(root, &chapters::judged(), CourseData::given()?.as_ref(), seeds)?;
    let rest = match all - count {
        0 => String::new(),
        rest => format!("; the other {rest} are measured once a week, or by `--check 1000`"),
    };
    Ok(format!("measured again, bit for bit the same: {count} of {all} numbers{rest}\n"))
}

/// What the explored seeds say about the number of seeds that are needed.
pub fn power(meant: &str) -> Result<String, Failure> {
    let course = CourseData::given()?;
    let mut lines = String::new();
    for claim in claims(Some(meant))? {
        for line in power::needed(&claim, course.as_ref())? {
            lines += &format!("{}: {line}\n", claim.id());
        }
    }
    Ok(lines)
}

/// Judges again on another block of seeds, and counts what stays the same.
pub fn replicate(root: &Path, meant: Option<&str>, block: usize) -> Result<String, Failure> {
    claims(meant)?;
    let first = judged::judged(root, &chapters::judged())?;
    let (mut same, mut flips) = (0, String::new());
    replicated::replicate(
        root,
        &chapters::judged(),
        CourseData::given()?.as_ref(),
        block,
        |claim| is_meant(claim, meant),
        |id, verdict| {
            let before = first.iter().find(|shown| shown.id == id);
            let before = before.map(|shown| shown.judged.verdict);
            println!("{id}: {}", verdict.judgement());
            match before {
                Some(before) if before != verdict => {
                    flips += &format!("{id}: {} → {}\n", before.judgement(), verdict.judgement());
                }
                _ => same += 1,
            }
        },
    )?;
    let flipped = flips.lines().count();
    Ok(format!("\nthe same: {same} of {}\n{flips}", same + flipped))
}

fn claims(meant: Option<&str>) -> Result<Vec<Claim>, Failure> {
    let all = chapters::judged().into_iter().flat_map(|chapter| chapter.claims);
    let found: Vec<Claim> = all.filter(|claim| is_meant(claim, meant)).collect();
    match (found.is_empty(), meant) {
        (true, Some(meant)) => Err(Failure::NoClaim(meant.to_owned())),
        _ => Ok(found),
    }
}

fn is_meant(claim: &Claim, meant: Option<&str>) -> bool {
    meant.is_none_or(|meant| claim.id().contains(meant))
}
