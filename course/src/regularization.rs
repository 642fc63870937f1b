//! What the regularization assignment prints.

use crate::numbers::PrintedRun;

/// The runs of the assignment, in its order.
pub const RUNS: [PrintedRun; 3] = [UNREGULARIZED, L2, DROPOUT];

/// The model without regularization; published copies of the notebook differ from the thirteenth
/// digit of a cost on.
pub const UNREGULARIZED: PrintedRun = PrintedRun {
    model: "no regularization",
    costs: &[
        "0.6557412523481002",
        "0.16329987525724216",
        "0.13851642423255986",
    ],
    train: "0.9478672985781991",
    test: "0.915",
};

/// The model with L2 regularization; published copies of the notebook differ in the last two digits
/// of a cost.
pub const L2: PrintedRun = PrintedRun {
    model: "L2, λ = 0.7",
    costs: &[
        "0.6974484493131264",
        "0.2684918873282239",
        "0.2680916337127301",
    ],
    train: "0.9383886255924171",
    test: "0.93",
};

/// The model with dropout.
pub const DROPOUT: PrintedRun = PrintedRun {
    model: "dropout, keep_prob = 0.86",
    costs: &[
        "0.6543912405149825",
        "0.0610169865749056",
        "0.060582435798513114",
    ],
    train: "0.9289099526066351",
    test: "0.95",
};

/// What `compute_cost_with_regularization` returns.
pub const REGULARIZED_COST: &str = "1.78648594516";

/// What `backward_propagation_with_regularization` returns: dW1, dW2, dW3.
pub const REGULARIZED_GRADIENTS: [&str; 3] = [
    "[[-0.25604646 0.12298827 -0.28297129] [-0.17706303 0.34536094 -0.4410571]]",
    "[[0.79276486 0.85133918] [-0.0957219 -0.01720463] [-0.13100772 -0.03750433]]",
    "[[-1.77691347 -0.11832879 -0.09397446]]",
];

/// What `forward_propagation_with_dropout` returns.
pub const DROPOUT_A3: &str = "[[0.36974721 0.00305176 0.04565099 0.49683389 0.36974721]]";

/// What `backward_propagation_with_dropout` returns: dA1, dA2.
pub const DROPOUT_DA: [&str; 2] = [
    "[[0.36544439 0. -0.00188233 0. -0.17408748] [0.65515713 0. -0.00337459 0. -0.]]",
    "[[0.58180856 0. -0.00299679 0. -0.27715731] \
     [0. 0.53159854 -0. 0.53159854 -0.34089673] [0. 0. -0.00292733 0. -0.]]",
];
