//! `done CAMPAIGN.RULE`: what the ledger knows was done, as rows of a record of its own.

use super::campaigns::rules;
use super::names::list;
use super::{Checker, Member, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, FieldType, ManyPath, RecordSource};
use crate::schema::{CampaignId, FieldId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Expr, ExprKind as A, Name, RuleClause, Then};
use rustc_hash::FxHashMap;

/// Fields that come before the parameters.
const HOLDER: &str = "holder";
const ON: &str = "on";

/// All actions that a rule may do, as written.
fn calls(rule: &ast::Rule) -> impl Iterator<Item = &ast::ActionCall> {
    rule.clauses
        .iter()
        .filter_map(|clause| match &clause.node {
            RuleClause::Then(then) => Some(then),
            _ => None,
        })
        .flat_map(|then| -> Vec<&ast::ActionCall> {
            match then {
                Then::Actions(calls) | Then::FirstReachable(calls) => calls.iter().collect(),
                Then::Split(arms) => arms.iter().flat_map(|a| &a.calls).collect(),
            }
        })
}

impl<'a> Checker<'a> {
    /// The campaign and rule of a path that begins with `done`, and what follows them.
    pub(super) fn done_in(e: &'a Expr) -> Option<(&'a Name, &'a Name, Vec<Name>)> {
        match &e.kind {
            A::Done { campaign, rule } => Some((campaign, rule, Vec::new())),
            A::Paren(inner) => Self::done_in(inner),
            A::Member { base, member } => {
                let (campaign, rule, mut rest) = Self::done_in(base)?;
                rest.push(member.clone());
                Some((campaign, rule, rest))
            }
            _ => None,
        }
    }

    /// The rows of what a rule has done to, or for, the current row.
    pub(super) fn done_rows(
        &mut self,
        campaign: &'a Name,
        rule: &'a Name,
        span: Span,
        scope: Scope<'_>,
    ) -> Option<ManyPath> {
        let (id, place) = self.known_rule(campaign, rule)?;
        let holder = scope.row?;
        let record = match self.done_records.get(&(id, place, holder)) {
            Some(record) => *record,
            None => {
                self.may_hold(id, place, holder, span)?;
                let record = self.done_record(id, place, holder);
                self.done_records.insert((id, place, holder), record);
                record
            }
        };
        Some(ManyPath {
            base: None,
            holder,
            record,
            by: FieldId(0),
        })
    }

    /// `done a.b` where one value is needed.
    pub(super) fn bare_done(&mut self, campaign: &Name, rule: &Name, span: Span) {
        if self.known_rule(campaign, rule).is_none() {
            return;
        }
        let d = Diagnostic::new(
            &codes::BARE_LIST,
            span,
            format!(
                "`done {campaign}.{rule}` is a list of all that was done, and one value is needed"
            ),
        );
        self.report(d.help(format!(
            "say what to take of it, as in `any of done {campaign}.{rule}` or `latest of done {campaign}.{rule}.on`"
        )));
    }

    /// Only subjects of the rule and targets of its actions have something done.
    fn may_hold(
        &mut self,
        id: CampaignId,
        place: usize,
        holder: RecordId,
        span: Span,
    ) -> Option<()> {
        let (_, campaign) = self.campaign_declarations[id.index()];
        let rule = rules(campaign).nth(place)?;
        let actions = calls(rule).map(|call| {
            let place = self.action_names.get(&call.action)?;
            let (_, action) = self.action_declarations[place as usize];
            Some(&action.record)
        });
        let mut names = vec![&campaign.record];
        // An action that is not known has been said already, and may be what was meant.
        names.extend(actions.collect::<Option<Vec<_>>>()?);
        let mut records: Vec<RecordId> = names
            .into_iter()
            .map(|n| self.record_names.get(n).map(RecordId))
            .collect::<Option<_>>()?;
        if records.contains(&holder) {
            return Some(());
        }
        records.sort_unstable();
        records.dedup();
        let own = self.record_name(holder).to_string();
        let reached = list(records.iter().map(|r| self.record_name(*r)));
        let d = Diagnostic::new(
            &codes::WRONG_RECORD,
            span,
            format!(
                "`{}.{}` does nothing for a `{own}`, only for {reached}",
                campaign.name, rule.name
            ),
        )
        .also(rule.name.span, "the rule");
        self.report(d.help(format!("use it on a row of {reached}")));
        None
    }

    /// A record that no file holds: a row for each time that the rule did something for a holder's row.
    fn done_record(&mut self, id: CampaignId, place: usize, holder: RecordId) -> RecordId {
        let (_, campaign) = self.campaign_declarations[id.index()];
        let field = |name: &str, span: Span, ty: Type, optional: bool| hir::Field {
            name: name.to_string(),
            span,
            docs: String::new(),
            ty: FieldType::Value(ty),
            optional,
            default: None,
            column: name.to_string(),
            format: None,
            personal: false,
        };
        let (mut fields, mut names, mut span) = (Vec::new(), Vec::new(), campaign.name.span);
        if let Some(rule) = rules(campaign).nth(place) {
            span = rule.name.span;
            names.push(rule.name.node.clone());
            names.extend(rule.formerly.iter().map(|old| old.node.clone()));
            fields.push(field(HOLDER, span, Type::Reference(holder), false));
            fields.push(field(ON, span, Type::Date, false));
            for call in calls(rule) {
                let Some(place) = self.action_names.get(&call.action) else {
                    continue;
                };
                for p in &self.action_parameters[place as usize] {
                    // The first of a name is kept, and the fields above come before all.
                    if fields.iter().all(|f| f.name != p.name) {
                        let ty = match p.ty.ty {
                            Type::Message => Type::Text,
                            other => other,
                        };
                        fields.push(field(&p.name, p.span, ty, true));
                    }
                }
            }
        }
        // The holder is known without being asked for: it is the row that the list is of.
        let members: FxHashMap<String, Member> = fields
            .iter()
            .enumerate()
            .skip(1)
            .map(|(i, f)| (f.name.clone(), Member::Field(FieldId(i as u32))))
            .collect();
        let title = names.first().cloned().unwrap_or_default();
        self.records.push(hir::Record {
            name: format!("done {}.{title}", campaign.name),
            span,
            docs: String::new(),
            source: RecordSource::Done {
                campaign: campaign.name.node.clone(),
                rules: names,
                holder,
            },
            fields,
            key: Vec::new(),
            dated_by: Some(FieldId(1)),
            ahead: false,
        });
        self.members.push(members);
        RecordId(self.records.len() as u32 - 1)
    }
}
