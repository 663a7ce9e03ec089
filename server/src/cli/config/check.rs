//! What a configuration says that no server can run by, or not safely.

use std::error::Error;

use tracing_subscriber::filter::LevelFilter;

use super::problem::Problem;
use super::{Config, Tls};
use crate::http;

/// A megabyte more would be no number of bytes any more, by far.
const MOST_MEGABYTES: u64 = 1 << 30;

impl Config {
    /// What would keep a server from running by it, or make it unsafe: all of it, without places.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.tls.is_none() && !self.allow_plain_http && !self.listen.ip().is_loopback() {
            problems.push(Problem::of(
                "listen",
                format!(
                    "{} is not loopback, and there is no certificate: set tls.certificate and tls.key, or \
                     allow_plain_http if a proxy does TLS",
                    self.listen
                ),
            ));
        }
        if let Some(tls) = &self.tls {
            problems.extend(of_certificate(tls));
        }
        problems.extend(self.http.problems().iter().map(|error| {
            let text = format!("{}{}", error.what(), cause(error));
            Problem::of(format!("http.{}", error.key()), text)
        }));
        problems.extend(of_level(&self.log.level).map(|text| Problem::of("log.level", text)));
        if self.cache_megabytes > MOST_MEGABYTES {
            let text = format!("{} is more than any machine has", self.cache_megabytes);
            problems.push(Problem::of("cache_megabytes", text));
        }
        for (key, value) in self.http.at_least_one() {
            if value == 0 {
                problems.push(Problem::of(
                    format!("http.{key}"),
                    "with 0 no request could be answered; at least 1",
                ));
            }
        }
        problems
    }
}

fn of_certificate(tls: &Tls) -> Vec<Problem> {
    let paths = [("tls.certificate", &tls.certificate), ("tls.key", &tls.key)];
    let missing = paths.iter().filter(|(_, path)| path.as_os_str().is_empty());
    let missing: Vec<_> = missing.map(|(key, _)| Problem::of(*key, "must be set")).collect();
    if !missing.is_empty() {
        return missing;
    }
    let problems = http::tls::problems(&tls.certificate, &tls.key).into_iter().map(|error| {
        let key = match &error {
            http::tls::TlsError::Key(..) => "tls.key",
            _ => "tls.certificate",
        };
        Problem::of(key, format!("{error}{}", cause(&error)))
    });
    problems.collect()
}

/// What is wrong with what is to be logged.
fn of_level(level: &str) -> Option<String> {
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(level) {
        return Some(error.to_string());
    }
    // A word that is no level would be the name of a part of the program, of which nothing else is logged.
    let level = level.trim();
    let is_none = !level.contains(['=', ',', '[', ':']) && level.parse::<LevelFilter>().is_err();
    is_none.then(|| format!("{level:?} is none of error, warn, info, debug, trace and off"))
}

fn cause(error: &dyn Error) -> String {
    error.source().map(|cause| format!(": {cause}")).unwrap_or_default()
}
