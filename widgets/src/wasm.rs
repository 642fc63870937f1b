//! What the page calls.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::control::Control;
use crate::live;
use crate::settings::Refusal;
use crate::training;
use crate::widget::Example;

/// What the page shows of a widget, whatever is set.
#[derive(Serialize)]
struct About {
    title: &'static str,
    idea: &'static str,
    examples: &'static [Example],
    controls: Vec<Control>,
    speed: Option<u32>,
}

/// What a reader could try in the widget `name`, examples of it, what can be set, and the steps a
/// second with which it begins to run, as JSON.
#[wasm_bindgen]
pub fn about(name: &str) -> Result<String, JsValue> {
    let entry = live::entry(name).map_err(refused)?;
    json(&About {
        title: entry.title,
        idea: entry.idea,
        examples: entry.examples,
        controls: (entry.controls)(),
        speed: entry.speed,
    })
}

/// How many steps an address asks for.
#[wasm_bindgen]
pub fn steps(text: &str) -> Result<u32, JsValue> {
    training::steps(text).map_err(refused)
}

/// A widget with its settings.
#[wasm_bindgen]
pub struct Live {
    live: live::Live,
    numbers: Vec<f64>,
}

#[wasm_bindgen]
impl Live {
    /// Opens the widget `name`.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, settings: &str) -> Result<Self, JsValue> {
        let live = live::Live::open(name, settings).map_err(refused)?;
        Ok(Self {
            live,
            numbers: Vec::new(),
        })
    }

    /// What is set, as it stands in an address.
    pub fn settings(&self) -> String {
        self.live.settings().to_string()
    }

    /// Takes steps; says whether more can follow.
    pub fn advance(&mut self, steps: u32) -> Result<bool, JsValue> {
        self.live.advance(steps as usize).map_err(refused)
    }

    /// The steps taken.
    pub fn iteration(&self) -> u32 {
        u32::try_from(self.live.widget().iteration()).unwrap_or(u32::MAX)
    }

    /// Sets one control.
    pub fn set(&mut self, id: &str, value: &str) -> Result<(), JsValue> {
        self.live.set(id, value).map_err(refused)
    }

    /// What is to be drawn, as JSON; its numbers are in [`numbers`](Self::numbers).
    pub fn picture(&mut self) -> Result<String, JsValue> {
        let picture = self.live.widget().picture().map_err(refused)?;
        let text = json(&picture);
        self.numbers = picture.numbers;
        text
    }

    /// The numbers of the last picture.
    pub fn numbers(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.numbers)
    }

    /// What is to be seen, in a sentence or two.
    pub fn says(&self) -> String {
        self.live.widget().says()
    }

    /// The bits of the number by which two runs are compared.
    pub fn bits(&self) -> String {
        format!("{:016x}", self.live.widget().number().to_bits())
    }
}

fn refused(refusal: Refusal) -> JsValue {
    match json(&refusal) {
        Ok(text) => JsValue::from_str(&text),
        Err(error) => error,
    }
}

fn json(value: &impl Serialize) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|error| JsValue::from_str(&error.to_string()))
}
