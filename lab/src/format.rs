//! Numbers as the page shows them: a true minus, digits in groups, powers of ten as exponents.

/// Between groups of digits, and before a unit: a space at which no line breaks.
const SPACE: char = '\u{a0}';

/// A whole number, in groups of three digits from five digits on: `15 000`.
pub fn integer(number: usize) -> String {
    let digits = number.to_string();
    if digits.len() <= 4 {
        return digits;
    }
    grouped(&digits, SPACE)
}

/// A number with a fixed count of decimals: `0.0736`.
pub fn fixed(number: f64, decimals: usize) -> String {
    minus(&format!("{number:.decimals$}"))
}

/// A fraction in percent: 0.9933 with two decimals is `99.33 %`.
pub fn percent(fraction: f64, decimals: usize) -> String {
    minus(&format!("{:.decimals$}{SPACE}%", 100.0 * fraction))
}

/// A number with a power of ten: `1.2 × 10⁻⁷`.
pub fn scientific(number: f64, decimals: usize) -> String {
    let plain = format!("{number:.decimals$e}");
    let Some((mantissa, exponent)) = plain.split_once('e') else {
        return minus(&plain);
    };
    let exponent: String = exponent.chars().map(raised).collect();
    minus(&format!("{mantissa}{SPACE}×{SPACE}10{exponent}"))
}

/// A setting with all its digits and no more: `0.03`, `0.7`, `10`.
pub fn plain(number: f64) -> String {
    minus(&number.to_string())
}

/// A number of any size in few digits: `99.33`, `15 000`, `1.2 × 10⁻⁷`.
pub fn readable(number: f64) -> String {
    let size = number.abs();
    if number != 0.0 && !(1e-3..1e9).contains(&size) {
        return scientific(number, 1);
    }
    let digits = if size < 0.1 { 4 } else { 2 };
    let text = format!("{size:.digits$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), integer);
    let sign = if number < 0.0 { "−" } else { "" };
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// A time in three digits, as a person reads it: `5.25`, `198`, `20 100`.
pub fn three_digits(number: f64) -> String {
    match number {
        100.0.. => integer(number.round() as usize),
        10.0.. => fixed(number, 1),
        _ => fixed(number, 2),
    }
}

/// A small count in words, as prose has it: `ten`; others in digits.
pub fn words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    match number {
        20 => "twenty".to_owned(),
        100 => "a hundred".to_owned(),
        300 => "three hundred".to_owned(),
        1_000_000 => "a million".to_owned(),
        _ => WORDS.get(number).map_or_else(|| integer(number), |word| (*word).to_owned()),
    }
}

/// A text as a sentence begins with it: `Ten`.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A mean and a standard deviation of fractions in percent: `92.50 ± 0.81 %`.
pub fn mean_and_deviation(mean: f64, deviation: f64, decimals: usize) -> String {
    let (mean, deviation) = (100.0 * mean, 100.0 * deviation);
    format!("{} ± {}{SPACE}%", fixed(mean, decimals), fixed(deviation, decimals))
}

/// A power as an exponent: `⁻⁷`.
pub fn exponent(power: i32) -> String {
    power.to_string().chars().map(raised).collect()
}

/// Digits in groups of three.
pub fn grouped(digits: &str, space: char) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(space);
        }
        text.push(digit);
    }
    text
}

fn minus(text: &str) -> String {
    text.replace('-', "−")
}

fn raised(character: char) -> char {
    match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => {
            char::from_u32('⁰' as u32 + character as u32 - '0' as u32).unwrap_or(character)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_grouped_from_five_digits_on() {
        assert_eq!(integer(0), "0");
        assert_eq!(integer(1_500), "1500");
        assert_eq!(integer(15_000), "15\u{a0}000");
        assert_eq!(integer(1_234_567), "1\u{a0}234\u{a0}567");
    }

    #[test]
    fn numbers_have_a_true_minus() {
        assert_eq!(fixed(-0.125, 2), "−0.12");
        assert_eq!(percent(-0.0125, 1), "−1.2\u{a0}%");
        assert_eq!(scientific(-1.25e-7, 1), "−1.2\u{a0}×\u{a0}10⁻⁷");
        assert_eq!(plain(-0.03), "−0.03");
        assert_eq!(readable(-15_000.0), "−15\u{a0}000");
    }

    #[test]
    fn what_is_not_finite_is_written_as_it_is() {
        assert_eq!(fixed(f64::INFINITY, 2), "inf");
        assert_eq!(scientific(f64::NAN, 2), "NaN");
    }

    #[test]
    fn readable_numbers_have_few_digits() {
        assert_eq!(readable(99.333), "99.33");
        assert_eq!(readable(0.01234), "0.0123");
        assert_eq!(readable(1.23e-7), "1.2\u{a0}×\u{a0}10⁻⁷");
        assert_eq!(readable(0.0), "0");
    }

    #[test]
    fn times_have_three_digits() {
        let shown = [5.264, 49.7, 99.94, 295.6, 20_100.0].map(three_digits);
        assert_eq!(shown, ["5.26", "49.7", "99.9", "296", "20\u{a0}100"]);
    }

    #[test]
    fn a_sentence_may_begin_with_a_count() {
        assert_eq!(capitalized(&words(20)), "Twenty");
        assert_eq!(capitalized(""), "");
    }

    #[test]
    fn powers_are_raised() {
        assert_eq!(exponent(-1_234_567_890), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    }
}
