//! A workspace with faults, the binary, and a reader of XML that is as strict as the standard.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// Two files in a folder whose name needs escaping; Chinese names, a label, a label in another file, a fix.
pub const FILES: &[(&str, &str)] = &[
    (
        "茶馆 100%/数据.rules",
        "workspace \"茶馆\" {\n  currency CNY\n}\n\nrecord 顾客 from \"customers\" {\n  编号: text key\n  消费: money\n}\n\naction 送积分(积分: integer) for 顾客\n",
    ),
    (
        "茶馆 100%/活动.rules",
        "define 大客户 for 顾客 = 消费额 >= 1_000 CNY\n\ncampaign 回馈 for 顾客 {\n  rule 银卡 {\n    when 消费 >= 1_000 CNY and 大客户\n    then 送积分(\"<&'多'>\")\n  }\n}\n",
    ),
    ("茶馆 100%/净.rules", "# Nothing is wrong here.\n"),
];

/// Writes the files below a folder.
pub fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
}

/// The binary in a folder, as if no build server were there.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guanxi"));
    command
        .current_dir(folder)
        .env_remove("GITHUB_WORKSPACE")
        .env_remove("CI_PROJECT_DIR")
        .env_remove("NO_GRAPHICS")
        .env("NO_COLOR", "1");
    command
}

/// What `lint` says of [`FILES`] in a format, read from the folder above them.
pub fn linted(format: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), FILES);
    let output = command(folder.path())
        .args(["lint", "茶馆 100%", "--output-format", format])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    text(output)
}

pub fn text(output: Output) -> String {
    String::from_utf8(output.stdout).expect("UTF-8")
}

pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An element of XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Element>,
    /// Without the blank space of the layout where there are children.
    pub text: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub fn named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

/// Reads a document; panics at what XML 1.0 does not allow.
pub fn xml(text: &str) -> Element {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(allowed), "a character that XML has not");
    let rest = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .expect("a declaration");
    let (root, rest) = element(rest);
    assert_eq!(rest.trim(), "", "something after the root");
    root
}

fn element(text: &str) -> (Element, &str) {
    let text = text.strip_prefix('<').expect("a tag");
    let end = text.find(['>', '/', ' ']).expect("the end of a name");
    let (name, mut rest) = text.split_at(end);
    let mut element = Element {
        name: name.to_owned(),
        attributes: BTreeMap::new(),
        children: Vec::new(),
        text: String::new(),
    };
    while let Some(inner) = rest.strip_prefix(' ') {
        let (key, value) = inner.split_once("=\"").expect("an attribute");
        let (value, after) = value.split_once('"').expect("its end");
        assert!(!value.contains(['\n', '\t']), "would become a space");
        let before = element.attributes.insert(key.to_owned(), unescaped(value));
        assert_eq!(before, None, "`{key}` twice");
        rest = after;
    }
    if let Some(rest) = rest.strip_prefix("/>") {
        return (element, rest);
    }
    rest = rest.strip_prefix('>').expect("the end of a tag");
    loop {
        let next = rest.find('<').expect("another tag");
        element.text.push_str(&unescaped(&rest[..next]));
        rest = &rest[next..];
        if let Some(after) = rest.strip_prefix("</") {
            let (closed, after) = after.split_once('>').expect("its end");
            assert_eq!(closed, name, "closed by another name");
            if !element.children.is_empty() {
                element.text = element.text.trim().to_owned();
            }
            return (element, after);
        }
        let (child, after) = self::element(rest);
        element.children.push(child);
        rest = after;
    }
}

fn unescaped(text: &str) -> String {
    assert!(!text.contains('<'));
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').expect("the end of an entity");
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            number => {
                let code = number.strip_prefix('#').expect("an entity");
                char::from_u32(code.parse().expect("a number")).expect("a character")
            }
        });
        out.push_str(after);
    }
    out
}
