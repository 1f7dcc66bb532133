//! `guanxi attributes`: what is known of each row of a record.

use super::clock::ClockArgs;
use super::console::{Exit, Failure, Outcome};
use super::load::{DataArgs, Looking, RejectsArg, unfit};
use super::output::{FORMATS, Format, Sheet, Stop};
use super::workspace::{self, WorkspaceArg};
use super::{Invocation, findings, ledger};
use crate::diagnostic::nearest;
use crate::engine::{self, EvalError, Evaluator, Texts};
use crate::hir::Program;
use crate::plan::{self, Plan, Request};
use crate::report;
use crate::schema::{RecordId, Value};
use clap::builder::PossibleValue;
use std::path::PathBuf;

/// Show what is known of each row of a record: definitions, tiers, scores, segments
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Personal fields are not shown.

Examples:
  guanxi attributes customer my-shop --today 2026-11-21
  guanxi attributes customer my-shop --key c1 --key c5
  guanxi attributes customer my-shop --columns spend,visits,club
  guanxi attributes customer my-shop --ledger my-shop.ledger
  guanxi attributes customer my-shop --format csv --out customers.csv")]
pub struct Args {
    /// The record's name
    record: String,

    #[command(flatten)]
    at: WorkspaceArg,

    /// Only the row with this key; may be given several times
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,

    /// Only these, in this order, after the key
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    columns: Vec<String>,

    #[command(flatten)]
    data: DataArgs,

    #[command(flatten)]
    rejects: RejectsArg,

    #[command(flatten)]
    clock: ClockArgs,

    /// The ledger of the runs: what was done, and the levels held
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,

    /// Where the table goes
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,

    /// The form of the table: text in columns, or one of the forms of data
    #[arg(long, value_name = "FORMAT")]
    format: Option<Form>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Table,
    Data(Format),
}

impl clap::ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Form; FORMATS.len() + 1] = {
            let mut all = [Form::Table; FORMATS.len() + 1];
            let mut i = 0;
            while i < FORMATS.len() {
                all[i + 1] = Form::Data(FORMATS[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Form::Table => Some(PossibleValue::new("table")),
            Form::Data(format) => format.to_possible_value(),
        }
    }
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let opened = workspace::open_one(&args.at.workspace)?;
    let workspace = &opened.workspaces[0];
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(
        &opened,
        workspace,
        &config,
        invocation,
        "nothing was looked up",
    )?;
    let record = record(&program, &args.record)?;
    let clock = args.clock.resolve(&program.workspace.zone)?;
    let mut plan = plan::lower(&program, Request::Attributes(record));
    let keys = program.record(record).key.len();
    choose(&mut plan, keys, &args)?;
    let history = match &args.ledger {
        Some(path) => Some(ledger::history(path, &plan)?),
        None => None,
    };
    let looking = Looking {
        opened: &opened,
        workspace,
        config: &config,
        plan: &plan,
        clock,
    };
    let mut loaded = args.rejects.load(
        &args.data,
        &looking,
        &[
            ("--out", Some(args.out.as_path())),
            ("--ledger", args.ledger.as_deref()),
        ],
        invocation,
    )?;
    engine::recall(&plan, &mut loaded.dataset, history.as_ref());
    let unfit = |e: EvalError| unfit(&e, &plan, &loaded.dataset, &opened.sources);
    let history = history.as_ref();
    let evaluator = Evaluator::new(&plan, &loaded.dataset, clock.of_run(), history);
    let evaluator = evaluator.map_err(unfit)?;
    let texts = Texts::new(&plan);
    let mut wanted = Wanted::new(&args.keys);
    let to_file = args.out != std::path::Path::new("-");
    let form = args.format.unwrap_or(if to_file {
        Form::Data(Format::choose(None, &args.out, config.format.as_deref()))
    } else {
        Form::Table
    });
    let mut rows: Vec<Vec<Option<Value>>> = Vec::new();
    let mut sheet = match form {
        Form::Table => None,
        Form::Data(format) => {
            Sheet::check(&args.out, format)?;
            Some(Sheet::create(
                &args.out,
                format,
                report::attribute_columns(&plan, &texts),
            )?)
        }
    };
    engine::list_attributes(&evaluator, record.index(), &mut |values| {
        let key: Vec<String> = values[..keys]
            .iter()
            .flatten()
            .map(|v| texts.plain(v))
            .collect();
        if wanted.takes(&key.join(", ")) {
            match &mut sheet {
                Some(sheet) => {
                    report::with_attribute_cells(&plan, &texts, values, |cells| sheet.push(cells))?;
                }
                None => rows.push(values.to_vec()),
            }
        }
        Ok::<(), Stop>(())
    })
    .map_err(|stop| stop.failure(unfit))?;
    match sheet {
        Some(sheet) => sheet.finish()?,
        None if rows.is_empty() && !args.keys.is_empty() => {}
        None => {
            let text = report::attribute_text_table(&plan, &texts, &rows).render("");
            if to_file {
                super::files::replace(&args.out, text.as_bytes())?;
            } else {
                invocation.console.result(text)?;
            }
        }
    }
    wanted.all_found(&args.record)
}

fn record(program: &Program, name: &str) -> Result<RecordId, Failure> {
    program.record_named(name).ok_or_else(|| {
        let declared = program.records.iter().filter(|r| r.is_declared());
        let names: Vec<&str> = declared.map(|r| r.name.as_str()).collect();
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the records are {}", super::config::list(&names)),
        };
        Failure::usage(format!("there is no record `{name}`"), help)
    })
}

/// Leaves the key's columns and those asked for.
fn choose(plan: &mut Plan, keys: usize, args: &Args) -> Result<(), Failure> {
    if args.columns.is_empty() {
        return Ok(());
    }
    let mut chosen: Vec<usize> = (0..keys).collect();
    for name in args.columns.iter().map(|name| name.trim()) {
        let Some(place) = plan.attributes.iter().position(|a| a.name == name) else {
            let names: Vec<&str> = plan.attributes.iter().map(|a| a.name.as_str()).collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the columns are {}", super::config::list(&names)),
            };
            return Err(Failure::usage(
                format!("`{name}` is no column of `{}` here", args.record),
                help,
            ));
        };
        if !chosen.contains(&place) {
            chosen.push(place);
        }
    }
    let all = std::mem::take(&mut plan.attributes);
    plan.attributes = chosen.into_iter().map(|place| all[place].clone()).collect();
    Ok(())
}

/// The keys asked for, and which of them came.
struct Wanted<'a> {
    keys: &'a [String],
    found: Vec<bool>,
}

impl<'a> Wanted<'a> {
    fn new(keys: &'a [String]) -> Self {
        Wanted {
            keys,
            found: vec![false; keys.len()],
        }
    }

    fn takes(&mut self, key: &str) -> bool {
        let mut taken = self.keys.is_empty();
        for (wanted, found) in self.keys.iter().zip(&mut self.found) {
            if wanted == key {
                *found = true;
                taken = true;
            }
        }
        taken
    }

    fn all_found(&self, record: &str) -> Outcome {
        match self
            .keys
            .iter()
            .zip(&self.found)
            .find(|(_, found)| !**found)
        {
            None => Ok(Exit::Clean),
            Some((key, _)) => Err(Failure::usage(
                format!("no `{record}` has the key `{key}` on this day"),
                "leave out `--key` to see every row",
            )),
        }
    }
}
