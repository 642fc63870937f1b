use std::collections::BTreeSet;

use course::Work;
use course::syllabus::Syllabus;

use super::*;

fn places() -> Vec<(u8, Place)> {
    let weeks = weeks().unwrap().into_iter();
    weeks
        .flat_map(|week| week.places.into_iter().map(move |place| (week.week, place)))
        .collect()
}

fn errata() -> Vec<Erratum> {
    let places = places().into_iter();
    places
        .flat_map(|(_, place)| [place.notes, place.course].concat())
        .collect()
}

#[test]
fn each_has_an_id_of_its_own_in_kebab_case() {
    let errata = errata();
    let ids: BTreeSet<&str> = errata.iter().map(|erratum| erratum.id.as_str()).collect();
    assert_eq!(ids.len(), errata.len());
    for id in ids {
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!id.is_empty() && id.chars().all(is_kebab), "{id}");
    }
}

#[test]
fn each_says_what_is_written_what_is_right_and_what_shows_it() {
    for erratum in errata() {
        let english = erratum.english.as_deref().unwrap_or("none needed");
        let texts = [
            erratum.quote.text(),
            english,
            &erratum.right,
            erratum.shown.text(),
        ];
        let all = texts.iter().all(|text| !text.trim().is_empty());
        assert!(all, "{}", erratum.id);
    }
}

#[test]
fn a_run_has_values_and_nothing_else_has() {
    for erratum in errata() {
        let is_run = matches!(erratum.shown, Shown::Run(_));
        assert_eq!(erratum.values().count() > 0, is_run, "{}", erratum.id);
        assert!(!erratum.right.contains("{{"), "{}", erratum.id);
    }
}

#[test]
fn a_line_in_chinese_is_translated() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for erratum in errata() {
        let needed = erratum.quote.text().contains(is_chinese);
        assert!(!needed || erratum.english.is_some(), "{}", erratum.id);
    }
}

#[test]
fn each_place_is_one_of_the_course_and_has_an_erratum() {
    let syllabus = Syllabus::default();
    for (week, place) in places() {
        let Place { id, title, .. } = &place;
        assert!(place.notes.len() + place.course.len() > 0, "{id}");
        let work = place.work.as_deref().unwrap_or(Work::Lectures.name());
        let Some(known) = syllabus.weeks.iter().find(|known| known.number == week) else {
            continue;
        };
        let item = known.items.iter().find(|item| item.id == id);
        let found = item.map(|item| (item.title, item.work.name()));
        assert_eq!(found, Some((title.as_str(), work)), "{id}");
    }
}

#[test]
fn places_are_in_the_courses_order() {
    let weeks = weeks().unwrap();
    let numbers: Vec<u8> = weeks.iter().map(|week| week.week).collect();
    assert_eq!(numbers, [1, 2, 3]);
    for week in weeks {
        let is_lecture = |place: &&Place| place.work.is_none();
        let lectures: Vec<u32> = week
            .places
            .iter()
            .take_while(is_lecture)
            .map(|place| {
                let number = place.id.strip_prefix(&format!("{}.", week.week));
                number.unwrap().parse().unwrap()
            })
            .collect();
        assert!(lectures.is_sorted_by(|a, b| a < b), "{lectures:?}");
        let functions = &week.places[lectures.len()..];
        assert!(functions.iter().all(|place| place.work.is_some()));
    }
    let known: Vec<&str> = Syllabus::default().items().map(|item| item.id).collect();
    let order = |id: &str| known.iter().position(|known| *known == id);
    let first = places().into_iter().filter(|(week, _)| *week == 1);
    let order: Vec<_> = first.map(|(_, place)| order(&place.id)).collect();
    assert!(order.is_sorted(), "{order:?}");
}
