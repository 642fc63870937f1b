//! What the initialization assignment prints.

use crate::numbers::PrintedRun;

/// The runs of the assignment, in its order.
pub const RUNS: [PrintedRun; 3] = [ZEROS, LARGE, HE];

/// The model whose weights start at zero.
pub const ZEROS: PrintedRun = PrintedRun {
    model: "zeros",
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

/// The model whose weights start with a standard deviation of 10, in one published copy of the
/// notebook.
pub const LARGE: PrintedRun = PrintedRun {
    model: "large random weights",
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

/// The costs of [`LARGE`] at iterations 1,000, 7,000 and 14,000 in four published copies of the
/// notebook and in one run of it with NumPy 2.4: the same cells, the same seed.
pub const LARGE_ELSEWHERE: [[f64; 3]; 5] = [
    [
        0.623_956_703_990_878_1,
        0.470_014_195_802_448_7,
        0.382_751_005_782_852_65,
    ],
    [
        0.623_728_755_110_873_8,
        0.473_571_314_935_782_97,
        0.382_783_971_921_204_06,
    ],
    [
        0.624_333_994_479_546_3,
        0.479_278_729_117_355_86,
        0.382_809_230_397_361_64,
    ],
    [
        0.624_792_474_550_607_2,
        0.471_579_992_205_500_06,
        0.382_766_946_417_066_93,
    ],
    [
        0.622_837_102_920_078_1,
        0.469_381_145_771_752_94,
        0.382_739_777_761_598_07,
    ],
];

/// The model with He initialization, as NumPy 2.4 computes it; published copies of the notebook
/// differ in the last two digits of a cost.
pub const HE: PrintedRun = PrintedRun {
    model: "He initialization",
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

/// What `initialize_parameters_zeros([3, 2, 1])` returns: W1, b1, W2, b2.
pub const ZEROS_PARAMETERS: [&str; 4] = [
    "[[0. 0. 0.] [0. 0. 0.]]",
    "[[0.] [0.]]",
    "[[0. 0.]]",
    "[[0.]]",
];

/// What `initialize_parameters_random([3, 2, 1])` returns: W1, b1, W2, b2.
pub const LARGE_PARAMETERS: [&str; 4] = [
    "[[17.88628473 4.36509851 0.96497468] [-18.63492703 -2.77388203 -3.54758979]]",
    "[[0.] [0.]]",
    "[[-0.82741481 -6.27000677]]",
    "[[0.]]",
];

/// What `initialize_parameters_he([2, 4, 1])` returns: W1, b1, W2, b2.
pub const HE_PARAMETERS: [&str; 4] = [
    "[[1.78862847 0.43650985] [0.09649747 -1.8634927] \
     [-0.2773882 -0.35475898] [-0.08274148 -0.62700068]]",
    "[[0.] [0.] [0.] [0.]]",
    "[[-0.03098412 -0.33744411 -0.92904268 0.62552248]]",
    "[[0.]]",
];
