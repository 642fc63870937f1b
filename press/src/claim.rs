//! A claim whose verdict no rule has set, as a call-out.

use lab::outcome::{Claim, Verdict};

use crate::inline;
use crate::place::Place;

/// The call-out as one line of HTML.
///
/// # Errors
///
/// Says which text's math does not parse.
pub(crate) fn render(claim: &Claim, place: &Place) -> Result<String, String> {
    let anchor = &place.anchor;
    let said_by = inline::render(&claim.said_by)?;
    let statement = inline::render(&claim.statement)?;
    let measured = inline::render(&claim.measured)?;
    let reason = inline::render(&claim.reason)?;
    Ok(format!(
        "<div class=\"claim {}\" id=\"{anchor}\" role=\"note\">\
         <p><strong>Claim</strong> <span class=\"said-by\">({said_by})</span>: {statement}</p>\
         <p><strong>Measured:</strong> {measured}</p>\
         <p class=\"reason\">{} {reason}</p></div>",
        class(claim.verdict),
        verdict(claim.verdict, "."),
    ))
}

/// The verdict as a symbol and in words, so that nothing hangs on color.
pub(crate) fn verdict(verdict: Verdict, stop: &str) -> String {
    let symbol = match verdict {
        Verdict::Holds => "✓",
        Verdict::HoldsWithCondition => "◐",
        Verdict::DoesNotHold => "✗",
    };
    format!(
        "<strong class=\"verdict\"><span aria-hidden=\"true\">{symbol}</span> {}{stop}</strong>",
        verdict.words()
    )
}

pub(crate) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::HoldsWithCondition => "holds-with-condition",
        Verdict::DoesNotHold => "does-not-hold",
    }
}
