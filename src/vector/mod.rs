//! A batch of values of one type, with a null mask: what kernels take and give. Floor 3.

mod map;

pub use map::{places, try_map, try_zip, zip};

use crate::schema::Type;
use std::borrow::Cow;

/// Values of the rows of a batch.
///
/// INVARIANT: a vector has one value for each row of its batch, or exactly one, which then stands for every
/// row. The value at a missing place is some default of the type and means nothing.
#[derive(Debug, Clone)]
pub struct Vector<'a> {
    pub values: Values<'a>,
    /// `None`: all are there. Else as long as the values.
    pub valid: Option<Cow<'a, [bool]>>,
}

#[derive(Debug, Clone)]
pub enum Values<'a> {
    YesNo(Cow<'a, [bool]>),
    Integer(Cow<'a, [i64]>),
    /// Number, percent and money, in billionths.
    Decimal(Cow<'a, [i128]>),
    /// Days since 1970-01-01.
    Date(Cow<'a, [i32]>),
    /// Microseconds since 1970-01-01T00:00Z.
    DateTime(Cow<'a, [i64]>),
    /// Seconds since midnight.
    Time(Cow<'a, [u32]>),
    /// In the unit of its kind.
    Duration(Cow<'a, [i64]>),
    Text(Vec<Cow<'a, str>>),
    /// Places in a set of names.
    Enum(Cow<'a, [u32]>),
    /// Row numbers of the referenced table.
    Reference(Cow<'a, [u32]>),
}

impl Values<'_> {
    pub fn len(&self) -> usize {
        match self {
            Values::YesNo(v) => v.len(),
            Values::Integer(v) | Values::DateTime(v) | Values::Duration(v) => v.len(),
            Values::Decimal(v) => v.len(),
            Values::Date(v) => v.len(),
            Values::Time(v) | Values::Enum(v) | Values::Reference(v) => v.len(),
            Values::Text(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> Vector<'a> {
    pub fn new(values: Values<'a>) -> Self {
        Vector {
            values,
            valid: None,
        }
    }

    pub fn with_valid(values: Values<'a>, valid: Option<Vec<bool>>) -> Self {
        debug_assert!(valid.as_ref().is_none_or(|v| v.len() == values.len()));
        Vector {
            values,
            valid: valid.map(Cow::Owned),
        }
    }

    /// One value for every row.
    pub fn is_constant(&self) -> bool {
        self.values.len() == 1
    }

    /// Where the value of a row lies: a constant has its only one at 0.
    #[inline]
    pub fn place(&self, row: usize) -> usize {
        if self.values.len() == 1 { 0 } else { row }
    }

    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        match &self.valid {
            None => true,
            Some(v) => v[if v.len() == 1 { 0 } else { row }],
        }
    }

    /// The row that a reference refers to. INVARIANT: a reference vector.
    #[inline]
    pub fn reference(&self, row: usize) -> Option<u32> {
        match &self.values {
            Values::Reference(v) => self.is_valid(row).then(|| v[self.place(row)]),
            _ => unreachable!("a reference"),
        }
    }

    /// A missing value of a type, for every row.
    pub fn missing(ty: Type) -> Vector<'static> {
        let values = match ty {
            Type::YesNo => Values::YesNo(Cow::Borrowed(&[false])),
            Type::Integer => Values::Integer(Cow::Borrowed(&[0])),
            Type::Number | Type::Percent | Type::Money(_) => Values::Decimal(Cow::Borrowed(&[0])),
            Type::Date => Values::Date(Cow::Borrowed(&[0])),
            Type::DateTime => Values::DateTime(Cow::Borrowed(&[0])),
            Type::Time => Values::Time(Cow::Borrowed(&[0])),
            Type::Duration(_) => Values::Duration(Cow::Borrowed(&[0])),
            Type::Enum(_) => Values::Enum(Cow::Borrowed(&[0])),
            Type::Reference(_) => Values::Reference(Cow::Borrowed(&[0])),
            Type::Text | Type::Message | Type::Unknown => Values::Text(vec![Cow::Borrowed("")]),
        };
        Vector {
            values,
            valid: Some(Cow::Borrowed(&[false])),
        }
    }

    /// The same values, borrowed from nowhere.
    pub fn into_owned(self) -> Vector<'static> {
        fn own<T: Clone>(v: Cow<'_, [T]>) -> Cow<'static, [T]> {
            Cow::Owned(v.into_owned())
        }
        let values = match self.values {
            Values::YesNo(v) => Values::YesNo(own(v)),
            Values::Integer(v) => Values::Integer(own(v)),
            Values::Decimal(v) => Values::Decimal(own(v)),
            Values::Date(v) => Values::Date(own(v)),
            Values::DateTime(v) => Values::DateTime(own(v)),
            Values::Time(v) => Values::Time(own(v)),
            Values::Duration(v) => Values::Duration(own(v)),
            Values::Text(v) => {
                Values::Text(v.into_iter().map(|t| Cow::Owned(t.into_owned())).collect())
            }
            Values::Enum(v) => Values::Enum(own(v)),
            Values::Reference(v) => Values::Reference(own(v)),
        };
        Vector {
            values,
            valid: self.valid.map(own),
        }
    }

    /// Whether the condition is true (not unknown) in a row. INVARIANT: a yes/no vector.
    #[inline]
    pub fn holds(&self, row: usize) -> bool {
        match &self.values {
            Values::YesNo(v) => self.is_valid(row) && v[self.place(row)],
            _ => unreachable!("a condition is yes/no"),
        }
    }
}

/// The null mask of an operation that is missing where any operand is; `None` where nothing is missing.
/// The result has `rows` places, or one if every operand is constant.
pub fn merge_valid(operands: &[&Vector<'_>], rows: usize) -> Option<Vec<bool>> {
    if operands.iter().all(|v| v.valid.is_none()) {
        return None;
    }
    let n = if operands.iter().all(|v| v.is_constant()) {
        1
    } else {
        rows
    };
    let mut out = vec![true; n];
    for v in operands {
        let Some(valid) = &v.valid else { continue };
        if valid.len() == 1 {
            if !valid[0] {
                out.fill(false);
            }
        } else {
            out.iter_mut().zip(valid.iter()).for_each(|(o, v)| *o &= v);
        }
    }
    Some(out)
}

/// A value that does not fit its type, in one row of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowError {
    pub row: usize,
    pub cause: RowErrorCause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowErrorCause {
    /// Beyond 64 bits for an integer, about 29 digits for a decimal.
    Overflow,
    /// Outside the years 1 to 9999.
    DateOutOfRange,
    /// It depends on lunar days or solar terms before 1900 or after 2100.
    OutsideCalendar,
}

impl RowErrorCause {
    /// What the value does, for a sentence that begins with it.
    pub fn words(self) -> &'static str {
        match self {
            RowErrorCause::Overflow => "is larger than a value of its type can be",
            RowErrorCause::DateOutOfRange => "lies outside the years 1 to 9999",
            RowErrorCause::OutsideCalendar => {
                "cannot be told: lunar days and solar terms are known from 1900 to 2100 only"
            }
        }
    }
}

/// Kernels report the first row that fails. Rows whose result would be missing anyway never fail.
pub type KernelResult<'a> = Result<Vector<'a>, RowError>;
