//! Rows for what aggregates are to be.

use super::super::axis::Coordinate;
use super::super::region::{Cell, Region};
use super::super::set::Set;
use super::super::{Site, Solver};
use super::{Draft, pick};
use crate::hir::{Aggregate, AggregateOp, Expr, FieldType};
use crate::schema::{Day, Type, Value};

/// What an aggregate of a row is to be.
pub struct Demand<'p> {
    pub row: usize,
    pub aggregate: &'p Aggregate,
    pub coordinate: Coordinate,
    pub cell: Cell,
}

/// Days from today between which all rows of a path lie: what their earliest and latest are to be.
#[derive(Clone, Copy)]
struct Span {
    earliest: Option<i128>,
    latest: Option<i128>,
}

impl Span {
    fn of<'a, 'p: 'a>(piles: impl Iterator<Item = &'a Pile<'p>>, draft: &Draft<'p>) -> Span {
        let mut span = Span {
            earliest: None,
            latest: None,
        };
        for demand in piles.flat_map(|p| &p.values) {
            let end = match demand.aggregate.op {
                AggregateOp::Earliest => &mut span.earliest,
                AggregateOp::Latest => &mut span.latest,
                _ => continue,
            };
            *end = demand.day(draft);
        }
        span
    }

    fn days(self) -> Set {
        Set::range(
            self.earliest.unwrap_or(super::super::set::LOWEST),
            self.latest.unwrap_or(super::super::set::HIGHEST),
        )
    }

    fn clamp(self, day: i128) -> i128 {
        let day = self.latest.map_or(day, |l| day.min(l));
        self.earliest.map_or(day, |e| day.max(e))
    }

    /// The day of the n-th row: one after the other, from the end that is asked for.
    fn nth(self, n: usize) -> i128 {
        let n = n as i128;
        match (self.earliest, self.latest) {
            (_, Some(latest)) => latest - n,
            (Some(earliest), None) => earliest + n,
            (None, None) => -1 - n,
        }
    }
}

/// Demands on the same rows.
struct Pile<'p> {
    row: usize,
    aggregate: &'p Aggregate,
    key: String,
    count: Option<Cell>,
    values: Vec<Demand<'p>>,
}

impl<'p> Solver<'p> {
    pub(super) fn add_rows(
        &mut self,
        draft: &mut Draft<'p>,
        demands: Vec<Demand<'p>>,
    ) -> Option<()> {
        let mut piles: Vec<Pile<'p>> = Vec::new();
        for demand in demands {
            let key = self.rows_key(demand.aggregate);
            let place = piles
                .iter()
                .position(|p| p.key == key && p.row == demand.row);
            let pile = match place {
                Some(place) => &mut piles[place],
                None => {
                    piles.push(Pile {
                        row: demand.row,
                        aggregate: demand.aggregate,
                        key,
                        count: None,
                        values: Vec::new(),
                    });
                    piles.last_mut()?
                }
            };
            match demand.coordinate {
                Coordinate::Count => pile.count = Some(demand.cell),
                _ => pile.values.push(demand),
            }
        }
        // Conditions that no row may fulfil keep out of the others' way.
        let unwanted: Vec<(usize, String, &'p Aggregate)> = piles
            .iter()
            .filter(|p| p.rows() == Some(0))
            .map(|p| (p.row, self.path_key(p.aggregate), p.aggregate))
            .collect();
        // What holds for more rows is served by those of fewer.
        piles.sort_by_key(|p| (p.aggregate.filter.is_none(), p.aggregate.window.is_none()));
        for (place, pile) in piles.iter().enumerate() {
            let path = self.path_key(pile.aggregate);
            let span = Span::of(
                piles
                    .iter()
                    .filter(|p| p.row == pile.row && self.path_key(p.aggregate) == path),
                draft,
            );
            // Rows made for a narrower pile are of this one too.
            let narrower = piles[..place].iter().filter(|p| {
                p.row == pile.row
                    && self.path_key(p.aggregate) == path
                    && self.covers(pile.aggregate, p.aggregate)
            });
            let there = narrower.filter_map(Pile::rows).max().unwrap_or(0);
            self.add_pile(draft, pile, there, span, &unwanted)?;
        }
        Some(())
    }

    fn add_pile(
        &mut self,
        draft: &mut Draft<'p>,
        pile: &Pile<'p>,
        there: usize,
        span: Span,
        unwanted: &[(usize, String, &'p Aggregate)],
    ) -> Option<()> {
        let wanted = pile.rows()?;
        let a = pile.aggregate;
        let path = self.path_key(a);
        let holder = match &a.many.base {
            Some(base) => draft.referred(pile.row, base)?,
            None => pile.row,
        };
        let bare = a.filter.is_none() && a.window.is_none() && pile.values.is_empty();
        let there = if bare {
            draft.children(holder, a)
        } else {
            there
        };
        let record = a.many.record;
        for n in there..wanted {
            let mut region = match &a.filter {
                Some(filter) => self.region(record, filter, super::super::Asked::True),
                None => Region::everything(),
            };
            for (row, other, b) in unwanted {
                if *row == pile.row
                    && *other == path
                    && b.window.is_none()
                    && let Some(filter) = &b.filter
                {
                    let not = self.region(record, filter, super::super::Asked::NotTrue);
                    region = region.and(&not);
                }
            }
            for demand in &pile.values {
                if let Some((value, set)) = demand.share(n, wanted, span, draft) {
                    region = region.and(&match value.ty.ty {
                        Type::Date => self.offset_in(value, &set, &Site::of(record)),
                        _ => self.value_in(value, &set, &Site::of(record)),
                    });
                }
            }
            let block = region.0.into_iter().find(|b| self.is_consistent(b))?;
            let row = draft.row(record, Some((a.many.by, holder)))?;
            self.fill(draft, row, &block)?;
            self.date_row(draft, row, a, span);
        }
        Some(())
    }

    /// The day by which the window takes a row: one of the window, or else a recent one.
    fn date_row(&self, draft: &mut Draft<'p>, row: usize, a: &Aggregate, span: Span) {
        let record = self.program.record(a.many.record);
        let Some(dated) = record.dated_by else { return };
        if draft.rows[row].values.contains_key(&dated) {
            return;
        }
        let window = a
            .window
            .as_ref()
            .and_then(super::super::dates::window_offsets);
        let offset = match window {
            Some((inside, _)) => {
                let allowed = inside.intersect(&span.days());
                let offset = pick::offset(&allowed, draft.variant).unwrap_or(0);
                if record.ahead { offset } else { offset.min(0) }
            }
            None => span.clamp(-[1, 20, 100, 400][draft.variant % 4]),
        };
        let day = draft.today + offset;
        let value = match &record.fields[dated.index()].ty {
            FieldType::Value(Type::DateTime) => pick::noon(day),
            _ => i32::try_from(day).ok().map(|d| Value::Date(Day(d))),
        };
        if let Some(value) = value {
            draft.rows[row].values.insert(dated, Some(value));
            draft.rows[row].shown.push(dated);
        }
    }
}

impl Draft<'_> {
    /// How many rows a holder has so far.
    fn children(&self, holder: usize, a: &Aggregate) -> usize {
        let Some(key) = self.key_of(holder) else {
            return 0;
        };
        let rows = self.rows.iter();
        rows.filter(|r| {
            r.record == a.many.record && r.values.get(&a.many.by) == Some(&Some(key.clone()))
        })
        .count()
    }
}

impl Pile<'_> {
    /// How many rows it takes; `None` for too many.
    fn rows(&self) -> Option<usize> {
        let fewest = match &self.count {
            Some(cell) => cell.set.hull()?.0,
            None => 0,
        };
        let some = self.values.iter().any(Demand::takes_a_row);
        let distinct = self.values.iter().filter_map(|d| match d.aggregate.op {
            AggregateOp::DistinctCount => Some(d.cell.set.hull()?.0),
            _ => None,
        });
        let most = distinct.max().unwrap_or(0);
        usize::try_from(fewest.max(i128::from(some)).max(most))
            .ok()
            .filter(|n| *n <= super::MOST_ROWS)
    }
}

impl<'p> Demand<'p> {
    /// Whether the value is none that an aggregate of no rows has.
    fn takes_a_row(&self) -> bool {
        match self.aggregate.op {
            AggregateOp::Sum | AggregateOp::DistinctCount => !self.cell.set.contains(0),
            _ => !self.cell.missing || !self.cell.set.is_empty(),
        }
    }

    /// What a row's value is to be, the row being the n-th of so many.
    fn share(&self, n: usize, of: usize, span: Span, draft: &Draft<'p>) -> Option<(&'p Expr, Set)> {
        let value = self.aggregate.value.as_ref()?;
        if self.cell.set.is_empty() {
            return None;
        }
        match self.aggregate.op {
            AggregateOp::Sum => {
                let total = self.number(value, draft)?;
                let each = total.div_euclid(of as i128);
                let first = total - each * (of as i128 - 1);
                Some((value, Set::point(if n == 0 { first } else { each })))
            }
            // Each row another value.
            AggregateOp::DistinctCount => match value.ty.ty {
                Type::Date => Some((value, Set::point(span.nth(n)))),
                Type::Enum(_) | Type::Integer => Some((value, Set::point(n as i128))),
                Type::Text => Some((value, Set::text(&format!("kind {}", n + 1).into()))),
                _ => None,
            },
            AggregateOp::Earliest | AggregateOp::Latest if value.ty.ty == Type::Date => {
                (n == 0).then(|| Some((value, Set::point(self.day(draft)?))))?
            }
            _ if self.coordinate == Coordinate::FromToday => {
                Some((value, Set::point(self.day(draft)?)))
            }
            _ => match &self.cell.set {
                Set::Texts { .. } => Some((value, self.cell.set.clone())),
                Set::Ranges(_) => Some((value, Set::point(self.number(value, draft)?))),
            },
        }
    }

    /// The day that a date is to be, in days from today.
    fn day(&self, draft: &Draft<'p>) -> Option<i128> {
        match self.coordinate {
            Coordinate::FromToday => pick::offset(&self.cell.set, draft.variant),
            _ => Some(pick::day(&self.cell.set, draft.today - 30, draft.variant)? - draft.today),
        }
    }

    fn number(&self, value: &Expr, draft: &Draft<'p>) -> Option<i128> {
        // An average of whole numbers is one in billionths.
        let average = self.aggregate.op == AggregateOp::Average;
        let whole = average && value.ty.ty == Type::Integer;
        let ty = if whole { Type::Number } else { value.ty.ty };
        let picked = pick::value(ty, &self.cell.set, draft.today, draft.variant)?;
        let n = super::super::set::code(&picked)?;
        Some(if whole {
            n.div_euclid(crate::schema::ONE)
        } else {
            n
        })
    }
}
