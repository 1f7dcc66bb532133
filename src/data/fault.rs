//! The faults of rows: found one by one, told by cause.

use super::cell::Refusal;
use super::problem::{Cause, DataProblem, Place, Position, SHOWN_PLACES};
use super::{ColumnRequest, ColumnType, TableRequest};
use crate::schema::DurationKind;
use std::collections::BTreeMap;

/// What is wrong with a row. Order is the order in which causes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fault {
    RowTooLong,
    AfterQuote,
    BadJson,
    Twice,
    Ragged,
    Refused(Refusal),
    Missing,
    Duplicate,
    Dangling,
    /// The row that it refers to was set aside.
    ToRejected,
}

/// A fault at its place.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub fault: Fault,
    /// Place in the request's columns.
    pub column: Option<usize>,
    pub line: u64,
    /// Shortened, redacted where personal.
    pub value: Option<String>,
    pub note: Option<String>,
}

/// A fault of a row that is set aside.
#[derive(Debug, Clone)]
pub(super) struct Rejected {
    pub table: usize,
    pub file: usize,
    pub found: Found,
}

#[derive(Debug, Default)]
pub(super) struct Group {
    count: u64,
    places: Vec<Place>,
}

/// Gathers faults: counts and first places, and each one where rows are set aside.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub groups: BTreeMap<(usize, Option<usize>, Fault), Group>,
    pub keep_all: bool,
    pub all: Vec<Rejected>,
}

/// A file as it is named in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName {
    pub name: String,
    /// Rows are counted, not lines.
    pub by_rows: bool,
}

impl FileName {
    pub fn at(&self, line: u64) -> Position {
        if self.by_rows {
            Position::Row(line)
        } else {
            Position::Line(line)
        }
    }
}

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Faults come in the order of files and lines.
    pub fn add(&mut self, table: usize, (file, name): (usize, &FileName), found: Found) {
        let group = self
            .groups
            .entry((table, found.column, found.fault))
            .or_default();
        group.count += 1;
        if group.places.len() < SHOWN_PLACES {
            group.places.push(Place {
                file: name.name.clone(),
                at: name.at(found.line),
                value: found.value.clone(),
                note: found.note.clone(),
            });
        }
        if self.keep_all {
            self.all.push(Rejected { table, file, found });
        }
    }

    pub fn into_problems(self, requests: &[TableRequest]) -> Vec<DataProblem> {
        self.groups
            .into_iter()
            .map(|((table, column, fault), group)| {
                let mut problem = describe(fault, requests, table, column, group.count);
                problem.places = group.places;
                problem
            })
            .collect()
    }
}

fn rows(count: u64) -> String {
    if count == 1 {
        "1 row".to_string()
    } else {
        format!("{count} rows")
    }
}

/// The problem without its places.
pub(super) fn describe(
    fault: Fault,
    requests: &[TableRequest],
    table: usize,
    column: Option<usize>,
    count: u64,
) -> DataProblem {
    let request = &requests[table];
    let record = &request.record;
    let mut problem = match column.and_then(|c| request.columns.get(c)) {
        Some(column) => {
            let problem = of_column(fault, requests, record, column, &rows(count));
            DataProblem {
                field: Some(column.field.clone()),
                ..problem
            }
        }
        None => of_row(fault, request, count),
    };
    problem.count = count;
    problem
}

fn of_row(fault: Fault, request: &TableRequest, count: u64) -> DataProblem {
    let record = &request.record;
    let n = rows(count);
    let problem =
        |cause, what: &str| DataProblem::new(cause, record, format!("{n} of `{record}` {what}"));
    let s = if count == 1 { "s" } else { "" };
    let has = if count == 1 { "has" } else { "have" };
    match fault {
        Fault::RowTooLong => problem(Cause::BrokenRow, &format!("{has} more than 4 MiB"))
            .help("look for a missing line end or quote there"),
        Fault::AfterQuote => problem(
            Cause::BrokenRow,
            &format!("{has} text after a closing quote"),
        )
        .help("double the quotes inside a quoted cell: `\"a 5\"\" cup\"`"),
        Fault::BadJson => problem(
            Cause::BrokenRow,
            if count == 1 {
                "is not a JSON object"
            } else {
                "are not JSON objects"
            },
        )
        .expected("one JSON object a line: `{\"id\": \"c1\", \"joined\": \"2026-11-21\"}`"),
        Fault::Duplicate => {
            let key: Vec<_> = request
                .key
                .iter()
                .map(|k| format!("`{}`", request.columns[*k].field))
                .collect();
            problem(
                Cause::DuplicateKey,
                &format!("share{s} a key with another row"),
            )
            .expected(format!("one row for each {}", key.join(" and ")))
        }
        _ => problem(
            Cause::RaggedRow,
            &format!("{has} more or fewer cells than the header"),
        )
        .help("put quotes around a cell that holds the separator or a line end"),
    }
}

fn of_column(
    fault: Fault,
    requests: &[TableRequest],
    record: &str,
    column: &ColumnRequest,
    rows: &str,
) -> DataProblem {
    let field = &column.field;
    let named = if column.header == *field || column.header.is_empty() {
        format!("`{record}.{field}`")
    } else {
        format!("`{record}.{field}` (column `{}`)", column.header)
    };
    let bad =
        |what: &str| DataProblem::new(Cause::BadValue, record, format!("{named} {what} in {rows}"));
    let like = || expected(&column.ty, column.format.as_deref());
    match fault {
        Fault::Missing => {
            let message = format!("{named} is missing in {rows}");
            DataProblem::new(Cause::MissingValue, record, message).help(format!(
                "fill in the cells, or declare `{field}` as `optional` or with a `default`"
            ))
        }
        Fault::Dangling | Fault::ToRejected => {
            let target = match &column.ty {
                ColumnType::Reference(t) => requests.get(*t),
                _ => None,
            };
            let to = target.map_or("", |t| t.record.as_str());
            let message = if fault == Fault::Dangling {
                format!("{named} refers to a `{to}` that is not there in {rows}")
            } else {
                format!("{named} refers to a rejected row of `{to}` in {rows}")
            };
            let problem = DataProblem::new(Cause::DanglingReference, record, message);
            match target.map(|t| (&t.key[..], t)) {
                Some(([key], t)) => problem.expected(format!(
                    "the `{}` of a row of `{to}`",
                    t.columns[*key].field
                )),
                _ => problem,
            }
        }
        Fault::Twice => DataProblem::new(
            Cause::BrokenRow,
            record,
            format!("{named} stands twice in {rows}"),
        ),
        Fault::Refused(refusal) => refused(refusal, column, bad, like),
        _ => bad("cannot be read").expected(like()),
    }
}

/// How spreadsheets and banks write money, and how it is read.
const PLAIN_AMOUNTS: &str = "leave out signs and commas: in a spreadsheet choose the format `0.00`";

fn refused(
    refusal: Refusal,
    column: &ColumnRequest,
    bad: impl Fn(&str) -> DataProblem,
    like: impl Fn() -> String,
) -> DataProblem {
    let ty = &column.ty;
    match refusal {
        Refusal::NotOfType => {
            let problem = bad(&format!("is not {}", kind(ty))).expected(like());
            let dated = matches!(ty, ColumnType::Date | ColumnType::DateTime);
            if dated && column.format.is_none() {
                problem.help(format!(
                    "where dates are written in another way, say how: `{}: {} format \"%d/%m/%Y\"`",
                    column.field,
                    if *ty == ColumnType::Date {
                        "date"
                    } else {
                        "datetime"
                    }
                ))
            } else if matches!(ty, ColumnType::Money(_)) {
                problem.help(PLAIN_AMOUNTS)
            } else {
                problem
            }
        }
        Refusal::WrongKind => bad(&format!("is not {}", kind(ty)))
            .expected(format!("{}, as a JSON string or number", like())),
        Refusal::Grouped => {
            let problem = bad("has commas between its digits")
                .expected(format!("{}, without commas", like()));
            match ty {
                ColumnType::Money(_) => problem.help(PLAIN_AMOUNTS),
                _ => problem,
            }
        }
        Refusal::TwoPoints => bad("has two decimal points").expected(like()),
        Refusal::TooFine => bad("has more than nine digits after the point")
            .expected("at most nine digits after the point"),
        Refusal::TooLarge => bad("is too large").expected(if *ty == ColumnType::Integer {
            "a whole number of at most 64 bits (about 9 million million million)".to_string()
        } else {
            "at most 29 digits before the point".to_string()
        }),
        Refusal::OtherCurrency => bad("is in another currency").expected(like()),
        Refusal::BarePercent => bad("has no percent sign")
            .expected("a percentage such as `5%`, because 5 and 0.05 could both be meant"),
        Refusal::DateTimeForDate => {
            bad("holds a time beside the date")
                .expected(like())
                .help(format!(
                    "declare `{0}: datetime`, and use `date_of({0})` for its day",
                    column.field
                ))
        }
        Refusal::TooLong => bad("is longer than 1 MiB").help("look for a missing quote there"),
    }
}

fn kind(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "a text".into(),
        ColumnType::YesNo => "yes or no".into(),
        ColumnType::Integer => "a whole number".into(),
        ColumnType::Number => "a number".into(),
        ColumnType::Percent => "a percentage".into(),
        ColumnType::Money(currency) => format!("an amount in {currency}"),
        ColumnType::Date => "a date".into(),
        ColumnType::DateTime => "a date with a time".into(),
        ColumnType::Time => "a time of day".into(),
        ColumnType::Duration(_) => "a length of time of its kind".into(),
        ColumnType::Enum(_) => "one of its values".into(),
        ColumnType::Reference(_) => "a key".into(),
    }
}

/// What a cell of this type looks like.
pub(super) fn expected(ty: &ColumnType, format: Option<&str>) -> String {
    let formatted = |format: &str| {
        let day = jiff::civil::datetime(2026, 11, 21, 9, 30, 0, 0);
        let zoned = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        jiff::fmt::strtime::format(format, &zoned).ok()
    };
    let sample = |plain: &str| match format {
        None => format!("`{plain}`"),
        Some(format) => match formatted(format) {
            Some(text) => format!("`{text}` (`{format}`)"),
            None => format!("`{format}`"),
        },
    };
    match ty {
        ColumnType::Text => "a text".into(),
        ColumnType::YesNo => "`yes` or `no` (or true/false, y/n, 1/0, 是/否)".into(),
        ColumnType::Integer => "a whole number such as `1000`".into(),
        ColumnType::Number => "a number such as `1000.5`".into(),
        ColumnType::Percent => "a percentage such as `5%`".into(),
        ColumnType::Money(currency) => {
            format!("an amount such as `1000.50` or `1000.50 {currency}`")
        }
        ColumnType::Date => format!("a date such as {}", sample("2026-11-21")),
        ColumnType::DateTime => format!(
            "a date with a time such as {}",
            sample("2026-11-21T09:30:00+08:00")
        ),
        ColumnType::Time => "a time of day such as `09:00`".into(),
        ColumnType::Duration(DurationKind::Days) => "days or weeks, such as `30 days`".into(),
        ColumnType::Duration(DurationKind::Months) => {
            "months, quarters or years, such as `6 months`".into()
        }
        ColumnType::Duration(DurationKind::Minutes) => "minutes or hours, such as `2 hours`".into(),
        ColumnType::Enum(names) => {
            const MOST: usize = 12;
            let mut list: Vec<String> = names.iter().take(MOST).map(|n| format!("`{n}`")).collect();
            if names.len() > MOST {
                list.push("…".into());
            }
            format!("one of {}", list.join(", "))
        }
        ColumnType::Reference(_) => "a key".into(),
    }
}
