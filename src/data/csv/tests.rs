//! Both ways through a block give the same.

use super::clean::{self, Scratch};
use super::{Dialect, Layout, Manner, USUAL, read};
use crate::data::Column;
use crate::data::blocks::{self, BlockReader};
use crate::data::chunk::TablePlan;
use crate::data::fault::{Faults, FileName};
use crate::data::instant::Clock;
use crate::data::keys::{Key, KeyForm, Keys};
use crate::data::table::{LoadedTable, TableLoader};
use crate::data::{ColumnRequest, ColumnType, ColumnValues, TableRequest, TableSource};
use crate::schema::{Currency, DurationKind};
use proptest::prelude::*;
use std::fmt::Write;
use std::path::Path;

const ROW: usize = 2;

fn column(field: &str, ty: ColumnType, optional: bool) -> ColumnRequest {
    ColumnRequest {
        field: field.into(),
        header: field.into(),
        ty,
        optional,
        default: None,
        format: None,
        personal: false,
    }
}

fn table(record: &str, columns: Vec<ColumnRequest>, key_unread: bool) -> TableRequest {
    TableRequest {
        record: record.into(),
        source: TableSource::File(record.into()),
        columns,
        unread: Vec::new(),
        key: vec![0],
        key_unread,
        dated: None,
    }
}

/// A record with a column of every type that refers to two others.
fn requests(optional: bool, key_unread: bool) -> Vec<TableRequest> {
    use ColumnType as T;
    let money = Currency::from_code("CNY").unwrap();
    let names = ["tea", "ware", "a name of many letters"];
    let mut formatted = column("formatted", T::Date, optional);
    formatted.format = Some("%d.%m.%Y".into());
    let mut count = column("count", T::Integer, false);
    count.default = Some(crate::schema::Value::Integer(7));
    let columns = vec![
        column("id", T::Text, false),
        column("owner", T::Reference(0), optional),
        column("shop", T::Reference(1), optional),
        column("twin", T::Reference(ROW), true),
        column("day", T::Date, optional),
        formatted,
        column("price", T::Money(money), optional),
        column("number", T::Number, optional),
        column("rate", T::Percent, optional),
        count,
        column("whole", T::Integer, optional),
        column("paid", T::YesNo, optional),
        column("kind", T::Enum(names.map(String::from).to_vec()), optional),
        column("at", T::DateTime, optional),
        column("time", T::Time, optional),
        column("lasts", T::Duration(DurationKind::Days), optional),
        column("city", T::Text, optional),
        column("note", T::Text, optional),
    ];
    vec![
        table("owner", vec![column("id", T::Text, false)], false),
        table("shop", vec![column("id", T::Integer, false)], false),
        table("row", columns, key_unread),
    ]
}

/// Deals out numbers by chance.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.roll(texts.len() as u64) as usize]
    }
}

fn usual_cell(dice: &mut Dice, field: &str, row: u64) -> String {
    let n = dice.roll(1000);
    match field {
        "id" => format!("P{row:09}"),
        "owner" => format!("C{:04}", n % 90),
        "shop" => format!("{}", n % 70),
        "twin" => format!("P{n:09}"),
        "day" => format!("20{:02}-{:02}-{:02}", n % 100, n % 12 + 1, n % 28 + 1),
        "formatted" => format!("{:02}.{:02}.2026", n % 28 + 1, n % 12 + 1),
        "price" => format!("{}.{:02}", n, n % 100),
        "number" => dice
            .of(&["0", "12", "-3.5", "7.25", "100.00", "0.001"])
            .into(),
        "rate" => format!("{}%", n % 100),
        "count" | "whole" => format!("{n}"),
        "paid" => dice.of(&["yes", "no", "是", "FALSE"]).into(),
        "kind" => dice.of(&["tea", "ware", "a name of many letters"]).into(),
        "at" => format!("2026-11-{:02}T08:{:02}:00Z", n % 28 + 1, n % 60),
        "time" => format!("{:02}:{:02}", n % 24, n % 60),
        "lasts" => format!("{n} days"),
        "city" => dice
            .of(&[
                "Nanjing",
                "杭州",
                "San Francisco",
                "Ürümqi",
                "a city with quite a long name",
            ])
            .into(),
        _ => format!("{n} Chá {row}"),
    }
}

const ODD: [&str; 36] = [
    "",
    " ",
    "\u{3000}",
    "-",
    ".",
    "-.5",
    "5.",
    "+5",
    "007",
    "1,5",
    "12.5.0",
    "1e3",
    "x",
    "NaN",
    "1800-01-01",
    "1799-12-31",
    "2200-01-01",
    "2024-02-29",
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "0001-01-01",
    "2024/01/01",
    " 2024-01-01",
    "2024-1-1",
    "12.50 CNY",
    "12.50 USD",
    "9999999999999999.5",
    "99999999999999999999",
    "-9223372036854775808",
    "123456789.123456789",
    "1.0000000001",
    "a \"b\" c",
    "C0001 ",
    "Yes",
    "5%",
];

/// One cell as it stands in the file. `odd`: once in how many cells something unusual.
fn cell(dice: &mut Dice, (field, optional): (&str, bool), row: u64, odd: u64) -> String {
    let text = if optional && dice.roll(6) == 0 {
        String::new()
    } else if dice.roll(odd) == 0 {
        dice.of(&ODD).to_string()
    } else {
        usual_cell(dice, field, row)
    };
    let quoted = text.contains([',', '"']) || dice.roll(8) == 0;
    match quoted {
        true if dice.roll(odd) == 0 => format!("\"{text}\"\r"),
        true if dice.roll(odd) == 0 => format!("\"{text}\"x"),
        true if dice.roll(odd) == 0 => format!("\"{text}\n\n\""),
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false if dice.roll(odd) == 0 => format!("{text} \" "),
        false => text,
    }
}

fn file(seed: u64, request: &TableRequest) -> Vec<u8> {
    let mut dice = Dice(seed | 1);
    let odd = [1_000_000, 2000, 200, 20][dice.roll(4) as usize];
    let end = dice.of(&["\n", "\r\n"]);
    let unread = dice.roll(2) == 0;
    let mut text = dice.of(&["", "\u{feff}", "\n"]).to_string();
    let mut headers: Vec<&str> = request.columns.iter().map(|c| c.header.as_str()).collect();
    headers.extend(unread.then_some("more"));
    text += &headers.join(",");
    text += end;
    for row in 0..dice.roll(300) {
        let fields = request.columns.iter();
        let cells = fields.map(|c| cell(&mut dice, (&c.field, c.optional), row, odd));
        let mut cells: Vec<String> = cells.collect();
        cells.extend(unread.then(|| "\"more, and more\"".into()));
        if dice.roll(odd) == 0 {
            cells.pop();
        }
        text += &cells.join(",");
        text += if dice.roll(odd) == 0 { "\r\r\n" } else { end };
        if dice.roll(odd.min(100)) == 0 {
            text += dice.of(&["\n", "\r\n", "\n\n"]);
        }
    }
    if dice.roll(3) == 0 {
        text.truncate(text.trim_end().len());
    }
    let mut bytes = text.into_bytes();
    if dice.roll(odd) < 5 {
        let at = dice.roll(bytes.len() as u64) as usize;
        bytes[at] = b"\xe9\"\r\0,"[dice.roll(5) as usize];
    }
    bytes
}

fn keys() -> Vec<Keys> {
    let mut owners = Keys::new(false);
    let mut shops = Keys::new(true);
    for n in 0..85 {
        owners.intern(Key::Text(&format!("C{n:04}")));
        shops.intern(Key::Integer(n));
    }
    vec![owners, shops, Keys::new(false)]
}

fn shown(column: &Column) -> String {
    let mut column = column.clone();
    column.settle();
    match &column.values {
        ColumnValues::Text(texts) => {
            let texts: Vec<&str> = (0..texts.len()).map(|i| texts.get(i)).collect();
            format!("{texts:?} {:?}", column.valid)
        }
        values => format!("{values:?} {:?}", column.valid),
    }
}

/// Everything that is known once a file is read.
fn outcome(
    path: &Path,
    requests: &[TableRequest],
    rejects: bool,
    manner: Manner,
) -> (bool, String) {
    let clock = Clock::new(jiff::tz::TimeZone::UTC);
    let forms: Vec<KeyForm> = (0..3).map(|t| KeyForm::of(requests, t)).collect();
    let mut plan = TablePlan::new(ROW, &requests[ROW], &forms, &clock, rejects);
    for column in &mut plan.columns {
        column.deferred = column.target.is_some_and(|(target, _)| target == ROW);
    }
    let mut table = LoadedTable::new(&plan, false);
    let mut keys = keys();
    let mut faults = Faults {
        keep_all: true,
        ..Faults::default()
    };
    let names = [FileName {
        name: "row.csv".into(),
        by_rows: false,
    }];
    let mut loader = TableLoader {
        plan: &plan,
        keys: &mut keys,
        table: &mut table,
        faults: &mut faults,
        file: 0,
        names: &names,
        report: None,
        bytes_before: 0,
        bytes_total: 0,
        rows_before: 0,
    };
    let read = read(path, &mut loader, Dialect { separator: b',' }, manner);
    let mut text = format!(
        "{read:?}\n{:?}\n{:?}\n{:?}\n",
        table.bad, table.raw, faults.all
    );
    let lines: Vec<u64> = (0..table.rows as u32).map(|r| table.origin(r).1).collect();
    let _ = writeln!(text, "{} {lines:?}", table.rows);
    for (column, of) in table.columns.iter().zip(&plan.columns) {
        let _ = writeln!(text, "{} {}", of.request.field, shown(&column.column));
    }
    for keys in &keys {
        let all: Vec<_> = (0..keys.len() as u32).map(|code| keys.text(code)).collect();
        let _ = writeln!(text, "{all:?}");
    }
    (read.is_ok(), text)
}

/// What is nothing unusual, so that the two ways are two.
#[test]
fn most_blocks_are_clean() {
    let requests = requests(true, true);
    let clock = Clock::new(jiff::tz::TimeZone::UTC);
    let forms: Vec<KeyForm> = (0..3).map(|t| KeyForm::of(&requests, t)).collect();
    let plan = TablePlan::new(ROW, &requests[ROW], &forms, &clock, false);
    let layout = Layout {
        dialect: Dialect { separator: b',' },
        width: requests[ROW].columns.len(),
        columns: (0..requests[ROW].columns.len()).collect(),
        by_column: true,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    for seed in 1..50 {
        let mut dice = Dice(seed);
        let end = dice.of(&["\n", "\r\n", "\n\n"]);
        let row = |dice: &mut Dice, row: u64| {
            let fields = requests[ROW].columns.iter();
            let cells = fields.map(|c| cell(dice, (&c.field, c.optional), row, u64::MAX));
            cells.collect::<Vec<_>>().join(",")
        };
        let rows: Vec<String> = (0..dice.roll(100)).map(|n| row(&mut dice, n)).collect();
        std::fs::write(&path, rows.join(end)).unwrap();
        let opened = blocks::open(&path).unwrap();
        let mut reader = BlockReader::new(opened, &layout.dialect, USUAL.block);
        if let Some(block) = reader.next(Vec::new()).unwrap() {
            let block = block.unwrap();
            let text = std::str::from_utf8(block.bytes()).unwrap();
            let scratch = &mut Scratch::default();
            let chunk = clean::read(&layout, &plan, &keys(), (text, &block), scratch);
            assert_eq!(chunk.map(|c| c.rows), Some(rows.len()), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn both_ways_agree(seed: u64, block in 1usize..5000, rejects: bool, optional: bool, marked: bool) {
        let requests = requests(optional, marked);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("row.csv");
        std::fs::write(&path, file(seed, &requests[ROW])).unwrap();
        let of = |block, by_column| {
            outcome(&path, &requests, rejects, Manner { block, by_column })
        };
        let (ok, expected) = of(block, false);
        prop_assert_eq!(&of(block, true).1, &expected);
        if ok {
            prop_assert_eq!(&of(USUAL.block, true).1, &expected);
        }
    }
}
