//! Messages as arguments: rendered for the action's target, by what is known of it.

use super::Checker;
use super::calls::Caller;
use super::expressions::{is_unknown, unknown};
use super::known::Facts;
use super::literals::bare;
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H, TemplatePart, Ty};
use crate::schema::{MessageId, RecordId, Type};
use crate::source::Span;
use crate::syntax::ast::{Argument, Expr, ExprKind as A, Name};

impl<'a> Checker<'a> {
    /// `birthday_card(500)` where an action takes a message.
    pub(super) fn message_argument(
        &mut self,
        e: &'a Expr,
        p: &hir::Parameter,
        caller: Caller<'_>,
        (record, facts): (RecordId, &Facts),
    ) -> hir::Expr {
        let span = e.span;
        let named;
        let (name, arguments): (&Name, &'a [Argument]) = match &bare(e).kind {
            A::Call {
                function,
                arguments,
            } => (function, arguments),
            A::Name(name) => {
                named = Name::new(name.clone(), span);
                (&named, &[])
            }
            _ => {
                let typed = self.expr(e, caller.scope);
                return self.no_message(&typed, p);
            }
        };
        let Some(place) = self.message_names.get(name) else {
            let near = nearest(name, self.message_names.names()).map(str::to_string);
            self.unknown("message", name, near);
            return unknown(span);
        };
        let Some(Some(message)) = self.messages.get(place as usize).cloned() else {
            return unknown(span);
        };
        if message.record != record {
            let (is, need) = (
                self.record_name(message.record).to_string(),
                self.record_name(record).to_string(),
            );
            self.report(
                Diagnostic::new(
                    &codes::WRONG_RECORD,
                    name.span,
                    format!("`{name}` is written for a `{is}`, and goes to a `{need}`"),
                )
                .also(message.span, "the message")
                .help(format!("name a message for a `{need}`")),
            );
            return unknown(span);
        }
        let arguments = self.arguments(name, arguments, &message.parameters, caller, None, span);
        self.message_texts(&message, &arguments, facts, span);
        hir::Expr::new(
            H::Message {
                message: MessageId(place),
                arguments,
            },
            Ty::known(Type::Message),
            span,
        )
    }

    fn no_message(&mut self, typed: &hir::Expr, p: &hir::Parameter) -> hir::Expr {
        if !is_unknown(typed) {
            let is = self.describe(typed.ty.ty);
            self.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    typed.span,
                    format!("`{}` takes a message, and this is {is}", p.name),
                )
                .also(p.span, "declared here")
                .help("declare it as `message NAME for … { … }` and name it here"),
            );
        }
        unknown(typed.span)
    }

    /// Every placeholder of a message must be known for the one it is rendered for.
    fn message_texts(
        &mut self,
        message: &hir::Message,
        arguments: &[Option<hir::Expr>],
        facts: &Facts,
        call: Span,
    ) {
        let mut facts = facts.clone();
        for (i, argument) in arguments.iter().enumerate() {
            if argument.as_ref().is_some_and(|a| !a.ty.optional) {
                facts.add_parameter(i);
            }
        }
        for text in &message.texts {
            let H::Template(parts) = &text.text.kind else {
                continue;
            };
            for part in parts {
                let TemplatePart::Value(value) = part else {
                    continue;
                };
                // Said once, however many rules send it.
                let said = self
                    .diagnostics
                    .iter()
                    .any(|d| d.span == value.span && d.code == &codes::UNGUARDED_OPTIONAL);
                let before = self.diagnostics.len();
                if !said {
                    self.must_be_known(value, &facts, "a placeholder", "leave it out of the text");
                }
                if self.diagnostics.len() > before
                    && let Some(d) = self.diagnostics.last_mut()
                {
                    d.labels.push(crate::diagnostic::Label {
                        span: call,
                        text: "sent here".into(),
                    });
                }
            }
        }
    }
}
