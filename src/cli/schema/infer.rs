//! `guanxi schema infer`: a record block from each data file.

use super::guess::{Column, Guess, is_name, name_of, names_a_person, names_money};
use super::raw::{RawFile, stem};
use crate::cli::Invocation;
use crate::cli::console::{Exit, Failure, Outcome, count};
use crate::source::SourceMap;
use std::path::{Path, PathBuf};

/// What is known of one file.
struct Inferred {
    record: String,
    source: String,
    shown: String,
    rows: u64,
    columns: Vec<Column>,
    /// The names of the fields.
    names: Vec<String>,
    /// Place of the key.
    key: Option<usize>,
}

pub fn run(files: &[PathBuf], invocation: &Invocation) -> Outcome {
    let mut all = files
        .iter()
        .map(|f| look(f))
        .collect::<Result<Vec<_>, _>>()?;
    name_apart(&mut all);
    let blocks: Vec<String> = (0..all.len()).map(|i| block(&all, i)).collect();
    let text = laid_out(&blocks.join("\n"))?;
    invocation.console.result(text)?;
    invocation.console.say(format_args!(
        "{} of {}; look the types over, then put the block into a `.rules` file",
        count(all.len(), "record"),
        count(all.iter().map(|i| i.rows as usize).sum(), "row"),
    ));
    Ok(Exit::Clean)
}

fn look(path: &Path) -> Result<Inferred, Failure> {
    let file = RawFile::open(path)?;
    let mut columns: Vec<Column> = (file.headers.iter().enumerate())
        .map(|(i, h)| Column::new(h, file.types.get(i).copied()))
        .collect();
    let mut rows = 0;
    file.rows(&mut |cells| {
        rows += 1;
        columns
            .iter_mut()
            .zip(cells)
            .for_each(|(column, cell)| column.look(*cell));
    })?;
    let source = stem(path);
    Ok(Inferred {
        record: singular(&name_of(&source)),
        source,
        shown: file.shown.clone(),
        rows,
        names: field_names(&file.headers),
        key: key_of(&columns),
        columns,
    })
}

/// `customers` holds rows of `customer`.
fn singular(name: &str) -> String {
    match name {
        n if n.ends_with("ies") && n.len() > 4 => format!("{}y", &n[..n.len() - 3]),
        n if n.ends_with("sses") => n[..n.len() - 2].to_owned(),
        n if n.ends_with('s') && !n.ends_with("ss") && n.len() > 2 => n[..n.len() - 1].to_owned(),
        n => n.to_owned(),
    }
}

/// Legal names, no two alike.
fn field_names(headers: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for header in headers {
        let name = name_of(header);
        let mut candidate = name.clone();
        let mut n = 2;
        while names.contains(&candidate) {
            candidate = format!("{name}_{n}");
            n += 1;
        }
        names.push(candidate);
    }
    names
}

fn name_apart(all: &mut [Inferred]) {
    for i in 1..all.len() {
        let taken: Vec<String> = all[..i].iter().map(|o| o.record.clone()).collect();
        let name = all[i].record.clone();
        let mut n = 2;
        while taken.contains(&all[i].record) {
            all[i].record = format!("{name}_{n}");
            n += 1;
        }
    }
}

/// A column called `id` or `key` first, else the first column, if its values are all different.
fn key_of(columns: &[Column]) -> Option<usize> {
    let named = columns.iter().position(|c| {
        c.is_unique()
            && c.unreadable().is_none()
            && matches!(c.header.to_lowercase().as_str(), "id" | "key" | "编号")
    });
    named.or_else(|| {
        columns
            .first()
            .filter(|c| c.is_unique() && c.unreadable().is_none())
            .map(|_| 0)
    })
}

/// The record that a column refers to: named after it, and every value one of its keys.
fn reference(all: &[Inferred], at: usize, column: usize) -> Option<&Inferred> {
    let name = &all[at].names[column];
    let bare = name
        .strip_suffix("_id")
        .or_else(|| name.strip_suffix("_key"))
        .unwrap_or(name);
    let own = &all[at].columns[column];
    let values = own.all_values()?;
    all.iter().find(|other| {
        let Some(key) = other.key else { return false };
        let is_key = std::ptr::eq(*other, &all[at]) && key == column;
        let reads = !own.is_rigid() || own.guess() == other.columns[key].guess();
        !is_key
            && reads
            && own.unreadable().is_none()
            && other.record == bare
            && values.is_subset(other.columns[key].values())
    })
}

fn block(all: &[Inferred], at: usize) -> String {
    let this = &all[at];
    let references: Vec<Option<&Inferred>> = (0..this.columns.len())
        .map(|c| reference(all, at, c))
        .collect();
    let mut out = format!("# {} of {}\n", count(this.rows as usize, "row"), this.shown);
    out.push_str(&format!(
        "record {} from {}",
        this.record,
        quoted(&this.source)
    ));
    if let Some(dated) = dated_by(this, &references) {
        out.push_str(&format!(" dated by {}", this.names[dated]));
    }
    out.push_str(" {\n");
    for (c, column) in this.columns.iter().enumerate() {
        out.push_str(&field(this, c, column, references[c]));
    }
    for (other, field) in children(all, at) {
        let name = if is_name(&other.source) && !this.names.contains(&other.source) {
            other.source.clone()
        } else {
            format!("{}_rows", other.record)
        };
        if !this.names.contains(&name) {
            out.push_str(&format!("  {name}: many {} by {field}\n", other.record));
        }
    }
    out.push_str("}\n");
    out
}

/// The only date of a record that refers to another: what windows look at.
fn dated_by(this: &Inferred, references: &[Option<&Inferred>]) -> Option<usize> {
    let mut dates = (0..this.columns.len())
        .filter(|c| this.columns[*c].unreadable().is_none())
        .filter(|c| matches!(this.columns[*c].guess(), Guess::Date(_) | Guess::DateTime));
    let first = dates.next()?;
    let only = dates.next().is_none() && !this.columns[first].has_missing();
    (only && references.iter().any(Option::is_some)).then_some(first)
}

/// Records with a column that refers to this one, and that column.
fn children(all: &[Inferred], at: usize) -> Vec<(&Inferred, &str)> {
    let mut found = Vec::new();
    for (i, other) in all.iter().enumerate() {
        let column = (0..other.columns.len())
            .find(|c| reference(all, i, *c).is_some_and(|r| std::ptr::eq(r, &all[at])));
        if let Some(column) = column.filter(|_| i != at) {
            found.push((other, other.names[column].as_str()));
        }
    }
    found
}

fn field(this: &Inferred, place: usize, column: &Column, reference: Option<&Inferred>) -> String {
    let name = &this.names[place];
    if let Some(why) = column.unreadable() {
        return format!("  # `{name}` is left out: {why}\n");
    }
    let is_key = this.key == Some(place);
    let guess = column.guess();
    let ty = match (&guess, reference) {
        (_, Some(record)) => record.record.clone(),
        (guess, None) => type_name(guess),
    };
    let mut line = format!("  {name}: {ty}");
    if is_key {
        line.push_str(" key");
    } else if column.has_missing() || this.rows == 0 {
        line.push_str(" optional");
    }
    if *name != column.header {
        line.push_str(&format!(" from {}", quoted(&column.header)));
    }
    if let (Guess::Date(Some(format)), None) = (&guess, reference) {
        line.push_str(&format!(" format {}", quoted(format)));
    }
    if names_a_person(name) && guess == Guess::Text {
        line.push_str(" personal");
    }
    if guess == Guess::Number && names_money(name) {
        line.push_str("  # `money`, if every amount is in the workspace's currency");
    }
    if matches!(guess, Guess::Date(Some(_))) && column.ambiguous_date() {
        line.push_str("  # or \"%m/%d/%Y\": no day tells which");
    }
    line.push('\n');
    line
}

fn type_name(guess: &Guess) -> String {
    match guess {
        Guess::Text => "text".into(),
        Guess::YesNo => "yes/no".into(),
        Guess::Integer => "integer".into(),
        Guess::Number => "number".into(),
        Guess::Percent => "percent".into(),
        Guess::Date(_) => "date".into(),
        Guess::DateTime => "datetime".into(),
        Guess::Time => "time".into(),
        Guess::OneOf(values) => format!("one of ({})", values.join(", ")),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('{', "\\{");
    format!("\"{}\"", escaped.replace(|c: char| c.is_control(), " "))
}

/// As `guanxi fmt` would have it.
fn laid_out(text: &str) -> Result<String, Failure> {
    let mut sources = SourceMap::new();
    let id = sources.add("inferred.rules", text);
    let (tree, found) = crate::syntax::parse(sources.file(id));
    if let Some(problem) = found.first() {
        return Err(Failure::usage(
            format!(
                "the block that was inferred does not hold: {}",
                problem.message
            ),
            "give the columns plain names, and please report this file's header",
        ));
    }
    Ok(crate::format::format(sources.file(id), &tree))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_rows_of_one_thing() {
        assert_eq!(singular("customers"), "customer");
        assert_eq!(singular("categories"), "category");
        assert_eq!(singular("addresses"), "address");
        assert_eq!(singular("address"), "address");
        assert_eq!(singular("顾客"), "顾客");
    }

    #[test]
    fn names_are_told_apart() {
        let headers = ["A b".to_owned(), "a_b".to_owned(), "".to_owned()];
        assert_eq!(field_names(&headers), ["a_b", "a_b_2", "column"]);
    }
}
