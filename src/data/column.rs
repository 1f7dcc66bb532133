//! Typed columns with null masks.

use super::TextColumn;

/// A column and which of its values are there. A missing value's place holds a default of its type.
#[derive(Debug, Clone)]
pub struct Column {
    pub values: ColumnValues,
    /// `None`: all values are there.
    pub valid: Option<Vec<bool>>,
}

#[derive(Debug, Clone)]
pub enum ColumnValues {
    YesNo(Vec<bool>),
    Integer(Vec<i64>),
    /// Number, percent (as a fraction) and money, counted in 10^-scale; of loaded columns `scale` is the least that
    /// holds every value of the column.
    Decimal {
        scale: u8,
        values: Vec<i64>,
    },
    /// Where 64 bits do not suffice: billionths.
    WideDecimal(Vec<i128>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Microseconds since 1970-01-01T00:00Z.
    DateTime(Vec<i64>),
    /// Seconds since midnight.
    Time(Vec<u32>),
    /// Counted in the unit of its kind.
    Duration(Vec<i64>),
    Text(TextColumn),
    /// Places in the set of names.
    Enum(Vec<u32>),
    /// Row numbers of the referenced table.
    Reference(Vec<u32>),
}

impl Column {
    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|v| v[row])
    }
}

/// Runs one expression on whichever vector a column holds.
macro_rules! on_values {
    ($values:expr, $v:ident => $vector:expr, $t:ident => $text:expr) => {
        match $values {
            ColumnValues::YesNo($v) => $vector,
            ColumnValues::Integer($v) | ColumnValues::DateTime($v) | ColumnValues::Duration($v) => {
                $vector
            }
            ColumnValues::Decimal { values: $v, .. } => $vector,
            ColumnValues::WideDecimal($v) => $vector,
            ColumnValues::Date($v) => $vector,
            ColumnValues::Time($v) | ColumnValues::Enum($v) | ColumnValues::Reference($v) => {
                $vector
            }
            ColumnValues::Text($t) => $text,
        }
    };
}

impl ColumnValues {
    pub fn len(&self) -> usize {
        on_values!(self, v => v.len(), t => t.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn push_default(&mut self) {
        on_values!(self, v => v.push(Default::default()), t => t.push(""))
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        on_values!(self, v => v.truncate(rows), t => t.truncate(rows))
    }

    /// From `from` on, `there` says which rows have the values that follow, in order; the others get a default.
    pub(super) fn spread(&mut self, from: usize, there: &[bool]) {
        on_values!(self, v => spread(v, from, there), _t => debug_assert!(false, "texts cannot be spread"))
    }

    /// Keeps the rows that are named, in that order.
    pub(super) fn take(&mut self, rows: &[u32]) {
        on_values!(self, v => *v = rows.iter().map(|r| v[*r as usize]).collect(), t => t.take(rows))
    }

    /// Counts a decimal in 10^-scale at least, wide if it must be.
    pub(super) fn raise_scale(&mut self, to: u8) {
        let ColumnValues::Decimal { scale, values } = self else {
            return;
        };
        if *scale >= to {
            return;
        }
        let factor = 10i64.pow((to - *scale) as u32);
        if values.iter().all(|v| v.checked_mul(factor).is_some()) {
            values.iter_mut().for_each(|v| *v *= factor);
            *scale = to;
        } else {
            self.widen();
        }
    }

    pub(super) fn widen(&mut self) {
        if let ColumnValues::Decimal { scale, values } = self {
            let factor = 10i128.pow(9 - *scale as u32);
            *self = ColumnValues::WideDecimal(values.iter().map(|v| *v as i128 * factor).collect());
        }
    }

    /// The least scale that holds every value, and 64 bits where they suffice.
    pub(super) fn narrow(&mut self) {
        if let ColumnValues::WideDecimal(values) = self {
            let scale = least_scale(values.iter().copied(), 9);
            let factor = 10i128.pow(9 - scale as u32);
            if let Ok(values) = values.iter().map(|v| i64::try_from(v / factor)).collect() {
                *self = ColumnValues::Decimal { scale, values };
            }
        } else if let ColumnValues::Decimal { scale, values } = self {
            let least = least_small_scale(values, *scale);
            let factor = 10i64.pow((*scale - least) as u32);
            if factor > 1 {
                values.iter_mut().for_each(|v| *v /= factor);
                *scale = least;
            }
        }
    }

    /// Appends a block of the same type.
    pub fn append(&mut self, mut block: ColumnValues) {
        use ColumnValues as V;
        if let (V::Decimal { scale: a, .. }, V::Decimal { scale: b, .. }) = (&*self, &block) {
            let most = *a.max(b);
            self.raise_scale(most);
            block.raise_scale(most);
        }
        if matches!(self, V::WideDecimal(_)) {
            block.widen();
        } else if matches!(block, V::WideDecimal(_)) {
            self.widen();
        }
        match (self, block) {
            (V::YesNo(a), V::YesNo(b)) => a.extend(b),
            (V::Integer(a), V::Integer(b)) => a.extend(b),
            (V::DateTime(a), V::DateTime(b)) => a.extend(b),
            (V::Duration(a), V::Duration(b)) => a.extend(b),
            (V::Decimal { values: a, .. }, V::Decimal { values: b, .. }) => a.extend(b),
            (V::WideDecimal(a), V::WideDecimal(b)) => a.extend(b),
            (V::Date(a), V::Date(b)) => a.extend(b),
            (V::Time(a), V::Time(b)) => a.extend(b),
            (V::Enum(a), V::Enum(b)) => a.extend(b),
            (V::Reference(a), V::Reference(b)) => a.extend(b),
            (V::Text(a), V::Text(b)) => a.append(b),
            _ => debug_assert!(false, "a block of another type"),
        }
    }
}

/// As [`least_scale`], of values that are many and mostly need the scale they have.
fn least_small_scale(values: &[i64], scale: u8) -> u8 {
    let needed = |least: u8| {
        let factor = 10i64.pow(u32::from(scale - least));
        values.iter().any(|v| v % factor != 0)
    };
    (0..scale).find(|least| !needed(*least)).unwrap_or(scale)
}

fn spread<T: Copy + Default>(values: &mut Vec<T>, from: usize, there: &[bool]) {
    let mut taken = values.len();
    values.resize(from + there.len(), T::default());
    for (row, there) in there.iter().enumerate().rev() {
        values[from + row] = if *there {
            taken -= 1;
            values[taken]
        } else {
            T::default()
        };
    }
}

fn least_scale(values: impl Iterator<Item = i128>, scale: u8) -> u8 {
    let mut least = 0;
    for value in values {
        while least < scale && value % 10i128.pow((scale - least) as u32) != 0 {
            least += 1;
        }
        if least == scale {
            break;
        }
    }
    least
}

impl Column {
    /// Keeps the rows that are named, in that order.
    pub fn take(&mut self, rows: &[u32]) {
        self.values.take(rows);
        if let Some(valid) = &mut self.valid {
            *valid = rows.iter().map(|r| valid[*r as usize]).collect();
        }
    }

    /// The form in which equal columns are equal: no mask where nothing is missing, least scale.
    pub(super) fn settle(&mut self) {
        if self.valid.as_ref().is_some_and(|v| v.iter().all(|b| *b)) {
            self.valid = None;
        }
        self.values.narrow();
    }
}
