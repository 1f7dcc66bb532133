//! Which line of its file each row stands in.

/// The lines of rows, ascending, few bytes where each row is one line.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// Of the first row.
    first: u64,
    rows: usize,
    /// Where rows are not one a line: how far each line is from the first.
    offsets: Option<Vec<u32>>,
}

impl Lines {
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The line of a row.
    pub fn get(&self, row: usize) -> u64 {
        match &self.offsets {
            None => self.first + row as u64,
            Some(offsets) => self.first + u64::from(offsets[row]),
        }
    }

    /// The line of the next row.
    #[inline]
    pub fn push(&mut self, line: u64) {
        if self.rows == 0 {
            self.first = line;
        }
        if self.offsets.is_none() && line != self.first + self.rows as u64 {
            self.offsets = Some((0..self.rows as u32).collect());
        }
        if let Some(offsets) = &mut self.offsets {
            offsets.push((line - self.first) as u32);
        }
        self.rows += 1;
    }

    /// The next rows, one a line.
    pub fn push_run(&mut self, first: u64, rows: usize) {
        let goes_on = self.rows == 0 || first == self.first + self.rows as u64;
        if rows > 0 && goes_on && self.offsets.is_none() {
            self.first = first - self.rows as u64;
            self.rows += rows;
        } else {
            (first..).take(rows).for_each(|line| self.push(line));
        }
    }

    /// Takes up the lines of rows that follow, where both are one a line and there is none between them; else
    /// gives them back.
    pub fn join(&mut self, next: Lines) -> Option<Lines> {
        let follows = next.first == self.first + self.rows as u64;
        if follows && self.offsets.is_none() && next.offsets.is_none() {
            self.rows += next.rows;
            return None;
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &Lines) -> Vec<u64> {
        (0..lines.rows).map(|row| lines.get(row)).collect()
    }

    #[test]
    fn lines_stay_what_they_were() {
        let mut lines = Lines::default();
        lines.push_run(7, 0);
        assert!(lines.is_empty());
        lines.push_run(7, 2);
        lines.push(9);
        assert_eq!(all(&lines), [7, 8, 9]);
        let mut next = Lines::default();
        next.push(10);
        assert!(lines.join(next.clone()).is_none());
        assert_eq!(all(&lines), [7, 8, 9, 10]);
        assert!(lines.join(next).is_some());
        lines.push(12);
        lines.push_run(13, 2);
        lines.push_run(16, 1);
        assert_eq!(all(&lines), [7, 8, 9, 10, 12, 13, 14, 16]);
    }
}
