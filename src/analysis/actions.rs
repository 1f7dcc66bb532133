//! Channels, messages, actions: what a campaign works with.

use super::expressions::is_unknown;
use super::{Checker, KeyUse, Scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, Ty};
use crate::locale::Language;
use crate::schema::{ChannelId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, ChannelClause, Name};

impl<'a> Checker<'a> {
    pub(super) fn channel(
        &mut self,
        d: &'a ast::Declaration,
        c: &'a ast::Channel,
    ) -> Option<hir::Channel> {
        let record = self.record_named(&c.record)?;
        let scope = Scope::of(record);
        let (mut needs, mut consent) = (Vec::new(), Vec::new());
        let mut html = false;
        let (mut caps, mut quiet, mut seen) = (Vec::new(), None, Vec::new());
        for clause in &c.clauses {
            match &clause.node {
                ChannelClause::Needs(e) => needs.push(self.condition(e, scope)),
                ChannelClause::Consent(e) => consent.push(self.condition(e, scope)),
                ChannelClause::AtMost(limit) => {
                    self.no_other_channel(limit, &c.name);
                    self.for_promotion(limit);
                    caps.extend(self.cap(limit, clause.span, scope));
                }
                ChannelClause::Quiet { from, to, zone } => {
                    self.once_only(&mut seen, "quiet", clause.span);
                    quiet = self.quiet([from, to], zone.as_ref(), scope);
                }
                ChannelClause::Html => html = true,
            }
        }
        Some(hir::Channel {
            name: c.name.node.clone(),
            span: c.name.span,
            docs: d.docs.clone(),
            record,
            needs,
            consent,
            caps,
            quiet,
            html,
        })
    }

    /// A channel's limits count its own actions.
    fn no_other_channel(&mut self, limit: &ast::AtMost, own: &Name) {
        let Some(named) = &limit.channel else { return };
        let d = Diagnostic::new(
            &codes::INVALID_LIMIT,
            named.span,
            format!("the limits of `{own}` count what goes out on `{own}`"),
        );
        let help = if named.node == own.node {
            "remove `with …`".to_string()
        } else {
            format!("remove `with {named}`, or write the limit in the channel `{named}`")
        };
        self.report(d.help(help));
    }

    /// Before the attributes, of which `done` looks at what the actions carry.
    pub(super) fn check_parameters(&mut self) {
        for (_, a) in self.action_declarations.clone() {
            let parameters = self.parameters(&a.parameters);
            self.action_parameters.push(parameters);
        }
    }

    fn parameters(&mut self, list: &'a [ast::Parameter]) -> Vec<hir::Parameter> {
        self.duplicate_parameters(list);
        list.iter()
            .map(|p| {
                let ty = self.value_type(&p.name, &p.ty.node, p.ty.span);
                if matches!(p.ty.node, ast::FieldType::Many { .. }) {
                    let d = Diagnostic::new(
                        &codes::TYPE_MISMATCH,
                        p.ty.span,
                        "a parameter holds one value, not a list of rows",
                    );
                    self.report(d.help("write the type of one value"));
                }
                let default = p.default.as_ref().and_then(|e| self.literal(e, ty));
                hir::Parameter {
                    name: p.name.node.clone(),
                    span: p.name.span,
                    ty: Ty {
                        ty,
                        optional: p.optional && p.default.is_none(),
                    },
                    default,
                }
            })
            .collect()
    }

    pub(super) fn check_messages(&mut self) {
        for (d, m) in self.message_declarations.clone() {
            let message = self.message(d, m);
            self.messages.push(message);
        }
    }

    fn message(&mut self, d: &'a ast::Declaration, m: &'a ast::Message) -> Option<hir::Message> {
        let parameters = self.parameters(&m.parameters);
        let record = self.record_named(&m.record)?;
        let scope = Scope {
            parameters: &parameters,
            ..Scope::of(record)
        };
        let by = m.by.as_ref().map(|e| self.expr(e, Scope::of(record)));
        if let Some(by) = &by
            && !matches!(by.ty.ty, Type::Enum(_) | Type::Text | Type::Unknown)
        {
            let is = self.describe(by.ty.ty);
            let d = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                by.span,
                format!("a message is chosen by a named value or a text, and this is {is}"),
            );
            self.report(d.help("name a field that says the language, as in `by language`"));
        }
        let by_type = by.as_ref().map(|b| b.ty.ty);
        let mut seen: Vec<&Name> = Vec::new();
        let mut texts = Vec::new();
        for text in &m.texts {
            if let Some(tag) = &text.tag {
                if let Some(first) = seen.iter().find(|t| t.node == tag.node) {
                    self.duplicate("a text for", tag, first.span);
                }
                seen.push(tag);
            }
            let tag = self.tag(text, by_type, m);
            let body = self.expr(&text.text, scope);
            let language = text.tag.as_ref().and_then(|t| Language::of_tag(t));
            let language = language.or_else(|| self.workspace.language.clone());
            texts.push(hir::MessageText {
                tag,
                language,
                text: body,
            });
        }
        Some(hir::Message {
            name: m.name.node.clone(),
            span: m.name.span,
            docs: d.docs.clone(),
            record,
            parameters,
            by,
            texts,
        })
    }

    fn tag(
        &mut self,
        text: &'a ast::MessageText,
        by: Option<Type>,
        m: &'a ast::Message,
    ) -> Option<Value> {
        match (&text.tag, by) {
            (Some(tag), Some(Type::Enum(set))) => match self.enum_place(set, tag) {
                Some(place) => Some(Value::Enum(set, place)),
                None => {
                    self.invalid_value(set, tag, tag.span);
                    None
                }
            },
            (Some(tag), Some(Type::Text)) => Some(Value::Text(tag.as_str().into())),
            (Some(tag), None) if m.texts.len() > 1 => {
                let d = Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    tag.span,
                    format!("nothing says when the text for `{tag}` is chosen"),
                );
                self.report(d.help(
                    "write `by` and a field after the record, as in `for customer by language`",
                ));
                None
            }
            // Of several texts only the first can do without: it is taken where no other fits.
            (None, by) if m.texts.len() > 1 && (by.is_some() || text.span != m.texts[0].span) => {
                let d = Diagnostic::new(
                    &codes::WRONG_ARGUMENTS,
                    text.span,
                    format!("nothing says when this text of `{}` is chosen", m.name),
                );
                self.report(d.help(
                    "write a value before each text, as in `en \"…\"`, and the field that has it: `for customer by language`",
                ));
                None
            }
            _ => None,
        }
    }

    pub(super) fn check_actions(&mut self) {
        for (i, (d, a)) in self.action_declarations.clone().into_iter().enumerate() {
            let parameters = self.action_parameters[i].clone();
            let action = self.action(d, a, parameters);
            self.actions.push(action);
        }
    }

    fn action(
        &mut self,
        d: &'a ast::Declaration,
        a: &'a ast::Action,
        parameters: Vec<hir::Parameter>,
    ) -> Option<hir::Action> {
        let channel = a.channel.as_ref().and_then(|c| self.channel_place(c));
        let record = self.record_named(&a.record)?;
        self.key_uses.push((record, a.record.span, KeyUse::Acting));
        if let (Some(name), Some(place)) = (&a.channel, channel) {
            self.same_record(name, place, record, a.record.span);
        }
        let scope = Scope {
            parameters: &parameters,
            ..Scope::of(record)
        };
        let costs = a.costs.as_ref().map(|e| {
            let cost = self.expr(e, scope);
            self.is_cost(&cost);
            cost
        });
        Some(hir::Action {
            name: a.name.node.clone(),
            span: a.name.span,
            docs: d.docs.clone(),
            record,
            parameters,
            channel: channel.map(ChannelId),
            costs,
        })
    }

    fn same_record(
        &mut self,
        name: &Name,
        channel: u32,
        record: crate::schema::RecordId,
        span: Span,
    ) {
        let (_, c) = self.channel_declarations[channel as usize];
        let Some(Some(declared)) = self.channels.get(channel as usize) else {
            return;
        };
        if declared.record != record {
            let own = self.record_name(record).to_string();
            self.report(
                Diagnostic::new(
                    &codes::WRONG_RECORD,
                    name.span,
                    format!(
                        "`{name}` reaches a `{}`, and this action is for a `{own}`",
                        c.record
                    ),
                )
                .also(c.record.span, "the channel's record")
                .also(span, "the action's record")
                .help("name a channel of the same record"),
            );
        }
    }

    fn is_cost(&mut self, cost: &hir::Expr) {
        if is_unknown(cost) {
            return;
        }
        match (cost.ty.ty, self.currency()) {
            (Type::Money(c), Some(own)) if c == own => {}
            (Type::Money(_), None) => self.money_uses.push(cost.span),
            (Type::Money(c), Some(own)) => {
                let d = Diagnostic::new(
                    &codes::MIXED_CURRENCIES,
                    cost.span,
                    format!("this cost is in {c}, and the workspace counts in {own}"),
                );
                self.report(d.help(format!("write the cost in {own}")));
            }
            (other, _) => {
                let is = self.describe(other);
                let d = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    cost.span,
                    format!("a cost is money, and this is {is}"),
                );
                self.report(d.help("write it with its currency, as in `0.02 CNY`"));
            }
        }
    }
}
