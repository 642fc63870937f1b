//! The numbers that the course prints, to hold ours against.
//!
//! Source: the notebooks of A. Ng's *Improving Deep Neural Networks*, deeplearning.ai, in their own
//! digits. Where the digits of one run differ from machine to machine, each run is named.

use std::f64::consts::LN_2;

/// A cost that a notebook prints, at an iteration.
pub type PrintedCost = (usize, f64);

/// What a notebook prints of one model.
pub struct PrintedRun {
    /// The costs, by iteration.
    pub costs: &'static [PrintedCost],
    /// The accuracy on the training set.
    pub train: f64,
    /// The accuracy on the test set.
    pub test: f64,
}

/// Initialization assignment, the model that starts from zeros; it prints one cost fifteen times.
pub const ZEROS: PrintedRun = PrintedRun {
    costs: &[(0, LN_2), (14_000, LN_2)],
    train: 0.5,
    test: 0.5,
};

/// Initialization assignment, the model whose weights start with a standard deviation of 10.
pub const LARGE: PrintedRun = PrintedRun {
    costs: &[
        (0, f64::INFINITY),
        (1_000, 0.623_956_703_990_878_1),
        (7_000, 0.470_014_195_802_448_7),
        (14_000, 0.382_751_005_782_852_65),
    ],
    train: 0.83,
    test: 0.86,
};

/// The same cells of the same notebook, same seed, as four published copies of it and one run with
/// NumPy 2.4 show them: costs at iterations 1,000, 7,000 and 14,000.
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

/// Initialization assignment, the model with He initialization.
pub const HE: PrintedRun = PrintedRun {
    costs: &[
        (0, 0.883_053_746_341_976_1),
        (1_000, 0.687_982_591_972_806_3),
        (2_000, 0.675_128_626_452_337_1),
        (3_000, 0.652_611_776_889_380_7),
        (4_000, 0.608_295_897_057_293_7),
        (5_000, 0.530_494_449_171_749_5),
        (6_000, 0.413_864_581_707_179_4),
        (7_000, 0.311_780_346_484_444_1),
        (8_000, 0.236_962_153_303_225_65),
        (9_000, 0.185_972_872_092_068_36),
        (10_000, 0.150_155_562_803_718_1),
        (11_000, 0.123_250_792_922_735_44),
        (12_000, 0.099_177_465_465_259_34),
        (13_000, 0.084_570_559_540_242_77),
        (14_000, 0.073_578_959_626_773_65),
    ],
    train: 0.993_333_333_333_333_3,
    test: 0.96,
};

/// Regularization assignment, the regularized cost of its exercise.
pub const REGULARIZED_COST: f64 = 1.786_485_945_16;

/// Regularization assignment, the first row of its exercise's dW1.
pub const REGULARIZED_ROW: [f64; 3] = [-0.256_046_46, 0.122_988_27, -0.282_971_29];
