//! What is measured to judge the chapter's claims.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, concatenate};
use trainable::data::digits::SIDE;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};

claims![helps, elastic, label, gap, copies, independent, tikhonov, leak];

const SIZES: [usize; 3] = [SIDE * SIDE, 16, 1];
/// Steps of the networks that are trained to judge a claim: a third of the figures', at up to ten times
/// their learning rate.
pub(crate) const STEPS: usize = 100;
/// The noise on each pixel.
const NOISE: f64 = 0.1;
/// The pictures that there are, the copies of each, and the new ones that an accuracy is measured on.
pub(crate) const FEW: usize = 20;
pub(crate) const FEW_COPIES: usize = 3;
pub(crate) const FURTHER: usize = 500;
/// The pictures that learning rates and strengths are chosen by.
const DEV: usize = 200;
/// How far pictures are shifted and turned.
pub(crate) const PIXELS: usize = 1;
pub(crate) const DEGREES: f64 = 15.0;

pub(crate) const SHIFT: Augmentation = shift(PIXELS);
pub(crate) const TURN: Augmentation = turn(DEGREES);
pub(crate) const ELASTIC: Augmentation = bend(6.0);
pub(crate) const FLIP: Augmentation = Augmentation::Flip { width: SIDE };
pub(crate) const ALL: &[Augmentation] = &[SHIFT, TURN, ELASTIC];

/// How far apart two seeds are that belong to one: of new pictures, copies, a split, dev pictures and
/// pictures that are added.
pub(crate) const OF_NEW: u32 = 1_000;
const OF_COPIES: u32 = 2_000;
pub(crate) const OF_SPLIT: u32 = 3_000;
const OF_DEV: u32 = 5_000;
const OF_MORE: u32 = 6_000;

/// The seeds of a verdict: where an effect is large, where it is smaller, and where it is smallest.
const SEEDS: usize = 40;
const MORE_SEEDS: usize = 120;
const MANY_SEEDS: usize = 150;
const MOST_SEEDS: usize = 300;
/// One percentage point: five of five hundred new pictures.
const A_POINT: f64 = 0.01;
/// The learning rates that each arm may take.
const RATES: &[f64] = &[0.03, 0.1, USUAL_RATE, 1.0, 3.0];
const USUAL_RATE: f64 = 0.3;

const fn shift(pixels: usize) -> Augmentation {
    Augmentation::PixelShift { width: SIDE, pixels }
}

const fn turn(degrees: f64) -> Augmentation {
    Augmentation::PixelRotation { width: SIDE, degrees }
}

const fn bend(strength: f64) -> Augmentation {
    Augmentation::Elastic { width: SIDE, strength, smoothness: 2.0 }
}

pub(crate) fn pictures(examples: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(digits(examples, NOISE, &mut RandomState::new(seed))?)
}

fn new_pictures(seed: u32) -> Result<Dataset, Error> {
    pictures(FURTHER, OF_NEW + seed)
}

/// The data set and its changed copies; alone if there are none.
pub(crate) fn augmented(
    data: &Dataset,
    copies: usize,
    kinds: &[Augmentation],
    seed: u32,
) -> Result<Dataset, Error> {
    if copies == 0 {
        return Ok(data.clone());
    }
    let rng = &mut RandomState::new(OF_COPIES + seed);
    Ok(augment(data, copies, kinds, rng)?)
}

/// The network of the chapter, trained on pictures.
pub(crate) fn descended(
    data: &Dataset,
    seed: u32,
    steps: usize,
    rate: f64,
) -> Result<Network, Error> {
    let rng = &mut RandomState::new(seed);
    let mut network = Network::new(&SIZES, Initialization::He, rng)?;
    let descent = GradientDescent::new(rate).iterations(steps).record_every(steps);
    descent.train(&mut network, data)?;
    Ok(network)
}

/// Some of the examples, by their places.
pub(crate) fn chosen(data: &Dataset, places: &[usize]) -> Result<Dataset, Error> {
    let of = |view: ArrayView2<'_, f64>| view.select(Axis(1), places);
    Ok(Dataset::new(of(data.x()), of(data.y()))?)
}

/// The examples of both sets.
fn joined(first: &Dataset, second: &Dataset) -> Result<Dataset, Error> {
    let x = concatenate![Axis(1), first.x(), second.x()];
    Ok(Dataset::new(x, concatenate![Axis(1), first.y(), second.y()])?)
}

/// Arms that are trained under each seed.
fn arms(train: fn(u32, Arm, f64) -> Result<Score, Error>) -> Measure {
    Measure::Arms(Arms { rates: RATES, train })
}

/// The accuracy on new pictures after training on these.
fn recognized(train: &Dataset, seed: u32, rate: f64) -> Result<Score, Error> {
    let network = descended(train, seed, STEPS, rate)?;
    let dev = network.accuracy(&pictures(DEV, OF_DEV + seed)?)?;
    Ok(Score { dev, number: network.accuracy(&new_pictures(seed)?)? })
}

/// The few pictures of a seed with changed copies of each.
fn few(copies: usize, kinds: &[Augmentation], seed: u32) -> Result<Dataset, Error> {
    augmented(&pictures(FEW, seed)?, copies, kinds, seed)
}

fn helps() -> Judging {
    Rule::more_accurate(MANY_SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let train = match arm {
            Arm::With => few(FEW_COPIES, &[TURN, ELASTIC], seed)?,
            Arm::Without => few(0, &[], seed)?,
        };
        recognized(&train, seed, rate)
    }))
}

/// The strengths that each arm may choose: those of elastic distortions, and the distances and angles of
/// affine ones.
const STRENGTHS: [f64; 2] = [5.0, 10.0];
const AFFINE: [(usize, f64); 2] = [(0, 20.0), (1, 20.0)];

fn elastic() -> Judging {
    Rule::Only {
        when: "digits with their center of mass in the middle",
        there: Box::new(Rule::more_accurate(MOST_SEEDS, A_POINT)),
        otherwise: "digits off the middle",
        elsewhere: Box::new(Rule::more_accurate(MORE_SEEDS, A_POINT)),
    }
    .on_both(
        arms(|seed, arm, rate| distorted(centered, seed, arm, rate)),
        arms(|seed, arm, rate| distorted(|data| Ok(data.clone()), seed, arm, rate)),
    )
}

/// The accuracy with the strength that is best on dev pictures. All pictures lie where `place` puts them.
fn distorted(
    place: fn(&Dataset) -> Result<Dataset, Error>,
    seed: u32,
    arm: Arm,
    rate: f64,
) -> Result<Score, Error> {
    let few = place(&pictures(FEW, seed)?)?;
    let (dev, new) = (place(&pictures(DEV, OF_DEV + seed)?)?, place(&new_pictures(seed)?)?);
    let kinds = match arm {
        Arm::With => STRENGTHS.map(|strength| vec![bend(strength)]),
        Arm::Without => AFFINE.map(|(pixels, degrees)| vec![shift(pixels), turn(degrees)]),
    };
    let mut best = Score { dev: f64::NEG_INFINITY, number: f64::NAN };
    for kinds in kinds {
        let network = descended(&augmented(&few, FEW_COPIES, &kinds, seed)?, seed, STEPS, rate)?;
        let right = network.accuracy(&dev)?;
        if right > best.dev {
            best = Score { dev: right, number: network.accuracy(&new)? };
        }
    }
    Ok(best)
}

/// Each picture moved by whole pixels, so that its center of mass is nearest to the middle.
fn centered(data: &Dataset) -> Result<Dataset, Error> {
    let mut x = Array2::zeros(data.x().dim());
    for (before, mut after) in data.x().columns().into_iter().zip(x.columns_mut()) {
        let [right, down] = off_middle(before);
        for (pixel, value) in after.iter_mut().enumerate() {
            let column = (pixel % SIDE).checked_add_signed(right);
            let row = (pixel / SIDE).checked_add_signed(down);
            if let (Some(column @ ..SIDE), Some(row @ ..SIDE)) = (column, row) {
                *value = before[row * SIDE + column];
            }
        }
    }
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// By how many pixels a picture's center of mass lies right of and below the middle.
fn off_middle(picture: ArrayView1<'_, f64>) -> [isize; 2] {
    let middle = (SIDE as f64 - 1.0) / 2.0;
    let mean = |place: fn(usize) -> usize| {
        let moments = picture.iter().enumerate().map(|(pixel, ink)| place(pixel) as f64 * ink);
        moments.sum::<f64>() / picture.sum()
    };
    [|pixel| pixel % SIDE, |pixel| pixel / SIDE]
        .map(|place| (mean(place) - middle).round() as isize)
}

fn label() -> Judging {
    Rule::more_accurate(SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let train = match arm {
            Arm::With => few(0, &[], seed)?,
            Arm::Without => few(FEW_COPIES, &[FLIP], seed)?,
        };
        recognized(&train, seed, rate)
    }))
}

/// By how much accuracy on new pictures exceeds that on all that was trained on; less of it counts as more.
fn gap() -> Judging {
    Rule::more_accurate(SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let train = match arm {
            Arm::With => few(FEW_COPIES, ALL, seed)?,
            Arm::Without => few(0, &[], seed)?,
        };
        let network = descended(&train, seed, STEPS, rate)?;
        let dev = network.accuracy(&pictures(DEV, OF_DEV + seed)?)?;
        let new = network.accuracy(&new_pictures(seed)?)?;
        Ok(Score { dev, number: new - network.accuracy(&train)? })
    }))
}

fn copies() -> Judging {
    Rule::more_accurate(MANY_SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let copies = match arm {
            Arm::With => 1,
            Arm::Without => 0,
        };
        recognized(&few(copies, ALL, seed)?, seed, rate)
    }))
}

fn independent() -> Judging {
    Rule::more_accurate(SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let train = match arm {
            Arm::With => joined(&few(0, &[], seed)?, &pictures(FEW, OF_MORE + seed)?)?,
            Arm::Without => few(1, ALL, seed)?,
        };
        recognized(&train, seed, rate)
    }))
}

/// The standard deviation of noise that is called small, and how often it is drawn.
pub(crate) const SMALL: f64 = 0.05;
const DRAWS: usize = 400;
/// The points of the networks that it is added to, and their steps.
pub(crate) const JITTERED_POINTS: usize = 200;
pub(crate) const JITTERED_STEPS: usize = 2_000;
/// A tenth more or less is the least that counts: ln 1.1.
const A_TENTH: f64 = 0.095_310_179_804_324_87;

fn tikhonov() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Times);
    let rule = Rule::Same { seeds: MOST_SEEDS, matters: A_TENTH, center, unit };
    rule.on(Measure::Seed(|seed| {
        let added = Jittered::prepare(seed)?.added(SMALL)?;
        let (slope, both) = (added.by_slope(), added.by_both());
        Ok(Case::new(libm::log(slope)).beside("slope", slope).beside("both", both))
    }))
}

/// A trained network, noise for its inputs, and what it does to the cost by the second order.
pub(crate) struct Jittered {
    network: Network,
    data: Dataset,
    noises: Vec<Array2<f64>>,
    /// The mean of ŷ(1 − ŷ) ‖∇z‖² over the examples.
    slope: f64,
    /// The mean of (ŷ − y) ∇²z over the examples.
    curvature: f64,
}

/// What a jitter of one deviation adds to the cost, and what slope and curvature predict of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Added {
    pub(crate) deviation: f64,
    jitter: f64,
    slope: f64,
    curvature: f64,
}

impl Added {
    /// What it adds as a multiple of what both terms predict.
    pub(crate) fn by_both(&self) -> f64 {
        self.jitter / (self.slope + self.curvature)
    }

    /// The same by the slope's term alone.
    pub(crate) fn by_slope(&self) -> f64 {
        self.jitter / self.slope
    }
}

impl Jittered {
    pub(crate) fn prepare(seed: u32) -> Result<Self, Error> {
        let data = moons(JITTERED_POINTS, 0.2, &mut RandomState::new(seed))?;
        let rng = &mut RandomState::new(OF_COPIES + seed);
        let network = Network::new(&[2, 20, 1], Initialization::Xavier, rng)?;
        let mut network = network.with_activation(Activation::Tanh);
        let descent = GradientDescent::new(0.5).iterations(JITTERED_STEPS);
        descent.record_every(JITTERED_STEPS).train(&mut network, &data)?;
        let noise = |_| Array2::from_shape_simple_fn(data.x().dim(), || rng.randn());
        let noises = (0..DRAWS).map(noise).collect();
        let (slope, curvature) = slope_and_curvature(&network, &data)?;
        Ok(Self { network, data, noises, slope, curvature })
    }

    pub(crate) fn added(&self, deviation: f64) -> Result<Added, Error> {
        let cost = self.network.cost(&self.data)?;
        let mut jitter = 0.0;
        for noise in &self.noises {
            // Each noise with both signs: what is linear in it cancels.
            for sign in [1.0, -1.0] {
                let x = &self.data.x() + &(sign * deviation * noise);
                let noisy = Dataset::new(x, self.data.y().to_owned())?;
                jitter += (self.network.cost(&noisy)? - cost) / (2 * self.noises.len()) as f64;
            }
        }
        let half = deviation * deviation / 2.0;
        Ok(Added { deviation, jitter, slope: half * self.slope, curvature: half * self.curvature })
    }
}

/// The means of ŷ(1 − ŷ) ‖∇z‖² and of (ŷ − y) ∇²z, with the logit's derivatives by small differences.
fn slope_and_curvature(network: &Network, data: &Dataset) -> Result<(f64, f64), Error> {
    const STEP: f64 = 1e-4;
    let y_hat = network.probabilities(data.x())?;
    let (weight, error) = (y_hat.mapv(|y| y * (1.0 - y)), &y_hat - &data.y());
    let z = network.logits(data.x())?;
    let (mut slope, mut curvature) = (0.0, 0.0);
    for feature in 0..data.features() {
        let at = |step: f64| {
            let mut x = data.x().to_owned();
            x.row_mut(feature).mapv_inplace(|x| x + step);
            network.logits(x.view())
        };
        let (after, before) = (at(STEP)?, at(-STEP)?);
        let slopes = (&after - &before) / (2.0 * STEP);
        let curvatures = (&after + &before - 2.0 * &z) / (STEP * STEP);
        slope += (&weight * &slopes * &slopes).sum();
        curvature += (&error * &curvatures).sum();
    }
    let examples = data.examples() as f64;
    Ok((slope / examples, curvature / examples))
}

/// The pictures to split, and how many of them stay out for dev.
pub(crate) const SPLIT: usize = 50;
pub(crate) const HELD_OUT: usize = 25;

/// By how much accuracy on dev pictures, whose copies were trained on, exceeds that on new ones.
fn leak() -> Judging {
    Rule::more_accurate(MORE_SEEDS, A_POINT).on(Measure::Seed(|seed| {
        let all = pictures(SPLIT, seed)?;
        let copied = augmented(&all, FEW_COPIES, ALL, seed)?;
        // The originals come first, in random order: the first ones are dev.
        let train = chosen(&copied, &(HELD_OUT..copied.examples()).collect::<Vec<_>>())?;
        let dev = chosen(&all, &(0..HELD_OUT).collect::<Vec<_>>())?;
        let network = descended(&train, seed, STEPS, USUAL_RATE)?;
        let (dev, new) = (network.accuracy(&dev)?, network.accuracy(&new_pictures(seed)?)?);
        Ok(Case::new(dev - new).beside("dev", dev).beside("new", new))
    }))
}
