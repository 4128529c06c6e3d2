//! The simulated platform as a process of its own, as any client would meet it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::SHENPI;
use super::terminal::Terminal;

/// The simulated platform, and what it says of itself.
pub struct Simulator {
    process: Child,
    variables: HashMap<String, String>,
}

impl Simulator {
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(SHENPI)
            .args(["simulate", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().take(5);
        let variables = lines
            .map(|line| {
                let line = line.unwrap();
                let (key, value) = line.split_once(" = ").unwrap();
                (format!("SHENPI_{}", key.to_uppercase()), value.to_owned())
            })
            .collect();
        Self { process, variables }
    }

    /// The real inbox on it, with these variables changed.
    pub fn inbox(&self, but: &[(&str, &str)]) -> Terminal {
        let mut variables = self.variables.clone();
        variables.extend(but.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Terminal::start(SHENPI, &[], &variables)
    }

    pub fn secret(&self) -> &str {
        &self.variables["SHENPI_APP_SECRET"]
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
