//! An axis: what it covers, where its ticks are, how they are written.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::FigureError;
use super::svg::text_width;
use crate::format;

/// Between the thousands of a tick.
const THIN_SPACE: char = '\u{202f}';
/// Up to this length an axis of whole numbers has a tick at each.
const MOST_INTEGERS: f64 = 12.0;
/// Axes that end between these are written without powers of ten.
const PLAIN: Range<f64> = 1e-3..1e7;
/// A range that ends this close to a tick, as a share of its length, reaches it.
const NEAR: f64 = 0.02;
/// A logarithmic axis of fewer powers of ten has ticks between them.
const SHORT: f64 = 2.2;
/// Fewer ticks do not show that an axis is logarithmic.
const FEWEST_LOG_TICKS: usize = 3;

/// How an axis is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct AxisPlan {
    pub(super) label: String,
    pub(super) log: bool,
    pub(super) percent: bool,
    pub(super) range: Option<(f64, f64)>,
    /// Room beyond the data, as a share of what they cover.
    pub(super) padding: f64,
    /// Whether data that come near 0 bring 0 into view.
    pub(super) from_zero: bool,
}

/// An axis fitted to its data. Positions along it are the values or, if logarithmic, their exponents.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    plan: AxisPlan,
    pub(super) low: f64,
    pub(super) high: f64,
    ticks: Vec<Tick>,
}

/// A place on an axis and what is written there.
#[derive(Debug, Clone, PartialEq)]
struct Tick {
    position: f64,
    text: String,
}

impl AxisPlan {
    pub(super) fn new(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    /// The position of `value` along the axis, if it has one.
    pub(super) fn position(&self, value: f64) -> Option<f64> {
        let position = if self.log { libm::log10(value) } else { value };
        position.is_finite().then_some(position)
    }

    /// The axis for data at these positions, with about `count` ticks.
    pub(super) fn fit(&self, positions: &[f64], count: usize) -> Result<Axis, FigureError> {
        let (mut low, mut high) = match self.range {
            Some(range) => self.asked(range)?,
            None => self.covered(positions)?,
        };
        let each = positions.iter().all(|p| p.fract() == 0.0) && high - low <= MOST_INTEGERS;
        let ticks = if self.log {
            log_ticks(low, high, count)
        } else {
            let unit = if self.percent { 100.0 } else { 1.0 };
            let step = match each && !self.percent {
                true => 1.0,
                false => nice_step((high - low) * unit / count as f64),
            };
            if self.range.is_none() {
                (low, high) = reaching_ticks(low, high, step / unit);
            }
            linear_ticks(low, high, step, unit)
        };
        let axis = Axis { plan: self.clone(), low, high, ticks };
        Ok(if self.percent { axis.with_unit("\u{202f}%") } else { axis })
    }

    fn asked(&self, (low, high): (f64, f64)) -> Result<(f64, f64), FigureError> {
        match (self.position(low), self.position(high)) {
            (Some(from), Some(to)) if from < to => Ok((from, to)),
            _ => Err(FigureError::Range { axis: self.label.clone(), low, high }),
        }
    }

    fn covered(&self, positions: &[f64]) -> Result<(f64, f64), FigureError> {
        let low = positions.iter().copied().fold(f64::INFINITY, f64::min);
        let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            return Err(FigureError::NoPoints(self.label.clone()));
        }
        if high - low <= 1e-9 * high.abs() {
            let room = if self.log || high == 0.0 { 0.5 } else { 0.1 * high.abs() };
            return Ok((low - room, high + room));
        }
        let room = self.padding * (high - low);
        let from_zero = self.from_zero && !self.log && low >= 0.0 && low < 0.3 * high;
        let low = if from_zero { 0.0 } else { low - room };
        Ok((low, high + room))
    }
}

impl Axis {
    pub(super) fn label(&self) -> &str {
        &self.plan.label
    }

    /// Label, scale and ends, to the last digit; the ends of a logarithmic axis are exponents.
    pub(super) fn described(&self) -> String {
        let scale = match (self.plan.log, self.plan.percent) {
            (true, _) => ", powers of ten",
            (false, true) => ", in percent",
            (false, false) => "",
        };
        format!("{}{scale}: {} to {}", self.plan.label, self.low, self.high)
    }

    /// The position of `value`, if it has one.
    pub(super) fn position(&self, value: f64) -> Option<f64> {
        self.plan.position(value)
    }

    /// An axis from `low` to `high` without ticks.
    pub(super) fn bare(low: f64, high: f64) -> Self {
        Self { plan: AxisPlan::default(), low, high, ticks: Vec::new() }
    }

    /// The same axis without anything written at its ticks.
    pub(super) fn silent(mut self) -> Self {
        for tick in &mut self.ticks {
            tick.text.clear();
        }
        self
    }

    /// The widest text at a tick, in ems.
    pub(super) fn widest_tick(&self) -> f64 {
        let widths = self.ticks.iter().map(|tick| text_width(&tick.text));
        widths.fold(0.0, f64::max)
    }

    fn with_unit(mut self, unit: &str) -> Self {
        for tick in &mut self.ticks {
            tick.text.push_str(unit);
        }
        self
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, position: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (position - self.low) / (self.high - self.low);
        first + (f64::from(last - first) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.position).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, position: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.position == *position);
        tick.map_or_else(String::new, |tick| tick.text.clone())
    }
}

/// 1, 2 or 5 times a power of ten, not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::log10(rough).floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * power
}

/// The range, with the ticks that it misses by very little.
fn reaching_ticks(low: f64, high: f64, step: f64) -> (f64, f64) {
    let near = NEAR * (high - low);
    let (below, above) = ((low / step).floor() * step, (high / step).ceil() * step);
    (if low - below < near { below } else { low }, if above - high < near { above } else { high })
}

/// Ticks at multiples of `step` (of a unit `unit` times smaller than the axis') from `low` to `high`.
fn linear_ticks(low: f64, high: f64, step: f64, unit: f64) -> Vec<Tick> {
    let first = (low * unit / step - 1e-9).ceil() as i64;
    let last = (high * unit / step + 1e-9).floor() as i64;
    let largest = step * first.unsigned_abs().max(last.unsigned_abs()) as f64;
    (first..=last)
        .map(|n| Tick {
            position: n as f64 * step / unit,
            text: linear_text(n as f64 * step, step, largest),
        })
        .collect()
}

/// A multiple of `step` on an axis whose `largest` tick decides about grouping and powers of ten.
fn linear_text(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 && !PLAIN.contains(&largest) {
        return "0".to_owned();
    }
    if largest == 0.0 || PLAIN.contains(&largest) {
        return number(value, decimals(step), largest >= 10_000.0);
    }
    let power = libm::log10(largest).floor() as i32;
    let unit = libm::pow(10.0, f64::from(power));
    format!("{}·10{}", number(value / unit, decimals(step / unit), false), format::exponent(power))
}

/// The decimals that tell multiples of `step` apart.
fn decimals(step: f64) -> usize {
    (-libm::log10(step) - 1e-9).ceil().clamp(0.0, 12.0) as usize
}

/// Ticks from 10^low to 10^high: at powers of ten, between them if there are few.
fn log_ticks(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let short = high - low < SHORT;
    let factors: &[f64] = if short { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let step = power_step((high - low) / count as f64);
    let plain = low >= -3.2 && high <= 4.2;
    let powers = low.floor() as i32..=high.ceil() as i32;
    let ticks: Vec<Tick> = powers
        .filter(|power| power.rem_euclid(step) == 0)
        .flat_map(|power| factors.iter().map(move |factor| (power, *factor)))
        .map(|(power, factor)| Tick {
            position: f64::from(power) + libm::log10(factor),
            text: log_text(factor, power, plain),
        })
        .filter(|tick| (low - 1e-9..=high + 1e-9).contains(&tick.position))
        .collect();
    if ticks.len() < FEWEST_LOG_TICKS && short {
        return near_ticks(low, high, count);
    }
    ticks
}

/// From one power of ten to the next one with a tick, for about this many powers between ticks.
fn power_step(rough: f64) -> i32 {
    let steps = [1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 100];
    let fits = |step: &i32| f64::from(*step) >= 0.85 * rough;
    steps.into_iter().find(fits).unwrap_or(150)
}

/// Ticks of an ordinary axis, for a logarithmic one too short to show powers.
fn near_ticks(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let (from, to) = (libm::pow(10.0, low), libm::pow(10.0, high));
    let step = nice_step((to - from) / count as f64);
    let ticks = linear_ticks(from, to, step, 1.0).into_iter();
    ticks.map(|tick| Tick { position: libm::log10(tick.position), ..tick }).collect()
}

fn log_text(factor: f64, power: i32, plain: bool) -> String {
    if plain {
        let decimals = usize::try_from(-power).unwrap_or(0);
        return number(factor * libm::pow(10.0, f64::from(power)), decimals, power >= 4);
    }
    let ten = format!("10{}", format::exponent(power));
    if factor == 1.0 { ten } else { format!("{factor}·{ten}") }
}

/// A number with a true minus and, if asked, its thousands apart.
fn number(value: f64, decimals: usize, grouped: bool) -> String {
    let plain = format!("{value:.decimals$}");
    let (sign, plain) = match plain.strip_prefix('-') {
        Some(rest) if rest.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => ("−", rest),
        Some(rest) => ("", rest),
        None => ("", plain.as_str()),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let whole = match grouped {
        true => format::grouped(whole, THIN_SPACE),
        false => whole.to_owned(),
    };
    let mut text = format!("{sign}{whole}");
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(plan: AxisPlan, positions: &[f64]) -> Vec<String> {
        let axis = plan.fit(positions, 5).unwrap();
        axis.ticks.into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn thousands_stand_apart() {
        let ticks = texts(AxisPlan::new("iteration"), &[0.0, 15_000.0]);
        assert_eq!(ticks, ["0", "5\u{202f}000", "10\u{202f}000", "15\u{202f}000"]);
    }

    #[test]
    fn minus_is_a_minus_and_zero_has_none() {
        let ticks = texts(AxisPlan::new("w"), &[-0.2, 0.2]);
        assert_eq!(ticks, ["−0.2", "−0.1", "0.0", "0.1", "0.2"]);
    }

    #[test]
    fn very_small_and_large_numbers_have_powers_of_ten() {
        let ticks = texts(AxisPlan::new("w"), &[0.0, 2e-7]);
        assert_eq!(ticks, ["0", "0.5·10⁻⁷", "1.0·10⁻⁷", "1.5·10⁻⁷", "2.0·10⁻⁷"]);
        let ticks = texts(AxisPlan::new("w"), &[0.0, 4e8]);
        assert_eq!(ticks, ["0", "1·10⁸", "2·10⁸", "3·10⁸", "4·10⁸"]);
    }

    #[test]
    fn fractions_in_percent() {
        let plan = AxisPlan { percent: true, ..AxisPlan::new("accuracy") };
        assert_eq!(texts(plan, &[0.9, 1.0])[..2], ["90\u{202f}%", "92\u{202f}%"]);
    }

    #[test]
    fn few_layers_have_a_tick_each() {
        let layers: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(texts(AxisPlan::new("layer"), &layers).len(), 10);
    }

    #[test]
    fn logarithmic_ticks_fit_what_they_cover() {
        let log = |low: f64, high: f64| {
            let plan = AxisPlan { log: true, range: Some((low, high)), ..AxisPlan::new("cost") };
            texts(plan, &[])
        };
        assert_eq!(log(0.01, 10.0), ["0.01", "0.1", "1", "10"]);
        assert_eq!(log(0.1, 2.0), ["0.1", "0.2", "0.5", "1", "2"]);
        assert_eq!(log(1e-60, 1e40), ["10⁻⁶⁰", "10⁻⁴⁰", "10⁻²⁰", "10⁰", "10²⁰", "10⁴⁰"]);
        assert_eq!(log(0.6, 0.7), ["0.60", "0.62", "0.64", "0.66", "0.68", "0.70"]);
        assert_eq!(log(1e-16, 1.0), ["10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
    }

    #[test]
    fn a_range_must_increase_and_have_logarithms() {
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (0.0, 1.0), (f64::NAN, 1.0)] {
            let plan = AxisPlan { log: true, range: Some((low, high)), ..AxisPlan::new("cost") };
            assert!(plan.fit(&[0.0], 5).is_err(), "{low} to {high}");
        }
    }
}
