//! `--memory` and `--memory-limit`: what a run will need, and whether it may begin.

use super::Job;
use crate::cli::console::{Exit, Failure};
use crate::data::{self, LoadOptions, TableEstimate};
use crate::plan;
use crate::report::{Align, TextTable, grouped};
use std::path::{Path, PathBuf};

/// Bytes of the program itself, its rules and what threads keep for themselves.
const PROGRAM: u64 = 20_000_000;
/// Bytes in memory for each byte of a ledger.
const LEDGER: u64 = 4;

/// What a run will need.
struct Need {
    /// Record, and what it needs.
    records: Vec<(String, TableEstimate)>,
    computed: u64,
    ledger: u64,
}

impl Need {
    fn of(job: &Job<'_>, options: &LoadOptions) -> Need {
        let threads = job.args.data.threads();
        let tables = data::estimate(&job.plan.tables, options, threads);
        let rows: Vec<u64> = tables.iter().map(|t| t.rows).collect();
        let records = job.plan.tables.iter().zip(tables);
        let records = records.filter(|(request, _)| {
            matches!(request.source, data::TableSource::File(_)) && !request.columns.is_empty()
        });
        Need {
            records: records
                .map(|(request, table)| (request.record.clone(), table))
                .collect(),
            computed: plan::computed_bytes(job.plan, &rows),
            ledger: ledger_bytes(job) * LEDGER,
        }
    }

    fn kept(&self) -> u64 {
        self.records.iter().map(|(_, t)| t.kept).sum()
    }

    /// Beside the columns, one time after the other: what reading needs, and what is computed.
    fn working(&self) -> u64 {
        let reading: u64 = self.records.iter().map(|(_, t)| t.reading).sum();
        let in_flight = self.records.iter().map(|(_, t)| t.in_flight).max();
        self.computed.max(reading + in_flight.unwrap_or(0))
    }

    fn total(&self) -> u64 {
        PROGRAM + self.kept() + self.working() + self.ledger
    }

    /// The largest part, in words.
    fn largest(&self) -> String {
        let largest = self.records.iter().max_by_key(|(_, t)| t.kept + t.reading);
        match largest {
            Some((record, t)) if t.kept + t.reading >= self.ledger.max(self.computed) => {
                format!("`{record}`, about {} rows", grouped(t.rows))
            }
            _ if self.ledger > self.computed => "the ledger".into(),
            _ => "what the rules compute".into(),
        }
    }

    fn render(&self, free: Option<u64>) -> String {
        let mut table = TextTable::new(&[
            ("", Align::Left),
            ("rows", Align::Right),
            ("columns", Align::Right),
            ("memory", Align::Right),
        ]);
        let mut line = |what: &str, rows: String, columns: String, bytes: u64| {
            table.push(vec![what.into(), rows, columns, size(bytes)]);
        };
        for (record, t) in &self.records {
            line(record, grouped(t.rows), t.columns.to_string(), t.kept);
        }
        let none = String::new;
        line("reading, then computing", none(), none(), self.working());
        if self.ledger > 0 {
            line("the ledger", none(), none(), self.ledger);
        }
        line("the program", none(), none(), PROGRAM);
        line("in all, about", none(), none(), self.total());
        if let Some(free) = free {
            line("there is", none(), none(), free);
        }
        table.render("")
    }
}

/// With `--memory` says what the run will need: then nothing is run, and the answer is `true`. Else refuses a run
/// that would need more than it may have.
pub fn check(job: &Job<'_>) -> Result<bool, Failure> {
    let options = job.args.data.options(job.plan, job.workspace, job.config)?;
    let free = job.args.memory_limit.or_else(available);
    if !job.args.memory {
        let Some(free) = free else {
            return Ok(false);
        };
        // Small data needs no closer look.
        let files = data::bytes_at_most(&job.plan.tables, &options);
        if PROGRAM + files + ledger_bytes(job) * LEDGER <= free {
            return Ok(false);
        }
    }
    let need = Need::of(job, &options);
    if job.args.memory {
        job.invocation.console.result(need.render(free))?;
        return Ok(true);
    }
    match free.filter(|free| need.total() > *free) {
        Some(free) => Err(refused(&need, free, job.args.memory_limit.is_some())),
        None => Ok(false),
    }
}

fn refused(need: &Need, free: u64, is_limit: bool) -> Failure {
    let (there, raise) = if is_limit {
        ("`--memory-limit` allows", "raise the limit")
    } else {
        ("there is", "take a machine with more memory")
    };
    Failure::new(
        Exit::Data,
        format!(
            "this run will need about {} of memory, and {there} {}; the largest part is {}; nothing was read",
            size(need.total()),
            size(free),
            need.largest(),
        ),
        format!(
            "{raise}, read fewer fields, or put groups of subjects with their rows into folders of their own and \
             run each with `--data`; `--memory` shows what needs how much"
        ),
    )
}

fn ledger_bytes(job: &Job<'_>) -> u64 {
    let bytes = |path: &PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
    job.args.ledger.as_ref().map_or(0, bytes)
}

const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("b", 1),
];

/// Reads `500MB`, `1.5 GB`, `2GiB`.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let wrong = || format!("`{text}` is no size; write one such as `500MB` or `4GB`");
    let unit = UNITS.iter().find(|(unit, _)| lower.ends_with(unit));
    let (unit, factor) = unit.copied().ok_or_else(wrong)?;
    let number = lower[..lower.len() - unit.len()].trim_end();
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let bytes = match number.parse::<f64>() {
        Ok(number) if text.trim().starts_with(|c: char| c.is_ascii_digit()) => {
            number * factor as f64
        }
        _ => return Err(wrong()),
    };
    if !number.chars().all(is_number) || bytes < 1.0 || bytes > u64::MAX as f64 {
        return Err(wrong());
    }
    Ok(bytes as u64)
}

/// `12 MB`, `3.4 GB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000_000_000 if bytes < 1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Bytes that this process may still take: of the machine, and of the control groups that it is in. `None` where
/// nothing tells.
fn available() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let machine = read(Path::new("/proc/meminfo")).and_then(|text| free_of_machine(&text));
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let groups = folders_of_groups(&groups).into_iter().filter_map(|folder| {
        let of = |names: [&str; 2]| names.iter().find_map(|name| read(&folder.join(name)));
        free_in_group(
            &of(["memory.max", "memory.limit_in_bytes"])?,
            &of(["memory.current", "memory.usage_in_bytes"])?,
            &of(["memory.stat", "memory.stat"]).unwrap_or_default(),
        )
    });
    groups.chain(machine).min()
}

/// Of `/proc/meminfo`.
fn free_of_machine(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Where the limits of control groups lie, of both versions, from the text of `/proc/self/cgroup`: of the group
/// itself and of each that it lies in.
fn folders_of_groups(text: &str) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let root = match controllers {
            "" => "/sys/fs/cgroup",
            _ if controllers.split(',').any(|c| c == "memory") => "/sys/fs/cgroup/memory",
            _ => continue,
        };
        let below = Path::new(path.trim_start_matches('/'));
        // Within a container its own group is the root.
        folders.extend(below.ancestors().map(|at| Path::new(root).join(at)));
    }
    folders
}

/// What a group may still take: pages of files that nobody uses are given up for it. `None`: it has no limit.
fn free_in_group(limit: &str, used: &str, stat: &str) -> Option<u64> {
    let limit: u64 = limit.trim().parse().ok()?;
    let used: u64 = used.trim().parse().ok()?;
    let of = |line: &str| {
        line.strip_prefix("inactive_file ")?
            .trim()
            .parse::<u64>()
            .ok()
    };
    let spare = stat.lines().find_map(of).unwrap_or(0);
    Some(limit.saturating_sub(used.saturating_sub(spare)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("500MB"), Ok(500_000_000));
        assert_eq!(parse_size(" 1.5 gb "), Ok(1_500_000_000));
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
        assert_eq!(parse_size("12b"), Ok(12));
        for wrong in [
            "", "MB", "4", "-1GB", "0MB", "1e3MB", "infGB", "four GB", "1.2.3GB",
        ] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size(1), "1 MB");
        assert_eq!(size(612_300_000), "613 MB");
        assert_eq!(size(12_340_000_000), "12.3 GB");
    }

    #[test]
    fn what_is_free() {
        let meminfo = "MemTotal:       24000000 kB\nMemFree: 1 kB\nMemAvailable:   22000000 kB\n";
        assert_eq!(free_of_machine(meminfo), Some(22_000_000 * 1024));
        assert_eq!(free_of_machine("MemTotal: 1 kB\n"), None);
        assert_eq!(free_in_group("max\n", "5\n", ""), None);
        assert_eq!(
            free_in_group("100\n", "60\n", "file 40\ninactive_file 30\n"),
            Some(70)
        );
        assert_eq!(free_in_group("100\n", "160\n", ""), Some(0));
    }

    #[test]
    fn groups_of_both_versions() {
        let folders = folders_of_groups("5:cpu,memory:/a/b\n4:cpu:/x\n0::/c\n");
        let names: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
        assert_eq!(
            names,
            [
                "/sys/fs/cgroup/memory/a/b",
                "/sys/fs/cgroup/memory/a",
                "/sys/fs/cgroup/memory/",
                "/sys/fs/cgroup/c",
                "/sys/fs/cgroup/",
            ]
        );
    }
}
