//! Which column of a file is which field.

use super::TableRequest;
use super::problem::{Cause, DataProblem, nearest};
use super::table::FileFault;

/// For each column of the request, its place among `names`. Fails with every column that is missing or
/// stands twice.
pub(super) fn columns(
    request: &TableRequest,
    names: &[String],
    file: &str,
) -> Result<Vec<usize>, FileFault> {
    let mut problems = Vec::new();
    let mut places = Vec::new();
    let read = request
        .columns
        .iter()
        .map(|c| (c.header.as_str(), Some(c.field.as_str())));
    let unread = request.unread.iter().map(|h| (h.as_str(), None));
    for (header, field) in read.chain(unread) {
        let mut found = names
            .iter()
            .enumerate()
            .filter(|(_, n)| *n == header)
            .map(|(i, _)| i);
        match (found.next(), found.next()) {
            (None, _) => problems.push(missing(request, header, field, names, file)),
            (Some(_), Some(_)) => problems.push(double(request, header, file)),
            (Some(place), None) => places.push(place),
        }
    }
    if problems.is_empty() {
        places.truncate(request.columns.len());
        Ok(places)
    } else {
        Err(FileFault::Problems(problems))
    }
}

/// A column that is not in the file, and those that are.
pub(super) fn missing(
    request: &TableRequest,
    header: &str,
    field: Option<&str>,
    names: &[String],
    file: &str,
) -> DataProblem {
    const MOST: usize = 30;
    let record = &request.record;
    let mut there: Vec<String> = names.iter().take(MOST).map(|n| format!("`{n}`")).collect();
    if names.len() > MOST {
        there.push(format!("and {} more", names.len() - MOST));
    }
    let message = format!("`{file}` has no column `{header}`, which record `{record}` reads");
    let problem = DataProblem::new(Cause::MissingColumn, record, message).expected(format!(
        "`{header}` among its columns, which are {}",
        there.join(", ")
    ));
    let field = field.unwrap_or(header);
    let problem = DataProblem {
        field: Some(field.to_string()),
        ..problem
    };
    let declared = |h: &&str| {
        !request.columns.iter().any(|c| c.header == *h) && !request.unread.iter().any(|u| u == h)
    };
    match nearest(header, names.iter().map(String::as_str).filter(declared)) {
        Some(near) => problem.help(format!(
            "if `{near}` is meant, say so in the record: `{field}: … from \"{near}\"`"
        )),
        None => problem.help(format!(
            "where the column has another name, say so in the record: `{field}: … from \"Column header\"`"
        )),
    }
}

fn double(request: &TableRequest, header: &str, file: &str) -> DataProblem {
    let message = format!("`{file}` has two columns `{header}`");
    DataProblem::new(Cause::DoubleColumn, &request.record, message)
        .help("rename one of them, so that it is clear which is meant")
}
