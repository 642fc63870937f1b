//! A claim: the rule that judges it, and what is measured under a seed.

use super::rule::Rule;
use super::shown::{Said, Texts};
use crate::course_data::CourseData;
use crate::error::Error;
use crate::experiment::Code;

/// The held-back seeds on which the sign of an effect is looked at again, at other learning rates.
pub const ELSEWHERE: usize = 10;
/// By what the arms' learning rates are multiplied there.
pub const TIMES: [f64; 4] = [0.25, 0.5, 2.0, 4.0];
/// From which difference on an end of the learning rates counts as better than all between them: less is
/// chance.
pub const BETTER: f64 = 0.01;
/// The explored seeds on which each arm's learning rate is chosen.
pub const TUNED: u32 = 5;

/// A statement of the course or of the literature that can be judged.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its name, which no other claim of its chapter has: the function's.
    pub name: &'static str,
    /// The chapter it belongs to: the last name of its module's path but `claims`.
    pub chapter: &'static str,
    /// What judges it.
    pub judging: Judging,
    /// Where its code is.
    pub code: Option<Code>,
}

/// A rule, and what measures each of its sides.
#[derive(Debug, Clone)]
pub struct Judging {
    /// The rule.
    pub rule: Rule,
    /// As many as the rule has sides.
    pub measures: Vec<Measure>,
}

/// How a number is measured.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// Without any seed.
    Once(fn() -> Result<Case, Error>),
    /// Under a seed.
    Seed(fn(u32) -> Result<Case, Error>),
    /// The difference of two arms under a seed.
    Arms(Arms),
    /// Under a seed, on the course's own data, which not everybody has.
    Course(fn(&CourseData, u32) -> Result<Case, Error>),
}

/// Two ways to train, which are compared at the learning rate that is best for each.
#[derive(Debug, Clone, Copy)]
pub struct Arms {
    /// The learning rates that either may take, in ascending order, between two that neither takes: these
    /// show that a rate further out would be no better.
    pub rates: &'static [f64],
    /// Trains one arm under a seed, at a learning rate.
    pub train: fn(u32, Arm, f64) -> Result<Score, Error>,
}

/// One of two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arm {
    /// With what the claim is about.
    With,
    /// Without it.
    Without,
}

/// What was measured under a seed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// The number that the rule judges.
    pub number: f64,
    /// Others that the text speaks of, by name.
    pub beside: Vec<(&'static str, f64)>,
}

/// What training one arm came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// What its learning rate is chosen by, on data that nothing is judged on: more is better.
    pub dev: f64,
    /// The number that the rule judges the difference of.
    pub number: f64,
}

impl Case {
    /// A number without others.
    pub fn new(number: f64) -> Self {
        Self { number, beside: Vec::new() }
    }

    /// 1 for something that is seen, 0 for something that is not.
    pub fn seen(is_seen: bool) -> Self {
        Self::new(f64::from(u8::from(is_seen)))
    }

    /// Adds a number that the text speaks of.
    #[must_use]
    pub fn beside(mut self, name: &'static str, number: f64) -> Self {
        self.beside.push((name, number));
        self
    }
}

impl Claim {
    /// The claim `name` of the module `module`.
    pub fn new(module: &'static str, name: &'static str, judging: Judging) -> Self {
        Self {
            name,
            chapter: module.rsplit("::").nth(1).unwrap_or(module),
            judging,
            code: Code::of(module, name),
        }
    }

    /// The fingerprint of the code that it can reach.
    pub fn fingerprint(&self) -> &'static str {
        self.code.map_or("", |code| code.fingerprint)
    }

    /// Whether it can be measured: always, or only with the course's own data.
    pub fn can_be_measured(&self, course: Option<&CourseData>) -> bool {
        course.is_some() || !self.is_on_course_data()
    }

    /// Whether it is measured on the course's own data.
    pub fn is_on_course_data(&self) -> bool {
        self.judging.measures.iter().any(|measure| matches!(measure, Measure::Course(_)))
    }

    pub(crate) fn failed(&self, reason: Error) -> Error {
        Error::Claim { id: self.id(), reason: Box::new(reason) }
    }

    /// `chapter/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.chapter, self.name)
    }
}

impl Measure {
    /// The learning rates, as a part of the rule.
    pub fn text(&self) -> String {
        match self {
            Self::Arms(Arms { rates: [first, between @ .., last], .. }) => format!(
                "\neach arm at the best of the learning rates {between:?} on dev data, {first} and {last} \
                 being no better"
            ),
            Self::Arms(_) | Self::Once(_) | Self::Seed(_) | Self::Course(_) => String::new(),
        }
    }
}

impl Rule {
    /// This rule, with what measures it.
    pub fn on(self, measure: Measure) -> Judging {
        Judging { rule: self, measures: vec![measure] }
    }

    /// This rule with a measure of each side.
    pub fn on_both(self, there: Measure, elsewhere: Measure) -> Judging {
        Judging { rule: self, measures: vec![there, elsewhere] }
    }
}

/// A chapter's claims, with their texts.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Its claims.
    pub claims: Vec<Claim>,
    /// Their texts.
    pub texts: Texts,
}

impl Chapter {
    /// Claims with their texts.
    pub fn new(claims: Vec<Claim>, texts: Texts) -> Self {
        Self { claims, texts }
    }

    /// The chapter: the last name of its module's path.
    pub fn name(&self) -> &'static str {
        self.texts.name()
    }

    /// Each claim with its texts.
    ///
    /// # Errors
    /// [`Error::Text`] for a claim without texts, texts without a claim, and what is no such texts.
    pub fn said(&self) -> Result<Vec<(&Claim, Said)>, Error> {
        let mut said = self.texts.said()?;
        let pairs = self.claims.iter().map(|claim| {
            let texts = said.remove(claim.name);
            let texts = texts.ok_or_else(|| self.texts.wrong(claim.name, "is not there"))?;
            Ok((claim, texts))
        });
        let pairs = pairs.collect::<Result<_, Error>>()?;
        match said.keys().next() {
            Some(name) => Err(self.texts.wrong(name, "belongs to no claim")),
            None => Ok(pairs),
        }
    }
}

/// Defines `claims()`: the claims of this module by their functions' names.
macro_rules! claims {
    ($($judging:ident),* $(,)?) => {
        /// The chapter's claims.
        pub fn claims() -> Vec<$crate::judge::Claim> {
            let module = module_path!();
            vec![$($crate::judge::Claim::new(module, stringify!($judging), $judging())),*]
        }
    };
}
pub(crate) use claims;

/// Defines `judged()`: the claims of the module `claims` with their texts, and the constants that these may
/// name.
macro_rules! judged {
    ($toml:expr, [$($setting:ident),* $(,)?]) => {
        /// The chapter's claims, with their texts.
        pub fn judged() -> $crate::judge::Chapter {
            let texts = $crate::judge::Texts {
                chapter: module_path!(),
                toml: $toml,
                settings: || minijinja::context! { $($setting),* },
            };
            $crate::judge::Chapter::new(claims::claims(), texts)
        }
    };
}
pub(crate) use judged;
