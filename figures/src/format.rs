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

/// A fraction in percent that may be too small for its decimals: `12.4 %`, `less than 0.1 %`.
pub fn small_percent(fraction: f64, decimals: usize) -> String {
    let least = libm::pow(10.0, -2.0 - decimals as f64);
    match fraction < least / 2.0 {
        true => format!("less than {}", percent(least, decimals)),
        false => percent(fraction, decimals),
    }
}

/// A difference of two fractions in percentage points: `1.3` for 0.013 with one decimal.
pub fn points(difference: f64, decimals: usize) -> String {
    fixed(100.0 * difference, decimals)
}

/// A number with a power of ten: `1.2 × 10⁻⁷`; zero, which has none, is `0`.
pub fn scientific(number: f64, decimals: usize) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
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

/// A number with a power of ten as code has it: `1e-7`.
pub fn code(number: f64) -> String {
    format!("{number:e}")
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

/// A positive number of any size in about three digits: `0.49`, `28.9`, `4232`, `4.8 × 10⁻⁵`.
pub fn short(number: f64) -> String {
    match number.abs() {
        size if size != 0.0 && !(0.01..1e6).contains(&size) => scientific(number, 1),
        size if size >= 1_000.0 => integer(number.round() as usize),
        size if size >= 100.0 => fixed(number, 0),
        size if size >= 10.0 => fixed(number, 1),
        _ => fixed(number, 2),
    }
}

/// A small or round count in words, as prose has it: `ten`, `two thousand`; others in digits.
pub fn words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    match number {
        20 => "twenty".to_owned(),
        40 => "forty".to_owned(),
        80 => "eighty".to_owned(),
        100 => "a hundred".to_owned(),
        1_000 => "a thousand".to_owned(),
        2_000..=12_000 if number.is_multiple_of(1_000) => {
            format!("{} thousand", words(number / 1_000))
        }
        300 => "three hundred".to_owned(),
        1_000_000 => "a million".to_owned(),
        _ => WORDS.get(number).map_or_else(|| integer(number), |word| (*word).to_owned()),
    }
}

/// A text that begins with a capital letter: `Ten`.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
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
    fn short_numbers_have_about_three_digits() {
        assert_eq!(short(0.4926), "0.49");
        assert_eq!(short(28.85), "28.9");
        assert_eq!(short(291.6), "292");
        assert_eq!(short(11_651.4), "11\u{a0}651");
        assert_eq!(short(-0.331), "−0.33");
        assert_eq!(short(1.5764e7), "1.6\u{a0}×\u{a0}10⁷");
    }

    #[test]
    fn what_is_too_small_for_its_decimals_is_less_than_the_last() {
        assert_eq!(small_percent(0.124, 1), "12.4\u{a0}%");
        assert_eq!(small_percent(6.7e-12, 1), "less than 0.1\u{a0}%");
    }

    #[test]
    fn code_has_a_hyphen() {
        assert_eq!(code(1e-7), "1e-7");
        assert_eq!(code(0.25), "2.5e-1");
    }

    #[test]
    fn counts_of_prose_are_words() {
        let told = [0, 10, 13, 100, 1_000, 2_000, 2_500, 13_000].map(words);
        let expected =
            ["no", "ten", "13", "a hundred", "a thousand", "two thousand", "2500", "13\u{a0}000"];
        assert_eq!(told, expected);
    }

    #[test]
    fn zero_has_no_power_of_ten() {
        assert_eq!(scientific(0.0, 1), "0");
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(capitalized(&words(10)), "Ten");
        assert_eq!(capitalized("äther"), "Äther");
        assert_eq!(capitalized(""), "");
    }

    #[test]
    fn powers_are_raised() {
        assert_eq!(exponent(-1_234_567_890), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    }
}
