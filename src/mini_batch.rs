//! Mini-batches: each step sees some of the examples, an epoch sees all of them.

use rand::Rng;

use crate::data::dataset::Dataset;
use crate::error::Error;
use crate::numerics::philox::PhiloxStream;
use crate::numerics::random_state::{RandomState, shuffle};

// ANCHOR: plain
/// The mini-batches of `size` examples of one epoch, each a data set of its own: the examples are shuffled, then
/// parted.
///
/// # Errors
/// [`Error::BatchSize`] for a size of 0, or above the number of examples.
pub fn mini_batches(
    data: &Dataset,
    size: usize,
    rng: &mut impl Rng,
) -> Result<Vec<Dataset>, Error> {
    MiniBatches::of(size).check(data.examples())?;
    let mut order: Vec<usize> = (0..data.examples()).collect();
    shuffle(&mut order, rng);
    order.chunks(size).map(|batch| data.select(batch)).collect()
}
// ANCHOR_END: plain

/// How the examples of an epoch are parted into mini-batches.
///
/// The examples are taken in an order, which may be another one in each epoch, and parted into batches of `size`; the last
/// batch is smaller if the size does not divide their number. No example is copied for it.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = moons(300, 0.2, &mut RandomState::new(3))?;
/// let mut network = Network::new(&[2, 5, 2, 1], Initialization::He, &mut RandomState::new(3))?;
/// let history = Training::new(Adam::new(0.01))
///     .mini_batches(MiniBatches::of(64).shuffled(&mut RandomState::new(1)))
///     .epochs(200)
///     .train(&mut network, &data)?;
/// assert!(network.accuracy(&data)? > 0.9);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MiniBatches {
    size: usize,
    order: Order,
}

/// The order of the examples in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As they are in the data set.
    Given,
    /// Random, a function of the seed and the epoch.
    Philox { seed: u64 },
    /// NumPy's `RandomState(seed + epoch).permutation(m)`.
    NumPy { seed: u32 },
}

impl MiniBatches {
    /// Mini-batches of `size` examples, at least 1 and at most all there are, in the order of the data set.
    pub fn of(size: usize) -> Self {
        Self {
            size,
            order: Order::Given,
        }
    }

    /// The same in another random order in each epoch; `rng` is asked for one seed, from which all orders follow.
    pub fn shuffled(self, rng: &mut impl Rng) -> Self {
        let order = Order::Philox {
            seed: rng.next_u64(),
        };
        Self { order, ..self }
    }

    /// The same in the orders of the course: that of epoch e, from 0, is NumPy's
    /// `RandomState(seed + e).permutation(m)`.
    pub fn shuffled_as_numpy(self, seed: u32) -> Self {
        let order = Order::NumPy { seed };
        Self { order, ..self }
    }

    /// The number of examples in a batch, apart from the last of an epoch.
    pub fn size(self) -> usize {
        self.size
    }

    /// Whether the order of the examples is another one in each epoch.
    pub(crate) fn is_shuffled(self) -> bool {
        self.order != Order::Given
    }

    /// The numbers, from 0, of the examples of each batch of an epoch of `examples`.
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// let batches = MiniBatches::of(2).batches(5, 0)?;
    /// assert_eq!(batches, [vec![0, 1], vec![2, 3], vec![4]]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BatchSize`] for a size of 0, or above the number of examples.
    pub fn batches(self, examples: usize, epoch: usize) -> Result<Vec<Vec<usize>>, Error> {
        self.check(examples)?;
        let mut order = (0..examples).collect::<Vec<_>>();
        self.put_in_order(&mut order, epoch);
        Ok(order.chunks(self.size).map(<[usize]>::to_vec).collect())
    }

    /// Puts the numbers from 0 on into the order of an epoch.
    pub(crate) fn put_in_order(self, order: &mut [usize], epoch: usize) {
        if self.order == Order::Given && epoch > 0 {
            return;
        }
        for (number, place) in order.iter_mut().zip(0..) {
            *number = place;
        }
        match self.order {
            Order::Given => {}
            Order::Philox { seed } => shuffle(order, &mut PhiloxStream::new(seed, epoch)),
            Order::NumPy { seed } => {
                let seed = seed.wrapping_add(epoch as u32);
                shuffle(order, &mut RandomState::new(seed));
            }
        }
    }

    /// Refuses a size that makes no batches of this number of examples.
    pub(crate) fn check(self, examples: usize) -> Result<(), Error> {
        if (1..=examples).contains(&self.size) {
            return Ok(());
        }
        Err(Error::BatchSize {
            size: self.size,
            examples,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn orders_are_a_function_of_seed_and_epoch() {
        let shuffled = |seed| MiniBatches::of(7).shuffled(&mut RandomState::new(seed));
        let order = |seed, epoch| shuffled(seed).batches(50, epoch).unwrap().concat();
        assert_eq!(order(1, 3), order(1, 3));
        assert_ne!(order(1, 3), order(1, 4));
        assert_ne!(order(1, 3), order(2, 3));
    }

    #[test]
    fn numpys_orders_are_those_of_growing_seeds() {
        let batches = MiniBatches::of(10).shuffled_as_numpy(1);
        for epoch in [0, 1, 41] {
            let expected = RandomState::new(1 + epoch as u32).permutation(10);
            assert_eq!(batches.batches(10, epoch).unwrap(), [expected]);
        }
    }

    #[test]
    fn an_order_does_not_depend_on_the_one_before() {
        for batches in [
            MiniBatches::of(3),
            MiniBatches::of(3).shuffled(&mut RandomState::new(1)),
            MiniBatches::of(3).shuffled_as_numpy(5),
        ] {
            let mut order: Vec<usize> = (0..20).collect();
            for epoch in [0, 1, 2] {
                batches.put_in_order(&mut order, epoch);
            }
            assert_eq!(batches.batches(20, 2).unwrap().concat(), order);
        }
    }

    #[test]
    fn a_size_that_makes_no_batches_is_refused() {
        for size in [0, 6, usize::MAX] {
            let refused = MiniBatches::of(size).batches(5, 0);
            assert_eq!(refused, Err(Error::BatchSize { size, examples: 5 }));
        }
        let data = crate::prelude::moons(5, 0.1, &mut RandomState::new(1)).unwrap();
        let refused = mini_batches(&data, 6, &mut RandomState::new(1));
        assert_eq!(
            refused,
            Err(Error::BatchSize {
                size: 6,
                examples: 5
            })
        );
    }

    proptest! {
        #[test]
        fn each_example_is_in_one_batch(
            m in 1..200usize, size in 1..200usize, seed in 0..1_000u32, epoch in 0..5usize,
        ) {
            prop_assume!(size <= m);
            let batches = MiniBatches::of(size).shuffled(&mut RandomState::new(seed));
            let batches = batches.batches(m, epoch).unwrap();
            prop_assert_eq!(batches.len(), m.div_ceil(size));
            let (last, full) = batches.split_last().unwrap();
            prop_assert!(full.iter().all(|batch| batch.len() == size));
            prop_assert_eq!(last.len(), m - full.len() * size);
            let mut all = batches.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..m).collect::<Vec<_>>());
        }
    }
}
