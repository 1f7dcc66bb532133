//! What follows `then`: actions with their arguments and targets, and the messages in them.

use super::expressions::{Beside, is_unknown, literal, unknown};
use super::known::{Facts, path_of};
use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H};
use crate::schema::{ActionId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Argument, Name};

/// What a rule offers to its actions.
#[derive(Clone, Copy)]
pub(super) struct Caller<'s> {
    pub scope: Scope<'s>,
    pub record: RecordId,
    /// What the rule's condition proves of the subject.
    pub facts: &'s Facts,
}

impl<'a> Checker<'a> {
    pub(super) fn action_place(&mut self, name: &Name) -> Option<u32> {
        let place = self.action_names.get(name);
        if place.is_none() {
            let near = nearest(name, self.action_names.names()).map(str::to_string);
            let count = self.diagnostics.len();
            self.unknown("action", name, near);
            if self.message_names.get(name).is_some()
                && let Some(d) = self.diagnostics.get_mut(count)
            {
                d.help = Some(format!(
                    "`{name}` is a message; give it to an action, as in `send_email({name}(…))`"
                ));
                d.fix = None;
            }
        }
        place
    }

    pub(super) fn action_call(
        &mut self,
        call: &'a ast::ActionCall,
        caller: Caller<'_>,
    ) -> Option<hir::ActionCall> {
        let Some(place) = self.action_place(&call.action) else {
            // Names in the arguments are still looked up.
            if let Some(target) = &call.target {
                self.target(target, None, caller);
            }
            return None;
        };
        let Some(Some(action)) = self.actions.get(place as usize).cloned() else {
            return None;
        };
        let target = match &call.target {
            Some(target) => self.target(target, Some(&action), caller),
            None => {
                self.subject_as_target(call, &action, caller);
                Some((hir::Target::Subject, caller.facts.clone()))
            }
        };
        let mut facts = target
            .as_ref()
            .map(|(_, facts)| facts.clone())
            .unwrap_or_default();
        if let Some(channel) = action.channel
            && let Some(Some(channel)) = self.channels.get(channel.index()).cloned()
        {
            for condition in channel.needs.iter().chain(&channel.consent) {
                facts = facts.also(&self.facts(condition));
            }
        }
        let to_subject = matches!(target, Some((hir::Target::Subject, _)));
        let subject_facts = if to_subject {
            facts.clone()
        } else {
            caller.facts.clone()
        };
        let caller = Caller {
            facts: &subject_facts,
            ..caller
        };
        let arguments = self.arguments(
            &call.action,
            &call.arguments,
            &action.parameters,
            caller,
            Some((action.record, &facts)),
            call.span,
        );
        Some(hir::ActionCall {
            span: call.span,
            action: ActionId(place),
            arguments,
            target: target?.0,
        })
    }

    fn subject_as_target(
        &mut self,
        call: &ast::ActionCall,
        action: &hir::Action,
        caller: Caller<'_>,
    ) {
        if action.record == caller.record {
            return;
        }
        let (is, need) = (
            self.record_name(caller.record).to_string(),
            self.record_name(action.record).to_string(),
        );
        self.report(
            Diagnostic::new(
                &codes::WRONG_RECORD,
                call.action.span,
                format!(
                    "`{}` is for a `{need}`, and this rule is about a `{is}`",
                    action.name
                ),
            )
            .help(format!(
                "write `to` and a path that leads to a `{need}` after the action"
            )),
        );
    }

    fn target(
        &mut self,
        target: &'a ast::Target,
        action: Option<&hir::Action>,
        caller: Caller<'_>,
    ) -> Option<(hir::Target, Facts)> {
        match target {
            ast::Target::To(e) => {
                let to = self.expr(e, caller.scope);
                if is_unknown(&to) {
                    return None;
                }
                let Type::Reference(record) = to.ty.ty else {
                    let is = self.describe(to.ty.ty);
                    let d = Diagnostic::new(
                        &codes::WRONG_RECORD,
                        e.span,
                        format!("an action goes to a row, and this is {is}"),
                    );
                    self.report(d.help("name a reference, as in `to referred_by`"));
                    return None;
                };
                self.right_record(action, record, e.span)?;
                self.must_be_known(&to, caller.facts, "a target", "give it to the subject");
                let facts = match path_of(&to, "") {
                    Some(path) => caller.facts.below(&path),
                    None if matches!(to.kind, H::Row) => caller.facts.clone(),
                    None => Facts::default(),
                };
                Some((hir::Target::To(to), facts))
            }
            ast::Target::ToEach { path, filter } => {
                let found = self.many_path(path, caller.scope);
                let (many, rest) = found?;
                let inner = caller.scope.inside(many.record);
                let filter = filter.as_ref().map(|f| self.condition(f, inner));
                if let Some(name) = rest.first() {
                    let d = Diagnostic::new(
                        &codes::NO_LIST,
                        name.span,
                        "`to each` goes to the rows of a list, not to a value of them",
                    );
                    self.report(d.help("end the path at the field declared with `many`"));
                    return None;
                }
                self.right_record(action, many.record, path.span)?;
                let facts = filter.as_ref().map(|f| self.facts(f)).unwrap_or_default();
                Some((hir::Target::ToEach { many, filter }, facts))
            }
        }
    }

    fn right_record(
        &mut self,
        action: Option<&hir::Action>,
        record: RecordId,
        span: Span,
    ) -> Option<()> {
        let action = action?;
        if action.record == record {
            return Some(());
        }
        let (is, need) = (
            self.record_name(record).to_string(),
            self.record_name(action.record).to_string(),
        );
        self.report(
            Diagnostic::new(
                &codes::WRONG_RECORD,
                span,
                format!(
                    "`{}` is for a `{need}`, and this leads to a `{is}`",
                    action.name
                ),
            )
            .help(format!(
                "name a path that leads to a `{need}`, or an action for a `{is}`"
            )),
        );
        None
    }

    /// Arguments by place. `target`: the record and facts of the row that messages are rendered for.
    pub(super) fn arguments(
        &mut self,
        owner: &Name,
        arguments: &'a [Argument],
        parameters: &[hir::Parameter],
        caller: Caller<'_>,
        target: Option<(RecordId, &Facts)>,
        span: Span,
    ) -> Vec<Option<hir::Expr>> {
        let bound = self.bind(owner, arguments, parameters);
        let complete = bound.complete;
        let mut out = Vec::new();
        for (p, argument) in parameters.iter().zip(bound.places) {
            let Some(argument) = argument else {
                if p.default.is_none() && !p.ty.optional && complete {
                    self.missing_argument(owner, p, span);
                }
                out.push(p.default.clone().map(|v| literal(v, span)));
                continue;
            };
            let value = self.argument(argument, p, caller, target);
            if !is_unknown(&value) {
                let place = format!("`{}`", p.name);
                if !p.ty.optional {
                    let third = format!("make `{}` optional in `{owner}`", p.name);
                    self.must_be_known(&value, caller.facts, &place, &third);
                } else if matches!(value.kind, H::Template(_)) {
                    // Its placeholders must be known, though the text itself is optional.
                    self.must_be_known(&value, caller.facts, &place, "");
                }
            }
            out.push(Some(value));
        }
        out
    }

    fn missing_argument(&mut self, owner: &Name, p: &hir::Parameter, span: Span) {
        let is = self.describe(p.ty.ty);
        self.report(
            Diagnostic::new(
                &codes::WRONG_ARGUMENTS,
                span,
                format!("`{owner}` needs `{}`, which is not given", p.name),
            )
            .also(p.span, "declared here")
            .help(format!("add `{}: …`, {is}", p.name)),
        );
    }

    fn bind(
        &mut self,
        owner: &Name,
        arguments: &'a [Argument],
        parameters: &[hir::Parameter],
    ) -> Bound<'a> {
        let mut bound = Bound {
            places: vec![None; parameters.len()],
            complete: true,
        };
        let mut next = 0;
        for argument in arguments {
            let place = match &argument.name {
                None => {
                    next += 1;
                    Some(next - 1).filter(|p| *p < parameters.len())
                }
                Some(name) => parameters.iter().position(|p| p.name == name.node),
            };
            let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
            if let Some(d) = named_by_equals(argument, parameters) {
                bound.complete = false;
                self.report(d);
                continue;
            }
            let d = match (place, &argument.name) {
                (Some(place), _) if bound.places[place].is_none() => {
                    bound.places[place] = Some(argument);
                    continue;
                }
                (Some(place), _) => Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    argument.span,
                    format!("`{}` is given twice", names[place]),
                )
                .help("remove one of them"),
                (None, Some(name)) => super::names::suggest(
                    Diagnostic::new(
                        &codes::WRONG_ARGUMENTS,
                        name.span,
                        format!("`{owner}` has no `{name}`"),
                    ),
                    name.span,
                    nearest(name, names.iter().copied()),
                )
                .help_opt(Some(format!("it takes {}", super::names::list(names)))),
                (None, None) => Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    argument.span,
                    format!("`{owner}` does not take so many values"),
                )
                .help(format!("it takes {}", super::names::list(names))),
            };
            // A misnamed one may be the one that is wanting.
            bound.complete = false;
            self.report(d);
        }
        bound
    }

    fn argument(
        &mut self,
        argument: &'a Argument,
        p: &hir::Parameter,
        caller: Caller<'_>,
        target: Option<(RecordId, &Facts)>,
    ) -> hir::Expr {
        let e = &argument.value;
        if p.ty.ty == Type::Message
            && let Some(target) = target
        {
            return self.message_argument(e, p, caller, target);
        }
        let value = self.typed(e, caller.scope, Beside::of(p.ty.ty));
        self.fit(value, p)
    }

    /// Brings an argument to its parameter's type, or reports that it has another.
    fn fit(&mut self, value: hir::Expr, p: &hir::Parameter) -> hir::Expr {
        let span = value.span;
        match (value.ty.ty, p.ty.ty) {
            (a, b) if a == b => value,
            (Type::Unknown, _) | (_, Type::Unknown) => unknown(span),
            (Type::Integer, Type::Number) => self.widen(value),
            (Type::Money(a), Type::Money(b)) => {
                self.mixed_currencies(span, p.span, b, a);
                unknown(span)
            }
            (is, need) => {
                let (is_text, need_text) = (self.describe(is), self.describe(need));
                let literal = matches!(value.kind, hir::ExprKind::Literal(_));
                let written = self.sources.slice(span);
                let as_text = format!(
                    "put it in a text, as in `\"{}\"`",
                    if literal {
                        written.to_string()
                    } else {
                        format!("{{{written}}}")
                    }
                );
                let example = format!("write {}", super::literals::example(need, ""));
                let help = match (is, need) {
                    (Type::Number, Type::Integer) if literal => "write a whole number, as in `500`",
                    (Type::DateTime, Type::Date) => "write `date_of(…)` around it to take its day",
                    (Type::Number, Type::Integer) => "write `rounded` after it, in parentheses",
                    (Type::Integer | Type::Number, Type::Money(_)) => {
                        "name the currency, as in `100 CNY`"
                    }
                    (Type::Enum(_) | Type::Reference(_) | Type::Message, Type::Text) => {
                        "give a text"
                    }
                    (_, Type::Text) => &as_text,
                    (_, Type::Enum(_) | Type::Reference(_)) => "give a value of that kind",
                    _ => &example,
                };
                self.report(
                    Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        span,
                        format!("`{}` takes {need_text}, and this is {is_text}", p.name),
                    )
                    .also(p.span, "declared here")
                    .help(help),
                );
                unknown(span)
            }
        }
    }
}

/// Arguments by the parameters' places.
struct Bound<'e> {
    places: Vec<Option<&'e Argument>>,
    /// Whether every argument found its parameter.
    complete: bool,
}

/// `points = 100` for `points: 100`.
fn named_by_equals(argument: &Argument, parameters: &[hir::Parameter]) -> Option<Diagnostic> {
    let ast::ExprKind::Compare { op, left, .. } = &argument.value.kind else {
        return None;
    };
    let ast::ExprKind::Name(name) = &left.kind else {
        return None;
    };
    let parameter = parameters.iter().find(|p| p.name == *name)?;
    if op.node != ast::CompareOp::Equal || parameter.ty.ty == Type::YesNo || argument.name.is_some()
    {
        return None;
    }
    let between = Span {
        start: left.span.end,
        ..op.span
    };
    Some(
        Diagnostic::new(
            &codes::WRONG_ARGUMENTS,
            op.span,
            format!("after `{name}` comes `:`, not `=`"),
        )
        .fix(format!("write `{name}:`"), between, ":"),
    )
}
