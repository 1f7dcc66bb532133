//! JSON Lines: one object a row, missing cells as null.

use super::{OutputCell, OutputColumn, TextForm, text_of};
use std::io::{self, Write};

pub(super) struct JsonLines;

impl TextForm for JsonLines {
    fn row(
        &self,
        columns: &[OutputColumn],
        cells: &[OutputCell],
        line: &mut Vec<u8>,
    ) -> io::Result<()> {
        line.push(b'{');
        for (i, (column, cell)) in columns.iter().zip(cells).enumerate() {
            if i > 0 {
                line.push(b',');
            }
            serde_json::to_writer(&mut *line, &column.name)?;
            line.push(b':');
            match cell {
                OutputCell::Missing => line.extend_from_slice(b"null"),
                OutputCell::Json(json) => line.extend_from_slice(json.as_bytes()),
                OutputCell::Integer(n) => write!(line, "{n}")?,
                OutputCell::YesNo(b) => write!(line, "{b}")?,
                cell => serde_json::to_writer(&mut *line, &text_of(cell, &column.kind))?,
            }
        }
        line.extend_from_slice(b"}\n");
        Ok(())
    }
}
