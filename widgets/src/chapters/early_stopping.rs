//! Early stopping: a run that you stop where you like, beside the best place that it has passed.

use trainable::prelude::*;

use crate::control::{Control, Kind};
use crate::picture::{Picture, Rule, Shape, percent, short};
use crate::settings::{Refusal, Settings};
use crate::training::{LIMIT, LiveTraining};
use crate::widget::{Entry, Example, Widget};

/// The early stopping widget.
pub const ENTRY: Entry = Entry {
    name: "early_stopping",
    title: "Early stopping",
    idea: "Press Play, and pause where you would stop. Then let it run on: was there a better \
           place to come, and how much patience does it take to find it?",
    examples: &[
        Example::new("The least patience", "patience=1"),
        Example::new("A tiny dev set", "dev=10"),
        Example::new("No noise", "noise=0"),
    ],
    controls,
    speed: Some(1_000),
    open,
};

const SIZES: [usize; 3] = [2, 20, 1];
/// The dev cost is checked before every so many steps, as in the chapter.
const EVERY: usize = 20;
/// New points, which decide nothing.
const NEW: usize = 4_000;

fn controls() -> Vec<Control> {
    let patience = Kind::Integer {
        min: 1,
        max: 500,
        default: 25,
    };
    let dev = Kind::Integer {
        min: 6,
        max: 1_000,
        default: 40,
    };
    let noise = Kind::Range {
        min: 0.0,
        max: 0.5,
        step: 0.01,
        log: false,
        default: 0.3,
    };
    vec![
        Control::new(
            "patience",
            "Patience",
            "After so many checks, one every 20 steps, without a new least dev cost, early \
             stopping would end the run.",
            patience,
        )
        .live(),
        Control::new("dev", "Dev examples", "The size of the dev set.", dev),
        Control::examples(80),
        Control::new(
            "noise",
            "Noise",
            "How far the points are off their half circles, as a standard deviation.",
            noise,
        ),
        Control::learning_rate(0.5, 10.0),
        Control::seed(7),
    ]
}

struct Stopping {
    training: LiveTraining,
    dev: Dataset,
    new: Dataset,
    /// The checks so far.
    checks: usize,
    /// The least dev costs, each less than the one before. One that the very next check beats is
    /// left out: no patience ends there.
    least: Vec<Least>,
    patience: usize,
    /// Now, where the best check was, and where patience would have taken the network back to.
    here: Place,
    best: Place,
    stop: Option<Stop>,
}

/// A check that found a lower dev cost than any before.
struct Least {
    /// Its number, from 0.
    check: usize,
    cost: f64,
    network: Network,
}

/// What can be said of a run at one iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    iteration: usize,
    dev_cost: f64,
    train: f64,
    dev: f64,
    new: f64,
}

/// Where patience would have run out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stop {
    /// The steps taken by then.
    steps: usize,
    restored: Place,
}

fn open(settings: &Settings) -> Result<Box<dyn Widget>, Refusal> {
    Ok(Box::new(Stopping::open(settings)?))
}

impl Stopping {
    fn open(settings: &Settings) -> Result<Self, Refusal> {
        let (noise, seed) = (settings.number("noise"), settings.integer("seed"));
        let generator = |after| RandomState::new(seed.wrapping_add(after));
        let points = |n, after| moons(n, noise, &mut generator(after));
        let data = points(settings.integer("examples") as usize, 0)?;
        let dev = points(settings.integer("dev") as usize, 500)?;
        let new = points(NEW, 1_000)?;
        let network = Network::new(&SIZES, Initialization::Xavier, &mut generator(0))?;
        let descent = GradientDescent::new(settings.number("rate"));
        let none = Place {
            iteration: 0,
            dev_cost: f64::NAN,
            train: f64::NAN,
            dev: f64::NAN,
            new: f64::NAN,
        };
        let training = LiveTraining::new(network, descent, Penalty::None, data, Some(dev.clone()))?;
        let mut stopping = Self {
            training: training.keeping_every(EVERY),
            dev,
            new,
            checks: 0,
            least: Vec::new(),
            patience: 0,
            here: none,
            best: none,
            stop: None,
        };
        stopping.check()?;
        stopping.change(settings)?;
        Ok(stopping)
    }

    /// Checks the dev cost of the network as it is now.
    fn check(&mut self) -> Result<(), Error> {
        let (check, cost) = (self.checks, self.training.network().cost(&self.dev)?);
        self.checks += 1;
        let last = self.least.last();
        let lower = last.is_none_or(|last| cost < last.cost);
        if !lower {
            return Ok(());
        }
        if last.is_some_and(|last| last.check + 1 == check) {
            self.least.pop();
        }
        self.least.push(Least {
            check,
            cost,
            network: self.training.network().clone(),
        });
        Ok(())
    }

    /// What a patience would have ended the run with: the first least cost that this many checks did
    /// not beat.
    fn ended(&self, patience: usize) -> Option<&Least> {
        let next = self.least.iter().skip(1).map(|least| least.check);
        let next = next.chain([self.checks]);
        let waited = self.least.iter().zip(next);
        let ended = waited
            .into_iter()
            .find(|(least, next)| next - least.check > patience);
        ended.map(|(least, _)| least)
    }

    fn place(&self, iteration: usize, network: &Network) -> Result<Place, Error> {
        Ok(Place {
            iteration,
            dev_cost: network.cost(&self.dev)?,
            train: network.accuracy(self.training.data())?,
            dev: network.accuracy(&self.dev)?,
            new: network.accuracy(&self.new)?,
        })
    }

    fn look(&mut self) -> Result<(), Error> {
        let at = |least: &Least| self.place(least.check * EVERY, &least.network);
        let here = self.place(self.training.iteration(), self.training.network())?;
        let best = self.least.last().map(at).transpose()?;
        let stop = self.ended(self.patience).map(|least| {
            Ok::<_, Error>(Stop {
                steps: (least.check + self.patience) * EVERY,
                restored: at(least)?,
            })
        });
        let stop = stop.transpose()?;
        self.here = here;
        self.best = best.unwrap_or(here);
        self.stop = stop;
        Ok(())
    }

    /// How far the network as it is now is behind the best.
    fn behind(&self) -> String {
        let (here, best) = (self.here, self.best);
        if here.dev_cost <= best.dev_cost {
            let next = (here.iteration / EVERY + 1) * EVERY;
            return match next > LIMIT as usize {
                true => "No check has found a lower one.".to_owned(),
                false => format!(
                    "No check so far has found a lower one; the next is at iteration {next}."
                ),
            };
        }
        format!(
            "The least so far was {} at iteration {}, with {} right. Stopping here is {} steps \
             late, and the dev cost is {} higher.",
            short(best.dev_cost),
            best.iteration,
            percent(best.new),
            here.iteration.saturating_sub(best.iteration),
            short(here.dev_cost - best.dev_cost)
        )
    }

    fn waited(&self) -> String {
        let checks = match self.patience {
            1 => "1 check".to_owned(),
            patience => format!("{patience} checks"),
        };
        match self.stop {
            Some(stop) => format!(
                "A patience of {checks} would have stopped at iteration {} and gone back to {}.",
                stop.steps, stop.restored.iteration
            ),
            None => format!("A patience of {checks} has not run out yet."),
        }
    }

    fn draw_places(&self, picture: &mut Picture) {
        let row = |name: String, place: Option<Place>| match place {
            Some(place) => vec![
                name,
                place.iteration.to_string(),
                short(place.dev_cost),
                percent(place.train),
                percent(place.dev),
                percent(place.new),
            ],
            None => [name, "not yet".to_owned()]
                .into_iter()
                .chain(std::iter::repeat_n(String::new(), 4))
                .collect(),
        };
        let restored = self.stop.map(|stop| stop.restored);
        let rows = vec![
            row("here".to_owned(), Some(self.here)),
            row("best so far".to_owned(), Some(self.best)),
            row(format!("patience {}", self.patience), restored),
        ];
        let header = [
            "stopped",
            "network of iteration",
            "dev cost",
            "training",
            "dev",
            "new points",
        ];
        let shape = Shape::Table {
            header: header.map(str::to_owned).to_vec(),
            rows,
        };
        let says = format!(
            "Accuracies on {} training points, {} dev points and {NEW} new ones. {}",
            self.training.data().examples(),
            self.dev.examples(),
            self.waited()
        );
        picture.add("Stop here, or go back", says, shape);
    }

    fn best_network(&self) -> &Network {
        let best = self.least.last().map(|least| &least.network);
        best.unwrap_or(self.training.network())
    }
}

impl Widget for Stopping {
    fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        let last = self.iteration().saturating_add(steps);
        let mut more = true;
        while more && self.iteration() < last {
            let next = (self.iteration() / EVERY + 1) * EVERY;
            more = self.training.advance(next.min(last) - self.iteration())?;
            if self.iteration() == next {
                self.check()?;
            }
        }
        self.look()?;
        Ok(more)
    }

    fn iteration(&self) -> usize {
        self.training.iteration()
    }

    fn change(&mut self, settings: &Settings) -> Result<(), Refusal> {
        self.patience = settings.integer("patience") as usize;
        self.look()?;
        Ok(())
    }

    fn picture(&self) -> Result<Picture, Refusal> {
        let mut picture = Picture::default();
        let (network, best, data) = (
            self.training.network(),
            self.best_network(),
            self.training.data(),
        );
        let dev = Some(&self.dev);
        picture.boundary_of("Here", self.says(), |x| network.probabilities(x), data, dev)?;
        let says = format!(
            "The network of iteration {}, where the dev cost was least so far.",
            self.best.iteration
        );
        picture.boundary_of(
            "The best so far",
            says,
            |x| best.probabilities(x),
            data,
            dev,
        )?;
        let mut rules = vec![Rule::new("x", self.best.iteration as f64, "best")];
        rules.extend(
            self.stop
                .map(|stop| Rule::new("x", stop.steps as f64, "patience ends")),
        );
        self.training.draw_costs(&mut picture, rules);
        self.draw_places(&mut picture);
        Ok(picture)
    }

    fn says(&self) -> String {
        if let Some(failure) = self.training.failure() {
            return failure.to_string();
        }
        format!(
            "Iteration {}: dev cost {}, {} of {NEW} new points right. {}",
            self.iteration(),
            short(self.here.dev_cost),
            percent(self.here.new),
            self.behind()
        )
    }

    fn number(&self) -> f64 {
        self.training.cost().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;

    fn after(settings: &str, steps: usize) -> Stopping {
        let settings = Settings::parse(&controls(), settings).unwrap();
        let mut stopping = Stopping::open(&settings).unwrap();
        stopping.advance(steps).unwrap();
        stopping
    }

    /// The run of lab/src/chapters/early_stopping.rs, with the library's early stopping.
    fn stopped(seed: u32, iterations: usize, patience: usize) -> (Network, Stopped) {
        let points = |n, after| moons(n, 0.3, &mut RandomState::new(seed + after)).unwrap();
        let scheme = Initialization::Xavier;
        let mut network = Network::new(&[2, 20, 1], scheme, &mut RandomState::new(seed)).unwrap();
        let history = GradientDescent::new(0.5)
            .iterations(iterations)
            .record_every(20)
            .early_stopping(EarlyStopping::new(points(40, 500), patience))
            .train(&mut network, &points(80, 0))
            .unwrap();
        (network, history.early_stopping().unwrap().clone())
    }

    /// Both panels of `stopping_point` in lab/src/chapters/early_stopping.rs.
    #[test]
    fn as_it_opens_it_is_the_chapters_run_and_finds_its_best_network() {
        const STEPS: usize = 5_000;
        // The library records before each step, so none after the last.
        let here = after("", STEPS - 1);
        let (best, told) = stopped(7, STEPS, usize::MAX);
        assert_eq!(here.best_network(), &best);
        assert_eq!(here.best.iteration, told.best_iteration);
        assert_eq!(here.best.dev_cost, told.best_cost);
        let new = moons(4_000, 0.3, &mut RandomState::new(1_007)).unwrap();
        assert_eq!(here.best.new, best.accuracy(&new).unwrap());
        let says = here.says();
        assert!(
            here.here.new < here.best.new && says.contains("steps late"),
            "{says}"
        );
    }

    #[test]
    fn patience_ends_where_the_librarys_does() {
        let mut here = after("", 8_000);
        for patience in [1, 2, 3, 5, 25, 100] {
            let settings = Settings::parse(&controls(), &format!("patience={patience}"));
            here.change(&settings.unwrap()).unwrap();
            let (network, told) = stopped(7, 8_000, patience);
            let stop = here.stop.unwrap();
            assert_eq!(stop.steps, told.steps, "{patience}");
            assert_eq!(stop.restored.iteration, told.best_iteration, "{patience}");
            assert_eq!(stop.restored.dev_cost, told.best_cost, "{patience}");
            assert_eq!(here.ended(patience).unwrap().network, network, "{patience}");
        }
    }

    #[test]
    fn patience_that_has_not_run_out_yet_says_so() {
        let (_, told) = stopped(7, 5_000, 25);
        let early = after("", told.steps - 1);
        assert_eq!(early.stop, None);
        assert!(early.waited().contains("has not run out yet"));
        let late = after("", told.steps);
        assert_eq!(late.stop.map(|stop| stop.steps), Some(told.steps));
        let expected = format!("stopped at iteration {}", told.steps);
        assert!(late.waited().contains(&expected), "{}", late.waited());
    }

    #[test]
    fn before_anything_is_better_this_is_the_best() {
        let opened = after("", 0);
        assert_eq!(opened.here, opened.best);
        assert!(
            opened.says().contains("No check so far"),
            "{}",
            opened.says()
        );
    }

    #[test]
    fn patience_leaves_the_run_alone() {
        let mut live = Live::open("early_stopping", "").unwrap();
        live.advance(700).unwrap();
        live.set("patience", "2").unwrap();
        assert_eq!(live.widget().iteration(), 700);
        let before = after("patience=2", 700);
        assert_eq!(live.widget().picture().unwrap(), before.picture().unwrap());
    }

    #[test]
    fn the_way_to_a_step_does_not_matter() {
        let run = |by: usize| {
            let mut live = Live::open("early_stopping", "dev=12").unwrap();
            for _ in 0..1_400 / by {
                live.advance(by).unwrap();
            }
            live.widget().picture().unwrap()
        };
        let whole = run(1_400);
        assert!(run(7) == whole && run(50) == whole);
    }

    #[test]
    fn every_corner_of_the_controls_can_be_drawn() {
        for dev in ["dev=6", "dev=1000"] {
            for more in [
                "examples=20&noise=0&rate=0.001&patience=1",
                "examples=1000&noise=0.5&rate=10&patience=500&seed=4294967295",
            ] {
                for steps in [0, 1, 100] {
                    let here = after(&format!("{dev}&{more}"), steps);
                    assert_eq!(here.picture().unwrap().panels.len(), 4);
                    assert!(!here.says().contains("NaN"), "{}", here.says());
                }
            }
        }
    }
}
