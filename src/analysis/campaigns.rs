//! Campaigns and their rules.

use super::calls::Caller;
use super::expressions::{is_unknown, unknown};
use super::known::Facts;
use super::literals::unit_kind;
use super::names::{Table, suggest};
use super::{Checker, KeyUse, Scope};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H, Purpose};
use crate::schema::{CampaignId, Day, DurationKind, RecordId, Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{
    self, CampaignClause, CampaignItem, Expr, ExprKind as A, Name, RuleClause,
};

/// The rules of a campaign, in order.
pub(super) fn rules(c: &ast::Campaign) -> impl Iterator<Item = &ast::Rule> {
    c.items.iter().filter_map(|i| match i {
        CampaignItem::Rule(r) => Some(r),
        CampaignItem::Clause(_) => None,
    })
}

impl<'a> Checker<'a> {
    pub(super) fn check_campaigns(&mut self) {
        for (d, c) in self.campaign_declarations.clone() {
            self.campaign(d, c);
        }
    }

    /// A rule by its campaign's name and its own.
    pub(super) fn known_rule(
        &mut self,
        campaign: &Name,
        rule: &Name,
    ) -> Option<(CampaignId, usize)> {
        let place = self.campaign_place(campaign)?;
        let (_, c) = self.campaign_declarations[place as usize];
        if let Some(i) = rules(c).position(|r| r.name.node == rule.node) {
            return Some((CampaignId(place), i));
        }
        if !self.is_lost(rule) {
            let near = nearest(rule, rules(c).map(|r| r.name.as_str())).map(str::to_string);
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                rule.span,
                format!("`{campaign}` has no rule `{rule}`"),
            );
            self.report(suggest(d, rule.span, near.as_deref()));
        }
        None
    }

    fn campaign(&mut self, d: &'a ast::Declaration, c: &'a ast::Campaign) {
        let Some(record) = self.record_named(&c.record) else {
            return;
        };
        self.key_uses.push((record, c.record.span, KeyUse::Acting));
        let mut campaign = hir::Campaign {
            name: c.name.node.clone(),
            title: c.title.as_ref().map(|t| t.node.clone()),
            span: c.name.span,
            docs: d.docs.clone(),
            record,
            goal: None,
            theme: None,
            owner: None,
            purpose: Purpose::Promotion,
            audience: None,
            runs: None,
            priority: 0,
            hold_out: 0,
            favour: None,
            caps: Vec::new(),
            measures: Vec::new(),
            rules: Vec::new(),
        };
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for item in &c.items {
            if let CampaignItem::Clause(clause) = item {
                self.once_only(&mut seen, clause_word(&clause.node), clause.span);
                self.campaign_clause(clause, &mut campaign, record);
            }
        }
        let mut names = Table::default();
        for (i, rule) in rules(c).enumerate() {
            if let Err(first) = names.insert(&rule.name, i as u32) {
                self.duplicate("a rule", &rule.name, first);
            }
            let typed = self.rule(rule, c, &campaign);
            campaign.rules.push(typed);
        }
        self.instead_of_cycles(c, &campaign);
        self.campaigns.push(campaign);
    }

    /// Clauses that are said once.
    fn once_only(&mut self, seen: &mut Vec<(&'static str, Span)>, word: &'static str, span: Span) {
        if word.is_empty() {
            return;
        }
        if let Some((_, first)) = seen.iter().find(|(w, _)| *w == word) {
            let d = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                span,
                format!("`{word}` is said twice here"),
            )
            .label("the second")
            .also(*first, "the first");
            self.report(d.help("keep one of them, or join them into one"));
        }
        seen.push((word, span));
    }

    fn campaign_clause(
        &mut self,
        clause: &'a Spanned<CampaignClause>,
        campaign: &mut hir::Campaign,
        record: RecordId,
    ) {
        let scope = Scope::of(record);
        match &clause.node {
            CampaignClause::Goal(t) => campaign.goal = Some(t.node.clone()),
            CampaignClause::Theme(t) => campaign.theme = Some(t.node.clone()),
            CampaignClause::Owner(t) => campaign.owner = Some(t.node.clone()),
            CampaignClause::Purpose(p) => campaign.purpose = *p,
            CampaignClause::Audience(e) => campaign.audience = Some(self.condition(e, scope)),
            CampaignClause::Runs { from, to } => campaign.runs = self.runs(from, to.as_ref()),
            CampaignClause::Budget(b) => self.pending_budget(b, clause.span, scope),
            CampaignClause::Priority(_) => self.pending(clause.span, "`priority`"),
            CampaignClause::HoldOut(_) => self.pending(clause.span, "`hold out`"),
            CampaignClause::Favour { value, .. } => {
                if !is_unknown(&self.expr(value, scope)) {
                    self.pending(clause.span, "`favour`");
                }
            }
            CampaignClause::AtMost(limit) => self.pending_at_most(limit, clause.span, scope),
            // `treatment` has a meaning in it that no expression has elsewhere yet.
            CampaignClause::Measure { .. } => self.pending(clause.span, "`measure`"),
        }
    }

    fn runs(&mut self, from: &'a Expr, to: Option<&'a Expr>) -> Option<(Day, Option<Day>)> {
        let from_day = self.literal_day(from);
        let to_day = to.map(|e| self.literal_day(e));
        let start = from_day?;
        match to_day {
            None => Some((start, None)),
            Some(end) => {
                let end = end?;
                if end < start {
                    let span = to.map_or(from.span, |e| e.span);
                    let d = Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        span,
                        "the campaign ends before it begins",
                    )
                    .also(from.span, "it begins here");
                    self.report(d.help("write the earlier day first"));
                }
                Some((start, Some(end)))
            }
        }
    }

    pub(super) fn literal_day(&mut self, e: &'a Expr) -> Option<Day> {
        match self.literal(e, Type::Date)? {
            Value::Date(d) => Some(d),
            _ => None,
        }
    }

    fn rule(
        &mut self,
        r: &'a ast::Rule,
        c: &'a ast::Campaign,
        campaign: &hir::Campaign,
    ) -> hir::Rule {
        let record = campaign.record;
        let base = Scope {
            rule: true,
            ..Scope::of(record)
        };
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for clause in &r.clauses {
            let word = match clause.node {
                RuleClause::When(_) => "when",
                RuleClause::Because(_) => "because",
                RuleClause::Repeat(_) => "once",
                _ => "",
            };
            self.once_only(&mut seen, word, clause.span);
        }
        let when = r.clauses.iter().find_map(|cl| match &cl.node {
            RuleClause::When(e) => Some(self.condition(e, base)),
            _ => None,
        });
        let step = when.as_ref().and_then(reminder);
        let mut facts = Facts::default();
        for condition in campaign.audience.iter().chain(&when) {
            facts = facts.also(&self.facts(condition));
        }
        let caller = Caller {
            scope: Scope {
                step: step.as_ref(),
                ..base
            },
            record,
            facts: &facts,
        };
        let mut rule = hir::Rule {
            name: r.name.node.clone(),
            title: r.title.as_ref().map(|t| t.node.clone()),
            span: r.name.span,
            docs: r.docs.clone(),
            because: None,
            when,
            instead_of: self.instead_of(r, c),
            formerly: None,
            repeat: hir::Repeat::Once,
            caps: Vec::new(),
            arms: Vec::new(),
            thens: Vec::new(),
        };
        for clause in &r.clauses {
            self.rule_clause(clause, &mut rule, caller);
        }
        if let Some(old) = &r.formerly {
            self.pending(old.span, "`formerly`");
        }
        rule
    }

    fn rule_clause(
        &mut self,
        clause: &'a Spanned<RuleClause>,
        rule: &mut hir::Rule,
        caller: Caller<'_>,
    ) {
        match &clause.node {
            RuleClause::Because(t) => rule.because = Some(t.node.clone()),
            RuleClause::When(_) => {}
            RuleClause::Repeat(repeat) => {
                if let Some(repeat) = self.repeat(repeat, caller) {
                    rule.repeat = repeat;
                }
            }
            RuleClause::AtMost(limit) => self.pending_at_most(limit, clause.span, caller.scope),
            RuleClause::Then(then) => {
                let calls = match then {
                    ast::Then::Actions(calls) => calls.iter().collect::<Vec<_>>(),
                    ast::Then::FirstReachable(calls) => {
                        self.pending(clause.span, "`first reachable of`");
                        calls.iter().collect()
                    }
                    ast::Then::Split(arms) => {
                        self.pending(clause.span, "`split`");
                        arms.iter().flat_map(|a| &a.calls).collect()
                    }
                };
                let calls = calls
                    .into_iter()
                    .filter_map(|call| self.action_call(call, caller))
                    .collect();
                rule.thens.push(hir::Then {
                    span: clause.span,
                    arm: None,
                    choice: hir::Choice::All,
                    calls,
                });
            }
        }
    }

    fn repeat(&mut self, repeat: &'a ast::Repeat, caller: Caller<'_>) -> Option<hir::Repeat> {
        Some(match repeat {
            ast::Repeat::Once => hir::Repeat::Once,
            ast::Repeat::OncePerCalendar(unit) => hir::Repeat::OncePerCalendar(*unit),
            ast::Repeat::OncePer(list) => hir::Repeat::OncePer(self.per(list, caller)),
            ast::Repeat::OnceFor { path, per } => {
                let row = self.expr(path, caller.scope);
                if !matches!(row.ty.ty, Type::Reference(_) | Type::Unknown) {
                    let is = self.describe(row.ty.ty);
                    let d = Diagnostic::new(
                        &codes::WRONG_RECORD,
                        path.span,
                        format!("`once for` counts by a row, and this is {is}"),
                    );
                    self.report(d.help("name a reference, or write `once per` for a value"));
                    return None;
                }
                let third = "count by the subject";
                self.must_be_known(&row, caller.facts, "what `once for` counts by", third);
                hir::Repeat::OnceFor {
                    path: row,
                    per: self.per(per, caller),
                }
            }
            ast::Repeat::AgainAfter(e) => self.again_after(e)?,
        })
    }

    fn per(&mut self, list: &'a [Expr], caller: Caller<'_>) -> Vec<hir::Expr> {
        list.iter()
            .map(|e| {
                let value = self.expr(e, caller.scope);
                if !is_unknown(&value) {
                    let third = "leave it out of `once per`";
                    self.must_be_known(&value, caller.facts, "a value of `once per`", third);
                }
                value
            })
            .collect()
    }

    fn again_after(&mut self, e: &'a Expr) -> Option<hir::Repeat> {
        if let A::Duration(n, unit) = &e.kind {
            let (kind, factor) = unit_kind(*unit);
            if kind != DurationKind::Minutes && (1..=36_600).contains(n) {
                return Some(hir::Repeat::AgainAfter(kind, n * factor));
            }
        }
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            e.span,
            "`again after` takes a number of days or longer",
        );
        self.report(d.help("write it out, as in `again after 30 days`"));
        None
    }

    fn instead_of(&mut self, r: &'a ast::Rule, c: &'a ast::Campaign) -> Vec<usize> {
        let mut places = Vec::new();
        for name in &r.instead_of {
            if let Some(i) = rules(c).position(|other| other.name.node == name.node) {
                places.push(i);
                continue;
            }
            if self.is_lost(name) {
                continue;
            }
            let d = Diagnostic::new(
                &codes::DANGLING_INSTEAD_OF,
                name.span,
                format!("`{}` has no rule `{name}` to stand in for", c.name),
            );
            let others = rules(c)
                .map(|o| o.name.as_str())
                .filter(|n| *n != r.name.node);
            let near = nearest(name, others);
            let elsewhere = self
                .campaign_declarations
                .iter()
                .find(|(_, other)| rules(other).any(|o| o.name.node == name.node));
            let d = match elsewhere {
                Some((_, other)) if near.is_none() => d.help(format!(
                    "`{name}` is a rule of `{}`; `instead of` works within one campaign",
                    other.name
                )),
                _ => suggest(d, name.span, near),
            };
            self.report(d.help_opt(Some("name a rule of this campaign, or remove it".into())));
        }
        places
    }

    /// Rules that replace one another in a circle; each circle said once.
    fn instead_of_cycles(&mut self, c: &'a ast::Campaign, campaign: &hir::Campaign) {
        let names: Vec<&Name> = rules(c).map(|r| &r.name).collect();
        let mut said = vec![false; names.len()];
        let mut starts: Vec<usize> = (0..names.len()).collect();
        starts.sort_by_key(|i| &names[*i].node);
        for start in starts {
            if said[start] {
                continue;
            }
            let Some(cycle) = circle(start, &campaign.rules) else {
                continue;
            };
            for i in &cycle {
                said[*i] = true;
            }
            let path: Vec<String> = cycle
                .iter()
                .chain(cycle.first())
                .map(|i| format!("`{}`", names[*i]))
                .collect();
            let d = Diagnostic::new(
                &codes::CYCLIC_DEFINITION,
                names[start].span,
                format!(
                    "rules stand in for one another: {}",
                    path.join(" instead of ")
                ),
            );
            self.report(d.help("remove `instead of` from one of them"));
        }
    }
}

/// A way from a rule back to itself through `instead_of`, breadth first.
fn circle(start: usize, rules: &[hir::Rule]) -> Option<Vec<usize>> {
    let mut from = vec![usize::MAX; rules.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(i) = queue.pop_front() {
        for &next in &rules[i].instead_of {
            if next == start {
                let mut path = vec![i];
                let mut at = i;
                while at != start {
                    at = from[at];
                    path.push(at);
                }
                path.reverse();
                return Some(path);
            }
            if from[next] == usize::MAX {
                from[next] = i;
                queue.push_back(next);
            }
        }
    }
    None
}

/// The one reminder among the conditions that must all hold. A condition with a mistake is taken for one.
fn reminder(when: &hir::Expr) -> Option<hir::Expr> {
    if is_unknown(when) {
        return Some(unknown(when.span));
    }
    let parts: &[hir::Expr] = match &when.kind {
        H::And(list) => list,
        _ => std::slice::from_ref(when),
    };
    if parts.iter().any(is_unknown) {
        return Some(unknown(when.span));
    }
    let mut found = parts
        .iter()
        .filter(|p| matches!(p.kind, H::Reminder { .. }));
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

/// The word of a clause that a campaign has once.
fn clause_word(clause: &CampaignClause) -> &'static str {
    match clause {
        CampaignClause::Goal(_) => "goal",
        CampaignClause::Theme(_) => "theme",
        CampaignClause::Owner(_) => "owner",
        CampaignClause::Purpose(_) => "purpose",
        CampaignClause::Audience(_) => "audience",
        CampaignClause::Runs { .. } => "runs",
        _ => "",
    }
}
