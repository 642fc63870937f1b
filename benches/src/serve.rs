//! The worker's side of the conversation: requests and answers, each a line of JSON.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;
use crate::task::{Run, Task};
use crate::workload::Workload;

/// Answers requests for the workloads in one folder.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    workloads: Vec<Workload>,
    /// The tasks that have been asked for before, by name.
    tasks: HashMap<String, Task>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    workload: String,
    steps: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Run(Run),
    Failed { error: String },
}

impl Server {
    /// A server of the workloads that [`files::write`] has put into `folder`.
    ///
    /// # Errors
    /// As [`files::workloads`].
    pub fn new(folder: &Path) -> Result<Self, Error> {
        Ok(Self {
            folder: folder.to_owned(),
            workloads: files::workloads(folder)?,
            tasks: HashMap::new(),
        })
    }

    /// Answers each line of `input` on `output`, until the input ends.
    ///
    /// # Errors
    /// If reading or writing fails. A bad request gets an answer with the reason.
    pub fn serve(&mut self, input: impl BufRead, mut output: impl Write) -> io::Result<()> {
        for line in input.lines() {
            let answer = self.run(&line?).map_or_else(Answer::failed, Answer::Run);
            serde_json::to_writer(&mut output, &answer)?;
            writeln!(output)?;
            output.flush()?;
        }
        Ok(())
    }

    fn run(&mut self, line: &str) -> Result<Run, Error> {
        let request: Request = serde_json::from_str(line).map_err(Error::json("request"))?;
        Ok(self.task(request.workload)?.run(request.steps)?)
    }

    fn task(&mut self, name: String) -> Result<&Task, Error> {
        if !self.tasks.contains_key(&name) {
            let named = |workload: &&Workload| workload.name == name;
            let Some(workload) = self.workloads.iter().find(named) else {
                return Err(Error::Unknown(name));
            };
            let task = files::read(&self.folder, workload)?;
            self.tasks.insert(name.clone(), task);
        }
        self.tasks.get(&name).ok_or(Error::Unknown(name))
    }
}

impl Answer {
    fn failed(error: Error) -> Self {
        let error = error.to_string();
        Self::Failed { error }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::workload;

    /// The answers to `requests` about workload A.
    fn answers(requests: &str) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let a = workload::table().swap_remove(0);
        files::write(folder.path(), &[a]).unwrap();
        let mut output = Vec::new();
        let mut server = Server::new(folder.path()).unwrap();
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
            (r#"{"workload":"A"}"#, "missing field `steps`"),
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
}
