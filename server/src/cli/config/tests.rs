//! Tests of the configuration: precedence, places, all problems in one go.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use toml::Table;

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn flags(text: &str) -> Table {
    toml::from_str(text).unwrap()
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ucs.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn flags_come_before_the_file_and_the_file_before_the_environment() {
    let (_folder, path) =
        file("cache_megabytes = 2\nlisten = \"127.0.0.1:2\"\n[http.auth]\nrealm = \"file\"\n");
    let variables = variables(&[
        ("UCS_CACHE_MEGABYTES", "3"),
        ("UCS_LISTEN", "127.0.0.1:3"),
        ("UCS_DATA", "/three"),
        ("UCS_HTTP__AUTH__REALM", "environment"),
        ("UCS_HTTP__AUTH__BASIC", "false"),
        ("UCS_PASSWORD", "is none of this"),
        ("UCS_HTTP__PUBLIC_URL", "2024"),
    ]);
    let effective = load(flags("listen = \"127.0.0.1:1\""), Some(&path), variables).unwrap();
    let Config { listen, data, cache_megabytes, http, .. } = effective.config;
    assert_eq!((listen.port(), data, cache_megabytes), (1, PathBuf::from("/three"), 2));
    assert_eq!((http.auth.realm.as_str(), http.auth.basic), ("file", false));
    assert_eq!(http.public_url.as_deref(), Some("2024"));
    assert_eq!(effective.set["listen"].1, Source::Flag("--listen".to_owned()));
    assert_eq!(effective.set["http.auth.realm"].1, Source::File(path));
    assert_eq!(effective.set["data"].1, Source::Environment("UCS_DATA".to_owned()));
}

/// All that is wrong, as lines without the folder of the file.
fn told(flags: Table, text: Option<&str>, environment: &[(&str, &str)]) -> Vec<String> {
    let (folder, path) = file(text.unwrap_or_default());
    let reading = read(flags, text.map(|_| path.as_path()), variables(environment));
    let folder = format!("{}/", folder.path().display());
    reading.problems().iter().map(|problem| problem.to_string().replace(&folder, "")).collect()
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let (_folder, path) = file("data = \"x\"\n  cache = 5\n");
    let error = load(Table::new(), Some(&path), []).unwrap_err().to_string();
    assert!(error.contains("ucs.toml:2:3: cache: there is no such key; there are listen, data, "), "{error}");
    let error = load(Table::new(), None, variables(&[("UCS_CACHE_MEGABYTES", "much")])).unwrap_err();
    let much =
        "UCS_CACHE_MEGABYTES: cache_megabytes: invalid type: string \"much\", expected a whole number from 0";
    assert_eq!(error.to_string(), much);
    let error = load(Table::new(), None, variables(&[("UCS_CASH", "1")])).unwrap_err().to_string();
    assert!(error.starts_with("UCS_CASH: cash: there is no such key; there are "), "{error}");
    let error = load(Table::new(), Some(Path::new("/nowhere/ucs.toml")), []).unwrap_err().to_string();
    assert!(error.contains("/nowhere/ucs.toml: the configuration cannot be read: "), "{error}");
}

#[test]
fn a_time_that_is_too_long_for_the_clock_is_told() {
    let long = variables(&[("UCS_HTTP__LIMITS__HEADER_TIMEOUT_SECONDS", "9223372036854775807")]);
    let error = load(Table::new(), None, long).unwrap_err().to_string();
    assert!(
        error.contains("header_timeout_seconds: 9223372036854775807 seconds are too many; at most "),
        "{error}"
    );
    let year = variables(&[("UCS_HTTP__AUTH__CACHE_SECONDS", "31536000")]);
    assert_eq!(load(Table::new(), None, year).unwrap().config.http.auth.cache_seconds, 31_536_000);
}

#[test]
fn what_is_empty_names_no_file_and_no_folder() {
    assert_eq!(load(Table::new(), Some(Path::new("")), []).unwrap().config, Config::default());
    let error = load(Table::new(), None, variables(&[("UCS_DATA", "")])).unwrap_err().to_string();
    assert_eq!(error, "UCS_DATA: data: the name of the folder is empty");
}

#[test]
fn a_variable_begins_with_the_prefix_once() {
    let error = load(Table::new(), None, variables(&[("UCS_UCS_DATA", "x")])).unwrap_err().to_string();
    assert!(error.starts_with("UCS_UCS_DATA: ucs_data: there is no such key"), "{error}");
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_text_are_told_where_they_are_ours() {
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = |text: &[u8]| OsString::from_vec(text.to_owned());
    let others = [(bytes(b"OTHER\xff"), bytes(b"\xff")), (bytes(b"UCS_PASSWORD"), bytes(b"p\xff"))];
    assert_eq!(load(Table::new(), None, others).unwrap().config, Config::default());
    let ours = [(bytes(b"UCS_DATA"), bytes(b"/srv/\xff"))];
    let error = load(Table::new(), None, ours).unwrap_err().to_string();
    assert_eq!(error, "UCS_DATA: data: the value is no text in UTF-8");
    let name = load(Table::new(), None, [(bytes(b"UCS_D\xff"), bytes(b"x"))]).unwrap_err().to_string();
    assert!(name.contains("there is no such key"), "{name}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "\
lisen = \"127.0.0.1:1\"
data = 5
cache_megabytes = -1

[log]
format = \"yaml\"
level = \"verbose\"
[http.auth]
realm = [1]
[http.auth.trusted_proxy]
header = \"X-User\"
addresses = [\"10.0.0.1\", 2, \"a\", 3]
[http.limit]
body_bytes = 1
[http.limits]
body_bytes = \"big\"
connections = 0
header_bytes = 99999999999999999999
";
    let environment = [
        ("UCS_LISTN", "127.0.0.1:2"),
        ("UCS_HTTP__METRICS", "perhaps"),
        ("UCS_HTTP__RATE__ACCOUNT_BURTS", "1"),
        ("UCS_TLS", "{ certificate = \"/c\", kex = 1 }"),
        ("UCS_PASSWORD", "is none of this"),
    ];
    let flags = flags("listen = \"8080\"\ncache_megabytes = \"many\"\n[log]\nformat = \"xml\"");
    let told = told(flags, Some(text), &environment);
    let begin = |problem: &String| -> String {
        problem.split(['`', ';']).next().unwrap().replace(", there are", "").to_owned()
    };
    let begins: Vec<String> = told.iter().map(begin).collect();
    assert_eq!(
        begins,
        [
            "UCS_HTTP__METRICS: http.metrics: invalid type: string \"perhaps\", expected true or false",
            "UCS_HTTP__RATE__ACCOUNT_BURTS: http.rate.account_burts: there is no such key",
            "UCS_LISTN: listn: there is no such key",
            "UCS_TLS: tls.kex: there is no such key",
            "ucs.toml:1:1: lisen: there is no such key",
            "ucs.toml:2:8: data: invalid type: integer ",
            "ucs.toml:3:19: cache_megabytes: invalid value: integer ",
            "ucs.toml:6:10: log.format: unknown variant ",
            "ucs.toml:9:9: http.auth.realm: invalid type: sequence, expected a text in quotes",
            "ucs.toml:12:26: http.auth.trusted_proxy.addresses: invalid type: integer ",
            "ucs.toml:12:34: http.auth.trusted_proxy.addresses: invalid type: integer ",
            "ucs.toml:13:7: http.limit: there is no such key",
            "ucs.toml:16:14: http.limits.body_bytes: invalid type: string \"big\", expected a whole number from 0",
            "ucs.toml:18:16: http.limits.header_bytes: invalid type: integer ",
            "--cache-megabytes: cache_megabytes: invalid type: string \"many\", expected a whole number from 0",
            "--listen: listen: \"8080\" is no IP address with a port, such as 127.0.0.1:8080 or [::]:443",
            "--log-format: log.format: unknown variant ",
            // What could be read is looked at as well, but for what only follows from the above.
            "UCS_TLS: tls.key: must be set",
            "ucs.toml:7:1: log.level: \"verbose\" is none of error, warn, info, debug, trace and off",
            "ucs.toml:17:1: http.limits.connections: with 0 no request could be answered",
        ],
        "{told:#?}"
    );
    let error = Problems(vec![Problem::of("a", "b"), Problem::of("", "c")]).to_string();
    assert_eq!(error, "2 problems in the configuration\na: b\nc");
}

#[test]
fn errors_in_the_form_of_the_file_are_all_told_and_hide_no_others() {
    let text = "data =\ncash = 1\n[log\nbody_bytes = 1\n[http]\nmetric = true\nmetrics = maybe\n";
    let told = told(Table::new(), Some(text), &[]);
    let places: Vec<&str> = told.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        ["ucs.toml:1:7", "ucs.toml:2:1", "ucs.toml:3:5", "ucs.toml:6:1", "ucs.toml:7:11"],
        "{told:#?}"
    );
    assert!(told[1].contains("cash: there is no such key") && told[3].contains("http.metric: "), "{told:#?}");
}

#[test]
fn what_only_follows_is_not_told() {
    let text = "[tls]\ncertificate = 1\n[http.auth.jwt]\nisuer = \"i\"\nissuer = 1\naudience = [\"a\"]\n";
    let keys: Vec<String> = told(Table::new(), Some(text), &[]);
    let keys: Vec<&str> = keys.iter().map(|line| line.split(": ").nth(1).unwrap()).collect();
    let expected = [
        "tls.certificate",
        "http.auth.jwt.isuer",
        "http.auth.jwt.issuer",
        "tls.key",
        "http.auth.jwt.jwks_file",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_misspelt_key_is_told_with_the_one_that_was_meant() {
    let meant = |problems: Vec<String>| {
        let [problem] = problems.try_into().unwrap();
        assert!(problem.contains("there is no such key"), "{problem}");
        let meant = problem.split_once("did you mean `").map(|(_, meant)| meant.trim_end_matches("`?"));
        meant.map(str::to_owned)
    };
    for (text, key) in [
        ("lisen = 1", Some("listen")),
        ("[http.limit]", Some("http.limits")),
        ("[http.limits]\nconections = 1", Some("http.limits.connections")),
        ("http.auth.cahce_seconds = 1", Some("http.auth.cache_seconds")),
        ("colour = 1", None),
    ] {
        assert_eq!(meant(told(Table::new(), Some(text), &[])).as_deref(), key, "{text}");
    }
    let of_variable = |name: &str| meant(told(Table::new(), None, &[(name, "1")]));
    assert_eq!(of_variable("UCS_LISTN").as_deref(), Some("UCS_LISTEN"));
    assert_eq!(of_variable("UCS_HTTP__AUTH__REALN").as_deref(), Some("UCS_HTTP__AUTH__REALM"));
    assert_eq!(of_variable("UCS_").as_deref(), None);
}

#[test]
fn certificate_and_key_may_come_from_different_places() {
    let variables = variables(&[("UCS_TLS__CERTIFICATE", "/c"), ("UCS_TLS__KEY", "/k")]);
    let tls = load(Table::new(), None, variables.clone()).unwrap().config.tls.unwrap();
    assert_eq!((tls.certificate, tls.key), (PathBuf::from("/c"), PathBuf::from("/k")));
    let (_folder, path) = file("[tls]\ncertificate = \"/d\"\n");
    let tls = load(Table::new(), Some(&path), variables).unwrap().config.tls.unwrap();
    assert_eq!((tls.certificate, tls.key), (PathBuf::from("/d"), PathBuf::from("/k")));
}

/// The flags that problems name are those that there are.
#[test]
fn keys_have_the_flags_of_the_command() {
    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        serve: crate::cli::serve::Serve,
    }
    let command = Alone::command();
    let flags: Vec<String> = command.get_arguments().map(|flag| format!("--{}", flag.get_id())).collect();
    let text = "listen = 'l'\ndata = 'd'\ncache_megabytes = 'c'\nallow_plain_http = 1\n\
                [tls]\ncertificate = 1\nkey = 1\n[http]\npublic_url = 1\n[log]\nlevel = 1\nformat = 1";
    let problems = read(self::flags(text), None, []).problems();
    assert_eq!(problems.len(), 8, "{problems:?}");
    for problem in problems {
        let flag = problem.place.unwrap().to_string();
        assert!(flags.contains(&flag.replace('-', "_").replacen("__", "--", 1)), "{flag}");
    }
}

#[test]
fn a_problem_for_programs_has_its_parts() {
    let (_folder, path) = file("data = \"x\"\n  cache = 5\n");
    let problem = read(Table::new(), Some(&path), []).problems()[0].json();
    let object = problem.as_object().unwrap();
    assert_eq!(object["from"], path.to_str().unwrap());
    assert_eq!((&object["line"], &object["column"], &object["key"]), (&2.into(), &3.into(), &"cache".into()));
    assert!(object["problem"].as_str().unwrap().starts_with("there is no such key"));
    let bare = Problem::of("", "a").json();
    assert_eq!(bare, serde_json::json!({ "problem": "a" }));
}

#[test]
fn plain_http_is_for_loopback() {
    let of = |text: &str| -> Vec<String> {
        let problems = load(flags(text), None, []).unwrap().config.problems();
        problems.iter().map(Problem::to_string).collect()
    };
    assert_eq!(of(""), [""; 0]);
    assert_eq!(of("listen = \"[::1]:80\""), [""; 0]);
    assert!(of("listen = \"0.0.0.0:80\"")[0].contains("allow_plain_http"));
    assert_eq!(of("listen = \"0.0.0.0:80\"\nallow_plain_http = true"), [""; 0]);
    assert!(of("log.level = \"ucs=loud\"")[0].contains("log.level"));
    assert!(of("log.level = \"verbose\"")[0].contains("verbose"));
    assert_eq!(of("log.level = \"info,ucs::request=off\""), [""; 0]);
    assert!(of("cache_megabytes = 9007199254740993")[0].contains("cache_megabytes"));
    for key in ["limits.body_bytes", "limits.header_bytes", "concurrency.requests"] {
        let text = format!("http.{key} = 0");
        let problems = of(&text);
        assert!(problems[0].contains(key), "{problems:?}");
    }
    assert!(of("http.public_url = \"contacts.example.org\"")[0].contains("public_url"));
    assert!(of("http.auth.basic = false")[0].contains("no way to sign in"));
    assert!(of("[http.auth.jwt]\nissuer = \"i\"")[0].contains("http.auth.jwt.audience: must be set"));
    assert!(
        of("[http.auth.trusted_proxy]\nheader = \"X-User\"")[0]
            .contains("http.auth.trusted_proxy.addresses: must be set")
    );
    let keys = of("[http.auth.jwt]\nissuer = \"i\"\naudience = [\"a\"]\njwks_file = \"/nowhere/keys.json\"");
    assert!(keys[0].contains("/nowhere/keys.json"));
    let tls = of("[tls]\ncertificate = \"/nowhere/c\"\nkey = \"/nowhere/k\"");
    assert!(tls[0].starts_with("tls.certificate: no certificates can be read from /nowhere/c"), "{tls:?}");
    assert!(tls.len() == 2 && tls[1].starts_with("tls.key: no private key can be read"), "{tls:?}");
    let many = of(
        "[http]\npublic_url = \"a\"\n[http.auth]\nrealm = \"\\\"\"\n[http.auth.jwt]\njwks_url = \"http://a.example\"\n\
         [http.auth.trusted_proxy]\nheader = \"a b\"\naddresses = [\"a\", \"10.0.0.1\", \"b\"]\naddress_header = \"\"",
    );
    let keys: Vec<&str> = many.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "http.public_url",
            "http.auth.realm",
            "http.auth.jwt.issuer",
            "http.auth.jwt.audience",
            "http.auth.jwt.jwks_url",
            "http.auth.trusted_proxy.header",
            "http.auth.trusted_proxy.addresses",
            "http.auth.trusted_proxy.addresses",
            "http.auth.trusted_proxy.address_header",
        ],
        "{many:?}"
    );
}
