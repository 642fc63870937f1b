//! What the small book's one experiment measured.

use course::Work;
use course::syllabus::{Item, Syllabus, Week};
use figures::Drawing;
use lab::judge::evidence::Side;
use lab::judge::{Rule, Shown, Source as Said};
use lab::outcome::{Figure, Outcome, Source, Table, Value};
use lab::printed::{Pair, Printed};
use lab::store::Results;

/// What the chapters in `fixture/book` have to cover.
pub const SYLLABUS: Syllabus = Syllabus { weeks: &[WEEK] };

/// The one week of it.
pub const WEEK: Week = Week {
    number: 1,
    items: &[
        Item {
            id: "1.1",
            title: "Scales",
            work: Work::Lectures,
            code: &[("src/scale.rs", "pub fn deviation")],
            test: None,
        },
        Item {
            id: "scale_it",
            title: "The scale of a layer",
            work: Work::Initialization,
            code: &[("src/scale.rs", "pub fn deviation")],
            test: Some("the_scale_of_the_exercise"),
        },
        Item {
            id: "1.2",
            title: "More scales",
            work: Work::Lectures,
            code: &[("src/more.rs", "nothing yet")],
            test: None,
        },
    ],
    not_yet: &["1.2"],
};

/// The results that the chapters in `fixture/book` refer to.
pub fn results() -> Results {
    let mut outcome = Outcome::new();
    outcome
        .value("accuracy", Value::percent(0.9933, 2))
        .value("iterations", Value::integer(15_000))
        .value("cost", Value::fixed(0.0736, 4))
        .value("change", Value::scientific(-1.2e-7, 1))
        .table("comparison", comparison());
    for (name, printed) in printed() {
        outcome.printed(name, printed);
    }
    outcome.figures.insert("cost".to_owned(), cost());
    let results = Results::from_outcomes([("he".to_owned(), "results".to_owned(), outcome)]);
    results.with_claims(claims(), [].into())
}

fn claims() -> Vec<Shown> {
    let exact = || Rule::Exact { tolerance: 0.1 };
    let only = Rule::Only {
        when: "rates below 0.1",
        there: Box::new(exact()),
        otherwise: "larger ones",
        elsewhere: Box::new(exact()),
    };
    vec![
        claim(
            "cost",
            "the cost is `inf` at the first step",
            exact(),
            &[1.0],
        ),
        claim(
            "keeps",
            "a layer keeps its scale with $`\\sqrt{2/n}`$",
            exact(),
            &[0.0],
        ),
        claim("ends", "the cost ends below the others", only, &[0.0, 1.0]),
    ]
}

fn printed() -> [(&'static str, Printed); 2] {
    let number = |course: &str, theirs, ours| Pair {
        course: course.to_owned(),
        theirs,
        ours,
    };
    let printed = |work, what: &str, rows| Printed {
        work,
        what: what.to_owned(),
        rows,
    };
    [
        (
            "cost_1000",
            printed(
                Work::Initialization,
                "Cost at 1000, $`J`$",
                vec![vec![number("0.6880", 0.688, 0.687_982_6)]],
            ),
        ),
        (
            "w1",
            printed(
                Work::GradientChecking,
                "`gradient_check_n`, W1",
                vec![
                    vec![number("1.5", 1.5, 1.5), number("-0.25", -0.25, -0.375)],
                    vec![number("0.", 0.0, 0.0), number("1e-07", 1e-7, 1.25e-7)],
                ],
            ),
        ),
    ]
}

fn comparison() -> Table {
    let rows = [
        [
            "zeros",
            "50.00\u{a0}%",
            "every unit of a layer computes the same",
        ],
        ["large", "83.00\u{a0}%", "slow, since the units saturate"],
        ["He", "99.33\u{a0}%", "$`\\sqrt{2/n_{\\text{in}}}`$"],
    ];
    Table {
        caption: "Accuracy on the training set; $`n`$ is the *layer's* input.".to_owned(),
        header: ["Initialization", "Accuracy", "Remark"]
            .map(String::from)
            .to_vec(),
        rows: rows
            .iter()
            .map(|row| row.map(String::from).to_vec())
            .collect(),
    }
}

/// A claim that is judged on a number for each side of its rule.
fn claim(name: &str, statement: &str, rule: Rule, numbers: &[f64]) -> Shown {
    let numbers: Vec<Vec<f64>> = numbers.iter().map(|number| vec![*number]).collect();
    let side = |numbers: &Vec<f64>| Side {
        numbers: numbers.clone(),
        rates: None,
        elsewhere: [].into(),
        beside: [].into(),
    };
    Shown {
        id: format!("he/{name}"),
        source: Said {
            who: "course".to_owned(),
            at: "initialization assignment".to_owned(),
            quote: None,
            condition: None,
            domain: None,
        },
        statement: format!("{statement}."),
        compares: "the cost".to_owned(),
        key: None,
        amended: Vec::new(),
        scope: "rings".to_owned(),
        measured: "in 20 runs between 0.07 and 0.09, with a mean of $`0.08`$.".to_owned(),
        judged: rule
            .judge(&numbers, true)
            .expect("as many numbers as sides"),
        sides: numbers.iter().map(side).collect(),
        rule,
        reason:
            "The logit form of the cost is finite for every finite logit, so nothing overflows."
                .to_owned(),
    }
}

fn cost() -> Figure {
    Figure {
        drawing: Drawing {
            height: 300.0,
            body: [
                "<path stroke=\"var(--faint, #d0d0d0)\" d=\"M60,250h540\"/>\n",
                "<path fill=\"none\" stroke=\"var(--train, #0072b2)\" d=\"M60,30l140,150l200,50\"/>\n",
                "<path fill=\"none\" stroke=\"var(--test, #d55e00)\" d=\"M60,40l140,110l200,40\"/>\n",
                "<text x=\"540\" y=\"235\" fill=\"var(--train, #0072b2)\">train</text>\n",
                "<text x=\"540\" y=\"190\" fill=\"var(--test, #d55e00)\">test</text>\n",
            ]
            .concat(),
            ..Drawing::default()
        },
        alt: "The cost falls from 0.69 to 0.07 within 15,000 iterations; on the test set it ends \
              higher."
            .to_owned(),
        caption: "The cost $`J`$ of the *He* run on the training and on the test set. Most of it \
                  is gone after a third of the iterations."
            .to_owned(),
        source: Source {
            file: "lab/src/he.rs".to_owned(),
            line: 4,
        },
    }
}
