//! The files of a new crate beside the generated modules: Cargo.toml, README, the crate root, the enum of all global
//! elements, an example and a test.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{COMMAND, Request, Runtime};
use crate::generate::Output;
use crate::name::{self, camel};
use crate::schema::SchemaSet;

/// Where the generated modules are, below the crate's folder.
const PROTOCOL: &str = "src/protocol";

/// Moves the generated files to their place and adds the others.
pub(super) fn complete(output: &mut Output, request: &Request, set: &SchemaSet) {
    let generated = std::mem::take(&mut output.files);
    let with = |file: &str| -> Vec<String> {
        let ending = format!("/{file}");
        generated.keys().filter_map(|path| path.strip_suffix(&ending)).map(str::to_owned).collect()
    };
    let modules = Modules { all: with("mod.rs"), elements: with("element.rs"), services: with("service.rs") };
    let sources: BTreeSet<&str> = request.wsdl.iter().chain(&request.xsd).map(String::as_str).collect();
    let page = Page { request, modules: &modules, sources: sources.into_iter().collect(), output };
    let mut files: Vec<(String, String)> = vec![
        ("Cargo.toml".to_owned(), page.cargo_toml()),
        ("README.md".to_owned(), page.readme(set)),
        ("src/lib.rs".to_owned(), page.lib()),
        (format!("{PROTOCOL}/mod.rs"), include_str!("templates/protocol.rs").to_owned()),
        (name::FILE.to_owned(), page.lock()),
    ];
    if !modules.elements.is_empty() {
        files.push(("src/global_element.rs".to_owned(), page.global_element()));
        files.push(("examples/roundtrip.rs".to_owned(), page.fill(include_str!("templates/roundtrip.rs"))));
        files.push(("tests/smoke.rs".to_owned(), page.smoke()));
    }
    files.extend(generated.into_iter().map(|(path, text)| (format!("{PROTOCOL}/{path}"), text)));
    output.summary.lines += files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs") && !path.starts_with(PROTOCOL))
        .map(|(_, text)| text.lines().count())
        .sum::<usize>();
    output.lock = String::new();
    output.files = files.into_iter().collect();
}

/// What a crate allows whose names are not all in ASCII.
const LINTS: &str = "
#![allow(
    confusable_idents,
    mixed_script_confusables,
    uncommon_codepoints,
    reason = \"the names are those of the schemas\"
)]

";

/// Names of the generated modules.
struct Modules {
    all: Vec<String>,
    /// Those with global elements.
    elements: Vec<String>,
    /// Those with a service.
    services: Vec<String>,
}

/// What the texts are made of.
struct Page<'p> {
    request: &'p Request,
    modules: &'p Modules,
    /// The files that were asked for.
    sources: Vec<&'p str>,
    output: &'p Output,
}

impl Page<'_> {
    /// The crate's name in code.
    fn ident(&self) -> String {
        self.request.name.replace('-', "_")
    }

    /// Replaces the marks of a template.
    fn fill(&self, template: &str) -> String {
        template
            .replace("{{name}}", &self.request.name)
            .replace("{{ident}}", &self.ident())
            .replace("{{command}}", COMMAND)
            .replace("{{command line}}", &self.request.command)
            .replace("{{sources}}", &self.sources.join(", "))
    }

    fn cargo_toml(&self) -> String {
        let runtime = match &self.request.runtime {
            Runtime::Path(path) => format!("path = {}", quoted(path)),
            Runtime::Version(version) => format!("version = {}", quoted(version)),
        };
        self.fill(include_str!("templates/Cargo.toml.txt")).replace("{{runtime}}", &runtime)
    }

    /// What rustc's limit of recursion must be to find that values may cross threads, where the usual one is too low:
    /// each type is a few steps, with what it is wrapped in.
    fn limit(&self) -> Option<usize> {
        let steps = self.output.summary.depth * 6;
        (steps > 128).then(|| steps.next_power_of_two())
    }

    fn lib(&self) -> String {
        let mut text = self.fill(include_str!("templates/lib.rs"));
        let limit = self.limit().map(|limit| format!("\n#![recursion_limit = \"{limit}\"]\n"));
        text = text.replace("{{limit}}\n", &limit.unwrap_or_default());
        let mut table = String::new();
        for module in &self.modules.all {
            let what =
                if self.modules.services.contains(module) { "operations" } else { "types and elements" };
            // Writing to memory cannot fail.
            let _ = writeln!(table, "//! | [`{module}`] | {what} |");
        }
        text = text.replace("//! {{modules}}\n", &table);
        // Letters beyond ASCII may look like others, which is the schemas' choice.
        let names = self.output.lock.lines().filter_map(|line| Some(line.rsplit_once(" = ")?.1));
        let ascii = names.into_iter().all(str::is_ascii);
        text = text.replace("{{lints}}\n", if ascii { "\n" } else { LINTS });
        if self.modules.elements.is_empty() {
            let rest: Vec<&str> = text.lines().filter(|line| !line.contains("lobal")).collect();
            text = rest.join("\n") + "\n";
        }
        text
    }

    fn readme(&self, set: &SchemaSet) -> String {
        let mut services = String::new();
        for service in &set.services {
            let _ = writeln!(
                services,
                "- `{}`: {} of port type `{}`",
                service.file,
                crate::count(service.operations.len(), "operation"),
                service.name.local
            );
        }
        let limit = self.limit().map(|limit| {
            format!(
                "\nThe types lead to one another over many steps. Where rustc says that it overflows while it looks \
                 whether one of\nthem is `Send`, put `#![recursion_limit = \"{limit}\"]` at the top of your crate, as \
                 this one has it.\n"
            )
        });
        let numbers = &self.output.summary;
        let mut text = self.fill(include_str!("templates/README.md"));
        if self.modules.elements.is_empty() {
            let rest: Vec<&str> = text.lines().filter(|line| !line.contains("--example roundtrip")).collect();
            text = rest.join("\n") + "\n";
        }
        text.replace("{{services}}\n", &services)
            .replace("{{limit}}\n", &limit.unwrap_or_default())
            .replace("{{types}}", &numbers.types.to_string())
            .replace("{{elements}}", &numbers.elements.to_string())
    }

    fn lock(&self) -> String {
        self.output.lock.replacen("cargo xtask regen", COMMAND, 1)
    }

    fn global_element(&self) -> String {
        let mut lines = String::new();
        for (at, module) in self.modules.elements.iter().enumerate() {
            let variant = camel(module);
            let _ = writeln!(
                lines,
                "        {at} => /// One of the module [`{module}`](crate::{module}).\n        \
                 {variant}: crate::protocol::{module}::Element,"
            );
        }
        self.fill(include_str!("templates/global_element.rs")).replace("{{elements}}\n", &lines)
    }

    fn smoke(&self) -> String {
        let mut tables = String::new();
        for module in &self.modules.services {
            let _ = writeln!(tables, "    check({}::{module}::OPERATIONS);", self.ident());
        }
        let text = self.fill(include_str!("templates/smoke.rs"));
        match (self.modules.services.is_empty(), text.split_once("\n// Services\n")) {
            (true, Some((without, _))) => format!("{without}\n"),
            _ => text.replace("// Services\n", "").replace("    {{operations}}\n", &tables),
        }
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
