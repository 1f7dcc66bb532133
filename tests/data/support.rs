//! A small shop's data: what a run would ask for, and folders to read it from.

use guanxi::data::*;
use guanxi::schema::{Currency, Value};
use std::path::Path;

pub fn column(field: &str, ty: ColumnType) -> ColumnRequest {
    ColumnRequest {
        field: field.into(),
        header: field.into(),
        ty,
        optional: false,
        default: None,
        format: None,
        personal: false,
    }
}

pub fn optional(column: ColumnRequest) -> ColumnRequest {
    ColumnRequest {
        optional: true,
        ..column
    }
}

pub fn table(
    record: &str,
    source: &str,
    columns: Vec<ColumnRequest>,
    key: &[usize],
) -> TableRequest {
    TableRequest {
        record: record.into(),
        source: TableSource::File(source.into()),
        columns,
        unread: vec![],
        key: key.to_vec(),
        dated: None,
        key_unread: false,
    }
}

pub fn cny() -> ColumnType {
    ColumnType::Money(Currency::from_code("CNY").unwrap())
}

/// Customers (0) and purchases (1).
pub fn shop() -> Vec<TableRequest> {
    let customers = vec![
        column("id", ColumnType::Text),
        ColumnRequest {
            personal: true,
            ..optional(column("birthday", ColumnType::Date))
        },
        column("may_email", ColumnType::YesNo),
        column(
            "level",
            ColumnType::Enum(vec!["silver".into(), "gold".into()]),
        ),
        optional(column("referred_by", ColumnType::Reference(0))),
    ];
    let purchases = vec![
        column("id", ColumnType::Integer),
        column("customer", ColumnType::Reference(0)),
        column("bought_on", ColumnType::Date),
        column("amount", cny()),
        ColumnRequest {
            default: Some(Value::YesNo(false)),
            ..column("refunded", ColumnType::YesNo)
        },
    ];
    vec![
        table("customer", "customers", customers, &[0]),
        table("purchase", "purchases", purchases, &[0]),
    ]
}

pub const CUSTOMERS: &str = "\
id,birthday,may_email,level,referred_by,name
c1,1990-11-21,yes,gold,,Li Wei
c2,,no,silver,c1,\"Wang, Fang\"
c3,1985-02-28,是,gold,c2,Zhang
";

pub const PURCHASES: &str = "\
id,customer,bought_on,amount,refunded
1,c1,2026-10-01,25000 CNY,
2,c1,2026-10-02,12.50,yes
10,c2,2026-10-03,0.5,no
";

/// A folder with these files.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// All problems as text, without the folder's name.
pub fn rendered(problems: &[DataProblem], folder: &Path) -> String {
    let texts: Vec<String> = problems.iter().map(DataProblem::render).collect();
    texts
        .join("\n")
        .replace(&folder.display().to_string(), "DATA")
}

/// Every row as text, sorted: equal for equal tables in any order of rows.
pub fn rows_sorted(dataset: &Dataset, table: usize) -> Vec<String> {
    let of = &dataset.tables[table];
    let mut order: Vec<u32> = (0..of.rows as u32).collect();
    order.sort_by(|a, b| dataset.compare_keys(table, *a, *b));
    order
        .iter()
        .map(|row| row_text(dataset, table, *row as usize))
        .collect()
}

fn row_text(dataset: &Dataset, table: usize, row: usize) -> String {
    let of = &dataset.tables[table];
    let cells: Vec<String> = of
        .columns
        .iter()
        .zip(&of.types)
        .map(|(column, ty)| match (&column.values, ty) {
            _ if !column.is_valid(row) => "-".into(),
            (ColumnValues::YesNo(v), _) => v[row].to_string(),
            (
                ColumnValues::Integer(v) | ColumnValues::DateTime(v) | ColumnValues::Duration(v),
                _,
            ) => v[row].to_string(),
            (ColumnValues::Decimal { scale, values }, _) => format!("{}e-{scale}", values[row]),
            (ColumnValues::WideDecimal(v), _) => format!("{}e-9", v[row]),
            (ColumnValues::Date(v), _) => guanxi::schema::Day(v[row]).to_string(),
            (ColumnValues::Time(v) | ColumnValues::Enum(v), _) => v[row].to_string(),
            (ColumnValues::Text(t), _) => t.get(row).into(),
            (ColumnValues::Reference(v), ColumnType::Reference(t)) => {
                format!("→{}", dataset.key_text(*t, v[row]))
            }
            (ColumnValues::Reference(_), _) => unreachable!(),
        })
        .collect();
    cells.join(" ")
}
