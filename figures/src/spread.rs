//! Labels beside each other's way.

/// The places nearest to the `wanted` ones, in their order, that are `gap` apart from one another
/// and between `low` and `high`, if there is room for that.
pub(super) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));

    // Less its rank's gaps, each place may equal the one before but not precede it: blocks of
    // places in each other's way share their mean.
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    for (rank, index) in order.iter().enumerate() {
        let mut block = (wanted[*index] - rank as f64 * gap, 1.0);
        while let Some(before) = blocks.pop_if(|before| before.0 > block.0) {
            let count = before.1 + block.1;
            block = ((before.0 * before.1 + block.0 * block.1) / count, count);
        }
        blocks.push(block);
    }

    let last = (high - wanted.len().saturating_sub(1) as f64 * gap).max(low);
    let slack = blocks.iter().flat_map(|(mean, count)| std::iter::repeat_n(*mean, *count as usize));
    let mut places = vec![0.0; wanted.len()];
    for ((rank, index), mean) in order.iter().enumerate().zip(slack) {
        places[*index] = mean.clamp(low, last) + rank as f64 * gap;
    }
    places
}

/// The most rows of flags that are tried before one may cover another one's pole.
const MOST_ROWS: usize = 4;

/// Where a flag is: its left end, and the row, from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flag {
    pub(super) left: f64,
    pub(super) row: usize,
}

/// Places for flags of the given widths at upright poles, `(x, width)`, on either side of them,
/// `gap` away: none covers another, or another one's pole if that can be, or leaves `low` to `high`.
pub(super) fn flags(poles: &[(f64, f64)], gap: f64, low: f64, high: f64) -> Vec<Flag> {
    let mut placed: Vec<(Flag, f64)> = Vec::new();
    for (x, width) in poles {
        let is_inside = |flag: &Flag| flag.left >= low && flag.left + width <= high;
        let is_free = |flag: &Flag| {
            let others = placed.iter().filter(|(other, _)| other.row == flag.row);
            others.into_iter().all(|(other, w)| {
                other.left + w + gap <= flag.left || flag.left + width + gap <= other.left
            })
        };
        let is_clear = |flag: &Flag| {
            let mut others = poles.iter().filter(|(other, _)| other != x);
            others.all(|(other, _)| *other <= flag.left || flag.left + width <= *other)
        };
        let tried = |rows: usize| {
            (0..rows).flat_map(move |row| [x + gap, x - gap - width].map(|left| Flag { left, row }))
        };
        let free = || tried(poles.len().max(MOST_ROWS)).filter(is_inside).filter(is_free);
        let flag = free()
            .find(|flag| flag.row < MOST_ROWS && is_clear(flag))
            .or_else(|| free().next())
            .unwrap_or(Flag { left: (x + gap).min(high - width), row: placed.len() });
        placed.push((flag, *width));
    }
    placed.into_iter().map(|(flag, _)| flag).collect()
}

#[cfg(test)]
mod tests {
    use super::{Flag, flags, spread};

    #[test]
    fn a_flag_is_right_of_its_pole_unless_that_is_the_end() {
        let places = flags(&[(10.0, 30.0), (90.0, 30.0)], 5.0, 0.0, 100.0);
        assert_eq!(places, [Flag { left: 15.0, row: 0 }, Flag { left: 55.0, row: 0 }]);
    }

    #[test]
    fn flags_part_to_both_sides_and_then_to_rows() {
        let places = flags(&[(50.0, 30.0), (55.0, 30.0), (60.0, 30.0)], 5.0, 0.0, 100.0);
        assert_eq!(places[0], Flag { left: 15.0, row: 0 });
        assert_eq!(places[1].row, 0);
        assert_eq!(places[2], Flag { left: 65.0, row: 1 });
    }

    #[test]
    fn places_with_room_stay() {
        assert_eq!(spread(&[50.0, 10.0, 90.0], 20.0, 0.0, 100.0), [50.0, 10.0, 90.0]);
    }

    #[test]
    fn places_in_the_way_part_evenly() {
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
    }

    #[test]
    fn places_stay_inside() {
        assert_eq!(spread(&[99.0, 98.0, 5.0], 20.0, 0.0, 100.0), [100.0, 80.0, 5.0]);
    }
}
