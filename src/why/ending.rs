//! How a rule ended for a row, and what came to the row.

use super::conditions::Depth;
use super::stages::Blocked;
use super::{Step, Teller, Verdict};
use crate::engine::stages::runs_on;
use crate::engine::{ActionRow, Ending, EvalError, Stage};
use crate::plan::{Campaign, RuleReasons};
use crate::schema::Value;

/// One rule, asked about one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWhy {
    pub campaign: String,
    pub rule: String,
    pub title: Option<String>,
    pub because: Option<String>,
    /// The subject's record and key.
    pub record: String,
    pub key: String,
    pub outcome: Told,
    /// A sentence: the actions, the first condition that failed, or what stopped it.
    pub headline: String,
    pub stage: Option<Stage>,
    pub limit: Option<String>,
    /// What used up the limit, use by use.
    pub uses: Vec<String>,
    pub audience: Option<Step>,
    pub conditions: Option<Step>,
    /// Conditions of channels and pauses that stopped it.
    pub blocked: Vec<Step>,
    pub actions: Vec<ActionTold>,
    /// Single actions that were stopped, of a rule that fired.
    pub stopped: Vec<Blocked>,
}

/// How it ended, in the order in which rules are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    Fired,
    Earlier,
    Adopted,
    HeldOut,
    Stopped,
    NotTrue,
    /// The campaign does not run, or the row is not there or not in its audience.
    NotAsked,
}

impl Told {
    pub fn words(self) -> &'static str {
        match self {
            Told::Fired => "fired",
            Told::Earlier => "done by an earlier run of the day",
            Told::Adopted => "taken as done",
            Told::HeldOut => "held out",
            Told::Stopped => "stopped",
            Told::NotTrue => "conditions not true",
            Told::NotAsked => "outside the campaign",
        }
    }

    /// In JSON.
    pub fn name(self) -> &'static str {
        match self {
            Told::Fired => "fired",
            Told::Earlier => "earlier",
            Told::Adopted => "adopted",
            Told::HeldOut => "held-out",
            Told::Stopped => "stopped",
            Told::NotTrue => "not-true",
            Told::NotAsked => "not-asked",
        }
    }
}

/// A row, and everything that was asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWhy {
    pub record: String,
    pub key: String,
    /// Rules whose subject it may be: by how they ended, then by name.
    pub rules: Vec<RuleWhy>,
    /// What reaches it as the target of others.
    pub from_others: Vec<ActionTold>,
}

/// A line of the action list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionTold {
    pub campaign: String,
    pub rule: String,
    pub subject: String,
    pub action: String,
    pub record: String,
    pub target: String,
    pub channel: Option<String>,
    pub variant: Option<String>,
    /// Names and values as they are shown; missing ones are left out.
    pub params: Vec<(String, String)>,
    pub deliver_after: Option<String>,
    pub cost: Option<String>,
}

impl Teller<'_, '_> {
    /// Everything about a row of a table.
    ///
    /// # Errors
    /// Arguments of actions that do not fit their type.
    pub fn row(&self, table: usize, row: u32) -> Result<RowWhy, EvalError> {
        let plan = self.plan();
        let mut rules = Vec::new();
        for (c, campaign) in plan.campaigns.iter().enumerate() {
            if campaign.table != table {
                continue;
            }
            for r in 0..campaign.rules.len() {
                rules.push(self.rule(c, r, row)?);
            }
        }
        rules.sort_by(|a, b| {
            let name = |r: &RuleWhy| (r.outcome, r.campaign.clone(), r.rule.clone());
            name(a).cmp(&name(b))
        });
        let others = self.outcome.actions_from_others(table, row)?;
        Ok(RowWhy {
            record: plan.tables[table].record.clone(),
            key: self.evaluator().data().key_text(table, row).into_owned(),
            rules,
            from_others: others.iter().map(|a| self.action(a)).collect(),
        })
    }

    /// One rule for one row of its campaign's table.
    ///
    /// # Errors
    /// Arguments of actions that do not fit their type.
    pub fn rule(&self, campaign: usize, rule: usize, row: u32) -> Result<RuleWhy, EvalError> {
        self.told.borrow_mut().clear();
        let plan = self.plan();
        let definition = &plan.campaigns[campaign];
        let declared = &definition.rules[rule];
        let reasons = &self.explanations().rules[campaign][rule];
        let mut why = RuleWhy {
            campaign: definition.name.clone(),
            rule: declared.name.clone(),
            title: declared.title.clone().or_else(|| definition.title.clone()),
            because: reasons.because.clone(),
            record: plan.tables[definition.table].record.clone(),
            key: self
                .evaluator()
                .data()
                .key_text(definition.table, row)
                .into_owned(),
            outcome: Told::NotAsked,
            headline: String::new(),
            stage: None,
            limit: None,
            uses: Vec::new(),
            audience: None,
            conditions: None,
            blocked: Vec::new(),
            actions: Vec::new(),
            stopped: Vec::new(),
        };
        if let Some(headline) = self.not_asked(definition, reasons, row) {
            why.headline = headline;
            return Ok(why);
        }
        let full = |reason| self.condition(reason, row, Depth::Full);
        why.audience = reasons.audience.as_ref().map(full);
        if let Some(audience) = why.audience.as_ref().filter(|s| failed(s)) {
            let said = headline(audience);
            why.headline = format!("it is not in the audience of `{}`: {said}", definition.name);
            return Ok(why);
        }
        why.conditions = reasons.when.as_ref().map(full);
        if let Some(when) = why.conditions.as_ref().filter(|s| failed(s)) {
            why.outcome = Told::NotTrue;
            why.headline = headline(when);
            return Ok(why);
        }
        self.ended(&mut why, (campaign, rule), row)?;
        Ok(why)
    }

    /// Why a row is not even asked about.
    fn not_asked(&self, campaign: &Campaign, reasons: &RuleReasons, row: u32) -> Option<String> {
        let today = self.evaluator().clock().today;
        if !runs_on(campaign, today) {
            let (from, to) = campaign.runs?;
            let until = to.map_or_else(String::new, |to| format!(" to {to}"));
            return Some(format!(
                "`{}` does not run on {today}: it runs from {from}{until}",
                campaign.name
            ));
        }
        let there = self.seen(reasons.there?, campaign.table, row);
        let there = there == super::Seen::Is(Value::YesNo(true));
        let record = &self.plan().tables[campaign.table].record;
        (!there).then(|| format!("this `{record}` is not there yet on {today}: it is dated later"))
    }

    /// What came after the conditions.
    fn ended(&self, why: &mut RuleWhy, at: (usize, usize), row: u32) -> Result<(), EvalError> {
        match self.outcome.ending(at.0, at.1, row) {
            Ending::Fired => {
                let rows = self.outcome.actions_for(at.0, at.1, row)?;
                why.actions = rows.iter().map(|a| self.action(a)).collect();
                why.stopped = self.stopped_actions(at, row)?;
                why.outcome = Told::Fired;
                let said: Vec<String> = why.actions.iter().map(ActionTold::words).collect();
                why.headline = said.join(", ");
            }
            Ending::Earlier => {
                why.outcome = Told::Earlier;
                why.headline = "an earlier run of this day has done it".into();
            }
            Ending::Adopted => {
                why.outcome = Told::Adopted;
                why.headline = "it is taken as done, and nothing is sent".into();
            }
            Ending::Fell(fall) => {
                why.outcome = match fall.stage {
                    Stage::Holdout => Told::HeldOut,
                    _ => Told::Stopped,
                };
                let blocked = self.blocked(at, row, None, fall)?;
                why.headline = blocked.sentence;
                why.uses = blocked.uses;
                why.blocked = blocked.conditions;
                why.stage = Some(fall.stage);
                why.limit = Some(fall.limit.clone());
            }
            // The run decides; a condition that is true makes a candidate.
            Ending::NotEligible => {
                why.outcome = Told::NotTrue;
                why.headline = "its conditions do not hold".into();
            }
        }
        Ok(())
    }

    fn action(&self, row: &ActionRow<'_>) -> ActionTold {
        let personal = self.personal_parameters(row);
        let params = row.params.iter().enumerate();
        let currency = self.plan().currency;
        ActionTold {
            campaign: row.campaign.to_owned(),
            rule: row.rule.to_owned(),
            subject: row.subject.to_string(),
            action: row.action.to_owned(),
            record: row.record.to_owned(),
            target: row.target.to_string(),
            channel: row.channel.map(str::to_owned),
            variant: row.variant.map(str::to_owned),
            params: params
                .filter_map(|(i, (name, _, value))| {
                    let hidden = personal.get(i).copied().unwrap_or(false);
                    Some((
                        (*name).to_owned(),
                        self.shown(Some(value.as_ref()?), hidden),
                    ))
                })
                .collect(),
            deliver_after: row.deliver_after.clone(),
            cost: row.cost.map(|cost| {
                let digits = currency.map_or(0, |c| c.digits());
                let code = currency.map_or_else(String::new, |c| c.to_string());
                super::values::money(cost, digits, &code)
            }),
        }
    }

    /// Whether each parameter shows personal fields, in any call of the action by the rule.
    fn personal_parameters(&self, row: &ActionRow<'_>) -> Vec<bool> {
        let plan = self.plan();
        let mut personal = vec![false; row.params.len()];
        let campaigns = plan.campaigns.iter().zip(&self.explanations().rules);
        for (campaign, rules) in campaigns.filter(|(c, _)| c.name == row.campaign) {
            for (rule, reasons) in campaign.rules.iter().zip(rules) {
                if rule.name != row.rule {
                    continue;
                }
                let calls = rule.thens.iter().flat_map(|t| &t.calls);
                for (call, told) in calls.zip(reasons.calls.iter().flatten()) {
                    if call.action == row.action {
                        let each = personal.iter_mut().zip(&told.personal);
                        each.for_each(|(p, own)| *p |= own);
                    }
                }
            }
        }
        personal
    }
}

impl ActionTold {
    /// `grant_points(points: 100) to c07`
    pub fn words(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|(n, v)| format!("{n}: {v}"))
            .collect();
        let mut out = self.action.clone();
        if !params.is_empty() {
            out.push_str(&format!("({})", params.join(", ")));
        }
        if self.target != self.subject {
            out.push_str(&format!(" to {}", self.target));
        }
        out
    }
}

fn failed(step: &Step) -> bool {
    step.verdict != Some(Verdict::True)
}

/// The first condition that failed, in a sentence.
pub(super) fn headline(step: &Step) -> String {
    let first = step.first_failed();
    let verdict = first.verdict.unwrap_or(Verdict::False).word();
    let said = first.sentence();
    if said.is_empty() {
        return format!("`{}` is {verdict}", first.text);
    }
    // The condition names its value already.
    let own = said.strip_prefix('`').and_then(|s| s.split_once("` is "));
    let said = match own {
        Some((name, rest)) if first.text.starts_with(name) => format!("it is {rest}"),
        _ => said,
    };
    format!("`{}` is {verdict}: {said}", first.text)
}
