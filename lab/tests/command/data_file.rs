//! `lab train --data-file`.

use std::fs;
use std::path::PathBuf;

use super::*;

/// Files in a folder that is gone after the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A data set as a file.
    fn save(&self, name: &str, data: &Dataset) -> String {
        let mut text = "x1,x2,label\n".to_owned();
        for (x, label) in data.x().columns().into_iter().zip(data.y()) {
            text += &format!("{},{},{label}\n", x[0], x[1]);
        }
        self.write(name, text.as_bytes())
    }
}

/// A few examples of two classes.
const FEW: &str = "1,2,3,0\n2,1,3,1\n1,1,3,0\n2,2,1,1\n0,2,3,0\n2,0,3,1\n1,0,3,0\n2,3,1,1\n";

#[test]
fn a_file_is_trained_on_as_the_data_that_it_was_written_from() {
    let folder = Folder::new();
    let [train_data, test_data] =
        [(60, 1), (40, 2)].map(|(m, seed)| circles(m, 0.05, &mut RandomState::new(seed)).unwrap());
    let file = folder.save("train.csv", &train_data);
    let test = folder.save("test.csv", &test_data);
    let read = json(&train(&["--json", "--data-file", &file, "--test-file", &test]));
    let made = json(&train(&["--json", "--train-size", "60", "--test-size", "40"]));
    for name in ["cost", "train_accuracy", "test_accuracy", "parameters"] {
        assert_eq!(read[name], made[name], "{name}");
    }
}

#[test]
fn a_file_is_split_by_a_seeded_permutation() {
    let folder = Folder::new();
    let data = spiral(90, 3, 0.02, &mut RandomState::new(5)).unwrap();
    let file = folder.save("spiral.csv", &data);
    let split = ["--test-share", "0.3", "--split-seed", "7"];
    let found = json(&train(&[&["--json", "--data-file", &file][..], &split].concat()));

    let order = RandomState::new(7).permutation(90);
    let (first, last) = order.split_at(63);
    let (train_data, test_data) = (data.select(first).unwrap(), data.select(last).unwrap());
    let mut rng = RandomState::new(3);
    let mut network = Network::new(&[2, 10, 5, 3], Initialization::He, &mut rng).unwrap();
    let history = GradientDescent::new(0.01)
        .iterations(20)
        .record_every(5)
        .train(&mut network, &train_data)
        .unwrap();
    for (iteration, cost) in history.costs() {
        let found = number(&found["cost"][iteration.to_string()]);
        assert_eq!(found.to_bits(), cost.to_bits());
    }
    let accuracy = network.accuracy(&test_data).unwrap();
    assert_eq!(number(&found["test_accuracy"]), accuracy);

    let by_default = json(&train(&["--json", "--data-file", &file]));
    let written = ["--test-share", "0.2", "--split-seed", "1"];
    let written = json(&train(&[&["--json", "--data-file", &file][..], &written].concat()));
    assert_eq!(by_default["parameters"], written["parameters"]);
}

#[test]
fn layers_follow_the_file() {
    let folder = Folder::new();
    let two = folder.write("two.csv", FEW.as_bytes());
    let three = folder.write("three.csv", (FEW.to_owned() + "1,2,3,2\n").as_bytes());
    let last = |arguments: &[&str]| {
        let found = json(&train(&[&["--json"], arguments].concat()));
        let layers = found["parameters"].as_array().unwrap();
        let inputs = layers[0]["w"][0].as_array().unwrap().len();
        (inputs, layers.last().unwrap()["b"].as_array().unwrap().len())
    };
    assert_eq!(last(&["--data-file", &two]), (3, 1));
    assert_eq!(last(&["--data-file", &two, "--layers", "3,4,2"]), (3, 2));
    assert_eq!(last(&["--data-file", &two, "--classes", "5"]), (3, 5));
    assert_eq!(last(&["--data-file", &three]), (3, 3));
    for (file, layers, expected) in [
        (&two, "2,10,1", "the first is 3 (the data's features) and the last is 1 or 2"),
        (&two, "3,10,3", "the last is 1 or 2"),
        (&three, "3,10,1", "the last is 3"),
    ] {
        refused(
            &["--data-file", file, "--layers", layers],
            &["--layers", expected, "such as 3,10,5,"],
        );
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_before_training() {
    let folder = Folder::new();
    let number = "expected a finite number";
    let whole = "expected a label that is a whole number from 0 to 999";
    for (bytes, place, words) in [
        (&b"1,2,0\n1,2\n"[..], "line 2, column 3", "3 columns"),
        (b"1,2,0\n1,2,0,1\n", "line 2, column 4", "3 columns"),
        (b"x,y\n\n1,one,1\n", "line 3, column 3", "2 columns"),
        (b"1,2,0\n1,one,1\n", "line 2, column 2", number),
        (b"1,y,0\n1,2,1\n", "line 1, column 2", number),
        (b"1,2,0\r\n\r\n1,,1\r\n", "line 3, column 2", "empty field"),
        (b"1,2,0\n1,nan,1\n", "line 2, column 2", number),
        (b"1,2,0\n1,inf,1\n", "line 2, column 2", number),
        (b"1,2,0\n1,2,0.5\n", "line 2, column 3", whole),
        (b"1,2,0\n1,2,-1\n", "line 2, column 3", whole),
        (b"1,2,0\n1,2,1000\n", "line 2, column 3", whole),
        (b"1,2,0\n1,2,cat\n", "line 2, column 3", number),
        (b"1\n0\n", "line 1, column 2", "at least 2 columns"),
        (b"1,2,0\n1,\xff,1\n", "line 2, column 2", "UTF-8"),
        (b"1,2,1\n3,2,1\n", "two classes", "the label 1 only"),
        (b"", "data.csv: ", "got an empty file"),
        (b"x,y,label\n", "data.csv: ", "below the header"),
    ] {
        let file = folder.write("data.csv", bytes);
        refused(&["--data-file", &file], &["data.csv", place, words]);
    }
    for path in [folder.path("none.csv"), folder.path("")] {
        let path = path.to_str().unwrap();
        let words = [path, "expected a CSV file that can be read"];
        refused(&["--data-file", path], &words);
    }
}

#[test]
fn a_test_file_has_what_the_training_file_has() {
    let folder = Folder::new();
    let file = folder.write("train.csv", FEW.as_bytes());
    for (text, expected) in [
        ("1,2,0\n", &["line 1, column 4", "expected 4 columns, as in ", "train.csv, got 3"][..]),
        ("1,2,3,1\n1,2,3,2\n", &["line 2, column 4", "from 0 to 1 (the classes of ", "got \"2\""]),
        ("a,b,c,d\n", &["below the header, got none"]),
    ] {
        let test = folder.write("test.csv", text.as_bytes());
        let arguments = ["--data-file", &file, "--test-file", &test];
        refused(&arguments, &[&["test.csv"], expected].concat());
    }
    let test = folder.write("test.csv", b"1,2,3,2\n");
    let more = ["--data-file", &file, "--test-file", &test, "--classes", "3"];
    json(&train(&[&["--json"], &more[..]].concat()));
    refused(&["--data-file", &test], &["test.csv", "got the label 2 only"]);
}

#[test]
fn a_split_without_something_to_learn_or_to_test_is_refused() {
    let folder = Folder::new();
    let file = folder.write("few.csv", FEW.as_bytes());
    let share = |share| ["--data-file", &file, "--test-share", share].map(str::to_owned);
    for (given, expected) in [
        (share("0.01"), &["--test-share", "one example to test on, got none of the 8"][..]),
        (share("0.99"), &["--test-share", "one example to train on, got none of the 8"]),
        (share("0.8"), &["the training part of ", "at least two classes"]),
    ] {
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let seeded = [&given[..], &["--split-seed", "3"]].concat();
        refused(&seeded, expected);
    }
    let classes = ["--data-file", &file, "--classes", "2"];
    json(&train(&[&["--json"], &classes[..]].concat()));
    let three = folder.write("three.csv", b"1,0\n2,1\n3,2\n");
    refused(
        &["--data-file", &three, "--classes", "2"],
        &["line 3, column 2", "from 0 to 1 (--classes 2)"],
    );
    refused(&["--data-file", &file, "--batch-size", "7"], &["--batch-size", "from 1 to 6"]);
}

#[test]
fn options_of_made_data_do_not_go_with_a_file() {
    let folder = Folder::new();
    let file = folder.write("few.csv", FEW.as_bytes());
    for (option, value) in [
        ("--data", "circles"),
        ("--train-size", "300"),
        ("--train-seed", "1"),
        ("--test-size", "100"),
        ("--test-seed", "2"),
        ("--noise", "0.05"),
    ] {
        let arguments = ["--data-file", &file, option, value];
        refused(&arguments, &[option, "cannot be used with", "--data-file"]);
    }
    for (option, value) in [("--test-share", "0.2"), ("--split-seed", "1")] {
        let arguments = ["--data-file", &file, "--test-file", &file, option, value];
        refused(&arguments, &[option, "cannot be used with", "--test-file"]);
        refused(&[option, value], &[option, "--data-file"]);
    }
    refused(&["--test-file", &file], &["--test-file", "--data-file"]);
}
