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
    let slack = blocks
        .iter()
        .flat_map(|(mean, count)| std::iter::repeat_n(*mean, *count as usize));
    let mut places = vec![0.0; wanted.len()];
    for ((rank, index), mean) in order.iter().enumerate().zip(slack) {
        places[*index] = mean.clamp(low, last) + rank as f64 * gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn places_with_room_stay() {
        assert_eq!(
            spread(&[50.0, 10.0, 90.0], 20.0, 0.0, 100.0),
            [50.0, 10.0, 90.0]
        );
    }

    #[test]
    fn places_in_the_way_part_evenly() {
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
    }

    #[test]
    fn places_stay_inside() {
        assert_eq!(
            spread(&[99.0, 98.0, 5.0], 20.0, 0.0, 100.0),
            [100.0, 80.0, 5.0]
        );
    }
}
