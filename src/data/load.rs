//! From requests to a dataset: files are found and read, keys and references settled, faults gathered.

use super::chunk::{Chunk, TablePlan};
use super::fault::{Faults, FileName};
use super::header;
use super::instant::Clock;
use super::keys::{KeyForm, Keys};
use super::locate::{SourceFile, locate};
use super::numbering;
use super::problem::DataProblem;
use super::rejects::{Reject, collect};
use super::resolve::{Work, resolve};
use super::table::{FileFault, LoadedTable, TableLoader, problems_of_file};
use super::{ColumnType, Dataset, LoadOptions, TableRequest, TableSource};
use crate::schema::Value;

/// What a run gets.
#[derive(Debug, Default)]
pub struct Loaded {
    pub dataset: Dataset,
    /// Rows that were set aside, by record, file and line.
    pub rejects: Vec<Reject>,
    pub files: Vec<FileRead>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    pub record: String,
    /// Below the data folder, with `/`.
    pub name: String,
    pub path: std::path::PathBuf,
    /// Rows in it, with those that were set aside later.
    pub rows: u64,
}

/// Reads what is asked for: rows of the future too, which the engine leaves out by its clock. Fails with
/// every problem of every file.
pub fn load(requests: &[TableRequest], options: &LoadOptions) -> Result<Loaded, Vec<DataProblem>> {
    let clock = Clock::new(options.zone.clone());
    let forms: Vec<KeyForm> = (0..requests.len())
        .map(|t| KeyForm::of(requests, t))
        .collect();
    let order = order(requests);
    let plans = plan(requests, &forms, &order, (&clock, options.rejects));
    let mut work = Work::new(requests, &forms, &plans, options.rejects);
    let mut problems = Vec::new();
    let mut read = Reading {
        files: Vec::new(),
        names: Vec::new(),
        reads: Vec::new(),
        bytes: 0,
        total: 0,
        rows: 0,
    };
    let mut found = Vec::new();
    for &table in &order {
        if let TableSource::File(source) = &requests[table].source {
            let files = locate(&requests[table].record, source, options);
            read.total += files.iter().flatten().map(size).sum::<u64>();
            found.push((table, files));
        }
    }
    for (table, files) in found {
        match files {
            Ok(files) => {
                read.table(files, &plans[table], &mut work, options, &mut problems);
                numbering::number(&mut work, table);
            }
            Err(problem) => {
                work.unread[table] = true;
                problems.push((table, *problem));
            }
        }
    }
    // Those that are not read from files, and those that could not be.
    for table in order {
        if !work.numbered[table] {
            numbering::number(&mut work, table);
        }
    }
    work.names = read.names;
    work.files = read.files;
    let resolved = resolve(&mut work, options.today, options.now)?;
    problems.sort_by_key(|(table, _)| *table);
    let mut problems: Vec<DataProblem> = problems.into_iter().map(|(_, p)| p).collect();
    let faults = std::mem::take(&mut work.faults);
    let may_go_on = problems.is_empty() && (options.rejects || faults.is_empty());
    if !may_go_on {
        problems.extend(faults.into_problems(requests));
        return Err(problems);
    }
    let rejects = collect(faults, &mut work, &plans, options)?;
    Ok(Loaded {
        dataset: resolved.into_dataset(work),
        rejects,
        files: read.reads,
    })
}

/// Rows given in a program: table, row, column, as in the requests; a reference is its key. The same checks
/// as for files; places of problems are rows from 1. Rows of a record that is read `from distinct` are added
/// to those that it gets from the others.
pub fn from_rows(
    requests: &[TableRequest],
    rows: &[Vec<Vec<Option<Value>>>],
    options: &LoadOptions,
) -> Result<Dataset, Vec<DataProblem>> {
    let clock = Clock::new(options.zone.clone());
    let forms: Vec<KeyForm> = (0..requests.len())
        .map(|t| KeyForm::of(requests, t))
        .collect();
    let order = order(requests);
    let plans = plan(requests, &forms, &order, (&clock, false));
    let mut work = Work::new(requests, &forms, &plans, false);
    work.names = vec![FileName {
        name: String::new(),
        by_rows: true,
    }];
    for table in order {
        let mut loader = TableLoader {
            plan: &plans[table],
            keys: &mut work.keys,
            table: &mut work.tables[table],
            faults: &mut work.faults,
            file: 0,
            names: &work.names,
            report: None,
            bytes_before: 0,
            bytes_total: 0,
            rows_before: 0,
        };
        let mut chunk = Chunk::new(loader.plan);
        for (row, line) in rows.get(table).into_iter().flatten().zip(1..) {
            for column in 0..loader.plan.columns.len() {
                let value = row.get(column).and_then(Option::as_ref);
                chunk.literal(loader.plan, loader.keys, column, line, value);
            }
            chunk.end_row(loader.plan, line, String::new);
        }
        loader.absorb(chunk);
        numbering::number(&mut work, table);
    }
    let resolved = resolve(&mut work, options.today, options.now)?;
    let faults = std::mem::take(&mut work.faults);
    if faults.is_empty() {
        Ok(resolved.into_dataset(work))
    } else {
        Err(faults.into_problems(requests))
    }
}

pub(super) fn plan<'a>(
    requests: &'a [TableRequest],
    forms: &'a [KeyForm],
    order: &[usize],
    (clock, keep_raw): (&'a Clock, bool),
) -> Vec<TablePlan<'a>> {
    let place = |table: usize| order.iter().position(|t| *t == table);
    let plan = |(table, request)| {
        let mut plan = TablePlan::new(table, request, forms, clock, keep_raw);
        for column in &mut plan.columns {
            column.deferred = column.target.is_some_and(|(target, _)| {
                let is_file = matches!(requests[target].source, TableSource::File(_));
                !is_file || place(target) >= place(table)
            });
        }
        plan
    };
    requests.iter().enumerate().map(plan).collect()
}

/// Those that are referred to come first, so that most references find their keys at once.
pub(super) fn order(requests: &[TableRequest]) -> Vec<usize> {
    fn visit(table: usize, requests: &[TableRequest], seen: &mut [bool], order: &mut Vec<usize>) {
        if std::mem::replace(&mut seen[table], true) {
            return;
        }
        for column in &requests[table].columns {
            if let ColumnType::Reference(target) = column.ty
                && target < requests.len()
            {
                visit(target, requests, seen, order);
            }
        }
        order.push(table);
    }
    let (mut seen, mut order) = (vec![false; requests.len()], Vec::new());
    for table in 0..requests.len() {
        visit(table, requests, &mut seen, &mut order);
    }
    order
}

/// The files so far.
struct Reading {
    files: Vec<(usize, SourceFile)>,
    names: Vec<FileName>,
    reads: Vec<FileRead>,
    bytes: u64,
    /// Of all files, also those to come.
    total: u64,
    rows: u64,
}

/// Bytes on the disk.
fn size(file: &SourceFile) -> u64 {
    std::fs::metadata(&file.path).map_or(0, |m| m.len())
}

impl Reading {
    fn table(
        &mut self,
        files: Vec<SourceFile>,
        plan: &TablePlan,
        work: &mut Work,
        options: &LoadOptions,
        problems: &mut Vec<(usize, DataProblem)>,
    ) {
        let before = problems.len();
        let headerless = files.iter().any(|f| !f.format.has_header);
        for file in files {
            self.names.push(file.name.clone());
            let rows = work.tables[plan.table].rows;
            let table = &mut work.tables[plan.table];
            let mut loader = TableLoader {
                plan,
                keys: &mut work.keys,
                table,
                faults: &mut work.faults,
                file: self.names.len() - 1,
                names: &self.names,
                report: options.progress,
                bytes_before: self.bytes,
                bytes_total: self.total,
                rows_before: self.rows,
            };
            if let Err(fault) = (file.format.read)(&file.path, &mut loader) {
                let found = problems_of_file(fault, &plan.request.record, &file.name.name);
                problems.extend(found.into_iter().map(|p| (plan.table, p)));
            }
            self.bytes += size(&file);
            self.reads.push(FileRead {
                record: plan.request.record.clone(),
                name: file.name.name.clone(),
                path: file.path.clone(),
                rows: (work.tables[plan.table].rows - rows) as u64,
            });
            self.files.push((plan.table, file));
        }
        self.rows += work.tables[plan.table].rows as u64;
        if headerless {
            self.check_seen(plan, work, problems);
        }
        work.unread[plan.table] = problems.len() > before;
    }

    /// Of files without a header row: a column that no row has.
    fn check_seen(&self, plan: &TablePlan, work: &Work, problems: &mut Vec<(usize, DataProblem)>) {
        let table: &LoadedTable = &work.tables[plan.table];
        let name = self.names.last().map_or("", |n| n.name.as_str());
        if table.rows == 0 || table.seen.is_empty() {
            return;
        }
        let request = plan.request;
        let read = request
            .columns
            .iter()
            .map(|c| (c.header.as_str(), Some(c.field.as_str())));
        for (header, field) in read.chain(request.unread.iter().map(|h| (h.as_str(), None))) {
            if !table.seen.iter().any(|s| s == header) {
                let problem = header::missing(request, header, field, &table.seen, name);
                problems.push((plan.table, problem));
            }
        }
    }
}

/// Reads a file, which is the `number`th, again into a table; its faults are known.
pub(super) fn read_again(
    file: &SourceFile,
    plan: &TablePlan,
    keys: &mut Vec<Keys>,
    names: &[FileName],
    (number, table): (usize, &mut LoadedTable),
) -> Result<(), FileFault> {
    let mut faults = Faults::default();
    let mut loader = TableLoader {
        plan,
        keys,
        table,
        faults: &mut faults,
        file: number,
        names,
        report: None,
        bytes_before: 0,
        bytes_total: 0,
        rows_before: 0,
    };
    (file.format.read)(&file.path, &mut loader)
}
