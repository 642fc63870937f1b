//! A whole small book, built by mdBook in this process with this project's configuration and theme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "all of this is test code"
)]

mod results;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use course::syllabus::{Item, Syllabus, Week};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use press::Press;
use tempfile::TempDir;

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

/// The small book in a folder of its own, with this project's theme.
fn clone_book() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("press/small_book/fixture"), folder.path());
    copy(&root().join("theme"), &folder.path().join("theme"));
    folder
}

/// Builds with this project's own configuration, except that the press runs in this process.
fn build(folder: &Path) -> Result<(), String> {
    build_for(folder, results::SYLLABUS)
}

fn build_for(folder: &Path, syllabus: Syllabus) -> Result<(), String> {
    let mut config = Config::from_disk(root().join("book.toml")).unwrap();
    config
        .set("preprocessor", BTreeMap::<String, String>::new())
        .unwrap();
    // mdBook's own preprocessors come after the press, which here they could not.
    config
        .set("build.use-default-preprocessors", false)
        .unwrap();
    config
        .set("build.extra-watch-dirs", Vec::<String>::new())
        .unwrap();
    let mut book = MDBook::load_with_config(folder, config).unwrap();
    book.with_preprocessor(Press::with_results(results::results()).syllabus(syllabus));
    book.build().map_err(|error| format!("{error:#}"))
}

/// A page without the line breaks that mdBook puts between blocks.
fn unbroken(folder: &Path, name: &str) -> String {
    page(folder, name).replace('\n', "")
}

/// Replaces a part of a chapter.
fn edit(folder: &Path, chapter: &str, from: &str, to: &str) {
    let file = folder.join("book").join(chapter);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
}

/// A course of one week.
fn of(week: Week) -> Syllabus {
    Syllabus {
        weeks: Box::leak(Box::new([week])),
    }
}

fn page(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("target/book").join(name)).unwrap()
}

#[test]
fn the_small_book_is_complete() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let results = page(folder.path(), "results.html");
    for expected in [
        "<data value=\"0.9933\">99.33\u{a0}%</data>",
        "<figure id=\"figure-he-cost-2\">",
        "<span class=\"label\">Figure 1.1.</span>",
        "href=\"code/lab/src/he.html#lab-src-he-4\"",
        "id=\"table-he-comparison\"",
        "<th scope=\"row\">He</th>",
        "<div class=\"claim does-not-hold\" id=\"claim-he-cost\" role=\"note\">",
        "<strong class=\"verdict\"><span aria-hidden=\"true\">✓</span> Holds</strong> on rings.",
        "<a href=\"code/src/scale.html#src-scale-11\">src/scale.rs</a> <span>lines 11–19</span>",
        "<a href=\"code/lab/src/he.html#lab-src-he-4\">lab/src/he.rs</a>",
        "{{#value he.accuracy}} is how it is written",
        "<code>{{#value he.accuracy}}</code>",
        "<math display=\"block\">",
    ] {
        assert!(results.contains(expected), "{expected}\n{results}");
    }
    assert!(!results.contains("ANCHOR"));
}

#[test]
fn references_lead_to_the_first_place_from_any_depth() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let index = page(folder.path(), "index.html");
    assert!(index.contains("<a href=\"index.html#figure-he-cost\">Figure\u{a0}1</a>"));
    assert!(index.contains("<a href=\"results.html#table-he-comparison\">Table\u{a0}1.1</a>"));
    let deep = page(folder.path(), "deep/more.html");
    assert!(deep.contains("<a href=\"../results.html#table-he-comparison\">"));
    assert!(deep.contains("href=\"../code/lab/src/he.html#lab-src-he-4\""));
    assert!(deep.contains("Figure 1.1.1."));
}

#[test]
fn a_widget_is_its_figure_and_leads_to_the_script_from_any_depth() {
    let folder = clone_book();
    let script = folder.path().join(bundle::SCRIPT);
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "globalThis.trainable = {};").unwrap();
    let version = bundle::version(folder.path()).unwrap().unwrap();
    build(folder.path()).unwrap();
    let deep = page(folder.path(), "deep/more.html");
    let opening = format!(
        "<div class=\"widget\" data-widget=\"initialization\" \
         data-module=\"../widgets/live.js?v={version}\"><figure id=\"figure-he-cost-3\">"
    );
    assert!(deep.contains(&opening), "{opening}\n{deep}");
    assert!(deep.contains("Figure 1.1.1.</span>"), "{deep}");
    assert!(deep.contains("</figcaption></figure></div>"), "{deep}");
    let print = page(folder.path(), "print.html");
    assert!(print.contains("data-widget=\"initialization\""));
    let copied = page(folder.path(), "widgets/live.js");
    assert_eq!(copied, "globalThis.trainable = {};");
}

#[test]
fn without_a_script_a_widget_is_a_figure() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let deep = page(folder.path(), "deep/more.html");
    let opening = "<div class=\"widget\" data-widget=\"initialization\"><figure id=";
    assert!(deep.contains(opening), "{deep}");
}

#[test]
fn a_book_without_widgets_has_no_script() {
    let folder = clone_book();
    let script = folder.path().join(bundle::SCRIPT);
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "of another book").unwrap();
    fs::write(
        folder.path().join("book/deep/more.md"),
        "# More\n\n{{#claim he/ends}}\n",
    )
    .unwrap();
    build(folder.path()).unwrap();
    assert!(!script.exists());
    assert!(!folder.path().join("target/book/widgets").exists());
}

#[test]
fn a_widget_that_is_unknown_or_in_the_book_twice_fails_the_build() {
    let folder = clone_book();
    fs::write(
        folder.path().join("book/deep/more.md"),
        "# More\n\n{{#claim he/ends}}\n\n{{#widget initialisation he/cost}}\n\n{{#widget \
         initialization he/cots}}\n\n{{#widget initialization he/cost}}\n\n{{#widget he/cost}}\n",
    )
    .unwrap();
    let error = build(folder.path()).unwrap_err();
    for expected in [
        "book/deep/more.md:5: {{#widget initialisation he/cost}}: there is no widget \
         `initialisation`; the nearest is `initialization`",
        "book/deep/more.md:7: {{#widget initialization he/cots}}: there is no figure `he/cots`; \
         the nearest is `he/cost`",
        "book/deep/more.md:9: {{#widget initialization he/cost}}: the widget `initialization` is \
         in the book already, in book/deep/more.md:7",
        "book/deep/more.md:11: expected `{{#widget name experiment/figure}}`, found `he/cost`",
        "4 problems in the chapters",
    ] {
        assert!(error.contains(expected), "{expected}\n{error}");
    }
}

#[test]
fn a_claims_parts_are_each_in_their_place() {
    const MEASURED: &str = "<p><strong>Measured:</strong> in 20 runs between 0.07 and 0.09, ";
    const REASON: &str = "The logit form of the cost is finite for every finite logit, \
                          so nothing overflows.</p></div>";
    let folder = clone_book();
    build(folder.path()).unwrap();
    for (name, id, class, symbol, words) in [
        (
            "results.html",
            "cost",
            "does-not-hold",
            "✗",
            "Does not hold</strong> on rings.",
        ),
        (
            "results.html",
            "keeps",
            "holds",
            "✓",
            "Holds</strong> on rings.",
        ),
        (
            "deep/more.html",
            "ends",
            "holds-only-if",
            "◐",
            "Holds only if: rates below 0.1</strong>, on rings.",
        ),
    ] {
        let text = unbroken(folder.path(), name);
        let opening = format!("<div class=\"claim {class}\" id=\"claim-he-{id}\" role=\"note\">");
        let (_, claim) = text.split_once(&opening).expect(&opening);
        let (before, claim) = claim.split_once(MEASURED).unwrap();
        let said_by = "<p><strong>Claim</strong> \
                       <span class=\"said-by\">(course, initialization assignment)</span>: ";
        assert!(before.starts_with(said_by), "{before}");
        let verdict = format!(
            "<p class=\"reason\"><strong class=\"verdict\">\
             <span aria-hidden=\"true\">{symbol}</span> {words} {REASON}"
        );
        let (_, after) = claim.split_once("</p>").unwrap();
        assert!(after.starts_with(&verdict), "{verdict}\n{after}");
    }
}

#[test]
fn the_list_of_claims_gives_each_verdict_its_class() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let claims = unbroken(folder.path(), "claims.html");
    for (id, class, symbol, words) in [
        (
            "results.html#claim-he-cost",
            "does-not-hold",
            "✗",
            "Does not hold",
        ),
        ("results.html#claim-he-keeps", "holds", "✓", "Holds"),
        (
            "deep/more.html#claim-he-ends",
            "holds-only-if",
            "◐",
            "Holds only if",
        ),
    ] {
        let verdict = format!(
            "<strong class=\"verdict\"><span aria-hidden=\"true\">{symbol}</span> {words}</strong>"
        );
        let cell = format!("<td class=\"{class}\"><a href=\"{id}\">{verdict}</a>");
        assert!(claims.contains(&cell), "{cell}\n{claims}");
        let count = format!("<li class=\"{class}\"><span class=\"count\">1</span> {verdict}</li>");
        assert!(claims.contains(&count), "{count}\n{claims}");
    }
}

#[test]
fn a_claim_that_no_chapter_shows_fails_the_build_by_its_name() {
    let folder = clone_book();
    edit(folder.path(), "results.md", "{{#claim he/keeps}}", "None.");
    let error = build(folder.path()).unwrap_err();
    let expected = "book/claims.md:3: {{#claims}}: expected every claim to stand in a chapter, \
                    found none with `{{#claim he/keeps}}`";
    assert!(
        error.lines().any(|line| line.ends_with(expected)),
        "{error}"
    );
}

#[test]
fn all_claims_are_listed_with_their_verdicts() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let claims = page(folder.path(), "claims.html");
    assert!(claims.contains("href=\"results.html#claim-he-keeps\""));
    assert!(claims.contains("href=\"deep/more.html#claim-he-ends\""));
    assert_eq!(claims.matches("<span class=\"count\">1</span>").count(), 3);
    assert!(claims.contains("id=\"claims-deep-more\""));
}

#[test]
fn the_courses_numbers_stand_beside_ours_in_the_chapter() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let results = page(folder.path(), "results.html");
    for expected in [
        "<caption><span class=\"label\">Table 1.2.</span> What the course prints",
        "<tr id=\"printed-he-cost-1000\"><th scope=\"row\">Cost at 1000, <math>",
        "<td class=\"number\">0.6880</td><td class=\"number\">0.6879<small>826</small></td><td \
         class=\"number\">1.7\u{a0}×\u{a0}10⁻⁵</td>",
        "<td class=\"number\">1.5<br>−0.25<br>0.<br>1e−07</td>\
         <td class=\"number\">1.5<br>−0.37<small>5</small><br>0<br>1<small>.25</small>e−7</td>\
         <td class=\"number\">0<br>1.2\u{a0}×\u{a0}10⁻¹<br>0<br>2.5\u{a0}×\u{a0}10⁻⁸</td>",
    ] {
        assert!(results.contains(expected), "{expected}\n{results}");
    }
}

#[test]
fn all_numbers_of_the_course_are_listed_by_assignment() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let course = page(folder.path(), "course.html");
    for expected in [
        "<p>5 numbers; 4 of them agree in every digit that the course prints.</p>",
        "<a href=\"results.html#printed-he-cost-1000\">",
        "<a href=\"results.html#printed-he-w1\"><code>gradient_check_n</code>, W1</a>",
    ] {
        assert!(course.contains(expected), "{expected}\n{course}");
    }
    let place = |id: &str| course.find(&format!("<h2 id=\"printed-{id}\">"));
    assert!(place("initialization-assignment") < place("gradient-checking-assignment"));
    assert_eq!(place("lectures"), None);
}

#[test]
fn coverage_links_the_course_to_sections_code_and_tests() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let results = page(folder.path(), "results.html");
    for expected in [
        "<span id=\"covers-1-1\"><a href=\"coverage.html#course-1-1\">1.1 Scales</a></span>",
        "<span id=\"covers-scale-it\"><a \
         href=\"coverage.html#course-scale-it\"><code>scale_it</code></a></span>",
    ] {
        assert!(results.contains(expected), "{expected}\n{results}");
    }
    let coverage = page(folder.path(), "coverage.html");
    for expected in [
        "<p>2 of 3 lectures and functions are covered.</p>",
        "<a href=\"results.html#covers-1-1\">Results: The code</a>",
        "<a href=\"code/src/scale.html#src-scale-12\"><code>scale.rs:12</code></a>",
        "<a href=\"claims.html#claims-results\">the chapter’s 2 claims</a>",
        "<a href=\"code/tests/course.html#tests-course-4\">the scale of the exercise</a>",
        "<tr id=\"course-1-2\"><th scope=\"row\">1.2 More scales</th><td>not yet</td>",
    ] {
        assert!(coverage.contains(expected), "{expected}\n{coverage}");
    }
}

#[test]
fn a_row_of_the_coverage_has_what_belongs_to_it_and_no_more() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let coverage = unbroken(folder.path(), "coverage.html");
    let code = "<td><a href=\"code/src/scale.html#src-scale-12\">\
                <code>scale.rs:12</code></a></td>";
    let lecture = format!(
        "<table><thead><tr><th scope=\"col\">Lecture</th><th scope=\"col\">Section</th>\
         <th scope=\"col\">Code</th><th scope=\"col\">Checked by</th></tr></thead><tbody>\
         <tr id=\"course-1-1\"><th scope=\"row\">1.1 Scales</th>\
         <td><a href=\"results.html#covers-1-1\">Results: The code</a></td>{code}\
         <td><a href=\"claims.html#claims-results\">the chapter’s 2 claims</a></td></tr>"
    );
    assert!(coverage.contains(&lecture), "{lecture}\n{coverage}");
    let function = format!(
        "<table><thead><tr><th scope=\"col\">Function</th><th scope=\"col\">Section</th>\
         <th scope=\"col\">Code</th><th scope=\"col\">Checked by</th></tr></thead><tbody>\
         <tr id=\"course-scale-it\"><th scope=\"row\"><code>scale_it</code> The scale of a \
         layer</th><td><a href=\"results.html#covers-scale-it\">Results: The code</a></td>{code}\
         <td>test <a href=\"code/tests/course.html#tests-course-4\">the scale of the exercise</a>\
         <br><a href=\"results.html#exercise-double-it\">your own</a></td></tr>"
    );
    assert!(coverage.contains(&function), "{function}\n{coverage}");
}

#[test]
fn a_chapter_with_one_claim_or_none_is_counted_so() {
    let folder = clone_book();
    let covers = "{{#covers 1.1}}\n\n{{#ref he/comparison}}";
    edit(
        folder.path(),
        "deep/more.md",
        "Back in {{#ref he/comparison}}",
        covers,
    );
    edit(
        folder.path(),
        "index.md",
        "{{#figure he/cost}}",
        "{{#covers 1.1}}\n\n{{#figure he/cost}}",
    );
    build(folder.path()).unwrap();
    let coverage = unbroken(folder.path(), "coverage.html");
    let expected = "<td><a href=\"claims.html#claims-results\">the chapter’s 2 claims</a><br>\
                    <a href=\"claims.html#claims-deep-more\">the chapter’s claim</a></td>";
    assert!(coverage.contains(expected), "{coverage}");
}

#[test]
fn only_a_value_can_stand_in_an_attribute() {
    let folder = clone_book();
    let with = |directive: &str| format!("<b title=\"{directive}\">Back</b>");
    edit(
        folder.path(),
        "deep/more.md",
        "Back",
        &with("{{#value he.accuracy}}"),
    );
    build(folder.path()).unwrap();
    let deep = page(folder.path(), "deep/more.html");
    assert!(
        deep.contains("<b title=\"99.33\u{a0}%\">Back</b>"),
        "{deep}"
    );
    edit(
        folder.path(),
        "deep/more.md",
        "{{#value he.accuracy}}",
        "{{#ref he/cost}}",
    );
    let error = build(folder.path()).unwrap_err();
    let expected = "book/deep/more.md:7: only `{{#value …}}` can stand in an attribute";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn problems_are_told_in_reading_order() {
    let folder = clone_book();
    edit(
        folder.path(),
        "index.md",
        "# A small book",
        "# A small book\n\n{{#nothing}}",
    );
    edit(
        folder.path(),
        "results.md",
        "# Results",
        "# Results\n\n0.83\n\n{{#nothing}}",
    );
    edit(
        folder.path(),
        "deep/more.md",
        "# More results",
        "# More\n\n{{#value a.b}}",
    );
    let error = build(folder.path()).unwrap_err();
    let places = [
        "book/index.md:3:",
        "book/results.md:3:",
        "book/results.md:5:",
        "book/deep/more.md:3:",
    ]
    .map(|place| error.find(place).expect(place));
    assert!(places.is_sorted(), "{error}");
}

#[test]
fn what_the_course_has_and_no_chapter_covers_fails_the_build() {
    let folder = clone_book();
    let not_yet = |not_yet| {
        build_for(
            folder.path(),
            of(Week {
                not_yet,
                ..results::WEEK
            }),
        )
    };
    let error = not_yet(&[]).unwrap_err();
    let expected = "book/coverage.md:3: {{#coverage}}: expected a chapter to cover everything that \
                    the course has, found none with `{{#covers 1.2}}`";
    assert!(error.contains(expected), "{error}");
    let error = not_yet(&["1.1", "1.2"]).unwrap_err();
    assert!(
        error.contains("`1.1` is covered now: take it out of NOT_YET in course/src/week_1.rs"),
        "{error}"
    );
}

#[test]
fn twice_unknown_and_missing_is_said_with_its_place() {
    let folder = clone_book();
    fs::write(
        folder.path().join("book/deep/more.md"),
        "# More\n\n{{#covers 1.1 scale_it}}\n\n{{#covers scal_it}}\n\n{{#claim he/ends}}\n",
    )
    .unwrap();
    let error = build(folder.path()).unwrap_err();
    for expected in [
        "book/deep/more.md:3: {{#covers 1.1 scale_it}}: `scale_it` is covered already, in \
         book/results.md:33",
        "book/deep/more.md:5: {{#covers scal_it}}: the course has no lecture or function \
         `scal_it`; the nearest is `scale_it`",
    ] {
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    let broken = |code, test| {
        let [first, second, ..] = results::WEEK.items else {
            unreachable!("the week has three items");
        };
        let items = Box::leak(Box::new([
            Item {
                code,
                test,
                ..*first
            },
            *second,
        ]));
        let week = Week {
            items,
            not_yet: &[],
            ..results::WEEK
        };
        build_for(clone_book().path(), of(week)).unwrap_err()
    };
    let error = broken(&[("src/scale.rs", "pub fn scal_it")], None);
    assert!(
        error.contains("no line of src/scale.rs begins with `pub fn scal_it`"),
        "{error}"
    );
    let error = broken(&[], Some("the_scale"));
    let expected =
        "tests/course.rs has no test `the_scale`; the nearest is `the_scale_of_the_exercise`";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn exercises_stand_in_their_chapter_with_hints_and_solution_folded() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let results = page(folder.path(), "results.html");
    for expected in [
        "<p>2 exercises with tests that say what is wrong. <a href=\"exercises.html\">How to \
         begin</a>.</p>",
        "<h3 id=\"exercise-double-it\">",
        "Write · about 5 minutes · <code>exercises/exercises/01_results/double_it.rs</code> · in \
         the course <code>scale_it</code>",
        "<p>Double a number, <code>x &lt; 3 &amp; *x* &gt; 2</code> included.</p>",
        "<summary>The code to mend</summary>",
        "<p>Twice is two <em>times</em>.</p>",
    ] {
        assert!(results.contains(expected), "{expected}\n{results}");
    }
    let one_line = results.replace('\n', "");
    let hints = "<p>Add it to itself.</p><details><summary>Another hint</summary><p>That is \
                 <code>2x</code>.</p><details><summary>Another hint</summary><p><code>2.0 * \
                 x</code></p></details></details></details>";
    assert!(one_line.contains(hints), "{results}");
    assert_eq!(results.matches("todo!()").count(), 1, "{results}");
    assert!(!results.contains("fn twice()"), "tests are not shown");
}

#[test]
fn all_exercises_are_listed_and_the_coverage_links_to_its_own() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let exercises = page(folder.path(), "exercises.html");
    for expected in [
        "<p>2 exercises, about an hour in all; among them 1 of the functions that the course \
         grades.</p>",
        "<th colspan=\"4\" scope=\"rowgroup\">Results</th>",
        "<tr><td><a href=\"results.html#exercise-double-it\">Twice</a></td><td>Write</td><td \
         class=\"number\">5</td><td><code>scale_it</code></td></tr>",
    ] {
        assert!(exercises.contains(expected), "{expected}\n{exercises}");
    }
    let coverage = page(folder.path(), "coverage.html");
    let expected = "<a href=\"results.html#exercise-double-it\">your own</a>";
    assert!(coverage.contains(expected), "{coverage}");
}

#[test]
fn exercises_elsewhere_twice_or_nowhere_fail_the_build() {
    let folder = clone_book();
    let results = folder.path().join("book/results.md");
    let text = fs::read_to_string(&results).unwrap();
    let with = |written: &str| {
        fs::write(&results, text.replace("{{#exercises results}}", written)).unwrap();
        build(folder.path()).unwrap_err()
    };
    for (written, expected) in [
        (
            "None.",
            "{{#exercises}}: expected every exercise to stand in its chapter, found none with \
             `{{#exercises results}}`",
        ),
        (
            "{{#exercises result}}",
            "there are no exercises for `result`; the nearest is `results`",
        ),
        (
            "{{#exercises results}}\n\n{{#exercises results}}",
            "the exercises of `results` are shown twice",
        ),
    ] {
        let error = with(written);
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    let more = folder.path().join("book/deep/more.md");
    let elsewhere = fs::read_to_string(&more).unwrap() + "\n{{#exercises results}}\n";
    fs::write(&more, elsewhere).unwrap();
    let error = with("None.");
    let expected = "expected the exercises of `results` in book/results.md, found them here";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn an_exercise_that_is_not_as_it_should_be_fails_the_build() {
    for (file, from, to, expected) in [
        (
            "solutions/01_results/double_it.rs",
            "`scale_it`",
            "`scal_it`",
            "the course has no function `scal_it`; the nearest is `scale_it`",
        ),
        (
            "solutions/01_results/double_it.rs",
            "book/results.md",
            "book/result.md",
            "expected `Chapter: book/results.md`, got `book/result.md`",
        ),
        (
            "answers/01_results/double_it.toml",
            "\"double\"",
            "\"triple\"",
            "expected a function `triple` once in the solution, found it 0 times",
        ),
        (
            "info.toml",
            "minutes = 20",
            "minutes = 40",
            "halve_it: expected 5 to 20 minutes, got 40",
        ),
        (
            "info.toml",
            "3. `x / 2.0`",
            "",
            "halve_it: expected a hint of at least 3 steps, `1. …`, got 2",
        ),
        (
            "info.toml",
            "\"halve_it\"",
            "\"quarter_it\"",
            "quarter_it.rs: No such file",
        ),
    ] {
        let folder = clone_book();
        let file = folder.path().join("exercises").join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replace(from, to)).unwrap();
        let error = build(folder.path()).unwrap_err();
        assert!(error.contains(expected), "{expected}\n{error}");
    }
}

#[test]
fn the_code_has_pages_with_its_lines() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    let list = page(folder.path(), "code.html");
    assert!(list.contains("<a href=\"code/src/scale.html\">"));
    let source = page(folder.path(), "code/src/scale.html");
    assert!(source.contains("<span id=\"src-scale-11\">11</span>"));
    assert!(source.contains("a {{#value he.accuracy}} in a comment stays"));
    assert!(source.contains("// ANCHOR: scale"));
}

#[test]
fn every_link_inside_the_book_leads_somewhere_and_ids_are_unique() {
    let folder = clone_book();
    build(folder.path()).unwrap();
    for name in [
        "index.html",
        "results.html",
        "deep/more.html",
        "claims.html",
        "course.html",
        "coverage.html",
        "exercises.html",
        "code.html",
        "print.html",
    ] {
        let text = page(folder.path(), name);
        let ids = attributes(&text, " id=\"");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}");
        for link in attributes(&text, "<a href=\"") {
            if link.contains("://") {
                continue;
            }
            assert!(
                leads_somewhere(&folder.path().join("target/book"), name, link),
                "{name}: {link}"
            );
        }
    }
}

fn attributes<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    text.split(opening)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn leads_somewhere(book: &Path, page: &str, link: &str) -> bool {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let file = match path {
        "" => book.join(page),
        path => book.join(page).parent().unwrap().join(path),
    };
    let Ok(text) = fs::read_to_string(file) else {
        return false;
    };
    anchor.is_empty() || text.contains(&format!(" id=\"{anchor}\""))
}

#[test]
fn two_clones_give_the_same_bytes() {
    let (first, second) = (clone_book(), clone_book());
    build(first.path()).unwrap();
    build(second.path()).unwrap();
    let (left, right) = (
        first.path().join("target/book"),
        second.path().join("target/book"),
    );
    assert_same(&left, &right);
}

fn assert_same(left: &Path, right: &Path) {
    for entry in fs::read_dir(left).unwrap() {
        let entry = entry.unwrap();
        let other = right.join(entry.file_name());
        match entry.path().is_dir() {
            true => assert_same(&entry.path(), &other),
            false => assert!(
                fs::read(entry.path()).unwrap() == fs::read(other).unwrap(),
                "{entry:?}"
            ),
        }
    }
}

#[test]
fn everything_wrong_in_any_chapter_fails_the_build_with_its_line() {
    let folder = clone_book();
    let book = folder.path().join("book");
    fs::write(
        book.join("results.md"),
        "# Results\n\n{{#figure he/cots}}\n\nAbout 0.83 and 99.33 %.\n\n{{#listing \
         scal.rs:scale}}\n\n{{#listing scale.rs:scal}}\n\n$`\\frac{1}`$ \
         {{#nothing}}\n\n```math\n\\nonsense\n```\n\n{{#ref he/cots}}\n\n{{#printed hee}}\n",
    )
    .unwrap();
    fs::write(
        book.join("deep/more.md"),
        "{{#value he.acuracy}} {{#table he/comparison}}\n",
    )
    .unwrap();
    let error = build(folder.path()).unwrap_err();
    for expected in [
        "book/index.md:3: no chapter shows a figure or table `he/comparison`; the nearest is \
         `he/cost`",
        "book/results.md:3: {{#figure he/cots}}: there is no figure `he/cots`; the nearest is \
         `he/cost`",
        "book/results.md:5: `0.83` is typed by hand: write {{#value experiment.name}}",
        "book/results.md:5: `99.33 %` is typed by hand: write {{#value he.accuracy}}",
        "book/results.md:7: {{#listing scal.rs:scale}}: there is no file `src/scal.rs`; the \
         nearest is `src/scale.rs`",
        "book/results.md:9: {{#listing scale.rs:scal}}: there is no anchor `scal` in src/scale.rs; \
         the nearest is `scale`",
        "book/results.md:11: the formula `\\frac{1}` does not parse",
        "book/results.md:11: there is no directive `nothing`",
        "book/results.md:13: the formula `\\nonsense` does not parse",
        "book/results.md:17: no chapter shows a figure or table `he/cots`; the nearest is \
         `he/cost`",
        "book/results.md:19: {{#printed hee}}: no experiment `hee` has numbers of the course; the \
         nearest is `he`",
        "book/course.md:3: {{#course}}: expected every number of the course to stand in a chapter, \
         found none with `{{#printed he}}`",
        "book/coverage.md:3: {{#coverage}}: expected a chapter to cover everything that the course \
         has, found none with `{{#covers 1.1}}`, `{{#covers scale_it}}`",
        "book/deep/more.md:1: there is no value `he.acuracy`; the nearest is `he.accuracy`",
        "book/deep/more.md:1: `{{#table he/comparison}}` needs a paragraph of its own",
        "book/exercises.md:3: {{#exercises}}: expected every exercise to stand in its chapter, \
         found none with `{{#exercises results}}`",
        "book/claims.md:3: {{#claims}}: expected every claim to stand in a chapter, found none \
         with",
        "book/claims.md:3: no chapter shows `{{#value he.change}}`, `{{#value he.cost}}`",
    ] {
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    assert!(error.contains("18 problems in the chapters"), "{error}");
}

#[test]
fn a_press_that_cannot_run_is_never_skipped() {
    let config = fs::read_to_string(root().join("book.toml")).unwrap();
    assert!(config.contains("renderers = [\"html\"]"));
    let folder = clone_book();
    fs::write(
        folder.path().join("book.toml"),
        config.replace(
            "cargo run --release --bin press --",
            "cargo run --quiet --manifest-path no-such-press/Cargo.toml --",
        ),
    )
    .unwrap();
    for watched in ["src", "lab/src"] {
        assert!(folder.path().join(watched).is_dir());
    }
    assert!(MDBook::load(folder.path()).unwrap().build().is_err());
}
