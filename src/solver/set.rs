//! Sets of values on one axis.

use crate::schema::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Values of one axis. Numbers are whole: integers as they are, decimals in billionths, dates in days, datetimes
/// in microseconds, named values by their places, yes/no as 1 and 0. So every open end is a closed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set {
    /// Closed ranges, ascending, with something between each two.
    Ranges(Vec<(i128, i128)>),
    /// The listed texts, or all but them.
    Texts {
        listed: BTreeSet<Arc<str>>,
        except: bool,
    },
}

/// Beyond every value.
pub const HIGHEST: i128 = i128::MAX / 4;
pub const LOWEST: i128 = -HIGHEST;

impl Set {
    pub fn range(low: i128, high: i128) -> Set {
        let (low, high) = (low.max(LOWEST), high.min(HIGHEST));
        Set::Ranges(if low <= high {
            vec![(low, high)]
        } else {
            Vec::new()
        })
    }

    pub fn numbers() -> Set {
        Set::range(LOWEST, HIGHEST)
    }

    pub fn none() -> Set {
        Set::Ranges(Vec::new())
    }

    pub fn point(n: i128) -> Set {
        Set::range(n, n)
    }

    pub fn texts() -> Set {
        Set::Texts {
            listed: BTreeSet::new(),
            except: true,
        }
    }

    pub fn text(text: &Arc<str>) -> Set {
        Set::Texts {
            listed: BTreeSet::from([text.clone()]),
            except: false,
        }
    }

    pub fn from_ranges(mut ranges: Vec<(i128, i128)>) -> Set {
        ranges.retain(|(low, high)| low <= high);
        ranges.sort_unstable();
        let mut out: Vec<(i128, i128)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        Set::Ranges(out)
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Set::Ranges(ranges) => ranges.is_empty(),
            Set::Texts { listed, except } => !except && listed.is_empty(),
        }
    }

    /// Of sets of one kind; others have nothing in common that is known, and the first is kept.
    pub fn intersect(&self, other: &Set) -> Set {
        match (self, other) {
            (Set::Ranges(a), Set::Ranges(b)) => {
                let mut out = Vec::new();
                for (low, high) in a {
                    for (l, h) in b {
                        let both = (*low.max(l), *high.min(h));
                        if both.0 <= both.1 {
                            out.push(both);
                        }
                    }
                }
                Set::from_ranges(out)
            }
            (
                Set::Texts {
                    listed: a,
                    except: x,
                },
                Set::Texts {
                    listed: b,
                    except: y,
                },
            ) => match (x, y) {
                (false, false) => texts(a.intersection(b), false),
                (false, true) => texts(a.difference(b), false),
                (true, false) => texts(b.difference(a), false),
                (true, true) => texts(a.union(b), true),
            },
            _ => self.clone(),
        }
    }

    pub fn union(&self, other: &Set) -> Set {
        self.complement()
            .intersect(&other.complement())
            .complement()
    }

    pub fn complement(&self) -> Set {
        match self {
            Set::Ranges(ranges) => {
                let mut out = Vec::new();
                let mut next = LOWEST;
                for (low, high) in ranges {
                    out.push((next, low - 1));
                    next = high + 1;
                }
                out.push((next, HIGHEST));
                Set::from_ranges(out)
            }
            Set::Texts { listed, except } => Set::Texts {
                listed: listed.clone(),
                except: !except,
            },
        }
    }

    pub fn is_subset(&self, other: &Set) -> bool {
        self.intersect(&other.complement()).is_empty()
    }

    /// Every number moved by `by`.
    pub fn shifted(&self, by: i128) -> Set {
        self.stretched(|n| n + by, |n| n + by)
    }

    pub fn negated(&self) -> Set {
        match self {
            Set::Ranges(r) => Set::from_ranges(r.iter().map(|(l, h)| (-h, -l)).collect()),
            Set::Texts { .. } => self.clone(),
        }
    }

    /// Each range from `low` of its least to `high` of its greatest number; open ends stay open.
    pub fn stretched(&self, low: impl Fn(i128) -> i128, high: impl Fn(i128) -> i128) -> Set {
        let from = |n: i128| match n {
            LOWEST => LOWEST,
            n => low(n).clamp(LOWEST, HIGHEST),
        };
        let to = |n: i128| match n {
            HIGHEST => HIGHEST,
            n => high(n).clamp(LOWEST, HIGHEST),
        };
        match self {
            Set::Ranges(r) => Set::from_ranges(r.iter().map(|(l, h)| (from(*l), to(*h))).collect()),
            Set::Texts { .. } => self.clone(),
        }
    }

    /// The least and the greatest number.
    pub fn hull(&self) -> Option<(i128, i128)> {
        match self {
            Set::Ranges(ranges) => Some((ranges.first()?.0, ranges.last()?.1)),
            Set::Texts { .. } => None,
        }
    }

    pub fn contains(&self, n: i128) -> bool {
        matches!(self, Set::Ranges(r) if r.iter().any(|(low, high)| *low <= n && n <= *high))
    }
}

fn texts<'t>(listed: impl Iterator<Item = &'t Arc<str>>, except: bool) -> Set {
    Set::Texts {
        listed: listed.cloned().collect(),
        except,
    }
}

/// A value as the number that stands for it; `None` for texts.
pub fn code(value: &Value) -> Option<i128> {
    Some(match value {
        Value::Text(_) => return None,
        Value::YesNo(b) => i128::from(*b),
        Value::Integer(n) => i128::from(*n),
        Value::Number(d) | Value::Percent(d) | Value::Money(d, _) => d.0,
        Value::Date(day) => i128::from(day.0),
        Value::DateTime(micros) => i128::from(*micros),
        Value::Time(seconds) => i128::from(*seconds),
        Value::Duration(_, n) => i128::from(*n),
        Value::Enum(_, place) => i128::from(*place),
    })
}

/// The set of just this value.
pub fn only(value: &Value) -> Set {
    match value {
        Value::Text(text) => Set::text(text),
        other => Set::point(code(other).unwrap_or(0)),
    }
}
