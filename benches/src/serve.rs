//! The worker's side of the conversation: requests and answers, each a line of JSON.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;
use crate::task::{Run, Task};
use crate::workload::Workload;

/// Whatever keeps a trainer from its answer.
pub type Failure = Box<dyn std::error::Error>;

/// Trains one task, from its start, for a number of steps.
pub type Trainer = Box<dyn FnMut(usize) -> Result<Run, Failure>>;

/// Answers requests for the workloads in one folder.
pub struct Server<P> {
    folder: PathBuf,
    workloads: Vec<Workload>,
    prepare: P,
    /// The trainers that have been asked for before, by the workload's name.
    trainers: HashMap<String, Trainer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    workload: String,
    /// Without it, the data are read and nothing is trained.
    steps: Option<usize>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Run(Run),
    Ready { ready: String },
    Failed { error: String },
}

impl<P: Fn(Task) -> Result<Trainer, Failure>> Server<P> {
    /// A server of the workloads that [`files::write`] has put into `folder`, which `prepare` makes
    /// trainers of.
    ///
    /// # Errors
    /// As [`files::workloads`].
    pub fn new(folder: &Path, prepare: P) -> Result<Self, Error> {
        Ok(Self {
            folder: folder.to_owned(),
            workloads: files::workloads(folder)?,
            prepare,
            trainers: HashMap::new(),
        })
    }

    /// Answers each line of `input` on `output`, until the input ends.
    ///
    /// # Errors
    /// If reading or writing fails. A bad request gets an answer with the reason.
    pub fn serve(&mut self, input: impl BufRead, mut output: impl Write) -> io::Result<()> {
        for line in input.lines() {
            let answer = self.answer(&line?).unwrap_or_else(Answer::failed);
            serde_json::to_writer(&mut output, &answer)?;
            writeln!(output)?;
            output.flush()?;
        }
        Ok(())
    }

    fn answer(&mut self, line: &str) -> Result<Answer, Failure> {
        let request: Request = serde_json::from_str(line).map_err(Error::json("request"))?;
        let ready = request.workload.clone();
        let trainer = self.trainer(request.workload)?;
        match request.steps {
            Some(steps) => Ok(Answer::Run(trainer(steps)?)),
            None => Ok(Answer::Ready { ready }),
        }
    }

    fn trainer(&mut self, name: String) -> Result<&mut Trainer, Failure> {
        match self.trainers.entry(name) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let named = |workload: &&Workload| workload.name == *new.key();
                let Some(workload) = self.workloads.iter().find(named) else {
                    return Err(Error::Unknown(new.into_key()).into());
                };
                let task = files::read(&self.folder, workload)?;
                Ok(new.insert((self.prepare)(task)?))
            }
        }
    }
}

impl Answer {
    fn failed(error: Failure) -> Self {
        let error = error.to_string();
        Self::Failed { error }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::workload;

    fn trainer(task: Task) -> Result<Trainer, Failure> {
        Ok(Box::new(move |steps| Ok(task.run(steps)?)))
    }

    /// The answers to `requests` about workload A.
    fn answers(requests: &str) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let a = workload::table().swap_remove(0);
        files::write(folder.path(), &[a]).unwrap();
        let mut output = Vec::new();
        let mut server = Server::new(folder.path(), trainer).unwrap();
        server.serve(requests.as_bytes(), &mut output).unwrap();
        let output = String::from_utf8(output).unwrap();
        output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_request_is_answered_with_the_time_and_the_cost_to_the_last_digit() {
        let request = r#"{"workload":"A","steps":5}"#;
        let answers = answers(&format!("{request}\n{request}\n"));
        let task = Task::new(workload::table().swap_remove(0)).unwrap();
        let cost = task.run(5).unwrap().cost;
        assert_eq!(answers.len(), 2);
        for answer in answers {
            assert_eq!(answer["cost"].as_f64(), Some(cost));
            assert!(answer["seconds"].as_f64().unwrap() > 0.0);
        }
    }

    #[test]
    fn a_bad_request_is_answered_with_what_is_wrong_and_the_next_one_served() {
        let cases = [
            ("nonsense", "request: expected ident"),
            (r#"{"steps":1}"#, "missing field `workload`"),
            (r#"{"workload":"A","steps":-1}"#, "invalid value"),
            (r#"{"workload":"A","steps":1,"l2":1}"#, "unknown field `l2`"),
            (r#"{"workload":"Z","steps":1}"#, "no workload is called `Z`"),
            (r#"{"workload":"A","steps":0}"#, "at least 1"),
        ];
        let mut requests = cases.map(|(request, _)| request).join("\n");
        requests += "\n{\"workload\":\"A\",\"steps\":1}";
        let answers = answers(&requests);
        assert_eq!(answers.len(), cases.len() + 1);
        for ((request, expected), answer) in cases.iter().zip(&answers) {
            let error = answer["error"].as_str().unwrap();
            assert!(error.contains(expected), "{request}: {error}");
        }
        assert!(answers[cases.len()]["cost"].is_f64());
    }

    #[test]
    fn without_steps_the_data_are_read_and_nothing_is_trained() {
        let answers = answers(r#"{"workload":"A"}"#);
        assert_eq!(answers, [serde_json::json!({ "ready": "A" })]);
    }
}
