//! The days of a run: their clocks, their data, and what came of each.

use super::Job;
use super::totals::Totals;
use crate::cli::clock::Clock;
use crate::cli::console::Failure;
use crate::cli::load::unfit;
use crate::cli::output::{Sheet, Stop};
use crate::data::{Dataset, Loaded, Reject, TableSource};
use crate::engine::{self, ActionRow, EvalError, Fates, Outcome, Past, Texts};
use crate::ledger::{Entries, History};
use crate::plan::Plan;
use crate::report;
use std::collections::BTreeMap;

/// Bytes that an action hardly ever takes more than.
const TEXT_OF_ACTION: usize = 256;

/// What all days came to.
pub struct Came {
    pub totals: Totals,
    pub suppressed: u64,
    /// By record, file and line.
    pub rejects: Vec<Reject>,
    /// Of the last day: record, rows.
    pub rows_read: Vec<(String, u64)>,
}

/// What becomes of each day.
pub enum Keep<'k> {
    /// Its actions go to this sheet, and what it did is remembered for the days after it only.
    Nothing(&'k mut Sheet),
    /// It is recorded.
    Entries(&'k mut dyn FnMut(&Entries, &Dataset) -> Result<(), Failure>),
}

/// Whether rows that are there depend on the day of loading: a record of distinct values of rows with a date.
fn moves_with_the_clock(plan: &Plan) -> bool {
    plan.tables.iter().any(|table| match &table.source {
        TableSource::Distinct(from) => from
            .iter()
            .any(|(source, _)| matches!(plan.tables[*source].dated, Some((_, false)))),
        _ => false,
    })
}

/// Runs each day after what is past, in their order. `suppressed`: what fell goes there too.
pub fn each(
    job: &Job<'_>,
    mut history: Option<History>,
    mut suppressed: Option<&mut Sheet>,
    mut keep: Keep<'_>,
) -> Result<Came, Failure> {
    let plan = job.plan;
    let again = moves_with_the_clock(plan);
    let mut rejects = BTreeMap::new();
    let mut loaded: Option<Loaded> = None;
    let mut came = Came {
        totals: Totals::new((job.days.len() > 1).then(|| Fates::new(again))),
        suppressed: 0,
        rejects: Vec::new(),
        rows_read: Vec::new(),
    };
    if job.days.len() > 1 && history.is_none() {
        history = Some(History::default());
    }
    for (place, clock) in job.days.iter().enumerate() {
        let data = match loaded {
            Some(ref mut loaded) if !again => loaded,
            _ => {
                let new = loaded.insert(job.load(plan, *clock, place == 0)?);
                for reject in std::mem::take(&mut new.rejects) {
                    let at = (reject.record.clone(), reject.file.clone(), number(&reject));
                    rejects.insert(at, reject);
                }
                new
            }
        };
        engine::recall(plan, &mut data.dataset, history.as_ref());
        let day = Day {
            job,
            clock: *clock,
            data: &data.dataset,
            history: history.as_ref(),
        };
        let more = place + 1 < job.days.len();
        let entries = day.run(&mut came, suppressed.as_deref_mut(), &mut keep, more)?;
        if let (Some(history), Some(entries)) = (&mut history, entries) {
            history.add(entries);
        }
    }
    came.totals.settle();
    came.rejects = rejects.into_values().collect();
    came.rows_read = loaded
        .as_ref()
        .map_or_else(Vec::new, |l| rows_read(plan, l));
    if job.last {
        // To give gigabytes back page by page takes a tenth of a second for each.
        std::mem::forget(loaded);
    }
    Ok(came)
}

fn number(reject: &Reject) -> u64 {
    match reject.at {
        crate::data::Position::Line(n) | crate::data::Position::Row(n) => n,
    }
}

/// Rows of each record that the run works on, bad ones left out, in the order of the program.
fn rows_read(plan: &Plan, loaded: &Loaded) -> Vec<(String, u64)> {
    plan.tables
        .iter()
        .zip(&loaded.dataset.tables)
        .filter(|(request, _)| !request.columns.is_empty() && request.source != TableSource::Done)
        .map(|(request, table)| (request.record.clone(), table.rows as u64))
        .collect()
}

/// One day, and all it needs.
struct Day<'d> {
    job: &'d Job<'d>,
    clock: Clock,
    data: &'d Dataset,
    history: Option<&'d History>,
}

impl Day<'_> {
    /// What the next day has to know of this one, if there is a next one.
    fn run(
        &self,
        came: &mut Came,
        suppressed: Option<&mut Sheet>,
        keep: &mut Keep<'_>,
        more: bool,
    ) -> Result<Option<Entries>, Failure> {
        let past = Past {
            history: self.history,
            adopt: self.job.args.adopt,
            stated: None,
        };
        let clock = self.clock.of_run();
        let outcome =
            engine::run(self.job.plan, self.data, clock, &past).map_err(|e| self.unfit(e))?;
        if let Some(sheet) = suppressed {
            for row in outcome.suppressed() {
                sheet.push(&report::suppressed_cells(self.clock.today, &row))?;
                came.suppressed += 1;
            }
        }
        came.totals.add(&outcome);
        let entries = |outcome: &Outcome<'_>| outcome.entries().map_err(|e| self.unfit(e));
        let entries = match keep {
            Keep::Nothing(sheet) => {
                self.write(&outcome, sheet)
                    .map_err(|stop| stop.failure(|e| self.unfit(e)))?;
                more.then(|| entries(&outcome)).transpose()?
            }
            Keep::Entries(record) => {
                let entries = entries(&outcome)?;
                record(&entries, self.data)?;
                more.then_some(entries)
            }
        };
        if self.job.last && !more {
            std::mem::forget(outcome);
        }
        Ok(entries)
    }

    fn write(&self, outcome: &Outcome<'_>, sheet: &mut Sheet) -> Result<(), Stop> {
        let (texts, today) = (Texts::new(outcome.plan()), self.clock.today);
        let Some(encoder) = sheet.encoder() else {
            return outcome.actions(&mut |row| {
                report::with_action_cells(row, today, &texts, |cells| sheet.push(cells))
                    .map_err(Stop::from)
            });
        };
        let encode = |rows: &mut dyn Iterator<Item = &ActionRow<'_>>| {
            let mut text = Vec::with_capacity(rows.size_hint().0 * TEXT_OF_ACTION);
            for row in rows {
                report::with_action_cells(row, today, &texts, |cells| {
                    encoder.row(cells, &mut text)
                })?;
            }
            Ok(text)
        };
        outcome.action_parts(&encode, &mut |text| {
            sheet.push_text(text).map_err(Stop::from)
        })
    }

    fn unfit(&self, error: EvalError) -> Failure {
        let (job, sources) = (self.job, &self.job.opened.sources);
        let mut plan = job.plan.clone();
        match plan.tables.get_mut(error.table) {
            // Keys that the rules do not read were only marked: the message names the row.
            Some(table) if table.key_unread => table.key_unread = false,
            _ => return unfit(&error, job.plan, self.data, sources),
        }
        match job.load(&plan, self.clock, false) {
            Ok(loaded) => unfit(&error, &plan, &loaded.dataset, sources),
            Err(_) => unfit(&error, job.plan, self.data, sources),
        }
    }
}
