//! What follows `then`: actions, the first reachable of them, or arms that share the subjects.

use super::Checker;
use super::calls::Caller;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, Choice};
use crate::schema::{Decimal, Value};
use crate::source::Span;
use crate::syntax::ast::{self, Then};

/// The whole, in hundredths of a percent.
const WHOLE: u64 = 10_000;

impl<'a> Checker<'a> {
    pub(super) fn then(
        &mut self,
        then: &'a Then,
        span: Span,
        rule: &mut hir::Rule,
        caller: Caller<'_>,
    ) {
        let (choice, calls) = match then {
            Then::Actions(calls) => (Choice::All, self.calls(calls, caller)),
            Then::FirstReachable(calls) => {
                let typed = self.calls(calls, caller);
                self.first_reachable(calls, &typed, span);
                (Choice::FirstReachable, typed)
            }
            Then::Split(arms) => return self.split(arms, span, rule, caller),
        };
        rule.thens.push(hir::Then {
            span,
            arm: None,
            choice,
            calls,
        });
    }

    fn calls(&mut self, calls: &'a [ast::ActionCall], caller: Caller<'_>) -> Vec<hir::ActionCall> {
        calls
            .iter()
            .filter_map(|call| self.action_call(call, caller))
            .collect()
    }

    /// Each goes to one row, or all to the same rows; and each but the last can fail to reach them.
    fn first_reachable(
        &mut self,
        calls: &'a [ast::ActionCall],
        typed: &[hir::ActionCall],
        span: Span,
    ) {
        if calls.is_empty() {
            let d = Diagnostic::new(
                &codes::INVALID_CHOICE,
                span,
                "there is no action here to choose from",
            );
            self.report(d.help("name the actions, the best one first: `sms(…) mail(…)`"));
        }
        if calls.len() != typed.len() {
            return;
        }
        let Some((_, others)) = calls.split_first() else {
            return;
        };
        let each = |c: &&ast::ActionCall| matches!(c.target, Some(ast::Target::ToEach { .. }));
        if let Some(each) = calls.iter().find(each) {
            let to_each = self.written_target(each);
            let other = calls.iter().find(|c| self.written_target(c) != to_each);
            if let Some(other) = other {
                let d = Diagnostic::new(
                    &codes::INVALID_CHOICE,
                    other.span,
                    "where one action of `first reachable of` goes `to each`, all go to the same",
                )
                .also(each.span, "this one goes to many");
                let to_each = to_each.unwrap_or_default();
                let to_each = to_each.trim_end_matches(" where ");
                self.report(d.help(format!(
                    "write the same `to {to_each}` after each, or a rule of its own for the others"
                )));
                return;
            }
        }
        for (call, next) in typed.iter().zip(others) {
            let Some(Some(action)) = self.actions.get(call.action.index()) else {
                continue;
            };
            if action.channel.is_none() {
                let d = Diagnostic::new(
                    &codes::INVALID_CHOICE,
                    next.span,
                    format!(
                        "this is never done: `{}` before it has no channel, and so reaches everyone",
                        action.name
                    ),
                )
                .also(call.span, "always done");
                self.report(
                    d.help("put the action without a channel last, or remove what follows it"),
                );
                return;
            }
        }
    }

    /// The path to a call's target as it is written; `None` for the subject.
    fn written_target(&self, call: &ast::ActionCall) -> Option<String> {
        match call.target.as_ref()? {
            ast::Target::To(e) => Some(self.spaced(e.span)),
            ast::Target::ToEach { path, filter } => {
                let filter = filter.as_ref().map(|f| self.spaced(f.span));
                let path = self.spaced(path.span);
                Some(format!("each {path} where {}", filter.unwrap_or_default()))
            }
        }
    }

    fn split(
        &mut self,
        arms: &'a [ast::Arm],
        span: Span,
        rule: &mut hir::Rule,
        caller: Caller<'_>,
    ) {
        if let Some(first) = rule.arms.first() {
            let d = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                span,
                "a rule has one `split`, so that each subject has one variant",
            )
            .label("the second")
            .also(first.span, "the first begins here");
            self.report(d.help("join them into one, or make two rules of it"));
            for arm in arms {
                self.calls(&arm.calls, caller);
            }
            return;
        }
        self.arm_names(arms);
        let shares: Vec<Option<u32>> = arms
            .iter()
            .map(|a| self.hundredths(&a.share, "a share", &codes::INVALID_CHOICE))
            .collect();
        if let Some(shares) = shares.iter().copied().collect::<Option<Vec<u32>>>() {
            self.sum_of_shares(shares.iter().map(|s| u64::from(*s)).sum(), span);
        }
        for (i, (arm, share)) in arms.iter().zip(shares).enumerate() {
            rule.arms.push(hir::Arm {
                span: arm.span,
                name: arm.name.as_ref().map(|n| n.node.clone()),
                share: share.unwrap_or_default(),
            });
            let calls = self.calls(&arm.calls, caller);
            if arm.name.is_some() {
                rule.thens.push(hir::Then {
                    span: arm.span,
                    arm: Some(i),
                    choice: Choice::All,
                    calls,
                });
            }
        }
    }

    fn arm_names(&mut self, arms: &'a [ast::Arm]) {
        for (i, arm) in arms.iter().enumerate() {
            let name = |a: &ast::Arm| a.name.as_ref().map(|n| n.node.clone());
            let Some(first) = arms[..i].iter().find(|a| name(a) == name(arm)) else {
                continue;
            };
            match &arm.name {
                Some(name) => {
                    let first = first.name.as_ref().map_or(first.span, |n| n.span);
                    self.duplicate("an arm", name, first);
                }
                None => {
                    let d = Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        arm.span,
                        "`nothing` is said twice here",
                    )
                    .label("the second")
                    .also(first.span, "the first");
                    self.report(d.help("add their shares up in one of them"));
                }
            }
        }
    }

    fn sum_of_shares(&mut self, sum: u64, span: Span) {
        if sum == WHOLE {
            return;
        }
        let help = match WHOLE.checked_sub(sum) {
            Some(rest) => format!("add `{} nothing`, or more to an arm", percent(rest)),
            None => "take from an arm what is too much".to_string(),
        };
        let sum = percent(sum);
        let d = Diagnostic::new(
            &codes::INVALID_CHOICE,
            span,
            format!("the shares of a split make 100% together, and these make {sum}"),
        );
        self.report(d.help(help));
    }
}

/// Hundredths of a percent as a percentage.
fn percent(hundredths: u64) -> String {
    let share = Decimal(i128::from(hundredths) * 100_000);
    Value::Percent(share).plain().unwrap_or_default()
}
