//! An axis: what it covers, where its ticks are, how they are written.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::FigureError;

/// How an axis is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct AxisPlan {
    pub(super) label: String,
    pub(super) log: bool,
    pub(super) percent: bool,
    pub(super) range: Option<(f64, f64)>,
    /// Room beyond the data, as a share of what they cover.
    pub(super) padding: f64,
}

/// An axis fitted to its data. Positions along it are the values or, if logarithmic, their exponents.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    plan: AxisPlan,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    step: f64,
}

impl AxisPlan {
    pub(super) fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            ..Self::default()
        }
    }

    /// The position of `value` along the axis, if it has one.
    pub(super) fn position(&self, value: f64) -> Option<f64> {
        let position = if self.log { value.log10() } else { value };
        position.is_finite().then_some(position)
    }

    /// The axis for data at these positions, with about `count` ticks.
    pub(super) fn fit(
        &self,
        positions: impl Iterator<Item = f64>,
        count: usize,
    ) -> Result<Axis, FigureError> {
        let (low, high) = match self.range {
            Some(range) => self.asked(range)?,
            None => self.covered(positions)?,
        };
        let step = if self.log {
            ((high - low) / count as f64).ceil().max(1.0)
        } else {
            nice_step((high - low) / count as f64 * self.unit()) / self.unit()
        };
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let mut ticks: Vec<f64> = (first..=last).map(|n| n as f64 * step).collect();
        if self.log && high - low < 1.5 {
            ticks = between_decades(low, high);
        }
        Ok(Axis {
            plan: self.clone(),
            low,
            high,
            ticks,
            step,
        })
    }

    fn unit(&self) -> f64 {
        if self.percent { 100.0 } else { 1.0 }
    }

    fn asked(&self, (low, high): (f64, f64)) -> Result<(f64, f64), FigureError> {
        match (self.position(low), self.position(high)) {
            (Some(from), Some(to)) if from < to => Ok((from, to)),
            _ => Err(FigureError::Range {
                axis: self.label.clone(),
                low,
                high,
            }),
        }
    }

    fn covered(&self, positions: impl Iterator<Item = f64>) -> Result<(f64, f64), FigureError> {
        let (low, high) = positions.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| {
            (low.min(p), high.max(p))
        });
        if low > high {
            return Err(FigureError::NoPoints(self.label.clone()));
        }
        if high - low < 1e-12 * high.abs().max(1e-300) {
            let room = if self.log {
                0.5
            } else {
                0.5 * high.abs().max(1e-9)
            };
            return Ok((low - room, high + room));
        }
        let room = self.padding * (high - low);
        let starts_at_zero = !self.log && low >= 0.0 && low < 0.3 * high;
        let low = if starts_at_zero { 0.0 } else { low - room };
        Ok((low, high + room))
    }
}

impl Axis {
    pub(super) fn label(&self) -> &str {
        &self.plan.label
    }

    /// The position of `value`, if it has one.
    pub(super) fn position(&self, value: f64) -> Option<f64> {
        self.plan.position(value)
    }

    /// How the tick at `position` is written.
    pub(super) fn tick(&self, position: f64) -> String {
        if self.plan.log {
            return self.log_tick(position);
        }
        let unit = self.plan.unit();
        let decimals = (-(self.step * unit).log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize;
        let text = number(position * unit, decimals);
        if self.plan.percent {
            return format!("{text}\u{202f}%");
        }
        text
    }

    fn log_tick(&self, position: f64) -> String {
        let exponent = position.floor() as i32;
        let whole = (position - position.round()).abs() < 1e-9;
        if whole && !(self.low >= -3.2 && self.high <= 4.2) {
            return format!("10{}", superscript(position.round() as i32));
        }
        let decimals = (-exponent).clamp(0, 9) as usize;
        number(10f64.powf(position), decimals)
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
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, position: &f64) -> String {
        self.tick(*position)
    }
}

/// 1, 2 or 5 times a power of ten, not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0);
    factor * power
}

/// 1, 2 and 5 times each power of ten from 10^low to 10^high.
fn between_decades(low: f64, high: f64) -> Vec<f64> {
    let decades = low.floor() as i32..=high.ceil() as i32;
    decades
        .flat_map(|decade| [1.0f64, 2.0, 5.0].map(|n| f64::from(decade) + n.log10()))
        .filter(|tick| (low - 1e-9..=high + 1e-9).contains(tick))
        .collect()
}

/// A number with its thousands apart and a true minus.
fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (sign, plain) = match plain.strip_prefix('-') {
        Some(rest) if rest.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => ("−", rest),
        Some(rest) => ("", rest),
        None => ("", plain.as_str()),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len() > 4 && (whole.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn superscript(number: i32) -> String {
    let digit = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        other => char::from_u32(other as u32 - '4' as u32 + '⁴' as u32).unwrap_or(other),
    };
    number.to_string().chars().map(digit).collect()
}
