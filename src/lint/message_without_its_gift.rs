//! `message-without-its-gift`: a message speaks of something that another `then` gives, and that one can fall alone.
//!
//! What is on no channel falls only with its whole rule, so a message beside it never lies.

use super::{Checked, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::hir::{
    ActionCall, AttributeKind, Campaign, Choice, Expr, ExprKind, Part, Program, Purpose, Repeat,
    Rule, Target, TemplatePart, Then,
};
use crate::schema::{ChannelId, Type};
use crate::source::{SourceMap, Span};

pub const LINT: Lint = Lint {
    code: &codes::MESSAGE_WITHOUT_ITS_GIFT,
    check,
};

fn check(checked: Checked<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for campaign in &checked.program.campaigns {
        for rule in campaign.rules.iter().filter(|r| r.thens.len() > 1) {
            let pairs = Pairs {
                program: checked.program,
                sources: checked.sources,
                campaign,
                rule,
            };
            found.extend(pairs.find());
        }
    }
    found
}

struct Pairs<'p> {
    program: &'p Program,
    sources: &'p SourceMap,
    campaign: &'p Campaign,
    rule: &'p Rule,
}

impl<'p> Pairs<'p> {
    fn find(&self) -> Vec<Diagnostic> {
        let thens = &self.rule.thens;
        let mut found = Vec::new();
        for (i, speaks) in thens.iter().enumerate() {
            let pair = thens.iter().enumerate().find_map(|(j, gives)| {
                let apart = i != j && speaks.arm == gives.arm;
                let all = speaks.choice == Choice::All && gives.choice == Choice::All;
                (apart && all)
                    .then(|| self.promise(speaks, gives))
                    .flatten()
                    .map(|pair| (gives, pair))
            });
            if let Some((gives, (message, gift, amount))) = pair {
                found.push(self.report([speaks, gives], message, gift, amount));
            }
        }
        found
    }

    /// A message of the first that names an amount which an action of the second gives to the same target.
    fn promise(
        &self,
        speaks: &'p Then,
        gives: &'p Then,
    ) -> Option<(&'p ActionCall, &'p ActionCall, &'p Expr)> {
        speaks.calls.iter().find_map(|message| {
            let mut said = Vec::new();
            for argument in message.arguments.iter().flatten() {
                amounts(argument, &mut said);
            }
            gives.calls.iter().find_map(|gift| {
                let given = gift.arguments.iter().flatten();
                let mut given = given.filter(|e| is_amount(e)).map(|e| self.text(e));
                let named = given.find_map(|g| said.iter().find(|s| self.text(s) == g).copied())?;
                let false_promise =
                    self.same_target(message, gift) && self.can_fall_alone(gift, message);
                false_promise.then_some((message, gift, named))
            })
        })
    }

    fn text(&self, e: &Expr) -> &'p str {
        self.sources.slice(e.span)
    }

    fn same_target(&self, a: &ActionCall, b: &ActionCall) -> bool {
        match (&a.target, &b.target) {
            (Target::Subject, Target::Subject) => true,
            (Target::To(a), Target::To(b)) => self.text(a) == self.text(b),
            _ => false,
        }
    }

    /// Whether something can stop the gift that does not stop the message.
    fn can_fall_alone(&self, gift: &ActionCall, message: &ActionCall) -> bool {
        let channel = |call: &ActionCall| self.program.action(call.action).channel;
        let Some(of_gift) = channel(gift) else {
            return false;
        };
        let of_message = channel(message);
        if self.can_be_full(of_gift) {
            return true;
        }
        if of_message == Some(of_gift) {
            return false;
        }
        let mut known = Vec::new();
        for e in of_message.into_iter().flat_map(|id| self.asked(id)) {
            self.conjuncts(e, &mut known);
        }
        if let Target::Subject = gift.target {
            for e in self.rule.when.iter().chain(&self.campaign.audience) {
                self.conjuncts(e, &mut known);
            }
        }
        self.asked(of_gift).any(|e| !known.contains(&self.text(e)))
    }

    /// What a channel asks of a target.
    fn asked(&self, id: ChannelId) -> impl Iterator<Item = &'p Expr> {
        let channel = self.program.channel(id);
        let promotion = self.campaign.purpose == Purpose::Promotion;
        let consent = channel.consent.iter().filter(move |_| promotion);
        channel.needs.iter().chain(consent)
    }

    /// The conditions that hold where `e` does.
    fn conjuncts(&self, e: &'p Expr, out: &mut Vec<&'p str>) {
        out.push(self.text(e));
        match &e.kind {
            ExprKind::And(list) => list.iter().for_each(|e| self.conjuncts(e, out)),
            ExprKind::Attribute(id, Part::Value) => {
                if let AttributeKind::Define(e) | AttributeKind::Segment(e) =
                    &self.program.attribute(*id).kind
                {
                    self.conjuncts(e, out);
                }
            }
            _ => {}
        }
    }

    /// Whether a cap on the channel can be reached: by another of its actions, or by this rule another day.
    fn can_be_full(&self, id: ChannelId) -> bool {
        if self.campaign.purpose == Purpose::Safety {
            return false;
        }
        let rules = self.program.campaigns.iter().flat_map(|c| &c.rules);
        let calls = rules.flat_map(|r| &r.thens).flat_map(|t| &t.calls);
        let on_it = calls.filter(|c| self.program.action(c.action).channel == Some(id));
        let on_it = on_it.count() as u64;
        let again = !matches!(self.rule.repeat, Repeat::Once);
        let named = self.rule.caps.iter().chain(&self.campaign.caps);
        let mut caps = named
            .filter(|cap| cap.channel == Some(id))
            .chain(&self.program.channel(id).caps);
        caps.any(|cap| again || cap.count < on_it)
    }

    fn report(
        &self,
        thens: [&Then; 2],
        message: &ActionCall,
        gift: &ActionCall,
        amount: &Expr,
    ) -> Diagnostic {
        let names = [message, gift].map(|call| &self.program.action(call.action).name);
        let mut d = Diagnostic::new(
            &codes::MESSAGE_WITHOUT_ITS_GIFT,
            amount.span,
            format!(
                "`{}` names what `{}` gives, and can go out where that is stopped",
                names[0], names[1]
            ),
        )
        .also(gift.span, "another `then`, with a fate of its own")
        .help("join the two by `and`: then both are done, or neither");
        d.fix = self.joined(thens);
        d
    }

    /// Two neighbours become one `then`.
    fn joined(&self, mut thens: [&Then; 2]) -> Option<Fix> {
        thens.sort_by_key(|t| t.span);
        let [first, second] = thens.map(|t| t.span);
        if thens[0].arm.is_some() || first.file != second.file {
            return None;
        }
        let between = Span::new(first.file, first.end as usize, second.start as usize);
        let keyword = self.sources.slice(second).strip_prefix("then")?;
        if !self.sources.slice(between).trim().is_empty() || keyword.starts_with('_') {
            return None;
        }
        let replaced = Span::new(
            first.file,
            first.end as usize,
            second.start as usize + "then".len(),
        );
        Some(Fix {
            message: "join the two by `and`: what stops one of them stops both".into(),
            edits: vec![Edit {
                span: replaced,
                text: " and".into(),
            }],
            safe: false,
        })
    }
}

fn is_amount(e: &Expr) -> bool {
    matches!(
        e.ty.ty,
        Type::Integer | Type::Number | Type::Percent | Type::Money(_)
    )
}

/// The amounts that a text is made of.
fn amounts<'e>(argument: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &argument.kind {
        ExprKind::Message { arguments, .. } => {
            out.extend(arguments.iter().flatten().filter(|e| is_amount(e)));
        }
        ExprKind::Template(parts) => out.extend(parts.iter().filter_map(|part| match part {
            TemplatePart::Value(e) if is_amount(e) => Some(e),
            _ => None,
        })),
        _ => {}
    }
}
