//! Texts of a column, end to end or, where few of them differ, as a dictionary.

use rustc_hash::FxHashMap;

/// Texts of a column. `PartialEq` is not offered: equal texts may lie in either form.
#[derive(Debug, Clone)]
pub struct TextColumn {
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Plain(Plain),
    /// Value `i` is `values[codes[i]]`. INVARIANT: every code is a place in `values`, which are at most
    /// [`MOST_VALUES`] and may hold one text twice.
    Dictionary {
        codes: Vec<u16>,
        values: Plain,
    },
}

/// Value `i` is `bytes[offsets[i]..offsets[i + 1]]`.
#[derive(Debug, Clone)]
struct Plain {
    offsets: Vec<u64>,
    bytes: String,
}

/// More different texts than this are kept end to end.
pub const MOST_VALUES: usize = 1024;

impl Plain {
    fn new() -> Plain {
        Plain {
            offsets: vec![0],
            bytes: String::new(),
        }
    }

    fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    #[inline]
    fn get(&self, i: usize) -> &str {
        &self.bytes[self.offsets[i] as usize..self.offsets[i + 1] as usize]
    }

    #[inline]
    fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.offsets.push(self.bytes.len() as u64);
    }
}

impl TextColumn {
    pub fn new() -> Self {
        TextColumn {
            form: Form::Plain(Plain::new()),
        }
    }

    /// Of texts end to end: value `i` is `bytes[offsets[i]..offsets[i + 1]]`. INVARIANT: the first offset is 0,
    /// the last the length of `bytes`, and all lie between characters.
    pub fn from_offsets(offsets: Vec<u64>, bytes: String) -> Self {
        debug_assert!(offsets.first() == Some(&0) && offsets.last() == Some(&(bytes.len() as u64)));
        TextColumn {
            form: Form::Plain(Plain { offsets, bytes }),
        }
    }

    /// Value `i` is `values[codes[i]]`. INVARIANT: every code is a place in `values`, which are at most 1,024.
    pub fn from_dictionary(codes: Vec<u16>, values: TextColumn) -> Self {
        debug_assert!(values.len() <= MOST_VALUES);
        debug_assert!(codes.iter().all(|c| (*c as usize) < values.len()));
        let values = values.into_plain();
        TextColumn {
            form: Form::Dictionary { codes, values },
        }
    }

    /// Each row's place among the texts, and the texts, where few of them differ.
    pub fn dictionary(&self) -> Option<(&[u16], Texts<'_>)> {
        match &self.form {
            Form::Plain(_) => None,
            Form::Dictionary { codes, values } => Some((codes, Texts(values))),
        }
    }

    pub fn len(&self) -> usize {
        match &self.form {
            Form::Plain(plain) => plain.len(),
            Form::Dictionary { codes, .. } => codes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, i: usize) -> &str {
        match &self.form {
            Form::Plain(plain) => plain.get(i),
            Form::Dictionary { codes, values } => values.get(codes[i] as usize),
        }
    }

    #[inline]
    pub fn push(&mut self, text: &str) {
        match &mut self.form {
            Form::Plain(plain) => plain.push(text),
            Form::Dictionary { .. } => self.push_to_dictionary(text),
        }
    }

    /// Seldom needed: dictionaries come whole, and grow by whole blocks.
    fn push_to_dictionary(&mut self, text: &str) {
        if let Form::Dictionary { codes, values } = &mut self.form {
            let known = (0..values.len()).find(|v| values.get(*v) == text);
            if known.is_some() || values.len() < MOST_VALUES {
                let place = known.unwrap_or_else(|| {
                    values.push(text);
                    values.len() - 1
                });
                codes.push(place as u16);
                return;
            }
        }
        self.plain().push(text);
    }

    /// The texts end to end, made so where they are not.
    fn plain(&mut self) -> &mut Plain {
        if let Form::Dictionary { codes, values } = &self.form {
            let mut plain = Plain::new();
            plain.offsets.reserve(codes.len());
            codes
                .iter()
                .for_each(|c| plain.push(values.get(*c as usize)));
            self.form = Form::Plain(plain);
        }
        match &mut self.form {
            Form::Plain(plain) => plain,
            Form::Dictionary { .. } => unreachable!("made plain above"),
        }
    }

    fn into_plain(mut self) -> Plain {
        std::mem::replace(self.plain(), Plain::new())
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        if rows >= self.len() {
            return;
        }
        match &mut self.form {
            Form::Plain(plain) => {
                plain.offsets.truncate(rows + 1);
                plain.bytes.truncate(plain.offsets[rows] as usize);
            }
            Form::Dictionary { codes, .. } => codes.truncate(rows),
        }
    }

    /// Makes a dictionary of texts end to end, where few of them differ.
    pub(super) fn fold(&mut self) {
        let Form::Plain(plain) = &self.form else {
            return;
        };
        let mut places: FxHashMap<&str, u16> = FxHashMap::default();
        let mut codes = Vec::with_capacity(plain.len());
        let mut values = Plain::new();
        for i in 0..plain.len() {
            let text = plain.get(i);
            let known = places.get(text).copied();
            if known.is_none() && values.len() == MOST_VALUES {
                return;
            }
            codes.push(known.unwrap_or_else(|| {
                values.push(text);
                let place = (values.len() - 1) as u16;
                places.insert(text, place);
                place
            }));
        }
        self.form = Form::Dictionary { codes, values };
    }

    /// Keeps the rows that are named, in that order.
    pub(super) fn take(&mut self, rows: &[u32]) {
        match &mut self.form {
            Form::Plain(plain) => {
                let mut kept = Plain::new();
                rows.iter().for_each(|r| kept.push(plain.get(*r as usize)));
                *plain = kept;
            }
            Form::Dictionary { codes, .. } => {
                *codes = rows.iter().map(|r| codes[*r as usize]).collect();
            }
        }
    }

    /// Appends a block.
    pub(super) fn append(&mut self, block: TextColumn) {
        if self.is_empty() {
            *self = block;
            return;
        }
        if block.is_empty() {
            return;
        }
        let block = match (&mut self.form, block.form) {
            (
                Form::Dictionary { codes, values },
                Form::Dictionary {
                    codes: more,
                    values: others,
                },
            ) => {
                if let Some(places) = adopt(values, &others) {
                    codes.extend(more.iter().map(|c| places[*c as usize]));
                    return;
                }
                Form::Dictionary {
                    codes: more,
                    values: others,
                }
            }
            (_, block) => block,
        };
        let plain = self.plain();
        match block {
            Form::Plain(block) => {
                let shift = plain.bytes.len() as u64;
                plain.bytes.push_str(&block.bytes);
                let offsets = block.offsets[1..].iter().map(|o| o + shift);
                plain.offsets.extend(offsets);
            }
            Form::Dictionary { codes, values } => {
                codes
                    .iter()
                    .for_each(|c| plain.push(values.get(*c as usize)));
            }
        }
    }
}

/// Takes up texts of another dictionary; the place that each has now. `None`: they would be too many.
fn adopt(values: &mut Plain, others: &Plain) -> Option<Vec<u16>> {
    let mut places: FxHashMap<String, u16> = FxHashMap::default();
    for i in 0..values.len() {
        places.entry(values.get(i).to_string()).or_insert(i as u16);
    }
    let mut found = Vec::with_capacity(others.len());
    for i in 0..others.len() {
        let text = others.get(i);
        let place = match places.get(text) {
            Some(place) => *place,
            None if values.len() < MOST_VALUES => {
                values.push(text);
                let place = (values.len() - 1) as u16;
                places.insert(text.to_string(), place);
                place
            }
            None => return None,
        };
        found.push(place);
    }
    Some(found)
}

impl Default for TextColumn {
    fn default() -> Self {
        Self::new()
    }
}

/// The different texts of a dictionary; one may stand there twice.
#[derive(Clone, Copy)]
pub struct Texts<'c>(&'c Plain);

impl<'c> Texts<'c> {
    pub fn len(self) -> usize {
        self.0.len()
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    pub fn iter(self) -> impl Iterator<Item = &'c str> {
        (0..self.0.len()).map(move |i| self.0.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(texts: &[&str]) -> TextColumn {
        let mut column = TextColumn::new();
        texts.iter().for_each(|t| column.push(t));
        column
    }

    fn dictionary(codes: &[u16], values: &[&str]) -> TextColumn {
        TextColumn::from_dictionary(codes.to_vec(), plain(values))
    }

    fn all(column: &TextColumn) -> Vec<&str> {
        (0..column.len()).map(|i| column.get(i)).collect()
    }

    #[test]
    fn forms_mix() {
        let few = || dictionary(&[1, 0, 1], &["tea", "ware"]);
        let mut column = few();
        column.append(dictionary(&[0, 1], &["class", "tea"]));
        assert_eq!(all(&column), ["ware", "tea", "ware", "class", "tea"]);
        assert!(column.dictionary().is_some());
        column.append(plain(&["gift"]));
        assert!(column.dictionary().is_none());
        column.append(few());
        column.take(&[8, 0, 5]);
        assert_eq!(all(&column), ["ware", "ware", "gift"]);
        let mut column = plain(&["x"]);
        column.append(few());
        assert_eq!(all(&column), ["x", "ware", "tea", "ware"]);
        let mut column = TextColumn::new();
        column.append(few());
        column.push("tea");
        column.push("new");
        column.truncate(4);
        assert_eq!(all(&column), ["ware", "tea", "ware", "tea"]);
    }

    #[test]
    fn few_texts_fold() {
        let mut column = plain(&["tea", "ware", "tea", ""]);
        column.fold();
        assert_eq!(
            column.dictionary().map(|(codes, _)| codes),
            Some(&[0, 1, 0, 2][..])
        );
        assert_eq!(all(&column), ["tea", "ware", "tea", ""]);
        let texts: Vec<String> = (0..=MOST_VALUES).map(|i| i.to_string()).collect();
        let mut column = plain(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        column.fold();
        assert!(column.dictionary().is_none());
    }

    #[test]
    fn a_dictionary_that_grows_too_large_becomes_plain() {
        let texts: Vec<String> = (0..MOST_VALUES).map(|i| format!("t{i}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let codes: Vec<u16> = (0..MOST_VALUES as u16).collect();
        let mut column = dictionary(&codes, &texts);
        column.append(dictionary(&[0, 1], &["t3", "other"]));
        assert!(column.dictionary().is_none());
        assert_eq!(column.len(), MOST_VALUES + 2);
        assert_eq!(column.get(MOST_VALUES), "t3");
        assert_eq!(column.get(MOST_VALUES + 1), "other");
    }
}
