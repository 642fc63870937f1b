//! Data augmentation: every run, number, figure and claim of its chapter.

use ndarray::{Array2, ArrayView2, Axis};
use trainable::data::digits::SIDE;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, LineChart, Pictures, Role};
use crate::format::{fixed, percent};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        few_glyphs,
        drawn_changes,
        each_change,
        glyph_counts,
        copies_or_new,
        plane_changes,
        jitter_penalty,
        turned_too_far,
        augmented_leak,
        augmented_test
    ]
}

const SIZES: [usize; 3] = [SIDE * SIDE, 16, 1];
const LEARNING_RATE: f64 = 0.1;
const ITERATIONS: usize = 300;
const NOISE: f64 = 0.1;
const FEW: usize = 20;
const COPIES: usize = 5;
const NEW: usize = 1_000;
const SEEDS: u32 = 12;
const FEWER_SEEDS: u32 = 6;
/// Pictures in a row of a figure.
const SHOWN: usize = 8;

const LECTURE: &str = "course, lecture on other regularization methods";
const SIMARD: &str = "P. Y. Simard, D. Steinkraus, J. C. Platt (2003), *Best practices for convolutional neural networks*";

const SHIFT: Augmentation = Augmentation::PixelShift { width: SIDE, pixels: 1 };
const TURN: Augmentation = Augmentation::PixelRotation { width: SIDE, degrees: 15.0 };
const ELASTIC: Augmentation = Augmentation::Elastic { width: SIDE, strength: 6.0, smoothness: 2.0 };
const JITTER: Augmentation = Augmentation::Jitter { deviation: 0.2 };
const FLIP: Augmentation = Augmentation::Flip { width: SIDE };
const ALL: [Augmentation; 3] = [SHIFT, TURN, ELASTIC];

fn pictures(examples: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(digits(examples, NOISE, &mut RandomState::new(seed))?)
}

fn new_pictures(seed: u32) -> Result<Dataset, Error> {
    pictures(NEW, 1_000 + seed)
}

/// The data set and its changed copies; alone if there are none.
fn augmented(
    data: &Dataset,
    copies: usize,
    kinds: &[Augmentation],
    seed: u32,
) -> Result<Dataset, Error> {
    if copies == 0 {
        return Ok(data.clone());
    }
    let rng = &mut RandomState::new(2_000 + seed);
    Ok(augment(data, copies, kinds, rng)?)
}

/// The network of the chapter, trained on pictures.
fn trained(data: &Dataset, seed: u32) -> Result<Network, Error> {
    let rng = &mut RandomState::new(seed);
    let mut network = Network::new(&SIZES, Initialization::He, rng)?;
    GradientDescent::new(LEARNING_RATE)
        .iterations(ITERATIONS)
        .record_every(ITERATIONS)
        .train(&mut network, data)?;
    Ok(network)
}

/// Some of the examples, by their places.
fn chosen(data: &Dataset, places: &[usize]) -> Result<Dataset, Error> {
    let of = |view: ArrayView2<'_, f64>| view.select(Axis(1), places);
    Ok(Dataset::new(of(data.x()), of(data.y()))?)
}

/// The pictures of one class for which `wanted` is true of what the network says, as many as are shown.
fn some(data: &Dataset, class: f64, said: Option<&Array2<f64>>) -> Vec<Vec<f64>> {
    let of_class = data.y().into_iter().enumerate();
    of_class
        .filter(|(i, y)| **y == class && said.is_none_or(|said| said[(0, *i)] != class))
        .take(SHOWN)
        .map(|(i, _)| data.x().column(i).to_vec())
        .collect()
}

/// Whether a difference is there: in the mean, and in three seeds of four.
fn clear(differences: &Spread) -> bool {
    let above = differences.count(|difference| difference > 0.0);
    differences.mean() > 0.0 && 4 * above >= 3 * differences.values().len()
}

/// Holds if a difference is clear, with a condition if it is there in the mean.
fn judged(differences: &Spread) -> Verdict {
    match (clear(differences), differences.mean() > 0.0) {
        (true, _) => Verdict::Holds,
        (false, true) => Verdict::HoldsWithCondition,
        (false, false) => Verdict::DoesNotHold,
    }
}

/// Twenty pictures learned by heart.
fn few_glyphs() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (few, new) = (pictures(FEW, 1)?, new_pictures(1)?);
    let network = trained(&few, 1)?;
    let said = network.predict(new.x())?;
    let (train, test) = (network.accuracy(&few)?, network.accuracy(&new)?);
    let svg = Pictures::new(SIDE)
        .row("2, trained on", &some(&few, 0.0, None))
        .row("5, trained on", &some(&few, 1.0, None))
        .row("2, taken for 5", &some(&new, 0.0, Some(&said)))
        .row("5, taken for 2", &some(&new, 1.0, Some(&said)))
        .draw()?;
    outcome.figure(
        "mistakes",
        svg,
        format!(
            "Four rows of small pictures of the angular digits 2 and 5: eight of each among the {FEW} that the network was trained on, all of which it gets right ({}), and eight new ones of \
             each that it gets wrong. To the eye they are no different; it gets {} of {} new ones right.",
            percent(train, 0), percent(test, 1), Value::integer(NEW).text
        ),
        "Above, pictures that the network was trained on. Below, new ones that it gets wrong.".to_owned(),
    );
    outcome.value("train", Value::percent(train, 0));
    outcome.value("new", Value::percent(test, 1));
    outcome.value("few", Value::integer(FEW));
    outcome.value("of", Value::integer(NEW));
    outcome.value("pixels", Value::integer(SIDE * SIDE));
    Ok(outcome)
}

/// What each change does to one picture.
fn drawn_changes() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = digits(2, 0.0, &mut RandomState::new(9))?;
    let two = data.y().iter().position(|y| *y == 0.0).unwrap_or(0);
    let one = chosen(&data, &[two])?;
    let rows = [
        ("shift", SHIFT),
        ("rotation", TURN),
        ("elastic", ELASTIC),
        ("jitter", JITTER),
        ("flip", FLIP),
    ];
    let mut figure = Pictures::new(SIDE);
    for (name, kind) in rows {
        let more = augment(&one, SHOWN - 1, &[kind], &mut RandomState::new(3))?;
        let all: Vec<Vec<f64>> = more.x().columns().into_iter().map(|p| p.to_vec()).collect();
        figure = figure.row(name, &all);
    }
    let svg = figure.draw()?;
    outcome.figure(
        "copies",
        svg,
        format!(
            "Five rows of {SHOWN} pictures. The first in each row is the same 2. The others are copies: shifted by up to 1 pixel, turned by up to 15 degrees, bent elastically, \
             with noise of deviation 0.2 on each pixel, and mirrored or not. The mirrored 2 is a 5."
        ),
        "The same 2, first in each row, and seven random copies of it under each change.".to_owned(),
    );
    Ok(outcome)
}

/// Each change by itself, under many seeds.
fn each_change() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let settings: [(&str, usize, &[Augmentation]); 9] = [
        ("no copies", 0, &[]),
        ("unchanged copies", COPIES, &[]),
        ("jitter", COPIES, &[JITTER]),
        ("rotation", COPIES, &[TURN]),
        ("elastic", COPIES, &[ELASTIC]),
        ("shift", COPIES, &[SHIFT]),
        ("shift, rotation", COPIES, &[SHIFT, TURN]),
        ("shift, rotation, elastic", COPIES, &ALL),
        ("flip", COPIES, &[FLIP]),
    ];
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let (few, new) = (pictures(FEW, seed)?, new_pictures(seed)?);
        let runs = settings.map(|(_, copies, kinds)| {
            let network = trained(&augmented(&few, copies, kinds, seed)?, seed)?;
            Ok([network.accuracy(&few)?, network.accuracy(&new)?])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]);
    let gain = |index: usize| Spread::of(&seeds, |runs| runs[index][1] - runs[0][1]);
    let rows = settings.iter().enumerate().map(|(index, (name, _, _))| {
        vec![
            (*name).to_owned(),
            percent(of(index, 0).mean(), 1),
            percent(of(index, 1).mean(), 1),
            match index {
                0 => "0".to_owned(),
                _ => gain(index).count(|gain| gain > 0.0).to_string(),
            },
        ]
    });
    outcome.table("kinds", Table {
        caption: format!(
            "{FEW} pictures and {COPIES} copies of each: mean accuracies over {SEEDS} seeds of pictures, weights and changes. Better in: the seeds in which new pictures are recognized better than \
             without copies."
        ),
        header: header(&["change", "training", "new pictures", "better in"]),
        rows: rows.collect(),
    });
    draw_kinds(&mut outcome, &settings.map(|(name, _, _)| name), &seeds)?;
    kind_claims(&mut outcome, &seeds);
    outcome.value("seeds", Value::integer(SEEDS as usize));
    outcome.value("none", Value::percent(of(0, 1).mean(), 1));
    outcome.value("all", Value::percent(of(7, 1).mean(), 1));
    outcome.value("shift", Value::percent(of(5, 1).mean(), 1));
    outcome.value("flip", Value::percent(of(8, 1).mean(), 1));
    Ok(outcome)
}

fn draw_kinds(
    outcome: &mut Outcome,
    names: &[&str; 9],
    seeds: &[Vec<[f64; 2]>],
) -> Result<(), Error> {
    let of = |index: usize| Spread::of(seeds, |runs| runs[index][1]);
    let shown = [
        (0, Role::Raw),
        (3, Role::Train),
        (4, Role::Train),
        (5, Role::Train),
        (7, Role::Train),
        (8, Role::Dev),
    ];
    let plot = shown
        .iter()
        .fold(DotPlot::new("accuracy on new pictures").percent(), |plot, (index, role)| {
            plot.category(names[*index], *role, of(*index).values())
        });
    let text = |index: usize| percent(of(index).median(), 1);
    outcome.figure(
        "accuracy",
        plot.draw()?,
        format!(
            "Accuracy on new pictures over {SEEDS} seeds. Medians: {} without copies, {} with rotation, {} with elastic distortion, {} with shifts, {} with all three, {} with flips.",
            text(0), text(3), text(4), text(5), text(7), text(8)
        ),
        format!("{FEW} pictures, {COPIES} copies of each. A dot a seed, the bar at the median."),
    );
    Ok(())
}

fn kind_claims(outcome: &mut Outcome, seeds: &[Vec<[f64; 2]>]) {
    let of = |index: usize| Spread::of(seeds, |runs| runs[index][1]).mean();
    let difference = |a: usize, b: usize| Spread::of(seeds, |runs| runs[a][1] - runs[b][1]);
    let (helps, elastic, flip) = (difference(7, 0), difference(4, 6), difference(0, 8));
    outcome.claim("helps", Claim {
        said_by: LECTURE.to_owned(),
        statement: "If you cannot get more data, make some: small random rotations and distortions of a digit are still that digit, and training on them helps against overfitting.".to_owned(),
        measured: format!(
            "With shifts, rotations and elastic distortions together, {} of {SEEDS} seeds recognize new pictures better: {} instead of {} in the mean.",
            helps.count(|gain| gain > 0.0), percent(of(7), 1), percent(of(0), 1)
        ),
        verdict: judged(&helps),
        reason: "The copies tell the network which differences do not matter. (This chapter's rule: a difference holds if it is there in the mean and in three seeds of four.)".to_owned(),
    });
    outcome.claim("label", Claim {
        said_by: LECTURE.to_owned(),
        statement: "A change must leave the thing what it is: a cat may be flipped left to right, and should not be flipped upside down.".to_owned(),
        measured: format!(
            "Flipping left to right, harmless for cats, makes a 2 a 5. With flips the network recognizes {} of new pictures instead of {}; it is worse in {} of {SEEDS} seeds.",
            percent(of(8), 1), percent(of(0), 1), flip.count(|loss| loss > 0.0)
        ),
        verdict: judged(&flip),
        reason: "Half of the copies carry the wrong label, and a 2 that has been flipped cannot be told from a 5 that has not. Which changes are harmless is knowledge about the task, and no library has it.".to_owned(),
    });
    outcome.claim("elastic", Claim {
        said_by: SIMARD.to_owned(),
        statement: "Elastic distortions improve the recognition of handwritten digits more than affine ones (shifts, rotations) do.".to_owned(),
        measured: format!(
            "With elastic distortions alone {} of new pictures are recognized, with shifts and rotations {}; elastic is better in {} of {SEEDS} seeds.",
            percent(of(4), 1), percent(of(6), 1), elastic.count(|gain| gain > 0.0)
        ),
        verdict: judged(&elastic),
        reason: "Their digits were centered already and written by many hands. These lie off the middle and are drawn with straight strokes: what differs between two of them is first of all their place. \
                 The best augmentation imitates how your examples really differ.".to_owned(),
    });
}

/// Accuracy against the number of pictures, with and without copies.
fn glyph_counts() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let counts = [10, 20, 40, 80, 160];
    // Of each count: training and new without copies, then with.
    let seeds = over_seeds(FEWER_SEEDS, |seed| -> Result<Vec<[f64; 4]>, Error> {
        let new = new_pictures(seed)?;
        let runs = counts.map(|count| {
            let data = pictures(count, seed)?;
            let plain = trained(&data, seed)?;
            let more = trained(&augmented(&data, 3, &ALL, seed)?, seed)?;
            Ok([
                plain.accuracy(&data)?,
                plain.accuracy(&new)?,
                more.accuracy(&data)?,
                more.accuracy(&new)?,
            ])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]);
    let spreads = |what: usize| -> Vec<(f64, Spread)> {
        let points = counts.iter().enumerate();
        points.map(|(index, count)| (*count as f64, of(index, what))).collect()
    };
    let (plain, augmented) = (spreads(1), spreads(3));
    let svg = LineChart::new("pictures", "accuracy on new pictures")
        .log_x()
        .percent_y()
        .y_range(0.5, 1.0)
        .markers(true)
        .band(Role::Raw, &ranges(&plain))
        .band(Role::Normalized, &ranges(&augmented))
        .line("augmented", Role::Normalized, &medians(&augmented))
        .line("plain", Role::Raw, &medians(&plain))
        .draw()?;
    let text = |index: usize, what: usize| percent(of(index, what).median(), 1);
    outcome.figure(
        "accuracy",
        svg,
        format!(
            "Accuracy on new pictures against the number of pictures trained on, logarithmic; medians of {FEWER_SEEDS} seeds. Without copies {} with 10 pictures, {} with 40, {} with 160; with three \
             augmented copies of each {}, {} and {}.",
            text(0, 1), text(2, 1), text(4, 1), text(0, 3), text(2, 3), text(4, 3)
        ),
        "Medians, shaded from the lowest to the highest of six seeds: as drawn, and with three augmented copies of each picture.".to_owned(),
    );
    let gap = |index: usize, train: usize| {
        Spread::of(&seeds, |runs| runs[index][train] - runs[index][train + 1])
    };
    let narrower: Vec<Spread> = (0..counts.len())
        .map(|index| {
            Spread::of(&seeds, |runs| {
                (runs[index][0] - runs[index][1]) - (runs[index][2] - runs[index][3])
            })
        })
        .collect();
    let clearly = narrower.iter().filter(|narrower| clear(narrower)).count();
    outcome.claim("gap", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Augmentation works as a regularization technique: it reduces overfitting.".to_owned(),
        measured: format!(
            "The mean gap between training and new pictures goes from {} to {} with 10 pictures, from {} to {} with 40, from {} to {} with 160. It narrows in three seeds of four at {clearly} of {} sizes.",
            percent(gap(0, 0).mean(), 1), percent(gap(0, 2).mean(), 1), percent(gap(2, 0).mean(), 1), percent(gap(2, 2).mean(), 1),
            percent(gap(4, 0).mean(), 1), percent(gap(4, 2).mean(), 1), counts.len()
        ),
        verdict: if clearly == counts.len() { Verdict::Holds } else if clearly > 0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "It narrows the gap and does not close it: the copies vary only what was chosen to vary.".to_owned(),
    });
    outcome.value("with_20", Value::percent(of(1, 3).median(), 1));
    outcome.value("without_40", Value::percent(of(2, 1).median(), 1));
    Ok(outcome)
}

/// k augmented copies against k times as many new pictures.
fn copies_or_new() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let copies = [0, 1, 3, 7, 15];
    let seeds = over_seeds(FEWER_SEEDS, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let (all, new) = (pictures(FEW * 16, seed)?, new_pictures(seed)?);
        // The first ones of the many, so that both begin with the same twenty.
        let first = |count: usize| chosen(&all, &(0..count).collect::<Vec<_>>());
        let few = first(FEW)?;
        let runs = copies.map(|copies| {
            let copied = trained(&augmented(&few, copies, &ALL, seed)?, seed)?;
            let more = trained(&first(FEW * (copies + 1))?, seed)?;
            Ok([copied.accuracy(&new)?, more.accuracy(&new)?])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]).mean();
    let line = |what: usize| -> Vec<(f64, f64)> {
        let points = copies.iter().enumerate();
        points.map(|(index, copies)| ((FEW * (copies + 1)) as f64, of(index, what))).collect()
    };
    let svg = LineChart::new("examples trained on", "accuracy on new pictures")
        .log_x()
        .percent_y()
        .y_range(0.6, 1.0)
        .markers(true)
        .line("new ones", Role::Raw, &line(1))
        .line("copies", Role::Normalized, &line(0))
        .draw()?;
    let text = |index: usize, what: usize| percent(of(index, what), 1);
    outcome.figure(
        "worth",
        svg,
        format!(
            "Mean accuracy on new pictures against the number of examples, logarithmic, from 20. When they are augmented copies of the same 20: {} with 40, {} with 80, {} with 320. When they are \
             new pictures: {}, {} and {}.",
            text(1, 0), text(2, 0), text(4, 0), text(1, 1), text(2, 1), text(4, 1)
        ),
        "Twenty pictures, and more examples: augmented copies of the twenty, or new pictures. Means over six seeds.".to_owned(),
    );
    let gains: Vec<Spread> = (1..copies.len())
        .map(|index| Spread::of(&seeds, |runs| runs[index][0] - runs[0][0]))
        .collect();
    let losses: Vec<Spread> = (1..copies.len())
        .map(|index| Spread::of(&seeds, |runs| runs[index][1] - runs[index][0]))
        .collect();
    let (useful, worse) = (
        gains.iter().filter(|gain| clear(gain)).count(),
        losses.iter().filter(|loss| clear(loss)).count(),
    );
    let share = (of(4, 0) - of(0, 0)) / (of(4, 1) - of(0, 0));
    outcome.value("share", Value::percent(share, 0));
    outcome.claim("independent", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Augmented examples do not add as much information as brand new, independent ones, but they cost next to nothing.".to_owned(),
        measured: format!(
            "From 20 pictures ({}), 300 copies lead to {}, 300 new pictures to {}: copies bring {} of that gain. Copies help clearly in {useful} of {} comparisons, and new pictures clearly more in {worse}.",
            text(0, 0), text(4, 0), text(4, 1), percent(share, 0), gains.len()
        ),
        verdict: if useful == gains.len() && worse == losses.len() { Verdict::Holds } else if worse > 0 || useful > 0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "A copy shows the same digit from a little aside; a new picture shows another digit. (Clear is: in the mean, and in three seeds of four; a single copy of each is not.)".to_owned(),
    });
    Ok(outcome)
}

/// Points of the plane: what is right for rings is wrong for half circles.
fn plane_changes() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let changes: [(&str, usize, &[Augmentation]); 3] = [
        ("none", 0, &[]),
        ("jitter, 0.1", 7, &[Augmentation::Jitter { deviation: 0.1 }]),
        ("rotation, 180°", 7, &[Augmentation::Rotation { degrees: 180.0 }]),
    ];
    let seeds = over_seeds(10, |seed| -> Result<Vec<f64>, Error> {
        let mut all = Vec::new();
        for rings in [true, false] {
            let (few, new) = plane(rings, seed)?;
            for (_, copies, kinds) in changes {
                let network = trained_on_plane(&augmented(&few, copies, kinds, seed)?, seed)?;
                all.push(network.accuracy(&new)?);
            }
        }
        Ok(all)
    })?;
    let of = |index: usize| Spread::of(&seeds, |all| all[index]);
    let rows = changes.iter().enumerate().map(|(index, (name, _, _))| {
        vec![(*name).to_owned(), percent(of(index).mean(), 1), percent(of(3 + index).mean(), 1)]
    });
    outcome.table("changes", Table {
        caption: "Mean accuracy on new points over ten seeds: 24 points on two rings or two half circles, and seven copies of each.".to_owned(),
        header: header(&["change", "rings", "half circles"]),
        rows: rows.collect(),
    });
    let (few, new) = plane(true, 1)?;
    let more = augmented(&few, 7, changes[2].2, 1)?;
    let (plain, turned) = (trained_on_plane(&few, 1)?, trained_on_plane(&more, 1)?);
    let svg = Boundary::grid(2)
        .network("24 points", &plain, &few)
        .network("and seven turned copies", &turned, &more)
        .draw()?;
    outcome.figure(
        "rings",
        svg,
        format!(
            "Two rings, one inside the other, of which 24 points are known. Trained on these alone the network is right on {} of new points; with seven randomly turned copies of each, which fill the rings, on {}.",
            percent(plain.accuracy(&new)?, 1), percent(turned.accuracy(&new)?, 1)
        ),
        "A point of a ring stays on it when it is turned around the middle. The copies say so.".to_owned(),
    );
    outcome.value("rings_none", Value::percent(of(0).mean(), 1));
    outcome.value("rings_turned", Value::percent(of(2).mean(), 1));
    outcome.value("moons_none", Value::percent(of(3).mean(), 1));
    outcome.value("moons_turned", Value::percent(of(5).mean(), 1));
    Ok(outcome)
}

/// Few points of rings, or of half circles, and many new ones.
fn plane(rings: bool, seed: u32) -> Result<(Dataset, Dataset), Error> {
    let draw = |examples, seed| {
        let rng = &mut RandomState::new(seed);
        match rings {
            true => circles(examples, 0.05, rng),
            false => moons(examples, 0.2, rng),
        }
    };
    Ok((draw(24, seed)?, draw(2_000, 1_000 + seed)?))
}

fn trained_on_plane(data: &Dataset, seed: u32) -> Result<Network, Error> {
    let rng = &mut RandomState::new(seed);
    let mut network = Network::new(&[2, 20, 1], Initialization::He, rng)?;
    GradientDescent::new(0.5).iterations(2_000).record_every(2_000).train(&mut network, data)?;
    Ok(network)
}

/// What jitter adds to the cost, beside a penalty on the slope.
fn jitter_penalty() -> Result<Outcome, Error> {
    const DRAWS: usize = 60;
    let mut outcome = Outcome::new();
    let deviations = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];
    let data = moons(200, 0.2, &mut RandomState::new(1))?;
    let rng = &mut RandomState::new(2);
    let mut network =
        Network::new(&[2, 20, 1], Initialization::Xavier, rng)?.with_activation(Activation::Tanh);
    GradientDescent::new(0.5).iterations(2_000).record_every(2_000).train(&mut network, &data)?;
    let cost = network.cost(&data)?;
    let mut added = deviations.map(|_| 0.0);
    for _ in 0..DRAWS {
        let noise = Array2::from_shape_simple_fn(data.x().dim(), || rng.randn());
        for (added, deviation) in added.iter_mut().zip(deviations) {
            // Each noise with both signs: what is linear in it cancels.
            for sign in [1.0, -1.0] {
                let x = &data.x() + &(sign * deviation * &noise);
                let noisy = Dataset::new(x, data.y().to_owned())?;
                *added += (network.cost(&noisy)? - cost) / (2 * DRAWS) as f64;
            }
        }
    }
    let slope = weighted_slope(&network, &data)?;
    let penalty = deviations.map(|deviation| deviation * deviation / 2.0 * slope);
    let points = |costs: &[f64; 6]| -> Vec<(f64, f64)> {
        deviations.iter().copied().zip(costs.iter().copied()).collect()
    };
    let svg = LineChart::new("standard deviation of the jitter", "added to the cost")
        .log_x()
        .log_y()
        .markers(true)
        .line("jitter", Role::Normalized, &points(&added))
        .line("penalty", Role::Raw, &points(&penalty))
        .draw()?;
    let ratio = |index: usize| added[index] / penalty[index];
    let text = |number: f64| Value::scientific(number, 1).text;
    outcome.figure(
        "penalty",
        svg,
        format!(
            "What noise on the inputs adds to a trained network's cost against its deviation, both logarithmic, and the penalty on the slope that should equal it: {} and {} at 0.02, {} and {} at 0.1, {} and {} at 0.8.",
            text(added[0]), text(penalty[0]), text(added[2]), text(penalty[2]), text(added[5]), text(penalty[5])
        ),
        "One trained network. Measured: how much its cost rises when its inputs are jittered. Predicted: the penalty on the squared slope.".to_owned(),
    );
    let near = |index: usize| (0.9..1.1).contains(&ratio(index));
    outcome.claim("tikhonov", Claim {
        said_by: "C. M. Bishop (1995), *Training with noise is equivalent to Tikhonov regularization*".to_owned(),
        statement: "Training with small noise on the inputs is equivalent to a penalty on the squared slope of the network's output, weighted by the noise's variance.".to_owned(),
        measured: format!(
            "The cost that jitter adds is {} times the penalty at a deviation of 0.02, {} times at 0.1, {} times at 0.2, and {} times at 0.8.",
            fixed(ratio(0), 2), fixed(ratio(2), 2), fixed(ratio(3), 2), fixed(ratio(5), 2)
        ),
        verdict: match (near(0) && near(1), (0..6).all(near)) {
            (_, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "For the cross-entropy the penalty is σ²/2 times the mean of ŷ(1 − ŷ) ‖∇z‖². (Holds: within a tenth at all deviations; with a condition: at the two smallest.) The condition is the word small: \
                 the noise must be small beside the distance over which the network bends. What is left even there is the bending itself, which the penalty neglects.".to_owned(),
    });
    Ok(outcome)
}

/// The mean of ŷ(1 − ŷ) ‖∇z‖² over the examples, with the logit's slope by small differences.
fn weighted_slope(network: &Network, data: &Dataset) -> Result<f64, Error> {
    const STEP: f64 = 1e-5;
    let weight = network.probabilities(data.x())?.mapv(|y| y * (1.0 - y));
    let mut sum = 0.0;
    for feature in 0..data.features() {
        let at = |step: f64| {
            let mut x = data.x().to_owned();
            x.row_mut(feature).mapv_inplace(|x| x + step);
            network.logits(x.view())
        };
        let slopes = (at(STEP)? - at(-STEP)?) / (2.0 * STEP);
        sum += (&weight * &slopes * &slopes).sum();
    }
    Ok(sum / data.examples() as f64)
}

/// Rotations from none to all the way round.
fn turned_too_far() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let degrees = [0.0, 10.0, 20.0, 40.0, 60.0, 90.0, 135.0, 180.0];
    let seeds = over_seeds(FEWER_SEEDS, |seed| -> Result<Vec<f64>, Error> {
        let (few, new) = (pictures(FEW, seed)?, new_pictures(seed)?);
        let runs = degrees.map(|degrees| {
            let kinds = [SHIFT, Augmentation::PixelRotation { width: SIDE, degrees }];
            Ok(trained(&augmented(&few, COPIES, &kinds, seed)?, seed)?.accuracy(&new)?)
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize| Spread::of(&seeds, |runs| runs[index]);
    let spreads: Vec<(f64, Spread)> =
        degrees.iter().enumerate().map(|(index, degrees)| (*degrees, of(index))).collect();
    let svg = LineChart::new("largest rotation (degrees)", "accuracy on new pictures")
        .percent_y()
        .y_range(0.5, 1.0)
        .markers(true)
        .band(Role::Train, &ranges(&spreads))
        .line("medians", Role::Train, &medians(&spreads))
        .draw()?;
    let text = |index: usize| percent(of(index).median(), 1);
    outcome.figure(
        "degrees",
        svg,
        format!(
            "Accuracy on new pictures against the largest rotation of the copies: {} at 0 degrees, {} at 20, {} at 60, {} at 180 (medians of {FEWER_SEEDS} seeds).",
            text(0), text(2), text(4), text(7)
        ),
        "Shifted copies, turned by up to so many degrees. The digits themselves are tilted by up to 18. Medians and full range of six seeds.".to_owned(),
    );
    outcome.value("none", Value::percent(of(0).median(), 1));
    outcome.value("far", Value::percent(of(7).median(), 1));
    Ok(outcome)
}

/// Augmented before the split, and after it.
fn augmented_leak() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let slight = [Augmentation::Jitter { deviation: 0.1 }];
    // Of each way: accuracy on dev, on new pictures.
    let seeds = over_seeds(SEEDS, |seed| -> Result<[[f64; 2]; 4], Error> {
        let (data, new) = (pictures(50, seed)?, new_pictures(seed)?);
        let judged = |network: Network, dev: &Dataset| {
            Ok::<_, Error>([network.accuracy(dev)?, network.accuracy(&new)?])
        };
        let leaking = |kinds: &[Augmentation]| -> Result<[f64; 2], Error> {
            let (train, dev) = shuffled_split(&augmented(&data, COPIES, kinds, seed)?, seed)?;
            judged(trained(&train, seed)?, &dev)
        };
        let (few, dev) = shuffled_split(&data, seed)?;
        let honest = |kinds: &[Augmentation]| -> Result<[f64; 2], Error> {
            judged(trained(&augmented(&few, COPIES, kinds, seed)?, seed)?, &dev)
        };
        Ok([leaking(&slight)?, leaking(&ALL)?, honest(&slight)?, honest(&ALL)?])
    })?;
    let of = |way: usize, what: usize| Spread::of(&seeds, |all| all[way][what]).mean();
    let names = [
        "jitter, then split",
        "shift, rotation, elastic, then split",
        "split, then jitter",
        "split, then shift, rotation, elastic",
    ];
    let rows = names.iter().enumerate().map(|(way, name)| {
        vec![
            (*name).to_owned(),
            percent(of(way, 0), 1),
            percent(of(way, 1), 1),
            percent(of(way, 0) - of(way, 1), 1),
        ]
    });
    outcome.table("splits", Table {
        caption: format!("50 pictures, a fifth of the examples for dev, {COPIES} copies. Mean accuracies over {SEEDS} seeds."),
        header: header(&["order", "dev", "new pictures", "difference"]),
        rows: rows.collect(),
    });
    let optimism = |way: usize| Spread::of(&seeds, |all| all[way][0] - all[way][1]);
    let (slight, strong) = (optimism(0), optimism(1));
    outcome.claim("leak", Claim {
        said_by: "S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012), *Leakage in data mining*".to_owned(),
        statement: "Information that leaks from the evaluation examples into training makes a model look better than it is.".to_owned(),
        measured: format!(
            "With jittered copies of the same pictures on both sides of the split, dev says {}, and new pictures say {}: too much in {} of {SEEDS} seeds. With the strong changes, dev says {} and new pictures {}: \
             too much in {}. Split first, and dev and new pictures are {} and {}.",
            percent(of(0, 0), 1), percent(of(0, 1), 1), slight.count(|d| d > 0.0), percent(of(1, 0), 1), percent(of(1, 1), 1), strong.count(|d| d > 0.0),
            percent(of(3, 0), 1), percent(of(3, 1), 1)
        ),
        verdict: match (clear(&slight), clear(&strong)) {
            (true, true) => Verdict::Holds,
            (false, false) => Verdict::DoesNotHold,
            _ => Verdict::HoldsWithCondition,
        },
        reason: "A dev picture whose copies were trained on is not new, and that makes dev too easy. But most dev pictures are copies as well, and strong changes make those too hard. Two errors of different sign: the sum says nothing.".to_owned(),
    });
    Ok(outcome)
}

/// Four fifths and one fifth, at random.
fn shuffled_split(data: &Dataset, seed: u32) -> Result<(Dataset, Dataset), Error> {
    let order = RandomState::new(3_000 + seed).permutation(data.examples());
    let (train, dev) = order.split_at(data.examples() * 4 / 5);
    Ok((chosen(data, train)?, chosen(data, dev)?))
}

/// What an augmented test set says.
fn augmented_test() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let strong = Augmentation::Elastic { width: SIDE, strength: 14.0, smoothness: 2.0 };
    let tests: [(&str, &[Augmentation]); 4] = [
        ("as they come", &[]),
        ("shift, rotation, elastic", &ALL),
        ("elastic, strong", &[strong]),
        ("flip", &[FLIP]),
    ];
    let seeds = over_seeds(FEWER_SEEDS, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let (few, new) = (pictures(FEW, seed)?, new_pictures(seed)?);
        let plain = trained(&few, seed)?;
        let more = trained(&augmented(&few, COPIES, &ALL, seed)?, seed)?;
        let changed = tests.map(|(_, kinds)| {
            let both = augment(&new, 1, kinds, &mut RandomState::new(4_000 + seed))?;
            let copies: Vec<usize> = (NEW..2 * NEW).collect();
            let test = chosen(&both, &copies)?;
            Ok([plain.accuracy(&test)?, more.accuracy(&test)?])
        });
        changed.into_iter().collect()
    })?;
    let of =
        |index: usize, what: usize| percent(Spread::of(&seeds, |all| all[index][what]).mean(), 1);
    let rows = tests
        .iter()
        .enumerate()
        .map(|(index, (name, _))| vec![(*name).to_owned(), of(index, 0), of(index, 1)]);
    outcome.table("tests", Table {
        caption: format!("Accuracy of the same networks on new pictures, changed in different ways; means of {FEWER_SEEDS} seeds."),
        header: header(&["test pictures", "trained without copies", "trained with copies"]),
        rows: rows.collect(),
    });
    Ok(outcome)
}
