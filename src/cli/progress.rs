//! How far reading has come, on stderr, for who waits.

use super::Invocation;
use crate::data::Progressed;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Shorter work needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar once half a second has passed; silent where no terminal listens, with `-q`, and for screen readers,
/// which would read every change aloud.
pub struct Waiting {
    since: Instant,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Waiting {
    pub fn new(invocation: &Invocation) -> Waiting {
        Waiting {
            since: Instant::now(),
            wanted: !invocation.console.quiet && !invocation.console.narrated,
            bar: OnceLock::new(),
        }
    }

    pub fn tell(&self, progressed: Progressed) {
        let elapsed = self.since.elapsed();
        if !self.wanted || elapsed < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| bar(progressed.total));
        bar.set_position(progressed.bytes.min(progressed.total));
        bar.set_message(words(progressed, elapsed));
    }

    pub fn done(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

/// Of bytes; a spinner where nobody knows how many there will be.
fn bar(total: u64) -> ProgressBar {
    let known = (total > 0).then_some(total);
    // Hides itself where stderr is no terminal.
    let bar = ProgressBar::with_draw_target(known, ProgressDrawTarget::stderr());
    let template = match known {
        Some(_) => "reading [{bar:20}] {percent:>3}%  {msg}",
        None => "{spinner} reading  {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// `1,200,000 rows, 400,000 a second, 12 s left`.
fn words(progressed: Progressed, elapsed: Duration) -> String {
    let Progressed { rows, bytes, total } = progressed;
    let millis = (elapsed.as_millis() as u64).max(1);
    let rate = (rows as u128 * 1000 / millis as u128) as u64;
    let mut text = format!("{} rows, {} a second", grouped(rows), grouped(rate));
    if bytes > 0 && total >= bytes {
        let left = (total - bytes) as u128 * millis as u128 / bytes as u128 / 1000;
        text.push_str(&format!(", {} left", time(left)));
    }
    text
}

/// `12 s`, `3 min 5 s`, `2 h 10 min`.
fn time(seconds: u128) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// Digits in threes.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_fast_and_how_long() {
        let at = |rows, bytes, total| Progressed { rows, bytes, total };
        let two = Duration::from_secs(2);
        assert_eq!(
            words(at(1_200_000, 25, 100), two),
            "1,200,000 rows, 600,000 a second, 6 s left"
        );
        assert_eq!(
            words(at(500, 1, 200), two),
            "500 rows, 250 a second, 6 min 38 s left"
        );
        assert_eq!(words(at(7, 0, 0), Duration::ZERO), "7 rows, 7,000 a second");
        assert_eq!(time(7_800), "2 h 10 min");
    }
}
