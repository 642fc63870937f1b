//! What the build script refuses, by file and line.

use std::fs;
use std::panic;
use std::path::Path;
use std::time::Duration;

use snippets::{Block, Document};

const MAIN: &str = "fn main() {}";

fn traps(text: &str) -> Vec<String> {
    let document = Document::new("book/page.md", text);
    document.traps.iter().map(ToString::to_string).collect()
}

fn assert_trap(text: &str, expected: &str) {
    let traps = traps(text);
    assert_eq!(traps.len(), 1, "{traps:?}");
    assert!(traps[0].starts_with(expected), "{traps:?}");
}

#[test]
fn a_plain_block_is_found_and_accepted() {
    let document = Document::new("book/page.md", &format!("text\n\n```rust\n{MAIN}\n```\n"));
    let block = Block {
        name: "page_line_3".to_owned(),
        line: 3,
        code: format!("{MAIN}\n"),
    };
    assert_eq!(document.blocks, [block]);
    assert_eq!(document.traps, []);
}

#[test]
fn hidden_lines_are_compiled() {
    let shown = "# fn main() {\r\n  # let a = 1;\n#\n#[cfg(test)]\n  let b = 2;\n# # \n";
    let code = "fn main() {\nlet a = 1;\n\n#[cfg(test)]\n  let b = 2;\n# \n";
    let document = Document::new("book/page.md", &format!("```rust\n{shown}```\n"));
    assert_eq!(document.blocks[0].code, code);
}

#[test]
fn tests_are_named_after_the_document_and_the_section() {
    let block = format!("```rust\n{MAIN}\n```\n");
    let text = format!("{block}# One *two*\n{block}## `A` net's  «b»\n### Deeper\n{block}");
    let document = Document::new("book/Deep-nets.md", &text);
    let names: Vec<&str> = document
        .blocks
        .iter()
        .map(|block| block.name.as_str())
        .collect();
    let expected = [
        "deep_nets_line_1",
        "deep_nets_sect_one_two_line_5",
        "deep_nets_sect_net_s_b_line_10",
    ];
    assert_eq!(names, expected);
}

#[test]
fn tags_that_keep_a_block_from_running_are_refused() {
    for tag in [
        "ignore",
        "no_run",
        "compile_fail",
        "should_panic",
        "skeptic-template",
    ] {
        for separator in [",", " ", ", "] {
            assert_trap(
                &format!("\n```rust{separator}{tag}\n{MAIN}\n```\n"),
                &format!("book/page.md:2: `{tag}` in `rust{separator}{tag}`: "),
            );
        }
        assert_trap(
            &format!("```{tag}\n{MAIN}\n```\n"),
            &format!("book/page.md:1: `{tag}` in `{tag}`: "),
        );
    }
}

#[test]
fn other_spellings_of_rust_are_refused() {
    for info in [
        "rs",
        "Rust",
        "rust,edition2024",
        "rust,editable",
        "text,rust",
        "{.rust}",
        "skt-a",
    ] {
        assert_trap(
            &format!("```{info}\n{MAIN}\n```\n"),
            &format!("book/page.md:1: expected `rust` alone, found `{info}`"),
        );
    }
}

#[test]
fn other_languages_are_accepted() {
    for info in [
        "text",
        "sh",
        "toml",
        "math",
        "trust",
        "rustfmt",
        "text,rustic",
    ] {
        assert_eq!(
            traps(&format!("```{info}\nlet x = {{ 1 }}\n```\n")),
            [""; 0]
        );
    }
}

#[test]
fn a_block_without_a_language_is_refused() {
    let expected = "book/page.md:3: a code block names its language";
    assert_trap("a\n\n```\nlet x = 1;\n```\n", expected);
    assert_trap("a\n\n~~~  \nls\n~~~\n", expected);
    assert_trap("a\n\n    fn main() {}\n", expected);
    assert_trap("a\n\n> ```\n> ls\n> ```\n", expected);
}

#[test]
fn a_directive_in_a_block_is_refused() {
    let include = "{{#include ../src/lib.rs}}\nfn main() {}";
    assert_trap(
        &format!("```rust\n{include}\n```\n"),
        "book/page.md:1: `{{#` in a Rust block",
    );
}

#[test]
fn a_block_that_is_no_program_is_refused() {
    assert_trap("```rust\nlet x = 1;\n```\n", "book/page.md:1: no `fn main`");
    assert_trap("```rust\n```\n", "book/page.md:1: an empty Rust block");
    assert_trap("```rust\n\n```\n", "book/page.md:1: an empty Rust block");
}

#[test]
fn rust_inside_html_is_refused() {
    let block = format!("```rust\n{MAIN}\n```\n");
    let expected = "book/page.md:3: Rust inside HTML or a comment";
    assert_trap(
        &format!("a\n\n<!-- {block}-->\n"),
        "book/page.md:3: Rust inside HTML",
    );
    assert_trap(&format!("\n<!--\n{block}-->\n"), expected);
    assert_trap(&format!("\n<details>\n{block}</details>\n"), expected);
    assert_trap(
        "\n\n<pre><code class=\"language-rust\">fn</code></pre>\n",
        expected,
    );
    assert_eq!(
        traps(&format!("<details>\n\n{block}\n</details>\n")),
        [""; 0]
    );
    assert_eq!(traps("<!-- the rust of ``` and such -->\n"), [""; 0]);
}

#[test]
fn all_traps_of_a_document_are_named() {
    let text = "```\na\n```\n\n```rust,no_run\nfn main() {}\n```\n";
    assert_eq!(traps(text).len(), 2);
}

#[test]
fn names_that_make_no_test_are_refused() {
    for path in ["book/1.md", "book/a/2024-notes.md", "book/_3.md"] {
        let traps = Document::new(path, "").traps;
        assert_eq!(traps.len(), 1, "{path}");
        assert!(
            traps[0]
                .to_string()
                .starts_with(&format!("{path}:1: tests are named"))
        );
    }
    assert_eq!(Document::new("book/2/page.md", "").traps, []);
    assert_eq!(Document::new("book/形状.md", "").traps, []);
}

#[test]
fn documents_are_found_in_every_folder() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house");
    let documents = Document::read_all(&house).unwrap();
    let found: Vec<(&str, usize)> = documents
        .iter()
        .map(|document| (document.path.as_str(), document.blocks.len()))
        .collect();
    let expected = [
        ("README.md", 1),
        ("book/nets/shapes.md", 2),
        ("book/plain.md", 0),
        ("book/shapes.md", 4),
        ("book/形状.md", 2),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_missing_readme_is_named() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder).unwrap();
    let error = Document::read_all(folder).unwrap_err();
    assert!(error.to_string().contains("README.md"), "{error}");
}

#[test]
fn a_block_that_does_not_compile_has_run_and_fails_its_test() {
    assert_fails(7, "fn main() { let x = ; }\n");
}

#[test]
fn a_block_that_panics_has_run_and_fails_its_test() {
    assert_fails(9, "fn main() {\n    assert_eq!(line!(), 0);\n}\n");
}

fn assert_fails(line: usize, code: &str) {
    let failed = panic::catch_unwind(|| snippets::run("book/page.md", line, code));
    assert!(failed.is_err(), "expected a panic, got none");
    let ran = snippets::ran(1, Duration::ZERO);
    assert!(ran.contains(&("book/page.md".to_owned(), line)), "{ran:?}");
}
