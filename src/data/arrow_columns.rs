//! Files that say the types of their columns, looked into before any record is declared for them.

use super::arrow_cells::{Native, cells, is_float, stored_text};
use super::stored::{StoredColumn, StoredType};
use super::{arrow_ipc, parquet};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use std::borrow::Cow;
use std::io;
use std::path::Path;

pub(super) type Batches = Box<dyn Iterator<Item = io::Result<RecordBatch>>>;

/// The columns of a Parquet or Arrow file, in its order; `None` for other endings. An error of kind
/// [`io::ErrorKind::InvalidData`] says why the file is not whole.
pub fn stored_columns(path: &Path) -> io::Result<Option<Vec<StoredColumn>>> {
    let Some(open) = opener(path) else {
        return Ok(None);
    };
    Ok(Some(columns(&open(path)?.0)))
}

/// Each row of such a file, with a cell for each column: texts as they are, numbers and dates as the
/// language writes them, `None` where missing. What no field could hold comes as a text that is none
/// of its type.
pub fn stored_rows(path: &Path, sink: &mut dyn FnMut(&[Option<&str>])) -> io::Result<()> {
    let Some(open) = opener(path) else {
        return Ok(());
    };
    for batch in open(path)?.1 {
        let batch = batch?;
        let columns: Vec<_> = batch.columns().iter().map(|c| cells(c.as_ref())).collect();
        for row in 0..batch.num_rows() {
            let texts: Vec<Option<Cow<str>>> = columns
                .iter()
                .map(|cells| match cells.as_ref().map(|c| c(row)) {
                    None | Some(Native::Missing) => None,
                    Some(native) => Some(stored_text(native)),
                })
                .collect();
            let row: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            sink(&row);
        }
    }
    Ok(())
}

type Open = fn(&Path) -> io::Result<(Schema, Batches)>;

fn opener(path: &Path) -> Option<Open> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    let has = |format: &super::Format| format.endings.contains(&ending.as_str());
    if has(&parquet::PARQUET) {
        Some(parquet::batches)
    } else if has(&arrow_ipc::ARROW) {
        Some(arrow_ipc::batches)
    } else {
        None
    }
}

fn columns(schema: &Schema) -> Vec<StoredColumn> {
    let column = |field: &std::sync::Arc<arrow_schema::Field>| StoredColumn {
        name: field.name().clone(),
        ty: stored_type(field.data_type()),
    };
    schema.fields().iter().map(column).collect()
}

fn stored_type(ty: &DataType) -> StoredType {
    use DataType as D;
    if is_float(ty) {
        return StoredType::Float;
    }
    if cells(arrow_array::new_empty_array(ty).as_ref()).is_none() {
        return StoredType::Other;
    }
    match ty {
        D::Boolean => StoredType::YesNo,
        D::Date32 | D::Date64 => StoredType::Date,
        D::Decimal32(..) | D::Decimal64(..) | D::Decimal128(..) => StoredType::Decimal,
        D::Timestamp(..) => StoredType::Moment,
        D::Time32(_) | D::Time64(_) => StoredType::Time,
        D::Dictionary(_, values) => match stored_type(values) {
            StoredType::Text => StoredType::Dictionary,
            other => other,
        },
        ty if ty.is_integer() => StoredType::Integer,
        _ => StoredType::Text,
    }
}
