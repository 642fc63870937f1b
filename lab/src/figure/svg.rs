//! A plotters backend for inline SVG: colors by role, tenths of a unit, one path for all marks alike.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
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
}

impl<'a> Svg<'a> {
    /// A backend of `size` backend units.
    pub(super) fn new(elements: &'a mut String, size: (u32, u32)) -> Self {
        Self {
            elements,
            size,
            attributes: String::new(),
            path: String::new(),
        }
    }

    /// Draws `path`, together with the one before if that looks alike.
    fn path(&mut self, attributes: String, path: &str) {
        if attributes != self.attributes {
            self.flush();
            self.attributes = attributes;
        }
        self.path.push_str(path);
    }

    fn flush(&mut self) {
        if !self.path.is_empty() {
            let _ = writeln!(
                self.elements,
                "<path {} d=\"{}\"/>",
                self.attributes, self.path
            );
        }
        self.path.clear();
        self.attributes.clear();
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
            self.path(stroke(style), &outline(path));
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        if style.color().alpha > 0.0 {
            self.path(fill(style.color()), &(outline(path) + "z"));
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
        let radius = radius as i32;
        if !fill {
            let arc = format!("a{0} {0} 0 1 1 ", tenths(radius));
            let circle = format!(
                "M{} {}{arc}{} 0{arc}{} 0z",
                tenths(center.0 - radius),
                tenths(center.1),
                tenths(2 * radius),
                tenths(-2 * radius),
            );
            self.path(stroke(style), &circle);
            return Ok(());
        }
        // A line of no length with round ends is a disc in a few bytes.
        let attributes = format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"round\"{}",
            Pen::from_color(style.color()).role.css(),
            tenths(2 * radius),
            opacity(style.color())
        );
        let disc = format!("M{} {}h0", tenths(center.0), tenths(center.1));
        self.path(attributes, &disc);
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
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor} fill=\"{}\"{halo}>{}</text>",
            tenths(x),
            tenths(baseline),
            tenths(style.size().round() as i32),
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
        Ok((
            (text_width(text) * style.size()) as u32,
            style.size() as u32,
        ))
    }
}

/// The width of `text` in ems, by the usual proportions of sans-serif faces.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(character_width).sum()
}

fn character_width(character: char) -> f64 {
    match character {
        '\u{202f}' => 0.2,
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' => 0.28,
        ' ' | '\u{a0}' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '/' | '-' => 0.36,
        '⁰'..='⁹' | '²' | '³' | '¹' | '⁻' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.88,
        'A'..='Z' => 0.68,
        '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => 1.0,
        _ => 0.58,
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

/// A path through the points, in relative steps, which are the shortest.
fn outline(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut path = String::new();
    let mut last: Option<BackendCoord> = None;
    for (x, y) in points {
        let step = match last {
            None => format!("M{} {}", tenths(x), tenths(y)),
            Some((px, py)) if y == py => format!("h{}", tenths(x - px)),
            Some((px, py)) if x == px => format!("v{}", tenths(y - py)),
            Some((px, py)) => format!("l{} {}", tenths(x - px), tenths(y - py)),
        };
        path.push_str(&step);
        last = Some((x, y));
    }
    path
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
    format!(
        "fill=\"{}\"{}",
        Pen::from_color(color).role.css(),
        opacity(color)
    )
}

fn opacity(color: BackendColor) -> String {
    if color.alpha >= 1.0 {
        return String::new();
    }
    format!(" opacity=\"{}\"", color.alpha)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
