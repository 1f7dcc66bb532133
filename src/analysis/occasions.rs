//! Own occasions, and what an occasion's name stands for.

use super::Checker;
use super::names::suggest;
use crate::calendar::{self, Occasion, SolarTerm};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::hir::{self, ExprKind as H, Recurring, Ty};
use crate::schema::{Type, Value};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Name, OccasionDay};

/// An occasion as a value: the occurrence nearest today.
pub(super) fn occasion_day(occasion: Occasion, span: Span) -> hir::Expr {
    let kind = H::Recurring(Recurring::Occasion(occasion));
    hir::Expr::new(kind, Ty::known(Type::Date), span)
}

impl<'a> Checker<'a> {
    pub(super) fn declare_occasion(&mut self, declared: &'a ast::Occasion) {
        let place = self.occasions.len() as u32;
        if let Err(first) = self.occasion_names.insert(&declared.name, place) {
            return self.duplicate("an occasion", &declared.name, first);
        }
        let occasion = self.occasion_on(&declared.on);
        self.occasions.push(occasion);
    }

    fn occasion_on(&mut self, on: &Spanned<OccasionDay>) -> Option<Occasion> {
        match &on.node {
            OccasionDay::Yearly(month, day) => {
                if (*month, *day) == (2, 29) {
                    self.anniversaries.push(on.span);
                }
                let (month, day) = (*month, *day);
                Some(Occasion::Yearly { month, day })
            }
            OccasionDay::Lunar(month, day) => {
                let (month, day) = (*month, *day);
                Some(Occasion::Lunar { month, day })
            }
            OccasionDay::SolarTerm(name) => self.solar_term(name).map(Occasion::SolarTerm),
            OccasionDay::Date(day) => Some(Occasion::Dates(vec![*day])),
            OccasionDay::Listed(days) => self.listed_days(days),
        }
    }

    fn solar_term(&mut self, name: &Name) -> Option<SolarTerm> {
        let found = SolarTerm::find(name);
        if found.is_none() {
            let near = nearest(name, SolarTerm::all().map(SolarTerm::name));
            let d = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                name.span,
                format!("there is no solar term `{name}`"),
            );
            let d = match near {
                Some(_) => suggest(d, name.span, near),
                None => d.help(
                    "the 24 are written in pinyin or Chinese, as in `qingming`, `清明` or `dongzhi`",
                ),
            };
            self.report(d);
        }
        found
    }

    fn listed_days(&mut self, days: &[Spanned<OccasionDay>]) -> Option<Occasion> {
        let before = self.diagnostics.len();
        let mut known: Vec<(Occasion, Span)> = Vec::new();
        for day in days {
            let Some(occasion) = self.occasion_on(day) else {
                continue;
            };
            if let Some((_, first)) = known.iter().find(|(o, _)| *o == occasion) {
                let d = Diagnostic::new(
                    &codes::DUPLICATE_NAME,
                    day.span,
                    format!("`{}` is listed twice", self.sources.slice(day.span)),
                )
                .label("the second")
                .also(*first, "the first")
                .help("keep one of them");
                self.report(d);
            }
            known.push((occasion, day.span));
        }
        if self.diagnostics.len() > before {
            return None;
        }
        let (mut dates, mut all) = (Vec::new(), Vec::new());
        for (occasion, _) in known {
            match occasion {
                Occasion::Dates(days) => dates.extend(days),
                occasion => all.push(occasion),
            }
        }
        dates.sort_unstable();
        if all.is_empty() {
            return Some(Occasion::Dates(dates));
        }
        if !dates.is_empty() {
            all.push(Occasion::Dates(dates));
        }
        Some(Occasion::Any(all))
    }

    /// The occasion of that name, an own one first; `Some(None)` for one that has a mistake of its own.
    pub(super) fn occasion(&self, name: &str) -> Option<Option<Occasion>> {
        match self.occasion_names.get(name) {
            Some(place) => Some(self.occasions.get(place as usize).cloned().flatten()),
            None => calendar::built_in(name).cloned().map(Some),
        }
    }

    /// The names of occasions that a mistyped name may mean. Short ones are near to too many words.
    pub(super) fn occasion_candidates(&self) -> impl Iterator<Item = &str> {
        let built_in = calendar::BUILT_IN.iter().map(|(name, _)| *name);
        let aliases = calendar::ALIASES.iter().map(|(name, _)| *name);
        let long = |name: &&str| name.chars().count() >= if name.is_ascii() { 6 } else { 3 };
        self.occasion_names
            .names()
            .chain(built_in.chain(aliases).filter(long))
    }

    /// Whether a day that is written has no lunar day; reports it.
    pub(super) fn outside_calendar(&mut self, day: &hir::Expr) -> bool {
        let H::Literal(Value::Date(date)) = &day.kind else {
            return false;
        };
        let outside = calendar::lunar::lunar_day(*date).is_none();
        if outside {
            let d = Diagnostic::new(
                &codes::OUTSIDE_CALENDAR,
                day.span,
                format!("the lunar day of {date} is not known"),
            )
            .help("the lunar calendar is known from 1900-01-01 to 2101-01-28; write a date within");
            self.report(d);
        }
        outside
    }
}
