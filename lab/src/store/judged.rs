//! What the claims are judged on, as files: `lab/recorded/judged/` has one a chapter, which `lab judge`
//! writes.
//!
//! The numbers are not measured when the book is built: there are a hundred seeds and more behind a
//! verdict. They are recorded with the rule that drew their seeds and the fingerprint of the code that
//! measured them, and a book whose rules or code are others is not built.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::course_data::CourseData;
use crate::error::Error;
use crate::judge::evidence::{Side, again, measure};
use crate::judge::{Chapter, Claim, Said, Shown};

/// The folder of the files, from the repository's root.
const FOLDER: &str = "lab/recorded/judged";

/// A chapter's file: evidence by the claim's name.
type File = BTreeMap<String, Evidence>;

/// What a claim was judged on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    /// All that its seeds come out of.
    rule: String,
    /// The fingerprint of the code that measured it.
    code: String,
    /// What came of it.
    verdict: String,
    /// Rules that it was judged by before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amended: Vec<Amendment>,
    /// What each side was judged on.
    sides: Vec<Side>,
}

/// A rule that was changed after its seeds had been looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amendment {
    /// The rule.
    rule: String,
    /// What had come of it.
    verdict: String,
    /// Why it was changed.
    why: String,
}

/// All claims as their chapters show them.
///
/// # Errors
/// [`Error::Stale`] for a claim that was judged by another rule or with other code, or not at all;
/// [`Error::File`], [`Error::Text`], [`Error::Judge`].
pub fn judged(root: &Path, chapters: &[Chapter]) -> Result<Vec<Shown>, Error> {
    let (mut shown, mut stale) = (Vec::new(), Vec::new());
    for chapter in chapters {
        let mut file = read(root, chapter)?;
        for (claim, said) in chapter.said()? {
            match file.remove(claim.name) {
                Some(evidence) if evidence.is_of(claim, &said) => {
                    let amended = evidence.amended.into_iter().map(|amended| amended.why);
                    let sides = evidence.sides;
                    shown.push(chapter.texts.show(claim, said, sides, amended.collect())?);
                }
                _ => stale.push(claim.id()),
            }
        }
    }
    match stale.is_empty() {
        true => Ok(shown),
        false => Err(Error::Stale(stale.join(", "))),
    }
}

/// What came of judging a claim again.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The claim.
    pub id: String,
    /// The verdict before; none for a claim that was not judged yet.
    pub before: Option<String>,
    /// The verdict now.
    pub after: String,
}

/// Judges the claims that `is_meant` and whose evidence is none, or of another rule or other code, and
/// records what they are judged on, claim by claim. A rule that was changed needs a reason, `why`. What was
/// measured on the course's data by other code stays as it is where nobody has these data.
///
/// # Errors
/// Before anything of a chapter is measured: [`Error::Amendment`] for a changed rule without a reason,
/// [`Error::NoCourseData`] for one that only those data can judge. As [`judged`].
pub fn judge(
    root: &Path,
    chapters: &[Chapter],
    course: Option<&CourseData>,
    is_meant: impl Fn(&Claim) -> bool,
    why: Option<&str>,
    mut tell: impl FnMut(&Change),
) -> Result<(), Error> {
    for chapter in chapters {
        let mut file = read(root, chapter)?;
        let said = chapter.said()?;
        let open: Vec<(&Claim, &Said)> = said
            .iter()
            .map(|(claim, said)| (*claim, said))
            .filter(|(claim, said)| is_meant(claim) && !is_fresh(&file, claim, said, course))
            .collect();
        for (claim, said) in &open {
            amended(&file, claim, said, why)?;
            if !claim.can_be_measured(course) {
                return Err(claim.failed(Error::NoCourseData));
            }
        }
        for (claim, said) in open {
            let before = file.get(claim.name).map(|evidence| evidence.verdict.clone());
            let evidence = Evidence::of(claim, said, amended(&file, claim, said, why)?, course)?;
            let change = Change { id: claim.id(), before, after: evidence.verdict.clone() };
            file.insert(claim.name.to_owned(), evidence);
            write(root, chapter, &file)?;
            tell(&change);
        }
    }
    Ok(())
}

fn is_fresh(file: &File, claim: &Claim, said: &Said, course: Option<&CourseData>) -> bool {
    file.get(claim.name).is_some_and(|evidence| {
        let is_of_code = course.is_none() || evidence.code == claim.fingerprint();
        evidence.is_of(claim, said) && is_of_code
    })
}

/// The rules that a claim was judged by before, the last one among them if it is another now.
fn amended(
    file: &File,
    claim: &Claim,
    said: &Said,
    why: Option<&str>,
) -> Result<Vec<Amendment>, Error> {
    let Some(before) = file.get(claim.name) else {
        return Ok(Vec::new());
    };
    let mut amended = before.amended.clone();
    if before.rule != claim.fixed(said) {
        let why = why.ok_or_else(|| Error::Amendment(claim.id()))?;
        amended.push(Amendment {
            rule: before.rule.clone(),
            verdict: before.verdict.clone(),
            why: why.to_owned(),
        });
    }
    Ok(amended)
}

/// Measures every claim again under its first `seeds` seeds, and compares bit by bit with what is recorded.
/// Returns how many numbers were measured, and how many there are: those on the course's data are left out
/// where nobody has these.
///
/// # Errors
/// [`Error::Record`] for numbers that are others; as [`judged`].
pub fn check(
    root: &Path,
    chapters: &[Chapter],
    course: Option<&CourseData>,
    seeds: usize,
) -> Result<(usize, usize), Error> {
    judged(root, chapters)?;
    let (mut count, mut all, mut differ) = (0, 0, Vec::new());
    for chapter in chapters {
        let file = read(root, chapter)?;
        for (claim, said) in chapter.said()? {
            let Some(Evidence { sides, .. }) = file.get(claim.name) else {
                continue;
            };
            all += sides.iter().map(|side| side.numbers.len()).sum::<usize>();
            if !claim.can_be_measured(course) {
                continue;
            }
            let found = again(claim, &claim.held(&said), sides, seeds, course)?;
            count += found.iter().map(Vec::len).sum::<usize>();
            let recorded = sides.iter().map(|side| &side.numbers);
            if !found.iter().zip(recorded).all(|(found, recorded)| recorded.starts_with(found)) {
                differ.push(claim.id());
            }
        }
    }
    match differ.is_empty() {
        true => Ok((count, all)),
        false => Err(Error::Record(format!(
            "{FOLDER}: measured again, other numbers come out for {}; \
             the code that measures them has changed its bits",
            differ.join(", ")
        ))),
    }
}

impl Evidence {
    /// Measures a claim, and judges it.
    fn of(
        claim: &Claim,
        said: &Said,
        amended: Vec<Amendment>,
        course: Option<&CourseData>,
    ) -> Result<Self, Error> {
        claim.judging.rule.check()?;
        let sides = measure(claim, &claim.held(said), 0, course)?;
        let judged = claim.judge(said, &sides)?;
        Ok(Self {
            rule: claim.fixed(said),
            code: claim.fingerprint().to_owned(),
            verdict: judged.verdict.judgement().to_string(),
            amended,
            sides,
        })
    }

    /// Whether it is of today's rule, and of today's code where everybody can run that.
    fn is_of(&self, claim: &Claim, said: &Said) -> bool {
        let is_of_code = claim.is_on_course_data() || self.code == claim.fingerprint();
        self.rule == claim.fixed(said) && is_of_code
    }
}

fn path(root: &Path, chapter: &Chapter) -> PathBuf {
    root.join(FOLDER).join(format!("{}.toml", chapter.name()))
}

/// A chapter's file; nothing where there is none.
fn read(root: &Path, chapter: &Chapter) -> Result<File, Error> {
    let path = path(root, chapter);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(File::new()),
        Err(error) => return Err(Error::at(&path)(error)),
    };
    let wrong = |error| Error::Evidence { path, reason: Box::new(error) };
    toml::from_str(&text).map_err(wrong)
}

fn write(root: &Path, chapter: &Chapter, file: &File) -> Result<(), Error> {
    let path = path(root, chapter);
    let text = toml::to_string(file).map_err(|error| Error::Text(error.to_string()))?;
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(Error::at(&folder))?;
    fs::write(&path, text).map_err(Error::at(&path))
}

#[cfg(test)]
mod tests {
    use trainable::prelude::RandomState;

    use super::*;
    use crate::experiment::Code;
    use crate::judge::{Case, Center, Judging, Measure, Rule, Texts, Unit};

    const TEXTS: &str = "\
        [better]\n\
        statement = 'It is better.'\n\
        compares = 'the seed, cut'\n\
        scope = 'numbers'\n\
        measured = 'Above 0 in {{ above }} of {{ seeds }}.'\n\
        source = { who = 'nobody', at = 'nowhere' }\n\
        [better.reasons]\n\
        holds = 'Yes.'\n\
        no-difference = 'No.'\n\
        does-not-hold = 'On the contrary.'\n\
        undecided = 'Who knows.'\n";

    fn up(seed: u32) -> Result<Case, Error> {
        Ok(Case::new(1.0 + f64::from(seed % 10) / 100.0))
    }

    fn down(seed: u32) -> Result<Case, Error> {
        Ok(Case::new(-up(seed)?.number))
    }

    fn chapter(
        matters: f64,
        fingerprint: &'static str,
        measure: fn(u32) -> Result<Case, Error>,
    ) -> Chapter {
        let rule =
            Rule::Paired { seeds: 30, matters, center: Center::Mean, unit: Unit::Number(1, "") };
        let judging: Judging = rule.on(Measure::Seed(measure));
        let code = Some(Code { fingerprint, file: "lab/src/chapters/l2/claims.rs", line: 1 });
        let claim = Claim { name: "better", chapter: "l2", judging, code };
        let texts = Texts {
            chapter: "lab::chapters::l2",
            toml: TEXTS,
            settings: || minijinja::context! {},
        };
        Chapter::new(vec![claim], texts)
    }

    /// The same on the course's data, which nobody has in a test.
    fn on_course_data(fingerprint: &'static str) -> Chapter {
        let mut chapter = chapter(0.5, fingerprint, up);
        for claim in &mut chapter.claims {
            claim.judging.measures = vec![Measure::Course(|_, seed| up(seed))];
        }
        chapter
    }

    fn course() -> CourseData {
        let data = trainable::prelude::circles(4, 0.0, &mut RandomState::new(1)).unwrap();
        CourseData { train: data.clone(), test: data, sha256: String::new() }
    }

    fn all(root: &Path, chapter: &Chapter, why: Option<&str>) -> Result<Vec<Change>, Error> {
        let mut changes = Vec::new();
        let chapters = std::slice::from_ref(chapter);
        judge(root, chapters, None, |_| true, why, |change| changes.push(change.clone()))?;
        Ok(changes)
    }

    fn shown(root: &Path, chapter: &Chapter) -> Result<Shown, Error> {
        Ok(judged(root, std::slice::from_ref(chapter))?.remove(0))
    }

    #[test]
    fn what_is_not_judged_or_stale_is_refused_and_names_the_command() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let before = chapter(0.5, "a", up);
        let said = shown(root, &before).unwrap_err().to_string();
        assert!(said.contains("l2/better") && said.contains("lab -- judge"), "{said}");
        let changes = all(root, &before, None).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].before.as_deref(), changes[0].after.as_str()), (None, "Holds"));
        assert_eq!(shown(root, &before).unwrap().measured, "Above 0 in 30 of 30.");
        assert_eq!(all(root, &before, None).unwrap(), []);

        let after = chapter(0.5, "b", down);
        assert!(shown(root, &after).is_err());
        let changes = all(root, &after, None).unwrap();
        assert_eq!(changes[0].before.as_deref(), Some("Holds"));
        assert_eq!(changes[0].after, "Does not hold");
        assert!(shown(root, &after).unwrap().amended.is_empty());
    }

    #[test]
    fn a_changed_rule_needs_a_reason_draws_other_seeds_and_is_counted() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let before = chapter(0.5, "a", up);
        all(root, &before, None).unwrap();
        let first = shown(root, &before).unwrap();
        let stricter = chapter(2.0, "a", up);
        let said = all(root, &stricter, None).unwrap_err().to_string();
        assert!(said.contains("--amend REASON"), "{said}");
        assert_eq!(shown(root, &before).unwrap(), first);
        all(root, &stricter, Some("half was too little")).unwrap();
        let second = shown(root, &stricter).unwrap();
        assert_eq!(second.amended, ["half was too little"]);
        assert_ne!(second.key, first.key);
        assert_ne!(second.sides[0].numbers, first.sides[0].numbers);
        let text = fs::read_to_string(root.join(FOLDER).join("l2.toml")).unwrap();
        assert!(text.contains("half was too little") && text.contains("verdict = \"Holds\""));
    }

    #[test]
    fn other_numbers_under_the_first_seeds_are_noticed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let before = [chapter(0.5, "a", up)];
        all(root, &before[0], None).unwrap();
        assert_eq!(check(root, &before, None, 3).unwrap(), (3, 30));
        assert_eq!(check(root, &before, None, 1_000).unwrap(), (30, 30));
        let said = check(root, &[chapter(0.5, "a", down)], None, 3).unwrap_err().to_string();
        assert!(said.contains("l2/better"), "{said}");
    }

    #[test]
    fn what_only_the_courses_data_can_judge_stays_where_nobody_has_them() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let said = all(root, &on_course_data("a"), None).unwrap_err().to_string();
        assert!(said.contains("l2/better") && said.contains("TRAINABLE_COURSE_DATA"), "{said}");
        let data = course();
        let judge = |fingerprint, data| {
            let chapters = [on_course_data(fingerprint)];
            let mut count = 0;
            judge(root, &chapters, data, |_| true, None, |_| count += 1).unwrap();
            count
        };
        assert_eq!(judge("a", Some(&data)), 1);
        assert_eq!(judge("b", None), 0);
        assert_eq!(shown(root, &on_course_data("b")).unwrap().measured, "Above 0 in 30 of 30.");
        assert_eq!(check(root, &[on_course_data("b")], None, 3).unwrap(), (0, 30));
        assert_eq!(check(root, &[on_course_data("b")], Some(&data), 3).unwrap(), (3, 30));
        assert_eq!(judge("b", Some(&data)), 1);
    }

    #[test]
    fn a_condition_of_the_sources_own_is_not_held_against_it() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let mut chapter = chapter(0.5, "a", up);
        let texts = TEXTS.replace("at = 'nowhere'", "at = 'nowhere', condition = 'on Sundays'");
        chapter.texts.toml = Box::leak(texts.into_boxed_str());
        for claim in &mut chapter.claims {
            let rule = Box::new(claim.judging.rule.clone());
            let (there, elsewhere) = (rule.clone(), rule);
            let only = Rule::Only { when: "a", there, otherwise: "b", elsewhere };
            claim.judging = only.on_both(Measure::Seed(up), Measure::Seed(up));
        }
        all(root, &chapter, None).unwrap();
        let said = shown(root, &chapter).unwrap_err().to_string();
        assert!(said.contains("better.source.condition") && said.contains("on Sundays"), "{said}");
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_path() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("l2.toml"), "[better]\nrule = 1\n").unwrap();
        let said = shown(root.path(), &chapter(0.5, "a", up)).unwrap_err().to_string();
        assert!(said.contains("l2.toml"), "{said}");
    }
}
