//! A plotters backend for inline SVG: colors by role, tenths of a unit, one path for all marks alike.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    rasterizer,
};

use super::role::{Pen, Role};

/// Backend units in a unit of the `viewBox`: plotters rounds to whole ones.
pub(super) const SCALE: f64 = 10.0;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Writes the elements of an SVG into a string.
pub(super) struct Svg<'a> {
    elements: &'a mut String,
    size: (u32, u32),
    attributes: String,
    path: String,
    /// Where the path ends.
    last: Option<BackendCoord>,
}

impl<'a> Svg<'a> {
    /// A backend of `size` backend units.
    pub(super) fn new(elements: &'a mut String, size: (u32, u32)) -> Self {
        Self { elements, size, attributes: String::new(), path: String::new(), last: None }
    }

    /// Draws a line through `points`, in one path with those before that look alike.
    fn path(
        &mut self,
        attributes: String,
        points: impl IntoIterator<Item = BackendCoord>,
        closed: bool,
    ) {
        if attributes != self.attributes {
            self.flush();
            self.attributes = attributes;
        }
        let mut first = None;
        for point in points {
            let step = match (self.last, first) {
                (None, _) => format!("M{}", pair(point)),
                (Some(last), None) => format!("m{}", pair(difference(point, last))),
                (Some(last), Some(_)) => step(difference(point, last)),
            };
            self.path.push_str(&step);
            self.last = Some(point);
            first = first.or(Some(point));
        }
        if closed && first.is_some() {
            self.path.push('z');
            self.last = first;
        }
    }

    fn flush(&mut self) {
        if !self.path.is_empty() {
            let _ = writeln!(self.elements, "<path {} d=\"{}\"/>", self.attributes, self.path);
        }
        self.path.clear();
        self.attributes.clear();
        self.last = None;
    }
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.flush();
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.fill_polygon(corners, style);
        }
        self.draw_path(corners.into_iter().chain([(left, top)]), style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        if style.color().alpha > 0.0 {
            self.path(stroke(style), path, false);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        if style.color().alpha > 0.0 {
            self.path(fill(style.color()), path, true);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if !fill {
            return rasterizer::draw_circle(self, center, radius, style, fill);
        }
        // A line of no length with round ends is a disc in a few bytes.
        let attributes = format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"round\"{}",
            Pen::from_color(style.color()).role.css(),
            tenths(2 * radius as i32),
            opacity(style.color())
        );
        self.path(attributes, [center, center], false);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        self.flush();
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let drop = match style.anchor().v_pos {
            VPos::Top => 0.75,
            VPos::Center => 0.35,
            VPos::Bottom => -0.2,
        };
        let baseline = y + (drop * style.size()).round() as i32;
        let pen = Pen::from_color(style.color());
        let halo = match pen.halo {
            true => format!(
                " stroke=\"{}\" stroke-width=\"4\" paint-order=\"stroke\"",
                Role::Paper.css()
            ),
            false => String::new(),
        };
        let _ = writeln!(
            self.elements,
            "<text x=\"{}\" y=\"{}\"{anchor} fill=\"{}\"{halo}>{}</text>",
            tenths(x),
            tenths(baseline),
            pen.role.css(),
            escaped(text)
        );
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(((text_width(text) * style.size()) as u32, style.size() as u32))
    }
}

/// The width of `text` in ems, in a wide sans-serif face: in others it leaves a little room.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(character_width).sum()
}

fn character_width(character: char) -> f64 {
    match character {
        '\u{202f}' | 'i' | 'j' | 'l' | 'I' | '\'' | '|' => 0.28,
        ' ' | '\u{a0}' | '.' | ',' | ':' | ';' | '/' | 'f' | 't' | '-' => 0.36,
        '(' | ')' | 'r' | '⁰'..='⁹' | '²'..='³' | '¹' | '⁻' | '₀'..='₉' => 0.41,
        's' | 'c' | 'z' => 0.55,
        'w' | '+' | '−' | '=' | '×' | '<' | '>' | '≤' | '≥' | '±' => 0.83,
        'm' | 'M' | 'W' | '%' | '@' | '→' | '…' | '—' => 0.97,
        'A'..='Z' => 0.72,
        '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => 1.0,
        _ => 0.635,
    }
}

/// Backend units as units of the `viewBox`.
fn tenths(units: i32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, tenth) = (units.abs() / 10, units.abs() % 10);
    if tenth == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{tenth}")
}

fn difference(to: BackendCoord, from: BackendCoord) -> BackendCoord {
    (to.0 - from.0, to.1 - from.1)
}

fn pair((x, y): BackendCoord) -> String {
    let separator = if y < 0 { "" } else { " " };
    format!("{}{separator}{}", tenths(x), tenths(y))
}

/// A straight line by this much.
fn step((x, y): BackendCoord) -> String {
    match (x, y) {
        (_, 0) => format!("h{}", tenths(x)),
        (0, _) => format!("v{}", tenths(y)),
        _ => format!("l{}", pair((x, y))),
    }
}

fn stroke<S: BackendStyle>(style: &S) -> String {
    let pen = Pen::from_color(style.color());
    let dash = match pen.dash.array() {
        "" => String::new(),
        array => format!(" stroke-dasharray=\"{array}\""),
    };
    format!(
        "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dash}{}",
        pen.role.css(),
        tenths(style.stroke_width() as i32),
        opacity(style.color())
    )
}

fn fill(color: BackendColor) -> String {
    format!("fill=\"{}\"{}", Pen::from_color(color).role.css(), opacity(color))
}

fn opacity(color: BackendColor) -> String {
    if color.alpha >= 1.0 {
        return String::new();
    }
    format!(" opacity=\"{}\"", color.alpha)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
