//! Some examples of a data set, as training reads them.

use crate::numerics::kernels::{FEW, LANES, Lanes, Rows, WIDE};

/// Examples that a pass works on, in their order: none of their numbers is copied to make a batch of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch<'a> {
    /// The features of the first example, then of the second, and so forth; of all that are picked from, if they are picked.
    x: &'a [f64],
    /// Their labels; none where there is nothing to learn.
    y: &'a [f64],
    features: usize,
    /// The numbers of the examples, if they do not lie side by side.
    picked: Option<&'a [usize]>,
    /// How many there are.
    len: usize,
    /// The place of the first example in the whole batch, from 0.
    first: usize,
}

/// Where examples lie in memory, to know those that have been read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    address: usize,
    len: usize,
}

impl<'a> Batch<'a> {
    /// All examples of a data set.
    pub fn all(x: &'a [f64], y: &'a [f64], features: usize) -> Self {
        Self {
            x,
            y,
            features,
            picked: None,
            // Without a division for each step, where there are labels.
            len: match y {
                [] => x.len() / features,
                y => y.len(),
            },
            first: 0,
        }
    }

    /// The examples of these numbers, of which all are below the number of examples.
    pub fn picked(self, picked: &'a [usize]) -> Self {
        Self {
            picked: Some(picked),
            len: picked.len(),
            ..self
        }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.len
    }

    /// The place of the first one in the whole batch.
    pub fn first(self) -> usize {
        self.first
    }

    /// Those from place `from` on, at most `most`.
    pub fn part(self, from: usize, most: usize) -> Self {
        let len = most.min(self.len - from);
        let part = Self {
            len,
            first: self.first + from,
            ..self
        };
        if let Some(picked) = self.picked {
            let picked = Some(&picked[from..from + len]);
            return Self { picked, ..part };
        }
        let x = &self.x[from * self.features..][..len * self.features];
        let y = match self.y {
            [] => &[],
            y => &y[from..][..len],
        };
        Self { x, y, ..part }
    }

    /// Portions of `size` examples, the last one perhaps smaller.
    pub fn chunks(self, size: usize) -> impl Iterator<Item = Self> {
        (0..self.len())
            .step_by(size)
            .map(move |from| self.part(from, size))
    }

    /// Where they lie; none if they are picked.
    pub fn place(self) -> Option<Place> {
        let place = Place {
            address: self.x.as_ptr() as usize,
            len: self.len,
        };
        self.picked.is_none().then_some(place)
    }

    /// The features, a row for each example.
    #[inline(always)]
    pub fn rows(self) -> Rows<'a> {
        Rows {
            x: self.x,
            features: self.features,
            picked: self.picked,
        }
    }

    /// Whether the features are better read where they lie than loaded into blocks first. A page's module does without,
    /// since the bits are the same and what it does not have need not travel.
    #[inline(always)]
    pub fn are_few_and_wide(self) -> bool {
        !cfg!(target_arch = "wasm32") && self.len() <= FEW && self.features >= WIDE
    }

    /// Features and labels, one example after the other: as they lie, or copied into `room` if they are picked.
    pub fn side_by_side(self, [x, y]: &'a mut [Vec<f64>; 2]) -> [&'a [f64]; 2] {
        let Some(picked) = self.picked else {
            return [self.x, self.y];
        };
        x.clear();
        y.clear();
        for row in picked {
            x.extend_from_slice(&self.x[row * self.features..][..self.features]);
            y.push(self.y[*row]);
        }
        [x, y]
    }

    /// Copies the labels into lanes, if there are any; lanes without an example hold no class's number.
    pub fn load_labels(self, labels: &mut [Lanes]) {
        if self.y.is_empty() {
            return;
        }
        if let Some(last) = labels.last_mut() {
            *last = [-1.0; LANES];
        }
        let labels = labels.as_flattened_mut();
        match self.picked {
            None => labels[..self.len].copy_from_slice(self.y),
            Some(picked) => {
                for (label, example) in labels.iter_mut().zip(picked) {
                    *label = self.y[*example];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::kernels::load;

    /// Ten examples of two features; feature and label say which example it is.
    fn numbers() -> (Vec<f64>, Vec<f64>) {
        let x = (0..20).map(f64::from).collect();
        (x, (0..10).map(f64::from).collect())
    }

    fn labels(batch: Batch<'_>) -> Vec<f64> {
        let mut labels = vec![[9.5; LANES]; batch.len().div_ceil(LANES)];
        batch.load_labels(&mut labels);
        labels.as_flattened().to_vec()
    }

    #[test]
    fn parts_of_picked_examples_are_those_that_were_picked() {
        let (x, y) = numbers();
        let order = [7, 3, 3, 0, 9];
        let batch = Batch::all(&x, &y, 2).picked(&order);
        let parts: Vec<_> = batch
            .chunks(2)
            .map(|part| (part.first(), part.len()))
            .collect();
        assert_eq!(parts, [(0, 2), (2, 2), (4, 1)]);
        assert_eq!(labels(batch.part(1, 3))[..4], [3.0, 3.0, 0.0, -1.0]);
        let mut a = [[9.5; LANES]; 2];
        load(batch.rows(), &mut a);
        assert_eq!(a[0], [14.0, 6.0, 6.0, 0.0, 18.0, 0.0, 0.0, 0.0]);
        assert_eq!(a[1], [15.0, 7.0, 7.0, 1.0, 19.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn only_what_lies_side_by_side_has_a_place() {
        let (x, y) = numbers();
        let all = Batch::all(&x, &y, 2);
        assert_eq!(all.part(4, 3).place(), all.part(2, 8).part(2, 3).place());
        assert_ne!(all.part(4, 3).place(), all.part(4, 4).place());
        assert_eq!(all.picked(&[1]).place(), None);
        assert_eq!(labels(all.part(8, 8))[..3], [8.0, 9.0, -1.0]);
    }
}
