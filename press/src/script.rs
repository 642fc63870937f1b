//! The script with the widgets, which the pages load.

use std::path::Path;

use bundle::{Bundle, Error};

use crate::notice;

/// Where the script comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// It is compiled from the present code.
    Compiled,
    /// It is what lies in the book.
    Found,
}

impl Script {
    /// The version of the script, if there is one; it is there before mdBook copies the book's
    /// files. A script that no chapter wants is removed.
    ///
    /// # Errors
    ///
    /// What does not compile, and what cannot be read or written.
    pub(crate) fn version(self, root: &Path, is_wanted: bool) -> Result<Option<String>, Error> {
        if !is_wanted {
            bundle::remove(root)?;
            return Ok(None);
        }
        match self {
            Self::Compiled => compile(root),
            Self::Found => bundle::version(root),
        }
    }
}

fn compile(root: &Path) -> Result<Option<String>, Error> {
    let doing = "compiling the widgets to WebAssembly";
    match notice::unless_soon(doing, || bundle::build(root))? {
        Bundle::Built { version } => Ok(Some(version)),
        Bundle::NoTarget => {
            eprintln!(
                "press: the widgets stay pictures, since no compiler for WebAssembly was found: \
                 `rustup target add wasm32-unknown-unknown` adds one"
            );
            Ok(None)
        }
    }
}
