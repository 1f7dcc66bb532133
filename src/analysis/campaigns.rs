//! Campaigns and their rules.

use super::calls::Caller;
use super::expressions::{is_unknown, unknown};
use super::known::Facts;
use super::literals::unit_kind;
use super::names::{Table, suggest};
use super::{Checker, KeyUse, Scope};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H, Purpose};
use crate::schema::{CampaignId, Day, DurationKind, Type, Value};
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

/// What a campaign is for, wherever in it that is said.
fn purpose_of(c: &ast::Campaign) -> Purpose {
    let said = c.items.iter().find_map(|i| match i {
        CampaignItem::Clause(clause) => match &clause.node {
            CampaignClause::Purpose(purpose) => Some(*purpose),
            _ => None,
        },
        CampaignItem::Rule(_) => None,
    });
    said.unwrap_or(Purpose::Promotion)
}

impl<'a> Checker<'a> {
    pub(super) fn check_campaigns(&mut self) {
        for (place, (d, c)) in self.campaign_declarations.clone().into_iter().enumerate() {
            self.campaign(CampaignId(place as u32), d, c);
        }
        self.purpose_around = Purpose::Promotion;
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

    fn campaign(&mut self, id: CampaignId, d: &'a ast::Declaration, c: &'a ast::Campaign) {
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
        self.purpose_around = purpose_of(c);
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for item in &c.items {
            if let CampaignItem::Clause(clause) = item {
                self.once_only(&mut seen, clause_word(&clause.node), clause.span);
                self.campaign_clause(id, clause, &mut campaign);
            }
        }
        self.clauses_without_effect(c, campaign.purpose);
        let mut names = Table::default();
        for (i, rule) in rules(c).enumerate() {
            if let Err(first) = names.insert(&rule.name, i as u32) {
                self.duplicate("a rule", &rule.name, first);
            }
            let typed = self.rule(rule, c, &campaign);
            campaign.rules.push(typed);
        }
        self.former_names(c);
        self.instead_of_cycles(c, &campaign);
        self.campaigns.push(campaign);
    }

    /// A service campaign holds nobody out; a safety campaign has no limits at all.
    fn clauses_without_effect(&mut self, c: &'a ast::Campaign, purpose: Purpose) {
        for item in &c.items {
            match item {
                CampaignItem::Clause(clause) => {
                    let what = match &clause.node {
                        CampaignClause::HoldOut(_) if purpose != Purpose::Promotion => "`hold out`",
                        CampaignClause::Budget(_) if purpose == Purpose::Safety => "a budget",
                        CampaignClause::AtMost(_) if purpose == Purpose::Safety => "`at most`",
                        _ => continue,
                    };
                    self.no_effect(clause.span, what, purpose);
                }
                CampaignItem::Rule(rule) if purpose == Purpose::Safety => {
                    for clause in &rule.clauses {
                        if matches!(clause.node, RuleClause::AtMost(_)) {
                            self.no_effect(clause.span, "`at most`", purpose);
                        }
                    }
                }
                CampaignItem::Rule(_) => {}
            }
        }
    }

    /// `formerly OLD`: an old name belongs to one rule, and to no rule of today.
    fn former_names(&mut self, c: &'a ast::Campaign) {
        let mut seen = Table::default();
        for rule in rules(c) {
            let Some(old) = &rule.formerly else { continue };
            if let Some(today) = rules(c).find(|r| r.name.node == old.node) {
                let message = if today.name.span == rule.name.span {
                    format!("`{old}` is what this rule is called today")
                } else {
                    format!("`{old}` is another rule of `{}`", c.name)
                };
                let d = Diagnostic::new(&codes::DUPLICATE_NAME, old.span, message)
                    .also(today.name.span, "this one")
                    .help("name what this rule was called before, or remove `formerly`");
                self.report(d);
            } else if let Err(first) = seen.insert(old, 0) {
                let d = Diagnostic::new(
                    &codes::DUPLICATE_NAME,
                    old.span,
                    format!("two rules say that they were called `{old}`"),
                )
                .label("the second")
                .also(first, "the first");
                self.report(d.help("what was done as it belongs to one of them; remove the other"));
            }
        }
    }

    /// Clauses that are said once.
    pub(super) fn once_only(
        &mut self,
        seen: &mut Vec<(&'static str, Span)>,
        word: &'static str,
        span: Span,
    ) {
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
        id: CampaignId,
        clause: &'a Spanned<CampaignClause>,
        campaign: &mut hir::Campaign,
    ) {
        let scope = Scope::of(campaign.record);
        match &clause.node {
            CampaignClause::Goal(t) => campaign.goal = Some(t.node.clone()),
            CampaignClause::Theme(t) => campaign.theme = Some(t.node.clone()),
            CampaignClause::Owner(t) => campaign.owner = Some(t.node.clone()),
            CampaignClause::Purpose(p) => campaign.purpose = *p,
            CampaignClause::Audience(e) => campaign.audience = Some(self.condition(e, scope)),
            CampaignClause::Runs { from, to } => campaign.runs = self.runs(from, to.as_ref()),
            CampaignClause::Budget(b) => {
                let budget = self.budget(b, clause.span, vec![id], scope);
                self.budgets.extend(budget);
            }
            CampaignClause::Priority(n) => campaign.priority = n.node,
            CampaignClause::HoldOut(share) => {
                let share = self.hundredths(share, "a holdout", &codes::INVALID_LIMIT);
                campaign.hold_out = share.unwrap_or_default();
            }
            CampaignClause::Favour { highest, value } => {
                let value = self.favoured(value, scope);
                let highest = *highest;
                campaign.favour = value.map(|value| hir::Favour { highest, value });
            }
            CampaignClause::AtMost(limit) => {
                self.no_purpose(limit);
                campaign.caps.extend(self.cap(limit, clause.span, scope));
            }
            CampaignClause::Measure { name, value } => {
                self.measure(name, value, campaign);
            }
        }
    }

    /// A value that puts subjects in an order.
    fn favoured(&mut self, e: &'a Expr, scope: Scope<'_>) -> Option<hir::Expr> {
        let value = self.expr(e, scope);
        let ordered = match value.ty.ty {
            Type::Unknown => return None,
            Type::Integer | Type::Number | Type::Percent | Type::Money(_) => true,
            Type::Date | Type::DateTime | Type::Time | Type::Duration(_) => true,
            Type::Enum(set) => self.enums[set.index()].ordered,
            Type::Text | Type::YesNo | Type::Reference(_) | Type::Message => false,
        };
        if ordered {
            return Some(value);
        }
        let is = self.describe(value.ty.ty);
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            e.span,
            format!("this is {is}, which is neither high nor low"),
        );
        self.report(
            d.help("favour by a number, money, a date or tiers, as in `favour highest spend_12m`"),
        );
        None
    }

    fn measure(&mut self, name: &'a Name, value: &'a Expr, campaign: &mut hir::Campaign) {
        let scope = Scope {
            treatment: true,
            ..Scope::of(campaign.record)
        };
        let value = self.expr(value, scope);
        let value = self.measurable(value);
        if let Some(first) = campaign.measures.iter().find(|m| m.name == name.node) {
            let first = first.span;
            return self.duplicate("a measure", name, first);
        }
        campaign.measures.push(hir::Measure {
            name: name.node.clone(),
            span: name.span,
            value,
        });
    }

    /// What can be compared between two groups: a rate or a mean.
    fn measurable(&mut self, value: hir::Expr) -> hir::Expr {
        let help = match value.ty.ty {
            Type::YesNo | Type::Integer | Type::Number | Type::Percent | Type::Money(_) => {
                return value;
            }
            Type::Unknown => return value,
            Type::Date | Type::DateTime => {
                "count the days, as in `days from treatment to …`, or compare it with a date"
            }
            Type::Duration(_) => "count the days, as in `days from treatment to …`",
            Type::Enum(_) => "ask for one of them, with `is` and its name after it",
            Type::Reference(_) => "write `is known` after it, or name one of its values",
            Type::Text | Type::Time | Type::Message => "compare it with something, or count rows",
        };
        let is = self.describe(value.ty.ty);
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            value.span,
            format!("a measure is yes or no, a number or money, and this is {is}"),
        );
        self.report(d.help(help));
        unknown(value.span)
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
            formerly: r.formerly.as_ref().map(|old| old.node.clone()),
            repeat: hir::Repeat::Once,
            caps: Vec::new(),
            arms: Vec::new(),
            thens: Vec::new(),
        };
        for clause in &r.clauses {
            self.rule_clause(clause, &mut rule, caller);
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
            RuleClause::AtMost(limit) => {
                self.no_purpose(limit);
                rule.caps.extend(self.cap(limit, clause.span, caller.scope));
            }
            RuleClause::Then(then) => self.then(then, clause.span, rule, caller),
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
        CampaignClause::Priority(_) => "priority",
        CampaignClause::HoldOut(_) => "hold out",
        CampaignClause::Favour { .. } => "favour",
        _ => "",
    }
}
