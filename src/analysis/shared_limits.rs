//! Limits at the top level: what several campaigns, or all of them, have to keep.

use super::limits::wanted;
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, Purpose};
use crate::schema::{CampaignId, RecordId};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind, Name};

impl<'a> Checker<'a> {
    /// After the campaigns, whose priorities and purposes they look at.
    pub(super) fn check_shared_limits(&mut self) {
        let mut seen = Vec::new();
        for d in self.declarations() {
            match &d.kind {
                DeclarationKind::Exclusive(x) => self.exclusive(x, d.span),
                DeclarationKind::Budget(b) => self.shared_budget(b, d.span),
                DeclarationKind::SharedCap(limit) => self.shared_cap(limit, d.span),
                DeclarationKind::Pause(p) => self.pause(p, d.span),
                DeclarationKind::HoldOut(share) => {
                    self.once_only(&mut seen, "hold out", d.span);
                    let share = self.hundredths(share, "a holdout", &codes::INVALID_LIMIT);
                    self.hold_out = share.unwrap_or_default();
                }
                _ => {}
            }
        }
        self.order_limits();
    }

    /// Independent of the order of declarations and files.
    fn order_limits(&mut self) {
        let names: Vec<String> = self.campaigns.iter().map(|c| c.name.clone()).collect();
        let name = |c: &CampaignId| names.get(c.index()).cloned().unwrap_or_default();
        let by_names = |list: &[CampaignId]| list.iter().map(name).collect::<Vec<_>>();
        for budget in &mut self.budgets {
            budget.campaigns.sort_by_key(&name);
        }
        for shared in &mut self.shared_caps {
            shared.campaigns.sort_by_key(&name);
        }
        for exclusive in &mut self.exclusives {
            exclusive.campaigns.sort_by_key(&name);
        }
        let sources = self.sources;
        self.budgets
            .sort_by_key(|b| (by_names(&b.campaigns), sources.slice(b.span).to_string()));
        self.shared_caps.sort_by_key(|s| {
            let text = sources.slice(s.cap.span).to_string();
            (by_names(&s.campaigns), text)
        });
        self.exclusives
            .sort_by_key(|x| (by_names(&x.campaigns), sources.slice(x.span).to_string()));
        self.pauses
            .sort_by_key(|p| sources.slice(p.span).to_string());
    }

    /// The campaigns of a list, each once; `None` where one of them is a mistake.
    fn campaign_list(&mut self, names: &'a [Name]) -> Option<Vec<CampaignId>> {
        let mut found: Vec<(CampaignId, Span)> = Vec::new();
        let mut complete = true;
        for name in names {
            let Some(place) = self.campaign_place(name) else {
                complete = false;
                continue;
            };
            let id = CampaignId(place);
            if let Some((_, first)) = found.iter().find(|(c, _)| *c == id) {
                let d = Diagnostic::new(
                    &codes::DUPLICATE_NAME,
                    name.span,
                    format!("`{name}` is named twice here"),
                )
                .label("the second")
                .also(*first, "the first");
                self.report(d.help("remove one of them"));
                complete = false;
                continue;
            }
            found.push((id, name.span));
        }
        complete.then(|| found.into_iter().map(|(c, _)| c).collect())
    }

    /// The typed campaign; none where its head has a mistake.
    pub(super) fn typed_campaign(&self, id: CampaignId) -> Option<&hir::Campaign> {
        let (_, declared) = self.campaign_declarations[id.index()];
        let name = &declared.name.node;
        self.campaigns.iter().find(|c| c.name == *name)
    }

    /// Safety campaigns keep no limit, so naming one in a limit is a mistake.
    fn no_safety(&mut self, names: &'a [Name], list: &[CampaignId], what: &str) {
        for (name, id) in names.iter().zip(list) {
            if self
                .typed_campaign(*id)
                .is_some_and(|c| c.purpose == Purpose::Safety)
            {
                self.no_effect(name.span, what, Purpose::Safety);
            }
        }
    }

    /// What a purpose leaves out, said where it is asked for.
    pub(super) fn no_effect(&mut self, span: Span, what: &str, purpose: Purpose) {
        let word = match purpose {
            Purpose::Promotion => "promotion",
            Purpose::Service => "service",
            Purpose::Safety => "safety",
        };
        let d = Diagnostic::new(
            &codes::INVALID_LIMIT,
            span,
            format!("{what} has no effect in a `{word}` campaign"),
        );
        self.report(d.help(format!(
            "remove it here, or the campaign's `purpose {word}`"
        )));
    }

    fn exclusive(&mut self, x: &'a ast::Exclusive, span: Span) {
        let Some(campaigns) = self.campaign_list(&x.campaigns) else {
            return;
        };
        if campaigns.len() < 2 {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                span,
                "one campaign alone excludes nothing",
            );
            self.report(d.help("name at least two, as in `exclusive (spring_sale, vip_week)`"));
            return;
        }
        self.no_safety(&x.campaigns, &campaigns, "`exclusive`");
        let priorities: Option<Vec<i64>> = campaigns
            .iter()
            .map(|c| Some(self.typed_campaign(*c)?.priority))
            .collect();
        let Some(priorities) = priorities else {
            return;
        };
        for (i, priority) in priorities.iter().enumerate() {
            let Some(first) = priorities[..i].iter().position(|p| p == priority) else {
                continue;
            };
            let (a, b) = (&x.campaigns[first], &x.campaigns[i]);
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                b.span,
                format!(
                    "`{a}` and `{b}` exclude one another and have the same priority, {priority}"
                ),
            )
            .also(a.span, "nothing says which of the two comes first")
            .help(format!(
                "write `priority` in one of them, as in `priority {}`; the highest comes first",
                priority.saturating_add(1)
            ));
            self.report(d);
        }
        let period = x.period.as_ref().map(|p| self.period(p));
        let Some(period) = wanted(period) else {
            return;
        };
        self.exclusives.push(hir::Exclusive {
            span,
            campaigns,
            period,
        });
    }

    fn shared_budget(&mut self, b: &'a ast::Budget, span: Span) {
        let campaigns = self.campaign_list(&b.campaigns);
        let list = campaigns.as_deref().unwrap_or_default();
        if !list.is_empty() {
            self.no_safety(&b.campaigns, list, "a budget");
        }
        let scope = match &b.for_each {
            Some(e) => self.common_record(&b.campaigns, list, e.span),
            None => None,
        };
        let scope = scope.map(Scope::of).unwrap_or_default();
        let budget = self.budget(b, span, campaigns.clone().unwrap_or_default(), scope);
        if campaigns.is_some() {
            self.budgets.extend(budget);
        }
    }

    /// `at most (a, b) N …`
    fn shared_cap(&mut self, limit: &'a ast::AtMost, span: Span) {
        self.no_purpose(limit);
        let campaigns = self.campaign_list(&limit.campaigns);
        let list = campaigns.as_deref().unwrap_or_default();
        if !list.is_empty() {
            self.no_safety(&limit.campaigns, list, "`at most`");
        }
        let scope = match &limit.scope {
            Some(ast::LimitScope::ForEach(e)) => {
                let common = self.common_record(&limit.campaigns, list, e.span);
                let Some(record) = common else { return };
                Scope::of(record)
            }
            _ => Scope::default(),
        };
        let cap = self.cap(limit, span, scope);
        if let (Some(campaigns), Some(cap)) = (campaigns, cap) {
            self.shared_caps.push(hir::SharedCap { campaigns, cap });
        }
    }

    /// The one record that all of the campaigns are about.
    fn common_record(
        &mut self,
        names: &'a [Name],
        list: &[CampaignId],
        each: Span,
    ) -> Option<RecordId> {
        let records: Vec<RecordId> = list
            .iter()
            .map(|c| Some(self.typed_campaign(*c)?.record))
            .collect::<Option<_>>()?;
        let first = *records.first()?;
        let Some(other) = records.iter().position(|r| *r != first) else {
            return Some(first);
        };
        let own = |r: RecordId| self.record_name(r).to_string();
        let (a, b) = (own(first), own(records[other]));
        let d = Diagnostic::new(
            &codes::WRONG_RECORD,
            each,
            "`for each` takes campaigns that are about the same record",
        )
        .also(names[0].span, format!("this is about a `{a}`"))
        .also(names[other].span, format!("this is about a `{b}`"))
        .help("give each of them a limit of its own, or leave `for each` out");
        self.report(d);
        None
    }

    fn pause(&mut self, p: &'a ast::Pause, span: Span) {
        if p.purpose.node != Purpose::Promotion {
            let d = Diagnostic::new(
                &codes::INVALID_LIMIT,
                p.purpose.span,
                "only promotion can be paused: service and safety go out all the same",
            );
            self.report(d.help("write `pause promotion for …`"));
        }
        let Some(record) = self.record_named(&p.record) else {
            return;
        };
        let condition = self.condition(&p.condition, Scope::of(record));
        self.pauses.push(hir::Pause {
            span,
            record,
            condition,
        });
    }
}
