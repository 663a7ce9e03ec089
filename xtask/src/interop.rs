//! `cargo xtask interop`: clients and validators that nobody here wrote, against a running server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::{Outcome, count};

/// Run foreign clients and validators against the example server and the contact store.
///
/// Starts the example `server`, then `ucs`, on a free port of this machine. xmllint, where it is installed, must accept the
/// description that the server hands out; zeep, from PyPI, must be able to use it: it is installed into a virtual
/// environment below the target folder, once. What is not there and cannot be installed is skipped, and said so.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Fail instead of skipping what is not there
    #[arg(long)]
    pub strict: bool,
}

/// The release of zeep that is used, as pip takes it.
const ZEEP: &str = "zeep==4.3.3";
/// The documents of the description, beside each other.
const DOCUMENTS: [&str; 3] = ["Services.wsdl", "messages.xsd", "types.xsd"];
/// How xmllint ends when the schema is sound and the document does not fit it.
const NOT_VALID: i32 = 3;

/// How a check ended.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Verdict {
    Passed,
    Skipped(String),
    Failed(String),
}

/// Runs the command.
///
/// # Errors
/// When the server cannot be built, started or asked.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("interop");
    std::fs::create_dir_all(&folder)?;
    let server = Server::start(root, &target)?;
    for document in DOCUMENTS {
        std::fs::write(folder.join(document), server.get(document)?)?;
    }
    let mut verdicts = Vec::new();
    let mut checked = |what: &str, verdict: Verdict| {
        match &verdict {
            Verdict::Passed => println!("passed   {what}"),
            Verdict::Skipped(why) => println!("skipped  {what}: {why}"),
            Verdict::Failed(why) => println!("failed   {what}:\n{}", why.trim_end()),
        }
        verdicts.push(verdict);
    };
    for document in DOCUMENTS {
        checked(&format!("xmllint: {document}"), xmllint(&folder, document)?);
    }
    let by_wsdl = zeep(root, &folder, "zeep_client.py", &[&server.url("Services.wsdl")], "")?;
    checked("zeep: operations by the WSDL", by_wsdl);
    drop(server);
    let (store, password) = Server::demo(root, &target)?;
    // Both protocols in one description.
    let described = folder.join("store");
    std::fs::create_dir_all(&described)?;
    for document in DOCUMENTS {
        std::fs::write(described.join(document), store.get(document)?)?;
    }
    for document in DOCUMENTS {
        checked(&format!("xmllint: {document} of the contact store"), xmllint(&described, document)?);
    }
    let arguments_of_store = [&*store.url("Services.wsdl"), "demo@example.org"];
    let with_ucs = zeep(root, &folder, "ucs_client.py", &arguments_of_store, &password)?;
    checked("zeep: the contact store", with_ucs);
    drop(store);
    let unfinished: Vec<_> = verdicts
        .iter()
        .filter(|verdict| match verdict {
            Verdict::Passed => false,
            Verdict::Skipped(_) => arguments.strict,
            Verdict::Failed(_) => true,
        })
        .collect();
    println!("{}, {} not passed", count(verdicts.len(), "check"), unfinished.len());
    Ok(Outcome::of(&unfinished))
}

/// A server, until it is dropped.
struct Server {
    process: Child,
    /// `127.0.0.1:PORT`.
    address: String,
}

impl Server {
    fn start(root: &Path, target: &Path) -> Result<Server> {
        build(root, &["--example", "server"])?;
        let program = target.join("debug/examples").join(format!("server{}", std::env::consts::EXE_SUFFIX));
        let mut process = Command::new(&program)
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let output = process.stdout.take().context("the example server has no output")?;
        let mut server = Server { process, address: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split('/').next());
        server.address = address.with_context(|| format!("no address in {line:?}"))?.to_owned();
        Ok(server)
    }

    /// The contact store with its demo account, and the password of that.
    fn demo(root: &Path, target: &Path) -> Result<(Server, String)> {
        build(root, &["--bin", "ucs"])?;
        let program = target.join("debug").join(format!("ucs{}", std::env::consts::EXE_SUFFIX));
        // It is ended without being asked, and so leaves its data behind: where the next run finds and removes it.
        let data = target.join("interop").join("demo");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        std::fs::create_dir_all(&data)?;
        let mut process = Command::new(&program)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn"])
            .env("TMPDIR", &data)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let output = process.stdout.take().context("ucs has no output")?;
        let mut server = Server { process, address: String::new() };
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, rest)) = line.split_once("listening at http://") {
                server.address = rest.split('/').next().unwrap_or_default().to_owned();
            }
            if let Some(password) = line.trim().strip_prefix("password ") {
                let password = password.trim().to_owned();
                // What else it prints must find a reader.
                std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
                return Ok((server, password));
            }
            line.clear();
        }
        bail!("ucs tells no password")
    }

    fn url(&self, document: &str) -> String {
        format!("http://{}/EWS/{document}", self.address)
    }

    /// A document, by HTTP as it is on the wire.
    fn get(&self, document: &str) -> Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET /EWS/{document} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes())?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        body(reply).with_context(|| format!("GET {document}"))
    }
}

/// Builds a program with the features of the tests, which leave little to build.
fn build(root: &Path, what: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    let built = build.args(["build", "--quiet", "--workspace", "--all-features"]).args(what);
    let built = built.current_dir(root).status();
    ensure!(built.context("cannot run cargo")?.success(), "the server does not build");
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The body of a reply that must be a success.
fn body(mut reply: Vec<u8>) -> Result<Vec<u8>> {
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").context("the reply has no end")?;
    let head = String::from_utf8_lossy(&reply[..end]).into_owned();
    ensure!(head.starts_with("HTTP/1.1 200 "), "{head}");
    Ok(reply.split_off(end + 4))
}

/// Whether xmllint takes a document: a schema must compile, with the ones that it imports.
fn xmllint(folder: &Path, document: &str) -> Result<Verdict> {
    let mut command = Command::new("xmllint");
    command.current_dir(folder).args(["--noout", "--nonet"]);
    let schema = document.ends_with(".xsd");
    if schema {
        // The WSDL is no instance of it, which is found out only if the schema is sound.
        command.args(["--schema", document, DOCUMENTS[0]]);
    } else {
        command.arg(document);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(_) => return Ok(Verdict::Skipped("there is no xmllint (Debian: libxml2-utils)".to_owned())),
    };
    let sound = if schema { output.status.code() == Some(NOT_VALID) } else { output.status.success() };
    Ok(match sound {
        true => Verdict::Passed,
        false => Verdict::Failed(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

/// Whether zeep can use the service, by a script of ours.
fn zeep(root: &Path, folder: &Path, script: &str, arguments: &[&str], password: &str) -> Result<Verdict> {
    let environment = folder.join("python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = |python: &Path| {
        let imported = Command::new(python).args(["-c", "import zeep"]).output();
        imported.is_ok_and(|output| output.status.success())
    };
    if !installed(&python) {
        println!("installing {ZEEP}");
        let base = if cfg!(windows) { "python" } else { "python3" };
        let made = Command::new(base).args(["-m", "venv", "--clear"]).arg(&environment).output();
        if !made.is_ok_and(|output| output.status.success()) {
            let why = "no virtual environment can be made with python3 (Debian: python3-venv)";
            return Ok(Verdict::Skipped(why.to_owned()));
        }
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ZEEP];
        let output = Command::new(&python).args(pip).output()?;
        if !output.status.success() || !installed(&python) {
            let why = String::from_utf8_lossy(&output.stderr);
            let why = why.lines().last().unwrap_or_default();
            return Ok(Verdict::Skipped(format!("pip cannot install {ZEEP}: {why}")));
        }
    }
    let client = root.join("tests/interop").join(script);
    let output = Command::new(&python)
        .envs([("PYTHONIOENCODING", "utf-8"), ("PYTHONDONTWRITEBYTECODE", "1"), ("UCS_PASSWORD", password)])
        .arg(client)
        .args(arguments)
        .output()?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(match output.status.success() {
        true => Verdict::Passed,
        false => Verdict::Failed(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_has_a_body() -> Result<()> {
        assert_eq!(body(b"HTTP/1.1 200 OK\r\na: b\r\n\r\n<a/>\r\n\r\n".to_vec())?, b"<a/>\r\n\r\n");
        assert!(body(b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec()).is_err());
        assert!(body(b"HTTP/1.1 200 OK\r\n".to_vec()).is_err());
        Ok(())
    }
}
