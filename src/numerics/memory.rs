//! Memory that may not be there, and numbers that lie side by side.

use ndarray::Array2;

use crate::error::Error;

/// A matrix of zeros, or an error where it does not fit into memory.
pub(crate) fn zeros(what: &'static str, rows: usize, columns: usize) -> Result<Array2<f64>, Error> {
    let numbers = try_zeros(what, rows, columns, 0)?;
    Array2::from_shape_vec((rows, columns), numbers).map_err(|_| Error::TooLarge {
        what,
        rows,
        columns,
    })
}

/// Zeros for a matrix and `more`, or an error where there is not enough memory.
pub(crate) fn try_zeros(
    what: &'static str,
    rows: usize,
    columns: usize,
    more: usize,
) -> Result<Vec<f64>, Error> {
    let too_large = || Error::TooLarge {
        what,
        rows,
        columns,
    };
    let length = rows
        .checked_mul(columns)
        .and_then(|length| length.checked_add(more))
        .ok_or_else(too_large)?;
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(length).map_err(|_| too_large())?;
    numbers.resize(length, 0.0);
    Ok(numbers)
}

/// Memory for `count` of anything, or an error where there is not enough.
pub(crate) fn try_with_capacity<T>(what: &'static str, count: usize) -> Result<Vec<T>, Error> {
    let mut room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| Error::TooLarge {
        what,
        rows: count,
        columns: size_of::<T>().div_ceil(size_of::<f64>()),
    })?;
    Ok(room)
}

/// The numbers of an array that its owner has made contiguous. If it has not, the program ends: taken for an
/// empty array, they would train on nothing.
#[expect(clippy::expect_used, reason = "constructors keep what is promised")]
pub(crate) fn contiguous<T>(numbers: Option<T>) -> T {
    numbers.expect("expected numbers side by side, as the constructor leaves them")
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::contiguous;

    #[test]
    #[should_panic(expected = "expected numbers side by side")]
    fn a_broken_promise_is_no_empty_array() {
        let transposed = Array2::<f64>::zeros((2, 3)).reversed_axes();
        contiguous(transposed.as_slice());
    }
}
