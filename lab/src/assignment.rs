//! The regularization assignment: the inputs of its graded functions, and its runs beside ours.

use course::Work;
use course::numbers::PrintedRun;
use ndarray::{Array1, Array2};
use trainable::prelude::*;

use crate::error::Error;
use crate::football::Run;
use crate::format::integer;
use crate::printed::Printed;
use crate::report::Report;

/// The assignment's inputs, drawn in its order: X with as many features as asked, then each layer.
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
    (id, model): (&str, &str),
    printed: &PrintedRun,
    run: &Run,
) -> Report {
    let costs = printed.costs.iter().zip(&run.cost);
    let costs = costs.map(|(printed, (iteration, ours))| {
        let what = format!("cost at {}", integer(*iteration));
        (format!("cost_{iteration}"), what, *printed, *ours)
    });
    let accuracies = [("train", printed.train, run.train), ("test", printed.test, run.test)];
    let accuracies = accuracies
        .map(|(set, printed, ours)| (set.to_owned(), format!("{set} accuracy"), printed, ours));
    for (name, what, printed, ours) in costs.chain(accuracies) {
        let what = format!("{model}, {what}");
        let printed = Printed::number(Work::Regularization, &what, printed, ours);
        report = report.printed(&format!("{id}_{name}"), printed);
    }
    report
}
