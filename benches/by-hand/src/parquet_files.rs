//! The Parquet files, a group of rows at a time, by all threads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal64Type, Int32Type};
use arrow_array::{Array, RecordBatch, StringViewArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use crate::Failure;
use crate::customers::{BIRTHDAY, Customers, REACHABLE, ZH};
use crate::facts::{Batch, Facts, TEA, WARE};
use crate::keys::{Keys, key};

/// Rows of a batch.
const BATCH: usize = 8_192;

/// The customers, a part for each group of rows.
pub fn customers(path: &Path, threads: usize) -> Result<Vec<Customers>, Failure> {
    let columns = [
        "id",
        "name",
        "birthday",
        "language",
        "email",
        "may_email",
        "referred_by",
    ];
    let source = Source::open(path, &columns)?;
    let mut parts: Vec<(usize, Customers)> = source
        .each_group(threads, Vec::new, |parts: &mut Vec<_>, group, batches| {
            let mut part = Customers::default();
            for batch in batches {
                add_customers(&mut part, &batch?)?;
            }
            parts.push((group, part));
            Ok(())
        })?
        .into_iter()
        .flatten()
        .collect();
    parts.sort_by_key(|(group, _)| *group);
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// The aggregates, one table for each thread.
pub fn purchases(path: &Path, keys: &Keys, threads: usize) -> Result<Vec<Facts>, Failure> {
    let columns = ["customer", "bought_on", "amount", "category", "refunded"];
    let source = Source::open(path, &columns)?;
    let start = || (Facts::new(keys.len()), Batch::default());
    let parts = source.each_group(threads, start, |(facts, batch), _, batches| {
        for rows in batches {
            batch.clear();
            fill(batch, &rows?)?;
            facts.add(batch, keys)?;
        }
        Ok(())
    })?;
    Ok(parts.into_iter().map(|(facts, _)| facts).collect())
}

struct Source {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    columns: ProjectionMask,
}

impl Source {
    /// Texts become views, money 64 bits, categories and languages numbers into a dictionary.
    fn open(path: &Path, columns: &[&str]) -> Result<Source, Failure> {
        let file = File::open(path)?;
        let path = path.to_owned();
        let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        let wanted = |field: &Arc<Field>| {
            let ty = match (field.name().as_str(), field.data_type()) {
                ("category" | "language", _) => {
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
                }
                (_, DataType::Utf8) => DataType::Utf8View,
                (_, DataType::Decimal128(p, s)) => DataType::Decimal64(*p, *s),
                (_, other) => other.clone(),
            };
            Field::new(field.name(), ty, true)
        };
        let schema = Schema::new(
            found
                .schema()
                .fields()
                .iter()
                .map(wanted)
                .collect::<Vec<_>>(),
        );
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::load(&file, options)?;
        let columns = ProjectionMask::columns(metadata.parquet_schema(), columns.iter().copied());
        Ok(Source {
            path,
            metadata,
            columns,
        })
    }

    /// What each thread made of the groups that it took.
    fn each_group<T: Send>(
        &self,
        threads: usize,
        start: impl Fn() -> T + Sync,
        take: impl Fn(&mut T, usize, ParquetRecordBatchReader) -> Result<(), Failure> + Sync,
    ) -> Result<Vec<T>, Failure> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<T, Failure> {
            let mut made = start();
            loop {
                let group = next.fetch_add(1, Ordering::Relaxed);
                if group >= self.metadata.metadata().num_row_groups() {
                    return Ok(made);
                }
                // Opened anew: clones of a file share its position, which another thread would move.
                let file = File::open(&self.path)?;
                let reader =
                    ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                        .with_projection(self.columns.clone())
                        .with_row_groups(vec![group])
                        .with_batch_size(BATCH)
                        .build()?;
                take(&mut made, group, reader)?;
            }
        };
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
            handles
                .into_iter()
                .map(|h| h.join().map_err(|_| "a thread panicked")?)
                .collect()
        })
    }
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b dyn Array, String> {
    let column = batch.column_by_name(name);
    column
        .map(AsRef::as_ref)
        .ok_or(format!("there is no column `{name}`"))
}

/// Keys have eight bytes, which a view holds in itself, behind four of length.
fn keys(views: &StringViewArray) -> impl Iterator<Item = u64> {
    views
        .views()
        .iter()
        .map(|view| ((view >> 32) as u64).swap_bytes())
}

fn fill(batch: &mut Batch, rows: &RecordBatch) -> Result<(), String> {
    batch
        .customers
        .extend(keys(column(rows, "customer")?.as_string_view()));
    let days = column(rows, "bought_on")?.as_primitive::<Date32Type>();
    batch.days.extend_from_slice(days.values());
    let cents = column(rows, "amount")?.as_primitive::<Decimal64Type>();
    batch.cents.extend_from_slice(cents.values());
    let categories = column(rows, "category")?.as_dictionary::<Int32Type>();
    let values = categories.values().as_string::<i32>();
    let codes: Vec<u8> = values
        .iter()
        .map(|text| match text {
            Some("tea") => TEA,
            Some("ware") => WARE,
            _ => 0,
        })
        .collect();
    let code = |key: &i32| codes[*key as usize];
    batch
        .categories
        .extend(categories.keys().values().iter().map(code));
    let refunded = column(rows, "refunded")?.as_boolean();
    batch.refunded.extend(refunded.values().iter());
    Ok(())
}

fn add_customers(part: &mut Customers, rows: &RecordBatch) -> Result<(), String> {
    let names = column(rows, "name")?.as_string_view();
    let birthdays = column(rows, "birthday")?.as_primitive::<Date32Type>();
    let languages = column(rows, "language")?.as_dictionary::<Int32Type>();
    let values = languages.values().as_string::<i32>();
    let emails = column(rows, "email")?;
    let may_email = column(rows, "may_email")?.as_boolean();
    let referrers = column(rows, "referred_by")?.as_string_view();
    part.keys.extend(keys(column(rows, "id")?.as_string_view()));
    for row in 0..rows.num_rows() {
        part.push_name(names.value(row).as_bytes());
        let mut flags = 0;
        if values.value(languages.keys().value(row) as usize) == "zh" {
            flags |= ZH;
        }
        if emails.is_valid(row) && may_email.value(row) {
            flags |= REACHABLE;
        }
        if birthdays.is_valid(row) && is_birthday(birthdays.value(row)) {
            flags |= BIRTHDAY;
        }
        part.flags.push(flags);
        part.referred_by.push(match referrers.is_valid(row) {
            true => key(referrers.value(row).as_bytes()),
            false => 0,
        });
    }
    Ok(())
}

/// Whether a day since 1970-01-01 is a 21 November. Years begin on 1 March, so that a leap day is the last of its year;
/// the algorithm is Howard Hinnant's `civil_from_days`.
fn is_birthday(day: i32) -> bool {
    let of_era = (day + 719_468).rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // 1 March is 0.
    of_year == 265
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_21_november() {
        assert!(super::is_birthday(crate::facts::TODAY));
        assert!(!super::is_birthday(crate::facts::TODAY - 1));
        assert!(super::is_birthday(-41));
        let days = 0..=crate::facts::TODAY;
        assert_eq!(days.filter(|d| super::is_birthday(*d)).count(), 57);
    }
}
