//! Levels that move from run to run: `was`, the options of tiers, `rose` and `fell`.

use super::expressions::{flag, is_unknown, unknown};
use super::literals::unit_kind;
use super::paths::{attribute_of, with_part};
use super::{Checker, Member, Scope, State};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::{self, AttributeKind, CompareOp, ExprKind as H, History, Part, Passage, Ty};
use crate::schema::{AttributeId, DurationKind, EnumId, RecordId, Type};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Expr, ExprKind as A, Name, TierChange, TierOption};

impl<'a> Checker<'a> {
    /// What tiers or stages say of their history; `None` where that is nothing.
    pub(super) fn history(
        &mut self,
        was: &'a Option<(Name, Option<Name>)>,
        options: &'a [Spanned<TierOption>],
        set: EnumId,
        scope: Scope<'_>,
    ) -> Option<History> {
        let rises = self.passage(options, false);
        let falls = self.passage(options, true);
        let row = scope.row?;
        let (mut level, mut since) = (None, None);
        if let Some((was, day)) = was {
            level = self.was_field(row, was, Type::Enum(set), "was");
            let day = day.as_ref();
            since = day.and_then(|name| self.was_field(row, name, Type::Date, "since"));
        }
        let asked = was.is_some() || rises != Passage::default() || falls != Passage::default();
        asked.then_some(History {
            was: level,
            since,
            rises,
            falls,
        })
    }

    /// A field of the row that holds what was before the first run.
    fn was_field(&mut self, row: RecordId, name: &Name, ty: Type, word: &str) -> Option<hir::Expr> {
        let is = match self.member(row, name) {
            None => {
                self.unknown_member(row, name, None);
                return None;
            }
            Some(Member::Attribute(_)) => "is computed".to_string(),
            Some(Member::Field(f)) => {
                let field = self.field(row, f);
                let optional = field.may_be_missing();
                match field.ty {
                    hir::FieldType::Value(is) if is == ty => {
                        let ty = Ty { ty, optional };
                        return Some(hir::Expr::new(H::Field(f), ty, name.span));
                    }
                    hir::FieldType::Value(Type::Unknown) => return None,
                    hir::FieldType::Value(is) => format!("is {}", self.describe(is)),
                    hir::FieldType::Many { .. } => "is a list of rows".to_string(),
                }
            }
        };
        let (need, help) = match ty {
            Type::Enum(set) => {
                let tiers = self.enums[set.index()].name.clone();
                let need = format!("a field that holds one of the levels of `{tiers}`");
                (
                    need,
                    format!("declare the field as `{name}: {tiers} optional`"),
                )
            }
            _ => (
                "a field that is a date".to_string(),
                "name the field that says since when the level is held".to_string(),
            ),
        };
        let d = Diagnostic::new(
            &codes::TYPE_MISMATCH,
            name.span,
            format!("`{word}` takes {need}, and `{name}` {is}"),
        );
        self.report(d.help(help));
        None
    }

    /// All that is said of one direction.
    fn passage(&mut self, options: &'a [Spanned<TierOption>], falls: bool) -> Passage {
        let mut passage = Passage::default();
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        for option in options.iter().filter(|o| o.node.falls == falls) {
            let word = match &option.node.how {
                TierChange::AtOnce => "at once",
                TierChange::AtMost(_) => "at most",
                TierChange::After(_) => "after",
                TierChange::OnlyOn(..) => "only on",
                TierChange::Never => "never",
            };
            if !self.goes_with(&seen, word, option) {
                continue;
            }
            seen.push((word, option.span));
            match &option.node.how {
                TierChange::AtOnce => {}
                TierChange::Never => passage.never = true,
                TierChange::AtMost(levels) => passage.at_most = self.levels_at_a_time(levels),
                TierChange::After(e) => passage.after = self.lasting(e),
                TierChange::OnlyOn(day, month) => {
                    passage.only_on = self.day_of_the_year(*day, *month, option.span);
                }
            }
        }
        passage
    }

    /// Whether an option can stand beside those before it.
    fn goes_with(
        &mut self,
        seen: &[(&'static str, Span)],
        word: &'static str,
        option: &Spanned<TierOption>,
    ) -> bool {
        let alone = |w: &str| matches!(w, "never" | "at once");
        let clash = seen
            .iter()
            .find(|(w, _)| *w == word || alone(w) || alone(word));
        let Some((other, first)) = clash else {
            return true;
        };
        let moves = if option.node.falls { "falls" } else { "rises" };
        let d = if *other == word {
            Diagnostic::new(
                &codes::DUPLICATE_NAME,
                option.span,
                format!("`{moves} {word}` is said twice here"),
            )
            .label("the second")
            .also(*first, "the first")
            .help("keep one of them")
        } else {
            Diagnostic::new(
                &codes::INVALID_PASSAGE,
                option.span,
                format!("a level that {moves} `{other}` does not also do so `{word}`"),
            )
            .also(*first, format!("`{moves} {other}` is said here"))
            .help("keep one of them")
        };
        self.report(d);
        false
    }

    fn levels_at_a_time(&mut self, levels: &Spanned<i64>) -> Option<u32> {
        let count = u32::try_from(levels.node).ok().filter(|n| *n > 0);
        if count.is_none() {
            let d = Diagnostic::new(
                &codes::INVALID_PASSAGE,
                levels.span,
                "a level moves by one or more at a time",
            );
            self.report(d.help("write `at most 1 level`, or `never`"));
        }
        count
    }

    fn lasting(&mut self, e: &'a Expr) -> Option<(DurationKind, i64)> {
        let units = match &super::literals::bare(e).kind {
            A::Duration(n, unit) => {
                let (kind, factor) = unit_kind(*unit);
                let fits = kind != DurationKind::Minutes && (1..=36_600).contains(n);
                fits.then(|| (kind, n * factor))
            }
            _ => None,
        };
        if units.is_none() {
            let d = Diagnostic::new(
                &codes::INVALID_PASSAGE,
                e.span,
                "how long a new level must be seen is a number of days or longer",
            );
            self.report(d.help("write it out with its unit, as in `after 90 days`"));
        }
        units
    }

    /// Month and day of a day that every year has; the parser has seen to it that the month has it.
    fn day_of_the_year(&mut self, day: u32, month: u32, span: Span) -> Option<(u32, u32)> {
        if (month, day) != (2, 29) {
            return Some((month, day));
        }
        let d = Diagnostic::new(
            &codes::INVALID_PASSAGE,
            span,
            "29 February is in leap years only, and levels would wait for four years",
        );
        self.report(d.help("write `only on 28 February` or `only on 1 March`"));
        None
    }

    /// Whether the ledger keeps the level of an attribute from run to run: tiers, stages, scores of whole numbers.
    pub(super) fn is_remembered(&self, id: AttributeId, ty: Type) -> bool {
        let slot = &self.slots[id.index()];
        let score = matches!(slot.declaration.kind, ast::DeclarationKind::Score(_));
        let table = matches!(slot.declaration.kind, ast::DeclarationKind::Table(_));
        slot.set.is_some() && !table || score && ty == Type::Integer
    }

    /// `membership rose`: the level is above the one held before it.
    pub(super) fn moved(
        &mut self,
        tiers: &'a Expr,
        rose: bool,
        span: Span,
        scope: Scope<'_>,
    ) -> hir::Expr {
        let level = self.expr(tiers, scope);
        if is_unknown(&level) {
            return unknown(span);
        }
        let named = attribute_of(&level);
        let attribute = named.filter(|a| self.is_remembered(*a, level.ty.ty));
        let ordered = match level.ty.ty {
            Type::Enum(set) => self.enums[set.index()].ordered,
            _ => attribute.is_some(),
        };
        let (Some(attribute), true) = (attribute, ordered) else {
            let word = if rose { "rose" } else { "fell" };
            let message = if ordered && named.is_none() {
                format!("only what is computed anew in each run {word}; this is a value of a field")
            } else {
                format!(
                    "only tiers, and scores of whole numbers, are known of earlier days; nothing else {word}"
                )
            };
            let d = Diagnostic::new(&codes::TYPE_MISMATCH, level.span, message);
            self.report(d.help("name tiers or a score of this record"));
            return unknown(span);
        };
        self.moving.insert(attribute);
        let op = if rose {
            CompareOp::Greater
        } else {
            CompareOp::Less
        };
        let ty = Ty::optional(level.ty.ty);
        let before = with_part(level.clone(), Part::Before, ty, level.span);
        let kind = H::Compare {
            op,
            left: Box::new(level),
            right: Box::new(before),
        };
        flag(kind, true, span)
    }

    /// Tiers and stages of which something, perhaps later in the files, asks how they moved.
    pub(super) fn settle_histories(&mut self) {
        for id in std::mem::take(&mut self.moving) {
            let State::Done(attribute) = &mut self.slots[id.index()].state else {
                continue;
            };
            if let AttributeKind::TiersBy { history, .. }
            | AttributeKind::FirstMatch { history, .. }
            | AttributeKind::Score { history, .. } = &mut attribute.kind
            {
                history.get_or_insert_default();
            }
        }
    }
}
