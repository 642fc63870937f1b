//! LaTeX to MathML.

use math_core::{LatexToMathML, MathDisplay};

use crate::html;

/// A formula in running text, which no line break parts from the punctuation `after` it.
///
/// # Errors
///
/// Says what does not parse, and the formula.
pub(crate) fn in_line(tex: &str, after: &str) -> Result<String, String> {
    const WORD_JOINER: char = '\u{2060}';
    let mut formula = typeset(tex, MathDisplay::Inline)?;
    if after.starts_with(['.', ',', ';', ':', '!', '?', ')', '-', '’', '”', '%']) {
        formula.push(WORD_JOINER);
    }
    Ok(formula)
}

/// A formula as MathML that Markdown leaves alone.
///
/// # Errors
///
/// Says what does not parse, and the formula.
pub(crate) fn typeset(tex: &str, display: MathDisplay) -> Result<String, String> {
    let tex = tex.trim();
    if tex.is_empty() {
        return Err("expected a formula, found none".to_owned());
    }
    match LatexToMathML::default().convert_with_local_state(tex, display) {
        Ok(result) => Ok(html::armor(&result.mathml)),
        Err(error) => Err(format!("the formula `{tex}` does not parse: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{in_line, typeset};
    use math_core::MathDisplay;

    #[test]
    fn a_formula_becomes_one_line_of_mathml() {
        let formula = typeset("w_i =\n\\frac{1}{n}", MathDisplay::Inline).unwrap();
        assert!(formula.starts_with("<math>"), "{formula}");
        assert!(formula.contains("<mfrac>"), "{formula}");
        assert!(!formula.contains('\n'), "{formula}");
    }

    #[test]
    fn punctuation_stays_with_its_formula() {
        assert!(in_line("x", ", and").unwrap().ends_with("</math>\u{2060}"));
        assert!(in_line("x", " and").unwrap().ends_with("</math>"));
        assert!(in_line("\\frac", "").is_err());
    }

    #[test]
    fn what_does_not_parse_is_named() {
        let error = typeset("\\frac{1}", MathDisplay::Block).unwrap_err();
        assert!(error.contains("`\\frac{1}` does not parse"), "{error}");
        assert!(typeset(" ", MathDisplay::Inline).is_err());
        assert!(typeset("\\nonsense", MathDisplay::Inline).is_err());
    }
}
