//! What a color stands for.

use plotters::style::Color;
use plotters_backend::BackendColor;

/// What a color stands for: a CSS custom property of the theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Text and axes.
    Ink,
    /// Grid lines.
    Faint,
    /// The background.
    Paper,
    /// Points of class 0.
    Class0,
    /// Points of class 1.
    Class1,
    /// Where class 0 is predicted.
    Class0Region,
    /// Where class 1 is predicted.
    Class1Region,
    /// The training set.
    Train,
    /// The development set.
    Dev,
    /// The test set.
    Test,
    /// Weights that begin as zeros.
    Zeros,
    /// Weights that begin large.
    Large,
    /// Weights that begin small.
    Small,
    /// Xavier initialization.
    Xavier,
    /// Glorot initialization.
    Glorot,
    /// He initialization.
    He,
    /// This library, beside others.
    Ours,
    /// NumPy.
    NumPy,
    /// PyTorch.
    PyTorch,
    /// Lines of equal value.
    Level,
    /// Inputs as they come.
    Raw,
    /// Normalized inputs.
    Normalized,
}

impl Role {
    const ALL: [Self; 22] = [
        Self::Ink,
        Self::Faint,
        Self::Paper,
        Self::Class0,
        Self::Class1,
        Self::Class0Region,
        Self::Class1Region,
        Self::Train,
        Self::Dev,
        Self::Test,
        Self::Zeros,
        Self::Large,
        Self::Small,
        Self::Xavier,
        Self::Glorot,
        Self::He,
        Self::Ours,
        Self::NumPy,
        Self::PyTorch,
        Self::Level,
        Self::Raw,
        Self::Normalized,
    ];

    /// The color in CSS, for light pages where the theme does not define it.
    pub(super) fn css(self) -> &'static str {
        match self {
            Self::Ink => "var(--ink, #1a1a1a)",
            Self::Faint => "var(--faint, #d0d0d0)",
            Self::Paper => "var(--paper, #ffffff)",
            Self::Class0 => "var(--class-0, #0072b2)",
            Self::Class1 => "var(--class-1, #d55e00)",
            Self::Class0Region => "var(--class-0-region, #cfe3f1)",
            Self::Class1Region => "var(--class-1-region, #f8ddc8)",
            Self::Train => "var(--train, #0072b2)",
            Self::Dev => "var(--dev, #a8527f)",
            Self::Test => "var(--test, #d55e00)",
            Self::Zeros => "var(--zeros, #767676)",
            Self::Large => "var(--large, #d55e00)",
            Self::Small => "var(--small, #a8527f)",
            Self::Xavier => "var(--xavier, #0072b2)",
            Self::Glorot => "var(--glorot, #007a58)",
            Self::He => "var(--he, #1a1a1a)",
            Self::Ours => "var(--ours, #0072b2)",
            Self::NumPy => "var(--numpy, #d55e00)",
            Self::PyTorch => "var(--pytorch, #a8527f)",
            Self::Level => "var(--level, #9a9a9a)",
            Self::Raw => "var(--raw, #d55e00)",
            Self::Normalized => "var(--normalized, #0072b2)",
        }
    }

    /// The name of its color in the theme, without the dashes before it.
    pub(super) fn name(self) -> &'static str {
        let name = self
            .css()
            .strip_prefix("var(--")
            .and_then(|name| name.split(',').next());
        name.unwrap_or_default()
    }

    /// The dashes that tell this role's line from others without color.
    pub(super) fn dash(self) -> Dash {
        match self {
            Self::Dev | Self::Xavier | Self::NumPy => Dash::Long,
            Self::Test | Self::Large | Self::Raw => Dash::Short,
            Self::Glorot | Self::PyTorch => Dash::OneDot,
            Self::Zeros => Dash::Dots,
            Self::Small => Dash::TwoDots,
            _ => Dash::Solid,
        }
    }
}

/// A pattern of dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dash {
    Solid,
    Long,
    Short,
    OneDot,
    Dots,
    TwoDots,
}

impl Dash {
    pub(super) const ALL: [Self; 6] = [
        Self::Solid,
        Self::Long,
        Self::Short,
        Self::OneDot,
        Self::Dots,
        Self::TwoDots,
    ];

    /// What it is called in the record of a figure.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Long => "long-dashed",
            Self::Short => "short-dashed",
            Self::OneDot => "dash-dotted",
            Self::Dots => "dotted",
            Self::TwoDots => "dash-dot-dotted",
        }
    }

    /// SVG's `stroke-dasharray`, or nothing for a solid line.
    pub(super) fn array(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Long => "10 4",
            Self::Short => "5 3",
            Self::OneDot => "9 3 2 3",
            Self::Dots => "2 3",
            Self::TwoDots => "9 3 2 3 2 3",
        }
    }
}

/// A role and the way it is drawn, on their way through plotters' colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) role: Role,
    pub(super) dash: Dash,
    /// Whether text has a rim of paper, which keeps lines away from it.
    pub(super) halo: bool,
}

impl Pen {
    /// What [`Color`] made of a pen.
    pub(super) fn from_color(color: BackendColor) -> Self {
        let (role, dash, halo) = color.rgb;
        Self {
            role: Role::ALL
                .get(usize::from(role))
                .copied()
                .unwrap_or(Role::Ink),
            dash: Dash::ALL
                .get(usize::from(dash))
                .copied()
                .unwrap_or(Dash::Solid),
            halo: halo > 0,
        }
    }
}

impl From<Role> for Pen {
    fn from(role: Role) -> Self {
        Self {
            role,
            dash: Dash::Solid,
            halo: false,
        }
    }
}

/// plotters knows red, green and blue: they carry a pen's parts to the backend.
impl Color for Pen {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor {
            alpha: 1.0,
            rgb: (self.role as u8, self.dash as u8, self.halo.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pen_survives_plotters() {
        for role in Role::ALL {
            for dash in Dash::ALL {
                let pen = Pen {
                    role,
                    dash,
                    halo: true,
                };
                assert_eq!(Pen::from_color(pen.to_backend_color()), pen);
            }
        }
    }

    #[test]
    fn the_theme_defines_each_color_with_our_fallback_for_light_pages() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../theme/trainable.css");
        let theme = std::fs::read_to_string(path).unwrap();
        for role in Role::ALL {
            let css = role.css().trim_start_matches("var(").trim_end_matches(')');
            let (name, color) = css.split_once(", ").unwrap();
            let defined = theme.contains(&format!("{name}: light-dark({color},"));
            assert!(defined, "{name}: {color}");
        }
    }
}
