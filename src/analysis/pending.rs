//! What is understood, and not evaluated yet: checked where it can be, and answered by one diagnostic.

use super::expressions::{is_unknown, unknown};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir;
use crate::schema::Type;
use crate::source::Span;
use crate::syntax::ast::{AtMost, Budget, DeclarationKind, Expr, ExprKind as A, LimitScope, Name};

impl<'a> Checker<'a> {
    pub(super) fn pending(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::new(
                &codes::NOT_YET_EVALUATED,
                span,
                format!("{what} is understood but not evaluated yet"),
            )
            .help("remove it until then; nothing is left out silently"),
        );
    }

    pub(super) fn pending_expr(&mut self, e: &'a Expr, scope: Scope<'_>) -> hir::Expr {
        match &e.kind {
            A::Done { campaign, rule } => {
                self.known_rule(campaign, rule);
                self.pending(e.span, "`done`");
            }
            A::Moved { tiers, rose } => {
                let typed = self.expr(tiers, scope);
                let ordered = match typed.ty.ty {
                    Type::Enum(set) => self.enums[set.index()].ordered,
                    Type::Unknown => true,
                    _ => false,
                };
                let word = if *rose { "rose" } else { "fell" };
                if ordered {
                    self.pending(e.span, &format!("`{word}`"));
                } else {
                    let d = Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        typed.span,
                        format!("only tiers have levels, so nothing else {word}"),
                    );
                    self.report(d.help("name tiers of this record"));
                }
            }
            _ => {}
        }
        unknown(e.span)
    }

    pub(super) fn channel_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.channel_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.channel_names.names());
            let near = near.map(str::to_string);
            self.unknown("channel", name, near);
        }
        place
    }

    pub(super) fn campaign_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.campaign_names.get(name);
        if place.is_none() {
            let near = crate::diagnostic::nearest(name, self.campaign_names.names());
            let near = near.map(str::to_string);
            self.unknown("campaign", name, near);
        }
        place
    }

    /// `at most N …`
    pub(super) fn pending_at_most(&mut self, limit: &'a AtMost, span: Span, scope: Scope<'_>) {
        let before = self.diagnostics.len();
        self.whole_number(&limit.count, 0);
        if let Some(LimitScope::ForEach(e)) = &limit.scope {
            self.expr(e, scope);
        }
        if let Some(channel) = &limit.channel {
            self.channel_place(channel);
        }
        if self.diagnostics.len() == before {
            self.pending(span, "`at most`");
        }
    }

    pub(super) fn pending_budget(&mut self, budget: &'a Budget, span: Span, scope: Scope<'_>) {
        let before = self.diagnostics.len();
        for campaign in &budget.campaigns {
            self.campaign_place(campaign);
        }
        let amount = self.expr(&budget.amount, Scope::default());
        if !is_unknown(&amount) && !matches!(amount.ty.ty, Type::Money(_)) {
            let is = self.describe(amount.ty.ty);
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                amount.span,
                format!("a budget is money, and this is {is}"),
            );
            self.report(d.help("write it with its currency, as in `50_000 CNY`"));
        }
        if let Some(each) = &budget.for_each
            && scope.row.is_some()
        {
            self.expr(each, scope);
        }
        if self.diagnostics.len() == before {
            self.pending(span, "`budget`");
        }
    }

    /// Declarations that stand for themselves.
    pub(super) fn check_figures_and_limits(&mut self) {
        for d in self.declarations() {
            match &d.kind {
                DeclarationKind::Account(a) => self.pending(a.name.span, "an account of points"),
                DeclarationKind::Exclusive(x) => {
                    let before = self.diagnostics.len();
                    for c in &x.campaigns {
                        self.campaign_place(c);
                    }
                    if self.diagnostics.len() == before {
                        self.pending(d.span, "`exclusive`");
                    }
                }
                DeclarationKind::Budget(b) => self.pending_budget(b, d.span, Scope::default()),
                DeclarationKind::Pause(p) => {
                    let before = self.diagnostics.len();
                    if let Some(record) = self.record_named(&p.record) {
                        self.condition(&p.condition, Scope::of(record));
                    }
                    if self.diagnostics.len() == before {
                        self.pending(d.span, "`pause`");
                    }
                }
                DeclarationKind::HoldOut(_) => self.pending(d.span, "`hold out`"),
                _ => {}
            }
        }
    }
}
