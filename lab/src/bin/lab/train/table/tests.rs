//! Tables as they come, and what is wrong with them.

use super::*;

fn read_within(bytes: &[u8], wanted: &Wanted) -> Result<Table, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, bytes).unwrap();
    Table::read(&path, wanted).map_err(|problem| {
        let said = problem.to_string();
        said.split_once("data.csv").unwrap().1.to_owned()
    })
}

fn read(bytes: &[u8]) -> Result<Table, String> {
    read_within(bytes, &Wanted::anything())
}

#[test]
fn a_table_is_a_table_however_it_is_written() {
    let table = Table { features: 2, x: vec![1.5, -2.0, 0.25, 1e3], labels: vec![0, 2] };
    for text in [
        "1.5,-2,0\n0.25,1e3,2\n",
        "1.5,-2,0\n0.25,1e3,2",
        "x1,x2,label\n1.5,-2,0\n0.25,1e3,2\n",
        ",\"x,2\",\"two\nlines\"\n1.5,-2,0\n0.25,1e3,2\n",
        "1.5,-2,0\r\n0.25,1e3,2\r\n",
        "x1,x2,label\r\n\r\n1.5,-2,0\r\n0.25,1e3,2\r\n",
        "1.5,-2,0\r0.25,1e3,2\r",
        "\u{feff}1.5,-2,0\n0.25,1e3,2\n",
        "\u{feff}x1,x2,label\r\n1.5,-2,0\r\n0.25,1e3,2\r\n",
        "\"1.5\",\"-2\",\"0\"\n\"0.25\",\"1e3\",\"2\"\n",
        " 1.5 ,\t-2, 0\n0.25, \"1e3\" ,2 \n",
        "\n\n1.5,-2,0\n\n   \n0.25,1e3,2\n\n",
        "1.50,-2.0,0.0\n.25,+1000,2e0\n",
    ] {
        assert_eq!(read(text.as_bytes()), Ok(table.clone()), "{text:?}");
    }
}

/// Asserts that each text is refused at a line and a column, with these words.
fn assert_refused(cases: &[(&str, [usize; 2], &str)]) {
    for (text, [line, column], words) in cases {
        let said = read(text.as_bytes()).unwrap_err();
        let place = format!(", line {line}, column {column}: expected ");
        assert!(said.starts_with(&place), "{text:?}: {said}");
        assert!(said.contains(words), "{text:?}: {said}");
    }
}

#[test]
fn rows_of_another_length_are_refused() {
    assert_refused(&[
        ("1,2,0\n1,2\n", [2, 3], "3 columns, as in the first row, got 2"),
        ("1,2,0\n1,2,3,0\n", [2, 4], "3 columns, as in the first row, got 4"),
        ("a,b\n1,2,0\n", [2, 3], "2 columns, as in the first row, got 3"),
        ("0\n1\n", [1, 2], "at least 2 columns"),
        ("1;2;0\n", [1, 2], "separated by commas"),
    ]);
}

#[test]
fn fields_that_are_no_numbers_are_refused() {
    assert_refused(&[
        ("1,2,0\n1,two,0\n", [2, 2], "a finite number, got \"two\""),
        ("1,b,0\n1,2,0\n", [1, 2], "a finite number, got \"b\""),
        ("1,2,0\nnan,2,0\n", [2, 1], "got \"nan\""),
        ("nan,inf,nan\n1,2,0\n", [1, 1], "got \"nan\""),
        ("1,2,0\n1,-inf,0\n", [2, 2], "got \"-inf\""),
        ("1,2,0\n1,1e999,0\n", [2, 2], "got \"1e999\""),
        ("1,2,0\n1,0x10,0\n", [2, 2], "got \"0x10\""),
        ("1,2,0\n1,,0\n", [2, 2], "got an empty field"),
        ("1,2,0\n1, ,0\n", [2, 2], "got an empty field"),
        ("1,2,0\n1,\"\",0\n", [2, 2], "got an empty field"),
        (",,\n1,2,0\n", [1, 1], "got an empty field"),
        ("1,2,0\n,,\n", [2, 1], "got an empty field"),
    ]);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    assert_refused(&[
        ("1,2,0\n\n\n1,two,0\n", [4, 2], "got \"two\""),
        ("1,2,0\r\n\r\n1,two,0\r\n", [3, 2], "got \"two\""),
        ("1,2,0\r1,two,0\r", [2, 2], "got \"two\""),
        ("a,\"b\nc\",d\n1,2,0\n1,2,x\n", [4, 3], "got \"x\""),
        ("\u{feff}1,2,0\n1,\"two\",0\n", [2, 2], "got \"two\""),
        ("\u{feff}\r\n1,two,0\r\n", [2, 2], "got \"two\""),
    ]);
}

#[test]
fn labels_that_are_no_classes_are_refused() {
    let whole = "a label that is a whole number from 0 to 999 (the last column is the class)";
    assert_refused(&[
        ("1,2,0.5\n", [1, 3], whole),
        ("1,2,-1\n", [1, 3], whole),
        ("1,2,1000\n", [1, 3], whole),
        ("1,2,1e300\n", [1, 3], whole),
        ("1,2,cat\n", [1, 3], "a finite number, got \"cat\""),
    ]);
}

#[test]
fn a_file_without_rows_is_refused() {
    let below = ": expected rows of numbers below the header, got none";
    let empty = ": expected rows of numbers, got an empty file";
    for (text, expected) in [
        ("", empty),
        ("\n\r\n \n", empty),
        ("\u{feff}", empty),
        ("x1,x2,label\n", below),
        ("x1,x2,label\r\n\r\n", below),
    ] {
        assert_eq!(read(text.as_bytes()), Err(expected.to_owned()), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named() {
    for (bytes, place) in [
        (&b"1,2,0\n1,\xff,0\n"[..], ", line 2, column 2: "),
        (b"x,gr\xf6\xdfe,y\n1,2,0\n", ", line 1, column 2: "),
        (b"\xff\xfe1\0,\0", ", line 1, column 1: "),
    ] {
        let said = read(bytes).unwrap_err();
        assert!(said.starts_with(place), "{said}");
        assert!(said.contains("expected text in UTF-8, got the byte 0x"), "{said}");
    }
}

#[test]
fn a_long_field_is_shown_by_its_beginning() {
    let text = format!("1,2,0\n1,\"{},0\n", "2,0\n".repeat(1_000));
    let said = read(text.as_bytes()).unwrap_err();
    assert!(said.starts_with(", line 2, column 3: ") && said.len() < 200, "{said}");
    let text = format!("1,2,0\n1,{},0\n", "x".repeat(1_000));
    let said = read(text.as_bytes()).unwrap_err();
    assert!(said.contains("xxx\"…") && said.len() < 200, "{said}");
}

#[test]
fn columns_and_classes_are_those_that_are_wanted() {
    let wanted = Wanted {
        columns: Some(3),
        like: "train.csv".to_owned(),
        classes: 2,
        of: "the classes of train.csv".to_owned(),
        ..Wanted::anything()
    };
    assert!(read_within(b"1,2,0\n1,2,1\n", &wanted).is_ok());
    let few = ", line 1, column 3: expected 3 columns, as in train.csv, got 2";
    let other = ", line 2, column 3: expected a label that is a whole number from 0 to 1 (the \
                 classes of train.csv), got \"2\"";
    for (text, expected) in [("1,0\n", few), ("1,2,0\n1,2,2\n", other)] {
        let refused = read_within(text.as_bytes(), &wanted);
        assert_eq!(refused, Err(expected.to_owned()));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none.csv"), folder.path().to_owned()] {
        let problem = Table::read(&path, &Wanted::anything()).unwrap_err();
        let said = problem.to_string();
        assert!(said.contains(path.to_str().unwrap()), "{said}");
        assert!(said.contains(": expected a CSV file that can be read: "), "{said}");
    }
}

#[test]
fn no_more_numbers_are_read_than_are_kept() {
    let wanted = Wanted { most: 6, ..Wanted::anything() };
    assert!(read_within(b"x,y,z\n1,2,0\n1,2,1\n", &wanted).is_ok());
    let refused = read_within(b"1,2,0\n1,2,1\n1,2,0\n", &wanted);
    let expected = ", line 3, column 1: expected a file of at most 6 numbers, got more";
    assert_eq!(refused, Err(expected.to_owned()));
}
