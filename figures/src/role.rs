//! What a color stands for.

use plotters::style::Color;
use plotters_backend::BackendColor;

pub(super) use super::shape::Dash;
use super::shape::Marker;

/// How a role looks. The theme's CSS and the script of the live figures are generated from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The CSS custom property, without the dashes before it.
    pub(super) name: &'static str,
    /// Its color on light pages, which is also the fallback.
    pub(super) light: &'static str,
    /// Its color on dark pages.
    pub(super) dark: &'static str,
    /// The dashes that tell its lines from others without color.
    pub(super) dash: Dash,
    /// The mark that tells its points from others without color.
    pub(super) marker: Marker,
    css: &'static str,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident: $name:literal $light:literal $dark:literal $dash:ident $marker:ident;)*) => {
        /// What a color stands for: a CSS custom property of the theme.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$doc])* $role),* }

        impl Role {
            /// All of them.
            pub(super) const ALL: &[Self] = &[$(Self::$role),*];

            /// How it looks.
            pub(super) fn look(self) -> Look {
                match self {
                    $(Self::$role => Look {
                        name: $name,
                        light: $light,
                        dark: $dark,
                        dash: Dash::$dash,
                        marker: Marker::$marker,
                        css: concat!("var(--", $name, ", ", $light, ")"),
                    }),*
                }
            }
        }
    };
}

roles! {
    /// The background.
    Paper: "paper" "#ffffff" "#14171c" Solid Disc;
    /// Text and axes.
    Ink: "ink" "#1a1a1a" "#e4e6ea" Solid Disc;
    /// Grid lines.
    Faint: "faint" "#d0d0d0" "#3b414b" Solid Disc;
    /// Points of class 0.
    Class0: "class-0" "#0072b2" "#56b4e9" Solid Disc;
    /// Points of class 1.
    Class1: "class-1" "#d55e00" "#f0954a" Solid Cross;
    /// Where class 0 is predicted.
    Class0Region: "class-0-region" "#cfe3f1" "#16374d" Solid Disc;
    /// Where class 1 is predicted.
    Class1Region: "class-1-region" "#f8ddc8" "#4d2f17" Solid Disc;
    /// The training set.
    Train: "train" "#0072b2" "#56b4e9" Solid Disc;
    /// The development set.
    Dev: "dev" "#a8527f" "#dd93bb" Long Square;
    /// The test set.
    Test: "test" "#d55e00" "#f0954a" Short Diamond;
    /// Weights that begin as zeros.
    Zeros: "zeros" "#767676" "#a3a3a3" Dots Cross;
    /// Weights that begin large.
    Large: "large" "#d55e00" "#f0954a" Short Up;
    /// Weights that begin small.
    Small: "small" "#a8527f" "#dd93bb" TwoDots Down;
    /// Xavier initialization.
    Xavier: "xavier" "#0072b2" "#56b4e9" Long Square;
    /// Glorot initialization.
    Glorot: "glorot" "#007a58" "#2bc79b" OneDot Diamond;
    /// He initialization.
    He: "he" "#1a1a1a" "#f0f0f0" Solid Disc;
    /// This library, beside others.
    Ours: "ours" "#0072b2" "#56b4e9" Solid Disc;
    /// NumPy.
    NumPy: "numpy" "#d55e00" "#f0954a" Long Disc;
    /// PyTorch.
    PyTorch: "pytorch" "#a8527f" "#dd93bb" OneDot Disc;
    /// JAX.
    Jax: "jax" "#007a58" "#2bc79b" TwoDots Disc;
    /// Lines of equal value.
    Level: "level" "#9a9a9a" "#7d838c" Solid Disc;
    /// Inputs as they come.
    Raw: "raw" "#d55e00" "#f0954a" Short Up;
    /// Normalized inputs.
    Normalized: "normalized" "#0072b2" "#56b4e9" Solid Disc;
    /// The first of several series without a meaning of their own.
    Series1: "series-1" "#1a1a1a" "#f0f0f0" Solid Disc;
    /// The second.
    Series2: "series-2" "#0072b2" "#56b4e9" Long Square;
    /// The third.
    Series3: "series-3" "#d55e00" "#f0954a" Short Up;
    /// The fourth.
    Series4: "series-4" "#007a58" "#2bc79b" OneDot Diamond;
    /// The fifth.
    Series5: "series-5" "#a8527f" "#dd93bb" TwoDots Down;
    /// The sixth.
    Series6: "series-6" "#767676" "#a3a3a3" Dots Cross;
}

impl Role {
    /// The color in CSS, with the light page's where the theme does not define it.
    pub(super) fn css(self) -> &'static str {
        self.look().css
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
        let role = Role::ALL.get(usize::from(role)).copied();
        let dash = Dash::ALL.get(usize::from(dash)).copied();
        Self { role: role.unwrap_or(Role::Ink), dash: dash.unwrap_or(Dash::Solid), halo: halo > 0 }
    }
}

impl From<Role> for Pen {
    fn from(role: Role) -> Self {
        Self { role, dash: Dash::Solid, halo: false }
    }
}

/// plotters knows red, green and blue: they carry a pen's parts to the backend.
impl Color for Pen {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (self.role as u8, self.dash as u8, self.halo.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pen_survives_plotters() {
        for role in Role::ALL.iter().copied() {
            for dash in Dash::ALL {
                let pen = Pen { role, dash, halo: true };
                assert_eq!(Pen::from_color(pen.to_backend_color()), pen);
            }
        }
    }
}
