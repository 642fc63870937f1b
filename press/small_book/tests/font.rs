//! The math font, which browsers need to stretch brackets, sums and braces. It is committed, since
//! compressing it takes two crates and some seconds that no reader has to wait for.
#![allow(clippy::unwrap_used, reason = "all of this is test code")]

use std::fs;
use std::path::Path;

/// New Computer Modern Math, Regular, among the fonts that `typst-assets` carries.
const NUMBER: usize = 8;

#[test]
fn the_font_is_that_of_its_crate_compressed() {
    let font = typst_assets::fonts().nth(NUMBER).unwrap();
    let made = ttf2woff2::encode(font, ttf2woff2::BrotliQuality::default()).unwrap();
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../theme/fonts");
    let file = theme.join("NewCMMath-Regular.woff2");
    if !fs::read(&file).is_ok_and(|committed| committed == made) {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("NewCMMath-Regular.woff2");
        fs::write(&fresh, made).unwrap();
        panic!("{} is not {}", file.display(), fresh.display());
    }
}

#[test]
fn the_font_is_the_one_that_the_style_sheet_names() {
    let font = typst_assets::fonts().nth(NUMBER).unwrap();
    let name = "NewComputerModern Math"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect::<Vec<u8>>();
    assert!(font.windows(name.len()).any(|window| window == name));
}
