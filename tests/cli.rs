//! Transcripts of the command line, the README's among them: what is printed is what is promised.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cli/*.trycmd")
        .case("tests/cli/*.md")
        .case("README.md")
        .case("docs/why.md")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80");
}

/// The README's two commands, and that every command it names is there.
#[test]
fn the_readme_names_commands_that_are_there() {
    let readme = include_str!("../README.md");
    assert!(readme.contains("\ncargo run --release -- run examples/tea-house --today 2026-11-21 "));
    assert!(readme.contains("\ncargo test "));
    let commands = readme.lines().filter_map(|l| l.strip_prefix("guanxi "));
    for command in commands.filter_map(|l| l.split_whitespace().next()) {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args([command, "--help"])
            .stdout(std::process::Stdio::null())
            .status()
            .expect("the program runs");
        assert!(status.success(), "`guanxi {command}`");
    }
}

/// The block that `schema infer` writes for a file that states its types reads that file.
#[cfg(feature = "arrow")]
mod inferred {
    use arrow_array::types::Int32Type;
    use arrow_array::*;
    use arrow_schema::{Field, Schema};
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output};
    use std::sync::Arc;

    fn members() -> RecordBatch {
        const DAY: i64 = 86_400_000_000;
        let levels: DictionaryArray<Int32Type> =
            vec!["gold", "silver", "gold"].into_iter().collect();
        let units = |values: Vec<i128>, scale| {
            let array = Decimal128Array::from(values);
            Arc::new(array.with_precision_and_scale(30, scale).unwrap()) as ArrayRef
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(Int64Array::from(vec![7, 8, 9]))),
            (
                "name",
                Arc::new(StringViewArray::from(vec!["Ann", "Bob", "王芳"])),
            ),
            (
                "born",
                Arc::new(Date32Array::from(vec![Some(7629), None, Some(-5)])),
            ),
            ("level", Arc::new(levels)),
            (
                "active",
                Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            ),
            (
                "nobody",
                Arc::new(BooleanArray::from(vec![None, None, None])),
            ),
            ("visits", Arc::new(UInt16Array::from(vec![1, 2, 65535]))),
            ("spend amount", units(vec![12_50, 3_00, 7], 2)),
            ("finest", units(vec![1, 2, 3], 12)),
            ("weight", Arc::new(Float64Array::from(vec![1.5, 2.5, 3.5]))),
            (
                "joined",
                Arc::new(TimestampMicrosecondArray::from(vec![20_000 * DAY, DAY, 0])),
            ),
            (
                "seen",
                Arc::new(TimestampMicrosecondArray::from(vec![
                    20_000 * DAY,
                    DAY + 1,
                    0,
                ])),
            ),
            (
                "seen_utc",
                Arc::new(
                    TimestampMillisecondArray::from(vec![0, 86_400_000, 5]).with_timezone("UTC"),
                ),
            ),
            (
                "opens",
                Arc::new(Time32SecondArray::from(vec![32_400, 0, 5])),
            ),
            (
                "ticks",
                Arc::new(Time64MicrosecondArray::from(vec![1, 2, 3])),
            ),
            (
                "blob",
                Arc::new(BinaryArray::from(vec![b"a" as &[u8], b"b", b"c"])),
            ),
            (
                "rate",
                Arc::new(StringArray::from(vec!["5%", "2.5%", "0%"])),
            ),
            (
                "invited_by",
                Arc::new(Int32Array::from(vec![None, Some(7), Some(8)])),
            ),
        ];
        let fields: Vec<Field> = columns
            .iter()
            .map(|(n, a)| Field::new(*n, a.data_type().clone(), true))
            .collect();
        let arrays = columns.into_iter().map(|(_, a)| a).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }

    const BLOCK: &str = r#"  id: text key
  name: text personal
  born: date optional
  level: one of (gold, silver)
  active: yes/no optional
  nobody: yes/no optional
  visits: integer
  spend_amount: number from "spend amount" # `money`, if every amount is in the workspace's currency
  # `finest` is left out: it has a value that is too large or too fine for any field
  # `weight` is left out: stored as floating point, which is not exact: store it as decimal or text
  joined: date
  seen: datetime
  seen_utc: datetime
  opens: time
  # `ticks` is left out: it has a value that is too large or too fine for any field
  # `blob` is left out: stored in a way that no field is read from
  rate: percent
  invited_by: integer optional
}
"#;

    fn guanxi(folder: &Path, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_guanxi"))
            .args(args)
            .current_dir(folder)
            .output()
            .expect("the program runs")
    }

    fn holds(file: &str, bytes: Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data").join(file), bytes).unwrap();
        let inferred = guanxi(folder.path(), &["schema", "infer", &format!("data/{file}")]);
        let block = String::from_utf8(inferred.stdout).unwrap();
        assert_eq!(
            block,
            format!("# 3 rows of data/{file}\nrecord member from \"members\" {{\n{BLOCK}"),
            "{}",
            String::from_utf8_lossy(&inferred.stderr)
        );
        let fields = block.lines().filter_map(|l| l.split_once(": "));
        let uses: String = fields
            .map(|(name, _)| name.trim())
            .filter(|name| !name.starts_with('#'))
            .map(|name| format!("define has_{name} for member = {name} is known\n"))
            .collect();
        let program = format!("workspace \"Test\" {{ time zone \"UTC\" }}\n{block}\n{uses}");
        fs::write(folder.path().join("members.rules"), program).unwrap();
        let read = guanxi(
            folder.path(),
            &["attributes", "member", "--today", "2026-11-21"],
        );
        let told = String::from_utf8_lossy(&read.stderr);
        assert!(read.status.success(), "{told}");
    }

    #[test]
    fn from_parquet() {
        let mut bytes = Vec::new();
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(&mut bytes, members().schema(), None).unwrap();
        writer.write(&members()).unwrap();
        writer.close().unwrap();
        holds("members.parquet", bytes);
    }

    #[test]
    fn from_arrow() {
        let schema = members().schema();
        let mut file = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &schema).unwrap();
        file.write(&members()).unwrap();
        holds("members.arrow", file.into_inner().unwrap());
        let mut stream = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &schema).unwrap();
        stream.write(&members()).unwrap();
        holds("members.arrows", stream.into_inner().unwrap());
    }
}
