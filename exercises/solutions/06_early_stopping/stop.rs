//! # When to stop, and what to keep
//!
//! Chapter: book/early_stopping.md
//!
//! Say which recorded cost was the best, and how many were looked at before patience ran out.
//!
//! # Why
//!
//! Only a new best resets the waiting; an equal cost is no progress. What is given back is the
//! best, not the last: the steps in between were only the price of knowing.

/// The index of the least dev cost so far, and the number of costs that were looked at:
/// training ends after `patience` costs in a row without a new least one, or with the last
/// cost.
pub fn stop(dev_costs: &[f64], patience: usize) -> (usize, usize) {
    let (mut best, mut waited) = (0, 0);
    for (index, cost) in dev_costs.iter().enumerate().skip(1) {
        if *cost < dev_costs[best] {
            best = index;
            waited = 0;
        } else {
            waited += 1;
        }
        if waited == patience {
            return (best, index + 1);
        }
    }
    (best, dev_costs.len())
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(costs: &[f64], patience: usize, expected: (usize, usize), idea: &str) {
        let got = stop(costs, patience);
        assert!(
            got == expected,
            "dev costs {costs:?}, patience {patience}: expected the best at {} of {} costs, got {} of {}. {idea}",
            expected.0,
            expected.1,
            got.0,
            got.1
        );
    }

    #[test]
    fn a_curve_that_turns_once() {
        check(
            &[0.9, 0.5, 0.3, 0.4, 0.5, 0.6],
            2,
            (2, 5),
            "Return the best, not the last; training ends after `patience` costs in a row that are no better.",
        );
    }

    #[test]
    fn patience_of_one() {
        check(
            &[0.9, 0.5, 0.6, 0.1],
            1,
            (1, 3),
            "The first cost that is not better ends it, and it has been looked at.",
        );
    }

    #[test]
    fn a_bump_that_is_shorter_than_patience() {
        check(
            &[0.9, 0.5, 0.6, 0.4, 0.5, 0.3],
            2,
            (5, 6),
            "Each new lowest cost restarts the wait.",
        );
    }

    #[test]
    fn better_than_the_last_is_not_yet_better_than_the_best() {
        check(
            &[0.5, 0.9, 0.8, 0.7, 0.2],
            3,
            (0, 4),
            "Compare with the least cost so far.",
        );
    }

    #[test]
    fn an_equal_cost_is_no_new_least_one() {
        check(
            &[0.5, 0.5, 0.5, 0.1],
            2,
            (0, 3),
            "To stand still is to wait.",
        );
    }

    #[test]
    fn patience_is_not_used_up() {
        let idea = "The run may end before patience does; the best is given back all the same.";
        check(&[0.9, 0.5, 0.4], 5, (2, 3), idea);
        check(&[0.9, 0.4, 0.5], 5, (1, 3), idea);
    }
}
