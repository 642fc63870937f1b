//! A schedule of the learning rate, as it is written after `--schedule`.

use trainable::prelude::Schedule;

use super::within;

/// What there is, for whoever wrote something else.
const ALL: &str = "expected constant, inverse-time:DECAY, exponential:FACTOR, inverse-root:K, \
                   staircase:FACTOR,EVERY, warm-up:OVER, cosine:OVER[,LEAST] or \
                   linear:OVER[,LEAST], such as cosine:100,0.01, or several one after the other, \
                   such as warm-up:5+cosine:95 or constant*20+cosine:80";

/// A schedule, and how long it takes to come to its end if it has one.
type Part = (Schedule, Option<usize>);

/// Parts joined by `+`, then `@epoch` or `@step` if one of them is said.
pub fn schedule(text: &str) -> Result<Schedule, String> {
    let (parts, unit) = match text.split_once('@') {
        Some((parts, unit)) => (parts, unit),
        None => (text, "epoch"),
    };
    let by_step = match unit {
        "epoch" => false,
        "step" => true,
        _ => {
            return Err(format!(
                "`@{unit}` at the end: expected @epoch or @step, such as cosine:100@step"
            ));
        }
    };
    let mut parts = parts.rsplit('+');
    let mut whole = last(parts.next().unwrap_or_default())?;
    for text in parts {
        let (schedule, length) = followed(text)?;
        whole = schedule.then(length, whole);
    }
    Ok(match by_step {
        true => whole.by_step(),
        false => whole,
    })
}

/// The part that lasts to the end of the run.
fn last(text: &str) -> Result<Schedule, String> {
    match text.contains('*') {
        true => Err(format!(
            "`{text}`: expected no length in the last part, which lasts to the end of the run, \
             such as constant*20+cosine:80"
        )),
        false => Ok(part(text)?.0),
    }
}

/// A part that another one follows, and its length.
fn followed(text: &str) -> Result<(Schedule, usize), String> {
    let Some((text, length)) = text.split_once('*') else {
        let (schedule, own) = part(text)?;
        let length = own.ok_or_else(|| {
            format!("`{text}`: expected its length before the next part, such as {text}*20")
        })?;
        return Ok((schedule, length));
    };
    let (schedule, _) = part(text)?;
    let whole = count(length).ok_or_else(|| {
        format!("`*{length}`: expected a length that is a whole number from 1, such as {text}*20")
    })?;
    Ok((schedule, whole))
}

/// One schedule.
fn part(text: &str) -> Result<Part, String> {
    let (name, settings) = match text.split_once(':') {
        Some((name, settings)) => (name, settings.split(',').collect()),
        None => (text, Vec::new()),
    };
    let usage = usage(name).ok_or_else(|| format!("`{text}`: {ALL}"))?;
    named(name, &settings).ok_or_else(|| format!("`{text}`: expected {usage}"))
}

/// The schedule of this name; none if its settings are not as they have to be.
fn named(name: &str, settings: &[&str]) -> Option<Part> {
    match (name, settings) {
        ("constant", []) => Some((Schedule::Constant, None)),
        ("inverse-time", [decay]) => {
            let decay = within(decay, |d: &f64| d.is_finite() && *d >= 0.0)?;
            Some((Schedule::InverseTime { decay }, None))
        }
        ("exponential", [f]) => Some((Schedule::Exponential { factor: factor(f)? }, None)),
        ("inverse-root", [k]) => {
            let k = within(k, |k: &f64| k.is_finite() && *k > 0.0)?;
            Some((Schedule::InverseRoot { k }, None))
        }
        ("staircase", [f, every]) => {
            let (factor, every) = (factor(f)?, count(every)?);
            Some((Schedule::Staircase { factor, every }, None))
        }
        ("warm-up", [over]) => {
            let over = count(over)?;
            Some((Schedule::WarmUp { over }, Some(over)))
        }
        ("cosine", [over, least @ ..]) => {
            let (over, least) = (count(over)?, least_of(least)?);
            Some((Schedule::Cosine { over, least }, Some(over)))
        }
        ("linear", [over, least @ ..]) => {
            let (over, least) = (count(over)?, least_of(least)?);
            Some((Schedule::Linear { over, least }, Some(over)))
        }
        _ => None,
    }
}

/// How the schedule of this name is written; none of no schedule.
fn usage(name: &str) -> Option<&'static str> {
    Some(match name {
        "constant" => "constant, without settings, such as constant or constant*20+cosine:80",
        "inverse-time" => {
            "inverse-time:DECAY with a finite DECAY of at least 0, such as inverse-time:0.01"
        }
        "exponential" => {
            "exponential:FACTOR with a FACTOR above 0 and at most 1, such as exponential:0.99"
        }
        "inverse-root" => "inverse-root:K with a finite K above 0, such as inverse-root:1",
        "staircase" => {
            "staircase:FACTOR,EVERY with a FACTOR above 0 and at most 1 and a whole number EVERY \
             from 1, such as staircase:0.5,100"
        }
        "warm-up" => "warm-up:OVER with a whole number OVER from 1, such as warm-up:5",
        "cosine" => {
            "cosine:OVER or cosine:OVER,LEAST with a whole number OVER from 1 and a LEAST from 0 \
             to 1, such as cosine:100,0.01"
        }
        "linear" => {
            "linear:OVER or linear:OVER,LEAST with a whole number OVER from 1 and a LEAST from 0 \
             to 1, such as linear:100,0.01"
        }
        _ => return None,
    })
}

/// What is left of the rate at the end: nothing, if nothing is said.
fn least_of(settings: &[&str]) -> Option<f64> {
    match settings {
        [] => Some(0.0),
        [least] => within(least, |least: &f64| (0.0..=1.0).contains(least)),
        _ => None,
    }
}

fn factor(text: &str) -> Option<f64> {
    within(text, |factor: &f64| *factor > 0.0 && *factor <= 1.0)
}

fn count(text: &str) -> Option<usize> {
    within(text, |n: &usize| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSINE: Schedule = Schedule::Cosine { over: 80, least: 0.0 };

    #[test]
    fn schedules_are_read_by_name() {
        let staircase = Schedule::Staircase { factor: 0.5, every: 100 };
        let linear = Schedule::Linear { over: 10, least: 0.25 };
        for (text, expected) in [
            ("constant", Schedule::Constant),
            ("constant@epoch", Schedule::Constant),
            ("inverse-time:0.01", Schedule::InverseTime { decay: 0.01 }),
            ("exponential:1", Schedule::Exponential { factor: 1.0 }),
            ("inverse-root:1e-1", Schedule::InverseRoot { k: 0.1 }),
            ("staircase:0.5,100", staircase),
            ("warm-up:5", Schedule::WarmUp { over: 5 }),
            ("cosine:80", COSINE),
            ("linear:10,0.25", linear),
            ("cosine:80@step", COSINE.by_step()),
        ] {
            assert_eq!(schedule(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn parts_follow_each_other() {
        let warm_up = || Schedule::WarmUp { over: 5 };
        for (text, expected) in [
            ("warm-up:5+cosine:80", warm_up().then(5, COSINE)),
            ("warm-up:5*9+cosine:80", warm_up().then(9, COSINE)),
            ("constant*20+cosine:80", Schedule::Constant.then(20, COSINE)),
            (
                "warm-up:5+constant*10+cosine:80@step",
                warm_up().then(5, Schedule::Constant.then(10, COSINE)).by_step(),
            ),
            ("cosine:80+exponential:0.5", COSINE.then(80, Schedule::Exponential { factor: 0.5 })),
        ] {
            assert_eq!(schedule(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_an_example() {
        for (text, expected) in [
            ("", "expected constant, inverse-time:DECAY"),
            ("Cosine:5", "expected constant, inverse-time:DECAY"),
            ("step", "expected constant, inverse-time:DECAY"),
            ("cosine:5+", "expected constant, inverse-time:DECAY"),
            ("+cosine:5", "expected constant, inverse-time:DECAY"),
            ("warm-up:5 + cosine:95", "expected"),
            ("constant:", "expected constant, without settings"),
            ("constant:1", "expected constant, without settings"),
            ("inverse-time", "expected inverse-time:DECAY"),
            ("inverse-time:-1", "expected inverse-time:DECAY"),
            ("inverse-time:nan", "expected inverse-time:DECAY"),
            ("inverse-time:inf", "expected inverse-time:DECAY"),
            ("exponential:0", "expected exponential:FACTOR"),
            ("exponential:1.1", "expected exponential:FACTOR"),
            ("exponential:nan", "expected exponential:FACTOR"),
            ("inverse-root:0", "expected inverse-root:K"),
            ("staircase:0.5", "expected staircase:FACTOR,EVERY"),
            ("staircase:0.5,0", "expected staircase:FACTOR,EVERY"),
            ("staircase:0.5,1.5", "expected staircase:FACTOR,EVERY"),
            ("warm-up:0", "expected warm-up:OVER"),
            ("warm-up:5,1", "expected warm-up:OVER"),
            ("cosine", "expected cosine:OVER"),
            ("cosine:-5", "expected cosine:OVER"),
            ("cosine:5,1.5", "expected cosine:OVER"),
            ("cosine:5,0.1,2", "expected cosine:OVER"),
            ("linear:five", "expected linear:OVER"),
            ("cosine:5@day", "expected @epoch or @step"),
            ("cosine:5@", "expected @epoch or @step"),
            ("constant@step+cosine:5", "expected @epoch or @step"),
            ("constant+cosine:5", "such as constant*20"),
            ("constant*0+cosine:5", "a whole number from 1"),
            ("constant*x+cosine:5", "a whole number from 1"),
            ("warm-up:5*2*3+cosine:5", "a whole number from 1"),
            ("cosine:5*20", "expected no length in the last part"),
        ] {
            let refused = schedule(text).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
            assert!(refused.contains("such as"), "{text}: {refused}");
        }
    }
}
