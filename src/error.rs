//! What can be wrong with the input, said so that it can be put right.

/// The library's one error type: what was expected and what came.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A data set, or an input, without an example.
    #[error("expected at least one example, got none")]
    NoExamples,

    /// An array of the wrong shape.
    #[error("{what}: expected {expected}, got {got}")]
    Shape {
        /// The array.
        what: &'static str,
        /// Its expected shape, in words.
        expected: String,
        /// The shape that came.
        got: String,
    },

    /// A label that is no class's number.
    #[error("expected labels {}, got {label} for example {example}", labels(*classes))]
    Label {
        /// Index of the example, from 0.
        example: usize,
        /// The label that came.
        label: f64,
        /// The number of classes.
        classes: usize,
    },

    /// A number that is infinite or not a number where only finite ones make sense.
    #[error("{what}: expected finite numbers, got {got} at row {row}, column {column}")]
    NotFinite {
        /// The array.
        what: &'static str,
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The number that came.
        got: f64,
    },

    /// A setting outside its range.
    #[error("{what}: expected {expected}, got {got}")]
    OutOfRange {
        /// The setting.
        what: &'static str,
        /// Its range, in words.
        expected: &'static str,
        /// The number that came.
        got: f64,
    },

    /// Fewer examples than were asked for.
    #[error("expected a data set of at least {wanted} examples, got {available}")]
    TooFewExamples {
        /// The examples asked for.
        wanted: usize,
        /// The examples there are.
        available: usize,
    },

    /// A feature that does not vary, where something is divided by its standard deviation.
    #[error(
        "expected features that vary, got the value {value} for feature {feature} in all of \
         {examples} examples: leave it out"
    )]
    ZeroVariance {
        /// Index of the feature, from 0.
        feature: usize,
        /// Its first value.
        value: f64,
        /// The number of examples.
        examples: usize,
    },

    /// Layer sizes that do not make a network.
    #[error(
        "expected at least two layer sizes (inputs, then units), each at least 1, such as \
         [2, 10, 5, 1]; got {got:?}"
    )]
    LayerSizes {
        /// The sizes that came.
        got: Vec<usize>,
    },

    /// More numbers than fit into memory.
    #[error("{what}: {rows} × {columns} numbers do not fit into memory")]
    TooLarge {
        /// What they were wanted for.
        what: &'static str,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },

    /// A training run whose numbers left the range of `f64`.
    #[error(
        "the cost was no longer finite at iteration {iteration} with learning rate \
         {learning_rate:?}: try a smaller learning rate"
    )]
    Diverged {
        /// The first iteration whose cost is infinite or not a number.
        iteration: usize,
        /// The learning rate of the run.
        learning_rate: f64,
    },

    /// A cost that the history does not hold.
    #[error(
        "expected an {unit} whose cost was recorded (a multiple of {record_every}, up to {last}), \
         got {number}"
    )]
    NotRecorded {
        /// The iteration or epoch asked for.
        number: usize,
        /// What the history counts.
        unit: &'static str,
        /// Distance between recorded ones.
        record_every: usize,
        /// The last one that was recorded.
        last: usize,
    },

    /// A size that makes no mini-batches.
    #[error("expected mini-batches of 1 to {examples} examples, as many as there are, got {size}")]
    BatchSize {
        /// The size that came.
        size: usize,
        /// The number of examples.
        examples: usize,
    },

    /// A schedule without a learning rate for some time of the run.
    #[error(
        "expected a schedule whose learning rate is a finite number above 0 in the whole run, \
         got {got:?} at time {time}"
    )]
    Rate {
        /// The epoch, or the step of a schedule by step, from 0.
        time: usize,
        /// The rate that it has there.
        got: f64,
    },

    /// Schedules that cannot be put together.
    #[error("schedule: expected {expected}")]
    Schedule {
        /// What can be, in words.
        expected: &'static str,
    },
}

/// The labels of this number of classes, in words.
fn labels(classes: usize) -> String {
    match classes {
        2 => "0 or 1".to_owned(),
        _ => format!("from 0 to {}, whole numbers", classes.saturating_sub(1)),
    }
}

/// Refuses a setting that is negative or not finite.
pub(crate) fn at_least_0(what: &'static str, got: f64) -> Result<(), Error> {
    if got.is_finite() && got >= 0.0 {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        expected: "a finite number of at least 0",
        got,
    })
}

/// Refuses a setting that is not positive or not finite.
pub(crate) fn above_0(what: &'static str, got: f64) -> Result<(), Error> {
    if got.is_finite() && got > 0.0 {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        expected: "a finite number above 0",
        got,
    })
}

/// Refuses what is no fraction.
pub(crate) fn fraction(what: &'static str, got: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&got) {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        expected: "a fraction from 0 to 1",
        got,
    })
}

/// The number, which is refused if it is not finite.
pub(crate) fn finite(what: &'static str, got: f64) -> Result<f64, Error> {
    if got.is_finite() {
        return Ok(got);
    }
    Err(Error::OutOfRange {
        what,
        expected: "a finite number",
        got,
    })
}

/// Refuses a count of none.
pub(crate) fn at_least_1(what: &'static str, got: usize) -> Result<(), Error> {
    if got > 0 {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what,
        expected: "at least 1",
        got: 0.0,
    })
}
