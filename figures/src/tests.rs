//! What all kinds of figures promise.

use trainable::prelude::*;

use super::svg::text_width;
use super::*;

const SCHEMES: [(&str, Role); 6] = [
    ("zeros", Role::Zeros),
    ("small", Role::Small),
    ("large", Role::Large),
    ("Xavier", Role::Xavier),
    ("Glorot", Role::Glorot),
    ("He", Role::He),
];

/// A number from 0 to 1 that looks random.
fn noise(index: usize) -> f64 {
    (43_758.545_3 * libm::sin(12.9898 * index as f64)).rem_euclid(1.0)
}

fn noisy(level: f64) -> Vec<(f64, f64)> {
    let point = |i: usize| (i as f64, level * (0.5 + noise(i)) / (1.0 + i as f64 / 900.0));
    (0..15_000).map(point).collect()
}

fn costs() -> LineChart {
    let chart = LineChart::new("iteration", "cost J").log_y();
    let chart = SCHEMES.iter().enumerate().fold(chart, |chart, (index, (name, role))| {
        chart.line(name, *role, &noisy(1.0 + 0.01 * index as f64))
    });
    let band: Vec<_> = (0..15_000).map(|i| (f64::from(i), 0.1, 2.0 + noise(i as usize))).collect();
    chart
        .band(Role::He, &band)
        .horizontal("ln 2", std::f64::consts::LN_2)
        .vertical("half of the way", 7_500.0)
        .vertical("a little later", 7_600.0)
}

fn units() -> LineChart {
    let lines: Vec<Vec<_>> = (1..=10).map(|unit| noisy(f64::from(unit))).collect();
    LineChart::new("iteration", "a unit's first weight")
        .bundle("ten units, from ten starts that differ", Role::He, &lines)
        .dashed("what the theory says about it", Role::He, &noisy(3.0))
}

fn layers() -> LineChart {
    let points: Vec<_> = (1..=10).map(|i| (f64::from(i), libm::exp(f64::from(-i)))).collect();
    LineChart::new("layer", "standard deviation").log_x().log_y().markers(true).line(
        "He",
        Role::He,
        &points,
    )
}

fn boundary() -> Result<Drawing, Box<dyn std::error::Error>> {
    let data = circles(300, 0.05, &mut RandomState::new(1))?;
    let large = Initialization::Gaussian(10.0);
    let network = Network::new(&[2, 10, 5, 1], large, &mut RandomState::new(3))?;
    let mut figure = Boundary::grid(2).data("data", &data);
    for _ in 0..7 {
        figure = figure.network("large: standard deviation 10", &network, &data);
    }
    Ok(figure.panel("half", &data, |x, _| x).draw()?)
}

fn seeds() -> DotPlot {
    SCHEMES.iter().fold(DotPlot::new("test accuracy").percent(), |plot, (name, role)| {
        let values: Vec<f64> = (0..20).map(|i| (10.0 * noise(i)).round() / 10.0).collect();
        plot.category(&format!("{name}, for twenty seeds"), *role, &values)
    })
}

fn layers_of_activations() -> Histograms {
    let values: Vec<f64> = (0..10_000).map(|i| (3.0 * noise(i) - 1.5).clamp(-1.0, 1.0)).collect();
    SCHEMES.iter().fold(Histograms::grid(2, "activation a", "share"), |figure, (name, role)| {
        figure.panel(name, *role, &values, (-1.0, 1.0), 40)
    })
}

fn attempts() -> DotPlot {
    DotPlot::new("accuracy")
        .percent()
        .goal("at least 99 % →", 0.99)
        .category("a name of two lines:\nand a number", Role::Ours, &[0.5, 0.5, 0.9])
        .words("another", "failed")
}

fn valleys() -> Contours<'static> {
    let zigzag: Vec<_> =
        (0..60).map(|i| (f64::from(i) / 60.0, 2.0 * noise(i as usize) - 1.0)).collect();
    Contours::grid(2, "w₁", "w₂")
        .panel("round", (-1.0, 1.0), (-100.0, 100.0), |x, y| x * x + 1e-4 * y * y)
        .path(Role::He, &[(0.9, 80.0), (0.0, 0.0)])
        .panel("long: a ratio of a hundred", (-0.001, 1.0), (-2.0, 2.0), |x, y| x * x + 1e2 * y * y)
        .path(Role::Ink, &zigzag)
}

fn steps() -> FlowChart {
    FlowChart::new("done")
        .question(Role::Train, &["Is it high?", "a second line"], &["one thing"])
        .question(Role::Dev, &["Or this?"], &["one thing", "or another", "or a third"])
}

fn drawn_digits() -> Pictures {
    let data = digits(8, 0.1, &mut RandomState::new(1)).unwrap();
    let pictures: Vec<Vec<f64>> = data.x().columns().into_iter().map(|p| p.to_vec()).collect();
    (0..6).fold(Pictures::new(12), |figure, row| {
        figure.row(&format!("row {row} of pictures"), &pictures)
    })
}

fn all() -> Vec<String> {
    let drawings = vec![
        steps().draw().unwrap(),
        drawn_digits().draw().unwrap(),
        costs().draw().unwrap(),
        units().draw().unwrap(),
        layers().draw().unwrap(),
        boundary().unwrap(),
        seeds().draw().unwrap(),
        attempts().draw().unwrap(),
        attempts().log().draw().unwrap(),
        valleys().draw().unwrap(),
        layers_of_activations().draw().unwrap(),
        layers_of_activations().y_max(0.05).draw().unwrap(),
    ];
    drawings.iter().map(Drawing::svg).collect()
}

/// The values of an attribute, in order.
fn attributes<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    svg.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What each text covers: left, top, right, bottom.
fn boxes(svg: &str) -> Vec<(String, [f64; 4])> {
    let texts = svg.lines().filter(|line| line.starts_with("<text"));
    texts
        .map(|line| {
            let number = |name: &str| attributes(line, name)[0].parse::<f64>().unwrap();
            let text = line.split_once('>').unwrap().1.trim_end_matches("</text>");
            let (x, y, width) = (number("x"), number("y"), text_width(text) * canvas::TEXT);
            let left = match attributes(line, "text-anchor")[..] {
                ["middle"] => x - width / 2.0,
                ["end"] => x - width,
                _ => x,
            };
            (text.to_owned(), [left, y - 0.72 * canvas::TEXT, left + width, y])
        })
        .collect()
}

#[test]
fn the_same_data_draw_the_same_bytes() {
    assert_eq!(all(), all());
}

#[test]
fn colors_follow_the_theme_and_nothing_has_an_id_or_a_size() {
    for svg in all() {
        for color in ["fill", "stroke"].iter().flat_map(|name| attributes(&svg, name)) {
            assert!(color == "none" || color.starts_with("var(--"), "{color}");
        }
        assert!(attributes(&svg, "id").is_empty());
        assert!(attributes(&svg, "width").is_empty() && attributes(&svg, "height").is_empty());
        assert_eq!(attributes(&svg, "viewBox").len(), 1);
    }
}

#[test]
fn figures_are_small() {
    for svg in all() {
        assert!((1_000..60_000).contains(&svg.len()), "{}: {}", svg.len(), &svg[..200]);
    }
}

#[test]
fn texts_stay_on_the_page_and_apart() {
    for svg in all() {
        let height: f64 =
            attributes(&svg, "viewBox")[0].rsplit(' ').next().unwrap().parse().unwrap();
        let boxes = boxes(&svg);
        for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
            let inside =
                *left >= 0.0 && *top >= 0.0 && *right <= canvas::WIDTH && *bottom <= height;
            assert!(inside, "{text}: {left} {top} {right} {bottom}");
            for (other, [l, t, r, b]) in &boxes[index + 1..] {
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(apart, "{text} and {other}");
            }
        }
    }
}

#[test]
fn what_is_not_finite_is_left_out() {
    let clean = [(0.0, 1.0), (1.0, 2.0), (3.0, 4.0)];
    let mut broken = clean.to_vec();
    broken.insert(2, (2.0, f64::NAN));
    broken.push((4.0, f64::INFINITY));
    let body = |points: &[(f64, f64)]| {
        let chart = LineChart::new("x", "y").line("a", Role::He, points);
        chart.draw().unwrap().body
    };
    assert_eq!(body(&broken), body(&clean));
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let chart = LineChart::new("x", "y");
    let points = [(0.0, 1.0), (1.0, 2.0)];
    assert_eq!(chart.draw(), Err(FigureError::Nothing));
    assert_eq!(DotPlot::new("x").draw(), Err(FigureError::Nothing));
    assert_eq!(FlowChart::new("done").draw(), Err(FigureError::Nothing));
    let wide = "much more than a frame of this width has room for";
    assert!(matches!(
        steps().question(Role::He, &[wide], &["a"]).draw(),
        Err(FigureError::Drawing(_))
    ));
    assert_eq!(Boundary::grid(2).draw(), Err(FigureError::Nothing));
    assert_eq!(Histograms::grid(2, "x", "y").draw(), Err(FigureError::Nothing));

    let no_points = Err(FigureError::NoPoints("a".to_owned()));
    let with = |points: &[(f64, f64)]| {
        chart.clone().line("b", Role::He, &[(1.0, 1.0)]).line("a", Role::He, points)
    };
    assert_eq!(with(&[]).draw(), no_points);
    assert_eq!(with(&[(0.0, f64::NAN)]).draw(), no_points);
    assert_eq!(with(&[(1.0, 0.0)]).log_y().draw(), no_points);
    assert_eq!(with(&points).y_range(5.0, 6.0).draw(), Err(FigureError::NoPoints("b".to_owned())));
    assert!(matches!(with(&points).y_range(2.0, 1.0).draw(), Err(FigureError::Range { .. })));
    let dots = DotPlot::new("x").category("b", Role::He, &[1.0]).category("a", Role::He, &[]);
    assert_eq!(dots.draw(), no_points);

    let bars = |range, bins| {
        Histograms::grid(2, "x", "y").panel("a", Role::He, &[0.5], range, bins).draw()
    };
    assert_eq!(bars((2.0, 3.0), 10), no_points);
    assert!(matches!(bars((1.0, 0.0), 10), Err(FigureError::Range { .. })));
    assert!(matches!(bars((0.0, 1.0), 0), Err(FigureError::Bins { bins: 0, .. })));
}

#[test]
fn a_goal_is_in_view_and_needs_no_dot() {
    let far = |goal| DotPlot::new("x").category("a", Role::He, &[1.0]).goal("far", goal);
    assert_ne!(far(100.0).draw(), far(200.0).draw());
    let alone = DotPlot::new("x").goal("alone", 3.0).words("a", "nothing yet");
    let svg = alone.draw().unwrap().svg();
    assert!(svg.contains(">alone<") && svg.contains(">nothing yet<"), "{svg}");
    assert!(!svg.contains("<circle"), "{svg}");
}

#[test]
fn what_is_not_on_the_plane_is_an_error() {
    let points = Dataset::new(ndarray::array![[1.0, 2.0]], ndarray::array![[0.0, 1.0]]).unwrap();
    let figure = Boundary::grid(1).data("a", &points).draw();
    assert!(matches!(figure, Err(FigureError::Features { features: 1, .. })));
    let plane = moons(10, 0.1, &mut RandomState::new(1)).unwrap();
    assert_eq!(Boundary::grid(0).data("a", &plane).draw(), Err(FigureError::Columns(0)));
    let network = Network::new(&[3, 1], Initialization::He, &mut RandomState::new(1)).unwrap();
    let figure = Boundary::grid(1).network("a", &network, &plane).draw();
    assert!(matches!(figure, Err(FigureError::Network { .. })));
}

#[test]
fn pictures_that_do_not_fit_are_errors() {
    assert_eq!(Pictures::new(2).draw(), Err(FigureError::Nothing));
    let row = |width, pictures: &[Vec<f64>]| Pictures::new(width).row("a", pictures).draw();
    assert_eq!(row(2, &[]), Err(FigureError::NoPoints("a".to_owned())));
    let (four, six) = (vec![1.0; 4], vec![0.5; 6]);
    assert!(row(2, std::slice::from_ref(&four)).is_ok());
    for pictures in [vec![vec![1.0; 3]], vec![four, six], vec![vec![]]] {
        assert!(matches!(row(2, &pictures), Err(FigureError::Pixels { .. })));
    }
    assert!(matches!(row(0, &[vec![1.0]]), Err(FigureError::Pixels { .. })));
}

#[test]
fn a_single_point_is_drawn() {
    assert!(LineChart::new("x", "y").line("a", Role::He, &[(2.0, 3.0)]).draw().is_ok());
    assert!(LineChart::new("x", "y").line("a", Role::He, &[(0.0, 0.0)]).draw().is_ok());
    assert!(DotPlot::new("x").log().category("a", Role::He, &[1e-8]).draw().is_ok());
}
