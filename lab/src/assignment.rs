//! The course's assignments: inputs of graded functions, and their runs beside ours.

use course::Work;
use course::numbers::PrintedRun;
use figures::format::integer;
use ndarray::{Array1, Array2};
use trainable::prelude::*;

use crate::error::Error;
use crate::football::{Accuracies, Run};
use crate::printed::Printed;
use crate::report::Report;

/// The regularization assignment's inputs, drawn in its order: X with as many features as asked, then each layer.
pub(crate) fn exercise_inputs(features: usize) -> Result<(Array2<f64>, Parameters), Error> {
    let mut rng = RandomState::new(1);
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(features, 5);
    let layers = [(2, 3), (3, 2), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    Ok((x, Parameters::new(layers.to_vec())?))
}

/// Puts the costs and accuracies of a run beside what the course prints of the same model.
pub(crate) fn print_run(
    mut report: Report,
    work: Work,
    (id, model): (&str, &str),
    printed: &PrintedRun,
    run: &Run,
) -> Report {
    for (printed, (iteration, ours)) in printed.costs.iter().zip(&run.cost) {
        let what = format!("{model}, cost at {}", integer(*iteration));
        let printed = Printed::number(work, &what, printed, *ours);
        report = report.printed(&format!("{id}_cost_{iteration}"), printed);
    }
    let accuracies = Accuracies { train: run.train, test: run.test };
    print_accuracies(report, work, (id, model), printed, accuracies)
}

/// The same of the accuracies alone.
pub(crate) fn print_accuracies(
    mut report: Report,
    work: Work,
    (id, model): (&str, &str),
    printed: &PrintedRun,
    run: Accuracies,
) -> Report {
    let sets = [("train", printed.train, run.train), ("test", printed.test, run.test)];
    for (set, printed, ours) in sets {
        let printed = Printed::number(work, &format!("{model}, {set} accuracy"), printed, ours);
        report = report.printed(&format!("{id}_{set}"), printed);
    }
    report
}
