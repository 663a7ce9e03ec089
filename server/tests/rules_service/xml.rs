//! Looking into replies as text, where the form on the wire is the point.

/// The texts of all elements of that name (with prefix) that hold text alone.
pub(crate) fn texts<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    inner(xml, name).into_iter().filter(|text| !text.contains('<')).collect()
}

/// What is inside all elements of that name; of nested ones, the outer.
pub(crate) fn inner<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        if !rest.starts_with(['>', ' ', '/']) {
            continue;
        }
        let end = rest.find('>').unwrap();
        if rest[..end].ends_with('/') {
            found.push("");
            continue;
        }
        let length = rest[end + 1..].find(&close).unwrap();
        found.push(&rest[end + 1..][..length]);
        rest = &rest[end + 1 + length..];
    }
    found
}

/// The names of the children, in order, of the first element of that name.
pub(crate) fn children(xml: &str, name: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    for tag in inner(xml, name)[0].split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap()];
        if tag.starts_with('/') {
            depth -= 1;
            continue;
        }
        if depth == 0 {
            names.push(tag.split([' ', '/']).next().unwrap().to_owned());
        }
        depth += i32::from(!tag.ends_with('/'));
    }
    names
}

/// The values of that attribute in all tags of elements of that name.
pub(crate) fn attributes<'x>(xml: &'x str, element: &str, attribute: &str) -> Vec<&'x str> {
    let tags = xml.split('<').filter_map(|tag| tag.split('>').next());
    let tags = tags.filter(|tag| tag.split([' ', '/']).next() == Some(element));
    let start = format!(" {attribute}=\"");
    tags.filter_map(|tag| tag.split_once(&start)?.1.split('"').next()).collect()
}
