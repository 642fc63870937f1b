//! The math font, which browsers need to stretch brackets, sums and braces.

use std::fs;
use std::path::Path;

use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::errors::{Error, Result};

/// New Computer Modern Math, Regular, among the fonts that `typst-assets` carries.
const NUMBER: usize = 8;
const FILE: &str = "fonts/NewCMMath-Regular.woff2";

/// Writes the font beside the theme's `fonts/fonts.css`, once: it is made, so it is not committed.
///
/// # Errors
///
/// When the font cannot be made or written.
pub(crate) fn provide(config: &Config, root: &Path) -> Result<()> {
    let Some(html) = config.html_config() else {
        return Ok(());
    };
    let theme = html.theme_dir(root);
    let file = theme.join(FILE);
    if !theme.join("fonts/fonts.css").is_file() || file.is_file() {
        return Ok(());
    }
    let Some(font) = typst_assets::fonts().nth(NUMBER) else {
        return Err(Error::msg(
            "expected the math font in typst-assets, found none",
        ));
    };
    eprintln!("press: compressing the math font, once");
    let compressed = ttf2woff2::encode(font, ttf2woff2::BrotliQuality::default())?;
    // A build that is stopped midway must not leave half a font behind.
    let unfinished = file.with_extension("unfinished");
    fs::write(&unfinished, compressed)?;
    fs::rename(&unfinished, &file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{FILE, provide};
    use mdbook_preprocessor::config::{Config, HtmlConfig};
    use std::fs;

    fn html() -> Config {
        let mut config = Config::default();
        config.set("output.html", HtmlConfig::default()).unwrap();
        config
    }

    #[test]
    fn the_font_is_made_once_and_only_for_a_theme_that_names_it() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("theme").join(FILE);
        provide(&html(), root.path()).unwrap();
        assert!(!file.exists());

        fs::create_dir_all(root.path().join("theme/fonts")).unwrap();
        fs::write(root.path().join("theme/fonts/fonts.css"), "").unwrap();
        provide(&html(), root.path()).unwrap();
        assert!(fs::read(&file).unwrap().starts_with(b"wOF2"));

        fs::write(&file, "kept").unwrap();
        provide(&html(), root.path()).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"kept");
    }

    #[test]
    fn the_font_is_the_one_that_the_style_sheet_names() {
        let font = typst_assets::fonts().nth(super::NUMBER).unwrap();
        let name = "NewComputerModern Math"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<u8>>();
        assert!(font.windows(name.len()).any(|window| window == name));
    }
}
