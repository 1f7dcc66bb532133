//! Tables out.

use super::support::*;
use guanxi::data::*;
use guanxi::schema::Day;
use std::path::Path;

fn columns() -> Vec<OutputColumn> {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let kinds = [
        ("key", OutputKind::Text),
        ("params", OutputKind::Json),
        ("points", OutputKind::Integer),
        ("cost", OutputKind::Decimal { digits: 2 }),
        ("late", OutputKind::YesNo),
        ("today", OutputKind::Date),
        ("after", OutputKind::DateTime(zone)),
    ];
    kinds
        .into_iter()
        .map(|(name, kind)| OutputColumn {
            name: name.into(),
            kind,
        })
        .collect()
}

fn write(path: &Path, format: OutputFormat) {
    let mut writer = TableWriter::create(path, format, columns()).unwrap();
    let cost = "-12.5".parse().unwrap();
    writer
        .write_row(&[
            OutputCell::Text("=1+\"2\""),
            OutputCell::Json("{\"a\":[1]}"),
            OutputCell::Integer(-5),
            OutputCell::Decimal(cost),
            OutputCell::YesNo(true),
            OutputCell::Date(Day::new(2026, 11, 21).unwrap()),
            OutputCell::DateTime(1_795_222_800_000_000),
        ])
        .unwrap();
    writer.write_row(&[OutputCell::Missing; 7]).unwrap();
    assert!(writer.write_row(&[OutputCell::Integer(1)]).is_err());
    assert!(!path.exists());
    writer.finish().unwrap();
}

#[test]
fn texts() {
    let folder = folder(&[]);
    let written = |name: &str, format| {
        let path = folder.path().join(name);
        write(&path, format);
        std::fs::read_to_string(path).unwrap()
    };
    insta::assert_snapshot!(written("a.jsonl", OutputFormat::JsonLines), @r##"
    {"key":"=1+\"2\"","params":{"a":[1]},"points":-5,"cost":"-12.50","late":true,"today":"2026-11-21","after":"2026-11-21T09:00:00+08:00"}
    {"key":null,"params":null,"points":null,"cost":null,"late":null,"today":null,"after":null}
    "##);
    insta::assert_snapshot!(written("a.csv", OutputFormat::Csv), @r##"
    key,params,points,cost,late,today,after
    "'=1+""2""","{""a"":[1]}",-5,-12.50,yes,2026-11-21,2026-11-21T09:00:00+08:00
    ,,,,,,
    "##);
    insta::assert_snapshot!(written("a.tsv", OutputFormat::Tsv), @r##"
    key	params	points	cost	late	today	after
    "'=1+""2"""	"{""a"":[1]}"	-5	-12.50	yes	2026-11-21	2026-11-21T09:00:00+08:00
    "##);
}

#[cfg(feature = "arrow")]
#[test]
fn columnar_files_are_read_back() {
    let read = vec![
        optional(column("key", ColumnType::Text)),
        optional(column("points", ColumnType::Integer)),
        optional(column("cost", cny())),
        optional(column("late", ColumnType::YesNo)),
        optional(column("today", ColumnType::Date)),
        optional(column("after", ColumnType::DateTime)),
    ];
    for format in [OutputFormat::Parquet, OutputFormat::Arrow] {
        let folder = folder(&[]);
        write(&folder.path().join(format!("a.{}", format.name())), format);
        let request = table("a", "a", read.clone(), &[]);
        let dataset = load(&[request], &LoadOptions::new(folder.path()))
            .unwrap()
            .dataset;
        let rows = rows_sorted(&dataset, 0);
        assert_eq!(
            rows,
            [
                "=1+\"2\" -5 -125e-1 true 2026-11-21 1795222800000000",
                "- - - - - -"
            ]
        );
    }
}

#[test]
fn whole_or_not_at_all() {
    let folder = folder(&[("a.csv", b"old")]);
    let path = folder.path().join("a.csv");
    let mut writer = TableWriter::create(&path, OutputFormat::Csv, columns()).unwrap();
    writer.write_row(&[OutputCell::Missing; 7]).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(
        TableWriter::create(
            &folder.path().join("no/a.csv"),
            OutputFormat::Csv,
            columns()
        )
        .is_err()
    );
    assert!(TableWriter::create(folder.path(), OutputFormat::Csv, columns()).is_err());
    assert_eq!(
        OutputFormat::from_path(Path::new("x/a.PARQUET")),
        Some(OutputFormat::Parquet)
    );
}
