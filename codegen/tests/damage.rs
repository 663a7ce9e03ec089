//! Damaged inputs: truncated, elements or lines dropped, swapped and doubled, bytes flipped. Never a panic, always an
//! end, errors say where, and what is generated all the same is Rust.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use oxws_codegen::diagnostic::Severity;
use oxws_codegen::emit::Config;
use oxws_codegen::{Inputs, front, generate};
use support::{Random, folder, schemas, shared};

/// How far damaged inputs go.
#[derive(Clone, Copy, PartialEq)]
enum Run {
    /// Through the front half: many components, and no code.
    Front,
    /// All the way, with a look at the code.
    Whole,
}

/// Runs inputs of which `file` was replaced.
fn survive(run: Run, inputs: &mut Inputs, file: &str, damaged: Vec<u8>, what: &str) {
    let original = inputs.0.insert(file.to_owned(), damaged);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let diagnostics = match run {
            Run::Front => front(inputs).1,
            Run::Whole => generate(inputs, &Config::default()).1,
        };
        let report = diagnostics.render();
        assert!(!report.contains("is no Rust"), "{report}");
        for diagnostic in diagnostics.sorted() {
            let placed = diagnostic.span.is_some();
            assert!(placed || diagnostic.severity != Severity::Error, "no place: {diagnostic:?}");
        }
        diagnostics.render().len()
    }));
    assert!(outcome.is_ok(), "panic on {file}, {what}");
    if let Some(original) = original {
        inputs.0.insert(file.to_owned(), original);
    }
}

/// Every kind of damage to every file, `rounds` times each, or until the time is up.
fn damage(run: Run, mut inputs: Inputs, rounds: usize, seconds: u64) {
    let start = Instant::now();
    let files: Vec<String> = inputs.0.keys().filter(|file| !file.ends_with("README.md")).cloned().collect();
    let mut random = Random(0x0D15_EA5E);
    for round in 0..rounds {
        for file in &files {
            if start.elapsed() > Duration::from_secs(seconds) {
                eprintln!("stopped in round {round} of {rounds}: time is up");
                return;
            }
            let bytes = inputs.0[file].clone();
            let cut = random.below(bytes.len());
            survive(run, &mut inputs, file, bytes[..cut].to_vec(), &format!("cut at {cut}"));
            let flip =
                (0..1 + random.below(3)).map(|_| (random.below(bytes.len()), random.below(255) as u8 + 1));
            let flip: Vec<(usize, u8)> = flip.collect();
            let mut flipped = bytes.clone();
            for (at, bits) in &flip {
                if let Some(byte) = flipped.get_mut(*at) {
                    *byte ^= bits;
                }
            }
            survive(run, &mut inputs, file, flipped, &format!("flipped {flip:?}"));
            let markup = file.ends_with(".xsd") || file.ends_with(".wsdl");
            let tags = if markup { elements(&bytes) } else { lines(&bytes) };
            if tags.len() < 3 {
                continue;
            }
            let (a, b) = (tags[random.below(tags.len())], tags[random.below(tags.len())]);
            let dropped = [&bytes[..a.0], &bytes[a.1..]].concat();
            survive(run, &mut inputs, file, dropped, &format!("dropped {a:?}"));
            let doubled = [&bytes[..a.1], &bytes[a.0..]].concat();
            survive(run, &mut inputs, file, doubled, &format!("doubled {a:?}"));
            let (a, b) = if a.0 <= b.0 { (a, b) } else { (b, a) };
            if a.1 <= b.0 {
                let parts =
                    [&bytes[..a.0], &bytes[b.0..b.1], &bytes[a.1..b.0], &bytes[a.0..a.1], &bytes[b.1..]];
                survive(run, &mut inputs, file, parts.concat(), &format!("swapped {a:?} and {b:?}"));
            }
        }
    }
}

/// Byte ranges of the lines of a text.
fn lines(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut start = 0;
    let ranges = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        start += line.len();
        (start - line.len(), start)
    });
    ranges.collect()
}

/// Byte ranges of the elements of a document.
fn elements(bytes: &[u8]) -> Vec<(usize, usize)> {
    use quick_xml::events::Event;
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        let start = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(_)) => open.push(start),
            Ok(Event::Empty(_)) => found.push((start, reader.buffer_position() as usize)),
            Ok(Event::End(_)) => {
                found.extend(open.pop().map(|start| (start, reader.buffer_position() as usize)))
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

#[test]
fn our_schemas_damaged() {
    damage(Run::Whole, schemas(), 6, 6);
}

#[test]
fn the_published_schemas_damaged() {
    let Some(path) = shared("corpus/ms-oxws") else { return };
    let mut inputs = folder(&path);
    inputs.0.insert("manifest.toml".to_owned(), schemas().0["manifest.toml"].clone());
    let manifest = "[[protocol]]\nname = \"all\"\nmodule = \"all\"\nwsdl = \"EWSStack.wsdl\"\n";
    inputs.0.insert("manifest.toml".to_owned(), manifest.as_bytes().to_vec());
    damage(Run::Front, inputs, 1, 4);
}

#[test]
fn other_schemas_damaged() {
    let Some(path) = shared("corpus/wsdl") else { return };
    for (dir, wsdl) in [("epcis", "wsdl"), ("zeep-tests", "wsdl"), ("kml-2.1", "xsd")] {
        let mut inputs = folder(&path.join(dir));
        let files = inputs.0.keys().filter(|f| f.ends_with(wsdl)).cloned().collect::<Vec<_>>();
        let mut manifest = String::new();
        for (number, file) in files.iter().enumerate() {
            let key = if wsdl == "wsdl" { format!("wsdl = '{file}'") } else { format!("files = ['{file}']") };
            manifest += &format!("[[protocol]]\nname = 'p'\nmodule = 'p{number}'\n{key}\n");
        }
        inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
        damage(Run::Front, inputs, 2, 2);
    }
}

/// The fixtures have every construct, in little: one damage after the other on the same schema.
#[test]
fn the_fixtures_damaged() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit");
    let all = folder(&root);
    let start = Instant::now();
    let mut random = Random(0xF1C7);
    for round in 0..6 {
        for (name, original) in
            all.0.iter().filter(|(name, _)| name.ends_with(".xsd") || name.ends_with(".wsdl"))
        {
            if start.elapsed() > Duration::from_secs(6) {
                eprintln!("stopped in round {round}: time is up");
                return;
            }
            let mut inputs = Inputs::default();
            let key = if name.ends_with(".xsd") { "files = ['x']" } else { "wsdl = 'x'" };
            let manifest = format!("[[protocol]]\nname = 'p'\nmodule = 'p'\nstrict = false\n{key}\n");
            inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
            let mut bytes = original.clone();
            for step in 0..4 {
                let tags = elements(&bytes);
                if tags.len() < 3 {
                    break;
                }
                let (a, b) = (tags[random.below(tags.len())], tags[random.below(tags.len())]);
                let element = bytes[a.0..a.1].to_vec();
                match random.below(3) {
                    0 => drop(bytes.drain(a.0..a.1)),
                    1 => drop(bytes.splice(b.0..b.0, element)),
                    _ => drop(bytes.splice(b.0..b.1, element)),
                }
                survive(
                    Run::Whole,
                    &mut inputs,
                    "x",
                    bytes.clone(),
                    &format!("{name}, round {round}, step {step}"),
                );
            }
        }
    }
}

/// What would overflow a stack or take for ever if it were not refused.
#[test]
fn hostile_inputs_end() {
    let xsd = |body: &str| {
        format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='u' \
             xmlns='u'>{body}</xs:schema>"
        )
    };
    let nested = "<xs:sequence>".repeat(100_000);
    let entities =
        "<!DOCTYPE s [<!ENTITY a '&lt;b&gt;&lt;b&gt;'><!ENTITY b '<c><c>&a;&a;'>]><s>&b;</s>".to_owned();
    let laughs: String = (0..40)
        .map(|i| {
            format!(
                "<xs:group name='g{i}'><xs:sequence><xs:group ref='g{0}'/><xs:group ref='g{0}'/>\
         </xs:sequence></xs:group>",
                i + 1
            )
        })
        .collect();
    let last =
        "<xs:group name='g40'><xs:sequence><xs:element name='e' type='xs:string'/></xs:sequence></xs:group>";
    let root = "<xs:element name='r'><xs:complexType><xs:group ref='g0'/></xs:complexType></xs:element>";
    let chain: String = (0..3000)
        .map(|i| {
            format!(
                "<xs:group name='g{i}'><xs:sequence><xs:group ref='g{}'/></xs:sequence></xs:group>",
                i + 1
            )
        })
        .collect();
    let derived: String = (0..5000)
        .map(|i| {
            format!("<xs:simpleType name='t{i}'><xs:restriction base='t{}'/></xs:simpleType>", (i + 1) % 5000)
        })
        .collect();
    let heads: String = (0..2000)
        .map(|i| format!("<xs:element name='e{i}' substitutionGroup='e{}'/>", (i + 1) % 2000))
        .collect();
    let texts: String = (0..2000)
        .map(|i| {
            let base = if i == 0 { "xs:string".to_owned() } else { format!("c{}", i - 1) };
            format!(
                "<xs:complexType name='c{i}'><xs:simpleContent><xs:extension base='{base}'/>\
             </xs:simpleContent></xs:complexType>"
            )
        })
        .collect();
    // What has no error must not be followed by recursion either: deep content, derivation, simple types.
    let each = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let fields = each(1500, &|i| {
        format!(
            "<xs:complexType name='f{i}'><xs:sequence><xs:element name='e' type='f{}' minOccurs='0'/></xs:sequence>\
             </xs:complexType>",
            (i + 1) % 1500
        )
    });
    let steps = each(300, &|i| {
        let base = if i == 0 { "f0".to_owned() } else { format!("d{}", i - 1) };
        format!(
            "<xs:complexType name='d{i}'><xs:complexContent><xs:extension base='{base}'/></xs:complexContent>\
             </xs:complexType>"
        )
    });
    let narrowed = each(1500, &|i| {
        let base = if i == 0 { "xs:string".to_owned() } else { format!("n{}", i - 1) };
        format!(
            "<xs:simpleType name='n{i}'><xs:restriction base='{base}'><xs:minLength value='1'/></xs:restriction>\
             </xs:simpleType>"
        )
    });
    let cases = [
        ("fields", xsd(&format!("<xs:element name='r' type='f0'/>{fields}"))),
        ("steps", xsd(&format!("<xs:element name='r' type='d0'/>{fields}{steps}"))),
        ("narrowed", xsd(&format!("<xs:element name='r' type='n1499'/>{narrowed}"))),
        ("nested", nested),
        ("entities", entities),
        ("laughs", xsd(&format!("{laughs}{last}{root}"))),
        ("chain", xsd(&format!("{chain}{root}"))),
        ("derived", xsd(&derived)),
        ("heads", xsd(&heads)),
        ("texts", xsd(&texts)),
        (
            "occurs",
            xsd("<xs:group name='g'><xs:sequence maxOccurs='99999999999999999999' minOccurs='4294967295'/>\
                 </xs:group>"),
        ),
        ("attributes", format!("<a {}/>", (0..2000).map(|i| format!("a{i}='' ")).collect::<String>())),
    ];
    for (name, text) in cases {
        let start = Instant::now();
        let mut inputs = Inputs::default();
        let manifest = "[[protocol]]\nname = 'p'\nmodule = 'p'\nfiles = ['x.xsd']\n";
        inputs.0.insert("manifest.toml".to_owned(), manifest.as_bytes().to_vec());
        survive(Run::Whole, &mut inputs, "x.xsd", text.into_bytes(), name);
        // A few seconds at most; what is not refused takes hours, and other work on the machine must not count.
        assert!(start.elapsed() < Duration::from_secs(300), "{name} took {:?}", start.elapsed());
    }
}
