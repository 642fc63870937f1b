//! A number that the course prints, beside ours.

use course::Work;
use figures::format::scientific;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A number, or a matrix of them, that the course prints, and what we computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    /// Where the course prints it.
    pub work: Work,
    /// Which function, model or slide, and which number of it, in inline Markdown.
    pub what: String,
    /// The numbers: one for a number, a matrix's rows else.
    pub rows: Vec<Vec<Pair>>,
}

/// One number twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The course's, as it writes it, in inline Markdown.
    pub course: String,
    /// The course's.
    pub theirs: f64,
    /// Ours.
    pub ours: f64,
}

impl Printed {
    /// A number: the course's as it prints it.
    ///
    /// # Errors
    /// [`Error::Printed`] when the course's text is no number.
    pub fn number(work: Work, what: &str, course: &str, ours: f64) -> Result<Self, Error> {
        Ok(Self { work, what: what.to_owned(), rows: vec![vec![Pair::new(course, ours)?]] })
    }

    /// A matrix: the course's as NumPy prints it, `[[1. 2.] [3. 4.]]`.
    ///
    /// # Errors
    /// [`Error::Printed`] when the course's text is no matrix of numbers, or one of another shape than ours.
    pub fn matrix(
        work: Work,
        what: &str,
        course: &str,
        ours: ArrayView2<'_, f64>,
    ) -> Result<Self, Error> {
        let refused = |what| Error::Printed(course.to_owned(), what);
        let inside = course
            .strip_prefix("[[")
            .and_then(|rest| rest.strip_suffix("]]"))
            .ok_or_else(|| refused("a matrix between `[[` and `]]`"))?;
        let texts: Vec<Vec<&str>> = inside
            .split(['[', ']'])
            .map(|row| row.split_whitespace().collect::<Vec<_>>())
            .filter(|row| !row.is_empty())
            .collect();
        let shaped = texts.len() == ours.nrows() && texts.iter().all(|r| r.len() == ours.ncols());
        if !shaped {
            return Err(refused("as many rows and columns as ours"));
        }
        let rows = texts.iter().zip(ours.rows()).map(|(texts, ours)| {
            let pairs = texts.iter().zip(ours);
            pairs.map(|(text, ours)| Pair::new(text, *ours)).collect()
        });
        Ok(Self { work, what: what.to_owned(), rows: rows.collect::<Result<_, _>>()? })
    }

    /// A number that the course gives as a formula, and the formula's value.
    pub fn formula(work: Work, what: &str, course: &str, theirs: f64, ours: f64) -> Self {
        let course = course.to_owned();
        Self { work, what: what.to_owned(), rows: vec![vec![Pair { course, theirs, ours }]] }
    }

    /// All its numbers.
    pub fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.rows.iter().flatten()
    }

    /// Its numbers; only the first where all of them are the same, as in a matrix of zeros.
    pub fn distinct(&self) -> Vec<&Pair> {
        let mut pairs: Vec<&Pair> = self.pairs().collect();
        pairs.dedup();
        match pairs.len() {
            1 => pairs,
            _ => self.pairs().collect(),
        }
    }

    /// Whether ours, rounded to the course's digits, is what the course prints, in every number.
    pub fn agrees(&self) -> bool {
        self.pairs().all(Pair::agrees)
    }
}

impl Pair {
    fn new(course: &str, ours: f64) -> Result<Self, Error> {
        let refused = |_| Error::Printed(course.to_owned(), "a number");
        Ok(Self { course: course.to_owned(), theirs: course.parse().map_err(refused)?, ours })
    }

    /// Ours with as many digits as the course prints, and with all where it prints no finite number.
    pub fn rounded(&self) -> String {
        match self.digits() {
            Some(digits) if self.course.contains('e') => format!("{:.digits$e}", self.ours),
            Some(digits) => format!("{:.digits$}", self.ours),
            None => self.full(),
        }
    }

    /// The difference, as text; a dash where one of the numbers is infinite.
    pub fn difference(&self) -> String {
        match (self.ours - self.theirs).abs() {
            0.0 => "0".to_owned(),
            finite if finite.is_finite() => scientific(finite, 1),
            _ => "—".to_owned(),
        }
    }

    /// Ours with all its digits, in three parts: those that the course prints too, those beyond them, and the
    /// exponent.
    pub fn parts(&self) -> [String; 3] {
        let full = self.full();
        let (mantissa, exponent) = match full.find('e') {
            Some(at) => full.split_at(at),
            None => (full.as_str(), ""),
        };
        let place = mantissa.find('.').unwrap_or(mantissa.len());
        let length = match self.digits() {
            Some(0) => place,
            Some(digits) => (place + 1 + digits).min(mantissa.len()),
            None => mantissa.len(),
        };
        let (known, beyond) = mantissa.split_at(length);
        [known, beyond, exponent].map(str::to_owned)
    }

    /// How many digits the course prints after the point; none where it prints no finite number.
    fn digits(&self) -> Option<usize> {
        let is_text = self.course.parse::<f64>().is_ok_and(f64::is_finite);
        let mantissa = self.course.split('e').next().unwrap_or_default();
        let after = mantissa.split_once('.').map_or(0, |(_, after)| after.len());
        is_text.then_some(after)
    }

    /// Ours with all its digits.
    pub fn full(&self) -> String {
        match self.ours.abs() {
            0.0 => "0".to_owned(),
            1e-4..1e16 => format!("{}", self.ours),
            _ => format!("{:e}", self.ours),
        }
    }

    /// Whether ours, rounded to the course's digits, is what the course prints.
    pub fn agrees(&self) -> bool {
        self.ours == self.theirs || self.rounded().parse() == Ok(self.theirs)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn number(course: &str, ours: f64) -> Printed {
        Printed::number(Work::Lectures, "a", course, ours).unwrap()
    }

    #[test]
    fn ours_has_the_courses_digits_and_all_of_them() {
        for (course, ours, rounded, full) in [
            ("1.78648594516", 1.786_485_945_159_075_8, "1.78648594516", "1.7864859451590758"),
            ("-1.8634927", -1.863_492_703_364_490_8, "-1.8634927", "-1.8634927033644908"),
            ("2.9e-10", 2.934_5e-10, "2.9e-10", "2.9345e-10"),
            ("0.", 0.0, "0", "0"),
            ("inf", 1_234.567_89, "1234.56789", "1234.56789"),
        ] {
            let pair = number(course, ours).rows[0][0].clone();
            assert_eq!((pair.rounded().as_str(), pair.full().as_str()), (rounded, full));
        }
    }

    #[test]
    fn numbers_agree_in_the_digits_that_are_printed() {
        assert!(number("3.0001", 3.000_100_000_000_005_5).agrees());
        assert!(number("1.1e-07", 1.14e-7).agrees());
        assert!(!number("3.0001", 3.000_2).agrees());
        assert!(!number("inf", 1.0).agrees());
        assert!(Printed::formula(Work::Lectures, "a", "$`1.5^{2}`$", 2.25, 2.25).agrees());
        assert!(!Printed::formula(Work::Lectures, "a", "$`1.5^{2}`$", 2.25, 2.251).agrees());
    }

    #[test]
    fn differences_are_computed() {
        let difference = |course, ours| number(course, ours).rows[0][0].difference();
        assert_eq!(difference("0.5", 0.5), "0");
        assert_eq!(difference("0.5", 0.25), scientific(0.25, 1));
        assert_eq!(difference("inf", 1.0), "—");
        assert_eq!(difference("0.5", f64::NAN), "—");
    }

    #[test]
    fn digits_beyond_the_courses_are_told_apart() {
        for (course, ours, parts) in [
            ("0.25", 0.253_9, ["0.25", "39", ""]),
            ("0.2539", 0.25, ["0.25", "", ""]),
            ("2.9e-10", 2.934_5e-10, ["2.9", "345", "e-10"]),
            ("1e-07", 1.25e-7, ["1", ".25", "e-7"]),
            ("0.", 0.0, ["0", "", ""]),
            ("inf", 1.5, ["1.5", "", ""]),
        ] {
            assert_eq!(number(course, ours).rows[0][0].parts(), parts, "{course}");
        }
    }

    #[test]
    fn a_matrix_of_zeros_is_one_number() {
        let matrix = |text, ours: &ndarray::Array2<f64>| {
            let matrix = Printed::matrix(Work::Lectures, "a", text, ours.view()).unwrap();
            matrix.distinct().len()
        };
        assert_eq!(matrix("[[0. 0.] [0. 0.]]", &array![[0.0, 0.0], [0.0, 0.0]]), 1);
        assert_eq!(matrix("[[0. 0.] [1. 0.]]", &array![[0.0, 0.0], [1.0, 0.0]]), 4);
        assert_eq!(matrix("[[0. 0.]]", &array![[0.0, 1.0]]), 2);
    }

    #[test]
    fn matrices_are_read_as_numpy_prints_them() {
        let ours = array![[1.0, -2.5], [3.0, 4.25]];
        let matrix = |text| Printed::matrix(Work::Lectures, "a", text, ours.view());
        let read = matrix("[[ 1.   -2.5 ]\n [ 3.    4.25]]").unwrap();
        let texts: Vec<&str> = read.pairs().map(|pair| pair.course.as_str()).collect();
        assert_eq!(texts, ["1.", "-2.5", "3.", "4.25"]);
        assert!(read.agrees());
        for (text, expected) in [
            ("1. 2.", "a matrix between `[[` and `]]`"),
            ("[[1. 2.]]", "as many rows and columns as ours"),
            ("[[1. 2.] [3.]]", "as many rows and columns as ours"),
            ("[[1. 2.] [3. x]]", "a number"),
        ] {
            let error = matrix(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
