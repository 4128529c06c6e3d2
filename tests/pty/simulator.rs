//! The simulated platform as a process of its own, as any client would meet it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::SHENPI;
use super::terminal::Terminal;

/// The simulated platform, and its printed access data.
pub struct Simulator {
    process: Child,
    variables: HashMap<String, String>,
    /// `127.0.0.1:PORT` of the control address.
    control: String,
}

impl Simulator {
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(SHENPI)
            .args(["simulate", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().take(6);
        let mut variables: HashMap<String, String> = lines
            .map(|line| {
                let line = line.unwrap();
                let (key, value) = line.trim_start_matches("# ").split_once(" = ").unwrap();
                (format!("SHENPI_{}", key.to_uppercase()), value.trim_matches('"').to_owned())
            })
            .collect();
        let control = variables.remove("SHENPI_CONTROL_URL").unwrap();
        let control = control.strip_prefix("http://").unwrap().strip_suffix("/control").unwrap().to_owned();
        Self { process, variables, control }
    }

    /// The real inbox on it, with these variables changed.
    pub fn inbox(&self, but: &[(&str, &str)]) -> Terminal {
        self.start_beside(SHENPI, &[], but)
    }

    /// Another program, with the environment of the inbox.
    pub fn start_beside(&self, program: &str, arguments: &[&str], but: &[(&str, &str)]) -> Terminal {
        let mut variables = self.variables.clone();
        variables.extend(but.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Terminal::start(program, arguments, &variables)
    }

    /// One call of the control address. Returns its answer.
    pub fn control(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.control).unwrap();
        let (host, length) = (&self.control, body.len());
        write!(
            stream,
            "{method} /control/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        body.to_owned()
    }

    pub fn base_url(&self) -> &str {
        &self.variables["SHENPI_BASE_URL"]
    }

    pub fn app_id(&self) -> &str {
        &self.variables["SHENPI_APP_ID"]
    }

    pub fn operator_id(&self) -> &str {
        &self.variables["SHENPI_OPERATOR_ID"]
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
