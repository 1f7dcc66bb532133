//! `guanxi why`: why a rule fired for a row, and why it did not.

use super::clock::ClockArgs;
use super::console::{Exit, Failure, Outcome};
use super::load::{DataArgs, Looking, RejectsArg, unfit};
use super::schema::pretty;
use super::workspace;
use super::{Invocation, findings, ledger};
use crate::data::Dataset;
use crate::diagnostic::nearest;
use crate::engine::{self, EvalError, Past};
use crate::plan::{self, Plan, Request};
use crate::why::{self, RowWhy, Teller};
use std::path::{Path, PathBuf};

/// Tell why rules fired for a row of data, and why not
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --rule: each rule that the row may be the subject of, in short, and what
comes to it from others. With --rule: the values that decided, step by step, down
to the rows of data.

Examples:
  guanxi why c1                             in the workspace here
  guanxi why c1 my-shop --today 2026-11-21
  guanxi why customer c1 my-shop --rule birthdays.greeting")]
pub struct Args {
    /// The row's key; before it the record, where several have the key; after it the workspace
    #[arg(value_name = "[RECORD] KEY [WORKSPACE]", required = true, num_args = 1..=3)]
    words: Vec<String>,

    /// Explain this rule in full
    #[arg(long, value_name = "CAMPAIGN.RULE")]
    rule: Option<String>,

    #[command(flatten)]
    data: DataArgs,

    #[command(flatten)]
    rejects: RejectsArg,

    #[command(flatten)]
    clock: ClockArgs,

    /// The ledger that knows what was done
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,

    /// Show personal fields too
    #[arg(long)]
    personal: bool,

    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// Sentences, for people
    Human,
    /// For machines; `guanxi schema why` prints its JSON Schema
    Json,
}

/// Which row is meant, and where.
struct Asked<'a> {
    record: Option<&'a str>,
    key: &'a str,
    workspace: &'a Path,
}

pub fn run(args: Args, invocation: &Invocation) -> Outcome {
    let asked = asked(&args.words);
    let opened = workspace::open_one(asked.workspace)?;
    let workspace = &opened.workspaces[0];
    let config = invocation.config.load(&workspace.root)?;
    let undone = "nothing was looked up";
    let program = findings::program(&opened, workspace, &config, invocation, undone)?;
    let clock = args.clock.resolve(&program.workspace.zone)?;
    let plan = plan::lower(&program, Request::Why);
    let rule = args.rule.as_deref().map(|r| rule_named(&plan, r));
    let rule = rule.transpose()?;
    let records = records(&plan, &asked, rule)?;
    let history = match &args.ledger {
        Some(path) => {
            // What the day's own run did is told as that run saw it.
            let history = ledger::history(path, &plan)?;
            Some(history.without_firings_of(clock.today))
        }
        None => None,
    };
    let looking = Looking {
        opened: &opened,
        workspace,
        config: &config,
        plan: &plan,
        clock,
    };
    let loaded = args.rejects.load(
        &args.data,
        &looking,
        &[("--ledger", args.ledger.as_deref())],
        invocation,
    )?;
    let mut data = loaded.dataset;
    engine::recall(&plan, &mut data, history.as_ref());
    let (table, row) = find(&plan, &data, &asked, &records)?;
    let unfit = |e: EvalError| unfit(&e, &plan, &data, &opened.sources);
    let past = Past {
        history: history.as_ref(),
        ..Past::default()
    };
    let outcome = engine::run(&plan, &data, clock.of_run(), &past).map_err(unfit)?;
    let teller = Teller::new(&outcome, &opened.sources, args.personal);
    let told = match rule {
        Some((campaign, rule)) => RowWhy {
            record: plan.tables[table].record.clone(),
            key: data.key_text(table, row).into_owned(),
            rules: vec![teller.rule(campaign, rule, row).map_err(unfit)?],
            from_others: Vec::new(),
        },
        None => teller.row(table, row).map_err(unfit)?,
    };
    let columns = invocation.console.look_out().width;
    let text = match (args.format, rule) {
        (Form::Json, _) => pretty(&why::json(
            &told,
            &opened.sources,
            clock.today,
            rule.is_some(),
        )),
        (Form::Human, Some(_)) => why::of_rule(&told.rules[0], clock.today, columns),
        (Form::Human, None) => why::of_row(&told, clock.today, columns),
    };
    invocation.console.result(text)?;
    if rule.is_none() && args.format == Form::Human && !told.rules.is_empty() {
        let first = &told.rules[0];
        invocation.console.say(format_args!(
            "\none of them in full: add `--rule {}.{}`",
            first.campaign, first.rule
        ));
    }
    Ok(Exit::Clean)
}

/// `KEY`, `KEY WORKSPACE`, `RECORD KEY`, or all three; of two words the second is a workspace if there is one.
fn asked(words: &[String]) -> Asked<'_> {
    let here = Path::new(".");
    match words {
        [record, key, workspace, ..] => Asked {
            record: Some(record),
            key,
            workspace: Path::new(workspace),
        },
        [key, workspace] if is_workspace(workspace) => Asked {
            record: None,
            key,
            workspace: Path::new(workspace),
        },
        [record, key] => Asked {
            record: Some(record),
            key,
            workspace: here,
        },
        [key] => Asked {
            record: None,
            key,
            workspace: here,
        },
        [] => Asked {
            record: None,
            key: "",
            workspace: here,
        },
    }
}

fn is_workspace(word: &str) -> bool {
    let path = Path::new(word);
    let rules = path.extension().is_some_and(|e| e == "rules");
    word == "-" || path.is_dir() || rules
}

/// The places of a rule, by `CAMPAIGN.RULE` or, where only one rule is called so, by its own name.
fn rule_named(plan: &Plan, name: &str) -> Result<(usize, usize), Failure> {
    let mut all = Vec::new();
    for (c, campaign) in plan.campaigns.iter().enumerate() {
        for (r, rule) in campaign.rules.iter().enumerate() {
            all.push((format!("{}.{}", campaign.name, rule.name), (c, r)));
        }
    }
    if let Some((_, place)) = all.iter().find(|(full, _)| full == name) {
        return Ok(*place);
    }
    let own = |(_, (c, r)): &&(String, (usize, usize))| plan.campaigns[*c].rules[*r].name == name;
    let same: Vec<&(String, (usize, usize))> = all.iter().filter(own).collect();
    if let [(_, place)] = same[..] {
        return Ok(*place);
    }
    let of_campaign = format!("{name}.");
    let near = same.iter().map(|(full, _)| full.as_str());
    let near: Vec<&str> = near
        .chain(
            all.iter()
                .map(|(f, _)| f.as_str())
                .filter(|f| f.starts_with(&of_campaign)),
        )
        .collect();
    let help = match (
        &near[..],
        nearest(name, all.iter().map(|(f, _)| f.as_str())),
    ) {
        ([_, ..], _) => format!("say which rule: {}", super::config::list(&near)),
        (_, Some(near)) => format!("did you mean `{near}`?"),
        _ => {
            let names: Vec<&str> = all.iter().map(|(f, _)| f.as_str()).collect();
            format!("the rules are {}", super::config::list(&names))
        }
    };
    Err(Failure::usage(format!("there is no rule `{name}`"), help))
}

/// The tables in which the key is looked for, subjects of campaigns first.
fn records(
    plan: &Plan,
    asked: &Asked<'_>,
    rule: Option<(usize, usize)>,
) -> Result<Vec<usize>, Failure> {
    let of_rule = rule.map(|(c, _)| plan.campaigns[c].table);
    if let Some(name) = asked.record {
        let named = plan.tables.iter().position(|t| t.record == name);
        let Some(table) = named.filter(|t| !plan.tables[*t].key.is_empty()) else {
            return Err(no_record(plan, asked, name, named.is_some()));
        };
        if let (Some(of), Some((c, r))) = (of_rule.filter(|t| *t != table), rule) {
            let campaign = &plan.campaigns[c];
            let rule = format!("{}.{}", campaign.name, campaign.rules[r].name);
            let of = &plan.tables[of].record;
            return Err(Failure::usage(
                format!("`{rule}` is for `{of}`, not for `{name}`"),
                format!("give the key of a `{of}`"),
            ));
        }
        return Ok(vec![table]);
    }
    if let Some(table) = of_rule {
        return Ok(vec![table]);
    }
    let keyed = (0..plan.tables.len()).filter(|t| !plan.tables[*t].key.is_empty());
    let (mut subjects, others): (Vec<usize>, Vec<usize>) =
        keyed.partition(|t| plan.campaigns.iter().any(|c| c.table == *t));
    subjects.extend(others);
    Ok(subjects)
}

fn no_record(plan: &Plan, asked: &Asked<'_>, name: &str, known: bool) -> Failure {
    if known {
        return Failure::usage(
            format!("no rule asks about a `{name}` by its key"),
            "give a record that a campaign is for",
        );
    }
    // What was done is a table of the engine's, not a record that anybody wrote.
    let declared = (0..plan.tables.len()).filter(|t| plan.done.iter().all(|d| d.table != *t));
    let names: Vec<&str> = declared.map(|t| plan.tables[t].record.as_str()).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if asked.workspace == Path::new(".") => format!(
            "the records are {}; if `{}` is a workspace, there is no such folder",
            super::config::list(&names),
            asked.key
        ),
        None => format!("the records are {}", super::config::list(&names)),
    };
    Failure::usage(format!("there is no record `{name}`"), help)
}

/// The one row that is meant.
fn find(
    plan: &Plan,
    data: &Dataset,
    asked: &Asked<'_>,
    tables: &[usize],
) -> Result<(usize, u32), Failure> {
    let found: Vec<(usize, u32)> = tables
        .iter()
        .filter_map(|t| Some((*t, data.find(*t, asked.key)?)))
        .collect();
    let is_subject = |t: usize| plan.campaigns.iter().any(|c| c.table == t);
    let subjects: Vec<&(usize, u32)> = found.iter().filter(|(t, _)| is_subject(*t)).collect();
    let record = |t: usize| plan.tables[t].record.as_str();
    match (&subjects[..], &found[..]) {
        ([one], _) => Ok(**one),
        ([], [one]) => Ok(*one),
        ([], []) => Err(no_row(plan, data, asked, tables)),
        (several, all) => {
            let of: Vec<usize> = match several {
                [] => all.iter().map(|(t, _)| *t).collect(),
                several => several.iter().map(|(t, _)| *t).collect(),
            };
            let names: Vec<&str> = of.iter().map(|t| record(*t)).collect();
            Err(Failure::usage(
                format!(
                    "`{}` is a key of {}",
                    asked.key,
                    super::config::list(&names)
                ),
                format!("say which: `guanxi why {} {}`", names[0], asked.key),
            ))
        }
    }
}

fn no_row(plan: &Plan, data: &Dataset, asked: &Asked<'_>, tables: &[usize]) -> Failure {
    let names: Vec<&str> = tables
        .iter()
        .map(|t| plan.tables[*t].record.as_str())
        .collect();
    let keys: Vec<String> = tables
        .iter()
        .flat_map(|t| {
            (0..data.tables[*t].rows as u32).map(|row| data.key_text(*t, row).into_owned())
        })
        .collect();
    let help = match nearest(asked.key, keys.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "look up the key in the data; `guanxi attributes` lists them".to_owned(),
    };
    let message = match &names[..] {
        [one] => format!("no `{one}` has the key `{}`", asked.key),
        names => {
            let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
            let names = match &names[..] {
                [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                names => names.join(""),
            };
            format!("no {names} has the key `{}`", asked.key)
        }
    };
    Failure::usage(message, help)
}

/// `guanxi schema why`.
pub fn schema(invocation: &Invocation) -> Outcome {
    invocation
        .console
        .result(include_str!("schema/why.schema.json"))?;
    Ok(Exit::Clean)
}
