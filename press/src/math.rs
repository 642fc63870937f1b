//! LaTeX to MathML.

use std::panic;

use math_core::{LatexToMathML, MathDisplay};

use crate::html;
use crate::layout::Formula;

/// A formula of a chapter, which no line break parts from the punctuation after it.
///
/// # Errors
///
/// Says what does not parse, and the formula.
pub(crate) fn formula(formula: &Formula) -> Result<String, String> {
    let mathml = typeset(&formula.tex, formula.display)?;
    if formula.after.is_empty() {
        return Ok(mathml);
    }
    let after = html::armor(&formula.after);
    Ok(format!("<span class=\"glued\">{mathml}{after}</span>"))
}

/// A formula as MathML that Markdown leaves alone.
///
/// # Errors
///
/// Says what does not parse, and the formula.
fn typeset(tex: &str, display: MathDisplay) -> Result<String, String> {
    let tex = tex.trim();
    if tex.is_empty() {
        return Err("expected a formula, found none".to_owned());
    }
    let does_not_parse = |why: &str| format!("the formula `{tex}` does not parse: {why}");
    // The converter panics on a few of the formulas that it should refuse, such as a bare `&`, or
    // `\textstyle` before one.
    let converted =
        panic::catch_unwind(|| LatexToMathML::default().convert_with_local_state(tex, display));
    match converted {
        Ok(Ok(result)) => Ok(html::armor(&result.mathml)),
        Ok(Err(error)) => Err(does_not_parse(&error.to_string())),
        Err(_) => Err(does_not_parse(
            "expected each `&` in an environment, and `\\textstyle` in braces with what it is \
             about",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{formula, typeset};
    use crate::layout::Formula;
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
        let written = Formula {
            range: 0..6,
            tex: "x".to_owned(),
            display: MathDisplay::Inline,
            after: "),".to_owned(),
        };
        assert_eq!(
            formula(&written).unwrap(),
            "<span class=\"glued\"><math><mi>x</mi></math>&#41;&#44;</span>"
        );
    }

    #[test]
    fn what_does_not_parse_is_named() {
        let error = typeset("\\frac{1}", MathDisplay::Block).unwrap_err();
        assert!(error.contains("`\\frac{1}` does not parse"), "{error}");
        assert!(typeset(" ", MathDisplay::Inline).is_err());
        assert!(typeset("\\nonsense", MathDisplay::Inline).is_err());
        assert!(typeset("a & b", MathDisplay::Inline).is_err());
        let row = "\\begin{aligned} a &= \\textstyle b \\\\ c &= d \\end{aligned}";
        assert!(typeset(row, MathDisplay::Block).is_err());
    }
}
