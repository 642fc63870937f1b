//! The numbers that the course prints, to hold ours against.
//!
//! Source: the notebooks of A. Ng's *Improving Deep Neural Networks*, deeplearning.ai, in their own
//! digits, as text. Where the digits of one run differ from machine to machine, each run is named.

use serde::{Deserialize, Serialize};

/// A part of the course that prints numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Work {
    /// The lectures of week 1.
    Lectures,
    /// The first assignment of week 1.
    Initialization,
    /// The second assignment of week 1.
    Regularization,
    /// The third assignment of week 1.
    GradientChecking,
}

impl Work {
    /// All of them, in the course's order.
    pub const ALL: [Self; 4] =
        [Self::Lectures, Self::Initialization, Self::Regularization, Self::GradientChecking];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lectures => "Lectures",
            Self::Initialization => "Initialization assignment",
            Self::Regularization => "Regularization assignment",
            Self::GradientChecking => "Gradient checking assignment",
        }
    }
}

/// The number that a text of this module is; NaN where it is none.
pub fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// What a notebook prints of one model.
pub struct PrintedRun {
    /// The costs, one for each thousand iterations or each ten thousand.
    pub costs: &'static [&'static str],
    /// The accuracy on the training set.
    pub train: &'static str,
    /// The accuracy on the test set.
    pub test: &'static str,
}

/// Initialization assignment, the model that starts from zeros.
pub const ZEROS: PrintedRun = PrintedRun {
    costs: &[
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
        "0.6931471805599453",
    ],
    train: "0.5",
    test: "0.5",
};

/// Initialization assignment, the model whose weights start with a standard deviation of 10, in one
/// published copy of the notebook.
pub const LARGE: PrintedRun = PrintedRun {
    costs: &[
        "inf",
        "0.6239567039908781",
        "0.5978043872838292",
        "0.563595830364618",
        "0.5500816882570866",
        "0.5443417928662615",
        "0.5373553777823036",
        "0.4700141958024487",
        "0.3976617665785177",
        "0.39344405717719166",
        "0.39201765232720626",
        "0.38910685278803786",
        "0.38612995897697244",
        "0.3849735792031832",
        "0.38275100578285265",
    ],
    train: "0.83",
    test: "0.86",
};

/// The same cells of the same notebook, same seed, as four published copies of it and one run with
/// NumPy 2.4 show them: costs at iterations 1,000, 7,000 and 14,000.
pub const LARGE_ELSEWHERE: [[f64; 3]; 5] = [
    [0.623_956_703_990_878_1, 0.470_014_195_802_448_7, 0.382_751_005_782_852_65],
    [0.623_728_755_110_873_8, 0.473_571_314_935_782_97, 0.382_783_971_921_204_06],
    [0.624_333_994_479_546_3, 0.479_278_729_117_355_86, 0.382_809_230_397_361_64],
    [0.624_792_474_550_607_2, 0.471_579_992_205_500_06, 0.382_766_946_417_066_93],
    [0.622_837_102_920_078_1, 0.469_381_145_771_752_94, 0.382_739_777_761_598_07],
];

/// Initialization assignment, the model with He initialization.
pub const HE: PrintedRun = PrintedRun {
    costs: &[
        "0.8830537463419761",
        "0.6879825919728063",
        "0.6751286264523371",
        "0.6526117768893807",
        "0.6082958970572937",
        "0.5304944491717495",
        "0.4138645817071794",
        "0.3117803464844441",
        "0.23696215330322565",
        "0.18597287209206836",
        "0.1501555628037181",
        "0.12325079292273544",
        "0.09917746546525934",
        "0.08457055954024277",
        "0.07357895962677365",
    ],
    train: "0.9933333333333333",
    test: "0.96",
};

/// Initialization assignment, what `initialize_parameters_zeros([3, 2, 1])` returns: W1, b1, W2, b2.
pub const ZEROS_PARAMETERS: [&str; 4] =
    ["[[0. 0. 0.] [0. 0. 0.]]", "[[0.] [0.]]", "[[0. 0.]]", "[[0.]]"];

/// Initialization assignment, what `initialize_parameters_random([3, 2, 1])` returns: W1, b1, W2, b2.
pub const LARGE_PARAMETERS: [&str; 4] = [
    "[[17.88628473 4.36509851 0.96497468] [-18.63492703 -2.77388203 -3.54758979]]",
    "[[0.] [0.]]",
    "[[-0.82741481 -6.27000677]]",
    "[[0.]]",
];

/// Initialization assignment, what `initialize_parameters_he([2, 4, 1])` returns: W1, b1, W2, b2.
pub const HE_PARAMETERS: [&str; 4] = [
    "[[1.78862847 0.43650985] [0.09649747 -1.8634927] [-0.2773882 -0.35475898] [-0.08274148 -0.62700068]]",
    "[[0.] [0.] [0.] [0.]]",
    "[[-0.03098412 -0.33744411 -0.92904268 0.62552248]]",
    "[[0.]]",
];

/// Regularization assignment, what `compute_cost_with_regularization` returns.
pub const REGULARIZED_COST: &str = "1.78648594516";

/// Regularization assignment, what `backward_propagation_with_regularization` returns: dW1, dW2, dW3.
pub const REGULARIZED_GRADIENTS: [&str; 3] = [
    "[[-0.25604646 0.12298827 -0.28297129] [-0.17706303 0.34536094 -0.4410571]]",
    "[[0.79276486 0.85133918] [-0.0957219 -0.01720463] [-0.13100772 -0.03750433]]",
    "[[-1.77691347 -0.11832879 -0.09397446]]",
];

/// Regularization assignment, the model without regularization; copies of the notebook differ from
/// the thirteenth digit of a cost on.
pub const FREE: PrintedRun = PrintedRun {
    costs: &["0.6557412523481002", "0.16329987525724216", "0.13851642423255986"],
    train: "0.9478672985781991",
    test: "0.915",
};

/// Regularization assignment, the model with L2.
pub const HELD: PrintedRun = PrintedRun {
    costs: &["0.6974484493131264", "0.2684918873282239", "0.2680916337127301"],
    train: "0.9383886255924171",
    test: "0.93",
};

/// Regularization assignment, what `forward_propagation_with_dropout` returns.
pub const DROPPED_A3: &str = "[[0.36974721 0.00305176 0.04565099 0.49683389 0.36974721]]";

/// Regularization assignment, what `backward_propagation_with_dropout` returns: dA1, dA2.
pub const DROPPED_DA: [&str; 2] = [
    "[[0.36544439 0. -0.00188233 0. -0.17408748] [0.65515713 0. -0.00337459 0. -0.]]",
    "[[0.58180856 0. -0.00299679 0. -0.27715731] [0. 0.53159854 -0. 0.53159854 -0.34089673] [0. 0. -0.00292733 0. -0.]]",
];

/// Regularization assignment, the model with dropout.
pub const DROPPED: PrintedRun = PrintedRun {
    costs: &["0.6543912405149825", "0.0610169865749056", "0.060582435798513114"],
    train: "0.9289099526066351",
    test: "0.95",
};

/// Lecture on numerical derivatives: the two-sided difference of θ³ at 1 with ε = 0.01.
pub const TWO_SIDED: &str = "3.0001";

/// Lecture on numerical derivatives: the one-sided difference of θ³ at 1 with ε = 0.01.
pub const ONE_SIDED: &str = "3.0301";

/// Gradient checking assignment, the difference for one parameter.
pub const ONE_PARAMETER: &str = "2.9193358103083e-10";

/// Gradient checking assignment, the difference for all parameters with the planted bugs.
pub const WITH_BUGS: &str = "0.2850931567761624";

/// Gradient checking assignment, the same after mending, as one published copy of the notebook has it.
pub const WITHOUT_BUGS: &str = "1.1890913022840002e-07";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_a_run_is_a_number() {
        for run in [ZEROS, LARGE, HE, FREE, HELD, DROPPED] {
            for text in run.costs.iter().chain([&run.train, &run.test]) {
                assert!(!number(text).is_nan(), "{text}");
            }
        }
        assert!(number("one").is_nan());
    }
}
