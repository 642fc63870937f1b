//! The name that was probably meant.

/// `: the nearest is …` for an error about `name`, or that there is none.
pub(crate) fn hint<S: AsRef<str>>(name: &str, existing: impl IntoIterator<Item = S>) -> String {
    let best = existing
        .into_iter()
        .map(|candidate| {
            let score = strsim::normalized_damerau_levenshtein(name, candidate.as_ref());
            (score, candidate)
        })
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    match best {
        Some((_, candidate)) => format!("; the nearest is `{}`", candidate.as_ref()),
        None => "; there is none yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(
            hint("he/boundry", ["he/cost", "he/boundary", "zeros/boundary"]),
            "; the nearest is `he/boundary`"
        );
    }

    #[test]
    fn nothing_is_suggested_where_nothing_exists() {
        assert_eq!(hint::<&str>("he/cost", []), "; there is none yet");
    }
}
