//! Names, `self`, members, and paths to lists of rows.

use super::expressions::{Beside, literal, unknown};
use super::literals::bare;
use super::names::suggest;
use super::occasions::occasion_day;
use super::{Checker, Member, Scope};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H, ManyPath, Part, Ty};
use crate::schema::{AttributeId, FigureId, RecordId, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{DeclarationKind, Expr, ExprKind as A, Name, TiersBody};

impl<'a> Checker<'a> {
    pub(super) fn self_row(&mut self, span: Span, scope: Scope<'_>) -> hir::Expr {
        if scope.among && scope.root.is_none() {
            return self.no_self(span);
        }
        let Some(row) = scope.root.or(scope.row) else {
            return self.no_row(span, scope);
        };
        let own = hir::Expr::new(H::Row, Ty::known(Type::Reference(row)), span);
        if scope.root.is_some() {
            let ty = own.ty;
            return hir::Expr::new(H::Root(Box::new(own)), ty, span);
        }
        own
    }

    /// A name alone. Parameters shadow attributes; beside named values a value comes first.
    pub(super) fn name(
        &mut self,
        name: &'a str,
        span: Span,
        scope: Scope<'_>,
        beside: Beside,
    ) -> hir::Expr {
        if let Beside::Enum(set) = beside
            && let Some(place) = self.enum_place(set, name)
        {
            return literal(Value::Enum(set, place), span);
        }
        if let Some(i) = scope.parameters.iter().position(|p| p.name == name) {
            return hir::Expr::new(H::Parameter(i), scope.parameters[i].ty, span);
        }
        if let Some(row) = scope.row
            && let Some(member) = self.member(row, name)
        {
            return self.row_member(row, member, name, span);
        }
        if name == "treatment" && scope.treatment {
            return hir::Expr::new(H::Treatment, Ty::known(Type::Date), span);
        }
        if name == "step" && (scope.step.is_some() || scope.rule) {
            return self.step(span, scope);
        }
        self.free_name(name, span, scope, beside)
    }

    fn step(&mut self, span: Span, scope: Scope<'_>) -> hir::Expr {
        match scope.step {
            Some(reminder) => hir::Expr::new(
                H::Step(Box::new(reminder.clone())),
                Ty::known(Type::Integer),
                span,
            ),
            None => {
                self.report(
                    Diagnostic::new(
                        &codes::STEP_WITHOUT_REMINDER,
                        span,
                        "`step` is the reminder that was reached, and this rule has not exactly one",
                    )
                    .help("make one of the conditions of `when` a reminder, as in `30 or 7 days before renewal`"),
                );
                unknown(span)
            }
        }
    }

    /// `今天`, `是`: where nothing of the program is called so, the language's own word is meant.
    fn chinese_word(&mut self, name: &str, span: Span) -> Option<hir::Expr> {
        let (word, meant) = match name {
            "今天" | "今日" => (
                "today",
                hir::Expr::new(H::Today, Ty::known(Type::Date), span),
            ),
            "现在" => (
                "now",
                hir::Expr::new(H::Now, Ty::known(Type::DateTime), span),
            ),
            "是" => ("yes", literal(Value::YesNo(true), span)),
            "否" => ("no", literal(Value::YesNo(false), span)),
            _ => return None,
        };
        let message = format!("here one writes `{word}`, not `{name}`");
        let d = Diagnostic::new(&codes::FOREIGN_NOTATION, span, message);
        self.report(d.fix(format!("write `{word}`"), span, word));
        Some(meant)
    }

    fn free_name(&mut self, name: &str, span: Span, scope: Scope<'_>, beside: Beside) -> hir::Expr {
        if let Some(place) = self.figure_names.get(name) {
            return self.figure_value(FigureId(place), span, scope);
        }
        let quiet = beside == Beside::Unknown || self.is_lost(name);
        if quiet {
            return unknown(span);
        }
        if beside == Beside::Nothing
            && let Some(occasion) = self.occasion(name)
        {
            return occasion.map_or_else(|| unknown(span), |o| occasion_day(o, span));
        }
        if !matches!(beside, Beside::Enum(_))
            && let Some(meant) = self.chinese_word(name, span)
        {
            return meant;
        }
        let named = Name::new(name.to_string(), span);
        match beside {
            Beside::Enum(set) => {
                // Nearer to an attribute's name than to a value's?
                self.invalid_value(set, name, span);
            }
            Beside::Text
                if scope
                    .root
                    .is_none_or(|root| self.member(root, name).is_none()) =>
            {
                let d = Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    span,
                    format!("there is no field or attribute `{name}`"),
                );
                let near = scope.row.and_then(|r| {
                    nearest(name, self.members[r.index()].keys().map(String::as_str))
                });
                let word = match name {
                    "empty" | "blank" | "unknown" | "absent" => Some("missing"),
                    _ => nearest(name, ["known", "missing"]),
                };
                let d = match near.or(word) {
                    Some(near) => suggest(d, span, Some(near)),
                    None => d
                        .help(format!("a text is written in quotes: `\"{name}\"`"))
                        .unsafe_fix("put it in quotes", span, format!("\"{name}\"")),
                };
                self.report(d);
            }
            _ => match scope.row {
                Some(row) => self.unknown_free(row, &named, scope),
                None if scope.figure && self.members.iter().all(|m| !m.contains_key(name)) => {
                    let near = nearest(name, self.figure_names.names()).map(str::to_string);
                    self.unknown("figure", &named, near);
                }
                None => {
                    return self.no_row(span, scope);
                }
            },
        }
        unknown(span)
    }

    /// Parameters are candidates too.
    fn unknown_free(&mut self, row: RecordId, name: &Name, scope: Scope<'_>) {
        let near = nearest(name, scope.parameters.iter().map(|p| p.name.as_str()));
        if near.is_some() && self.members[row.index()].is_empty() | near.is_some() {
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                name.span,
                format!("there is no parameter, field or attribute `{name}`"),
            );
            let d = suggest(d, name.span, near);
            return self.report(d);
        }
        let no_member = |record: RecordId| self.member(record, name).is_none();
        let members = self.members[row.index()].keys().map(String::as_str);
        if nearest(name, members).is_none()
            && !self.is_lost(name)
            && scope.root.is_none_or(no_member)
            && self.elsewhere(name).is_none()
            && let Some(near) = nearest(name, self.occasion_candidates())
        {
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                name.span,
                format!("`{}` has no `{name}`", self.record_name(row)),
            );
            let d = suggest(d, name.span, Some(near));
            return self.report(d);
        }
        self.unknown_member(row, name, scope.root);
    }

    /// What may be taken of a value of a list's rows.
    fn takes(&self, record: RecordId, member: &str) -> [&'static str; 2] {
        let ty = match self.member(record, member) {
            Some(Member::Field(f)) => match self.field(record, f).ty {
                hir::FieldType::Value(ty) => Some(ty),
                hir::FieldType::Many { .. } => None,
            },
            _ => None,
        };
        match ty {
            Some(Type::Date | Type::DateTime) => ["latest of", "earliest of"],
            Some(Type::Text | Type::Enum(_) | Type::YesNo | Type::Reference(_)) => {
                ["last of", "most common of"]
            }
            _ => ["sum of", "last of"],
        }
    }

    /// A field or attribute of the current row.
    fn row_member(&mut self, row: RecordId, m: Member, name: &str, span: Span) -> hir::Expr {
        match m {
            Member::Field(f) => {
                let field = self.field(row, f);
                match field.ty {
                    hir::FieldType::Value(ty) => {
                        let optional = field.may_be_missing();
                        hir::Expr::new(H::Field(f), Ty { ty, optional }, span)
                    }
                    hir::FieldType::Many { record, .. } => {
                        let file = self.sources.file(span.file);
                        let rest = &file.text[span.end as usize..];
                        let column = rest.strip_prefix('.').map(|r| {
                            let end = r.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                            &r[..end.unwrap_or(r.len())]
                        });
                        let help = match column.filter(|c| !c.is_empty()) {
                            Some(c) => {
                                let [one, other] = self.takes(record, c);
                                format!(
                                    "say what to take of it, as in `{one} {name}.{c}` or `{other} {name}.{c}`"
                                )
                            }
                            None => format!(
                                "say what to take of it, as in `count of {name}` or `any of {name}`"
                            ),
                        };
                        self.report(
                            Diagnostic::new(
                                &codes::BARE_LIST,
                                span,
                                format!("`{name}` is a list of rows, and one value is needed"),
                            )
                            .help(help),
                        );
                        unknown(span)
                    }
                }
            }
            Member::Attribute(a) => {
                let ty = self.attribute_type(a, span);
                if ty.ty == Type::Unknown {
                    return unknown(span);
                }
                hir::Expr::new(H::Attribute(a, Part::Value), ty, span)
            }
        }
    }

    pub(super) fn member_expr(
        &mut self,
        base: &'a Expr,
        member: &'a Name,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        if matches!(bare(base).kind, A::SelfRow) {
            if scope.among && scope.root.is_none() {
                return self.no_self(span);
            }
            let Some(row) = scope.root.or(scope.row) else {
                return self.no_row(span, scope);
            };
            if scope.treatment && member.node == "treatment" && self.member(row, member).is_none() {
                let d = Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    span,
                    format!("`{}` has no `treatment`", self.record_name(row)),
                );
                let help =
                    "`treatment` is the day of the campaign's action: write `treatment` alone";
                let alone = "write `treatment` alone";
                self.report(d.help(help).fix(alone, span, "treatment"));
                return unknown(span);
            }
            let own = self.own_member(row, member, span);
            if scope.root.is_some() && own.ty.ty != Type::Unknown {
                let ty = own.ty;
                return hir::Expr::new(H::Root(Box::new(own)), ty, span);
            }
            return own;
        }
        if let A::Name(name) = &bare(base).kind
            && self.is_free_name(base, scope)
            && self.campaign_names.get(name).is_some()
        {
            self.report(
                Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    span,
                    format!("`{name}` is a campaign, which has no value here"),
                )
                .help(format!("write `done {name}.{member}` for what it has done")),
            );
            return unknown(span);
        }
        let base = self.expr(base, scope);
        self.member_of(base, member, span)
    }

    /// A member on the row of a record.
    pub(super) fn own_member(&mut self, row: RecordId, name: &Name, span: Span) -> hir::Expr {
        match self.member(row, name) {
            Some(m) => self.row_member(row, m, name, span),
            None => {
                self.unknown_member(row, name, None);
                unknown(span)
            }
        }
    }

    /// `base.member`
    pub(super) fn member_of(&mut self, base: hir::Expr, member: &Name, span: Span) -> hir::Expr {
        match base.ty.ty {
            Type::Unknown => unknown(span),
            Type::Reference(record) => {
                let found = self.own_member(record, member, member.span);
                if found.ty.ty == Type::Unknown {
                    return unknown(span);
                }
                let ty = Ty {
                    ty: found.ty.ty,
                    optional: base.ty.optional || found.ty.optional,
                };
                let kind = H::Through {
                    reference: Box::new(base),
                    record,
                    member: Box::new(found),
                };
                hir::Expr::new(kind, ty, span)
            }
            _ => self.part(base, member, span),
        }
    }

    /// `membership.next`
    fn part(&mut self, base: hir::Expr, member: &Name, span: Span) -> hir::Expr {
        let Some(id) = attribute_of(&base) else {
            return self.no_parts(&base, member);
        };
        let slot = &self.slots[id.index()];
        let tiers = matches!(slot.declaration.kind, DeclarationKind::Tiers(_));
        let by = match &slot.declaration.kind {
            DeclarationKind::Tiers(t) => matches!(t.body, TiersBody::By { .. }),
            _ => false,
        };
        let has_reasons = match &slot.declaration.kind {
            DeclarationKind::Score(s) => s.lines.iter().any(|l| l.because.is_some()),
            _ => false,
        };
        let moved =
            self.is_remembered(id, base.ty.ty) && matches!(member.as_str(), "before" | "since");
        match member.as_str() {
            "next" if tiers => {
                let ty = Ty::optional(base.ty.ty);
                with_part(base, Part::Next, ty, span)
            }
            "shortfall" if by => {
                let shortfall = self.shortfall_type(id);
                with_part(base, Part::Shortfall, Ty::optional(shortfall), span)
            }
            "reasons" if has_reasons => {
                with_part(base, Part::Reasons, Ty::optional(Type::Text), span)
            }
            part if moved => {
                self.moving.insert(id);
                let level = base.ty.ty;
                if part == "before" {
                    with_part(base, Part::Before, Ty::optional(level), span)
                } else {
                    with_part(base, Part::Since, Ty::optional(Type::Date), span)
                }
            }
            _ => self.no_parts(&base, member),
        }
    }

    fn no_parts(&mut self, base: &hir::Expr, member: &Name) -> hir::Expr {
        let is = self.describe(base.ty.ty);
        let parts = ["next", "shortfall", "before", "since"];
        let d = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            member.span,
            format!("there is no `{member}` of {is}"),
        );
        let d = match base.ty.ty {
            // Of a table's names, or of a field's, there is none of them at all.
            Type::Enum(_) if parts.contains(&member.as_str()) => {
                d.help("only tiers and stages move from level to level")
            }
            Type::Enum(_) => suggest(d, member.span, nearest(member, parts)),
            _ => d.help("a dot goes on from a reference to a field of its record"),
        };
        self.report(d);
        unknown(base.span)
    }

    /// The parts of a written path, first to last; `None` if it is none.
    fn segments(e: &'a Expr) -> Option<(bool, Vec<(&'a str, Span)>)> {
        match &e.kind {
            A::Paren(inner) => Self::segments(inner),
            A::SelfRow => Some((true, Vec::new())),
            A::Name(name) => Some((false, vec![(name, e.span)])),
            A::Member { base, member } => {
                let (own, mut list) = Self::segments(base)?;
                list.push((&member.node, member.span));
                Some((own, list))
            }
            _ => None,
        }
    }

    /// Follows a path up to its one list of rows: references before it, and what is left after it.
    pub(super) fn many_path(
        &mut self,
        path: &'a Expr,
        scope: Scope<'_>,
    ) -> Option<(ManyPath, Vec<Name>)> {
        if let Some((campaign, rule, rest)) = Self::done_in(path) {
            let many = self.done_rows(campaign, rule, path.span, scope)?;
            return Some((many, rest));
        }
        let Some((own, segments)) = Self::segments(path) else {
            return self.no_list(path);
        };
        if own && scope.among && scope.root.is_none() {
            self.no_self(path.span);
            return None;
        }
        let row = if own {
            scope.root.or(scope.row)
        } else {
            scope.row
        };
        let Some(mut row) = row else {
            self.no_row(path.span, scope);
            return None;
        };
        let mut base: Option<hir::Expr> = own.then(|| self.self_row(path.span, scope));
        for (i, (name, span)) in segments.iter().enumerate() {
            let name = Name::new(name.to_string(), *span);
            let Some(member) = self.member(row, &name) else {
                let root = if base.is_none() { scope.root } else { None };
                self.unknown_member(row, &name, root);
                return None;
            };
            if let Member::Field(field) = member
                && let hir::FieldType::Many { record, by } = self.field(row, field).ty
            {
                // `self` outside of a `where` is the current row.
                let base = base.filter(|b| !matches!(b.kind, H::Row));
                let many = ManyPath {
                    base: base.map(Box::new),
                    holder: row,
                    record,
                    by,
                };
                let rest = segments[i + 1..]
                    .iter()
                    .map(|(n, s)| Name::new(n.to_string(), *s))
                    .collect();
                return Some((many, rest));
            }
            let next = match base.take() {
                Some(b) => self.member_of(b, &name, *span),
                None => self.row_member(row, member, &name, *span),
            };
            match next.ty.ty {
                Type::Reference(r) => row = r,
                Type::Unknown => return None,
                _ => return self.no_list(path),
            }
            base = Some(next);
        }
        self.no_list(path)
    }

    fn no_list<T>(&mut self, path: &Expr) -> Option<T> {
        self.report(
            Diagnostic::new(
                &codes::NO_LIST,
                path.span,
                "this does not lead to a list of rows",
            )
            .help("name a field that is declared with `many`, as in `purchases` or `purchases.amount`"),
        );
        None
    }
}

/// The attribute that a path ends in.
pub(super) fn attribute_of(e: &hir::Expr) -> Option<AttributeId> {
    match &e.kind {
        H::Attribute(id, Part::Value) => Some(*id),
        H::Through { member, .. } => attribute_of(member),
        H::Root(inner) => attribute_of(inner),
        _ => None,
    }
}

/// The same path, ending in a part of its attribute.
pub(super) fn with_part(e: hir::Expr, part: Part, ty: Ty, span: Span) -> hir::Expr {
    let kind = match e.kind {
        H::Attribute(id, _) => H::Attribute(id, part),
        H::Through {
            reference,
            record,
            member,
        } => H::Through {
            reference,
            record,
            member: Box::new(with_part(*member, part, ty, span)),
        },
        H::Root(inner) => H::Root(Box::new(with_part(*inner, part, ty, span))),
        other => other,
    };
    hir::Expr::new(kind, ty, span)
}
