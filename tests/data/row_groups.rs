//! Long Parquet files: parts of row groups, and faults in the middle of them.

use crate::support::{folder, shop};
use ::parquet::basic::Compression;
use arrow_array::builder::{BooleanBuilder, Date32Builder, Decimal128Builder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use guanxi::data::{Column, LoadOptions, Loaded, load};
use std::fmt::Write;
use std::sync::Arc;

const ROWS: usize = 200_000;
/// Neither a multiple of the parts that are read at once nor of the rows.
const GROUP: usize = 150_000;
/// Rows, from 1, whose amount is missing where there are faults.
const BAD: [usize; 3] = [70_001, 149_999, 190_000];

const CUSTOMERS: &str = "id,birthday,may_email,level,referred_by\n\
                         c1,1990-11-21,yes,gold,\nc2,,no,silver,c1\nc3,1985-02-28,yes,gold,c2\n";

struct Row {
    customer: &'static str,
    day: i32,
    cents: Option<i64>,
    refunded: Option<bool>,
}

fn row(number: usize, faults: bool) -> Row {
    Row {
        customer: ["c1", "c2", "c3"][number % 3],
        day: 20_000 + (number % 900) as i32,
        cents: (!(faults && BAD.contains(&number))).then_some(number as i64 * 7 % 100_000),
        refunded: [Some(true), None, Some(false), Some(false)][number % 4],
    }
}

fn parquet(faults: bool) -> Vec<u8> {
    let rows = || (1..=ROWS).map(|number| row(number, faults));
    let mut days = Date32Builder::new();
    let mut amounts = Decimal128Builder::new()
        .with_precision_and_scale(12, 2)
        .unwrap();
    let mut flags = BooleanBuilder::new();
    for row in rows() {
        days.append_value(row.day);
        amounts.append_option(row.cents.map(i128::from));
        flags.append_option(row.refunded);
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "id",
            Arc::new(Int64Array::from_iter_values(1..=ROWS as i64)),
        ),
        (
            "customer",
            Arc::new(StringArray::from_iter_values(rows().map(|r| r.customer))),
        ),
        ("bought_on", Arc::new(days.finish())),
        ("amount", Arc::new(amounts.finish())),
        ("refunded", Arc::new(flags.finish())),
    ];
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = ::parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(GROUP))
        .set_compression(match faults {
            true => Compression::UNCOMPRESSED,
            false => Compression::LZ4_RAW,
        })
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
            .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// The same rows, without those that have a fault.
fn csv(faults: bool) -> String {
    let mut text = String::from("id,customer,bought_on,amount,refunded\n");
    for number in 1..=ROWS {
        let row = row(number, faults);
        let Some(cents) = row.cents else { continue };
        let day = guanxi::schema::Day(row.day);
        let refunded = row.refunded.map_or("", |r| if r { "yes" } else { "no" });
        writeln!(
            text,
            "{number},{},{day},{}.{:02},{refunded}",
            row.customer,
            cents / 100,
            cents % 100
        )
        .unwrap();
    }
    text
}

fn loaded(name: &str, bytes: &[u8]) -> Loaded {
    let folder = folder(&[("customers.csv", CUSTOMERS.as_bytes()), (name, bytes)]);
    let options = LoadOptions {
        rejects: true,
        ..LoadOptions::new(folder.path())
    };
    load(&shop(), &options).unwrap()
}

fn purchases(loaded: &Loaded) -> &[Column] {
    &loaded.dataset.tables[1].columns
}

#[test]
fn parts_of_row_groups_come_together() {
    for faults in [false, true] {
        let parquet = loaded("purchases.parquet", &parquet(faults));
        let csv = loaded("purchases.csv", csv(faults).as_bytes());
        for (a, b) in purchases(&parquet).iter().zip(purchases(&csv)) {
            // Not `assert_eq`, which would print it all.
            assert!(format!("{a:?}") == format!("{b:?}"));
        }
        let at: Vec<String> = parquet
            .rejects
            .iter()
            .map(|r| format!("{:?}", r.at))
            .collect();
        let bad = BAD.map(|row| format!("Row({row})"));
        assert_eq!(at, if faults { bad.to_vec() } else { vec![] });
    }
}
