//! Controls: what the rules make of numbers whose truth is known.

use std::collections::BTreeSet;

use trainable::prelude::*;

use super::claim::{Arm, Arms, Claim, Measure, Score};
use super::evidence::explored;
use super::rule::{Center, Rule};
use super::unit::Unit;
use super::verdict::Judgement;
use crate::error::Error;

const SEEDS: usize = 100;
/// With differences whose standard deviation is 1, an interval reaches half of it to either side.
const MATTERS: f64 = 0.53;
const CONTROLS: u32 = 2_000;

fn paired(center: Center) -> Rule {
    Rule::Paired { seeds: SEEDS, matters: MATTERS, center, unit: Unit::Points }
}

fn same(center: Center) -> Rule {
    Rule::Same { seeds: SEEDS, matters: MATTERS, center, unit: Unit::Points }
}

fn size(center: Center) -> Rule {
    Rule::Size { seeds: SEEDS, stated: 10.0, factor: 1.053, center, unit: Unit::Points }
}

fn share() -> Rule {
    Rule::Share { seeds: SEEDS, least: 0.8 }
}

fn only(rule: Rule) -> Rule {
    let (there, elsewhere) = (Box::new(rule.clone()), Box::new(rule));
    Rule::Only { when: "there", there, otherwise: "elsewhere", elsewhere }
}

/// Normal numbers around an effect.
fn normal(effect: f64) -> impl Fn(&mut RandomState) -> f64 {
    move |rng| effect + rng.randn()
}

/// Ones with this probability, zeros else.
fn ones(probability: f64) -> impl Fn(&mut RandomState) -> f64 {
    move |rng| f64::from(u8::from(rng.rand() < probability))
}

/// In what share of many repetitions the rule comes to this, each of its sides with numbers of its own.
fn frequency(rule: &Rule, draws: &[&dyn Fn(&mut RandomState) -> f64], judgement: Judgement) -> f64 {
    let count = (1..=CONTROLS).filter(|seed| {
        let mut rng = RandomState::new(*seed);
        let numbers: Vec<Vec<f64>> =
            draws.iter().map(|draw| (0..SEEDS).map(|_| draw(&mut rng)).collect()).collect();
        rule.judge(&numbers, true).unwrap().verdict.judgement() == judgement
    });
    count.count() as f64 / f64::from(CONTROLS)
}

fn holds(rule: &Rule, draw: impl Fn(&mut RandomState) -> f64) -> f64 {
    frequency(rule, &[&draw], Judgement::Holds)
}

#[test]
fn without_an_effect_hardly_any_verdict_says_that_there_is_one() {
    for center in [Center::Mean, Center::Median] {
        assert!(holds(&paired(center), normal(0.0)) <= 0.01);
        assert!(frequency(&paired(center), &[&normal(0.0)], Judgement::DoesNotHold) <= 0.01);
        // Where a claim is that there is no difference, a difference that matters is the control.
        assert!(holds(&same(center), normal(MATTERS)) <= 0.01);
        assert!(holds(&size(center), normal(10.0 + MATTERS)) <= 0.01);
        let both: [&dyn Fn(&mut RandomState) -> f64; 2] = [&normal(0.0), &normal(0.0)];
        assert!(frequency(&only(paired(center)), &both, Judgement::HoldsOnlyIf) <= 0.01);
    }
    assert!(holds(&share(), ones(0.8)) <= 0.01);
}

#[test]
fn one_and_a_half_times_what_matters_is_found() {
    for center in [Center::Mean, Center::Median] {
        assert!(holds(&paired(center), normal(1.5 * MATTERS)) >= 0.8);
        assert!(holds(&same(center), normal(0.0)) >= 0.8);
        assert!(holds(&size(center), normal(10.0)) >= 0.8);
        let one: [&dyn Fn(&mut RandomState) -> f64; 2] = [&normal(1.5 * MATTERS), &normal(0.0)];
        assert!(frequency(&only(paired(center)), &one, Judgement::HoldsOnlyIf) >= 0.8);
    }
    assert!(holds(&share(), ones(0.95)) >= 0.8);
}

#[test]
fn each_rule_comes_to_all_that_it_can_and_to_nothing_else() {
    let wide = |effect: f64| move |rng: &mut RandomState| effect + 8.0 * rng.randn();
    let draws: [&dyn Fn(&mut RandomState) -> f64; 10] = [
        &normal(0.0),
        &normal(2.0),
        &normal(-2.0),
        &wide(0.5),
        &wide(10.0),
        &normal(10.0),
        &ones(1.0),
        &ones(0.8),
        &ones(0.2),
        &ones(0.0),
    ];
    let rules = [
        Rule::Exact { tolerance: 1e-12 },
        Rule::Exists { seeds: SEEDS },
        paired(Center::Mean),
        paired(Center::Median),
        same(Center::Mean),
        size(Center::Mean),
        share(),
    ];
    let numbers = |seeds: usize, draw: &dyn Fn(&mut RandomState) -> f64| -> Vec<f64> {
        let mut rng = RandomState::new(1);
        (0..seeds).map(|_| draw(&mut rng)).collect()
    };
    for rule in &rules {
        let judged = draws.iter().map(|draw| vec![numbers(rule.seeds(), draw)]);
        let found: BTreeSet<Judgement> =
            judged.map(|numbers| rule.judge(&numbers, true).unwrap().verdict.judgement()).collect();
        assert_eq!(found, rule.outcomes(), "{rule:?}");
        let rule = only(rule.clone());
        let mut found = BTreeSet::new();
        for there in draws {
            for elsewhere in draws {
                let seeds = rule.seeds() / 2;
                let both = [numbers(seeds, there), numbers(seeds, elsewhere)];
                found.insert(rule.judge(&both, true).unwrap().verdict.judgement());
            }
        }
        assert_eq!(found, rule.outcomes(), "{rule:?}");
    }
}

#[test]
fn a_rule_with_too_few_seeds_for_one_of_its_outcomes_is_refused() {
    let share = |seeds| Rule::Share { seeds, least: 0.9 };
    let said = share(50).check().unwrap_err().to_string();
    assert_eq!(said, "50 seeds cannot show `under at least 90.0\u{a0}%`: take more");
    share(60).check().unwrap();
    assert!(only(share(50)).check().is_err());
    let median =
        |seeds| Rule::Paired { seeds, matters: 1.0, center: Center::Median, unit: Unit::Points };
    assert!(median(7).check().is_err());
    median(8).check().unwrap();
}

#[test]
fn a_source_that_speaks_of_something_else_is_not_refuted() {
    let numbers = vec![vec![-2.0; SEEDS]];
    let judged = |is_domain| paired(Center::Median).judge(&numbers, is_domain).unwrap().verdict;
    assert_eq!(judged(true).judgement(), Judgement::DoesNotHold);
    assert_eq!(judged(false).judgement(), Judgement::NotCarriedOver);
    let numbers = vec![vec![2.0; SEEDS]];
    let verdict = paired(Center::Median).judge(&numbers, false).unwrap().verdict;
    assert_eq!(verdict.judgement(), Judgement::Holds);
}

#[test]
fn what_is_undecided_says_how_many_seeds_it_would_take() {
    // A mean of 0.1, an interval of ± 0.2638, and 0.2 matters: the interval has to reach 0.1.
    let numbers: Vec<f64> = (0..SEEDS).map(|seed| if seed % 2 == 0 { 1.1 } else { -0.9 }).collect();
    let rule =
        Rule::Paired { seeds: SEEDS, matters: 0.2, center: Center::Mean, unit: Unit::Points };
    let side = rule.judge(&[numbers], true).unwrap().sides[0];
    assert_eq!(side.judgement, Judgement::Undecided);
    let needed = side.needed.unwrap();
    assert!((690.0..710.0).contains(&needed), "{needed}");
}

#[test]
fn other_counts_than_the_rules_are_refused() {
    let rule = paired(Center::Mean);
    let said = rule.judge(&[vec![1.0; 3]], true).unwrap_err().to_string();
    assert_eq!(said, "expected [100] numbers, got [3]");
    let said = rule.judge(&[], true).unwrap_err().to_string();
    assert_eq!(said, "expected [100] numbers, got []");
}

/// Arms that do best where the learning rate's logarithm is 0.
fn trained(_: u32, arm: Arm, rate: f64) -> Result<Score, Error> {
    let dev = 1.0 - libm::log(rate).abs();
    Ok(Score { dev, number: if arm == Arm::With { dev } else { 0.0 } })
}

fn chosen(rates: &'static [f64]) -> Result<[f64; 2], Error> {
    let arms = Measure::Arms(Arms { rates, train: trained });
    let claim =
        Claim { name: "better", chapter: "l2", judging: paired(Center::Mean).on(arms), code: None };
    Ok(explored(&claim, &arms, None)?.rates.unwrap_or_default())
}

#[test]
fn a_learning_rate_is_the_best_between_the_ends_of_its_list() {
    assert_eq!(chosen(&[0.1, 0.5, 1.0, 2.0, 10.0]).unwrap(), [1.0; 2]);
    // An end that is no better by a point is chance.
    assert_eq!(chosen(&[0.5, 0.995, 1.0]).unwrap(), [0.995; 2]);
}

#[test]
fn a_list_of_learning_rates_that_is_too_short_is_refused() {
    let said = |rates| chosen(rates).unwrap_err().to_string();
    let short = said(&[0.1, 0.5, 1.0]);
    assert!(
        short.contains("arm With: 1 is the best learning rate, an end of [0.1, 0.5, 1.0]"),
        "{short}"
    );
    let short = said(&[1.0, 2.0, 4.0]);
    assert!(short.contains("1 is the best learning rate, an end of"), "{short}");
    assert!(said(&[1.0]).contains("at least three learning rates, got [1.0]"));
}
