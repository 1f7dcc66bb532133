//! `guanxi schema actions`: what carries actions out may rely on.

use super::pretty;
use crate::cli::Invocation;
use crate::cli::console::{Exit, Outcome};
use crate::cli::{findings, workspace};
use crate::hir::{Action, Program};
use crate::schema::Type;
use serde_json::{Map, Value, json};
use std::path::Path;

pub fn run(path: &Path, invocation: &Invocation) -> Outcome {
    let opened = workspace::open_one(path)?;
    let workspace = &opened.workspaces[0];
    let config = invocation.config.load(&workspace.root)?;
    let program = findings::program(
        &opened,
        workspace,
        &config,
        invocation,
        "there is no schema yet",
    )?;
    invocation.console.result(pretty(&schema(&program)))?;
    Ok(Exit::Clean)
}

/// The JSON Schema (2020-12) of one line of the action list.
fn schema(program: &Program) -> Value {
    let mut actions: Vec<&Action> = program.actions.iter().collect();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<&str> = actions.iter().map(|a| a.name.as_str()).collect();
    let mut campaigns: Vec<&str> = program.campaigns.iter().map(|c| c.name.as_str()).collect();
    campaigns.sort_unstable();
    let declared = program.records.iter().filter(|r| r.is_declared());
    let mut records: Vec<&str> = declared.map(|r| r.name.as_str()).collect();
    records.sort_unstable();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "guanxi action list, version 1",
        "title": format!("Actions of {}", program.workspace.name),
        "description": "One line of the JSON Lines that `guanxi run` writes.",
        "type": "object",
        "required": crate::report::action_columns(None).iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        "properties": {
            "key": {
                "description": "The same for the same action in a repeated run: carry out each key once.",
                "type": "string"
            },
            "today": { "description": "The day of the run.", "type": "string", "format": "date" },
            "campaign": { "enum": campaigns },
            "rule": { "type": "string" },
            "action": { "enum": names },
            "record": { "description": "What the target is.", "enum": records },
            "target": { "description": "The key of the row that gets the action.", "type": "string" },
            "subject": { "description": "The key of the row that the rule is about.", "type": "string" },
            "variant": { "type": ["string", "null"] },
            "deliver_after": { "type": ["string", "null"], "format": "date-time" },
            "cost": {
                "description": format!("Exact, in {}.", program.workspace.currency.map_or("no currency", |c| c.code())),
                "type": ["string", "null"],
                "pattern": DECIMAL
            },
            "params": { "type": "object" }
        },
        "allOf": actions.iter().map(|a| of_action(program, a)).collect::<Vec<_>>()
    })
}

const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";

/// `params` of one action.
fn of_action(program: &Program, action: &Action) -> Value {
    let mut properties = Map::new();
    for parameter in &action.parameters {
        let mut shape = shape(program, parameter.ty.ty);
        if parameter.ty.optional && parameter.default.is_none() {
            shape = json!({ "anyOf": [shape, { "type": "null" }] });
        }
        properties.insert(parameter.name.clone(), shape);
    }
    let required: Vec<&str> = action.parameters.iter().map(|p| p.name.as_str()).collect();
    let mut params = json!({
        "properties": properties,
        "required": required,
        "additionalProperties": false
    });
    if !action.docs.is_empty() {
        params["description"] = action.docs.clone().into();
    }
    json!({
        "if": { "properties": { "action": { "const": action.name } } },
        "then": { "properties": { "params": params } }
    })
}

fn shape(program: &Program, ty: Type) -> Value {
    match ty {
        Type::YesNo => json!({ "type": "boolean" }),
        Type::Integer => json!({ "type": "integer" }),
        Type::Number => json!({ "type": "string", "pattern": DECIMAL }),
        Type::Percent => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?%$" }),
        Type::Money(currency) => json!({
            "description": format!("An amount in {}.", currency.code()),
            "type": "string",
            "pattern": money_pattern(currency.digits())
        }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::DateTime => json!({ "type": "string", "format": "date-time" }),
        Type::Time => json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$" }),
        Type::Enum(set) => json!({ "enum": program.enum_type(set).values }),
        Type::Text | Type::Message | Type::Duration(_) | Type::Reference(_) | Type::Unknown => {
            json!({ "type": "string" })
        }
    }
}

fn money_pattern(digits: u32) -> String {
    if digits == 0 {
        "^-?[0-9]+$".into()
    } else {
        format!("^-?[0-9]+\\.[0-9]{{{digits}}}$")
    }
}
