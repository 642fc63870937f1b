use std::collections::BTreeSet;

use super::*;
use crate::outcome::Figure;

fn goal() -> Goal {
    Goal::at_least(0.9, "accuracy", "seed").percent()
}

fn open() -> Attempts<'static> {
    Attempts::new(goal(), Rank::fewest("units"))
}

fn came_to(runs: &[f64], rank: f64) -> Result<Measured, Error> {
    Ok(Measured { runs: runs.to_vec(), rank })
}

/// The figure and the rows of the table.
fn shows(attempts: Attempts<'_>) -> (Figure, Vec<Vec<String>>) {
    let mut outcome = attempts.outcome().unwrap();
    let table = outcome.tables.remove("attempts").unwrap();
    for row in &table.rows {
        assert_eq!(row.len(), table.header.len(), "{row:?}");
    }
    let figure = outcome.figures.remove("attempts").unwrap();
    assert!(figure.drawing.svg().starts_with("<svg") && figure.drawing.svg().ends_with("</svg>"));
    (figure, table.rows)
}

#[test]
fn those_that_reach_the_goal_are_ranked_and_the_first_is_the_best() {
    let (figure, rows) = shows(
        open()
            .attempt("wide", || came_to(&[0.95, 0.99], 20.0))
            .attempt("narrow", || came_to(&[0.89, 1.0], 5.0))
            .attempt("middling", || came_to(&[0.9, 0.9], 10.0))
            .attempt("as wide", || came_to(&[1.0], 20.0)),
    );
    assert_eq!(
        rows,
        [
            ["narrow", "5", "89\u{a0}%", "not reached"],
            ["middling", "10", "90\u{a0}%", "reached, the best so far"],
            ["wide", "20", "95\u{a0}%", "reached"],
            ["as wide", "20", "100\u{a0}%", "reached"],
        ]
    );
    assert!(figure.caption.starts_with("4 attempts, the fewest units first."));
    assert!(figure.caption.ends_with("The best so far is middling, with 10 units."));
    assert!(figure.alt.contains("narrow: 5 units, 89\u{a0}%, not reached."), "{}", figure.alt);
}

#[test]
fn each_kind_of_goal_is_decided_by_the_run_it_names() {
    let decided = |goal: Goal| {
        let attempts = Attempts::new(goal, Rank::most("layers"))
            .attempt("a", || came_to(&[1.0, 2.0, 6.0], 3.0))
            .attempt("b", || came_to(&[4.0], 4.0));
        let rows = shows(attempts).1;
        rows.iter().map(|row| format!("{} {} {}", row[0], row[2], row[3])).collect::<Vec<_>>()
    };
    let words = |bound| Goal::at_most(bound, "loss", "seed");
    assert_eq!(decided(words(5.0)), ["b 4 reached, the best so far", "a 6 not reached"]);
    assert_eq!(decided(words(5.0).in_median()), ["b 4 reached, the best so far", "a 2 reached"]);
    assert_eq!(
        decided(Goal::at_least(1.5, "gain", "seed")),
        ["b 4 reached, the best so far", "a 1 not reached"]
    );
}

#[test]
fn a_failure_is_a_row_with_its_reason_after_all_others() {
    let (figure, rows) = shows(
        open()
            .attempt("breaks", || panic!("no | number"))
            .attempt("diverges", || {
                Err(trainable::error::Error::Diverged { iteration: 7, learning_rate: 9.0 }.into())
            })
            .attempt("has no run", || came_to(&[], 1.0))
            .attempt("is infinite", || came_to(&[0.5, f64::INFINITY], 1.0))
            .attempt("has no rank", || came_to(&[0.5], f64::NAN))
            .attempt("fine", || came_to(&[0.5], 1e300)),
    );
    let of = |name: &str| {
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        row[3].clone()
    };
    assert_eq!(rows[0][0], "fine");
    assert_eq!(of("breaks"), r"failed: panicked\: no \| number");
    assert!(of("diverges").contains("no longer finite at iteration 7"), "{rows:?}");
    assert!(of("has no run").contains("expected at least one run\\, got none"));
    assert!(of("is infinite").contains("got inf"));
    assert!(of("has no rank").contains("got NaN"));
    assert_eq!(figure.drawing.svg().matches(">failed<").count(), 5);
    assert!(figure.caption.ends_with("None has reached the goal yet."));
}

#[test]
fn no_attempt_at_all_is_shown_in_words() {
    let (figure, rows) = shows(open());
    assert_eq!(rows, [["no attempt yet", "—", "—", "—"]]);
    assert!(figure.drawing.svg().contains(">at least 90\u{a0}% →<"), "{}", figure.drawing.svg());
    assert_eq!(figure.caption, "No attempt yet, only the goal.");
}

#[test]
fn a_name_shows_each_of_its_characters_and_breaks_nothing() {
    let name = "a|b *c* `d` <b>&\n\u{0}{{#value x.y}} \\ $`x";
    let (figure, rows) =
        shows(open().attempt(name, || came_to(&[1.0], 1.0)).attempt("", || came_to(&[1.0], 2.0)));
    assert_eq!(rows[0][0], r"a\|b \*c\* \`d\` \<b\>\& \{\{\#value x\.y\}\} \\ \$\`x");
    assert_eq!(rows[1][0], r"\(no name\)");
    assert!(
        figure.drawing.svg().contains("&lt;b&gt;&amp;") && !figure.drawing.svg().contains('\0')
    );
}

#[test]
fn many_attempts_of_many_runs_and_any_size_stay_a_small_figure() {
    let runs: Vec<f64> = (0..500).map(|n| f64::from(n) / 500.0).collect();
    let many = (0..60).fold(open(), |open, n| {
        let runs = runs.clone();
        let name = format!("{n} {}", "anameofmanyletters".repeat(5));
        open.attempt(&name, move || came_to(&runs, f64::from(n)))
    });
    let (figure, rows) = shows(many);
    assert!(figure.drawing.svg().len() < 60_000, "{}", figure.drawing.svg().len());
    assert_eq!(rows.len(), 60);
    assert!(figure.caption.contains("40 further ones are in the table only"));

    for [low, high] in [[1e-300, 1e300], [-1e300, 1e300], [0.0, 0.0], [0.9, 0.9], [-1.0, 0.0]] {
        for goal in [goal(), goal().log(), Goal::at_most(0.0, "x", "y").log()] {
            let open = Attempts::new(goal, Rank::most("z"));
            shows(open.attempt("a", move || came_to(&[low, high], low)));
        }
    }
}

#[test]
fn the_ends_of_many_runs_are_drawn() {
    let runs: Spread = (0..=1_000).map(f64::from).collect();
    let drawn = open().drawable(&runs);
    assert_eq!((drawn.len(), drawn[0], drawn[MOST_DOTS - 1]), (MOST_DOTS, 0.0, 1_000.0));
    let few: Spread = (0..3).map(f64::from).collect();
    assert_eq!(open().drawable(&few), [0.0, 1.0, 2.0]);
}

#[test]
fn numbers_are_short() {
    let shown = [0.0, 25.0, 15_000.0, 0.54, -0.4, 97.666, 0.0167, 270_557.25, 1e-9, -2.5e12];
    assert_eq!(
        shown.map(readable),
        [
            "0",
            "25",
            "15\u{a0}000",
            "0.54",
            "−0.4",
            "97.67",
            "0.0167",
            "270\u{a0}557.25",
            "1.0\u{a0}×\u{a0}10⁻⁹",
            "−2.5\u{a0}×\u{a0}10¹²"
        ]
    );
}

#[test]
fn each_chapter_has_one_lab_of_its_name() {
    let labs = experiments();
    let chapters: BTreeSet<&str> = labs.iter().map(|lab| lab.chapter).collect();
    assert_eq!((labs.len(), chapters.len()), (10, 10));
    for lab in labs {
        assert_eq!(lab.name, format!("open_{}", lab.chapter));
        assert_eq!(lab.source().file, format!("lab/src/open/{}.rs", lab.chapter));
    }
}
