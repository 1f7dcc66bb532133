//! Typed columns with null masks.

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
    /// Number, percent (as a fraction) and money, counted in 10^-scale; `scale` is the least that holds
    /// every value of the column.
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

/// Texts end to end: value `i` is `bytes[offsets[i]..offsets[i + 1]]`.
#[derive(Debug, Clone)]
pub struct TextColumn {
    pub offsets: Vec<u64>,
    pub bytes: String,
}

impl TextColumn {
    pub fn new() -> Self {
        TextColumn {
            offsets: vec![0],
            bytes: String::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, i: usize) -> &str {
        &self.bytes[self.offsets[i] as usize..self.offsets[i + 1] as usize]
    }

    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.offsets.push(self.bytes.len() as u64);
    }
}

impl Default for TextColumn {
    fn default() -> Self {
        Self::new()
    }
}

impl Column {
    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|v| v[row])
    }
}
